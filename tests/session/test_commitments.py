# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..common.chorus_pro import ChorusProCommon

KNOWN, UNKNOWN, CLOSED = "EJ-990011", "EJ-404", "EJ-CLOS"
ASK = "engagements_rechercher"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCommitments(ChorusProCommon):
    """The simulator knows the order EJ-990011 of this supplier; EJ-CLOS cannot be invoiced."""

    def _row(self, number):
        return self.env["chorus.pro.commitment"].sudo().search([("name", "=", number)])

    def _age(self, **delay):
        rows = self.env["chorus.pro.commitment"].sudo().search([])
        rows.asked_at = fields.Datetime.now() - timedelta(**delay)

    def test_typed_number_is_asked_about_by_the_job_only(self):
        draft = self._invoice(post=False)
        mine = draft.with_user(self.accountant)
        mine.purchase_order_reference = UNKNOWN
        self.assertFalse(self._row(UNKNOWN).asked_at)
        self.assertFalse(mine.chorus_pro_warnings)
        mine.action_post()
        self.assertFalse(self._requests())
        self._run_sender()
        self.assertEqual(len(self._requests(ASK)), 1)
        self.assertTrue(self._row(UNKNOWN).asked_at)
        mine.invalidate_recordset()
        self.assertIn(UNKNOWN, mine.chorus_pro_warnings)
        self.assertFalse(mine.chorus_pro_problems)

    def test_number_given_when_the_invoice_is_made_is_asked_about(self):
        self._invoice(purchase_order_reference=KNOWN, post=False)
        self._run_sender()
        self.assertTrue(self._row(KNOWN).is_known)

    def test_known_number_gives_no_warning(self):
        move = self._invoice(purchase_order_reference=f" {KNOWN} ")
        self._run_sender()
        self.assertFalse(move.chorus_pro_warnings)

    def test_order_that_cannot_be_invoiced_is_not_known(self):
        self._invoice(purchase_order_reference=CLOSED)
        self._run_sender()
        self.assertFalse(self._row(CLOSED).is_known)

    def test_each_number_is_asked_about_once_a_day(self):
        moves = self.env["account.move"].concat(
            *(self._invoice(purchase_order_reference=UNKNOWN) for _n in range(3))
        )
        self._send(moves)
        self.assertEqual(set(moves.mapped("chorus_pro_state")), {"deposited"})
        self._send(self._invoice(purchase_order_reference=UNKNOWN))
        self.assertEqual(len(self._requests(ASK)), 1)
        self._age(days=2)
        self._send(self._invoice(purchase_order_reference=UNKNOWN))
        self.assertEqual(len(self._requests(ASK)), 2)

    def test_no_question_for_customers_of_other_channels(self):
        customer = self._create_customer("12345678200051", invoice_sending_method="email")
        self._invoice(partner_id=customer.id, purchase_order_reference=UNKNOWN)
        self.assertFalse(self._row(UNKNOWN))

    def test_no_question_about_a_customer_that_registers_no_orders(self):
        self.customer.with_company(self.company).chorus_pro_orders_unchecked = True
        for document_format in ("pdf", "facturx"):
            with self.subTest(document_format=document_format):
                move = self._invoice(
                    purchase_order_reference=UNKNOWN, chorus_pro_format=document_format
                )
                self._send(move)
                self.assertEqual(move.chorus_pro_state, "deposited")
        self.assertFalse(self._row(UNKNOWN))
        self.assertFalse(self._requests(ASK))

    def test_such_a_customer_is_checked_where_unknown_numbers_block(self):
        self.customer.with_company(self.company).chorus_pro_orders_unchecked = True
        self.connection.blocks_unknown_commitments = True
        move = self._invoice(purchase_order_reference=UNKNOWN)
        self._send(move)
        self.assertEqual(move.chorus_pro_state, "refused")
        self.assertIn(UNKNOWN, move.chorus_pro_reason)

    def test_who_registers_no_orders_is_each_company_s_own(self):
        other = self.setup_other_company()["company"]
        self.customer.with_company(other).chorus_pro_orders_unchecked = True
        self._invoice(purchase_order_reference=UNKNOWN)
        self.assertTrue(self._row(UNKNOWN))

    def test_unknown_number_blocks_where_it_was_chosen_so(self):
        self.connection.blocks_unknown_commitments = True
        move = self._invoice(purchase_order_reference=UNKNOWN)
        self._send(move)
        self.assertEqual(move.chorus_pro_state, "refused")
        self.assertIn(UNKNOWN, move.chorus_pro_reason)
        self.assertFalse(self._requests("deposer_pdf"))
        self._send(self._invoice(purchase_order_reference=KNOWN))
        self.assertEqual(len(self._requests("soumettre")), 1)

    def test_number_that_blocked_is_asked_about_again(self):
        self.connection.blocks_unknown_commitments = True
        move = self._invoice(purchase_order_reference=KNOWN)
        self._run_sender()
        self._row(KNOWN).is_known = False
        self._send(move)
        self.assertEqual(move.chorus_pro_state, "deposited")
        self.assertTrue(self._row(KNOWN).is_known)

    def test_refused_question_holds_up_no_invoice_and_is_not_repeated(self):
        self.simulator.control.lack(api_engagements=True)
        moves = self.env["account.move"].concat(
            *(self._invoice(purchase_order_reference=f"EJ-{n}") for n in range(3))
        )
        self._send(moves)
        self.assertEqual(set(moves.mapped("chorus_pro_state")), {"deposited"})
        self.assertFalse(self.connection.trouble)
        self.assertLessEqual(len(self._requests(ASK)), 2)
        self.assertFalse(self.env["chorus.pro.commitment"].search([]))

    def test_refused_question_keeps_the_invoice_where_the_answer_is_needed(self):
        self.connection.blocks_unknown_commitments = True
        self.simulator.control.fault("rate_limited", ASK, 1)
        move = self._invoice(purchase_order_reference=KNOWN)
        self._send(move)
        self.assertEqual(move.chorus_pro_state, "queued")
        self._make_due(move.chorus_pro_submission_ids)
        self._run_sender()
        self.assertEqual(move.chorus_pro_state, "deposited")

    def test_number_too_long_is_not_asked_about(self):
        self._invoice(purchase_order_reference="X" * 51)
        self.assertFalse(self.env["chorus.pro.commitment"].search([]))

    def test_blank_number_is_not_asked_about(self):
        self._invoice(purchase_order_reference="  \t ")
        self.assertEqual(self.env["chorus.pro.commitment"].search([]).mapped("name"), [])

    def test_typed_number_while_chorus_is_down_is_asked_about_when_the_invoice_leaves(self):
        self.simulator.control.fault("bad_gateway", ASK, 10)
        draft = self._invoice(purchase_order_reference=UNKNOWN, post=False)
        self._run_sender()
        self.assertFalse(self._row(UNKNOWN))
        self.assertFalse(draft.chorus_pro_warnings)
        self.assertFalse(self.connection.trouble)
        self._fresh_chorus()
        draft.action_post()
        self._archive(draft)
        self._send(draft)
        self.assertEqual(draft.chorus_pro_state, "deposited")
        self.assertTrue(self._row(UNKNOWN).asked_at)

    def test_what_was_learnt_of_one_supplier_is_not_told_of_another(self):
        self._invoice(purchase_order_reference=UNKNOWN)
        self._run_sender()
        self.connection.supplier_siret = "12345678200119"
        self.assertFalse(self._row(UNKNOWN))

    def test_old_answers_are_cleaned(self):
        self._invoice(purchase_order_reference=UNKNOWN)
        self._run_sender()
        self.env["chorus.pro.commitment"].sudo()._gc_commitments()
        self.assertTrue(self._row(UNKNOWN))
        self._age(days=91)
        self.env["chorus.pro.commitment"].sudo()._gc_commitments()
        self.assertFalse(self._row(UNKNOWN))

    def test_users_read_and_do_not_write(self):
        self._invoice(purchase_order_reference=UNKNOWN)
        row = self._row(UNKNOWN)
        self.assertEqual(row.with_user(self.accountant).name, UNKNOWN)
        with self.assertRaises(AccessError):
            row.with_user(self.accountant).is_known = True
        other = self.setup_other_company()["company"]
        stranger = new_test_user(
            self.env,
            login="chorus_stranger",
            groups="account.group_account_invoice",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(row.with_user(stranger).search([("id", "=", row.id)]))
