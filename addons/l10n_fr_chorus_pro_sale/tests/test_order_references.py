# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo.tests import Form, tagged

from .common import SaleCommon

UNKNOWN = "EJ-404"
ASK = "engagements_rechercher"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOrderReferences(SaleCommon):
    """What a quotation proposes and checks, from the directory alone."""

    def test_every_demand_is_named_as_on_the_invoice(self):
        seen = set()
        for demand, services, values in (
            ("nothing", "none", {}),
            ("service", "few", {}),
            ("service", "few", {"buyer_reference": "SERVICE_000"}),
            ("engagement", "few", {}),
            ("engagement", "few", {"purchase_order_reference": "BC-1"}),
            ("either", "few", {}),
            ("both", "few", {}),
            ("service", "few", {"buyer_reference": "FERME"}),
            ("service", "few", {"buyer_reference": "AILLEURS"}),
            ("service", "few", {"buyer_reference": "FACTURES_PUBLIQUES"}),
            ("service", "dated", {"buyer_reference": "FINI_HIER"}),
            ("service", "dated", {"buyer_reference": "OUVRE_DEMAIN"}),
            ("nothing", "none", {"purchase_order_reference": "X" * 60}),
            ("nothing", "none", {"contract_reference": "M\t1"}),
            ("nothing", "none", {"buyer_reference": "VOIRIE/2"}),
        ):
            with self.subTest(demand=demand, services=services, values=values):
                customer = self._known(demand, services)
                order = self._order(customer, **values)
                invoice = self._invoice(partner_id=customer.id, post=False, **values)
                told, expected = (
                    [(each["id"], each["sentence"], each["remedy"]) for each in found or ()]
                    for found in (
                        order.chorus_pro_findings,
                        invoice.with_user(self.accountant).chorus_pro_findings,
                    )
                )
                self.assertEqual(told, expected)
                self.assertEqual(self._calls(), {})
                seen.update(self._rules(order))
        self.assertLessEqual(
            {
                "service_required", "engagement_required", "service_or_engagement_required",
                "service_inactive", "service_unknown", "service_reserved", "reference_too_long",
                "reference_characters", "service_characters",
            },
            seen,
        )

    def test_remedy_leads_to_the_order_or_to_its_customer(self):
        order = self._order(self._known("both"))
        service, engagement = order.chorus_pro_findings
        for finding, field in (
            (service, "chorus_pro_service_id"), (engagement, "purchase_order_reference")
        ):
            self.assertEqual(
                (finding["model"], finding["res_id"], finding["field"]),
                ("sale.order", order.id, field),
            )
        customer = self._create_customer("123")
        [finding] = self._order(customer).chorus_pro_findings
        self.assertEqual(
            (finding["model"], finding["res_id"], finding["field"]),
            ("res.partner", customer.id, "company_registry"),
        )

    def test_order_that_lacks_everything_is_confirmed(self):
        order = self._order(self._known("both"))
        self.assertTrue(order.chorus_pro_has_problems)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertTrue(order.chorus_pro_has_problems)

    def test_cancelled_and_invoiced_orders_have_nothing_to_complete(self):
        cancelled, invoiced = (self._order(self._known("both")) for _n in range(2))
        cancelled.action_cancel()
        invoiced.action_confirm()
        self.assertTrue(invoiced.chorus_pro_has_problems)
        invoiced._create_invoices()
        self.assertEqual(invoiced.invoice_status, "invoiced")
        for order in (cancelled, invoiced):
            self.assertFalse(order.chorus_pro_findings)
            self.assertFalse(order.chorus_pro_has_problems)

    def test_customer_of_another_way_is_asked_for_nothing(self):
        customer = self._known("both", invoice_sending_method="email")
        order = self._order(customer)
        self.assertFalse(order.chorus_pro_is_concerned)
        self.assertFalse(order.chorus_pro_findings)

    def test_framework_contract_of_the_customer_is_proposed(self):
        customer = self._known("service")
        service = self._structures(customer.company_registry)._service("SERVICE_001")
        customer.write({"chorus_pro_service_id": service.id, "chorus_pro_contract_number": "M-26"})
        contact = self.env["res.partner"].create(
            {"name": "Voirie", "parent_id": customer.id, "chorus_pro_contract_number": "M-27"}
        )
        order = self._order(customer)
        self.assertEqual((order.buyer_reference, order.contract_reference), ("SERVICE_001", "M-26"))
        order.partner_invoice_id = contact
        self.assertEqual((order.buyer_reference, order.contract_reference), ("SERVICE_001", "M-27"))
        order.partner_invoice_id = self._create_customer("12345678200051")
        self.assertEqual((order.buyer_reference, order.contract_reference), (False, False))

    def test_framework_contract_is_each_companys_own(self):
        other = self._create_company(name="company_2")
        customer = self._known("nothing", chorus_pro_contract_number="M-26")
        self.assertFalse(customer._chorus_pro_default_contract(other))
        self.assertEqual(customer._chorus_pro_default_contract(self.company), "M-26")

    def test_contract_is_proposed_beside_a_typed_service(self):
        customer = self._known("service", chorus_pro_contract_number="M-26")
        order = self._order(customer, buyer_reference="SERVICE_000")
        self.assertEqual(order.contract_reference, "M-26")

    def test_typed_references_stay(self):
        customer = self._known("service", chorus_pro_contract_number="M-26")
        order = self._order(customer, buyer_reference="AUTRE", contract_reference="M-9")
        order.action_confirm()
        self.assertEqual((order.buyer_reference, order.contract_reference), ("AUTRE", "M-9"))

    def test_copied_quotation_is_for_another_engagement(self):
        order = self._order(
            self._known("service"), buyer_reference="SERVICE_001", contract_reference="M-9",
            purchase_order_reference="BC-1",
        )
        copy = order.copy()
        self.assertEqual((copy.buyer_reference, copy.contract_reference), ("SERVICE_001", "M-9"))
        self.assertFalse(copy.purchase_order_reference)

    def test_chosen_service_writes_the_code_and_a_typed_code_finds_the_service(self):
        customer = self._known("service")
        order = self._order(customer)
        services = self._structures(customer.company_registry)
        self.assertIn(services._service("SERVICE_001"), order.chorus_pro_open_service_ids)
        self.assertNotIn(services._service("FERME"), order.chorus_pro_open_service_ids)
        with Form(order) as form:
            form.buyer_reference = "SERVICE_000"
            self.assertEqual(form.chorus_pro_service_id.code, "SERVICE_000")
            form.chorus_pro_service_id = services._service("SERVICE_001")
            self.assertEqual(form.buyer_reference, "SERVICE_001")
            self.assertFalse(form.chorus_pro_has_problems)
        self.assertEqual(order.buyer_reference, "SERVICE_001")
        with Form(order) as form:
            form.chorus_pro_service_id = self.env["chorus.pro.service"]
            self.assertTrue(form.chorus_pro_has_problems)
        self.assertFalse(order.buyer_reference)

    def test_service_is_found_by_its_name(self):
        services = self._structures(self._known("service").company_registry).service_ids
        service = services.filtered(lambda one: one.code == "SERVICE_001")
        found = self.env["chorus.pro.service"].with_user(self.salesman).name_search(
            service.name, [("id", "in", services.ids)]
        )
        self.assertIn(service.id, [row[0] for row in found])

    def test_customer_reference_is_proposed_as_engagement_number(self):
        order = self._order(client_order_ref="BC-2026-77")
        self.assertEqual(order.chorus_pro_engagement_proposal, "BC-2026-77")
        order.action_chorus_pro_take_engagement()
        self.assertEqual(order.purchase_order_reference, "BC-2026-77")
        self.assertFalse(order.chorus_pro_engagement_proposal)
        self.assertFalse(self._order(client_order_ref="X" * 60).chorus_pro_engagement_proposal)

    def test_typed_engagement_number_is_asked_about_by_the_job_only(self):
        order = self._order(purchase_order_reference="EJ-990011")
        order.purchase_order_reference = UNKNOWN
        self.assertFalse(self._requests())
        self.assertNotIn("commitment_unknown", self._rules(order))
        self._run_sender()
        self.assertEqual(len(self._requests(ASK)), 2)
        order.invalidate_recordset()
        self.assertEqual(self._rules(order), ["commitment_unknown"])
        self.assertFalse(order.chorus_pro_has_problems)
        self.assertTrue(order.chorus_pro_has_warnings)

    def test_engagement_number_is_found_by_typing_it(self):
        order = self._order(purchase_order_reference="BC-2026-1")
        view = self.env.ref("sale.view_sales_order_filter")
        arch = self.env["sale.order"].with_user(self.salesman).get_view(view.id, "search")["arch"]
        self.assertIn("('purchase_order_reference', 'ilike', self)", arch)
        found = order.search([("purchase_order_reference", "ilike", "bc-2026")])
        self.assertEqual(found, order)
