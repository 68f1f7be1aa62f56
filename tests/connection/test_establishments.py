# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Several connections of a company side by side, each for the journals of an establishment."""

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ..common.actions import ActionsCommon
from ..common.chorus_pro import FREE
from ..common.follow import FollowCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestEstablishments(FollowCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.north = cls.company_data["default_journal_sale"]
        cls.south = cls.north.copy(
            {"code": "SUD", "default_account_id": cls.north.default_account_id.id}
        )
        cls.south.name = "Agence du Sud"
        cls.seller = cls.credentials["suppliers"][1]
        cls.southern = cls._create_connection(
            cls.company,
            cls.seller,
            technical_login=cls.seller["login"],
            technical_password=cls.seller["password"],
            in_use=True,
            journal_ids=[Command.set(cls.south.ids)],
        )
        cls.connections = cls.env["chorus.pro.connection"].with_user(cls.accountant)

    def test_each_journal_leaves_by_its_own_connection_with_its_own_siret(self):
        north, south = self._invoice(), self._invoice(journal_id=self.south.id)
        self._send(north + south)
        for move, connection in ((north, self.connection), (south, self.southern)):
            submission = move.chorus_pro_submission_id
            self.assertEqual(submission.state, "deposited", submission.reason)
            self.assertEqual(submission.connection_id, connection)
            [at_chorus] = self._at_chorus(move.name)
            self.assertEqual(at_chorus["supplier"], connection.supplier_siret)
        self.assertEqual(south._chorus_pro_invoice().seller.identifier.value, self.seller["siret"])

    def test_connection_without_journals_serves_all_others(self):
        other = self.north.copy({"code": "EST"})
        self.assertEqual(self.connections._of_journal(other).id, self.connection.id)
        self.assertEqual(self.connections._of_journal(self.south).id, self.southern.id)
        self.assertEqual(self.connections._of_company(self.company).id, self.connection.id)

    def test_journal_that_nobody_serves_is_told_so(self):
        self.connection.in_use = False
        self.assertFalse(self.connections._of_journal(self.north))
        self.assertEqual(self.connections._of_company(self.company).id, self.southern.id)
        move = self._invoice()
        self.assertTrue(move.chorus_pro_problems)
        with self.assertRaisesRegex(UserError, "connection"):
            move.with_user(self.accountant).action_chorus_pro_send()

    def test_connection_not_in_use_or_archived_serves_nothing(self):
        for values in ({"in_use": False}, {"in_use": True, "active": False}):
            self.southern.write(values)
            found = self.connections._of_journal(self.south)
            self.assertEqual(found.id, self.connection.id)

    def test_branch_uses_what_its_parent_has_for_the_journal(self):
        branch = self.env["res.company"].create(
            {
                "name": "Agence",
                "parent_id": self.company.id,
                "country_id": self.company.country_id.id,
            }
        )
        self.assertEqual(self.connections._of_journal(self.south, branch).id, self.southern.id)
        self.assertEqual(self.connections._of_journal(self.north, branch).id, self.connection.id)

    def test_journal_is_served_by_one_connection_in_use(self):
        with self.assertRaisesRegex(ValidationError, "Sud"):
            self.connection.journal_ids = self.south + self.north
        self.southern.in_use = False
        self.connection.journal_ids = self.south + self.north
        with self.assertRaisesRegex(ValidationError, "Sud"):
            self.southern.in_use = True

    def test_only_sales_journals_of_the_company_are_served(self):
        purchases = self.company_data["default_journal_purchase"]
        elsewhere = self.setup_other_company()["default_journal_sale"]
        for journal in (purchases, elsewhere):
            with self.subTest(journal=journal.name), self.assertRaises(ValidationError):
                self.southern.journal_ids = journal

    def test_first_connection_of_a_company_is_used_and_the_next_waits(self):
        company = self.setup_other_company()["company"]
        first = self._create_connection(company)
        second = self._create_connection(company)
        self.assertEqual((first.in_use, second.in_use), (True, False))
        self.assertFalse(self.connection.copy().in_use)

    def test_first_connection_is_the_first_of_all_whether_in_use_or_archived_or_not(self):
        for values in ({"in_use": False}, {"active": False}):
            with self.subTest(values=values):
                company = self.env["res.company"].create({"name": f"Société {values}"})
                self._create_connection(company, **values)
                self.assertFalse(self._create_connection(company).in_use)

    def test_duplicate_is_never_used_at_once_not_even_by_another_company(self):
        company = self.env["res.company"].create({"name": "Nouvelle société"})
        self.assertFalse(self.connection.copy({"company_id": company.id}).in_use)

    def test_of_several_made_at_once_for_a_new_company_one_is_used(self):
        companies = self.env["res.company"].create([{"name": "Une"}, {"name": "Autre"}])
        one, other = companies.ids
        made = self.env["chorus.pro.connection"].create(
            [{"name": "C", "company_id": company} for company in (one, one, other, one)]
        )
        self.env.flush_all()
        self.assertEqual(made.mapped("in_use"), [True, False, True, False])
        company = self.env["res.company"].create({"name": "Une autre encore"})
        values = {"name": "C", "company_id": company.id}
        made = self.env["chorus.pro.connection"].create([values, {**values, "in_use": True}])
        self.env.flush_all()
        self.assertEqual(made.mapped("in_use"), [False, True])

    def test_form_of_a_first_connection_says_that_it_will_be_used(self):
        company = self.env["res.company"].create({"name": "Nouvelle société"})
        forms = self.env["chorus.pro.connection"]
        self.assertTrue(Form(forms.with_company(company)).in_use)
        self.assertFalse(Form(forms.with_company(self.company)).in_use)

    def test_archived_connection_is_not_put_in_use(self):
        archived = self._create_connection(self.company, active=False)
        with self.assertRaisesRegex(UserError, "archived"):
            archived.with_user(self.administrator).action_use()
        self.assertEqual((archived.in_use, self.connection.in_use), (False, True))

    def test_journal_that_a_connection_serves_is_not_deleted(self):
        name = self.southern.name
        with self.assertRaisesRegex(UserError, f"{name}.*Sud"):
            self.south.unlink()
        self.southern.write({"in_use": False, "active": False})
        with self.assertRaisesRegex(UserError, name):
            self.south.unlink()
        self.southern.journal_ids = [Command.clear()]
        self.south.unlink()
        self.assertFalse(self.south.exists())

    def test_database_keeps_the_journal_of_a_connection_too(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.cr.execute("DELETE FROM account_journal WHERE id = %s", [self.south.id])

    def test_connection_whose_journal_is_archived_does_not_serve_all_others(self):
        self.south.active = False
        self.env.invalidate_all()
        self.southern.journal_ids = [Command.set(self.south.ids)]
        self.assertFalse(self.southern.serves_others)
        self.assertEqual(self.connections._of_journal(self.north).id, self.connection.id)
        self.assertFalse(self.southern._rivals())
        self.assertEqual(self.connections._of_journal(self.south).id, self.southern.id)

    def test_one_click_uses_another_connection_and_sets_its_rivals_aside(self):
        production = self._create_connection(self.company, environment="production")
        self.assertFalse(production.in_use)
        queued = self._invoice()
        queued.with_user(self.accountant).action_chorus_pro_send()
        action = production.with_user(self.administrator).action_use()
        self.assertIn(self.connection.name, action["params"]["message"])
        self.assertEqual((production.in_use, self.connection.in_use), (True, False))
        self.assertTrue(self.southern.in_use)
        self.assertEqual(self.connections._of_journal(self.north).id, production.id)
        # What was queued stays with the connection by which it was to leave.
        self.assertEqual(queued.chorus_pro_submission_id.connection_id, self.connection)

    def test_only_administrators_choose_the_connection_in_use(self):
        other = self._create_connection(self.company)
        manager = new_test_user(
            self.env,
            login="chorus_chief",
            groups="account.group_account_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        for user in (self.accountant, manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                other.with_user(user).action_use()
        self.assertFalse(other.in_use)

    def test_invoice_at_chorus_keeps_its_connection(self):
        move = self._invoice(journal_id=self.south.id)
        submission = self._send(move)
        self.southern.journal_ids = [Command.clear()]
        self.southern.in_use = False
        self.simulator.control.set_status(move.name, "EN_COURS_ACHEMINEMENT")
        self._run_follower()
        self.assertEqual(move.chorus_pro_state, "in_transit")
        self.assertEqual(submission.connection_id, self.southern)

    def test_service_of_the_supplier_is_found_by_its_code_and_told(self):
        self.southern.supplier_service_code = "AGENCE_SUD"
        first, second = (self._invoice(journal_id=self.south.id) for _n in range(2))
        self._send(first)
        number = self.southern.supplier_service_number
        asked = self._requests("structures_rechercher_services")
        self._send(second)
        for move in (first, second):
            [at_chorus] = self._at_chorus(move.name)
            self.assertEqual(str(at_chorus["supplier_service"]), number)
        self.assertEqual(self._requests("structures_rechercher_services"), asked)
        self.southern.supplier_service_code = False
        self.assertFalse(self.southern.supplier_service_number)
        third = self._invoice(journal_id=self.south.id)
        self._send(third)
        self.assertIsNone(self._at_chorus(third.name)[0]["supplier_service"])

    def test_service_that_the_supplier_does_not_have_stops_the_connection(self):
        move = self._invoice(journal_id=self.south.id)
        move.with_user(self.accountant).action_chorus_pro_send()
        submission = move.chorus_pro_submission_id
        for code in ("AGENCE_FERMEE", "AGENCE_DU_NORD"):
            with self.subTest(code=code):
                self.southern.supplier_service_code = code
                self._make_due(submission)
                self._run_sender()
                self.assertEqual(submission.state, "queued")
                self.assertIn(code, submission.reason)
                self.assertIn(code, self.southern.trouble)
                self.assertFalse(self._requests("deposer_pdf"))
        # Once it is mended nothing waits for the end of a pause.
        self.southern.supplier_service_code = "AGENCE_SUD"
        self.assertFalse(self.southern.paused_until)
        self._make_due(submission)
        self._run_sender()
        self.assertEqual(submission.state, "deposited")

    def test_list_of_invoices_asks_for_connections_once(self):
        moves = self.env["account.move"]
        for rank in range(12):
            moves += self._invoice(
                pdf=False, journal_id=(self.south if rank % 2 else self.north).id
            )
        costs = []
        for some in (moves[:2], moves):
            self.env.flush_all()
            self.env.invalidate_all()
            some.mapped("journal_id.name")
            some.mapped("company_id.name")
            before = self.cr.sql_log_count
            found = [self.connections._of_move(move).id for move in some]
            costs.append(self.cr.sql_log_count - before)
            self.assertEqual(set(found), {self.connection.id, self.southern.id})
        self.assertEqual(costs[0], costs[1])

    def test_findings_are_those_of_each_connection(self):
        self.southern.sudo().technical_login = False
        north, south = self._invoice(), self._invoice(journal_id=self.south.id)
        found = (north + south)._chorus_pro_findings()
        self.assertFalse([each for each in found[north] if each.blocking])
        self.assertEqual([each.id for each in found[south]], ["connection_incomplete"])

    def test_refresh_of_a_journal_wakes_its_own_connection(self):
        self.south.with_user(self.accountant).button_refresh_out_einvoices_status()
        self.assertTrue(self.southern.follow_wanted_at)
        self.assertFalse(self.connection.follow_wanted_at)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestGateways(ActionsCommon):
    """Two gateways side by side: the trial one and the real one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.trial = cls.connection
        cls.trial.custom_leads_to = "qualification"
        cls.real = cls._create_connection(cls.company, custom_leads_to="production")

    def _elsewhere(self):
        """The simulator at another address."""
        return self.credentials["api_url"].replace("127.0.0.1", "localhost")

    def test_place_is_the_environment_or_what_custom_addresses_lead_to(self):
        self.assertEqual((self.trial.place, self.real.place), ("qualification", "production"))
        for leads_to in (False, "custom"):
            self.real.custom_leads_to = leads_to
            self.assertEqual(self.real.place, "custom")
        self.real.custom_leads_to = "production"
        self.real.environment = "qualification"
        self.assertEqual(self.real.place, "qualification")

    def test_invoice_tried_through_the_trial_gateway_leaves_by_the_real_one(self):
        move = self._invoice()
        tried = self._send(move)
        self.assertEqual((tried.state, tried.environment), ("deposited", "qualification"))
        self.assertTrue(move.chorus_pro_test_environment)
        self.real.with_user(self.administrator).action_use()
        # The other Chorus Pro knows nothing of the trial.
        self._fresh_chorus()
        sent = self._send(move) - tried
        self.assertEqual((sent.state, sent.environment), ("deposited", "production"), sent.reason)
        self.assertEqual(sent.connection_id, self.real)
        self.assertEqual(len(self._at_chorus(move.name)), 1)
        self.assertFalse(move.chorus_pro_test_environment)
        self.assertFalse(self.env["account.move"].chorus_pro_not_production())

    def test_action_on_what_was_tried_never_goes_through_the_real_gateway(self):
        move = self._come_back("complete")
        self.real.with_user(self.administrator).action_use()
        action = self._ask(move, "complete")
        self.assertEqual((action.connection_id, action.environment), (self.trial, "qualification"))
        self.trial.write(
            {
                "custom_leads_to": "production",
                "custom_api_url": self._elsewhere(),
                **self._typed_again(),
            }
        )
        self._make_due(action)
        self._run_sender()
        self.assertEqual(action.state, "queued")
        self.assertIn("environment", action.reason)
        self.assertFalse(self._requests("completer"))

    def test_of_two_gateways_that_nobody_named_the_addresses_decide_which_one_acts(self):
        (self.trial + self.real).custom_leads_to = "custom"
        submission = self._send(self._invoice())
        self.real.with_user(self.administrator).action_use()
        self.assertEqual(submission._acting_connection().id, self.real.id)
        self.real.custom_api_url = self._elsewhere()
        self.assertEqual(submission._acting_connection().id, self.trial.id)

    def test_what_was_sent_before_the_place_had_a_name_is_followed_and_not_sent_again(self):
        self.trial.custom_leads_to = "custom"
        move = self._invoice()
        submission = self._send(move)
        self.assertEqual(submission.environment, "custom")
        self.trial.custom_leads_to = "production"
        self.assertEqual(submission.environment, "production")
        self.assertEqual(move._chorus_pro_alive_submission(), submission)
        self._happen(move, "EN_COURS_ACHEMINEMENT")
        self.assertEqual(move.chorus_pro_state, "in_transit")
        # Other addresses are another place: what was sent stays where it was sent.
        self.trial.write({"custom_leads_to": "custom", "custom_api_url": self._elsewhere()})
        self.assertEqual(submission.environment, "production")

    def test_directory_is_that_of_the_place(self):
        self._send(self._invoice())
        rows = self.env["chorus.pro.structure"].search([("siret", "=", FREE)])
        self.assertEqual(rows.mapped("environment"), ["qualification"])

    def test_portal_of_a_gateway_is_that_of_the_place_unless_one_is_typed(self):
        self.assertIn("portail.chorus-pro.gouv.fr", self.real._environment().portal_url)
        self.real.custom_portal_url = "https://portail.example"
        self.assertIn("portail.example", self.real._environment().portal_url)
