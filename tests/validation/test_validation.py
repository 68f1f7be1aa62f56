# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A main contractor reads what waits for its decision, and decides at most once."""

from datetime import timedelta
from unittest.mock import patch

from psycopg2 import sql
from psycopg2.errors import UniqueViolation

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...choruspro.client import ChorusProClient
from ..common.killing import Killing
from ..common.validation import DECIDE, ValidationCommon

ERRAND = "odoo.addons.l10n_fr_chorus_pro.models.actions.errand"
KINDS = {"accept": "VALIDEE_1", "refuse": "REFUSEE_1"}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestValidation(Killing, ValidationCommon):
    def _decide(self, row, kind):
        return self._accept(row) if kind == "accept" else self._refuse(row)

    # Reading

    def test_company_that_never_validates_asks_nothing(self):
        self.connection.validates = False
        self._seed()
        self.assertFalse(self._read())
        self.assertFalse(self._requests())

    def test_empty_list_costs_one_question(self):
        self._read()
        self.assertEqual(
            [each["operation"] for each in self._requests() if each["operation"] != "token"],
            ["rechercher_a_traiter_valideur"])
        self.assertTrue(self.connection.validations_read_at)

    def test_what_waits_is_shown_with_its_deadline_its_pdf_and_its_facts(self):
        row = self._waiting(total=1250, age_s=12 * 86400)
        self.assertEqual((row.stage, row.status), ("to_validate", "to_validate_1"))
        self.assertEqual(row.supplier_siret, self.subcontractor["siret"])
        self.assertEqual(row.supplier_name, self.subcontractor["name"])
        self.assertEqual((row.total, row.currency_id.name), (1250, "EUR"))
        self.assertEqual(row.deadline, row.deposit_date + timedelta(days=15))
        self.assertTrue(row.is_urgent)
        self.assertEqual(row.billing_framework, "A9")
        self.assertEqual(row.with_context(bin_size=False).pdf[:4], b"JVBE")
        self.assertTrue(row.may_decide)

    def test_what_is_read_again_is_one_row_and_its_pdf_is_not_asked_again(self):
        row = self._waiting()
        self.simulator.control.clear_requests()
        self.assertEqual(self._read(), row)
        self.assertFalse(self._requests("telecharger_groupe"))

    def test_invoice_whose_pdf_cannot_be_read_now_is_shown_and_its_pdf_read_later(self):
        self._seed(2)
        self.simulator.control.fault("bad_gateway", "telecharger_groupe", 20)
        rows = self._read()
        self.assertEqual(rows.mapped("may_decide"), [True, True])
        self.assertFalse(any(rows.mapped("pdf")))
        self.simulator.control.clear_faults()
        self.assertTrue(all(self._read().mapped("pdf")))

    def test_what_was_decided_on_the_portal_or_by_silence_is_noticed(self):
        self._seed(4)
        one, two, three, four = self._read()
        for row, code in ((one, "VALIDEE_1"), (two, "REFUSEE_1"), (three, "MANDATEE")):
            self.simulator.control.set_status(row.name, code)
        self.simulator.control.set_status(four.name, "ABSENCE_VALIDATION_1_HORS_DELAI")
        self._read()
        self.assertEqual(
            (one | two | three | four).mapped("stage"), ["validated", "refused", "passed", "tacit"])
        with self.assertRaisesRegex(UserError, "not any more"):
            self._accept(two)

    def test_corrected_invoice_that_comes_back_waits_again(self):
        row = self._waiting()
        self._refuse(row)
        self._run_sender()
        self.assertEqual(row.stage, "refused")
        self.simulator.control.set_status(row.name, "A_VALIDER_1")
        self._read()
        self.assertEqual(row.stage, "to_validate")
        self.assertTrue(row.may_decide)

    def test_list_that_is_refused_is_shown_and_holds_no_invoice_up(self):
        self.simulator.control.lack(attachment=True)
        self._read()
        self.assertTrue(self.connection.validation_trouble)
        self.assertFalse(self.connection.paused_until)
        self.simulator.control.lack(attachment=False)
        self._read()
        self.assertFalse(self.connection.validation_trouble)

    def test_texts_of_others_are_kept_as_texts(self):
        [number] = self._seed()
        nasty = "=cmd|'/c calc'!A1<script>alert(1)</script>\x00\ud83d"
        self.simulator.control.fault(
            "odd_text", "rechercher_a_traiter_valideur", field="designationFournisseur", of=number,
            text=nasty)
        row = self._read()
        self.assertIn("<script>", row.supplier_name)
        self.assertEqual(row.supplier_name[0], "\u200b")

    # Deciding

    def test_decision_is_taken_once_and_moves_the_subcontractor_s_invoice(self):
        for kind, code in KINDS.items():
            with self.subTest(kind=kind):
                self.simulator.control.clear_requests()
                row = self._waiting(prefix=kind[:2].upper())
                decision = self._decide(row, kind)
                self.assertFalse(row.may_decide)
                self.assertFalse(self._requests(DECIDE))
                with self.assertRaisesRegex(UserError, "already on its way"):
                    self._accept(row)
                self._run_sender()
                self.assertEqual(decision.state, "done", decision.reason)
                self.assertEqual(self._there(row)["status"], code)
                self.assertEqual((row.status_code, row.stage), (code, row.stage))
                self.assertFalse(row.may_decide)
                self.assertEqual(len(self._requests(DECIDE)), 1)
        self.assertEqual(self._there(row)["comment"], "Situation 3 à revoir")

    def test_what_is_not_ours_to_validate_goes_back_as_such(self):
        row = self._waiting()
        decision = self._refuse(row, reason="wrong_validator")
        self._run_sender()
        self.assertEqual(decision.state, "done", decision.reason)
        self.assertEqual(self._there(row)["status"], "ERREUR_FOURNISSEUR_SUR_VALIDEUR")
        self.assertEqual(row.stage, "refused")

    def test_decision_is_alive_once(self):
        decision = self._accept(self._waiting())
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            decision.sudo().copy({"state": "uncertain"}).flush_recordset()

    def test_decision_taken_elsewhere_a_second_ago_is_said_and_not_asked(self):
        row = self._waiting()
        self.simulator.control.set_status(row.name, "REFUSEE_1")
        decision = self._accept(row)
        self._run_sender()
        self.assertEqual(decision.state, "refused")
        self.assertIn("Refused by validator 1", decision.reason)
        self.assertFalse(self._requests(DECIDE))
        self.assertEqual(row.stage, "refused")

    def test_lost_answer_is_looked_up_and_never_blindly_asked_again(self):
        lost = (("accept", "lost_answer"), ("refuse", "truncated_json"),
                ("refuse", "bad_gateway_after"))
        for kind, fault in lost:
            with self.subTest(kind=kind, fault=fault):
                self.simulator.control.clear_requests()
                self._end_pause()
                row = self._waiting(prefix=fault[:4].upper())
                self.simulator.control.fault(fault, DECIDE, 1)
                decision = self._decide(row, kind)
                self._run_sender()
                self.assertEqual(decision.state, "uncertain", decision.reason)
                self._make_due(decision)
                self._run_sender()
                self.assertEqual(decision.state, "done", decision.reason)
                self.assertEqual(len(self._requests(DECIDE)), 1)
                self.assertEqual(
                    (row.status_code, self._there(row)["status"]), (KINDS[kind],) * 2)

    def test_success_without_its_id_is_looked_up_at_once(self):
        row = self._waiting()
        self.simulator.control.fault("half_answer", DECIDE, 1)
        decision = self._accept(row)
        self._run_sender()
        self._run_sender()
        self.assertEqual(decision.state, "done", decision.reason)
        self.assertEqual(len(self._requests(DECIDE)), 1)

    def test_answer_lost_before_anything_was_done_is_asked_once_more(self):
        for fault in ("maintenance_page", "connection_refused_like"):
            with self.subTest(fault=fault):
                self.simulator.control.clear_requests()
                self._end_pause()
                row = self._waiting(prefix=fault[:4].upper())
                self.simulator.control.fault(fault, DECIDE, 1)
                decision = self._refuse(row)
                self._run_sender()
                self.assertEqual(decision.state, "uncertain")
                for _run in range(2):
                    self._make_due(decision)
                    self._run_sender()
                self.assertEqual(decision.state, "done", decision.reason)
                self.assertEqual(self._there(row)["status"], "REFUSEE_1")

    def test_chorus_that_asks_to_wait_keeps_the_decision_for_later(self):
        row = self._waiting()
        decision = self._accept(row)
        self.simulator.control.fault("rate_limited", DECIDE, 1)
        self._run_sender()
        self.assertEqual(decision.state, "queued")
        self._make_due(decision)
        self._run_sender()
        self.assertEqual(decision.state, "done", decision.reason)

    def test_kill_between_any_two_steps_neither_loses_nor_doubles(self):
        job = type(self.env["chorus.pro.decision"])
        steps = [
            (job, "_commit_and_relock", True), (ChorusProClient, "validate_invoice", False),
            (ChorusProClient, "validate_invoice", True), (job, "_finish", True),
        ]
        for rank, (owner, name, after) in enumerate(steps):
            with self.subTest(step=name, after=after):
                self._end_pause()
                self.simulator.control.clear_requests()
                row = self._waiting(prefix=f"K{rank}")
                decision = self._accept(row)
                killer, calls = self._kill(owner, name, after=after)
                with killer:
                    self._die_in_the_job()
                self.assertEqual(calls, [name])
                for _run in range(4):
                    if decision.state in ("queued", "uncertain"):
                        self._make_due(decision)
                    self._run_sender()
                self.assertEqual(decision.state, "done", decision.reason)
                codes = [event["code"] for event in self._there(row)["events"]]
                self.assertEqual(codes.count("VALIDEE_1"), 1)

    def test_decision_in_the_queue_can_be_taken_back(self):
        row = self._waiting()
        decision = self._accept(row)
        row.with_user(self.accountant).action_take_back()
        self.assertEqual(decision.state, "cancelled")
        self.assertTrue(row.may_decide)
        self._run_sender()
        self.assertFalse(self._requests(DECIDE))

    # Bad input

    def test_refusal_needs_a_reason_that_fits(self):
        row = self._waiting().with_user(self.accountant)
        dialog = self.env[row.action_refuse()["res_model"]].with_user(self.accountant)
        mine = dialog.create({"validation_id": row.id, "comment": " "})
        with self.assertRaisesRegex(UserError, "Write what is wrong"):
            mine.action_confirm()
        with self.assertRaisesRegex(UserError, "2000"):
            row.action_refuse(comment="x" * 2001)
        with self.assertRaisesRegex(UserError, "Choose why"):
            row.action_refuse(comment="x", reason="because")
        self.assertFalse(row.decision_ids)
        mine.comment = "Voir la ligne 3"
        mine.action_confirm()
        self.assertEqual(row.decision_ids.comment, "Voir la ligne 3")

    def test_reading_now_says_when_nobody_turned_it_on(self):
        rows = self.env["chorus.pro.validation"].with_user(self.accountant)
        self.assertEqual(rows.action_read_now()["tag"], "display_notification")
        self.connection.validates = False
        with self.assertRaisesRegex(UserError, "turns on"):
            rows.action_read_now()

    # Who may

    def test_author_who_has_lost_the_role_is_not_obeyed(self):
        row = self._waiting()
        decision = self._accept(row)
        self.accountant.sudo().group_ids -= self.env.ref("account.group_account_invoice")
        with mute_logger(ERRAND):
            self._run_sender()
        self.assertEqual(decision.state, "refused")
        self.assertFalse(self._requests(DECIDE))

    def test_decision_led_to_another_company_is_not_taken(self):
        other = self.setup_other_company()["company"]
        theirs = self._create_connection(other, self.subcontractor)
        stranger = new_test_user(
            self.env, login="chorus_validation_forger",
            groups="account.group_account_invoice,l10n_fr_chorus_pro.group_user",
            company_id=other.id, company_ids=[Command.set(other.ids)])
        row = self._waiting()
        with mute_logger("odoo.addons.base.models.ir_rule"), self.assertRaises(AccessError):
            self._accept(row, stranger)
        self.env.invalidate_all()
        self.assertFalse(self.env["chorus.pro.validation"].with_user(stranger).search([]))
        foreign = self.env["chorus.pro.validation"].sudo().create(
            {"name": "X", "connection_id": theirs.id, "environment": theirs.environment,
             "chorus_invoice_id": "77", "status_code": "A_VALIDER_1"})
        for values in ({"validation_id": row.id},
                       {"validation_id": row.id, "connection_id": self.connection.id}):
            decision = self._accept(foreign, stranger)
            self.env.flush_all()
            names = sql.SQL(", ").join(
                sql.SQL("{} = %s").format(sql.Identifier(name)) for name in values)
            self.env.cr.execute(
                sql.SQL("UPDATE chorus_pro_decision SET {} WHERE id = %s").format(names),
                [*values.values(), decision.id])
            self.env.invalidate_all()
            with self.subTest(**values), mute_logger(ERRAND):
                self._run_sender()
                self.assertEqual(decision.state, "refused")
                self.assertFalse(self._requests(DECIDE))

    def test_nobody_writes_these_rows_by_hand(self):
        row = self._waiting()
        decision = self._accept(row)
        quiet = ("odoo.addons.base.models.ir_model",)
        for user in (self.accountant, self.manager, self.administrator):
            for record, values in ((row, {"stage": "validated"}), (decision, {"kind": "refuse"})):
                with (self.subTest(user=user.login, model=record._name), mute_logger(*quiet),
                      self.assertRaises(AccessError)):
                    record.with_user(user).write(values)

    def test_decision_waits_while_its_connection_is_paused(self):
        row = self._waiting()
        decision = self._accept(row)
        self.connection.paused_until = fields.Datetime.add(fields.Datetime.now(), hours=1)
        self._run_sender()
        self.assertEqual(decision.state, "queued")
        self.simulator.control.clear_requests()
        self._read()
        self.assertFalse(self._requests())

    def test_row_that_cannot_be_written_leaves_the_others(self):
        self._seed(2)
        model = type(self.env["chorus.pro.validation"])
        create, calls = model.create, []

        def fail_once(rows, vals_list):
            calls.append(vals_list)
            if len(calls) == 1:
                raise ValueError("bad row")
            return create(rows, vals_list)

        with (patch.object(model, "create", fail_once),
              mute_logger("odoo.addons.l10n_fr_chorus_pro.models.session.row_guard")):
            self.assertEqual(len(self._read()), 1)
        self.assertEqual(len(self._read()), 2)
