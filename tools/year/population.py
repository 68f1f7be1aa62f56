# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Many invoices at the local Chorus Pro, followed by Odoo's job in this process while time
advances on both sides. In Odoo's Python, beside a simulator that was started with --travels."""

import contextlib
import importlib
import json
import urllib.parse
from collections import Counter
from datetime import datetime, timedelta
from unittest.mock import patch

from ..console import Problem
from ..setup.home import ADDON

# What the supplier does about each need, as an order of the control plane.
ANSWERS = {"complete": "COMPLETEE", "recycle": "DEPOSEE", "correct_validator": "A_VALIDER_1"}
SUBMISSION, CONNECTION = "chorus.pro.submission", "chorus.pro.connection"
MINUTE = len("2026-11-22 09:14")


class Population:
    """`registry` of a database with one connection, to `simulator` (a Simulator)."""

    def __init__(self, registry, simulator):
        self._registry = registry
        self._simulator = simulator
        self._api = importlib.import_module("odoo.api")
        self._ahead = timedelta(0)

    @contextlib.contextmanager
    def env(self):
        """An environment; its work is committed at the end of the block."""
        with self._registry.cursor() as cr:
            yield self._api.Environment(cr, self._api.SUPERUSER_ID, {})

    @contextlib.contextmanager
    def travelling(self):
        """Until the end of the block this process's Odoo uses the simulator's time."""
        fields = importlib.import_module("odoo.fields")
        auth, token = (importlib.import_module(f"odoo.addons.{ADDON}.{name}")
                       for name in ("choruspro.auth", "models.connection.token"))
        odoo_now, auth_now, population = fields.Datetime.now, auth._now, self

        class Later(datetime):
            @classmethod
            def now(cls, tz=None):
                return datetime.now(tz) + population._ahead

        with patch.object(fields.Datetime, "now", lambda *_: odoo_now() + population._ahead), \
                patch.object(auth, "_now", lambda: auth_now() + population._ahead), \
                patch.object(token, "datetime", Later):
            yield

    def arrive(self, count, prefix, **seed):
        """Put `count` invoices at Chorus Pro and in Odoo; their entries are not posted, which does
        not matter to following. seed: see the control plane."""
        self._simulator.post("invoices", count=count, prefix=prefix, **seed)
        query = urllib.parse.urlencode({"prefix": prefix})
        found = json.loads(self._simulator.get(f"invoices?{query}"))
        with self.env() as env:
            connection = env[CONNECTION].search([])
            moves = env["account.move"].create([{"move_type": "entry"} for _row in found])
            env[SUBMISSION].create([
                {"name": row["number"], "move_id": move.id, "connection_id": connection.id,
                 "environment": connection.place, "state": "deposited",
                 "chorus_invoice_id": str(row["invoice_id"]), "status_code": "DEPOSEE",
                 "status_date": _stored(row["deposited"]), "recipient_siret": row["recipient"]}
                for row, move in zip(found, moves, strict=True)])

    def advance(self, hours):
        """Let time pass on both sides."""
        self._simulator.post("clock", advance_s=hours * 3600)
        self._ahead += timedelta(hours=hours)

    def follow(self):
        """One call of the job; Problem if it failed, since there is no reason to."""
        with self.env() as env:
            env[CONNECTION]._cron_follow()
        with self.env() as env:
            if trouble := env[CONNECTION].search([]).trouble:
                raise Problem(f"following had trouble: {trouble}")

    def follow_all(self):
        """Look again at everything of the last weeks, and read every history."""
        with self.env() as env:
            connection = env[CONNECTION].search([])
            connection.write({"follow_wanted_at": env.cr.now(), "fully_followed_at": False})
            env[SUBMISSION].search([]).history_wanted = True
        waiting = True
        while waiting:
            self.follow()
            with self.env() as env:
                waiting = env[SUBMISSION].search_count([("history_wanted", "=", True)])

    def answer(self):
        """Do what is needed about each invoice that Odoo says needs something; gives how often
        each was done."""
        with self.env() as env:
            needing = env[SUBMISSION].search([("needed_action", "in", list(ANSWERS))])
            orders = [(row.name, row.needed_action) for row in needing]
        for number, action in orders:
            self._simulator.set_status(number, ANSWERS[action], None)
        return Counter(action for _number, action in orders)

    def standing(self):
        """How many have ended, and how many events Odoo has."""
        with self.env() as env:
            ended = env[SUBMISSION].search_count([("is_followed", "=", False)])
            return {"ended": ended, "events": env["chorus.pro.status"].search_count([])}

    def differences(self):
        """Sentences about every invoice that differs between Odoo and Chorus Pro: its current
        status, and each event once."""
        at_chorus = self._simulator.invoices()
        with self.env() as env:
            rows = env[SUBMISSION].search([])
            if len(rows) != len(at_chorus):
                yield f"{len(rows)} invoices in Odoo, {len(at_chorus)} at Chorus Pro"
            for row in rows:
                there = at_chorus[row.name]
                if row.status_code != there["status"]:
                    yield f"{row.name} is {there['status']}, Odoo says {row.status_code}"
                known = Counter((event.code, str(event.date)[:MINUTE]) for event in row.status_ids)
                told = {(event["code"], _stored(event["date"])[:MINUTE])
                        for event in there["events"]}
                if known.keys() != told or max(known.values()) > 1:
                    yield f"{row.name}: {sorted(told)} at Chorus Pro, {sorted(known.items())} here"

    def requests(self):
        """How many requests each operation has received."""
        return json.loads(self._simulator.get("request_counts"))


def _stored(moment):
    """A moment of the control plane as Odoo stores it."""
    moment = datetime.fromisoformat(moment)
    return (moment - moment.utcoffset()).strftime("%Y-%m-%d %H:%M:%S")
