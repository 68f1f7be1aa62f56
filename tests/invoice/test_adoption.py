# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Invoices that were deposited by other means: looked for, compared, followed, never sent."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.outbox import lookup as chorus_pro_lookup
from ..common.actions import ActionsCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAdoption(ActionsCommon):
    def test_many_deposited_by_hand_are_found_in_pages_and_each_result_is_told(self):
        moves = self.env["account.move"].union(*(self._invoice() for _each in range(4)))
        self._send(moves)
        rows = moves.chorus_pro_submission_ids.sudo()
        rows.write({"state": "cancelled", "chorus_invoice_id": False})
        # Another amount than was deposited: a person compares.
        other = self._invoice(lines=((55.0, None),))
        rows[0].move_id.name, other.name = "ASIDE/1", rows[0].move_id.name
        found = rows[1:].move_id
        self.simulator.control.clear_requests()
        self.patch(chorus_pro_lookup, "MANY", 4)
        notice = (found | other).with_user(self.accountant).action_chorus_pro_adopt_selected()
        self.assertEqual(notice["params"]["type"], "success")
        self._run_sender()
        self.assertEqual(set(found.mapped("chorus_pro_state")), {"deposited"})
        self.assertTrue(other.chorus_pro_needs_decision)
        self.assertEqual(other.chorus_pro_needed_action, "decide")
        self.assertEqual(len(self._requests("rechercher_fournisseur")), 1)
        self.assertFalse(self._requests("soumettre"))
        told = self.env["bus.bus"].sudo().search([("message", "ilike", "3 deposited, 1 to look")])
        self.assertTrue(told)

    def test_selection_names_what_cannot_be_looked_up(self):
        there, draft = self._invoice(), self._invoice(post=False)
        self._send(there)
        mine = (there | draft).with_user(self.accountant)
        with self.assertRaisesRegex(UserError, "draft"):
            mine.action_chorus_pro_adopt_selected()
        mine |= self._invoice().with_user(self.accountant)
        notice = mine.action_chorus_pro_adopt_selected()
        self.assertEqual(notice["params"]["type"], "warning")
        self.assertIn("2", notice["params"]["message"])

    def test_document_of_a_works_contract_is_refused_here_and_followed(self):
        move = self._invoice(chorus_pro_billing_framework="A4")
        with self.assertRaisesRegex(UserError, "on the portal as a PDF"):
            move.with_user(self.accountant).action_chorus_pro_send()
        self.assertFalse(move.chorus_pro_submission_ids)
        move.chorus_pro_billing_framework = False
        self._archive(move)
        self._send(move)
        row = move.chorus_pro_submission_ids.sudo()
        row.write({"state": "cancelled", "chorus_invoice_id": False})
        move.chorus_pro_billing_framework = "A4"
        sent = len(self._requests("soumettre"))
        move.with_user(self.accountant).action_chorus_pro_adopt()
        self._run_sender()
        self.assertEqual(move.chorus_pro_state, "deposited")
        self.simulator.control.set_works(
            move.name, framework="A4_PROJET_DECOMPTE_MENSUEL_FOURNISSEUR", preceding="PDM-2",
            following="EA-3", supervisor="Cabinet Le Goff", owner="Commune de Saint-Malo")
        self.simulator.control.set_status(move.name, "MISE_A_DISPOSITION_MOE")
        self._run_follower()
        self.assertEqual(move.chorus_pro_state, "made_available_to_works_supervisor")
        self.assertEqual(
            (move.chorus_pro_preceding_piece, move.chorus_pro_following_piece,
             move.chorus_pro_works_supervisor, move.chorus_pro_works_owner),
            ("PDM-2", "EA-3", "Cabinet Le Goff", "Commune de Saint-Malo"))
        # The time to pay runs since the works supervisor has it.
        self.assertTrue(move.chorus_pro_available_date)
        self.assertEqual(len(self._requests("soumettre")), sent)
