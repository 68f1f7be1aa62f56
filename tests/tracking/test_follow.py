# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import contextlib
import math
from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from psycopg2.errors import DeadlockDetected, UniqueViolation

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...choruspro.messages import StatusEvent
from ...models.tracking import poll as chorus_pro_follower
from ..common.follow import FollowCommon

WALK = [
    "EN_COURS_ACHEMINEMENT",
    "MISE_A_DISPOSITION",
    "SERVICE_FAIT",
    "MANDATEE",
    "MISE_A_DISPOSITION_COMPTABLE",
    "COMPTABILISEE",
    "MISE_EN_PAIEMENT",
]


@tagged("post_install_l10n", "post_install", "-at_install")
class TestFollow(FollowCommon):
    def test_whole_life_is_recorded_from_deposit_to_payment(self):
        move, submission = self._deposited()
        for code in WALK:
            self._happen(move, code)
            self._run_follower()
        self.assertEqual(move.chorus_pro_state, "payment_issued")
        self.assertFalse(submission.is_followed)
        self.assertEqual(sorted(submission.status_ids.mapped("code")), sorted(["DEPOSEE", *WALK]))

    def test_statuses_passed_between_two_looks_are_filled_in_at_the_end(self):
        move, submission = self._deposited()
        self._happen(move, *WALK)
        self._run_follower()
        self.assertEqual(sorted(submission.status_ids.mapped("code")), sorted(["DEPOSEE", *WALK]))

    def test_status_has_the_date_it_has_at_chorus_in_utc(self):
        move, submission = self._deposited()
        self._happen(move, "EN_COURS_ACHEMINEMENT")
        self._run_follower()
        [at_chorus] = self._at_chorus(move.name)
        expected = fields.Datetime.to_datetime(at_chorus["status_date"][:19].replace("T", " "))
        offset = timedelta(hours=int(at_chorus["status_date"][-6:-3]))
        self.assertEqual(move.chorus_pro_status_date, expected - offset)
        self.assertEqual(submission.status_code, "EN_COURS_ACHEMINEMENT")

    def test_suspension_brings_the_reason_and_asks_for_action(self):
        move, submission = self._deposited()
        self._happen(move, "EN_COURS_ACHEMINEMENT", "MISE_A_DISPOSITION")
        self._happen(move, "SUSPENDUE", comment="Bon de livraison manquant")
        self._run_follower()
        self.assertEqual(move.chorus_pro_state, "suspended")
        self.assertEqual(move.chorus_pro_reason, "Bon de livraison manquant")
        self.assertTrue(move.chorus_pro_needs_action)
        self.assertIn("MISE_A_DISPOSITION", submission.status_ids.mapped("code"))
        event = submission.status_ids.filtered(lambda e: e.code == "SUSPENDUE")
        self.assertEqual(event.comment, "Bon de livraison manquant")
        self.assertTrue(submission.is_followed)

    def test_rejection_ends_following_and_keeps_the_number(self):
        move, submission = self._deposited()
        self._happen(move, "EN_COURS_ACHEMINEMENT", "MISE_A_DISPOSITION")
        self._happen(move, "REJETEE", comment="Montant erroné")
        self._run_follower()
        self.assertEqual(move.chorus_pro_state, "rejected")
        self.assertFalse(submission.is_followed)
        self.assertFalse(move.chorus_pro_can_send)

    def test_unknown_status_is_shown_raw_and_followed(self):
        move, submission = self._deposited()
        self._happen(move, "EN_COURS_ACHEMINEMENT")
        self.simulator.control.fault("unknown_status", "rechercher_fournisseur", 1)
        self._run_follower()
        self.assertEqual(submission.status_code, "NOUVEAU_STATUT_2027")
        self.assertEqual(move.chorus_pro_state, "unknown")
        self.assertTrue(submission.is_followed)
        self.assertIn("NOUVEAU_STATUT_2027", submission.status_ids.mapped("display_name"))

    def test_status_going_back_is_believed(self):
        move, _submission = self._deposited()
        self._happen(move, "EN_COURS_ACHEMINEMENT", "MISE_A_DISPOSITION", "SERVICE_FAIT")
        self._run_follower()
        self.assertEqual(move.chorus_pro_state, "service_done")
        self.simulator.control.fault("status_going_back", "rechercher_fournisseur", 1)
        self._run_follower()
        self.assertEqual(move.chorus_pro_state, "made_available")

    def test_missing_page_moves_no_cursor_and_is_read_next_time(self):
        submissions = self._many(chorus_pro_follower.PAGE_SIZE + 5)
        cursor = self.connection.followed_until
        self.simulator.control.fault("missing_page", "rechercher_fournisseur", 1)
        self._run_follower()
        self.assertEqual(self.connection.followed_until, cursor)
        self.assertTrue(self.connection.following_trouble)
        self._end_pause()
        self._run_follower()
        self.assertEqual(set(submissions.mapped("status_code")), {"MISE_A_DISPOSITION"})
        self.assertFalse(self.connection.following_trouble)

    def test_platform_down_keeps_the_place_and_raises_nothing(self):
        self._deposited()
        cursor = self.connection.followed_until
        for fault in ("connection_refused_like", "maintenance_page"):
            with self.subTest(fault=fault):
                self._end_pause()
                self.simulator.control.fault(fault, "rechercher_fournisseur", 10)
                self._run_follower()
                self.assertEqual(self.connection.followed_until, cursor)
                self.assertTrue(self.connection.trouble)
        self._fresh_chorus()
        self.env["chorus.pro.token"].sudo().search([]).unlink()
        self._run_follower()
        self.assertFalse(self.connection.trouble)

    def test_refresh_reads_the_history_of_this_invoice(self):
        move, submission = self._deposited()
        self.assertFalse(submission.history_wanted)
        self._happen(move, "EN_COURS_ACHEMINEMENT", "MISE_A_DISPOSITION")
        move.with_user(self.accountant).action_chorus_pro_refresh()
        self.assertTrue(submission.history_wanted)
        self._run_follower()
        self.assertEqual(move.chorus_pro_state, "made_available")
        self.assertEqual(len(submission.status_ids), 3)

    def test_same_news_twice_changes_nothing(self):
        move, submission = self._deposited()
        self._happen(move, "EN_COURS_ACHEMINEMENT")
        self._run_follower()
        before = submission.status_ids
        submission.sudo().history_wanted = True
        self._run_follower()
        self._run_follower()
        self.assertEqual(submission.status_ids, before)

    def _record(self, submission, *events):
        """Record events (id, code, seconds); the codes of the statuses, the first one first."""
        start = datetime(2026, 11, 2, 9, 14, tzinfo=timezone.utc)
        self.env["chorus.pro.status"].sudo()._record([
            (submission.id, StatusEvent(
                event_id=event_id, code=code, date=start + timedelta(seconds=seconds), comment="",
                author=""))
            for event_id, code, seconds in events
        ])
        rows = submission.status_ids.filtered(lambda row: row.date.date() == start.date())
        return rows.sorted("id").mapped("code")

    def test_equal_statuses_of_one_minute_are_told_apart_by_their_id(self):
        _move, submission = self._deposited()
        history = [("1", "DEPOSEE", 0), ("2", "EN_COURS", 0), ("3", "EN_COURS", 0)]
        expected = ["DEPOSEE", "EN_COURS", "EN_COURS"]
        for _reading in range(2):
            self.assertEqual(self._record(submission, *history), expected)

    def test_status_that_a_search_gave_takes_the_id_of_the_history(self):
        _move, submission = self._deposited()
        expected = ["EN_COURS"]
        self.assertEqual(self._record(submission, ("", "EN_COURS", 41)), expected)
        self.assertEqual(self._record(submission, ("7", "EN_COURS", 0)), expected)
        self.assertEqual(self._record(submission, ("", "EN_COURS", 41)), expected)
        expected *= 2
        both = ("7", "EN_COURS", 0), ("8", "EN_COURS", 0)
        self.assertEqual(self._record(submission, *both), expected)
        self.assertEqual(self._record(submission, ("", "EN_COURS", 41), *both), expected)
        ids = submission.status_ids.filtered(lambda row: row.code == "EN_COURS")
        self.assertEqual(sorted(ids.mapped("event_id")), ["7", "8"])

    def test_id_that_two_statuses_share_tells_nothing(self):
        _move, submission = self._deposited()
        events = [("5", "DEPOSEE", 0), ("5", "EN_COURS", 60), ("5", "MANDATEE", 120)]
        for _reading in range(2):
            self.assertEqual(
                self._record(submission, *events), ["DEPOSEE", "EN_COURS", "MANDATEE"])

    @mute_logger("odoo.sql_db")
    def test_database_keeps_each_status_once(self):
        _move, submission = self._deposited()
        status = self.env["chorus.pro.status"].sudo()
        values = {
            "submission_id": submission.id, "code": "EN_COURS", "date": "2026-11-02 09:14:00"}
        status.create([values, values | {"event_id": "1"}, values | {"event_id": "2"}])
        for again in (values, values | {"event_id": "2", "code": "MANDATEE"}):
            with self.assertRaises(UniqueViolation), self.cr.savepoint():
                status.create(again)

    def test_replaced_connection_still_follows_what_went_by_it(self):
        move, _submission = self._deposited()
        self.connection.in_use = False
        self._happen(move, "EN_COURS_ACHEMINEMENT")
        self._run_follower()
        self.assertEqual(move.chorus_pro_state, "in_transit")

    def test_refused_history_does_not_keep_the_others_waiting(self):
        _move, first = self._deposited()
        move, second = self._deposited()
        first.sudo().write({"chorus_invoice_id": "1", "history_wanted": True})
        self._happen(move, "EN_COURS_ACHEMINEMENT")
        second.sudo().history_wanted = True
        with mute_logger("odoo.addons.l10n_fr_chorus_pro.models.tracking.poll"):
            self._run_follower()
        self.assertFalse(first.history_wanted)
        self.assertFalse(second.history_wanted)
        self.assertIn("EN_COURS_ACHEMINEMENT", second.status_ids.mapped("code"))

    def test_history_that_cannot_be_read_does_not_keep_the_others_waiting(self):
        _move, first = self._deposited()
        _move, second = self._deposited()
        (first | second).sudo().history_wanted = True
        # A query that cannot be read is asked twice.
        self.simulator.control.fault("truncated_json", "consulter_historique", 2)
        with mute_logger("odoo.addons.l10n_fr_chorus_pro.models.tracking.poll"):
            self._run_follower()
        self.assertFalse((first | second).filtered("history_wanted"))
        self.assertFalse(self.connection.trouble)

    def test_deadlock_with_someone_who_edits_is_tried_again(self):
        move, submission = self._deposited()
        take = type(submission)._take_summaries
        tries = []

        def in_a_deadlock(rows, summaries):
            tries.append(rows)
            if len(tries) == 1:
                raise DeadlockDetected
            take(rows, summaries)

        self._happen(move, "EN_COURS_ACHEMINEMENT")
        with patch.object(type(submission), "_take_summaries", in_a_deadlock):
            self._run_follower()
        self.assertEqual(len(tries), 2)
        self.assertEqual(move.chorus_pro_state, "in_transit")
        self.assertFalse(self.connection.trouble)

    def test_comment_that_cannot_be_stored_is_kept_with_a_mark_in_its_place(self):
        for bad in ("\x00", "\ud83d"):
            with self.subTest(bad=bad):
                move, _submission = self._deposited()
                self._happen(move, "EN_COURS_ACHEMINEMENT", "MISE_A_DISPOSITION")
                self._happen(move, "SUSPENDUE", comment=f"Pièce{bad} manquante")
                self._run_follower()
                self.assertEqual(move.chorus_pro_reason, "Pièce\ufffd manquante")
                self.assertFalse(self.connection.trouble)

    def test_nothing_at_chorus_asks_nothing(self):
        self._run_follower()
        self.assertFalse(self._requests())

    def test_paid_invoices_leave_the_poll_after_a_month(self):
        move, submission = self._deposited()
        self._happen(move, *WALK)
        self._run_follower()
        self.assertFalse(submission.is_followed)
        submission.sudo().status_date -= timedelta(days=31)
        asked = len(self._requests())
        self._run_follower()
        self.assertEqual(len(self._requests()), asked)

    def test_three_hundred_changes_cost_one_token_and_a_search_a_page(self):
        submissions = self._many(300)
        self._run_follower()
        self.assertEqual(set(submissions.mapped("status_code")), {"MISE_A_DISPOSITION"})
        self.assertEqual(len(self._requests("token")), 1)
        searches = self._requests("rechercher_fournisseur")
        self.assertLessEqual(len(searches), 1 + math.ceil(300 / chorus_pro_follower.PAGE_SIZE))

    def test_sync_costs_no_statement_per_invoice(self):
        submissions = self._many(300)
        self._run_follower()
        connection = self.connection.sudo()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            follower = self.env(cr=cr, user=self.env.ref("base.user_root"))[connection._name]
            follower = follower.browse(connection.id)
            with self._client_of(follower) as session:
                rows = follower.env["chorus.pro.submission"].browse(submissions.ids)
                # Read in three pages, each written before the next is read.
                for changed, most in ((0, 6 + 3 * 5), (300, 60)):
                    with self.subTest(changed=changed):
                        if changed:
                            rows.write({"status_code": "DEPOSEE"})
                            rows.status_ids.unlink()
                        follower.followed_until -= timedelta(hours=3)
                        rows.env.flush_all()
                        rows.env.invalidate_all()
                        before = cr.sql_log_count
                        follower._follow_changes(session, follower._cadence())
                        follower.env.flush_all()
                        self.assertLessEqual(cr.sql_log_count - before, most)
                        self.assertEqual(set(rows.mapped("status_code")), {"MISE_A_DISPOSITION"})
                        self.assertEqual(len(rows.status_ids), 300)

    @contextlib.contextmanager
    def _client_of(self, connection):
        client = connection._client()
        session = chorus_pro_follower.ChorusProSession(connection, client)
        # What does not depend on the number of invoices is asked before counting.
        self.assertTrue(session.supplier_id)
        client.vat_rates()
        with client:
            yield session

    def test_wish_for_news_made_during_a_search_is_not_forgotten(self):
        self._send(self._invoice())
        later = fields.Datetime.add(fields.Datetime.now(), seconds=5)
        read_changes = chorus_pro_follower.read_changes

        def slow_search(*args, **options):
            yield from read_changes(*args, **options)
            self.connection.follow_wanted_at = later

        with patch.object(chorus_pro_follower, "read_changes", side_effect=slow_search) as search:
            self._run_follower()
        search.assert_called_once()
        self.assertEqual(self.connection.follow_wanted_at, later)
        self._run_follower()
        self.assertFalse(self.connection.follow_wanted_at)

    def test_rows_moving_between_pages_are_all_seen_at_the_same_cost(self):
        submissions = self._many(300)
        self.simulator.control.switch(moving_rows=7)
        self._run_follower()
        searches = self._requests("rechercher_fournisseur")
        self.assertLessEqual(len(searches), 1 + math.ceil(300 / chorus_pro_follower.PAGE_SIZE))
        self.assertEqual(len(self._requests("token")), 1)
        self.simulator.control.switch(moving_rows=0)
        # What left the window while it was read is in the next one.
        self._run_follower()
        by_number = {i["number"]: i["status"] for i in self._at_chorus()}
        for submission in submissions:
            self.assertEqual(submission.status_code, by_number[submission.name])
