# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Coming from the OCA connector: what an upgraded database still has, taken over."""

import os
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ...choruspro.oca_connector import DOUBTS
from ...choruspro.secret_keys import VARIABLE, is_encrypted
from ...models.oca import invoices as oca_invoices
from ...models.oca import takeover as oca_takeover
from ...models.oca.report import DOUBT_TEXTS
from ..common.killing import Killed
from ..common.oca import LOGIN, MOMENT, PASSWORD, SHAPES, OcaCommon
from ..common.secret import KEY


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOcaImport(OcaCommon):
    def _one_of_each(self):
        """An invoice of each kind; what is expected of it."""
        (open_one, open_id), (lost, _id) = self._there(2)
        [(paid, paid_id)] = self._there(1, "MISE_EN_PAIEMENT", prefix="PAID")
        moves = self._former(open_one, chorus_identifier=open_id, chorus_status="DEPOSEE",
                             chorus_status_date=MOMENT)
        moves += self._former(lost)
        moves += self._former(paid, chorus_identifier=paid_id, chorus_status="MISE_EN_PAIEMENT",
                              chorus_status_date=MOMENT)
        self._flow("FLUX1", moves)
        moves += self._former("NEVER1")
        return moves, {
            open_one: ("deposited", str(open_id), "DEPOSEE", MOMENT, "FLUX1"),
            lost: ("uncertain", False, False, False, "FLUX1"),
            paid: ("deposited", str(paid_id), "MISE_EN_PAIEMENT", MOMENT, "FLUX1"),
            "NEVER1": ("uncertain", False, False, False, False),
        }

    def _check_shape(self, version):
        self._shape(version)
        self._forget_directory()
        moves, expected = self._one_of_each()
        body, contact = self._former_body()
        self._former_account()
        found, _doubtful = self._preview()
        outcome, left, _doubtful = self._import()
        self.assertEqual(outcome.split("\n")[1:], found.split("\n"))
        self.assertIn("Files (flows): 1\n", outcome)
        self.assertFalse(left)
        self.assertEqual(self._rows(moves), expected)
        [flow] = moves.chorus_pro_submission_ids.flow_id.sudo()
        self.assertEqual(
            (flow.name, flow.state, flow.state_code, str(flow.deposit_date), flow.document_format,
             flow.invoice_count),
            ("FLUX1", "integrated", "IN_INTEGRE", "2026-03-01", "facturx", 3),
        )
        events = moves.chorus_pro_submission_ids.sudo().status_ids
        self.assertEqual(
            sorted(events.mapped(lambda each: (each.code, each.date))),
            [("DEPOSEE", MOMENT), ("MISE_EN_PAIEMENT", MOMENT)],
        )
        self.assertEqual(body.with_company(self.company).invoice_sending_method, "chorus_pro")
        structure = self.env["chorus.pro.structure"].search([("siret", "=", body.company_registry)])
        self.assertEqual(
            (structure.chorus_id, structure.environment, structure.service_required,
             structure.engagement_required, structure.service_or_engagement_required,
             structure.refreshed_at),
            ("41000003", "custom", False, False, True, False),
        )
        service = structure.service_ids
        self.assertEqual(
            (service.code, service.name, service.chorus_id, service.engagement_required),
            ("CTX", "Culture", "71", True),
        )
        self.assertEqual(contact.chorus_pro_service_id, service)
        # It had an account already.
        self.assertNotEqual(self.connection.sudo().technical_login, LOGIN)

    def test_version_14_is_taken_over(self):
        self._check_shape("14.0")

    def test_version_15_is_taken_over(self):
        self._check_shape("15.0")

    def test_version_16_is_taken_over(self):
        self._check_shape("16.0")

    def test_version_17_is_taken_over(self):
        self._check_shape("17.0")

    def test_version_18_is_taken_over(self):
        self._check_shape("18.0")

    def test_each_shape_is_tried(self):
        tried = [name for name in dir(self) if name.startswith("test_version_")]
        self.assertEqual(len(tried), len(SHAPES))

    def test_open_invoices_agree_with_chorus_pro_after_the_next_look(self):
        self._shape("17.0")
        moves = self.env["account.move"]
        for status in ("MISE_A_DISPOSITION", "SUSPENDUE", "MANDATEE"):
            for number, identifier in self._there(8, prefix=status[:3]):
                if status != "MISE_A_DISPOSITION":
                    self.simulator.control.set_status(number, status, "Bon de livraison")
                moves += self._former(number, chorus_identifier=identifier, chorus_status="DEPOSEE",
                                      chorus_status_date=MOMENT)
        # As one of which only some got their ids.
        lost = self.env["account.move"].union(
            *(self._former(number) for number, _id in self._there(6, prefix="LOST"))
        )
        self._flow("FLUX9", moves + lost)
        self._import()
        self._run_sender()
        self._run_follower()
        at_chorus = {each["number"]: each for each in self._at_chorus()}
        self.assertEqual(len(at_chorus), 30)
        for move in moves + lost:
            row = move.chorus_pro_submission_id.sudo()
            self.assertEqual(
                (row.chorus_invoice_id, row.status_code),
                (str(at_chorus[move.name]["invoice_id"]), at_chorus[move.name]["status"]),
            )
        self.assertFalse(self._requests("soumettre") + self._requests("deposer_flux"))

    def test_what_chorus_pro_does_not_have_is_for_a_person_to_send(self):
        self._shape("18.0")
        refused, never = self._former("REFUSED1"), self._former("NEVER1")
        flow = self._flow("FLUX2", refused, "IN_REJETE", notes="Schéma non conforme")
        # As after a report that refuses the invoice.
        self._set(refused, chorus_flow_id=None)
        self.assertTrue(flow)
        self._import()
        self._run_sender()
        self.assertEqual(set((refused + never).mapped("chorus_pro_state")), {"uncertain"})
        self._let_half_an_hour_pass(refused + never)
        self._run_sender()
        self.assertEqual(refused.chorus_pro_state, "refused")
        self.assertTrue(refused.chorus_pro_needs_action)
        self.assertIn("Schéma non conforme", refused.chorus_pro_reason)
        self.assertEqual(never.chorus_pro_state, "cancelled")
        self.assertFalse(never.chorus_pro_needs_action)
        self.assertFalse(self._at_chorus())
        self.assertFalse(self._requests("soumettre"))

    def test_dialog_counts_before_anything_is_written(self):
        self._shape("17.0")
        self._one_of_each()
        self._former_body()
        before = self._everything()
        with Form(self.env["chorus.pro.oca.import"].with_user(self.manager)) as form:
            self.assertIn("never sent, to look up too: 1", form.found)
            self.assertIn("was never read", form.doubtful)
            form.look_up_unsent = False
            self.assertNotIn("never sent", form.found)
            self.assertIn("Invoices to look up at Chorus Pro: 1", form.found)
        self.assertEqual(self._everything(), before)
        self.assertFalse(self._requests())

    def test_what_was_never_sent_is_looked_up_only_if_wished(self):
        self._shape("16.0")
        move = self._former("NEVER1")
        self.assertIn("never sent", self._preview()[0])
        self.assertFalse(self._preview(look_up_unsent=False)[0])
        self._import(look_up_unsent=False)
        self.assertFalse(move.chorus_pro_submission_ids)

    def test_report_of_an_unfinished_file_is_read(self):
        self._shape("17.0")
        [(number, _id)] = self._there(1)
        move = self._former(number)
        self._flow("FLUX3", move, "IN_EN_COURS_TRAITEMENT_CPP")
        self._import()
        flow = move.chorus_pro_submission_id.flow_id.sudo()
        self.assertEqual((flow.state, bool(flow.next_try)), ("deposited", True))
        self._run_sender()
        self.assertEqual(len(self._requests("consulter_cr_detaille")), 1)
        self.assertEqual(move.chorus_pro_submission_id.sudo().state, "deposited")

    # ------------------------------------------------------------------
    # Again, in the middle, together
    # ------------------------------------------------------------------

    def test_second_import_changes_nothing(self):
        self._shape("14.0")
        self._one_of_each()
        self._former_body()
        self._import()
        before = self._everything()
        outcome, _left, _doubtful = self._import()
        self.assertIn("Nothing new", outcome)
        self.assertEqual(self._everything(), before)

    def test_import_that_was_killed_goes_on_where_it_stopped(self):
        self._shape("18.0")
        known = self._there(6)
        moves = self.env["account.move"].union(*(
            self._former(number, chorus_identifier=identifier, chorus_status="MANDATEE",
                         chorus_status_date=MOMENT)
            for number, identifier in known
        ))
        self._flow("FLUX1", moves)
        self.patch(oca_invoices, "SLICE", 2)
        takeover = type(self.env["chorus.pro.oca.takeover"])
        take, calls = takeover._take, []

        def die(record, plan):
            calls.append(len(plan))
            take(record, plan)
            if len(calls) == 2:
                raise Killed

        is_killed = False
        with patch.object(takeover, "_take", die):
            # assertRaises would roll back what was committed.
            try:
                self._import()
            except Killed:
                is_killed = True
        self.assertTrue(is_killed)
        self.env.invalidate_all()
        self.assertEqual(calls, [2, 2])
        self.assertEqual(len(moves.chorus_pro_submission_ids), 2)
        self._import()
        self.assertEqual(
            self._rows(moves),
            {number: ("deposited", str(identifier), "MANDATEE", MOMENT, "FLUX1")
             for number, identifier in known},
        )
        [flow] = self.env["chorus.pro.flow"].search([("name", "=", "FLUX1")])
        self.assertEqual(flow.invoice_count, 6)

    def test_click_without_time_left_says_so_and_the_next_goes_on(self):
        self._shape("18.0")
        moves, _expected = self._one_of_each()
        self.patch(oca_takeover, "CLICK_SECONDS", 0)
        outcome, left, _doubtful = self._import()
        self.assertIn("click once more", outcome)
        self.assertTrue(left)
        self.patch(oca_takeover, "CLICK_SECONDS", 40)
        self._import()
        self.assertEqual(len(moves.chorus_pro_submission_ids), 4)

    def test_second_import_at_the_same_time_is_refused(self):
        self._shape("18.0")
        self._one_of_each()
        with self.registry.cursor() as other:
            other.execute("SELECT pg_advisory_xact_lock(%s, %s)", oca_takeover.ADVISORY_KEYS)
            with self.assertRaisesRegex(UserError, "is running"):
                self._import()

    def test_what_was_sent_from_here_is_left_alone(self):
        self._shape("17.0")
        sent, refused = self._invoice(), self._invoice()
        self._send(sent + refused)
        refused.chorus_pro_submission_id.sudo().state = "refused"
        for move in sent + refused:
            self._set(move, chorus_identifier=5, chorus_status="MANDATEE")
        before = self._everything()
        self.assertFalse(self._preview()[0])
        self._import()
        self.assertEqual(self._everything(), before)

    # ------------------------------------------------------------------
    # Defects
    # ------------------------------------------------------------------

    def test_defects_are_listed_and_nothing_is_lost(self):
        self._shape("17.0")
        [(good, identifier)] = self._there(1)
        first = self._former("TWIN1", chorus_identifier=77, chorus_status="MANDATEE")
        second = self._former("TWIN2", chorus_identifier=77, chorus_status="MANDATEE")
        orphan = self._former("ORPHAN1", chorus_flow_id=99999)
        strange = self._former(good, chorus_identifier=identifier, chorus_status="VUE_PAR_LE_MAIRE",
                               chorus_status_date=MOMENT)
        bare = self._former("BARE1", chorus_identifier=79)
        held = self._former("HELD1", chorus_identifier=80, chorus_status="MANDATEE")
        self._send(self._invoice()).sudo().chorus_invoice_id = "80"
        draft = self._invoice(post=False)
        self._set(draft, chorus_identifier=81, chorus_status="MANDATEE")
        moves = first + second + orphan + strange + bare + held
        _outcome, left, _doubtful = self._import()
        self.assertFalse(left)
        rows = {number: row[:3] for number, row in self._rows(moves).items()}
        self.assertEqual(rows, {
            "TWIN1": ("uncertain", False, False),
            "TWIN2": ("uncertain", False, False),
            "ORPHAN1": ("uncertain", False, False),
            good: ("deposited", str(identifier), "VUE_PAR_LE_MAIRE"),
            "BARE1": ("deposited", "79", False),
            "HELD1": ("uncertain", False, False),
        })
        self.assertFalse(moves.chorus_pro_submission_ids.flow_id)
        self.assertFalse(draft.chorus_pro_submission_ids)

    def test_doubts_name_invoice_and_reason(self):
        self._shape("17.0")
        self._former("TWIN1", chorus_identifier=77)
        self._former("TWIN2", chorus_identifier=77)
        self._former("ORPHAN1", chorus_flow_id=99999)
        self._former("ODD1", chorus_identifier=78, chorus_status="VUE_PAR_LE_MAIRE")
        draft = self._invoice(post=False)
        self._set(draft, chorus_identifier=81)
        _found, doubtful = self._preview()
        for sentence in (
            "TWIN1: another invoice has the same ID", "TWIN2: another invoice has the same ID",
            "ORPHAN1: the file in which it was sent is gone", "ODD1: its status is unknown",
            f"{draft.display_name}: Only confirmed invoices",
        ):
            self.assertIn(sentence, doubtful)
        self.assertEqual(len(doubtful.split("\n")), 5)

    def test_half_migrated_database_is_taken_over_as_far_as_it_goes(self):
        self._shape("16.0")
        [(number, identifier)] = self._there(1)
        move = self._former(number, chorus_identifier=identifier, chorus_status="DEPOSEE")
        self._flow("FLUX1", move)
        self._sql("DROP TABLE %s", "chorus_flow_initial_account_move_rel")
        self._sql("DROP TABLE %s", "chorus_flow")
        self._sql("DROP TABLE %s", "transmit_method")
        self._sql("DROP TABLE %s", "chorus_partner_service")
        self._sql("ALTER TABLE %s DROP COLUMN %s", "account_move", "chorus_status_date")
        self._sql("ALTER TABLE %s DROP COLUMN %s", "res_company", "fr_chorus_qualif")
        self._sql("ALTER TABLE %s DROP COLUMN %s", "res_partner", "fr_chorus_identifier")
        self._import()
        row = self._rows(move)[number]
        self.assertEqual(row[:3] + row[4:], ("deposited", str(identifier), "DEPOSEE", False))

    def test_one_that_cannot_be_written_leaves_the_others(self):
        self._shape("18.0")
        moves, expected = self._one_of_each()
        submissions = type(self.env["chorus.pro.submission"])
        deposit, bad = submissions._deposit, moves[0].name

        def fail(row, *args):
            if row.name == bad:
                raise ValueError("odd")
            return deposit(row, *args)

        with patch.object(submissions, "_deposit", fail), mute_logger(
            "odoo.addons.l10n_fr_chorus_pro.models.session.row_guard"
        ):
            outcome, left, _doubtful = self._import()
        self.assertIn("ID at Chorus Pro is known: 1", outcome)
        self.assertIn("ID at Chorus Pro is known: 1", left)
        del expected[bad]
        self.assertEqual(self._rows(moves), expected)

    def test_invoices_of_another_environment_are_not_looked_for(self):
        self._shape("15.0")
        move = self._former("OTHER1", chorus_identifier=7)
        self._set(self.company, fr_chorus_qualif=True)
        self.connection.write({"custom_leads_to": "production"})
        found, doubtful = self._preview()
        self.assertFalse(found)
        self.assertIn("another environment", doubtful)
        self._import()
        self.assertFalse(move.chorus_pro_submission_ids)

    def test_directory_and_choices_of_this_database_stay(self):
        self._shape("18.0")
        body, contact = self._former_body()
        self._set(body, invoice_sending_method=None)
        body.with_company(self.company).invoice_sending_method = "email"
        self._former_customer(self.customer)
        structure = self.env["chorus.pro.structure"].sudo().create({
            "environment": "custom", "siret": body.company_registry, "chorus_id": "1",
            "engagement_required": True,
        })
        _found, doubtful = self._preview()
        self._import()
        self.assertEqual(body.with_company(self.company).invoice_sending_method, "email")
        self.assertTrue(structure.engagement_required)
        self.assertFalse(structure.service_ids)
        self.assertFalse(contact.chorus_pro_service_id)
        self.assertIn("has no service “CTX”", doubtful)

    def test_each_doubt_has_a_sentence(self):
        self.assertEqual(set(DOUBT_TEXTS), set(DOUBTS))

    # ------------------------------------------------------------------
    # Who
    # ------------------------------------------------------------------

    def test_who_is_no_manager_is_refused(self):
        self._shape("18.0")
        self._one_of_each()
        dialogs = self.env["chorus.pro.oca.import"]
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            dialogs.with_user(self.accountant).create({})
        takeover = self.env["chorus.pro.oca.takeover"].with_user(self.accountant)
        for call in (takeover._preview, takeover._import):
            self.assertRaises(AccessError, call, True)

    def test_manager_who_may_not_change_contacts_hears_it(self):
        self._shape("18.0")
        self.manager.group_ids -= self.env.ref("base.group_partner_manager")
        body, contact = self._former_body()
        _outcome, _left, doubtful = self._import()
        self.assertIn("Contacts: you may not change 1 of them", doubtful)
        self.assertFalse(contact.chorus_pro_service_id)
        self.assertNotEqual(body.with_company(self.company).invoice_sending_method, "chorus_pro")

    def test_other_companies_are_never_touched(self):
        self._shape("17.0")
        moves, _expected = self._one_of_each()
        self._former_account()
        _other, manager = self._other_manager()
        before = self._everything()
        self.assertFalse(self._preview(manager)[0])
        self._import(manager)
        self.assertEqual(self._everything(), before)
        self.assertFalse(moves.chorus_pro_submission_ids)

    def test_database_without_the_former_connector_says_so(self):
        self.assertEqual(self._preview(), ("", ""))
        with self.assertRaisesRegex(UserError, "no data of the OCA connector"):
            self._import()

    # ------------------------------------------------------------------
    # The technical account
    # ------------------------------------------------------------------

    def _without_connection(self):
        self.connection.sudo().write({"active": False, "in_use": False})

    def test_administrator_takes_the_technical_account_over_for_the_guide(self):
        self._shape("17.0")
        self._former_account()
        self._without_connection()
        self._insert("fr_chorus_api_expiry_remind_user_rel", company_id=self.company.id,
                     user_id=self.accountant.id)
        with patch.dict(os.environ, {VARIABLE: KEY}):
            found, doubtful = self._preview(self.administrator)
            self.assertIn("Technical accounts: 1", found)
            self.assertIn(self.accountant.name, doubtful)
            with self.assertLogs(level="DEBUG") as logs:
                seen = self._import(self.administrator)
        self.assertNotIn(PASSWORD, "".join([found, doubtful, *map(str, seen), *logs.output]))
        [guide] = self.env["chorus.pro.setup"].sudo().search(
            [("company_id", "=", self.company.id)]
        )
        connection = guide.connection_id
        self.assertEqual(
            (connection.technical_login, connection.environment, connection.default_format,
             connection.in_use, connection.technical_password_expiry),
            (LOGIN, "production", "cii", False, fields.Date.to_date("2027-01-31")),
        )
        self.assertTrue(is_encrypted(connection.technical_password_value))
        with patch.dict(os.environ, {VARIABLE: KEY}):
            self.assertEqual(connection._secret("technical_password"), PASSWORD)
        self.assertIn("Set-up Guide", seen[2])

    def test_manager_leaves_the_technical_account_to_an_administrator(self):
        self._shape("17.0")
        self._former_account()
        self._without_connection()
        found, doubtful = self._preview()
        self.assertFalse(found)
        self.assertIn("administrator", doubtful)
        self._import()
        self.assertFalse(self.env["chorus.pro.setup"].sudo().search([]))

    def test_account_of_qualification_does_not_go_to_production(self):
        self._shape("17.0")
        self._former_account(fr_chorus_qualif=True)
        self._without_connection()
        connection = self.env["chorus.pro.connection"].create(
            {"company_id": self.company.id, "environment": "production", "in_use": False}
        )
        _found, doubtful = self._preview(self.administrator)
        self.assertIn("another environment", doubtful)
        self._import(self.administrator)
        self.assertFalse(connection.sudo().has_technical_password)
