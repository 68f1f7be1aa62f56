# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .common import SaleCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOrderRoles(SaleCommon):
    """Who sees and who does what on an order."""

    def test_salesman_makes_a_whole_quotation(self):
        customer = self._known("both")
        services = self._structures(customer.company_registry)
        with Form(self.env["sale.order"].with_user(self.salesman)) as form:
            form.partner_id = customer
            self.assertTrue(form.chorus_pro_has_problems)
            form.chorus_pro_service_id = services._service("SERVICE_001")
            form.purchase_order_reference = "BC-1"
            self.assertFalse(form.chorus_pro_has_problems)
            with form.order_line.new() as line:
                line.product_id = self.service_product
        order = form.save()
        order.action_confirm()
        self.assertEqual(order._create_invoices().purchase_order_reference, "BC-1")

    def test_accountant_completes_a_confirmed_order(self):
        order = self._order(self._known("engagement"), confirm=True)
        mine = order.with_user(self.accountant)
        mine.purchase_order_reference = "BC-1"
        self.assertFalse(mine.chorus_pro_has_problems)

    def test_salesman_sees_the_customers_page_of_chorus_pro(self):
        view = self.env["res.partner"].with_user(self.salesman).get_view(view_type="form")
        self.assertIn('name="chorus_pro_contract_number"', view["arch"])
        plain = new_test_user(self.env, login="chorus_plain", groups="base.group_user")
        view = self.env["res.partner"].with_user(plain).get_view(view_type="form")
        self.assertNotIn('name="chorus_pro_contract_number"', view["arch"])
        with Form(self._known("both").with_user(self.salesman)) as form:
            self.assertTrue(form.chorus_pro_service_required)

    def test_salesman_changes_nothing_of_the_directory(self):
        structure = self._structures(self._known("both").company_registry)
        for record in (structure, structure.service_ids[0]):
            mine = record.with_user(self.salesman)
            self.assertEqual(mine.read(["name"])[0]["name"], record.name)
            with self.assertRaises(AccessError):
                mine.write({"active": False})

    def test_what_odoo_found_is_written_by_nobody(self):
        order = self._order(self._known("both"))
        with self.assertRaises(AccessError):
            order.write({"chorus_pro_findings": []})

    def test_customer_of_the_portal_reads_its_references_and_no_check(self):
        customer = self._known("both")
        portal = new_test_user(
            self.env, login="chorus_portal", groups="base.group_portal",
            company_id=self.company.id, company_ids=[Command.set(self.company.ids)],
        )
        portal.partner_id.parent_id = customer
        order = self._order(customer, purchase_order_reference="BC-1")
        order.message_subscribe(portal.partner_id.ids)
        mine = order.with_user(portal)
        [values] = mine.read(["purchase_order_reference"])
        self.assertEqual(values["purchase_order_reference"], "BC-1")
        for name in ("chorus_pro_findings", "chorus_pro_engagement_share"):
            with self.assertRaises(AccessError):
                mine.read([name])

    def test_order_of_somebody_else_is_out_of_reach(self):
        order = self._order(client_order_ref="BC-2026-1")
        other = self._salesman("chorus_other")
        with self.assertRaises(AccessError):
            order.with_user(other).action_chorus_pro_take_engagement()
        self.assertFalse(order.purchase_order_reference)

    def test_printed_quotation_names_the_references(self):
        order = self._order(
            self._known("both", lang="en_US"), buyer_reference="SERVICE_001",
            contract_reference="M-26", purchase_order_reference="BC-1",
        )
        report = self.env["ir.actions.report"].with_user(self.salesman)
        html, _kind = report._render_qweb_html("sale.action_report_saleorder", order.ids)
        for text in (b"Engagement Number", b"BC-1", b"SERVICE_001", b"M-26"):
            self.assertIn(text, html)
