# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Several real transactions at once, on committed rows."""

import threading
from collections import Counter
from contextlib import contextmanager
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.modules.registry import Registry
from odoo.tests import BaseCase
from odoo.tests.common import get_db_name

from ...choruspro.client import ChorusProClient
from ...simulator.server import SimulatorServer
from .chorus_pro import FREE, connection_values, make_pdf


class ConcurrencyCase(BaseCase):
    """Works on committed rows of a company of its own, and deletes them at the end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.simulator = cls.enterClassContext(SimulatorServer())
        cls.credentials = credentials = cls.simulator.control.credentials()
        with cls._env() as env:
            name = f"Concurrence {fields.Datetime.now()}"
            france = env.ref("base.fr").id
            place = {"street": "1 rue A", "zip": "35000", "city": "Rennes", "country_id": france}
            siret = credentials["supplier"]["siret"]
            company = env["res.company"].create({"name": name, "company_registry": siret, **place})
            cls.company_id = company.id
            env["account.chart.template"].try_loading("fr", company, install_demo=False)
            env["chorus.pro.connection"].create(
                connection_values(credentials, credentials["supplier"], company.id)
            )
            env["res.partner.bank"].create(
                {
                    "acc_number": "FR7630006000011234567890189",
                    "partner_id": company.partner_id.id,
                    "company_id": company.id,
                    "allow_out_payment": True,
                }
            )
            partner = env["res.partner"].create(
                {"name": "Ville", "company_registry": FREE, **place}
            )
            cls.partner_id = partner.id
        cls.addClassCleanup(cls._delete_all)

    @classmethod
    @contextmanager
    def _env(cls):
        """An environment in a transaction of its own, committed at the end."""
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            if hasattr(cls, "company_id"):
                company = env["res.company"].browse(cls.company_id)
                env = env["base"].with_company(company).env
            yield env

    @classmethod
    def _delete_submissions(cls):
        """The simulator begins again with the same ids: rows of the test before must not match."""
        with cls.registry.cursor() as cr:
            # What no company owns: the other tests begin with a directory that knows nothing.
            cr.execute("DELETE FROM chorus_pro_token")
            cr.execute("DELETE FROM chorus_pro_pace")
            cr.execute("DELETE FROM chorus_pro_batch")
            cr.execute("DELETE FROM chorus_pro_service")
            cr.execute("DELETE FROM chorus_pro_structure")
            for statement in (
                "DELETE FROM chorus_pro_exchange WHERE company_id = %s",
                "DELETE FROM chorus_pro_status WHERE company_id = %s",
                "UPDATE account_move SET chorus_pro_submission_id = NULL WHERE company_id = %s",
                "DELETE FROM chorus_pro_submission WHERE company_id = %s",
                "DELETE FROM chorus_pro_flow WHERE company_id = %s",
                "UPDATE chorus_pro_connection SET paused_until = NULL WHERE company_id = %s",
            ):
                cr.execute(statement, [cls.company_id])

    @classmethod
    def _delete_all(cls):
        cls._delete_submissions()
        with cls.registry.cursor() as cr:
            for statement in (
                "DELETE FROM chorus_pro_connection WHERE company_id = %s",
                "DELETE FROM account_move WHERE company_id = %s",
                "UPDATE res_company SET active = FALSE WHERE id = %s",
            ):
                cr.execute(statement, [cls.company_id])

    def setUp(self):
        super().setUp()
        self.simulator.control.reset()
        self._delete_submissions()

    def _queued(self, count, document_format="pdf", engagement=False):
        """Ids of that many posted and queued invoices."""
        with self._env() as env:
            tax = env["account.tax"].search(
                [
                    ("company_id", "=", self.company_id),
                    ("type_tax_use", "=", "sale"),
                    ("amount", "=", 20),
                ],
                limit=1,
            )
            line = Command.create(
                {"name": "x", "price_unit": 100.0, "tax_ids": [Command.set(tax.ids)]}
            )
            moves = env["account.move"].create(
                [
                    {
                        "move_type": "out_invoice",
                        "partner_id": self.partner_id,
                        "invoice_date": fields.Date.today(),
                        "invoice_line_ids": [line],
                        "chorus_pro_format": document_format,
                        "purchase_order_reference": engagement,
                    }
                    for _n in range(count)
                ]
            )
            moves.action_post()
            env["ir.attachment"].create(
                [
                    {
                        "name": "facture.pdf",
                        "raw": make_pdf(move.name),
                        "res_model": "account.move",
                        "res_id": move.id,
                        "res_field": "invoice_pdf_report_file",
                    }
                    for move in moves
                ]
            )
            moves.action_chorus_pro_send()
            return moves.ids

    def _at_once(self, *works):
        """Do all of these at the same time, each in a thread; fails with the first failure."""
        failures = []

        def safely(work):
            try:
                work()
            except Exception as failure:  # noqa: BLE001 (raised below, in the test's own thread)
                failures.append(failure)

        threads = [threading.Thread(target=safely, args=[work]) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]

    def _send(self):
        with self._env() as env:
            env["chorus.pro.submission"]._cron_send()

    def _follow(self):
        with self._env() as env:
            # As if the time of the next look had come.
            env["chorus.pro.connection"].search([]).follow_wanted_at = fields.Datetime.now()
        with self._env() as env:
            env["chorus.pro.connection"]._cron_follow()

    def _edit(self, move_id):
        with self._env() as env:
            env["account.move"].browse(move_id).narration = str(fields.Datetime.now())

    def _states(self, ids):
        with self._env() as env:
            return Counter(env["account.move"].browse(ids).mapped("chorus_pro_state"))

    def _submitted(self):
        return len(self.simulator.control.requests("soumettre"))

    def _meanwhile(self, method, what):
        """Do ``what`` once the client's ``method`` has done its work, before it returns."""
        original = getattr(ChorusProClient, method)
        done = []

        def slowed(client, *arguments):
            answer = original(client, *arguments)
            what()
            done.append(method)
            return answer

        return patch.object(ChorusProClient, method, slowed), done
