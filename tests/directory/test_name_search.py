# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ...models.directory import name_search
from ..common.directory import DirectoryCommon

ASK = "structures_rechercher"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestNameSearch(DirectoryCommon):
    """A customer without a SIRET, found by its name."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = new_test_user(
            cls.env, login="directory_clerk",
            groups="account.group_account_invoice,base.group_partner_manager,"
            "l10n_fr_chorus_pro.group_user",
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)], lang="en_US",
        )

    def _customer(self, name):
        customer = self._create_customer(
            False, name=name, country_id=False, invoice_sending_method="email"
        )
        return customer.with_user(self.clerk)

    def _search(self, customer):
        """The dialog that a user opens about a customer."""
        action = customer.action_chorus_pro_find_by_name()
        self.assertEqual(action["target"], "new")
        search = self.env[action["res_model"]].with_user(customer.env.user)
        return search.browse(action["res_id"])

    def test_customer_is_found_by_name_and_gets_its_siret(self):
        recipient = self._recipient("service", "few")
        customer = self._customer(recipient.name.lower())
        search = self._search(customer)
        self.assertTrue(search.wanted)
        self.assertFalse(self._requests(), "the click asks nobody")
        self._refresh()
        self.assertFalse(search.wanted)
        self.assertEqual(search.found_ids.mapped("siret"), [recipient.siret])
        with self.assertRaisesRegex(UserError, "Choose one"):
            search.action_choose()
        with Form(search) as form:
            form.structure_id = search.found_ids
        search.action_choose()
        self.assertEqual(customer.company_registry, recipient.siret)
        self.assertEqual(customer.country_id.code, "FR")
        self.assertEqual(customer.chorus_pro_directory_state, "wanted")
        self._refresh()
        self.assertTrue(customer.chorus_pro_service_required)
        self.assertTrue(customer.chorus_pro_is_proposed)

    def test_nobody_with_this_name_is_an_answer(self):
        search = self._search(self._customer("Atlantide"))
        self._refresh()
        self.assertTrue(search.is_answered)
        self.assertFalse(search.found_ids)

    def test_no_more_are_shown_than_one_reads_through(self):
        self.patch(name_search, "MOST_FOUND", 3)
        search = self._search(self._customer("(service"))
        self._refresh()
        self.assertEqual(len(search.found_ids), 3)
        self.assertTrue(search.has_more)

    def test_what_is_found_leaves_what_the_directory_knows_as_it_is(self):
        recipient = self._recipient("service", "few")
        known = self._look_up(recipient.siret)
        search = self._search(self._customer(recipient.name))
        self._refresh()
        self.assertEqual(search.found_ids, known)
        self.assertTrue(known.service_required)

    def test_trouble_is_shown_in_the_dialog(self):
        search = self._search(self._customer("Mairie"))
        self.simulator.control.fault("bad_gateway", ASK, 9)
        self._refresh()
        self.assertTrue(search.trouble)
        self.assertFalse(search.wanted or search.is_answered)

    def test_a_paused_connection_is_said_at_once(self):
        self.connection.sudo().paused_until = fields.Datetime.now() + timedelta(hours=1)
        with self.assertRaisesRegex(UserError, "cannot be asked before"):
            self._search(self._customer("Mairie"))

    def test_a_name_that_cannot_be_searched_is_said(self):
        customer = self._customer("Mairie")
        for name, sentence in (
            ("  ", "three letters"), ("Ma", "three letters"), ("X" * 101, "101 characters"),
        ):
            with self.subTest(name=name), self.assertRaisesRegex(UserError, sentence):
                search = self.env["chorus.pro.name.search"].with_user(self.clerk).create(
                    {"partner_id": customer.id, "name": name}
                )
                search.action_search()
        search.name = "Mairie\x7f"
        search.action_search()
        self._refresh()
        self.assertIn("these characters", search.trouble)

    def test_who_may_not_change_customers_looks_and_writes_nothing(self):
        recipient = self._recipient("service", "few")
        customer = self._customer(recipient.name).with_user(self.accountant)
        search = self._search(customer)
        self._refresh()
        search.structure_id = search.found_ids
        with self.assertRaises(AccessError):
            search.action_choose()
        self.assertFalse(customer.company_registry)

    def test_each_company_asks_by_its_own_connection(self):
        other = self.setup_other_company()["company"]
        search = self._search(self._customer("Mairie"))
        search.sudo().company_id = other
        self._refresh()
        self.assertTrue(search.wanted)
        self.assertFalse(self._requests(ASK))
