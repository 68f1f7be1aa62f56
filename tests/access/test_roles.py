# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Roles of Chorus Pro beside those of accounting."""

import re

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common.access import AccessCommon
from ..common.chorus_pro import ChorusProCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDefaultRoles(ChorusProCommon):
    def test_whoever_invoices_sends_and_the_accounting_s_administrator_decides(self):
        def implied(group):
            return self.env.ref(f"account.{group}").all_implied_ids

        role, manager = (self.env.ref(f"l10n_fr_chorus_pro.group_{n}") for n in ("user", "manager"))
        self.assertIn(role, implied("group_account_invoice"))
        self.assertNotIn(manager, implied("group_account_invoice"))
        self.assertIn(manager, implied("group_account_manager"))
        self.assertNotIn(role, implied("group_account_readonly"))


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRestrictedSending(AccessCommon):
    """Invoicing without the role, where an administrator has restricted sending."""

    def setUp(self):
        super().setUp()
        self.accountant.group_ids += self.env.ref("l10n_fr_chorus_pro.group_user")
        self.invoicer = self.users["invoicer"]

    def _form(self, user):
        view = self.env.ref("account.view_move_form")
        return self.env["account.move"].with_user(user).get_view(view.id, "form")["arch"]

    def test_accounting_is_done_as_before(self):
        move = self._invoice(post=False).with_user(self.invoicer)
        move.action_post()
        move.button_draft()
        move.ref = "AB"
        move.action_post()
        self._archive(move.sudo())
        self.assertEqual(move.state, "posted")
        with self.assertRaisesRegex(AccessError, "Chorus Pro"):
            move.action_chorus_pro_send()
        credit = move._reverse_moves([{}])
        self.assertEqual(credit.move_type, "out_refund")

    def test_sending_when_confirmed_is_the_company_s_choice(self):
        self.connection.write({"sends_when_confirmed": True, "undo_minutes": 15})
        move = self._invoice(post=False).with_user(self.invoicer)
        move.action_post()
        self.assertEqual(move.chorus_pro_state, "queued")
        # Going back to draft is accounting: it takes the invoice out of the queue.
        move.button_draft()
        self.assertEqual(move.chorus_pro_state, "cancelled")

    def test_form_shows_no_button_of_chorus_pro(self):
        buttons = re.compile(r"""name=["'](action_chorus_pro_\w+)""")
        self.assertFalse(buttons.findall(self._form(self.invoicer)))
        shown = set(buttons.findall(self._form(self.users["user"])))
        self.assertIn("action_chorus_pro_send", shown)
        self.assertNotIn("action_chorus_pro_compare", shown)
        self.assertIn("action_chorus_pro_compare", self._form(self.users["manager"]))

    def test_send_wizard_does_not_offer_chorus_pro(self):
        move = self._invoice()
        for user, offered in ((self.invoicer, False), (self.users["user"], True)):
            wizard = self.env["account.move.send"].with_user(user)
            with self.subTest(user=user.login):
                self.assertEqual(
                    wizard._is_applicable_to_company("chorus_pro", self.company), offered
                )
        self.assertFalse(move.chorus_pro_state)

    def test_send_wizard_called_by_rpc_queues_nothing(self):
        move = self._invoice()
        data = {"sending_methods": {"chorus_pro"}, "author_user_id": self.invoicer.id}
        self.env["account.move.send"]._hook_if_success({move: data})
        self.assertFalse(move.chorus_pro_state)
        self.assertIn(self.invoicer.name, move.message_ids[0].body)
        data["author_user_id"] = self.users["user"].id
        self.env["account.move.send"]._hook_if_success({move: data})
        self.assertEqual(move.chorus_pro_state, "queued")
