# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""One bad row, or one bad text, never stops the others; and Chorus Pro's wish to wait is obeyed,
whatever was asked."""

from datetime import timedelta
from unittest.mock import Mock, patch

from psycopg2 import OperationalError
from psycopg2.errors import ProgramLimitExceeded, SerializationFailure

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...choruspro.client import ChorusProClient
from ...models.session.row_guard import guarded_part, guarded_row
from ..common.actions import ActionsCommon
from ..common.chorus_pro import ChorusProCommon
from ..common.flow import FlowCommon
from ..common.follow import FollowCommon

GUARD = "odoo.addons.l10n_fr_chorus_pro.models.session.row_guard"
HALF_AN_EMOJI = "\ud83d"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestGuard(ChorusProCommon):
    def _guarded(self, failure, **options):
        """What became of a row that writes, then fails so."""
        with (
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
            guarded_row(self.env(cr=cr), "a row", **options) as row,
        ):
            cr.execute("UPDATE res_company SET font = 'Bad' WHERE id = %s", [self.company.id])
            raise failure
        return row

    def test_failure_is_logged_with_its_row_and_its_wish_is_dropped(self):
        for failure in (ZeroDivisionError(), ValueError("NUL"), ProgramLimitExceeded("too long")):
            dropped = Mock()
            with self.subTest(failure=failure), self.assertLogs(GUARD, "ERROR") as logged:
                row = self._guarded(failure, put_off=dropped)
                self.assertFalse(row.is_done or row.is_lost)
                dropped.assert_called_once_with()
                self.assertIn("a row", logged.output[0])
                self.company.invalidate_recordset()
                self.assertNotEqual(self.company.font, "Bad")

    def test_wish_that_cannot_be_dropped_stops_nothing_either(self):
        def fail():
            raise ZeroDivisionError

        with self.assertLogs(GUARD, "WARNING") as logged:
            row = self._guarded(ZeroDivisionError(), put_off=fail)
        self.assertFalse(row.is_done)
        self.assertIn("left to the next run", logged.output[-1])

    def test_lost_race_is_no_error_and_keeps_its_wish(self):
        with self.assertNoLogs(GUARD, "WARNING"):
            row = self._guarded(SerializationFailure(), put_off=self.fail)
        self.assertTrue(row.is_lost)

    def test_database_that_does_not_work_ends_the_job(self):
        for guard in (guarded_row, guarded_part):
            with (
                self.subTest(guard=guard),
                self.assertRaises(OperationalError),
                self.enter_registry_test_mode(),
                self.registry.cursor() as cr,
                guard(self.env(cr=cr), "a row"),
            ):
                raise OperationalError("the server is gone")

    def test_bad_part_leaves_the_rest_of_its_transaction(self):
        with self.assertLogs(GUARD, "ERROR"):
            with guarded_part(self.env, "a good part"):
                self.customer.ref = "good"
            with guarded_part(self.env, "a bad part"):
                self.customer.ref = HALF_AN_EMOJI
        self.assertEqual(self.customer.ref, "good")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestBadRowsOfSending(ChorusProCommon):
    def test_engagement_number_with_a_control_character_is_never_asked_about(self):
        wanted = self.env["chorus.pro.commitment"].sudo()
        rows = wanted.search([])
        self._invoice(purchase_order_reference="EJ\x7f\u2028123", post=False)
        self._invoice(purchase_order_reference="EJ-990012", post=False)
        self.assertEqual((wanted.search([]) - rows).mapped("name"), ["EJ-990012"])
        self._run_sender()
        self.assertEqual((wanted.search([]) - rows).mapped("name"), ["EJ-990012"])

    def test_number_that_cannot_be_asked_about_does_not_keep_the_others(self):
        """As an earlier version left it."""
        rows = self.env["chorus.pro.commitment"].sudo()
        for name in ("EJ\x7f1", "EJ-990011"):
            rows.create({"connection_id": self.connection.id, "name": name})
        self._run_sender()
        self.assertFalse(rows.search([("name", "=", "EJ\x7f1")]))
        self.assertTrue(rows.search([("name", "=", "EJ-990011")]).is_known)
        self.assertEqual(self.env.ref("l10n_fr_chorus_pro.ir_cron_send").failure_count, 0)

    def test_bank_account_with_a_bad_name_does_not_keep_the_others(self):
        self.simulator.control.fault(
            "odd_text", "coordbanc_valides", field="nomCoordonneeBancaire", text=HALF_AN_EMOJI
        )
        with mute_logger(GUARD):
            submission = self._send(self._invoice())
        self.assertEqual(submission.state, "deposited", submission.reason)
        listed = self.credentials["supplier"]["bank_accounts"]
        self.assertGreater(len(listed), 1)
        self.assertGreaterEqual(len(self.connection.bank_account_ids), len(listed) - 1)
        self.assertTrue(self.connection.bank_accounts_read_at)

    def test_connection_that_fails_does_not_keep_the_others(self):
        bad = self._create_connection(self.company, name="Bad")
        queue = type(self.env["chorus.pro.submission"])
        empty = queue._empty_queue

        def fails(rows, session, *args):
            if session.connection.id == bad.id:
                raise ZeroDivisionError
            return empty(rows, session, *args)

        first, second = self._invoice(), self._invoice()
        (first | second).with_user(self.accountant).action_chorus_pro_send()
        first.chorus_pro_submission_id.sudo().connection_id = bad
        with patch.object(queue, "_empty_queue", fails), mute_logger(GUARD):
            self._run_sender()
        self.assertEqual(second.chorus_pro_state, "deposited")
        self.assertTrue(bad.paused_until)
        self.assertFalse(self.connection.paused_until)

    def test_label_that_cannot_be_stored_is_said_without_what_is_bad_in_it(self):
        self.simulator.control.fault("duplicate_deposit", "soumettre")
        move = self._invoice()
        error = "odoo.addons.l10n_fr_chorus_pro.choruspro.errors.clean_label"
        with patch(error, lambda text, *_args: f"{text}{HALF_AN_EMOJI}"):
            submission = self._send(move)
        self.assertEqual(submission.state, "uncertain")
        self.assertTrue(submission.reason)
        self.assertTrue(submission.is_said_known)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestBadRowsOfFollowing(FollowCommon):
    def _failing(self, name, bad):
        """``name`` of the submissions raises for ``bad``."""
        model = type(bad)
        method, calls = getattr(model, name), []

        def fails(rows, *args):
            if bad in rows:
                calls.append(len(rows))
                raise ZeroDivisionError
            return method(rows, *args)

        return patch.object(model, name, fails), calls

    def test_half_a_character_is_followed_like_any_other_comment(self):
        (first, bad), (second, good) = self._deposited(), self._deposited()
        self._happen(first, "SUSPENDUE", comment=f"Pièce manquante {HALF_AN_EMOJI}\x00")
        self._happen(second, "MISE_EN_PAIEMENT")
        self._run_follower()
        self.assertEqual(bad.status_code, "SUSPENDUE")
        self.assertEqual(bad.reason, "Pièce manquante \ufffd\ufffd")
        self.assertEqual(good.status_code, "MISE_EN_PAIEMENT")
        self.assertFalse(self.connection.trouble or self.connection.following_trouble)

    def test_news_that_cannot_be_written_keep_neither_the_others_nor_the_cursor(self):
        (first, bad), (second, good) = self._deposited(), self._deposited()
        self._happen(first, "SUSPENDUE", comment="x")
        self._happen(second, "SUSPENDUE", comment="y")
        self.connection.sudo().followed_until -= timedelta(minutes=10)
        cursor = self.connection.followed_until
        failing, calls = self._failing("_take_summaries", bad)
        with failing, self.assertLogs(GUARD, "ERROR") as logged:
            self._run_follower()
        self.assertEqual(calls[-1], 1)
        self.assertIn(str(bad), logged.output[-1])
        self.assertEqual(good.status_code, "SUSPENDUE")
        self.assertGreater(self.connection.followed_until, cursor)
        self.assertFalse(self.connection.paused_until)

    def test_history_that_cannot_be_written_is_not_asked_for_at_each_run(self):
        (_first, bad), (_second, good) = self._deposited(), self._deposited()
        (bad | good).sudo().history_wanted = True
        failing, calls = self._failing("_take_history", bad)
        with failing, mute_logger(GUARD):
            self._run_follower()
            self._run_follower()
        self.assertEqual(len(calls), 1)
        self.assertFalse(bad.history_wanted or good.history_wanted)
        self.assertTrue(good.history_read_at)

    def test_error_of_following_puts_off_following_only(self):
        _move, _submission = self._deposited()
        connection = type(self.connection)
        with (
            patch.object(connection, "_follow_changes", side_effect=ZeroDivisionError) as failing,
            mute_logger(GUARD),
        ):
            self._run_follower()
            self._run_follower()
        self.assertEqual(failing.call_count, 1)
        self.assertTrue(self.connection.following_put_off_until)
        self.assertIn("while following", self.connection.following_trouble)
        self.assertFalse(self.connection.paused_until)
        self.assertFalse(self.connection.trouble)
        self.assertEqual(self._send(self._invoice()).state, "deposited")
        self.connection.sudo().following_put_off_until = fields.Datetime.now()
        self._run_follower()
        self.assertFalse(self.connection.following_trouble)
        self.assertFalse(self.connection.following_failures)

    def test_unreadable_search_puts_off_following_only(self):
        self._deposited()
        self.simulator.control.fault("truncated_json", "rechercher_fournisseur", 5)
        self._run_follower()
        self.assertTrue(self.connection.following_trouble)
        self.assertEqual(self._send(self._invoice()).state, "deposited")

    def test_platform_that_asks_to_wait_while_followed_is_left_alone_by_all(self):
        self._deposited()
        self.simulator.control.fault("rate_limited", "rechercher_fournisseur", retry_after=600)
        self._run_follower()
        self.assertTrue(self.connection.paused_until)
        self.assertFalse(self.connection.following_trouble)
        self.assertEqual(self._send(self._invoice()).state, "queued")

    def test_connection_that_fails_does_not_keep_the_others_from_being_followed(self):
        move, submission = self._deposited()
        other = self._create_connection(self.company, name="Other")
        _move, foreign = self._deposited()
        foreign.sudo().connection_id = other
        self._happen(move, "SUSPENDUE", comment="x")
        follow = type(other)._follow

        def fails(connection, session):
            if connection.id == other.id:
                raise ZeroDivisionError
            return follow(connection, session)

        with patch.object(type(other), "_follow", fails), mute_logger(GUARD):
            self._run_follower()
        self.assertEqual(submission.status_code, "SUSPENDUE")
        self.assertTrue(other.following_trouble)

    def test_activity_that_cannot_be_made_is_not_tried_at_each_run(self):
        (first, bad), (second, _good) = self._deposited(), self._deposited()
        model = type(bad)
        opens, calls = model._open_activity, []

        def fails(submission):
            if submission == bad:
                calls.append(submission)
                raise ZeroDivisionError
            return opens(submission)

        for move in (first, second):
            self._happen(move, "SUSPENDUE", comment="x")
        with patch.object(model, "_open_activity", fails), mute_logger(GUARD):
            self._run_follower()
            self._run_follower()
        self.assertEqual(len(calls), 1)
        self.assertTrue(second.activity_ids)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestBadRowsOfFiles(FlowCommon):
    def test_document_that_breaks_its_transaction_does_not_keep_the_others(self):
        moves = self._invoice() | self._invoice()
        render = type(moves)._chorus_pro_render

        def fails(move, document_format, invoice):
            if move == moves[0]:
                move.env.cr.execute("SELECT 1 / 0", log_exceptions=False)
            return render(move, document_format, invoice)

        with patch.object(type(moves), "_chorus_pro_render", fails), mute_logger(GUARD):
            rows = self._send(moves)
        self.assertEqual(rows.mapped("state"), ["queued", "deposited"])
        self.assertTrue(rows[0].reason)

    def test_file_that_fails_as_a_whole_is_tried_again_later(self):
        rows = type(self.env["chorus.pro.submission"])
        moves = self._invoice() | self._invoice()
        with (
            patch.object(rows, "_make_flow", side_effect=OSError("no room left")) as failing,
            mute_logger(GUARD),
        ):
            submissions = self._send(moves)
        self.assertEqual(failing.call_count, 1)
        self.assertEqual(set(submissions.mapped("state")), {"queued"})
        self.assertEqual(set(submissions.mapped("unfinished")), {0})
        self.assertTrue(all(submissions.mapped("reason")))
        self._make_due(submissions)
        self._run_sender()
        self.assertEqual(set(submissions.mapped("state")), {"deposited"})


@tagged("post_install_l10n", "post_install", "-at_install")
class TestObeying(ActionsCommon):
    def _limit(self, operation):
        self.simulator.control.clear_requests()
        self.simulator.control.fault("rate_limited", operation, retry_after=600)

    def _after(self, operation):
        """What was asked after the first request of this operation."""
        asked = [each["operation"] for each in self._requests()]
        return asked[asked.index(operation) + 1 :]

    def test_history_after_an_action(self):
        moves = [self._come_back("recycle"), self._come_back("recycle")]
        for move in moves:
            self._ask(move, "recycle")
        # The first history of an action is needed, the second is nice to have.
        read, calls = ChorusProClient.read_history, []

        def limited(client, invoice_id):
            calls.append(invoice_id)
            if len(calls) == 2:
                self._limit("consulter_historique")
            return read(client, invoice_id)

        with patch.object(ChorusProClient, "read_history", limited):
            self._run_sender()
        self.assertEqual(len(calls), 2)
        self.assertFalse(self._after("consulter_historique"))
        self.assertTrue(self.connection.paused_until)

    def test_engagement_number_of_an_invoice(self):
        move = self._invoice(purchase_order_reference="EJ-1")
        self.env["chorus.pro.commitment"].sudo().search([]).unlink()
        self._limit("engagements_rechercher")
        submission = self._send(move)
        self.assertEqual(submission.state, "queued")
        self.assertFalse(self._after("engagements_rechercher"))
        self.assertTrue(self.connection.paused_until)

    def test_engagement_number_that_was_typed(self):
        for number in ("EJ-1", "EJ-2"):
            self._invoice(purchase_order_reference=number, post=False)
        self._limit("engagements_rechercher")
        self._run_sender()
        self.assertFalse(self._after("engagements_rechercher"))
        self.assertTrue(self.connection.paused_until)

    def test_types_of_attachments(self):
        self.connection.attachment_types_read_at = False
        move = self._invoice()
        self._send(move)
        self.simulator.control.set_status(move.name, "SUSPENDUE", "x")
        self._limit("typespj")
        self._run_follower()
        self.assertFalse(self._after("typespj"))
        self.assertTrue(self.connection.paused_until)

    def test_bank_accounts(self):
        self.connection.bank_accounts_read_at = False
        moves = [self._come_back("recycle"), self._come_back("recycle")]
        for move in moves:
            self._ask(move, "recycle")
        self.connection.bank_accounts_read_at = False
        self._limit("coordbanc_valides")
        self._run_sender()
        self.assertFalse(self._after("coordbanc_valides"))
        self.assertTrue(self.connection.paused_until)

    def test_run_that_delivered_counts_as_a_first_failure(self):
        self.connection.sudo().failures = 4
        moves = self._invoice() | self._invoice()
        moves.with_user(self.accountant).action_chorus_pro_send()
        deposit, calls = ChorusProClient.deposit_pdf, []

        def flapping(client, message):
            calls.append(message)
            if len(calls) == 2:
                self.simulator.control.fault("bad_gateway", "deposer_pdf", 9)
            return deposit(client, message)

        with patch.object(ChorusProClient, "deposit_pdf", flapping):
            self._run_sender()
        self.assertEqual(len(calls), 2)
        self.assertEqual(len(self._at_chorus()), 1)
        self.assertEqual(self.connection.failures, 1)

    def test_run_that_delivered_nothing_counts_on(self):
        self.connection.sudo().failures = 4
        self.simulator.control.fault("bad_gateway", "structures_rechercher", 9)
        self.simulator.control.fault("bad_gateway", "deposer_pdf", 9)
        self._send(self._invoice())
        self.assertEqual(self.connection.failures, 5)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestObeyingFiles(FlowCommon):
    def test_report_as_pdf(self):
        flow = self._deposit(self._invoice())
        self.simulator.control.advance(240)
        self.simulator.control.fault("rate_limited", "consulter_cr", retry_after=600)
        self._ask(flow)
        self.assertEqual(flow.state, "integrated")
        self.assertFalse(flow.report_pdf)
        self.assertTrue(self.connection.paused_until)
