# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Several real transactions at once: what one shared test cursor can never show."""

import threading
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name

from ..choruspro.client import ChorusProClient
from ..models import chorus_pro_follower
from ..simulator.server import SimulatorServer
from .common import FREE, connection_values, make_pdf


@tagged("post_install_l10n", "post_install", "-at_install")
class TestConcurrency(BaseCase):
    """Works on committed rows of a company of its own, and deletes them at the end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.simulator = cls.enterClassContext(SimulatorServer())
        credentials = cls.simulator.control.credentials()
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
            cr.execute("DELETE FROM chorus_pro_token")
            for statement in (
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

    def _queued(self, count, document_format="pdf"):
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

    def _send(self):
        with self._env() as env:
            env["chorus.pro.submission"]._cron_send()

    def _follow(self):
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

        def slowed(client, message):
            answer = original(client, message)
            what()
            done.append(method)
            return answer

        return patch.object(ChorusProClient, method, slowed), done

    def test_three_senders_deposit_each_invoice_once_and_doubt_none(self):
        ids = self._queued(12)
        senders = [threading.Thread(target=self._send) for _n in range(3)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        self.assertEqual(self._states(ids), {"deposited": 12})
        self.assertEqual(self._submitted(), 12)

    def test_three_senders_put_each_invoice_in_one_file(self):
        ids = self._queued(12, "facturx")
        with self._env() as env:
            env["chorus.pro.connection"].search(
                [("company_id", "=", self.company_id)]
            ).flow_most = 3
        for _round in range(2):
            senders = [threading.Thread(target=self._send) for _n in range(3)]
            for sender in senders:
                sender.start()
            for sender in senders:
                sender.join()
        self.assertEqual(self._states(ids), {"deposited": 12})
        flows = self.simulator.control.flows()
        self.simulator.control.advance(240)
        numbers = [invoice["number"] for invoice in self.simulator.control.invoices()]
        self.assertEqual(len(numbers), 12)
        self.assertEqual(len(set(numbers)), 12)
        self.assertGreaterEqual(len(flows), 4)

    def test_edit_while_a_file_is_sent_does_not_lose_its_number(self):
        ids = self._queued(3, "facturx")
        meanwhile, done = self._meanwhile("deposit_flow", lambda: self._edit(ids[1]))
        with meanwhile:
            self._send()
            self._send()
        self.assertTrue(done)
        self.assertEqual(self._states(ids), {"deposited": 3})
        self.assertEqual(len(self.simulator.control.requests("deposer_flux")), 1)

    def test_edit_during_the_creation_does_not_lose_the_answer(self):
        [move_id] = self._queued(1)
        meanwhile, done = self._meanwhile("submit_invoice", lambda: self._edit(move_id))
        with meanwhile:
            self._send()
        self.assertTrue(done)
        self.assertEqual(self._states([move_id]), {"deposited": 1})
        self.assertEqual(self._submitted(), 1)

    def test_edit_during_the_upload_only_costs_another_upload(self):
        [move_id] = self._queued(1)
        meanwhile, done = self._meanwhile("deposit_pdf", lambda: self._edit(move_id))
        with meanwhile:
            self._send()
        self.assertTrue(done)
        self.assertEqual(self._states([move_id]), {"queued": 1})
        self._send()
        self.assertEqual(self._states([move_id]), {"deposited": 1})
        self.assertEqual(self._submitted(), 1)

    def test_user_can_neither_cancel_nor_change_what_is_being_sent(self):
        [move_id] = self._queued(1)
        refused = []

        def try_to_change():
            for action in ("action_chorus_pro_cancel", "button_draft"):
                try:
                    with self._env() as env:
                        getattr(env["account.move"].browse(move_id), action)()
                except UserError:
                    refused.append(action)

        meanwhile, _done = self._meanwhile("submit_invoice", try_to_change)
        with meanwhile:
            self._send()
        self.assertEqual(refused, ["action_chorus_pro_cancel", "button_draft"])
        self.assertEqual(self._states([move_id]), {"deposited": 1})

    def test_edit_while_following_loses_no_news(self):
        ids = self._queued(3)
        self._send()
        for invoice in self.simulator.control.invoices():
            self.simulator.control.set_status(invoice["number"], "EN_COURS_ACHEMINEMENT")
        read = chorus_pro_follower.read_changes
        edited = []

        def read_then_edit(*args, **kwargs):
            found = read(*args, **kwargs)
            self._edit(ids[0])
            edited.append(ids[0])
            return found

        with (
            patch.object(chorus_pro_follower, "SETTLING", timedelta(seconds=-5)),
            patch.object(chorus_pro_follower, "read_changes", read_then_edit),
        ):
            self._follow()
        self.assertTrue(edited)
        self.assertEqual(self._states(ids), {"in_transit": 3})

    def test_two_clicks_at_once_queue_once(self):
        [move_id] = self._queued(1)
        with self._env() as env:
            env["account.move"].browse(move_id).action_chorus_pro_cancel()
        failures = []
        ready = threading.Barrier(2)

        def click():
            try:
                with self._env() as env:
                    move = env["account.move"].browse(move_id)
                    self.assertFalse(move._chorus_pro_alive_submission())
                    ready.wait(timeout=30)
                    move.action_chorus_pro_send()
                    env.flush_all()
            except Exception as failure:  # noqa: BLE001 (whichever it is, it must be the only one)
                failures.append(failure)

        clicks = [threading.Thread(target=click) for _n in range(2)]
        for thread in clicks:
            thread.start()
        for thread in clicks:
            thread.join()
        self.assertEqual(len(failures), 1)
        self.assertEqual(self._states([move_id]), {"queued": 1})
        self._send()
        self.assertEqual(self._submitted(), 1)
