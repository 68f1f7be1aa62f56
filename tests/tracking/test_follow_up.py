# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Who hears of what comes back: activities, the daily digest, reminders that pause."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged

from ...choruspro import operations
from ...choruspro.errors import RefusedError
from ...choruspro.lifecycle import INVOICE_STATUSES, invoice_status
from ...models.rules.advice import (
    BY_CODE,
    REASON_ADVICE,
    REFUSAL_ADVICE,
    STATUS_ADVICE,
    TABLES,
    WORDING_ADVICE,
    refusal_advice,
    status_advice,
)
from ...models.tracking.activities import ACTIVITY_TYPE
from ..common.follow import FollowCommon

# XP Z12-012 V1.4, rule BR-FR-CDV-CL-09
SUSPENSION_REASONS = {
    "JUSTIF_ABS", "COORD_BANC_ERR", "CMD_ERR", "SIRET_ERR", "CODE_ROUTAGE_ERR", "REF_CT_ABSENT",
    "REF_ERR",
}
COMMENT = "<b>Bon</b> de livraison & PV <script>alert(1)</script>"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestFollowUp(FollowCommon):
    def _activities(self, move):
        kind = self.env.ref(ACTIVITY_TYPE)
        return move.activity_ids.filtered(lambda activity: activity.activity_type_id == kind)

    def _suspended(self, comment="Bon de livraison manquant"):
        move, submission = self._deposited()
        self._happen(move, "MISE_A_DISPOSITION")
        self._happen(move, "SUSPENDUE", comment=comment)
        self._run_follower()
        return move, submission

    def test_who_sent_a_suspended_invoice_gets_one_activity(self):
        move, _submission = self._suspended()
        activity = self._activities(move)
        self.assertEqual(activity.user_id, self.accountant)
        self.assertIn("Bon de livraison manquant", activity.note)
        self.assertIn("complete the invoice", activity.note)
        self._run_follower()
        self.assertEqual(self._activities(move), activity)

    def test_activity_goes_away_by_itself_when_it_is_resolved(self):
        move, submission = self._suspended()
        self._happen(move, "COMPLETEE")
        self._run_follower()
        self.assertFalse(self._activities(move))
        self.assertFalse(submission.told_about)
        self.assertIn("Nothing more is expected", move.message_ids[0].body)

    def test_another_need_makes_another_activity(self):
        move, _submission = self._suspended()
        self._happen(move, "A_RECYCLER")
        self._run_follower()
        self.assertIn("To Recycle", self._activities(move).summary)

    def test_activity_that_a_person_has_done_does_not_come_back(self):
        move, _submission = self._suspended()
        self._activities(move).with_user(self.accountant).action_feedback("Vu")
        self._run_follower()
        self.assertFalse(self._activities(move))

    def test_markup_of_the_recipient_is_plain_text_in_the_activity(self):
        move, _submission = self._suspended(COMMENT)
        note = self._activities(move).note
        self.assertNotIn("<script>", note)
        self.assertIn("&lt;b&gt;Bon&lt;/b&gt;", note)

    def test_responsible_of_the_connection_comes_first(self):
        self.connection.sudo().responsible_id = self.administrator
        move, _submission = self._suspended()
        self.assertEqual(self._activities(move).user_id, self.administrator)

    def test_activity_is_in_the_language_of_the_responsible(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.accountant.lang = "fr_FR"
        move, submission = self._suspended()
        label = dict(
            submission.with_context(lang="fr_FR")
            ._fields["needed_action"]
            ._description_selection(submission.with_context(lang="fr_FR").env)
        )["complete"]
        self.assertIn(label, self._activities(move).summary)

    def test_refusal_at_deposit_is_told_too(self):
        move = self._invoice()
        self.simulator.control.fault("duplicate_deposit", "soumettre", 1)
        submission = self._send(move)
        submission.sudo()._refuse("Wrong")
        self._run_follower()
        self.assertIn("Refused at Deposit", self._activities(move).summary)

    def test_every_status_that_waits_for_us_has_an_advice(self):
        waiting = {status.code for status in INVOICE_STATUSES if status.needs_action}
        advised = {code for advice in STATUS_ADVICE for code in advice.codes}
        self.assertEqual(waiting, advised)
        advices = [advice for table in TABLES for advice in table]
        self.assertEqual(len(BY_CODE), sum(len(advice.codes) for advice in advices))
        for advice in advices:
            self.assertTrue(str(advice.cause).endswith("."))
            self.assertTrue(str(advice.remedy).endswith("."))

    def test_each_reason_of_a_suspension_has_an_advice_of_its_own(self):
        suspended = status_advice("deposited", "SUSPENDUE")
        advices = {
            code: status_advice("deposited", "SUSPENDUE", f"Motif : {code}. Voir le bon 12.")
            for code in SUSPENSION_REASONS
        }
        codes = {advice.codes for advice in (*advices.values(), suspended)}
        self.assertEqual(len(codes), len(SUSPENSION_REASONS) + 1)
        english = self.env(context={"lang": "en_US"})._
        self.assertIn("missing document", english(advices["JUSTIF_ABS"].remedy))
        self.assertIn("RIB", english(advices["COORD_BANC_ERR"].remedy))
        for comment in ("", None, "justif_abs", "Le RIB est faux", "XJUSTIF_ABS", "DOUBLON"):
            self.assertEqual(status_advice("deposited", "SUSPENDUE", comment), suspended, comment)
        self.assertIn(
            "do not send a new invoice",
            english(status_advice("deposited", "REJETEE", "DOUBLON").remedy))
        refused = status_advice("refused", False)
        self.assertEqual(status_advice("refused", "SUSPENDUE", "JUSTIF_ABS"), refused)
        known = {reason for advice in REASON_ADVICE for _status, reason in advice.codes}
        self.assertLessEqual(SUSPENSION_REASONS, known)

    def test_advice_of_a_suspension_fits_its_reason_wherever_it_is_shown(self):
        move, _submission = self._suspended("COORD_BANC_ERR")
        mine = move.with_user(self.accountant)
        self.assertIn("RIB", mine.chorus_pro_remedy)
        self.assertIn("bank details", mine.chorus_pro_cause)
        self.assertIn("RIB", self._activities(move).note)
        dialog = self.env["chorus.pro.completion"].with_user(self.accountant).create(
            {"move_id": move.id})
        self.assertEqual(dialog.remedy, mine.chorus_pro_remedy)
        self._happen(move, "COMPLETEE")
        self._happen(move, "SUSPENDUE", comment="Le bon de livraison manque")
        self._run_follower()
        self.assertNotIn("RIB", mine.chorus_pro_remedy)

    def test_words_of_a_refusal_have_an_advice_where_an_invoice_is_deposited(self):
        label = "Le code service est inconnu ou inactif pour la structure destinataire."
        submit, complete = (
            refusal_advice(RefusedError("refused", operation=operation, label=label))
            for operation in ("soumettre", "completer")
        )
        self.assertIn(submit, WORDING_ADVICE)
        self.assertEqual(submit.codes, ("service_unknown",))
        self.assertIsNone(complete)

    def test_return_codes_are_those_of_known_operations(self):
        keys = {operation.key for operation in operations.OPERATIONS}
        for advice in REFUSAL_ADVICE:
            self.assertLessEqual({operation for operation, _code in advice.codes}, keys)

    def test_same_return_code_has_another_advice_for_another_operation(self):
        errors = [
            RefusedError("refused", operation=operation, return_code=20001)
            for operation in ("completer", "deposer_flux", "rechercher_fournisseur")
        ]
        right, size, unknown = map(refusal_advice, errors)
        self.assertEqual(right.codes, (("completer", 20001),))
        self.assertEqual(size.codes, (("deposer_flux", 20001),))
        self.assertIsNone(unknown)

    def test_digest_goes_only_to_those_named_and_only_when_something_waits(self):
        self.accountant.email = "accountant@example.com"
        before = self.env["mail.mail"].search([])
        self.env["res.company"]._cron_chorus_pro_digest()
        self.company.chorus_pro_digest_user_ids = self.accountant
        self.env["res.company"]._cron_chorus_pro_digest()
        self.assertEqual(self.env["mail.mail"].search([]), before)
        move, _submission = self._suspended(COMMENT)
        self.env["res.company"]._cron_chorus_pro_digest()
        mail = self.env["mail.mail"].search([]) - before
        mail = mail.filtered(lambda mail: mail.email_to and "accountant@" in mail.email_to)
        self.assertEqual(len(mail), 1)
        self.assertIn(move.name, mail.body_html)
        self.assertIn("Suspended", mail.body_html)
        self.assertEqual(mail.subject, "Chorus Pro: 1 invoice to handle")
        # Each is a link; blocks, not columns, are read on a phone.
        self.assertIn(f"/odoo/action-l10n_fr_chorus_pro.action_to_do/{move.id}", mail.body_html)
        self.assertNotIn("<table", mail.body_html)
        self.assertNotIn("<script>", mail.body_html)

    def test_digest_tells_nothing_of_another_company(self):
        self._suspended()
        france = self.env.ref("base.fr")
        other = self.env["res.company"].create({"name": "Other", "country_id": france.id})
        self.accountant.email = "accountant@example.com"
        self.accountant.company_ids = [Command.link(other.id)]
        other.chorus_pro_digest_user_ids = self.accountant
        before = self.env["mail.mail"].search([])
        self.env["res.company"]._cron_chorus_pro_digest()
        self.assertEqual(self.env["mail.mail"].search([]), before)

    def test_reminders_pause_from_the_order_to_pay_and_resume_if_it_is_undone(self):
        self.company.chorus_pro_pause_dunning = True
        move, submission = self._deposited()
        self._happen(move, "MISE_A_DISPOSITION")
        self._run_follower()
        self.assertFalse(move.no_followup)
        self._happen(move, "MANDATEE")
        self._run_follower()
        self.assertTrue(move.no_followup)
        self.assertTrue(move.chorus_pro_is_mandated)
        self._happen(move, "SUSPENDUE", comment="Erreur")
        self._run_follower()
        self.assertFalse(move.no_followup)
        self.assertFalse(submission.dunning_paused)

    def test_reminders_do_not_pause_without_the_option(self):
        move, _submission = self._deposited()
        self._happen(move, "MISE_A_DISPOSITION", "MANDATEE")
        self._run_follower()
        self.assertFalse(move.no_followup)
        self.assertTrue(move.chorus_pro_is_mandated)

    def test_no_status_change_writes_on_the_invoice(self):
        """Odoo recomputes its stored summary by itself; nobody calls ``write`` on it."""
        move, submission = self._deposited()
        written = []
        write = type(move).write

        def watched(records, values):
            written.append(values)
            return write(records, values)

        with patch.object(type(move), "write", watched):
            for code in ("EN_COURS_ACHEMINEMENT", "MISE_A_DISPOSITION", "SUSPENDUE", "COMPLETEE",
                         "MISE_A_DISPOSITION", "MANDATEE", "MISE_EN_PAIEMENT"):
                self._happen(move, code, comment="motif")
                self._run_follower()
                self.assertEqual(move.chorus_pro_state, invoice_status(code).name)
        self.assertEqual(written, [])
        self.assertEqual(submission.status_code, "MISE_EN_PAIEMENT")

    def test_late_following_is_said_on_the_invoice_and_on_the_cards(self):
        move, submission = self._deposited()
        invoice = move.with_user(self.accountant)
        late = fields.Datetime.now() - timedelta(hours=30)
        self.connection.sudo().followed_until = late
        self.assertFalse(invoice.chorus_pro_late_since, "it was deposited just now")
        self.assertFalse(invoice.chorus_pro_late_following())
        submission.sudo().status_date = late - timedelta(hours=1)
        self.assertEqual(invoice.chorus_pro_late_since, late)
        self.assertEqual(invoice.chorus_pro_late_following(), late)
