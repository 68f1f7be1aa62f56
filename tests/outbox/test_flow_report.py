# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The outcome of each invoice when its file's report says much, little, or nothing about it."""

from unittest.mock import patch

from odoo.tests import tagged

from ...choruspro.client import ChorusProClient
from ...choruspro.errors import DUPLICATE, RefusedError
from ...choruspro.messages import FlowReport, TechnicalError
from ...models.outbox.flow_report import LATE_POLLS
from ...models.outbox.sender import SendingSession
from ..common.chorus_pro import SERVICE
from ..common.flow import JUDGED, FlowCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestFlowReport(FlowCommon):
    def _good_and_bad(self):
        """Two invoices of which Chorus Pro takes the first, and refuses the second in its report:
        our own check was passed."""
        return self._invoice(), self._invoice(partner_id=self._create_customer(SERVICE).id)

    def _deposit_unchecked(self, moves):
        with patch.object(SendingSession, "recipient_problems", return_value=[]) as unchecked:
            flow = self._deposit(moves)
        self.assertTrue(unchecked.called)
        return flow

    def test_refusal_in_doubt_does_not_keep_the_file_open(self):
        good, bad = self._good_and_bad()
        self.simulator.control.fault("lost_answer", "deposer_flux", 1)
        flow = self._deposit_unchecked(good + bad)
        self.assertEqual(flow.state, "uncertain")
        self._judge(flow)
        self._ask(flow)
        self.assertEqual(flow.state, "partial", flow.reason)
        self.assertTrue(good.chorus_pro_invoice_id)
        self.assertEqual(bad.chorus_pro_state, "uncertain")
        row = bad.chorus_pro_submission_id
        self._make_due(row)
        self._run_sender()
        self.assertEqual(row.lookups, 1, "it is looked up by its number")

    def test_invoice_that_no_report_tells_of_is_in_the_end_looked_up(self):
        known, forgotten = self._invoice(), self._invoice()
        flow = self._deposit(known + forgotten)
        row = forgotten.chorus_pro_submission_id.sudo()
        row.name = "NOWHERE-1"
        self._judge(flow)
        self.assertEqual((flow.state, row.state), ("deposited", "deposited"))
        flow.sudo().polls = LATE_POLLS
        self._ask(flow)
        self.assertEqual((flow.state, row.state), ("integrated", "uncertain"))
        self.assertIn(flow.name, row.reason)
        self.assertTrue(known.chorus_pro_invoice_id)

    def test_flow_that_chorus_forgot_gives_its_invoices_back(self):
        move = self._invoice()
        flow = self._deposit(move)
        self._fresh_chorus()
        flow.sudo().polls = LATE_POLLS
        self._ask(flow)
        self.assertEqual(flow.state, "failed")
        self.assertEqual(move.chorus_pro_state, "uncertain")
        self.assertFalse(self._requests("deposer_flux"), "it is never sent again by itself")

    def test_what_does_not_exist_is_refused_and_what_exists_is_looked_up(self):
        for message, state in (
            ("Le service n'existe pas pour ce destinataire", "refused"),
            ("Le destinataire n’existe pas", "refused"),
            ("Une facture de ce numéro existe pour ce fournisseur", "uncertain"),
            ("Le numéro de facture existe déjà pour ce fournisseur.", "uncertain"),
            ("Facture en doublon", "uncertain"),
            (
                "Vous avez déjà déposé une demande de paiement avec ce numéro de facture pour cette"
                " structure",
                "uncertain",
            ),
            ("Le service exécutant existe mais est inactif", "refused"),
            ("L'engagement juridique est déjà soldé", "refused"),
        ):
            with self.subTest(message=message):
                move = self._invoice()
                self._deposit(move).submission_ids.sudo()._refused_by_report((message,))
                self.assertEqual(move.chorus_pro_state, state)

    def _report(self, flow, state, *errors, technical=None):
        """Have the report of this flow read: Chorus Pro complains about these (number, text)."""
        answer = {
            "etatCourantDepotFlux": state,
            "listeErreurDP": [
                {"numeroDP": number, "libelleErreurDP": text} for number, text in errors
            ],
            "listeErreurTechnique": technical,
        }
        report = FlowReport.from_json(answer, flow_number=flow.name)
        with patch.object(ChorusProClient, "read_flow_report", return_value=report) as read:
            self._ask(flow)
        self.assertEqual(read.call_count, 1)

    def test_reason_without_a_usable_number_belongs_to_the_only_invoice(self):
        wrong = "Le champ (BuyerReference.value) doit etre alphanumerique"
        for state in ("IN_REJETE", "IN_INTEGRE_PARTIEL"):
            for number in (None, "", "?", "INV-2026-00001", "000042"):
                with self.subTest(state=state, number=number):
                    move = self._invoice()
                    flow = self._deposit(move)
                    self._report(flow, state, (number, wrong))
                    self.assertEqual(move.chorus_pro_state, "refused")
                    self.assertIn(wrong, move.chorus_pro_reason)
                    self.assertNotEqual(flow.state, "deposited")

    def test_number_spelt_otherwise_is_still_that_of_its_invoice(self):
        moves = self._invoice() + self._invoice() + self._invoice()
        flow = self._deposit(moves)
        first, second, third = moves
        self._report(
            flow, "IN_REJETE",
            (first.name.replace("/", "-").lower(), "Le premier"), (second.name, "Le second"))
        self.assertEqual((first + second).mapped("chorus_pro_state"), ["refused", "refused"])
        self.assertIn("Le premier", first.chorus_pro_reason)
        self.assertIn("Le second", second.chorus_pro_reason)
        row = third.chorus_pro_submission_id
        self.assertEqual((row.state, row.travels_alone), ("queued", False))

    def test_rejection_that_names_one_and_another_not_sends_the_others_alone(self):
        moves = self._invoice() + self._invoice() + self._invoice()
        flow = self._deposit(moves)
        self._report(flow, "IN_REJETE", (moves[0].name, "Le premier"), (None, "Un autre"))
        self.assertEqual(moves[0].chorus_pro_state, "refused")
        rows = moves[1:].chorus_pro_submission_id
        self.assertEqual(set(rows.mapped("state")), {"queued"})
        self.assertTrue(all(rows.mapped("travels_alone")))

    def test_reason_without_a_number_belongs_to_the_invoice_that_is_not_there(self):
        moves = self._invoice() + self._invoice()
        flow = self._deposit(moves)
        self.simulator.control.advance(JUDGED)
        absent = moves[1].chorus_pro_submission_id.sudo()
        # Chorus Pro finds another number in its place.
        absent.name = "NOWHERE-1"
        self._report(flow, "IN_INTEGRE_PARTIEL", (None, "Le compte est faux"))
        self.assertTrue(moves[0].chorus_pro_invoice_id)
        self.assertEqual((absent.state, flow.state), ("refused", "partial"))
        self.assertIn("Le compte est faux", absent.reason)

    def test_reason_that_may_be_of_several_is_known_within_the_hour(self):
        wrong = "Le compte est faux"
        moves = self._invoice() + self._invoice()
        flow = self._deposit(moves)
        self._report(flow, "IN_INTEGRE_PARTIEL", (None, wrong))
        rows = moves.chorus_pro_submission_id
        self.assertEqual((flow.state, *rows.mapped("state")), ("partial", *["uncertain"] * 2))
        self.assertIn(wrong, rows[0].reason)
        self._age(rows, minutes=31)
        self._make_due(rows)
        self._run_sender()
        self.assertEqual(set(rows.mapped("state")), {"queued"})
        self._make_due(rows)
        self._run_sender()
        first, second = rows.flow_id
        self.assertEqual((first.invoice_count, second.invoice_count), (1, 1))
        self._report(first, "IN_REJETE", (None, wrong))
        self.assertEqual(sorted(rows.mapped("state")), ["deposited", "refused"])

    def test_remedy_of_a_reason_goes_with_it(self):
        move = self._invoice()
        self._deposit(move).submission_ids.sudo()._refused_by_report(
            ("L'engagement juridique (balise : BuyerReference.value) est obligatoire.",))
        self.assertIn("requires a service code", move.chorus_pro_reason)

    def test_file_refused_after_a_lost_answer_is_looked_up(self):
        self.simulator.control.fault("lost_answer", "deposer_flux", 1)
        move = self._invoice()
        flow = self._deposit(move)
        self._age(flow, hours=25)
        self._ask(flow)
        self.assertEqual(flow.state, "queued", "not there, for its file is not judged yet")
        refusal = RefusedError(DUPLICATE)
        with patch.object(ChorusProClient, "deposit_flow", side_effect=refusal) as again:
            self._ask(flow)
        self.assertTrue(again.called)
        self.assertEqual((flow.state, move.chorus_pro_state), ("rejected", "uncertain"))
        self.simulator.control.advance(JUDGED)
        self._make_due(move.chorus_pro_submission_id)
        self._run_sender()
        self.assertTrue(move.chorus_pro_invoice_id, move.chorus_pro_reason)

    def test_reason_of_a_refusal_in_doubt_is_kept_for_the_person_who_decides(self):
        good, bad = self._good_and_bad()
        self.simulator.control.fault("lost_answer", "deposer_flux", 1)
        flow = self._deposit_unchecked(good + bad)
        self._judge(flow)
        self._ask(flow)
        row = bad.chorus_pro_submission_id
        reason = row.reason
        self.assertIn("BuyerReference", reason)
        for _look_up in range(2):
            self._make_due(row)
            self._run_sender()
            self.assertEqual(row.reason, reason)
        for _look_up in range(2):
            self._age(row, minutes=31)
            row.with_user(self.accountant).action_refresh()
            self._end_pause()
            self._run_sender()
            self.assertTrue(row.needs_decision)
            self.assertIn(reason, row.reason)
            self.assertEqual(row.reason.count("portal"), 1)

    def test_last_invoice_of_an_archive_is_not_refused_for_another_one(self):
        adopted, waiting = self._invoice(), self._invoice()
        flow = self._deposit(adopted + waiting).sudo()
        adopted.chorus_pro_submission_id.sudo().chorus_invoice_id = "1"
        report = FlowReport(
            flow_number=flow.name,
            state="IN_REJETE",
            state_date=None,
            deposit_date=None,
            file_name="",
            technical_errors=(TechnicalError(code="ERR_XSD_001", label="illisible", nature=""),),
            invoice_errors=(),
        )
        flow._take_rejection(report)
        row = waiting.chorus_pro_submission_id
        self.assertEqual((row.state, row.travels_alone, flow.state), ("queued", True, "rejected"))

    def test_invoice_in_doubt_is_looked_up_while_others_wait_for_their_report(self):
        flow = self._deposit(self._invoice() + self._invoice())
        row = flow.submission_ids[0].sudo()
        row._doubt_known("It exists already.", delay=0)
        self._run_sender()
        self.assertEqual(flow.state, "deposited")
        self.assertEqual(row.lookups, 1)
