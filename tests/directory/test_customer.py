# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import json

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..common.chorus_pro import FREE
from ..common.directory import UNKNOWN, DirectoryCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCustomer(DirectoryCommon):
    """The Chorus Pro tab of a customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env,
            login="directory_manager",
            groups="account.group_account_invoice,base.group_partner_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _find(self, customer):
        customer.with_user(self.accountant).action_chorus_pro_find()
        self._refresh()

    def _mine(self, siret):
        """A customer of this SIRET, as the accountant sees it."""
        return self._create_customer(siret).with_user(self.accountant)

    def test_click_calls_nobody_and_says_that_it_is_looked_for(self):
        customer = self._mine(self._recipient("both", "few").siret)
        action = customer.action_chorus_pro_find()
        self.assertEqual(action["tag"], "display_notification")
        self.assertFalse(self._requests())
        self.assertEqual(customer.chorus_pro_directory_state, "wanted")
        self.assertIn("being asked", customer.chorus_pro_directory_note)

    def test_demands_are_shown_once_found(self):
        for demand, services, shown in (
            ("nothing", "none", set()),
            ("service", "few", {"service_required"}),
            ("engagement", "none", {"engagement_required"}),
            ("either", "few", {"service_or_engagement_required"}),
            ("both", "few", {"service_required", "engagement_required"}),
            ("per_service", "few", {"service_required"}),
        ):
            with self.subTest(demand=demand):
                customer = self._mine(self._recipient(demand, services).siret)
                self._find(customer)
                self.assertEqual(customer.chorus_pro_directory_state, "found")
                names = ("service", "engagement", "service_or_engagement")
                found = {f"{n}_required" for n in names if customer[f"chorus_pro_{n}_required"]}
                self.assertEqual(found, shown)
                self.assertIn("were read on", customer.chorus_pro_directory_note)

    def test_who_cannot_receive_is_said(self):
        for siret, state, word in (
            (UNKNOWN, "unknown", "has no structure"),
            (self._recipient("nothing", state="inactive").siret, "closed", "is closed"),
            (self._recipient("nothing", state="same_siret").siret, "several", "several"),
        ):
            with self.subTest(state=state):
                customer = self._mine(siret)
                self._find(customer)
                self.assertEqual(customer.chorus_pro_directory_state, state)
                self.assertIn(word, customer.chorus_pro_directory_note)
                self.assertFalse(customer.chorus_pro_structure_id)

    def test_one_of_several_is_chosen_and_its_demands_are_read(self):
        siret = self._recipient("service", "few", "same_siret").siret
        customer = self._mine(siret)
        self._find(customer)
        self.assertTrue(customer.chorus_pro_has_choice)
        first, second = customer.chorus_pro_structure_ids.sorted("chorus_id")
        for chosen in (second, first):
            self._calls()
            chosen.with_user(self.accountant).action_choose()
            self.assertFalse(self._calls(), "the click asks nobody")
            self._refresh()
            self.assertEqual(customer.chorus_pro_structure_id, chosen)
            self.assertEqual(customer.chorus_pro_directory_state, "found")
            self.assertTrue(chosen.sudo().refreshed_at)
            self.assertEqual(self._calls()["structures_consulter"], 1)
        move = self._invoice(partner_id=customer.id, buyer_reference="SERVICE_000")
        self._send(move)
        self.assertEqual(move.chorus_pro_state, "deposited", move.chorus_pro_reason)

    def test_chosen_one_that_closes_gives_way_to_the_open_one(self):
        customer = self._mine(self._recipient("service", "few", "same_siret").siret)
        self._find(customer)
        first, second = customer.chorus_pro_structure_ids.sudo()
        first.write({"chosen_by_ids": [Command.link(self.company.id)], "active": False})
        self.env.invalidate_all()
        self.assertEqual(customer.chorus_pro_structure_id, second)

    def test_who_may_not_invoice_chooses_nothing(self):
        customer = self._mine(self._recipient("service", "few", "same_siret").siret)
        self._find(customer)
        reader = new_test_user(
            self.env, login="directory_looker", groups="account.group_account_readonly"
        )
        with self.assertRaises(AccessError):
            customer.chorus_pro_structure_ids[0].with_user(reader).action_choose()

    def test_customer_that_is_a_service_of_another_is_told_of_it(self):
        known = self._look_up(self._recipient("service", "few").siret)
        customer = self._mine(f"{known.siret[:9]}99999")
        self._find(customer)
        self.assertEqual(customer.chorus_pro_directory_state, "unknown")
        self.assertIn(known.display_name, customer.chorus_pro_directory_note)
        self.assertIn("Default Service", customer.chorus_pro_directory_note)

    def test_siret_of_an_overseas_department_is_one_and_a_ridet_is_not(self):
        reunion = self._create_customer(
            "123 456 782 00051", country_id=self.env.ref("base.re").id
        )
        self.assertEqual(reunion.company_registry, FREE)
        self._find(reunion.with_user(self.accountant))
        self.assertEqual(reunion.with_user(self.accountant).chorus_pro_directory_state, "found")
        ridet = self._create_customer("0 112 234.001", country_id=self.env.ref("base.nc").id)
        with self.assertRaisesRegex(UserError, "14 digits"):
            ridet.with_user(self.accountant).action_chorus_pro_find()

    def test_user_works_on_while_chorus_is_down_and_is_told_how_old_the_directory_is(self):
        siret = self._recipient("service", "few").siret
        customer = self._mine(siret)
        self._find(customer)
        self._age(self._structures(siret), hours=30)
        self.simulator.control.fault("bad_gateway", "structures_rechercher", 9)
        self._find(customer)
        self.assertTrue(customer.chorus_pro_service_required)
        self.assertTrue(customer.chorus_pro_directory_note)
        move = self._invoice(partner_id=customer.id).with_user(self.accountant)
        self.assertFalse(move.chorus_pro_problems)
        ids = [found["id"] for found in move.chorus_pro_findings]
        self.assertEqual(ids, ["service_required", "directory_old", "directory_silent"])
        move.buyer_reference = "SERVICE_000"
        move.action_chorus_pro_send()
        self.assertEqual(move.chorus_pro_state, "queued")

    def test_nothing_known_because_chorus_is_down_stops_nobody(self):
        customer = self._mine(FREE)
        self.simulator.control.fault("bad_gateway", "structures_rechercher", 9)
        self._find(customer)
        move = self._invoice(partner_id=customer.id).with_user(self.accountant)
        self.assertEqual([found["id"] for found in move.chorus_pro_findings], ["directory_silent"])
        move.action_chorus_pro_send()
        self.assertEqual(move.chorus_pro_state, "queued")

    def test_who_asked_is_told_the_answer(self):
        recipient = self._recipient("nothing")
        customer = self._mine(recipient.siret)
        self.env["bus.bus"].sudo().search([]).unlink()
        self._find(customer)
        self.env.cr.precommit.run()
        messages = [json.loads(row.message) for row in self.env["bus.bus"].sudo().search([])]
        [told] = [m["payload"] for m in messages if m["type"] == "account_notification"]
        self.assertEqual(told["message"], recipient.name)
        self.assertIn(customer.id, told["action_button"]["res_ids"])

    def test_siret_loses_its_spaces(self):
        customer = self._create_customer("123 456 782 00051")
        self.assertEqual(customer.company_registry, FREE)
        customer.company_registry = "123.456.782.00036"
        self.assertEqual(customer.company_registry, "12345678200036")
        # Saved already: account_peppol looks for the company that a new partner belongs to.
        with Form(customer.with_user(self.manager)) as form:
            form.company_registry = "123 456 782 00051"
            self.assertEqual(form.company_registry, FREE)

    def test_number_of_another_country_is_left_as_it_is(self):
        foreign = self._create_customer(
            "12 345 678 901 234", country_id=self.env.ref("base.be").id
        )
        self.assertEqual(foreign.company_registry, "12 345 678 901 234")

    def test_wrong_siret_is_said_and_not_looked_for(self):
        for siret, word in (("123456782", "SIREN"), ("12AB", "14 digits"), (False, "no SIRET")):
            with self.subTest(siret=siret):
                customer = self._mine(siret)
                with self.assertRaisesRegex(UserError, word):
                    customer.action_chorus_pro_find()
                if siret:
                    self.assertIn(word, customer.chorus_pro_directory_note)

    def test_wrong_key_is_a_warning_until_chorus_knows_the_siret(self):
        structure = self._look_up(FREE)
        structure.siret = UNKNOWN
        known = self._mine(UNKNOWN)
        self.assertNotIn("check digit", known.chorus_pro_directory_note)
        structure.siret = FREE
        customer = self._mine(UNKNOWN)
        self.assertIn("check digit", customer.chorus_pro_directory_note)
        self._find(customer)
        self.assertEqual(customer.chorus_pro_directory_state, "unknown")

    def test_sending_method_is_proposed_and_not_imposed(self):
        customer = self._create_customer(FREE, invoice_sending_method="email")
        mine = customer.with_user(self.accountant)
        self.assertFalse(mine.chorus_pro_is_proposed)
        self._find(customer)
        self.assertTrue(mine.chorus_pro_is_proposed)
        self.assertEqual(mine.invoice_sending_method, "email")
        with self.assertRaises(AccessError):
            mine.action_chorus_pro_use()
        mine.with_user(self.manager).action_chorus_pro_use()
        self.assertEqual(mine.invoice_sending_method, "chorus_pro")
        self.assertFalse(mine.chorus_pro_is_proposed)

    def _notifications(self):
        """What the users were notified of since the last time."""
        self.env.cr.precommit.run()
        rows = self.env["bus.bus"].sudo().search([])
        messages = [json.loads(row.message) for row in rows]
        rows.unlink()
        return [each["payload"] for each in messages if each["type"] == "account_notification"]

    def _proposed(self):
        """What the filter of customers gives the accountant, of those made here."""
        partners = self.env["res.partner"].with_user(self.accountant)
        return partners.search([("chorus_pro_is_proposed", "=", True)])

    def test_public_bodies_among_the_customers_are_found_and_told_once(self):
        public = self.env["res.partner"].concat(*(
            self._create_customer(self._recipient(demand, "few").siret, invoice_sending_method=way)
            for demand, way in (("service", "email"), ("both", False), ("either", "chorus_pro"))
        ))
        contact = self.env["res.partner"].create({"name": "Compta", "parent_id": public[0].id})
        private = self._create_customer(UNKNOWN, invoice_sending_method="email")
        nameless = self._create_customer(False, invoice_sending_method="email")
        chosen = (public + contact + private + nameless).with_user(self.accountant)
        self._notifications()
        params = chosen.action_chorus_pro_find_selected()["params"]
        self.assertEqual(params["title"], "Customers being looked up at Chorus Pro: 4")
        self.assertIn("without a SIRET of 14 digits: 1.", params["message"])
        self.assertFalse(self._requests(), "the click asks nobody")
        self._refresh()
        [told] = self._notifications()
        self.assertIn("2 customers are public bodies", told["message"])
        self.assertEqual(set(told["action_button"]["res_ids"]), set(public[:2].ids))
        self.assertEqual(self._proposed(), public[:2])
        self.assertEqual(self._proposed(), chosen.filtered("chorus_pro_is_proposed") - contact)
        others = self.env["res.partner"].with_user(self.accountant).search(
            [("chorus_pro_is_proposed", "=", False), ("id", "in", chosen.ids)]
        )
        self.assertEqual(others, public[2] + contact + private + nameless)

    def test_one_that_chorus_does_not_answer_ends_the_waiting_too(self):
        sirets = [self._recipient("service", "few").siret, FREE]
        customers = self._mine(sirets[0]) + self._mine(sirets[1])
        self.simulator.control.fault("half_answer", "structures_consulter", 1)
        customers.action_chorus_pro_find_selected()
        self._notifications()
        self._refresh()
        self.assertEqual(len(self._notifications()), 1)
        rows = self._structures(sirets[0]) + self._structures(sirets[1])
        self.assertEqual(len(rows.filtered("trouble")), 1)
        self.assertFalse(any(rows.mapped("wanted")))

    def test_public_bodies_of_a_selection_are_invoiced_by_chorus_together(self):
        known = self._look_up(self._recipient("service", "few").siret)
        public = self._create_customer(known.siret, invoice_sending_method="email")
        private = self._create_customer(UNKNOWN, invoice_sending_method="email")
        both = (public + private).with_user(self.manager)
        with self.assertRaises(AccessError):
            both.with_user(self.accountant).action_chorus_pro_use_selected()
        params = both.action_chorus_pro_use_selected()["params"]
        self.assertEqual(params["title"], f"Invoices of {public.display_name} go by Chorus Pro now")
        self.assertIn("others: 1", params["message"])
        self.assertEqual(both.mapped("invoice_sending_method"), ["chorus_pro", "email"])
        with self.assertRaisesRegex(UserError, "None of these customers is a public body"):
            both.action_chorus_pro_use_selected()

    def test_selection_without_any_siret_says_what_is_missing(self):
        with self.assertRaisesRegex(UserError, "None of these customers has a SIRET"):
            (self._mine(False) + self._mine("12AB")).action_chorus_pro_find_selected()

    def test_sending_method_is_not_proposed_for_who_cannot_receive(self):
        siret = self._recipient("nothing", state="inactive").siret
        customer = self._create_customer(siret, invoice_sending_method="email")
        self._find(customer)
        self.assertFalse(customer.chorus_pro_is_proposed)

    def test_contact_shows_what_its_company_demands(self):
        company = self._create_customer(self._recipient("service", "few").siret)
        contact = self.env["res.partner"].create({"name": "Compta", "parent_id": company.id})
        self._find(company)
        mine = contact.with_user(self.accountant)
        self.assertEqual(mine.chorus_pro_structure_id, company.chorus_pro_structure_id)
        self.assertTrue(mine.chorus_pro_service_required)

    def test_company_without_connection_is_told_what_to_do(self):
        self.connection.in_use = False
        with self.assertRaisesRegex(UserError, "connection"):
            self._mine(FREE).action_chorus_pro_find()

    def test_user_without_rights_on_invoices_sees_the_customer_and_asks_nothing(self):
        employee = new_test_user(self.env, login="directory_nobody", groups="base.group_user")
        customer = self._create_customer(FREE).with_user(employee)
        self.assertTrue(customer.read(["name", "chorus_pro_directory_state"]))
        with self.assertRaises(AccessError):
            customer.action_chorus_pro_find()

    def test_many_customers_are_read_with_few_queries(self):
        customers = self.env["res.partner"].concat(
            *(self._create_customer(self.directory[n].siret) for n in range(0, 40, 2))
        )
        names = ["chorus_pro_directory_state"]
        customers[0].with_user(self.accountant).read(names)
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        customers.with_user(self.accountant).read(names)
        self.assertLess(self.env.cr.sql_log_count - before, len(customers))

    def test_new_customer_begins_with_its_siret(self):
        """Two clicks: its SIRET, and Find; name, country and way are filled in."""
        recipient = self._recipient("nothing")
        clerk = new_test_user(
            self.env, login="directory_clerk",
            groups="account.group_account_invoice,base.group_partner_manager,"
            "l10n_fr_chorus_pro.group_user",
            company_id=self.company.id, company_ids=[Command.set(self.company.ids)],
        )
        with Form(self.env["res.partner"].with_user(clerk)) as form:
            form.company_registry = recipient.siret
        customer = form.record
        self.assertEqual(customer.name, f"SIRET {recipient.siret}")
        customer.action_chorus_pro_find()
        self._refresh()
        self.assertEqual(customer.name, recipient.name)
        self.assertEqual(customer.country_id.code, "FR")
        self.assertTrue(customer.is_company)
        self.assertEqual(
            customer.with_company(self.company).invoice_sending_method, "chorus_pro"
        )
        # Of what the directory knows, nothing has to be asked.
        with Form(self.env["res.partner"].with_user(clerk)) as form:
            form.company_registry = recipient.siret
            self.assertEqual(form.name, recipient.name)

    def test_look_up_changes_no_name_that_somebody_gave(self):
        recipient = self._recipient("nothing")
        customer = self._create_customer(
            recipient.siret, name="Ma mairie", country_id=False, invoice_sending_method="manual"
        )
        # The accountant may not change customers.
        self._find(customer)
        self.assertEqual((customer.name, customer.country_id.code), ("Ma mairie", False))
        self.accountant.group_ids += self.env.ref("base.group_partner_manager")
        self._find(customer)
        self.assertEqual((customer.name, customer.country_id.code), ("Ma mairie", "FR"))
        self.assertEqual(customer.invoice_sending_method, "manual")
