# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Two senders, each in a transaction of its own, and one invoice: it leaves once."""

import threading
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common.concurrency import ConcurrencyCase
from ..common.platform import Noted, give_file, platform, register_at_platform, set_state


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOneWayRace(ConcurrencyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(platform(cls.registry))
        with cls._env() as env:
            company = env["res.company"].browse(cls.company_id)
            register_at_platform(env, company, env["res.partner"].browse(cls.partner_id))
            env["res.partner"].browse(cls.partner_id).invoice_sending_method = "peppol"
        cls.addClassCleanup(cls._forget_platform)

    @classmethod
    def _forget_platform(cls):
        with cls.registry.cursor() as cr:
            if "account_edi_proxy_client.user" in cls.registry:
                statement = "DELETE FROM account_edi_proxy_client_user WHERE company_id = %s"
                cr.execute(statement, [cls.company_id])
                cr.execute("DELETE FROM certificate_key WHERE company_id = %s", [cls.company_id])

    def setUp(self):
        super().setUp()
        Noted.names, Noted.meanwhile = [], None

    def _one(self, *, queued):
        [move_id] = self._queued(1)
        with self._env() as env:
            move = env["account.move"].browse(move_id)
            give_file(move)
            if not queued:
                move.action_chorus_pro_cancel()
            set_state(move, "ready")
            move.sending_data = {
                "author_user_id": env.user.id, "author_partner_id": env.user.partner_id.id
            }
        return move_id

    def _batch(self):
        """Core's job, which sends what its batch wizard has put aside."""
        with self._env() as env:
            env["account.move"]._cron_account_move_send()

    def _wizard(self, move_id):
        with self._env() as env:
            move = env["account.move"].browse(move_id)
            env["account.move.send"]._generate_and_send_invoices(move, sending_methods=["peppol"])

    def _click(self, move_id):
        with self._env() as env:
            env["account.move"].browse(move_id).action_chorus_pro_send()

    def _assert_once(self, expected):
        self.assertEqual((self._submitted(), len(Noted.names)), expected)

    def test_batch_while_chorus_pro_gets_it(self):
        self._one(queued=True)
        meanwhile, done = self._meanwhile("submit_invoice", self._batch)
        with meanwhile:
            self._send()
        self.assertTrue(done)
        self._assert_once((1, 0))

    def test_sent_to_chorus_pro_while_the_wizard_makes_its_documents(self):
        """Core's job locks the invoice before, its wizards do not."""
        move_id = self._one(queued=False)
        sender = self.registry["account.move.send"]
        original = sender._call_web_service_before_invoice_pdf_render
        done = []

        def slowed(model, data):
            original(model, data)
            self._click(move_id)
            self._send()
            done.append(move_id)

        with (
            patch.object(sender, "_call_web_service_before_invoice_pdf_render", slowed),
            mute_logger("odoo.sql_db"),
            self.assertRaises(SerializationFailure),
        ):
            self._wizard(move_id)
        self.assertTrue(done)
        self._assert_once((1, 0))
        self._batch()
        self._assert_once((1, 0))

    def test_job_while_the_platform_gets_it(self):
        """The invoice was queued here before core's job looked, and is not any more."""
        move_id = self._one(queued=False)
        clicked, threads = [], []

        def click():
            try:
                self._click(move_id)
            except Exception as failure:  # noqa: BLE001 (of any kind: it must not be queued)
                clicked.append(failure)

        def meanwhile():
            # The click waits for the lock of the batch, or loses against it.
            threads.append(threading.Thread(target=click))
            threads[0].start()
            threads[0].join(timeout=1)

        Noted.meanwhile = meanwhile
        with mute_logger("odoo.sql_db"):
            self._batch()
            threads[0].join()
        self._send()
        self.assertEqual(len(clicked), 1)
        self._assert_once((0, 1))
