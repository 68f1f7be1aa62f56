# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Imports what the OCA connector left of many invoices, and compares it with what is expected, then
with Chorus Pro. In Odoo's Python."""

import contextlib
import importlib
import time
from collections import Counter

from ..chaos.command import whole_number
from ..console import Problem
from ..odoo.job import DONE, OdooJob
from .former import KINDS, ROUND, Former

INVOICES, FEWEST, MOST = 2000, 40, 20_000
# What an import writes.
TABLES = ("chorus_pro_submission", "chorus_pro_flow", "chorus_pro_status", "chorus_pro_structure",
          "chorus_pro_service", "chorus_pro_connection", "res_partner", "account_move",
          "mail_message", "mail_activity", "ir_attachment")
CLICKS, CALLS = 100, 200
# Longer than what is not at Chorus Pro is looked for.
LATER_S = 31 * 60


def measure(bench, version):
    """Give the figures of a database in the shape of this version, INVOICES in it; Problem when a
    row is not as expected, a second run changes something, or a status differs at the end."""
    count = whole_number("INVOICES", INVOICES, FEWEST, MOST) // ROUND * ROUND
    bench.simulator.post("reset")
    former = Former(bench.registry, bench.simulator, version)
    former.make(count)
    comparison = Comparison(bench, former)
    asked, statements, started = bench.requests(), _statements(), time.monotonic()
    dry = comparison.dry_run()
    dry_sql = _statements() - statements
    statements, started = _statements(), time.monotonic()
    clicks, report = comparison.import_all()
    sql, seconds = _statements() - statements, time.monotonic() - started
    if bench.requests() != asked:
        raise Problem("the import asked Chorus Pro something")
    doubtful = sum(kind.doubts * kind.share * count // ROUND for kind in KINDS.values())
    for words, found, wanted in (
        ("counts of the dry run and of the import", dry.counts, report.counts),
        ("what is doubtful of the dry run", len(dry.doubts), doubtful),
        ("what is doubtful", len(report.doubts), doubtful),
        ("rows", comparison.rows(), comparison.expected_rows()),
        ("files", comparison.files(), former.files),
    ):
        _require_same(words, found, wanted)
    rows = len(comparison.rows())
    changes = comparison.second_run()
    comparison.follow()
    differences = list(comparison.differences())
    yield f"oca_{version}", {
        "invoices": count, "rows": rows, "files": len(former.files), "doubtful": doubtful,
        "clicks": clicks, "second_run_changes": changes, "differences": len(differences),
        "deposits": bench.requests("soumettre") + bench.requests("deposer_flux"),
        "sql_dry_run": dry_sql, "sql": sql, "seconds": round(seconds, 1)}
    if changes or differences:
        raise Problem(f"{changes} changes by the second run; differences: {differences[:3]}")


class Comparison:
    """An import by a manager; what is in Odoo then. `former`: a Former that has been made."""

    def __init__(self, bench, former):
        self._bench = bench
        self._former = former
        self._api = importlib.import_module("odoo.api")
        with self._env() as env:
            company = env["chorus.pro.connection"].search([("in_use", "=", True)]).company_id
            groups = ("l10n_fr_chorus_pro.group_manager", "account.group_account_invoice",
                      "base.group_partner_manager")
            self._manager = env["res.users"].create({
                "name": "Manager", "login": "oca_manager", "company_id": company.id,
                "company_ids": [(6, 0, company.ids)],
                "group_ids": [(4, env.ref(name).id) for name in groups]}).id

    def dry_run(self):
        """The report of what would be imported; Problem when this writes something."""
        before = self._written()
        with self._env(self._manager) as env:
            report = env["chorus.pro.oca.takeover"]._preview(True)
        if self._written() != before:
            raise Problem("the dry run writes something")
        return report

    def import_all(self):
        """Click until all is done; gives how many clicks it took, and the report of all."""
        total, is_done = None, False
        for clicks in range(1, CLICKS):
            with self._env(self._manager) as env:
                report, is_done = env["chorus.pro.oca.takeover"]._import(True)
            if total:
                report.counts += total.counts
                # Those about what is never imported come with each click.
                report.doubts = list(dict.fromkeys(total.doubts + report.doubts))
            total = report
            if is_done:
                return clicks, report
        raise Problem(f"the import is not done after {CLICKS} clicks")

    def second_run(self):
        """How many rows another import changes, makes or removes."""
        before = self._written()
        _clicks, report = self.import_all()
        if +report.counts:
            raise Problem(f"the second import says that it took over {report.counts}")
        return sum(((before - (after := self._written())) + (after - before)).values())

    def follow(self):
        """Look up, half an hour later too, and follow, as the jobs do."""
        ids = [row["id"] for row in self._submissions()]
        self._send(ids)
        self._bench.database.pass_time(ids, LATER_S)
        self._send(ids)
        self._bench.database.follow()
        job = OdooJob(self._bench.registry, "ir_cron_follow")
        for _call in range(CALLS):
            if not any(row["history_wanted"] for row in self._submissions()):
                return
            _run(job)
        raise Problem(f"histories are wanted after {CALLS} calls of the job")

    def _send(self, ids):
        job = OdooJob(self._bench.registry, "ir_cron_send")
        for _call in range(CALLS):
            if not self._bench.database.due(ids):
                return
            _run(job)
        raise Problem(f"invoices are due after {CALLS} calls of the job")

    def rows(self):
        """{number: (state, id, status, whether it has a file)}."""
        return {row["name"]: (row["state"], row["chorus_invoice_id"] or None,
                              row["status_code"] or None, bool(row["flow_id"]))
                for row in self._submissions()}

    def expected_rows(self):
        """What `rows` is right after the import."""
        found = {}
        for number, (name, identifier) in self._former.expected.items():
            kind = KINDS[name]
            is_known = kind.imported == "deposited"
            if kind.imported:
                found[number] = (kind.imported, str(identifier) if is_known else None,
                                 kind.status if is_known else None,
                                 kind.file not in (None, "gone"))
        return found

    def files(self):
        """{number: (state, how many invoices)}."""
        with self._env() as env:
            return {each.name: (each.state, each.invoice_count)
                    for each in env["chorus.pro.flow"].search([])}

    def differences(self):
        """Sentences about every invoice that is not as at Chorus Pro."""
        there, rows = self._bench.simulator.invoices(), self.rows()
        for number, (name, identifier) in self._former.expected.items():
            state, found, status, _has_file = rows.get(number, (None,) * 4)
            wanted = KINDS[name].settled if KINDS[name].imported else None
            at_chorus = there.get(number, {}).get("status")
            if state != wanted:
                yield f"{number} is {state}, not {wanted}"
            elif at_chorus and (status, found) != (at_chorus, str(identifier)):
                yield f"{number} is {at_chorus} ({identifier}), Odoo says {status} ({found})"
        yield from (f"{number} was not at Chorus Pro" for number in
                    there.keys() - self._former.expected.keys())

    def _submissions(self):
        with self._env() as env:
            return env["chorus.pro.submission"].search_read(
                [], ["name", "state", "chorus_invoice_id", "status_code", "flow_id",
                     "history_wanted"])

    def _written(self):
        """Each row of TABLES as a text, as many times as it is there."""
        with self._bench.registry.cursor() as cr:
            found = Counter()
            for table in TABLES:
                cr.execute(f"SELECT md5(to_jsonb(t)::text) FROM {table} t")
                found.update((table, digest) for [digest] in cr.fetchall())
            return found

    @contextlib.contextmanager
    def _env(self, user=None):
        with self._bench.registry.cursor() as cr:
            yield self._api.Environment(cr, user or self._api.SUPERUSER_ID, {})


def _run(job):
    if (outcome := job.run()) != DONE:
        raise Problem(f"the job has {outcome}")


def _statements():
    return importlib.import_module("odoo.sql_db").sql_counter


def _require_same(words, found, wanted):
    if found == wanted:
        return
    if isinstance(wanted, dict):
        parts = sorted(map(str, found.items() ^ wanted.items()))
        raise Problem(f"{words}: {len(parts)} differ, such as {parts[:4]}")
    raise Problem(f"{words}: {found} instead of {wanted}")
