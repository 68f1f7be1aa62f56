# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Following when Chorus Pro says strange things, and how often it is asked."""

from datetime import datetime, timedelta, timezone

from odoo import fields
from odoo.tests import tagged

from ...choruspro.messages import InvoiceHistory, InvoiceSummary
from ..common.follow import FollowCommon

MARKUP = "<script>alert('Pièce & bon')</script>\n<b>manquants</b> "


@tagged("post_install_l10n", "post_install", "-at_install")
class TestFollowNews(FollowCommon):
    def _summary(self, submission, **changes):
        """What a search tells of this invoice."""
        return InvoiceSummary.from_json(
            {
                "identifiantFactureCPP": int(submission.chorus_invoice_id or 0) or 8_600_000_777,
                "numeroFacture": submission.name,
                "statut": "MISE_A_DISPOSITION",
                "dateHeureEtatCourant": "2026-11-20T09:14:02+01:00",
                "dateFacture": str(submission.sent_date),
                "codeDestinataire": submission.recipient_siret,
                "montantTTC": str(submission.sent_total),
                **changes,
            }
        )

    def _history(self, submission, *events, current=None):
        return InvoiceHistory.from_json(
            {
                "idFacture": submission.chorus_invoice_id,
                "statutCourantCode": current or events[-1][0],
                "historiquesDesStatuts": {
                    "histoStatut": [
                        {"histoStatutId": n, "histoStatutCode": code, "histoStatutDatePassage": day}
                        for n, (code, day) in enumerate(events)
                    ]
                },
            }
        )

    def test_invoice_without_id_is_matched_by_its_number_however_it_is_spelled(self):
        move, submission = self._deposited()
        identifier = submission.chorus_invoice_id
        submission.sudo().write({"chorus_invoice_id": False, "status_code": False})
        spelled = submission.name.replace("/", "-").lower()
        summary = self._summary(
            submission, identifiantFactureCPP=int(identifier), numeroFacture=spelled
        )
        submission.sudo()._take_summaries([summary])
        self.assertEqual(submission.chorus_invoice_id, identifier)
        self.assertEqual(move.chorus_pro_state, "made_available")
        self.assertTrue(submission.history_wanted)

    def test_same_number_with_another_total_is_not_taken(self):
        _move, submission = self._deposited()
        submission.sudo().chorus_invoice_id = False
        submission.sudo()._take_summaries([self._summary(submission, montantTTC="1")])
        self.assertFalse(submission.chorus_invoice_id)

    def test_invoice_known_twice_keeps_its_own_status_and_says_so(self):
        move, submission = self._deposited()
        twin = self._summary(submission, identifiantFactureCPP=9_999_999_999, statut="REJETEE")
        submission.sudo()._take_summaries([twin, self._summary(submission)])
        submission.sudo()._take_summaries([twin])
        self.assertEqual(move.chorus_pro_state, "made_available")
        self.assertEqual(submission.other_chorus_ids, "9999999999")

    def test_id_beyond_32_bits_is_kept_as_it_is(self):
        _move, submission = self._deposited()
        submission.sudo().chorus_invoice_id = "9223372036854775807"
        summary = self._summary(submission, identifiantFactureCPP=9223372036854775807)
        submission.sudo()._take_summaries([summary])
        self.assertEqual(submission.status_code, "MISE_A_DISPOSITION")

    def test_long_comment_with_markup_is_kept_whole_and_is_found(self):
        move, submission = self._deposited()
        comment = (MARKUP * 200)[:10_000].strip()
        submission.sudo()._take_summaries(
            [self._summary(submission, statut="SUSPENDUE", commentaireEtatCourant=comment)]
        )
        self.assertEqual(move.chorus_pro_reason, comment)
        invoices = self.env["account.move"].with_user(self.accountant)
        self.assertEqual(invoices.search([("chorus_pro_reason", "ilike", "manquants")]), move)

    def test_search_that_finds_nothing_by_an_error_code_is_no_trouble(self):
        self._deposited()
        self.simulator.control.switch(empty_search=20000)
        # Before anything happened.
        self.connection.sudo().followed_until = fields.Datetime.now() - timedelta(days=300)
        self.connection.sudo().fully_followed_at = fields.Datetime.now()
        self.simulator.control.advance(20 * 86400)
        self._run_follower()
        self.assertFalse(self.connection.trouble)

    def test_smaller_pages_are_asked_for_when_large_ones_are_refused(self):
        move, _submission = self._deposited()
        self.simulator.control.switch(largest_page=100, larger_page="refused")
        self._happen(move, "EN_COURS_ACHEMINEMENT")
        self._run_follower()
        self.assertEqual(move.chorus_pro_state, "in_transit")
        self.assertFalse(self.connection.trouble)

    def test_date_without_a_time_is_the_same_event(self):
        _move, submission = self._deposited()
        submission.sudo()._take_summaries([self._summary(submission)])
        before = submission.status_ids
        history = self._history(submission, ("MISE_A_DISPOSITION", "2026-11-20"))
        submission.sudo()._take_history(history)
        self.assertEqual(submission.status_ids, before)
        self.assertEqual(submission.status_date, datetime(2026, 11, 20, 8, 14, 2))

    def test_date_with_an_offset_is_stored_in_utc(self):
        _move, submission = self._deposited()
        date = "2026-11-20T23:30:00-05:00"
        submission.sudo()._take_summaries([self._summary(submission, dateHeureEtatCourant=date)])
        self.assertEqual(submission.status_date, datetime(2026, 11, 21, 4, 30))

    def test_event_without_a_date_is_passed_over(self):
        _move, submission = self._deposited()
        events = len(submission.status_ids)
        submission.sudo()._take_summaries([self._summary(submission, dateHeureEtatCourant=None)])
        self.assertEqual(len(submission.status_ids), events)
        self.assertNotEqual(submission.status_code, "MISE_A_DISPOSITION")

    def test_order_to_pay_told_after_the_payment_is_current_and_payment_stays(self):
        move, submission = self._deposited()
        self._happen(move, "MISE_A_DISPOSITION", "MISE_EN_PAIEMENT")
        self._run_follower()
        paid = submission.payment_date
        self.assertTrue(paid)
        self._happen(move, "MANDATEE")
        self._run_follower()
        self.assertEqual(move.chorus_pro_state, "mandated")
        self.assertEqual(submission.payment_date, paid)
        self.assertFalse(submission.is_followed)

    def test_rejection_acknowledged_on_the_portal_waits_for_nobody(self):
        move, submission = self._deposited()
        rejected = {"statut": "REJETEE", "commentaireEtatCourant": "Doublon"}
        submission.sudo()._take_summaries([self._summary(submission, **rejected)])
        self.assertTrue(move.chorus_pro_needs_action)
        acknowledged = self._summary(submission, **rejected, rejetTraite=True)
        submission.sudo()._take_summaries([acknowledged])
        self.assertFalse(move.chorus_pro_needs_action)
        self.assertEqual(move.chorus_pro_state, "rejected")

    def test_history_tells_since_when_the_recipient_has_it(self):
        _move, submission = self._deposited()
        events = [
            ("DEPOSEE", "2026-11-01 10:00"),
            ("MISE_A_DISPOSITION", "2026-11-02 10:00"),
            ("SUSPENDUE", "2026-11-05 10:00"),
            ("MISE_A_DISPOSITION", "2026-11-07 10:00"),
        ]
        submission.sudo()._take_history(self._history(submission, *events))
        self.assertEqual(submission.available_date, datetime(2026, 11, 2, 9, 0))
        self.assertEqual(submission.status_date, datetime(2026, 11, 7, 9, 0))

    def test_nothing_is_asked_before_the_most_impatient_invoice_is_due(self):
        _move, submission = self._deposited()
        self._happen(_move, "MISE_A_DISPOSITION")
        self._run_follower()
        searches = len(self._requests("rechercher_fournisseur"))
        follow = self.env.ref("l10n_fr_chorus_pro.ir_cron_follow")
        self._run(follow)
        self.assertEqual(len(self._requests("rechercher_fournisseur")), searches)
        self.connection.sudo().followed_until -= timedelta(hours=4, minutes=1)
        self._run(follow)
        self.assertEqual(len(self._requests("rechercher_fournisseur")), searches + 1)

    def test_what_was_just_deposited_is_asked_for_within_minutes(self):
        self._deposited()
        triggers = self.env["ir.cron.trigger"].sudo().search(
            [("cron_id", "=", self.env.ref("l10n_fr_chorus_pro.ir_cron_follow").id)]
        )
        soon = fields.Datetime.now() + timedelta(minutes=6)
        self.assertTrue(triggers.filtered(lambda trigger: trigger.call_at <= soon))

    def test_opening_an_invoice_brings_its_history_once(self):
        move, submission = self._deposited()
        submission.sudo().history_read_at = False
        invoice = move.with_user(self.accountant)
        invoice.chorus_pro_note_opened()
        self.assertTrue(submission.history_wanted)
        self._run_follower()
        self.assertFalse(submission.history_wanted)
        invoice.chorus_pro_note_opened()
        self.assertFalse(submission.history_wanted)

    def test_opening_another_companys_invoice_does_nothing(self):
        move, submission = self._deposited()
        submission.sudo().history_read_at = False
        stranger = self.env["res.users"].create({"name": "Stranger", "login": "stranger"})
        move.with_user(stranger).chorus_pro_note_opened()
        self.assertFalse(submission.history_wanted)

    def test_every_open_invoice_is_looked_at_once_a_night(self):
        _move, submission = self._deposited()
        submission.sudo().status_date = fields.Datetime.now() - timedelta(days=40)
        self.connection.sudo().fully_followed_at = fields.Datetime.now() - timedelta(hours=21)
        self._run_follower()
        [search] = self._requests("rechercher_fournisseur")[-1:]
        since = datetime.fromisoformat(search["body"]["periodeDateHeureEtatCourantDu"])
        self.assertLess(since, datetime.now(timezone.utc) - timedelta(days=40))
