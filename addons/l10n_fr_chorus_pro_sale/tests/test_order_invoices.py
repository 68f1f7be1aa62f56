# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import Command
from odoo.tests import tagged

from .common import SaleCommon

ALL = {
    "buyer_reference": "SERVICE_001",
    "purchase_order_reference": "BC-1",
    "contract_reference": "M-26",
}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOrderInvoices(SaleCommon):
    """Each invoice of an order carries its references."""

    def _carried(self, invoice):
        return {name: invoice[name] for name in ALL}

    def _down_payment(self, order):
        wizard = self.env["sale.advance.payment.inv"].with_user(self.salesman).create(
            {
                "sale_order_ids": [Command.set(order.ids)],
                "advance_payment_method": "percentage",
                "amount": 30,
            }
        )
        wizard.create_invoices()
        return order.sudo().invoice_ids

    def _notes(self, invoice):
        bodies = [str(message.body) for message in invoice.message_ids]
        return [body for body in bodies if "left empty" in body]

    def test_invoice_carries_what_the_order_names(self):
        order = self._order(self._known("both"), confirm=True, **ALL)
        self.assertEqual(self._carried(order._create_invoices()), ALL)

    def test_down_payment_and_final_invoice_carry_it(self):
        order = self._order(self._known("both"), confirm=True, **ALL)
        down_payment = self._down_payment(order)
        self.assertEqual(self._carried(down_payment), ALL)
        down_payment.with_user(self.accountant).action_post()
        final = order._create_invoices(final=True)
        self.assertEqual(len(final.invoice_line_ids.filtered("is_downpayment")), 1)
        self.assertEqual(self._carried(final), ALL)

    def test_credit_note_is_for_the_same_engagement(self):
        order = self._order(self._known("both"), confirm=True, **ALL)
        invoice = order._create_invoices()
        invoice.action_post()
        self.assertEqual(self._carried(invoice._reverse_moves()), ALL)

    def test_what_the_order_leaves_open_is_proposed_as_on_any_invoice(self):
        customer = self._known("service", chorus_pro_contract_number="M-26")
        service = self._structures(customer.company_registry)._service("SERVICE_001")
        order = self._order(customer, confirm=True, contract_reference=False)
        customer.chorus_pro_service_id = service
        expected = {**ALL, "purchase_order_reference": False}
        self.assertEqual(self._carried(order._create_invoices()), expected)

    def test_customer_of_another_way_gets_no_reference(self):
        customer = self._known("both", invoice_sending_method="email")
        order = self._order(customer, confirm=True, **ALL)
        self.assertEqual(self._carried(order._create_invoices()), dict.fromkeys(ALL, False))

    def test_invoice_without_order_begins_with_the_framework_contract(self):
        customer = self._known("nothing", chorus_pro_contract_number="M-26")
        draft = self._invoice(partner_id=customer.id, post=False).with_user(self.accountant)
        self.assertEqual(draft.contract_reference, "M-26")
        self.assertEqual(draft.copy().contract_reference, "M-26")
        draft.partner_id = self.customer
        self.assertFalse(draft.contract_reference)

    def test_name_of_the_order_is_not_proposed_as_engagement_number(self):
        customer = self._known("nothing")
        invoice = self._order(customer, confirm=True)._create_invoices()
        self.assertEqual(invoice.ref, invoice.invoice_origin)
        self.assertFalse(invoice.chorus_pro_engagement_proposal)
        named = self._order(customer, confirm=True, client_order_ref="BC-7")._create_invoices()
        self.assertEqual(named.chorus_pro_engagement_proposal, "BC-7")

    def test_invoice_of_several_orders_keeps_what_they_share(self):
        customer = self._known("both")
        orders = self._order(customer, confirm=True, **ALL) + self._order(
            customer, confirm=True, **ALL
        )
        invoice = orders._create_invoices()
        self.assertEqual(len(invoice), 1)
        self.assertEqual(self._carried(invoice), ALL)
        self.assertFalse(self._notes(invoice))

    def test_invoice_of_several_orders_mixes_no_references(self):
        customer = self._known("both")
        for name, other, word in (
            ("buyer_reference", "SERVICE_000", "service codes"),
            ("purchase_order_reference", "BC-2", "engagement numbers"),
            ("purchase_order_reference", False, "engagement numbers"),
            ("contract_reference", "M-27", "contract numbers"),
        ):
            with self.subTest(name=name, other=other):
                first = self._order(customer, confirm=True, **ALL)
                second = self._order(customer, confirm=True, **{**ALL, name: other})
                invoice = (first + second)._create_invoices()
                self.assertEqual(len(invoice), 1)
                self.assertEqual(self._carried(invoice), {**ALL, name: False})
                [note] = self._notes(invoice)
                self.assertIn(word, note)
                self.assertIn(f"{first.name}: {ALL[name]}", note)
                self.assertIn(f"{second.name}: {other or 'none'}", note)

    def test_orders_invoiced_separately_keep_their_own(self):
        customer = self._known("both")
        orders = self._order(customer, confirm=True, **ALL) + self._order(
            customer, confirm=True, **{**ALL, "purchase_order_reference": "BC-2"}
        )
        invoices = orders._create_invoices(grouped=True)
        self.assertEqual(sorted(invoices.mapped("purchase_order_reference")), ["BC-1", "BC-2"])
        self.assertFalse(any(map(self._notes, invoices)))
