# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What is said of a refresh: what was asked, and what came of it."""

import json

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..common.follow import FollowCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRefresh(FollowCommon):
    def _refresh(self, moves):
        self.env["bus.bus"].sudo().search([]).unlink()
        return moves.with_user(self.accountant).action_chorus_pro_refresh_selected()

    def _follow(self):
        self.env.flush_all()
        self._run(self.env.ref("l10n_fr_chorus_pro.ir_cron_follow"))
        self.env.cr.precommit.run()
        self.env.invalidate_all()

    def _messages(self, kind):
        rows = self.env["bus.bus"].sudo().search([], order="id")
        found = [json.loads(row.message) for row in rows]
        return [message["payload"] for message in found if message["type"] == kind]

    def test_selection_hears_at_once_and_again_when_all_were_read(self):
        first, _row = self._deposited()
        second, _row = self._deposited()
        self.simulator.control.set_status(first.name, "MISE_A_DISPOSITION", None)
        action = self._refresh(first + second)
        self.assertEqual(action["params"]["title"], "Reading 2 invoices at Chorus Pro")
        self.assertEqual(action["params"]["next"]["tag"], "soft_reload")
        self._follow()
        [told] = self._messages("account_notification")
        self.assertEqual(told["title"], "Chorus Pro: 2 invoices")
        self.assertEqual(told["message"], f"They were read: {first.name} has a new status.")
        self.assertEqual(told["action_button"]["res_ids"], first.ids)
        # Open lists and forms of these are loaded again.
        self.assertEqual(
            self._messages("chorus_pro_answer"), [{"model": "account.move", "ids": first.ids}]
        )
        self._follow()
        self.assertEqual(len(self._messages("account_notification")), 1)

    def test_nothing_new_is_said_too(self):
        move, _row = self._deposited()
        self._refresh(move)
        self._follow()
        [told] = self._messages("account_notification")
        self.assertEqual(told["message"], "Nothing new: Deposited.")

    def test_what_cannot_be_read_now_is_said_and_its_result_comes_later(self):
        move, _row = self._deposited()
        self.connection.sudo()._put_off_following("The gateway does not answer.")
        action = self._refresh(move)
        self.assertIn("The gateway does not answer.", action["params"]["message"])
        self.assertEqual(action["params"]["type"], "warning")
        self._follow()
        self.assertFalse(self._messages("account_notification"))
        self._end_pause()
        self._follow()
        self.assertEqual(len(self._messages("account_notification")), 1)

    def test_nothing_to_refresh_is_said(self):
        with self.assertRaisesRegex(UserError, "nothing to refresh"):
            self._refresh(self._invoice())

    def test_many_are_told_after_one_search(self):
        rows = self._many(53)
        moves = rows.move_id
        submissions = moves._chorus_pro_last_submission()
        submissions._note_refresh(self.accountant)
        self.connection.sudo()._want_following()
        self.env["bus.bus"].sudo().search([]).unlink()
        self._follow()
        [told] = self._messages("account_notification")
        self.assertEqual(told["message"], "They were read: 53 have a new status.")

    def test_reader_asks_for_nothing(self):
        move, _row = self._deposited()
        reader = new_test_user(
            self.env, login="refresh_reader", groups="account.group_account_readonly",
            company_id=self.company.id, company_ids=[Command.set(self.company.ids)],
        )
        with self.assertRaises(AccessError):
            move.with_user(reader).action_chorus_pro_refresh_selected()
