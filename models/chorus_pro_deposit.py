# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import hashlib
import logging
import re
from dataclasses import replace
from functools import partial

from psycopg2.errors import SerializationFailure

from odoo import fields, models
from odoo.exceptions import UserError

from ..choruspro.checks import check_pdf, check_submission
from ..choruspro.errors import (
    DUPLICATE,
    ChorusProError,
    ConfigurationError,
    CredentialsError,
    Delivery,
    RefusedError,
    UnknownOutcomeError,
)
from ..choruspro.messages import PdfDeposit
from .chorus_pro_sender import STOPPED_RETRY_SECONDS
from .chorus_pro_sentence import error_sentence, problem_sentences

_logger = logging.getLogger(__name__)

WRITE_TRIES = 5


class ChorusProSubmission(models.Model):
    """One deposit in the PDF format: the PDF is uploaded, then the invoice is made from it."""

    _inherit = "chorus.pro.submission"

    def _send(self, session):
        """Deposit one queued invoice, then write down the outcome, whichever it is."""
        self.attempts += 1
        try:
            outcome = self._send_steps(session)
        except ChorusProError as error:
            outcome = self._outcome_of_error(session, error)
        except UserError as error:
            # The invoice is not fit to be sent; nothing left.
            outcome = partial(self._refuse, str(error))
        if outcome:
            self._write_down(outcome)

    def _outcome_of_error(self, session, error):
        """Function that writes what an error means for this row."""
        sentence = error_sentence(self.env, error)
        session.stop_if_useless(error, sentence)
        if isinstance(error, UnknownOutcomeError):
            said_yes = error.delivery == Delivery.YES
            return partial(self._doubt_known if said_yes else self._doubt, sentence)
        if isinstance(error, (CredentialsError, ConfigurationError)):
            return partial(self._stop_connection, session, sentence)
        if isinstance(error, RefusedError):
            return partial(self._refused, error.code, sentence)
        return partial(self._try_later, sentence, error.retry_after)

    def _write_down(self, outcome):
        """Write what Chorus Pro answered and commit it, also when someone edits the invoice.

        The summary on the invoice is written with the row: a user's concurrent change makes that
        fail, but the answer must not be lost, so it is written again on fresh values. (A row that
        never left has nothing to lose: the next run finds the same again.)
        """
        claim = self._claim()
        for _attempt in range(WRITE_TRIES):
            try:
                outcome()
                self._commit()
                return
            except SerializationFailure:
                self.env.cr.rollback()
                if not self._lock(claim):
                    return

    def _send_steps(self, session):
        """Check, upload the PDF, create the invoice.

        :return: function that writes the outcome, or None when someone changed the row
        :raises ChorusProError: what the client says
        :raises UserError: the invoice cannot be turned into a message
        """
        if not session.supplier_id:
            return partial(self._stop_connection, session, self._unknown_supplier(session))
        move = self.move_id
        if not move._chorus_pro_is_eligible() or move.name != self.name:
            return partial(
                self._refuse,
                self.env._("The invoice was changed after it was queued. Send it again."),
            )
        try:
            pdf = self._archived_pdf()
        except UserError as error:
            # Not the invoice's fault (a report that fails, a program that is missing).
            return partial(self._try_later, str(error))
        message, problems = self._checked_message(session, pdf)
        if blocking := [problem for problem in problems if problem.blocking]:
            return partial(self._refuse, problem_sentences(self.env, blocking))
        if not self._uploaded(session, pdf):
            return None
        self.write(
            {
                "recipient_siret": message.recipient_siret,
                "sent_date": message.invoice_date,
                "sent_total": float(message.totals.total),
            }
        )
        self._start("submit")
        if not self._commit_and_relock():
            return None
        receipt = session.client.submit_invoice(
            replace(message, main_attachment_id=self.attachment_id_at_chorus)
        )
        return partial(self._deposited, session, receipt)

    def _checked_message(self, session, pdf):
        """(the message or None, the problems found before anything leaves)."""
        problems = [*check_pdf(None if pdf is None else len(pdf), (pdf or b"")[:1024])]
        if problems:
            return None, problems
        message = self.move_id._chorus_pro_submission_message(session)
        problems += check_submission(message, strict_luhn=self.environment == "production")
        if not any(problem.blocking for problem in problems):
            problems += session.recipient_problems(message)
        return message, problems

    def _uploaded(self, session, pdf):
        """Have the PDF at Chorus Pro; one that is there already is not sent again.

        :return: False when someone changed the row meanwhile
        """
        digest = hashlib.sha256(pdf).hexdigest()
        if self.attachment_id_at_chorus and self.sha256 == digest:
            return True
        self.write({"sha256": digest, "size": len(pdf), "attachment_id_at_chorus": False})
        self._start("upload")
        if not self._commit_and_relock():
            return False
        name = re.sub(r"[^A-Za-z0-9_+-]", "-", self.name)
        deposit = PdfDeposit(content=pdf, file_name=f"{name}.pdf")
        self.attachment_id_at_chorus = session.client.deposit_pdf(deposit).attachment_id
        return True

    def _deposited(self, session, receipt):
        self._deposit(
            receipt.invoice_id,
            receipt.status or "DEPOSEE",
            fields.Datetime.now(),
            receipt.deposit_date,
        )
        if session.connection.trouble:
            session.connection.trouble = False
        _logger.info("Invoice %s is at Chorus Pro under id %s", self.name, receipt.invoice_id)

    def _refused(self, code, sentence):
        """A definite no. But a used number may be this very invoice, above all after an attempt
        without answer: then it is looked up."""
        if code == DUPLICATE or self.was_uncertain:
            self._doubt_known(sentence, delay=0)
        else:
            self._refuse(sentence)

    def _stop_connection(self, session, sentence):
        session.connection.trouble = sentence
        session.stopped_by = sentence, STOPPED_RETRY_SECONDS
        self._try_later(sentence, STOPPED_RETRY_SECONDS)

    def _unknown_supplier(self, session):
        return self.env._(
            "Chorus Pro does not know your SIRET %s, or the technical account is not attached to "
            "your structure.",
            session.connection.supplier_siret,
        )

    def _archived_pdf(self):
        """Bytes of the invoice's archived PDF, made now by Odoo's own pipeline when missing.

        :return: None when there is still no PDF
        :raises UserError: the PDF cannot be made
        """
        move = self.move_id
        if not move.invoice_pdf_report_id:
            move._chorus_pro_archive_pdf(self.author_id)
        attachment = move.invoice_pdf_report_id
        return (attachment.raw or b"") if attachment else None
