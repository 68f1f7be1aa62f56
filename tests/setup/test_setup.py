# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from ..common.setup import SetupCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSetup(SetupCommon):
    def test_guide_leads_from_nothing_to_a_connection_in_use(self):
        guide = self._to("check")
        connection = guide.connection_id
        self.assertFalse(connection.in_use)
        self._next(guide)
        self.assertEqual((guide.step, guide.check_verdict), ("check", "ok"))
        self.assertTrue(guide.is_checked)
        self.assertEqual(len(guide.verdict_ids), 12)
        self._next(guide)
        self.assertEqual(guide.step, "use")
        guide.action_use()
        self.assertEqual(guide.step, "done")
        self.assertTrue(connection.in_use)
        self.assertTrue(connection.supplier_structure_id)
        self.assertEqual(self._send(self._invoice()).state, "deposited")

    def test_each_mistake_is_told_on_its_step_with_where_to_mend_it(self):
        right = self._right_values()
        cases = {
            "environment": (
                {"custom_api_url": "https://nobody.chorus.invalid/cpro/"},
                ("name", "nobody.chorus.invalid", "DNS", False),
            ),
            "credentials": (
                {"piste_client_secret": "mistyped"},
                ("token", "PISTE does not know", "OAuth Credentials", "piste"),
            ),
            "account": (
                {"technical_password": "mistyped"},
                ("technical_account", "does not accept", "Compte technique", "portal"),
            ),
            "supplier": (
                {"supplier_siret": "12345678200119"},
                ("supplier", "12345678200119", "Compte technique", "portal"),
            ),
        }
        for name, (wrong, (step, found, remedy, place)) in cases.items():
            with self.subTest(step=name):
                guide = self._to(name)
                self._next(guide, **{**right[name], **wrong})
                self.assertEqual(guide.step, name)
                told = self._told(guide)
                self.assertEqual(list(told), [step])
                self.assertIn(found, told[step].message)
                self.assertIn(remedy, told[step].remedy)
                self.assertEqual(told[step].place, place)
                self.assertEqual(bool(told[step].link), bool(place))
                self._next(guide, **right[name])
                self.assertNotEqual(guide.step, name)
                self.assertFalse(guide.verdict_ids)
                guide.connection_id.unlink()

    def test_what_was_forgotten_in_the_portals_is_told_with_its_remedy(self):
        cases = [
            ("account", "api_factures", "api_factures", "Consentement CGU API"),
            ("account", "api_structures", "api_structures", "Consentement CGU API"),
            ("supplier", "attachment", "supplier", "Compte technique"),
            ("check", "deposit_right", "deposit", "Factures émises"),
        ]
        for name, lack, step, remedy in cases:
            with self.subTest(lack=lack):
                guide = self._to(name)
                self.simulator.control.lack(**{lack: True})
                self._next(guide, **self._right_values().get(name, {}))
                self.assertEqual(guide.step, name)
                self.assertEqual(list(self._told(guide)), [step])
                self.assertIn(remedy, self._told(guide)[step].remedy)
                self.simulator.control.lack(**{lack: False})
                self._next(guide)
                self.assertFalse(self._told(guide))
                guide.connection_id.unlink()

    def test_warning_is_shown_and_does_not_stop(self):
        guide = self._to("check")
        self.simulator.control.lack(bank_accounts=True)
        self._next(guide)
        self.assertEqual(list(self._told(guide)), ["bank_accounts"])
        self.assertIn("Coordonnées bancaires", self._told(guide)["bank_accounts"].remedy)
        self._next(guide)
        self.assertEqual(guide.step, "use")

    def test_what_is_not_filled_in_or_ticked_is_named(self):
        guide = self._to("application")
        with self.assertRaisesRegex(UserError, "Tick"):
            guide.action_next()
        guide = self._next(guide, application_ready=True)
        self._next(guide, terms_accepted=True)
        with self.assertRaisesRegex(UserError, "PISTE Client ID, PISTE Client Secret"):
            guide.action_next()
        self.assertEqual(guide.step, "credentials")

    def test_half_an_environment_is_refused_and_nothing_of_it_is_kept(self):
        guide = self._start()
        with self.assertRaises(ValidationError), self.cr.savepoint():
            guide.write({"environment": "custom", "custom_token_url": "http://chorus.example"})
        guide.invalidate_recordset()
        self.assertEqual(guide.environment, "qualification")

    def test_guide_of_an_archived_connection_is_not_gone_on_with(self):
        guide = self._to("terms")
        guide.connection_id.active = False
        other = self._start()
        self.assertNotEqual(other, guide)
        self.assertEqual(other.step, "environment")
        with self.assertRaisesRegex(UserError, "archived"):
            guide.action_use()
        self.assertEqual(guide.step, "terms")

    def test_guide_asks_where_addresses_of_ones_own_lead_to(self):
        guide = self._start()
        with Form(guide) as form:
            form.environment = "custom"
            form.custom_token_url = self.credentials["token_url"]
            form.custom_api_url = self.credentials["api_url"]
            self.assertEqual(form.custom_leads_to, "custom")
            form.custom_leads_to = "production"
        self.assertEqual(guide.connection_id.place, "production")
        self.assertEqual(guide.place, "production")

    def test_who_comes_back_goes_on_where_they_left(self):
        guide = self._to("terms")
        guide.action_later()
        self.assertEqual(self._start(), guide)
        self.assertEqual(guide.step, "terms")
        self.assertTrue(guide.application_ready)
        action = guide.connection_id.action_open_setup()
        self.assertEqual(action["res_id"], guide.id)
        guide.action_back()
        self.assertEqual(guide.step, "application")

    def test_other_access_mode_has_other_steps(self):
        guide = self._to("credentials")
        guide.write({"access_mode": "certificate", "custom_api_url": "https://gateway.example/"})
        guide.action_back()
        self.assertEqual(guide.step, "environment")
        guide.action_next()
        self.assertEqual(guide.step, "certificate")

    def test_connection_in_use_is_replaced_only_when_the_guide_says_so(self):
        former = self._create_connection(self.company)
        self._add()
        guide = self._to("check")
        self._next(guide)
        self._next(guide)
        self.assertEqual(guide.replaced_id, former)
        self.assertTrue(former.in_use)
        guide.action_use()
        self.assertFalse(former.in_use)
        self.assertTrue(guide.connection_id.in_use)

    def test_opening_the_guide_of_a_connected_company_makes_no_second_connection(self):
        used = self._create_connection(self.company)
        with self.enter_registry_test_mode():
            used.with_user(self.administrator).action_test_connection()
        self.env["chorus.pro.token"].sudo().search([("connection_id", "=", used.id)]).ensure_one()
        tables = ("chorus_pro_connection", "chorus_pro_token", "chorus_pro_connection_check")
        before = {table: self._rows(table) for table in tables}
        self.assertTrue(all(before.values()))
        guide = self._start()
        self.assertEqual((guide.connection_id, guide.step), (used, "done"))
        self.assertEqual(self._start(), guide)
        self.assertEqual({table: self._rows(table) for table in tables}, before)

    def _rows(self, table):
        """All that the database has in a table."""
        self.env.flush_all()
        self.env.cr.execute(SQL("SELECT * FROM %s ORDER BY id", SQL.identifier(table)))
        return self.env.cr.fetchall()

    def test_another_connection_is_begun_by_its_button(self):
        guide = self._to("check")
        self._next(guide)
        self._next(guide)
        guide.action_use()
        self.assertEqual(self._start(), guide)
        other = self._add()
        self.assertNotEqual(other.connection_id, guide.connection_id)
        self.assertEqual((other.step, other.connection_id.in_use), ("environment", False))
        self.assertTrue(guide.connection_id.in_use)
        # What was begun is continued, from the menu and from the button.
        self.assertEqual(self._start(), other)
        self.assertEqual(guide.action_add()["res_id"], other.id)

    def test_secret_is_given_back_by_no_field_of_the_guide(self):
        guide = self._to("supplier")
        guide.invalidate_recordset()
        [values] = guide.read()
        self.assertFalse(values["piste_client_secret"])
        self.assertFalse(values["technical_password"])
        self.assertTrue(values["has_piste_client_secret"])
        for secret in ("client_secret", "password"):
            self.assertNotIn(self.credentials[secret], str(values))

    def test_guide_is_for_administrators_of_the_company(self):
        guide = self._start()
        with self.assertRaises(AccessError):
            self.env["chorus.pro.setup"].with_user(self.accountant).action_start()
        with self.assertRaises(AccessError):
            guide.with_user(self.accountant).action_next()
        other = self.setup_other_company()["company"]
        stranger = self.administrator.copy(
            {"login": "stranger", "company_id": other.id, "company_ids": [(6, 0, other.ids)]}
        )
        with self.assertRaises(AccessError):
            guide.with_user(stranger).action_next()


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDataSet(SetupCommon):
    def test_pasted_data_set_proposes_the_account_and_the_suppliers(self):
        guide = self._to("account")
        text = (
            "Type;Nom;SIRET;Login;Mot de passe\n"
            f"Privé;PREMIER;123 456 782 00077;{self.credentials['login']};"
            f"{self.credentials['password']}\n"
            "Privé;SECOND;12345678200119;;\nPublic;MAIRIE;12345678200051;;\n"
        )
        with Form(guide) as form:
            form.pasted = text
            self.assertFalse(form.pasted)
            self.assertEqual(form.technical_login, self.credentials["login"])
            self.assertIn("technical accounts: 1, structures: 3.", form.recognised)
        structures = guide.entry_ids.filtered(lambda entry: entry.kind == "structure")
        self.assertEqual(structures.mapped("value"), ["12345678200077", "12345678200119"])
        self._next(guide)
        self.assertEqual(guide.step, "supplier", guide.check_summary)
        structures[0].action_choose()
        self._next(guide)
        self.assertEqual(guide.step, "check")

    def test_nothing_of_the_text_is_kept(self):
        guide = self._start()
        guide.write({"pasted": f"{self.credentials['login']};Mot de passe : Tres-Secret"})
        guide.flush_recordset()
        self.assertFalse(guide.pasted)
        self.assertFalse(guide.entry_ids)
        self.env.cr.execute("SELECT * FROM chorus_pro_setup")
        self.assertNotIn("Tres-Secret", str(self.env.cr.fetchall()))

    def test_text_without_a_data_set_says_that_nothing_was_recognised(self):
        guide = self._to("account")
        with Form(guide) as form:
            form.pasted = "Bonjour"
            self.assertIn("technical accounts: 0, structures: 0.", form.recognised)
        self.assertFalse(guide.entry_ids)
