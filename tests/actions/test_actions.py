# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What is done about an invoice that came back: at most once, by who may, when it is legal."""

from psycopg2.errors import UniqueViolation

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT

from ..common.actions import OPERATIONS, STATUSES, ActionsCommon

KINDS = list(STATUSES)
DIALOGS = (
    "chorus.pro.completion",
    "chorus.pro.recycling",
    "chorus.pro.reissue",
    "chorus.pro.validator.correction",
)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestActions(ActionsCommon):
    # The rules that hold for each kind

    def test_action_is_done_by_the_job_and_its_news_are_there_at_once(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                move = self._come_back(kind)
                self.assertTrue(move.chorus_pro_needs_action)
                self.assertIn(kind, move.chorus_pro_legal_actions.split())
                action = self._ask(move, kind)
                self.assertEqual(action.state, "queued")
                # What is on its way is not waited for from anybody.
                self.assertFalse(move.chorus_pro_needs_action)
                self.assertFalse(self._requests(OPERATIONS[kind]))
                self.simulator.control.clear_requests()
                self._run_sender()
                self.assertEqual(action.state, "done", action.reason)
                self.assertTrue(self._is_done_there(move, kind))
                self.assertEqual(len(self._requests(OPERATIONS[kind])), 1)
                # No other run was needed to hear of it.
                [there] = self._at_chorus(move.name)
                self.assertEqual(move.chorus_pro_submission_id.status_code, there["status"])
                self.assertFalse(move.chorus_pro_needs_action)
                self.assertNotIn(kind, move.chorus_pro_legal_actions.split())
                self.assertIn(self.accountant.partner_id, move.message_ids[:1].author_id)
                self.simulator.control.clear_requests()

    def test_action_that_the_status_does_not_allow_is_not_queued(self):
        move = self._invoice()
        self._send(move)
        for kind in KINDS:
            with self.subTest(kind=kind), self.assertRaisesRegex(UserError, "not any more"):
                self._ask(move, kind)
        with self.assertRaisesRegex(UserError, "was not sent"):
            self._ask(self._invoice(), "complete")
        self.assertFalse(self.env["chorus.pro.action"].search([]))

    def test_action_is_alive_once(self):
        move = self._come_back("complete")
        action = self._ask(move, "complete")
        with self.assertRaisesRegex(UserError, "already on its way"):
            self._ask(move, "complete")
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            action.sudo().copy({"state": "uncertain"}).flush_recordset()

    def test_status_that_changed_a_second_ago_is_said_and_shown(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                move = self._come_back(kind)
                if kind == "acknowledge":
                    # Nothing follows a rejection; but it may be unknown to who asks by now.
                    continue
                self.simulator.control.set_status(move.name, "MANDATEE")
                action = self._do(move, kind)
                self.assertEqual(action.state, "refused")
                self.assertIn("Mandated", action.reason)
                self.assertEqual(move.chorus_pro_state, "mandated")
                self.assertFalse(self._requests(OPERATIONS[kind]))
                self.assertIn("Mandated", move.message_ids[:1].body)

    def test_refusal_of_chorus_is_told_in_its_words(self):
        refusals = {
            "complete": {"attachment_ids": [self._file().id], "attachment_type": "APC"},
            "recycle": {"service_code": "AILLEURS"},
            "correct_validator": {},
        }
        for kind, options in refusals.items():
            with self.subTest(kind=kind):
                move = self._come_back(kind)
                if kind == "correct_validator":
                    self.validator.company_registry = "99999999999999"
                action = self._do(move, kind, **options)
                self.assertEqual(action.state, "refused")
                self.assertIn("inconnu", action.reason)
                self.assertFalse(self._is_done_there(move, kind))
                self.assertTrue(move.chorus_pro_needs_action)
                self.assertIn(action.reason, move.chorus_pro_action_reason)
                # It can be asked again, otherwise.
                self.assertIn(kind, move.chorus_pro_legal_actions.split())

    def test_rejection_of_an_unknown_invoice_is_refused(self):
        move = self._come_back("acknowledge")
        move.chorus_pro_submission_id.sudo().chorus_invoice_id = "1"
        action = self._do(move, "acknowledge")
        self.assertEqual(action.state, "refused")
        self.assertIn("GDP_MSG_11.008", action.reason)

    def test_lost_answer_is_looked_up_and_never_blindly_asked_again(self):
        for kind in KINDS:
            for fault in ("lost_answer", "truncated_json", "bad_gateway_after"):
                with self.subTest(kind=kind, fault=fault):
                    self.simulator.control.clear_requests()
                    self._end_pause()
                    move = self._come_back(kind)
                    self.simulator.control.fault(fault, OPERATIONS[kind], 1)
                    action = self._do(move, kind)
                    self.assertEqual(action.state, "uncertain", action.reason)
                    self._make_due(action)
                    self._run_sender()
                    self.assertEqual(action.state, "done", action.reason)
                    self.assertEqual(len(self._requests(OPERATIONS[kind])), 1)

    def test_answer_lost_before_anything_was_done_is_asked_once_more(self):
        for kind in KINDS:
            for fault in ("bad_gateway", "maintenance_page", "connection_refused_like"):
                with self.subTest(kind=kind, fault=fault):
                    self.simulator.control.clear_requests()
                    self._end_pause()
                    move = self._come_back(kind)
                    self.simulator.control.fault(fault, OPERATIONS[kind], 1)
                    action = self._do(move, kind)
                    self.assertEqual(action.state, "uncertain")
                    for _run in range(2):
                        self._make_due(action)
                        self._run_sender()
                    self.assertEqual(action.state, "done", action.reason)
                    self.assertTrue(self._is_done_there(move, kind))

    def test_success_without_its_ids_is_looked_up_at_once(self):
        move = self._come_back("complete")
        self.simulator.control.fault("half_answer", "completer", 1)
        action = self._do(move, "complete")
        self._run_sender()
        self.assertEqual(action.state, "done", action.reason)
        self.assertEqual(len(self._requests("completer")), 1)

    def test_refusal_after_a_lost_answer_is_checked_before_it_is_believed(self):
        move = self._come_back("complete")
        self.simulator.control.fault("bad_gateway", "completer", 1)
        action = self._do(move, "complete")
        self._make_due(action)
        self._run_sender()
        self.assertEqual(action.state, "queued")
        # The first attempt reaches Chorus Pro after all, and the recipient suspends again.
        self.simulator.control.set_status(move.name, "COMPLETEE")
        self.simulator.control.advance(120)
        self.simulator.control.set_status(move.name, "SUSPENDUE", "Encore")
        self._make_due(action)
        self._run_sender()
        self.assertEqual(action.state, "done", action.reason)
        self.assertEqual(len(self._requests("completer")), 1)
        self.assertEqual(move.chorus_pro_reason, "Encore")

    def test_chorus_that_cannot_be_reached_keeps_the_action_for_later(self):
        move = self._come_back("complete")
        self.simulator.control.fault("rate_limited", "completer", 1)
        action = self._do(move, "complete")
        self.assertEqual(action.state, "queued")
        self.assertTrue(action.reason)
        self.assertTrue(action.next_try)
        self._make_due(action)
        self._run_sender()
        self.assertEqual(action.state, "done")

    def test_action_waits_while_its_connection_is_paused(self):
        move = self._come_back("complete")
        action = self._ask(move, "complete")
        self.connection.paused_until = fields.Datetime.add(fields.Datetime.now(), hours=1)
        self._run_sender()
        self.assertEqual(action.state, "queued")
        self.assertFalse(self._requests("completer"))

    def test_connection_that_leads_elsewhere_does_nothing(self):
        move = self._come_back("complete")
        action = self._ask(move, "complete")
        action.sudo().environment = "production"
        self._run_sender()
        self.assertEqual(action.state, "queued")
        self.assertIn("environment", action.reason)

    def test_action_that_is_done_stays_done_whatever_fails_afterwards(self):
        move = self._come_back("complete")
        action = self._ask(move, "complete")
        self._run_sender()
        self.assertEqual(action.state, "done", action.reason)
        action._postpone("an unexpected error")
        self.assertEqual(action.state, "done")

    def test_pdf_that_is_fetched_beside_hides_no_other_action(self):
        move = self._come_back("complete")
        self._ask(move, "complete")
        move.with_user(self.accountant).action_chorus_pro_retrieve()
        self.assertEqual(move.chorus_pro_action_kind, "complete")

    def test_queued_action_can_be_taken_out(self):
        move = self._come_back("complete")
        action = self._ask(move, "complete")
        move.with_user(self.accountant).action_chorus_pro_cancel_action()
        self.assertEqual(action.state, "cancelled")
        self._run_sender()
        self.assertFalse(self._requests("completer"))
        with self.assertRaisesRegex(UserError, "too late"):
            move.with_user(self.accountant).action_chorus_pro_cancel_action()

    def test_missing_right_to_one_operation_stops_no_deposit(self):
        move = self._come_back("complete")
        action = self._ask(move, "complete", attachment_ids=self._file().ids)
        self.simulator.control.lack(api_transverses=True)
        self._run_sender()
        self.assertEqual(action.state, "refused")
        self.assertFalse(self.connection.paused_until)
        self.simulator.control.lack(api_transverses=False)
        self.assertEqual(self._do(move, "complete").state, "done")

    def test_action_that_nobody_can_look_up_is_given_up_by_hand(self):
        move = self._come_back("complete")
        action = self._ask(move, "complete")
        self.simulator.control.fault("lost_answer", "completer", 1)
        self._run_sender()
        mine = move.with_user(self.accountant)
        self.assertEqual(action.state, "uncertain")
        with self.assertRaisesRegex(UserError, "too late"):
            mine.action_chorus_pro_cancel_action()
        action.sudo().environment = "production"
        mine.action_chorus_pro_cancel_action()
        self.assertEqual(action.state, "cancelled")
        self.assertTrue(move.chorus_pro_needs_action)

    def test_action_follows_the_connection_that_replaces_the_first_one(self):
        move = self._come_back("complete")
        self.connection.in_use = False
        self.connection.flush_recordset()
        successor = self._create_connection(self.company, name="2027", in_use=True)
        action = self._do(move, "complete")
        self.assertEqual((action.connection_id, action.state), (successor, "done"))

    # Who may

    def test_only_who_may_invoice_acts(self):
        reader = new_test_user(
            self.env,
            login="chorus_actions_reader",
            groups="account.group_account_readonly",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
            context=DISABLED_MAIL_CONTEXT,
        )
        for kind in KINDS:
            move = self._come_back(kind)
            with self.subTest(kind=kind), self.assertRaises(AccessError):
                getattr(move.with_user(reader), f"action_chorus_pro_{kind}")()
            action = self._ask(move, kind)
            with self.subTest(kind=kind), self.assertRaises(AccessError):
                action.with_user(self.accountant).write({"state": "done"})
            with self.subTest(kind=kind), self.assertRaises(AccessError):
                action.with_user(reader).action_cancel()
            self.assertEqual(action.with_user(reader).state, "queued")

    def test_another_company_sees_and_does_nothing(self):
        other = self.setup_other_company()["company"]
        stranger = new_test_user(
            self.env,
            login="chorus_actions_stranger",
            groups="account.group_account_invoice",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
            context=DISABLED_MAIL_CONTEXT,
        )
        move = self._come_back("complete")
        action = self._ask(move, "complete")
        self.assertFalse(self.env["chorus.pro.action"].with_user(stranger).search([]))
        self.env.invalidate_all()
        for record, method in ((move, "action_chorus_pro_retrieve"), (action, "action_cancel")):
            with self.assertRaises(AccessError):
                getattr(record.with_user(stranger), method)()
        for model in DIALOGS:
            dialogs = self.env[model].with_user(stranger)
            self.env.invalidate_all()
            with self.subTest(model=model), self.assertRaises(AccessError):
                dialogs.create({"move_id": move.id})
            theirs = dialogs.create({"move_id": self._foreign_move(other).id})
            with self.subTest(model=model), self.assertRaises(AccessError):
                theirs.write({"move_id": move.id})

    def _foreign_move(self, company):
        """An invoice of another company."""
        return self.env["account.move"].create(
            {"move_type": "out_invoice", "company_id": company.id}
        )

    def test_each_company_acts_by_its_own_connection(self):
        other = self.setup_other_company()["company"]
        other_connection = self._create_connection(
            other, self.credentials["suppliers"][1], technical_login="", name="Other"
        )
        move = self._come_back("complete")
        action = self._do(move, "complete")
        self.assertEqual(action.connection_id, self.connection)
        self.assertEqual(action.company_id, self.company)
        self.assertFalse(other_connection.trouble)
