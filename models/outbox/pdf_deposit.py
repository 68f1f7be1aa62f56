# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import logging
import re
from dataclasses import replace
from functools import partial

from odoo import models
from odoo.exceptions import UserError

from ...choruspro.checks import blocking, check_pdf, check_submission
from ...choruspro.errors import DUPLICATE, FILE_UNKNOWN, ChorusProError, RefusedError
from ...choruspro.messages import PdfDeposit
from ..access.odoo_fields import content_of
from ..rules.rule_book import problem_sentences
from .outbox import digest

_logger = logging.getLogger(__name__)


class ChorusProSubmission(models.Model):
    """One deposit in the PDF format: the PDF is uploaded, then the invoice is made from it."""

    _inherit = "chorus.pro.submission"

    def _send(self, session):
        """Deposit one queued invoice, or make it ready for the file that will carry it; then write
        down the outcome, whichever it is."""
        if not self._begin_attempt():
            return
        steps = self._send_steps if self.document_format == "pdf" else self._prepare
        if outcome := self._attempt(session, self._unfit, self._obstacle, steps):
            self._write_down(outcome)

    def _attempt(self, session, *steps):
        """Do these steps until one gives an outcome.

        :param steps: methods that take the session and give a function, or None to go on
        :return: function that writes the outcome, or None when someone changed the row
        """
        try:
            for step in steps:
                if outcome := step(session):
                    return outcome
        except ChorusProError as error:
            return self._outcome_of_error(session, error)
        except UserError as error:
            # The invoice is not fit to be sent; nothing left.
            return partial(self._refuse, str(error))
        return None

    def _unfit(self, session):
        """Function that writes why nothing can be sent now, or this invoice not at all; or None."""
        if not session.supplier_id:
            return self._stop_session(session, self._unknown_supplier(session))
        if not self._is_unchanged():
            return partial(self._refuse, self._changed_reason())
        return None

    def _obstacle(self, _session):
        """Have the PDF archived, which may take seconds.

        :return: function that writes why the invoice cannot be sent now, or None
        """
        try:
            self._archived_pdf()
        except UserError as error:
            # Not the invoice's fault (a report that fails, a program that is missing).
            return partial(self._try_later, str(error))
        return None

    def _send_steps(self, session):
        """Check, upload the PDF, create the invoice.

        :return: function that writes the outcome, or None when someone changed the row
        :raises ChorusProError: what the client says
        :raises UserError: the invoice cannot be turned into a message
        """
        if outcome := self._missing_service(session):
            return outcome
        pdf = self._archived_pdf()
        message, problems = self._checked_message(session, pdf)
        if stopping := blocking(problems):
            return partial(self._refuse, problem_sentences(self.env, stopping))
        files = self.move_id._chorus_pro_supporting_documents(taken=self._pdf_name())
        self.write(self._declared(message))
        try:
            return self._submit_steps(session, message, pdf, files)
        except RefusedError as error:
            if error.code != FILE_UNKNOWN:
                raise
            # Uploaded long ago, it is gone, and so may be the others. Nothing was created.
            self.write({"attachment_id_at_chorus": False, "uploads": False})
            return self._submit_steps(session, message, pdf, files)

    def _missing_service(self, session):
        """Function that writes that the connection names a service of ours that is not open; or
        None."""
        if not session.connection.supplier_service_code or session.supplier_service_id:
            return None
        return self._stop_session(
            session,
            self.env._(
                "Your structure has no open service %(service)s at Chorus Pro. Correct the "
                "supplier's service of the connection “%(connection)s”.",
                service=session.connection.supplier_service_code,
                connection=session.connection.name,
            ),
        )

    def _declared(self, message):
        """The values by which what was sent is known again at Chorus Pro."""
        return {
            "recipient_siret": message.recipient_siret,
            "sent_date": message.invoice_date,
            "sent_total": float(message.totals.total),
        }

    def _submit_steps(self, session, message, pdf, files):
        """Upload what is not there yet, create the invoice.

        :return: function that writes the outcome, or None when someone changed the row
        :raises ChorusProError: what the client says
        """
        if not self._uploaded(session, pdf, files):
            return None
        if not self._begin_step(step="submit"):
            return None
        receipt = session.client.submit_invoice(
            replace(
                message, main_attachment_id=self.attachment_id_at_chorus,
                attachments=self._uploaded_references(files),
            )
        )
        return partial(self._deposited, session, receipt)

    def _checked_message(self, session, pdf):
        """(the message or None, the problems found before anything leaves)."""
        problems = [*check_pdf(None if pdf is None else len(pdf), (pdf or b"")[:1024])]
        if problems:
            return None, problems
        message = self.move_id._chorus_pro_submission_message(session)
        problems += check_submission(message, currencies=session.currencies(message.currency))
        if not blocking(problems):
            problems += session.recipient_problems(
                message.recipient_siret, service_code=message.service_code,
                engagement_number=message.engagement_number, on=message.invoice_date,
                checks_order=self.move_id._chorus_pro_checks_order(session.connection),
            )
        return message, problems

    def _uploaded(self, session, pdf, files):
        """Have the PDF and the attachments at Chorus Pro; what is there already is not sent again.

        :param files: iterable of :class:`SupportingDocument`
        :return: False when someone changed the row meanwhile
        """
        sha256 = digest(pdf)
        if self.sha256 != sha256:
            self.write({"sha256": sha256, "size": len(pdf), "attachment_id_at_chorus": False})
        self.archived_sha256 = sha256
        if not self.attachment_id_at_chorus:
            if not self._begin_step(step="upload"):
                return False
            deposit = PdfDeposit(content=pdf, file_name=self._pdf_name())
            self.attachment_id_at_chorus = session.client.deposit_pdf(deposit).attachment_id
        return self._upload_missing(session, files)

    def _pdf_name(self):
        return re.sub(r"[^A-Za-z0-9_+-]", "-", self.name) + ".pdf"

    def _is_unchanged(self):
        """Whether the invoice is still the one that was queued."""
        return not self.move_id._chorus_pro_obstacle() and self.move_id.name == self.name

    def _changed_reason(self):
        return self.env._("The invoice was changed after it was queued. Send it again.")

    def _deposited(self, session, receipt):
        self._deposit(receipt.invoice_id, receipt.status or "DEPOSEE", None, receipt.deposit_date)
        session.note_success()
        _logger.info("Invoice %s is at Chorus Pro under id %s", self.name, receipt.invoice_id)

    def _refused(self, code, sentence):
        self._doubt_refusal(sentence, code == DUPLICATE)

    def _archived_pdf(self):
        """Bytes of the invoice's archived PDF, made now by Odoo's own pipeline when missing.

        :return: None when there is still no PDF
        :raises UserError: the PDF cannot be made
        """
        move = self.move_id
        if not move.invoice_pdf_report_id:
            move._chorus_pro_archive_pdf(self.author_id)
        attachment = move.invoice_pdf_report_id
        return content_of(attachment) if attachment else None
