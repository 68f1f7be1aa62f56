# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import hashlib
import logging
import re
from dataclasses import replace
from functools import partial

from odoo import fields, models
from odoo.exceptions import UserError

from ...choruspro.checks import blocking, check_pdf, check_submission
from ...choruspro.errors import DUPLICATE, ChorusProError
from ...choruspro.messages import AttachmentReference, FileUpload, PdfDeposit
from ..rules.rule_book import problem_sentences

_logger = logging.getLogger(__name__)

# Type of an attachment at Chorus Pro (recuperer/typespj): "divers", whatever it is.
ATTACHMENT_TYPE = "DIVERS"


class ChorusProSubmission(models.Model):
    """One deposit in the PDF format: the PDF is uploaded, then the invoice is made from it."""

    _inherit = "chorus.pro.submission"

    def _send(self, session):
        """Deposit one queued invoice, or make it ready for the file that will carry it; then write
        down the outcome, whichever it is."""
        if not self._begin_attempt():
            return
        steps = self._send_steps if self.document_format == "pdf" else self._prepare
        try:
            outcome = steps(session)
        except ChorusProError as error:
            outcome = self._outcome_of_error(session, error)
        except UserError as error:
            # The invoice is not fit to be sent; nothing left.
            outcome = partial(self._refuse, str(error))
        if outcome:
            self._write_down(outcome)

    def _send_steps(self, session):
        """Check, upload the PDF, create the invoice.

        :return: function that writes the outcome, or None when someone changed the row
        :raises ChorusProError: what the client says
        :raises UserError: the invoice cannot be turned into a message
        """
        if not session.supplier_id:
            return self._stop_for_unknown_supplier(session)
        if session.connection.supplier_service_code and not session.supplier_service_id:
            return self._stop_session(session, self._unknown_service(session))
        if not self._is_unchanged():
            return partial(self._refuse, self._changed_reason())
        try:
            pdf = self._archived_pdf()
        except UserError as error:
            # Not the invoice's fault (a report that fails, a program that is missing).
            return partial(self._try_later, str(error))
        message, problems = self._checked_message(session, pdf)
        if stopping := blocking(problems):
            return partial(self._refuse, problem_sentences(self.env, stopping))
        files = self.move_id._chorus_pro_supporting_documents(taken=self._pdf_name())
        if not self._uploaded(session, pdf, files):
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
            replace(
                message,
                main_attachment_id=self.attachment_id_at_chorus,
                attachments=tuple(
                    AttachmentReference(
                        attachment_id=self.uploads[_digest(file.content)],
                        label=file.name,
                        type_code=ATTACHMENT_TYPE,
                    )
                    for file in files
                ),
            )
        )
        return partial(self._deposited, session, receipt)

    def _unknown_service(self, session):
        return self.env._(
            "Your structure has no open service %(service)s at Chorus Pro. Correct the supplier's "
            "service of the connection “%(connection)s”.",
            service=session.connection.supplier_service_code,
            connection=session.connection.name,
        )

    def _checked_message(self, session, pdf):
        """(the message or None, the problems found before anything leaves)."""
        problems = [*check_pdf(None if pdf is None else len(pdf), (pdf or b"")[:1024])]
        if problems:
            return None, problems
        message = self.move_id._chorus_pro_submission_message(session)
        problems += check_submission(
            message, currencies=session.currencies(message.currency)
        )
        if not blocking(problems):
            problems += session.recipient_problems(
                message.recipient_siret,
                service_code=message.service_code,
                engagement_number=message.engagement_number,
                on=message.invoice_date,
            )
        return message, problems

    def _uploaded(self, session, pdf, files):
        """Have the PDF and the attachments at Chorus Pro; what is there already is not sent again.

        :param files: iterable of :class:`SupportingDocument`
        :return: False when someone changed the row meanwhile
        """
        digest = _digest(pdf)
        if self.sha256 != digest:
            self.write({"sha256": digest, "size": len(pdf), "attachment_id_at_chorus": False})
        self.archived_sha256 = digest
        known = self.uploads or {}
        missing = {_digest(file.content): file for file in files}
        missing = {key: file for key, file in missing.items() if key not in known}
        if self.attachment_id_at_chorus and not missing:
            return True
        self._start("upload")
        if not self._commit_and_relock():
            return False
        if not self.attachment_id_at_chorus:
            deposit = PdfDeposit(content=pdf, file_name=self._pdf_name())
            self.attachment_id_at_chorus = session.client.deposit_pdf(deposit).attachment_id
        for key, file in missing.items():
            upload = FileUpload(
                content=file.content, file_name=file.name, mime_type=file.mime_type
            )
            receipt = session.client.add_file(upload)
            # A new dictionary: what is changed inside the old one is not seen as a change.
            self.uploads = {**(self.uploads or {}), key: receipt.attachment_id}
        return True

    def _pdf_name(self):
        return re.sub(r"[^A-Za-z0-9_+-]", "-", self.name) + ".pdf"

    def _is_unchanged(self):
        """Whether the invoice is still the one that was queued."""
        return self.move_id._chorus_pro_is_eligible() and self.move_id.name == self.name

    def _changed_reason(self):
        return self.env._("The invoice was changed after it was queued. Send it again.")

    def _deposited(self, session, receipt):
        self._deposit(
            receipt.invoice_id,
            receipt.status or "DEPOSEE",
            fields.Datetime.now(),
            receipt.deposit_date,
        )
        session.note_success()
        _logger.info("Invoice %s is at Chorus Pro under id %s", self.name, receipt.invoice_id)

    def _refused(self, code, sentence):
        """A definite no. But a used number may be this very invoice, above all after an attempt
        without answer: then it is looked up."""
        if code == DUPLICATE or self.was_uncertain:
            self._doubt_known(sentence, delay=0)
        else:
            self._refuse(sentence)

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


def _digest(content):
    return hashlib.sha256(content).hexdigest()
