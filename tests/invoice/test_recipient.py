# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..common.chorus_pro import FREE
from ..common.directory import DirectoryCommon

SERVICE_WORD = "requires a service code."
ENGAGEMENT_WORD = "requires an engagement number"
EITHER_WORD = "a service code or an engagement number"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRecipient(DirectoryCommon):
    """What the invoice shows and proposes, from the directory alone."""

    def _known(self, demand, services="few", **values):
        """A customer whose structure was looked up."""
        siret = self._recipient(demand, services).siret
        self._look_up(siret)
        self._calls()
        return self._create_customer(siret, **values)

    def _draft(self, customer, **values):
        move = self._invoice(partner_id=customer.id, post=False, **values)
        return move.with_user(self.accountant)

    def test_every_demand_is_named_until_it_is_met(self):
        both = {"buyer_reference": "SERVICE_000", "purchase_order_reference": "BC-1"}
        service, engagement = ({name: both[name]} for name in both)
        for demand, services, values, words in (
            ("nothing", "none", {}, []),
            ("service", "few", {}, [SERVICE_WORD]),
            ("service", "few", service, []),
            ("engagement", "few", {}, [ENGAGEMENT_WORD]),
            ("engagement", "few", service, [ENGAGEMENT_WORD]),
            ("engagement", "few", engagement, []),
            ("either", "few", {}, [EITHER_WORD]),
            ("either", "few", service, []),
            ("either", "few", engagement, []),
            ("both", "few", {}, [SERVICE_WORD, ENGAGEMENT_WORD]),
            ("both", "few", service, [ENGAGEMENT_WORD]),
            ("both", "few", engagement, [SERVICE_WORD]),
            ("both", "few", both, []),
            ("service", "few", {"buyer_reference": "FERME"}, ["is closed"]),
            ("service", "few", {"buyer_reference": "AILLEURS"}, ["has no service AILLEURS"]),
            ("service", "few", {"buyer_reference": "FACTURES_PUBLIQUES"}, ["is reserved"]),
            ("service", "dated", {"buyer_reference": "FINI_HIER"}, ["is closed"]),
            ("service", "dated", {"buyer_reference": "OUVRE_DEMAIN"}, ["is closed"]),
            ("service", "dated", {"buyer_reference": "FINIT_DEMAIN"}, []),
        ):
            with self.subTest(demand=demand, services=services, values=values):
                draft = self._draft(self._known(demand, services), **values)
                sentences = (draft.chorus_pro_problems or "").splitlines()
                self.assertEqual(len(sentences), len(words), sentences)
                for word, sentence in zip(words, sentences, strict=True):
                    self.assertIn(word, sentence)
                self.assertEqual(self._calls(), {})

    def test_demand_of_the_service_is_named_once_it_was_read(self):
        customer = self._known("per_service")
        draft = self._draft(customer, buyer_reference="SERVICE_000")
        self.assertFalse(draft.chorus_pro_problems)
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.connection._client() as client:
            draft.chorus_pro_service_id.sudo()._ask_details(client)
        draft.invalidate_recordset()
        self.assertIn(ENGAGEMENT_WORD, draft.chorus_pro_problems)

    def test_unknown_recipient_has_no_demand(self):
        draft = self._draft(self._create_customer(FREE))
        self.assertFalse(draft.chorus_pro_problems)
        self.assertFalse(draft.chorus_pro_open_service_ids)

    def test_closed_recipient_is_named_and_confirming_is_not_blocked(self):
        siret = self._recipient("nothing", state="inactive").siret
        self._look_up(siret)
        draft = self._draft(self._create_customer(siret))
        self.assertIn("is closed", draft.chorus_pro_problems)
        draft.action_post()
        self.assertEqual(draft.state, "posted")

    def test_chosen_service_writes_the_code_and_a_typed_code_finds_the_service(self):
        customer = self._known("service")
        draft = self._draft(customer)
        with Form(draft) as form:
            form.chorus_pro_service_id = self._structures(
                customer.company_registry
            )._service("SERVICE_001")
            self.assertEqual(form.buyer_reference, "SERVICE_001")
        # As a sales order or an import gives it.
        draft.buyer_reference = "SERVICE_000"
        self.assertEqual(draft.chorus_pro_service_id.code, "SERVICE_000")
        with Form(draft) as form:
            form.chorus_pro_service_id = self.env["chorus.pro.service"]
        self.assertFalse(draft.buyer_reference)

    def test_reserved_service_is_for_public_suppliers_only(self):
        customer = self._known("service")
        reserved = self._structures(customer.company_registry)._service("FACTURES_PUBLIQUES")
        draft = self._draft(customer, buyer_reference=reserved.code)
        self.assertIn("is reserved", draft.chorus_pro_problems)
        self.assertNotIn(reserved, draft.chorus_pro_open_service_ids)
        stranger = self._draft(self._create_customer(FREE), buyer_reference=reserved.code)
        self.assertIn("is reserved", stranger.chorus_pro_problems)
        self.connection.supplier_is_public = True
        draft.invalidate_recordset()
        self.assertFalse(draft.chorus_pro_problems)
        self.assertIn(reserved, draft.chorus_pro_open_service_ids)

    def test_service_code_with_a_strange_character_is_told_and_the_directory_decides(self):
        draft = self._draft(self._create_customer(FREE), buyer_reference="VOIRIE/2")
        self.assertIn("contains “/”", draft.chorus_pro_warnings)
        self.assertNotIn("holds", draft.chorus_pro_problems)

    def test_form_with_a_mixed_early_discount_is_edited_like_any_other(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "2 % in 10 days",
                "early_discount": True,
                "early_pay_discount_computation": "mixed",
                "discount_percentage": 2,
                "discount_days": 10,
            }
        )
        draft = self._draft(
            self._create_customer(FREE),
            invoice_payment_term_id=term.id,
            chorus_pro_format="facturx",
        )
        with Form(draft) as form:
            form.purchase_order_reference = "BC-1"
        self.assertEqual(draft.purchase_order_reference, "BC-1")

    def test_credit_note_keeps_the_engagement_number(self):
        move = self._invoice(
            partner_id=self._create_customer(FREE).id, purchase_order_reference="BC-1"
        )
        self.assertEqual(move._reverse_moves().purchase_order_reference, "BC-1")
        self.assertFalse(move.copy().purchase_order_reference)

    def test_next_invoice_of_a_subscription_keeps_the_engagement_number(self):
        first = self._invoice(
            partner_id=self._create_customer(FREE).id, purchase_order_reference="BC-1", post=False,
            auto_post="monthly", contract_reference="M-26",
        )
        first.with_user(self.accountant).action_post()
        chain = self.env["account.move"].search([("auto_post_origin_id", "=", first.id)])
        following = chain - first
        self.assertEqual(len(following), 1)
        self.assertEqual(following.state, "draft")
        self.assertEqual(following.purchase_order_reference, "BC-1")
        self.assertEqual(following.contract_reference, "M-26")

    def test_proposed_service_does_not_stay_on_an_invoice_for_another_customer(self):
        customer = self._known("service")
        customer.chorus_pro_service_id = self._structures(
            customer.company_registry
        ).service_ids.filtered(lambda service: service.code == "SERVICE_000")
        draft = self._draft(customer)
        self.assertEqual(draft.buyer_reference, "SERVICE_000")
        other = self._create_customer(FREE, invoice_sending_method="email")
        draft.partner_id = other
        self.assertFalse(draft.buyer_reference)
        draft.buyer_reference = "their own"
        draft.partner_id = self._create_customer(FREE, invoice_sending_method="email")
        self.assertEqual(draft.buyer_reference, "their own")

    def test_structure_closed_between_quotation_and_invoice_is_named(self):
        customer = self._known("service", chorus_pro_when_confirmed="no")
        draft = self._draft(customer, buyer_reference="SERVICE_000")
        self.assertFalse(draft.chorus_pro_problems)
        self._structures(customer.company_registry).active = False
        draft.invalidate_recordset()
        self.assertIn("is closed", draft.chorus_pro_problems)
        draft.action_post()
        with self.assertRaisesRegex(UserError, "is closed"):
            draft.action_chorus_pro_send()

    def test_recipient_of_works_invoices_only_is_a_warning(self):
        siret = self._recipient("nothing", state="works_owner").siret
        self._look_up(siret)
        draft = self._draft(self._create_customer(siret))
        self.assertFalse(draft.chorus_pro_problems)
        self.assertIn("works invoices only", draft.chorus_pro_warnings)

    def test_code_that_the_directory_does_not_have_travels_as_typed(self):
        draft = self._draft(self._known("service"), buyer_reference="AILLEUR")
        with Form(draft) as form:
            self.assertFalse(form.chorus_pro_service_id)
            form.buyer_reference = "AILLEURS"
            self.assertFalse(form.chorus_pro_service_id)
        self.assertEqual(draft.buyer_reference, "AILLEURS")

    def test_only_services_open_on_the_date_are_offered(self):
        customer = self._known("service", "dated")
        codes = {"SERVICE_000", "FINIT_DEMAIN"}
        draft = self._draft(customer)
        self.assertEqual(set(draft.chorus_pro_open_service_ids.mapped("code")), codes)
        later = self._draft(customer, invoice_date=self._day(5))
        codes = {"SERVICE_000", "OUVRE_DEMAIN"}
        self.assertEqual(set(later.chorus_pro_open_service_ids.mapped("code")), codes)

    def test_service_comes_from_the_contact_then_its_company_then_the_last_invoice(self):
        customer = self._known("service")
        contact = self.env["res.partner"].create({"name": "Compta", "parent_id": customer.id})
        structure = self._structures(customer.company_registry)
        self.assertFalse(self._draft(contact).buyer_reference)
        self._invoice(partner_id=contact.id, buyer_reference="SERVICE_001", pdf=False)
        self.assertEqual(self._draft(contact).buyer_reference, "SERVICE_001")
        customer.chorus_pro_service_id = structure._service("SERVICE_000")
        self.assertEqual(self._draft(contact).buyer_reference, "SERVICE_000")
        contact.chorus_pro_service_id = structure._service("SERVICE_001")
        self.assertEqual(self._draft(contact).buyer_reference, "SERVICE_001")

    def test_closed_service_is_not_proposed(self):
        customer = self._known("service")
        structure = self._structures(customer.company_registry)
        customer.chorus_pro_service_id = structure._service("FERME")
        self._invoice(partner_id=customer.id, buyer_reference="PARTI", pdf=False)
        self.assertFalse(self._draft(customer).buyer_reference)

    def test_given_code_is_kept_and_another_customer_changes_it(self):
        customer, other = self._known("service"), self._known("both")
        structure = self._structures(customer.company_registry)
        customer.chorus_pro_service_id = structure._service("SERVICE_000")
        draft = self._draft(customer, buyer_reference="SERVICE_001")
        self.assertEqual(draft.buyer_reference, "SERVICE_001")
        with Form(draft) as form:
            form.partner_id = other
        self.assertFalse(draft.buyer_reference)
        with Form(draft) as form:
            form.partner_id = customer
        self.assertEqual(draft.buyer_reference, "SERVICE_000")

    def test_code_of_other_customers_is_left_alone(self):
        customer = self._create_customer(FREE, invoice_sending_method="email")
        draft = self._draft(customer, buyer_reference="THEIRS")
        draft.partner_id = self._create_customer("", invoice_sending_method="email")
        self.assertEqual(draft.buyer_reference, "THEIRS")

    def test_customer_reference_is_offered_and_never_taken_silently(self):
        draft = self._draft(self._known("engagement"), ref="BC-2026-77")
        self.assertEqual(draft.chorus_pro_engagement_proposal, "BC-2026-77")
        self.assertFalse(draft.purchase_order_reference)
        self.assertIn(ENGAGEMENT_WORD, draft.chorus_pro_problems)
        draft.action_chorus_pro_take_engagement()
        self.assertEqual(draft.purchase_order_reference, "BC-2026-77")
        self.assertFalse(draft.chorus_pro_engagement_proposal)
        self.assertFalse(draft.chorus_pro_problems)

    def test_customer_reference_that_is_too_long_is_not_offered(self):
        draft = self._draft(self._known("engagement"), ref="B" * 51)
        self.assertFalse(draft.chorus_pro_engagement_proposal)

    def _send_wizard(self, move):
        return (
            self.env["account.move.send.wizard"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({})
        )

    def test_what_was_read_within_a_day_blocks_the_click_and_the_wizard(self):
        move = self._invoice(partner_id=self._known("service").id).with_user(self.accountant)
        with self.assertRaisesRegex(UserError, SERVICE_WORD):
            move.action_chorus_pro_send()
        wizard = self._send_wizard(move)
        self.assertNotIn("chorus_pro", wizard.sending_methods or [])
        self.assertFalse(move.chorus_pro_state)

    def test_what_is_older_warns_with_its_date_and_lets_go(self):
        customer = self._known("service")
        self._age(self._structures(customer.company_registry), hours=25)
        move = self._invoice(partner_id=customer.id).with_user(self.accountant)
        self.assertFalse(move.chorus_pro_problems)
        demanded, age = move.chorus_pro_warnings.splitlines()
        self.assertIn(SERVICE_WORD, demanded)
        self.assertIn("were last read from Chorus Pro on", age)
        wizard = self._send_wizard(move)
        alert = wizard.alerts["l10n_fr_chorus_pro_warnings"]
        self.assertEqual(alert["level"], "warning")
        self.assertIn(SERVICE_WORD, alert["message"])
        wizard.action_send_and_print()
        self._run_sender()
        self.assertEqual(move.chorus_pro_state, "refused")

    def test_strip_of_many_invoices_reads_the_directory_once(self):
        customer = self._known("service")
        moves = self.env["account.move"].concat(
            *(self._draft(customer) for _n in range(12))
        )
        self.env.invalidate_all()
        moves = moves.with_user(self.accountant)
        moves.mapped("chorus_pro_is_concerned")
        with self.assertQueryCount(6):
            moves.mapped("chorus_pro_structure_ids")

    def test_wrong_siret_is_said_and_blocks(self):
        move = self._invoice(partner_id=self._create_customer("123456782").id)
        with self.assertRaisesRegex(UserError, "SIREN"):
            move.with_user(self.accountant).action_chorus_pro_send()
