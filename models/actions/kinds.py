# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What each kind of action says to Chorus Pro, how it is known to be done, and what it leaves."""

import hashlib
from collections import Counter

from odoo import fields, models

from ...choruspro.messages import (
    AttachmentReference,
    FileUpload,
    InvoiceCompletion,
    InvoiceRecycling,
    ValidatorCorrection,
)
from .attachment_type import DEFAULT_TYPE

COMPLETED = "COMPLETEE"


class ChorusProAction(models.Model):
    _inherit = "chorus.pro.action"

    # ------------------------------------------------------------------
    # Where it stands
    # ------------------------------------------------------------------

    def _standing(self, session):
        """``done``; ``open``: the status still allows it; ``changed``: neither.

        What was read on the way is written on the submission.
        """
        if self.kind == "retrieve":
            return "open"
        submission = self.submission_id
        history = session.client.read_history(submission.chorus_invoice_id)
        submission._take_history(history)
        counts = Counter(event.code for event in history.events)
        if self.was_uncertain and self._is_done(session, counts):
            return "done"
        if not self.history_before:
            self.history_before = dict(counts)
        return "open" if self.kind in submission._status_actions() else "changed"

    def _is_done(self, session, counts):
        """Whether Chorus Pro has done it, after an attempt without answer.

        :param counts: how often the invoice has had each status by now
        """
        before = self.history_before or {}
        if self.kind == "complete":
            return counts[COMPLETED] > before.get(COMPLETED, 0)
        details = session.client.read_invoice(self.submission_id.chorus_invoice_id)
        if self.kind == "acknowledge":
            return details.rejection_acknowledged
        if self.kind == "correct_validator":
            return details.validator_identifier == self.validator_siret
        asked = [
            (self.recipient_siret, details.recipient_identifier),
            (self.service_code, details.service_code),
            (self.engagement_number, details.engagement_number),
            (self.contract_number, details.contract_number),
        ]
        is_new = sum(counts.values()) > sum(before.values())
        return is_new and all(not wanted or wanted == found for wanted, found in asked)

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    def _uploaded(self, session):
        """Have the files at Chorus Pro; what is there already is not sent again.

        :return: False when someone changed the row meanwhile
        """
        for file in self._documents():
            key = _digest(file)
            if key in (self.uploads or {}):
                continue
            self._start("upload")
            if not self._commit_and_relock():
                return False
            receipt = session.client.add_file(
                FileUpload(
                    content=file.content, file_name=file.name, mime_type=file.mime_type
                )
            )
            # A new dictionary: what is changed inside the old one is not seen as a change.
            self.uploads = {**(self.uploads or {}), key: receipt.attachment_id}
        return True

    def _documents(self):
        """The files as a tuple of :class:`SupportingDocument`."""
        return self.move_id._chorus_pro_documents(self.attachment_ids)

    def _ask(self, session):
        """Ask Chorus Pro to do it; gives what :meth:`_finish` needs of the answer.

        :raises ChorusProError: what the client says
        :raises MessageError: it cannot be said
        """
        client, invoice_id = session.client, self.submission_id.chorus_invoice_id
        if self.kind == "retrieve":
            return client.download_invoice(invoice_id)
        if self.kind == "acknowledge":
            client.acknowledge_rejection(invoice_id)
        elif self.kind == "correct_validator":
            client.correct_validator(
                ValidatorCorrection(invoice_id=invoice_id, validator_siret=self.validator_siret)
            )
        elif self.kind == "complete":
            client.complete_invoice(
                InvoiceCompletion(
                    invoice_id=invoice_id,
                    attachments=tuple(
                        AttachmentReference(
                            attachment_id=self.uploads[_digest(file)],
                            label=file.name,
                            type_code=self.attachment_type or DEFAULT_TYPE,
                        )
                        for file in self._documents()
                    ),
                    comment=self.comment or None,
                )
            )
        else:
            client.recycle_invoice(
                InvoiceRecycling(
                    invoice_id=invoice_id,
                    recipient_siret=self.recipient_siret or None,
                    service_code=self.service_code or None,
                    engagement_number=self.engagement_number or None,
                    contract_number=self.contract_number or None,
                    comment=self.comment or None,
                )
            )
        return None

    # ------------------------------------------------------------------
    # Done
    # ------------------------------------------------------------------

    def _finish(self, result=None):
        """It is done: what it changes here, and the news of it."""
        self.write(
            {
                "state": "done",
                "step": False,
                "reason": False,
                "refusal": False,
                "next_try": False,
                "done_at": fields.Datetime.now(),
            }
        )
        files = self.attachment_ids
        if self.kind == "retrieve":
            files = self._keep_pdf(result)
        else:
            self.submission_id.history_wanted = True
        if self.kind == "acknowledge":
            self.submission_id.write(
                {
                    "rejection_acknowledged": True,
                    "handled_status": self.submission_id.status_code,
                }
            )
        if declared := self._declared():
            if self.recipient_siret:
                self.submission_id.recipient_siret = self.recipient_siret
            self.move_id.write(declared)
        self._tell_invoice(files=files)

    def _declared(self):
        """What Chorus Pro has by this action, as values of the invoice."""
        if self.kind == "correct_validator":
            return {"chorus_pro_validator_id": self.validator_id.id}
        if self.kind != "recycle":
            return {}
        values = {
            "purchase_order_reference": self.engagement_number,
            "contract_reference": self.contract_number,
        }
        values = {name: value for name, value in values.items() if value}
        if self.recipient_siret:
            # It comes with its service, or with none.
            values["buyer_reference"] = self.service_code or False
        return values

    def _keep_pdf(self, content):
        """Keep what Chorus Pro gave among the files of the invoice, once however often asked."""
        move = self.move_id
        files = self.env["ir.attachment"]
        checksum = files._compute_checksum(content)
        known = files.search(
            [
                ("res_model", "=", move._name),
                ("res_id", "=", move.id),
                ("res_field", "=", False),
                ("checksum", "=", checksum),
            ],
            limit=1,
        )
        return known or files.create(
            {
                "name": f"Chorus Pro {self.submission_id._pdf_name()}",
                "raw": content,
                "mimetype": "application/pdf",
                "res_model": move._name,
                "res_id": move.id,
            }
        )


def _digest(file):
    return hashlib.sha256(file.content).hexdigest()
