# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Whoever may not touch an invoice gets a refusal from every button, and changes nothing."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..common.access import our_methods
from ..common.chorus_pro import ChorusProCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestStrangers(ChorusProCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.setup_other_company()["company"]

    def _strangers(self):
        def user(login, group, company):
            return new_test_user(
                self.env,
                login=login,
                groups=group,
                company_id=company.id,
                company_ids=[Command.set(company.ids)],
            )

        return [
            user("invoices elsewhere", "account.group_account_invoice", self.other_company),
            user("employee", "base.group_user", self.company),
            user("customer", "base.group_portal", self.company),
        ]

    def _records(self):
        """An invoice, its submission and its file in each state that has buttons."""
        plain, deposited, queued, uncertain = (self._invoice() for _n in range(4))
        self._send(deposited)
        self.simulator.control.fault("lost_answer", "soumettre", 1)
        row = self._send(uncertain).sudo()
        row.write(
            {
                "needs_decision": True,
                "found": {
                    "invoice_id": "5",
                    "status": "DEPOSEE",
                    "status_date": None,
                    "deposit_date": None,
                },
            }
        )
        queued.with_user(self.accountant).action_chorus_pro_send()
        flow = self.env["chorus.pro.flow"].sudo().create(
            {
                "connection_id": self.connection.id,
                "company_id": self.company.id,
                "environment": self.connection.environment,
                "document_format": "cii",
                "file_name": "invoice.xml",
                "state": "deposited",
            }
        )
        moves = plain | deposited | queued | uncertain
        return [*moves, *moves.sudo().chorus_pro_submission_ids, flow, self.connection]

    def _as_they_are(self, records):
        self.env.flush_all()
        self.env.invalidate_all()
        names = {
            name: [
                field
                for field in self.env[name]._fields
                if self.env[name]._fields[field].store and field != "write_date"
            ]
            for name in {record._name for record in records}
        }
        return [record.sudo().read(names[record._name], load=None) for record in records]

    def _is_refused(self, record, action):
        try:
            with self.env.cr.savepoint():
                getattr(record, action)()
        except UserError:
            return True
        return False

    def test_every_action_refuses_who_may_not_touch_the_invoice(self):
        records = self._records()
        before = self._as_they_are(records)
        called = set()
        for user in self._strangers():
            for record in records:
                for name in our_methods(record):
                    # The others say nothing, and change nothing.
                    if not name.startswith("action_"):
                        continue
                    with self.subTest(user=user.login, record=record, action=name):
                        self.assertTrue(self._is_refused(record.with_user(user), name))
                        called.add((record._name, name))
        self.assertEqual(self._as_they_are(records), before)
        self.assertGreater(len(called), 15)
