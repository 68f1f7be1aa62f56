# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo.tests import tagged

from .common import SaleCommon

NUMBER = {"purchase_order_reference": "BC-1"}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestEngagementUse(SaleCommon):
    """How much of an engagement number is invoiced; amounts are with 20 % of VAT."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leader = cls._salesman("chorus_leader", "sales_team.group_sale_salesman_all_leads")

    def _billed(self, price, **values):
        """A confirmed invoice of this price under the engagement number."""
        return self._invoice(((price, None),), pdf=False, **{**NUMBER, **values})

    def _amounts(self, record):
        record.invalidate_recordset()
        return (
            record.chorus_pro_engagement_ordered,
            record.chorus_pro_engagement_invoiced,
            round(record.chorus_pro_engagement_share, 4),
        )

    def test_orders_are_added_up_and_credit_notes_deducted(self):
        first = self._order(price=600.0, confirm=True, **NUMBER)
        self._order(price=400.0, confirm=True, user=self.leader, **NUMBER)
        invoice = self._billed(300.0)
        self._billed(200.0)
        self.assertEqual(self._amounts(first.with_user(self.leader)), (1200.0, 600.0, 0.5))
        invoice._reverse_moves([{}], cancel=True)
        self.assertEqual(self._amounts(first.with_user(self.leader)), (1200.0, 240.0, 0.2))

    def test_only_what_counts_is_counted(self):
        order = self._order(price=1000.0, confirm=True, **NUMBER)
        self._order(price=7.0, **NUMBER)
        self._order(price=7.0, confirm=True, purchase_order_reference="BC-2")
        other = self._create_customer("12345678200028")
        self._order(other, price=7.0, confirm=True, **NUMBER)
        self._billed(7.0, post=False)
        self._billed(7.0, purchase_order_reference="BC-2")
        self._billed(7.0, partner_id=other.id)
        self.assertEqual(self._amounts(order.with_user(self.leader)), (1200.0, 0.0, 0.0))

    def test_draft_invoice_counts_itself_and_posting_counts_it_once(self):
        self._order(price=1000.0, confirm=True, **NUMBER)
        draft = self._billed(500.0, post=False).with_user(self.accountant)
        self.assertEqual(self._amounts(draft), (1200.0, 600.0, 0.5))
        draft.action_post()
        self.assertEqual(self._amounts(draft), (1200.0, 600.0, 0.5))

    def test_warning_from_80_percent(self):
        order = self._order(price=1000.0, confirm=True, **NUMBER)
        self._billed(799.0)
        order.invalidate_recordset()
        self.assertFalse(order.chorus_pro_engagement_note)
        self._billed(1.0)
        order.invalidate_recordset()
        self.assertIn("80% of what was ordered", order.chorus_pro_engagement_note)
        self.assertIn("BC-1", order.chorus_pro_engagement_note)
        self.assertFalse(order.chorus_pro_findings)

    def test_excess_warns_on_invoice_and_order_and_blocks_nothing(self):
        order = self._order(price=1000.0, confirm=True, **NUMBER)
        self._billed(1000.0)
        order.invalidate_recordset()
        self.assertIn("100% of what", order.chorus_pro_engagement_note)
        draft = self._billed(0.5, post=False).with_user(self.accountant)
        self.assertIn("101% of what was ordered", draft.chorus_pro_warnings)
        self.assertFalse(draft.chorus_pro_problems)
        self.assertFalse(draft.chorus_pro_engagement_note)
        draft.action_post()
        self.assertTrue(draft.chorus_pro_check()[0]["is_ready"])
        order.invalidate_recordset()
        self.assertEqual(self._rules(order), ["engagement_exceeded"])
        self.assertFalse(order.chorus_pro_engagement_note)

    def test_number_without_order_warns_of_nothing(self):
        draft = self._billed(100.0, post=False).with_user(self.accountant)
        self.assertFalse(draft.chorus_pro_engagement_is_readable)
        self.assertFalse(draft.chorus_pro_engagement_note)
        self.assertFalse(draft.chorus_pro_warnings)

    def test_credit_note_is_not_warned_about(self):
        self._order(price=100.0, confirm=True, **NUMBER)
        invoice = self._billed(300.0)
        credit_note = invoice._reverse_moves()
        self.assertNotIn("engagement_exceeded", self._rules(credit_note))

    def test_amounts_are_shown_to_who_sees_all_the_documents(self):
        order = self._order(price=900.0, confirm=True, **NUMBER)
        self.assertEqual(self._amounts(order), (1080.0, 0.0, 0.0))
        self._order(price=100.0, confirm=True, user=self.leader, **NUMBER)
        self._billed(900.0)
        self.assertEqual(self._amounts(order), (0.0, 0.0, 0.9))
        self.assertFalse(order.chorus_pro_engagement_is_readable)
        self.assertIn("90% of what", order.chorus_pro_engagement_note)
        for user in (self.leader, self.accountant):
            self.assertEqual(self._amounts(order.with_user(user)), (1200.0, 1080.0, 0.9))

    def test_form_in_edition_tells_nothing_of_another_company(self):
        other = self._create_company(name="company_2")
        order = self._order(price=1000.0, confirm=True, **NUMBER)
        self._billed(900.0)
        stranger = self._salesman("chorus_stranger", company=other)
        guess = self.env["sale.order"].with_user(stranger).new(
            {
                "company_id": self.company.id,
                "partner_id": self.customer.id,
                "partner_invoice_id": self.customer.id,
                **NUMBER,
            }
        )
        self.assertEqual(guess.chorus_pro_engagement_share, 0.0)
        self.assertFalse(guess.chorus_pro_engagement_note)
        order.invalidate_recordset()
        self.assertEqual(round(order.chorus_pro_engagement_share, 4), 0.9)

    def test_reads_do_not_grow_with_the_invoices(self):
        drafts = self.env["account.move"]
        for n in range(6):
            number = {"purchase_order_reference": f"BC-{n}"}
            self._order(price=1000.0, confirm=True, **number)
            drafts += self._billed(900.0, post=False, **number)
        drafts = drafts.with_user(self.accountant)

        def queries(moves):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            uses = moves._chorus_pro_engagement_uses()
            self.assertEqual({round(use.share, 4) for use in uses.values()}, {0.9})
            return self.env.cr.sql_log_count - before

        queries(drafts)
        self.assertLessEqual(queries(drafts), queries(drafts[:2]))
