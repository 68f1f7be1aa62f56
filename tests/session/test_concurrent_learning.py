# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Jobs that learn the same at once, and users who edit it meanwhile, in real transactions."""

from unittest.mock import patch

from odoo.tests import tagged

from ...models.session.bank_account import ChorusProConnection
from ..common.concurrency import ConcurrencyCase

KNOWN, UNKNOWN = "EJ-990011", "EJ-404"
MAIN = "FR7630001007941234567890185"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestConcurrentLearning(ConcurrencyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls._env() as env:
            partner = env["res.company"].browse(cls.company_id).partner_id
            cls.main_id = env["res.partner.bank"].create(
                {"acc_number": MAIN, "partner_id": partner.id, "allow_out_payment": True}
            ).id
            env["res.partner"].browse(cls.partner_id).invoice_sending_method = "chorus_pro"

    def setUp(self):
        super().setUp()
        with self._env() as env:
            connection = self._connection(env)
            connection.commitment_ids.unlink()
            connection.bank_account_ids.unlink()
            connection.bank_accounts_read_at = False

    def _connection(self, env):
        return env["chorus.pro.connection"].search([("company_id", "=", self.company_id)])

    def _learnt_banks(self):
        """{last characters of the name at Chorus Pro: id of our account or False}."""
        with self._env() as env:
            rows = self._connection(env).bank_account_ids
            return {row.name[-4:]: row.bank_id.id for row in rows}

    def _learnt_numbers(self):
        with self._env() as env:
            return {row.name: row.is_known for row in self._connection(env).commitment_ids}

    def _type(self, number):
        """A user writes a draft with this engagement number."""
        with self._env() as env:
            env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.partner_id,
                    "purchase_order_reference": number,
                }
            )

    def test_three_senders_that_learn_the_same_write_it_once_and_hold_up_no_invoice(self):
        ids = self._queued(6, engagement=UNKNOWN)
        self._type(KNOWN)
        # What another sender does is no error for the log.
        with self.assertNoLogs("odoo.sql_db", "ERROR"):
            self._at_once(*[self._send] * 3)
            self._send()
        self.assertEqual(self._states(ids), {"deposited": 6})
        self.assertEqual(self._learnt_banks(), {"0185": self.main_id, "2606": False})
        self.assertEqual(self._learnt_numbers(), {KNOWN: True, UNKNOWN: False})

    def test_choice_made_while_the_list_is_read_stays(self):
        ids = self._queued(1)
        with self._env() as env:
            accounts = self.credentials["supplier"]["bank_accounts"]
            main, works = env["chorus.pro.bank.account"].create(
                [
                    {
                        "connection_id": self._connection(env).id,
                        "code": str(account["id"]),
                        "name": account["name"],
                    }
                    for account in accounts
                ]
            )

        def choose():
            # The job is about to recognise this account of ours as the other one at Chorus Pro.
            with self._env() as env:
                env["chorus.pro.bank.account"].browse(works.id).bank_id = self.main_id

        own_banks = ChorusProConnection._own_banks
        chosen = []

        def own_banks_then_choose(connection):
            found = own_banks(connection)
            if not chosen:
                chosen.append(True)
                choose()
            return found

        with patch.object(ChorusProConnection, "_own_banks", own_banks_then_choose):
            self._send()
        self.assertTrue(chosen)
        self.assertEqual(self._states(ids), {"deposited": 1})
        with self._env() as env:
            chosen = env["chorus.pro.bank.account"].browse(works.id).bank_id
            self.assertEqual(chosen.id, self.main_id)
            self.assertFalse(env["chorus.pro.bank.account"].browse(main.id).bank_id)

    def test_number_typed_while_the_same_is_asked_about_is_answered(self):
        with self._env() as env:
            # Not asked for when the invoice was made: the sender asks by itself.
            ids = self._queued(1, engagement=UNKNOWN)
            self._connection(env).commitment_ids.unlink()
        meanwhile, done = self._meanwhile("search_commitments", lambda: self._type(UNKNOWN))
        with meanwhile:
            self._send()
        self._send()
        self.assertTrue(done)
        self.assertEqual(self._learnt_numbers(), {UNKNOWN: False})
        self.assertEqual(self._states(ids), {"deposited": 1})

    def test_two_users_who_type_the_same_number_both_succeed(self):
        self._at_once(*[lambda: self._type(KNOWN)] * 2)
        self._send()
        self.assertEqual(self._learnt_numbers(), {KNOWN: True})

    def test_end_of_a_batch_is_told_once_whichever_sender_sees_it(self):
        ids = self._queued(12)
        with self._env() as env:
            env.cr.execute("DELETE FROM bus_bus")
        with self.assertNoLogs("odoo.sql_db", "ERROR"):
            self._at_once(*[self._send] * 3)
            self._send()
        self.assertEqual(self._states(ids), {"deposited": 12})
        with self._env() as env:
            told = env["bus.bus"].search([("message", "like", "account_notification")])
            self.assertEqual(len(told), 1)
            self.assertIn('"type":"success"', told.message)
