# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..common.chorus_pro import ENGAGEMENT, FREE, SERVICE
from ..common.directory import UNKNOWN, DirectoryCommon

THREE = {"structures_rechercher": 1, "structures_consulter": 1, "structures_rechercher_services": 1}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDirectory(DirectoryCommon):
    def test_structure_is_found_with_its_demands_and_services(self):
        recipient = self._recipient("both", "few", "unpaid")
        structure = self._look_up(recipient.siret)
        self.assertEqual(structure.name, recipient.name)
        self.assertEqual(structure.chorus_id, str(recipient.structure_id))
        self.assertTrue(structure.active and structure.is_public)
        self.assertTrue(structure.service_required and structure.engagement_required)
        self.assertFalse(structure.service_or_engagement_required)
        self.assertTrue(structure.payment_not_reported)
        self.assertFalse(structure.wanted)
        self.assertEqual(
            set(structure.service_ids.mapped("code")), {s.code for s in recipient.services}
        )
        closed = structure.service_ids.filtered(lambda service: not service.active)
        self.assertEqual(closed.mapped("code"), ["FERME"])

    def test_services_of_several_pages_are_all_there(self):
        ranks = [n for n, s in enumerate(self.directory) if len(s.services) > 100 and s.active]
        structure = self._look_up(self.directory[ranks[0]].siret)
        self.assertEqual(len(structure.service_ids), len(self.directory[ranks[0]].services))

    def test_details_of_services_are_not_asked_before_one_is_used(self):
        self._look_up(self._recipient("per_service", "many").siret)
        self.assertNotIn("structures_consulter_service", self._calls())

    def test_unknown_siret_is_remembered_as_such(self):
        structure = self._look_up(UNKNOWN)
        self.assertFalse(structure.chorus_id)
        self.assertTrue(structure.searched_at)
        self.assertFalse(structure.wanted)
        [problem] = structure._problems(service_code=None, engagement_number=None, on=None)
        self.assertEqual(problem.code, "recipient_unknown")

    def test_structure_that_came_to_chorus_takes_the_place_of_the_unknown(self):
        recipient = self._recipient("nothing")
        unknown = self.env["chorus.pro.structure"].sudo().create(
            {
                "environment": self.connection.environment,
                "siret": recipient.siret,
                "searched_at": fields.Datetime.now(),
            }
        )
        self.assertEqual(self._look_up(recipient.siret), unknown)
        self.assertEqual(unknown.name, recipient.name)

    def test_closed_structure_is_kept_and_said(self):
        structure = self._look_up(self._recipient("nothing", state="inactive").siret)
        self.assertFalse(structure.active)
        [problem] = structure._problems(service_code=None, engagement_number=None, on=None)
        self.assertEqual(problem.code, "recipient_inactive")

    def test_closed_structure_that_opened_again_is_found(self):
        structure = self._look_up(self._recipient("nothing").siret)
        structure.active = False
        self._look_up(structure.siret)
        self.assertTrue(structure.active)
        self.assertFalse(structure.wanted)

    def test_two_open_structures_of_one_siret_are_ambiguous(self):
        second = self._recipient("nothing", state="same_siret")
        structures = self._look_up(second.siret)
        self.assertEqual(len(structures), 2)
        [problem] = structures._problems(service_code=None, engagement_number=None, on=None)
        self.assertEqual(problem.code, "recipient_ambiguous")

    def test_of_an_open_and_a_closed_structure_the_open_one_receives(self):
        structures = self._look_up(self._recipient("nothing", state="same_siret").siret)
        structures[0].active = False
        self.assertEqual(structures._recipient(), structures[1])
        self.assertFalse(structures._problems(service_code=None, engagement_number=None, on=None))

    def test_duplicates_of_an_entity_are_named(self):
        recipient = self._recipient("nothing", state="duplicate")
        # The other one has its SIRET too.
        structures = self._look_up(recipient.siret)
        self.assertEqual(len(structures), 2)
        first = structures.filtered(lambda row: row.chorus_id == str(recipient.structure_id))
        with self.enter_registry_test_mode(), self.connection._client() as client:
            first._write_details(client.read_structure(first.chorus_id))
        self.assertEqual(first.same_entity, (structures - first).chorus_id)

    def test_demand_that_went_away_goes_away(self):
        structure = self._look_up(self._recipient("engagement").siret)
        structure.write({"service_required": True, "service_or_engagement_required": True})
        self._look_up(structure.siret)
        self.assertTrue(structure.engagement_required)
        self.assertFalse(structure.service_required)
        self.assertFalse(structure.service_or_engagement_required)

    def test_service_that_vanished_is_archived_and_comes_back(self):
        structure = self._look_up(self._recipient("service", "few").siret)
        gone = self.env["chorus.pro.service"].sudo().create(
            {"structure_id": structure.id, "chorus_id": "1", "code": "PARTI", "name": "Parti"}
        )
        mine = structure._service("SERVICE_000")
        mine.active = False
        self._look_up(structure.siret)
        self.assertFalse(gone.active)
        self.assertTrue(mine.active)

    def test_service_that_chorus_does_not_give_any_more_is_archived(self):
        structure = self._look_up(self._recipient("service", "few").siret)
        service = structure._service("SERVICE_000")
        service.chorus_id = "1"
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.connection._client() as client:
            service._ask_details(client)
        self.assertFalse(service.active)

    def test_first_look_up_costs_three_calls(self):
        self._look_up(self._recipient("service", "many").siret)
        self.assertEqual(self._calls(), THREE)

    def test_searches_wait_while_the_connection_is_paused(self):
        self.connection.paused_until = fields.Datetime.now() + timedelta(minutes=5)
        structure = self._look_up(self._recipient("nothing").siret)
        self.assertTrue(structure.wanted)
        self.assertFalse(self._calls())
        self._end_pause()
        self._refresh()
        self.assertFalse(structure.wanted)
        self.assertTrue(structure.chorus_id)

    def test_failed_look_up_says_why_and_stays_wanted(self):
        self.simulator.control.fault("rate_limited", "structures_rechercher", 9)
        structure = self._look_up(self._recipient("nothing").siret)
        self.assertTrue(structure.wanted)
        self.assertIn("wait", structure.trouble)
        self.assertTrue(self.connection.paused_until)
        self.simulator.control.reset()
        self._end_pause()
        self._refresh()
        self.assertFalse(structure.trouble)
        self.assertTrue(structure.chorus_id)

    def test_directory_of_another_environment_is_not_ours(self):
        self._look_up(self._recipient("engagement").siret)
        directory = self.env["chorus.pro.structure"]
        self.assertFalse(directory._of_sirets("production", [self._recipient("engagement").siret]))

    def test_users_read_and_nobody_writes(self):
        structure = self._look_up(self._recipient("service", "few").siret)
        reader = new_test_user(
            self.env, login="directory_reader", groups="account.group_account_readonly"
        )
        for user in (self.accountant, reader):
            for record in (structure, structure.service_ids[0]):
                with self.subTest(user=user.login, model=record._name):
                    mine = record.with_user(user)
                    self.assertTrue(mine.read(["name"]))
                    with self.assertRaises(AccessError):
                        mine.write({"name": "x"})
                    with self.assertRaises(AccessError):
                        mine.unlink()


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDirectorySending(DirectoryCommon):
    """The sender's own check of the recipient."""

    def _invoice_to(self, siret, **values):
        customer = self.env["res.partner"].search([("company_registry", "=", siret)], limit=1)
        customer = customer or self._create_customer(siret)
        return self._invoice(partner_id=customer.id, **values)

    def test_known_recipient_costs_no_call(self):
        self._look_up(FREE)
        self._calls()
        submission = self._send(self._invoice_to(FREE))
        self.assertEqual(submission.state, "deposited", submission.reason)
        self.assertEqual(self._calls(), {})

    def test_unknown_recipient_is_looked_up_once_for_many_runs(self):
        self._send(self._invoice_to(FREE))
        self._send(self._invoice_to(FREE))
        self.assertEqual(self._calls(), THREE)

    def test_demands_older_than_a_day_are_read_again(self):
        structure = self._look_up(FREE)
        self._age(structure, hours=25)
        self._calls()
        self._send(self._invoice_to(FREE))
        self.assertEqual(self._calls(), {"structures_consulter": 1})

    def test_date_in_the_future_is_not_believed(self):
        structure = self._look_up(FREE)
        self._age(structure, days=-3)
        self._calls()
        self._send(self._invoice_to(FREE))
        self.assertEqual(self._calls(), THREE)

    def test_refusal_is_not_decided_on_what_is_old(self):
        structure = self._look_up(FREE)
        move = self._invoice_to(FREE)
        move.with_user(self.accountant).action_chorus_pro_send()
        # Demanded since the click, and not any more.
        structure.service_required = True
        self._age(structure, hours=1)
        self._calls()
        self._run_sender()
        submission = move.chorus_pro_submission_ids
        self.assertEqual(submission.state, "deposited", submission.reason)
        self.assertEqual(self._calls(), THREE)
        self.assertFalse(structure.service_required)

    def test_invoices_refused_for_one_recipient_ask_once(self):
        moves = self._invoice_to(ENGAGEMENT) + self._invoice_to(ENGAGEMENT)
        submissions = self._send(moves)
        self.assertEqual(submissions.mapped("state"), ["refused"] * 2)
        self.assertEqual(self._calls(), THREE)

    def test_demand_of_the_service_itself_is_read_when_it_is_used(self):
        recipient = self._recipient("per_service", "few")
        move = self._invoice_to(recipient.siret, buyer_reference="SERVICE_001")
        submission = self._send(move)
        self.assertEqual(submission.state, "refused")
        self.assertIn("engagement number", submission.reason)
        self.assertEqual(self._calls(), {**THREE, "structures_consulter_service": 1})
        structure = self._structures(recipient.siret)
        self.assertTrue(structure._service("SERVICE_001").engagement_required)
        self.assertFalse(structure._service("SERVICE_000").details_at)
        with_number = self._invoice_to(
            recipient.siret, buyer_reference="SERVICE_001", purchase_order_reference="BC-1"
        )
        self.assertEqual(self._send(with_number).state, "deposited")
        self.assertEqual(self._calls(), {})

    def test_service_ending_tomorrow_serves_today_and_not_after(self):
        siret = self._recipient("service", "dated").siret
        today = self._invoice_to(siret, buyer_reference="FINIT_DEMAIN")
        self.assertEqual(self._send(today).state, "deposited", today.chorus_pro_reason)
        structure = self._structures(siret)
        service = structure._service("FINIT_DEMAIN")
        self.assertTrue(service._is_open(self._day(1)))
        self.assertFalse(service._is_open(self._day(2)))

    def test_what_was_read_stays_when_the_invoice_is_refused(self):
        self._send(self._invoice_to(SERVICE))
        self.assertTrue(self._structures(SERVICE).service_required)

    def test_lost_connection_during_the_check_keeps_the_invoice_queued(self):
        self.simulator.control.fault("bad_gateway", "structures_consulter", 9)
        submission = self._send(self._invoice_to(FREE))
        self.assertEqual(submission.state, "queued")
        self.assertTrue(submission.reason)
