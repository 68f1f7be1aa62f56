# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from collections import Counter

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import LazyTranslate, plaintext2html

from ...choruspro.messages import InvoiceCompletion, InvoiceRecycling, ValidatorCorrection
from ..outbox.outbox import ATTACHMENT_TYPE
from ..outbox.sender import BATCH
from ..session.row_guard import LOST_RACES, guarded_row

COMPLETED = "COMPLETEE"

_lt = LazyTranslate(__name__)

# What is said of an action that was carried out, after the number of its invoice.
DONE = {
    "complete": _lt("completed at Chorus Pro"),
    "recycle": _lt("recycled at Chorus Pro"),
    "acknowledge": _lt("rejection acknowledged at Chorus Pro"),
    "correct_validator": _lt("validator corrected at Chorus Pro"),
    "retrieve": _lt("PDF retrieved from Chorus Pro"),
}


class ChorusProAction(models.Model):
    """How a job brings actions to their end: what each kind asks of Chorus Pro, how it is known to
    be done, and what it leaves."""

    _inherit = "chorus.pro.action"

    _advisory_class = 0x43505241

    def _read_news(self, session):
        """The status has changed, or is not what it was thought to be: show it at once. What
        cannot be read now is left to the job that follows invoices."""
        submission = self.submission_id
        if not submission.history_wanted or session.stopped_by:
            return
        with guarded_row(self.env, submission, put_off=submission._drop_history, races=LOST_RACES):
            history = None
            with session.forgoing(f"the history of {submission.name}"):
                history = session.client.read_history(submission.chorus_invoice_id)
            if history:
                submission._take_history(history)
            else:
                submission.connection_id._chorus_pro_dispatch("follow")
            self._commit()

    def _tell_invoice(self, reason=False, files=()):
        """Note on the invoice what became of this."""
        lines = [self._outcome_title(), reason, self.comment]
        self.move_id.message_post(
            body=plaintext2html("\n".join(filter(None, lines))),
            author_id=self.author_id.partner_id.id, attachment_ids=[file.id for file in files],
        )

    def _done_text(self):
        return self.env._(DONE[self.kind])

    def _outcome_title(self):
        """What the history of the invoice says of this, as a title."""
        if self.state == "done":
            return self._outcome_line()
        return self.env._(
            "Chorus Pro: %(action)s – %(state)s", action=self._label("kind"),
            state=self._label("state"))

    def _situation(self, session):
        # What was read on the way is written on the submission.
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

    def _documents(self):
        return self.move_id._chorus_pro_documents(self.attachment_ids)

    def _ask(self, session):
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
                    attachments=self._uploaded_references(
                        self._documents(), self.attachment_type or ATTACHMENT_TYPE
                    ),
                    comment=self.comment or None,
                )
            )
        else:
            client.recycle_invoice(
                InvoiceRecycling(
                    invoice_id=invoice_id, recipient_siret=self.recipient_siret or None,
                    service_code=self.service_code or None,
                    engagement_number=self.engagement_number or None,
                    contract_number=self.contract_number or None, comment=self.comment or None,
                )
            )
        return None

    def _finish(self, result=None):
        """It is done: write what it changes here, and note it on the invoice."""
        super()._finish(result)
        files = self.attachment_ids
        if self.kind == "retrieve":
            files = self._keep_pdf(result)
        else:
            self.submission_id.history_wanted = True
        if self.kind == "acknowledge":
            self.submission_id.write(
                {"rejection_acknowledged": True, "handled_status": self.submission_id.status_code}
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


class ChorusProSubmission(models.Model):
    _inherit = "chorus.pro.submission"

    @api.model
    def _errands(self):
        """The models of what users want done beside sending; rooms above add theirs."""
        return [self.env["chorus.pro.action"]]

    @api.model
    def _other_outboxes(self):
        return [*super()._other_outboxes(), *self._errands()]

    @api.model
    def _empty_queue(self, session, rows, flows, ends):
        # After the invoices, so that an action that fails again and again holds none of them up.
        is_over = super()._empty_queue(session, rows, flows, ends)
        mine = Domain("connection_id", "=", session.connection.id)
        for errands in self._errands():
            if is_over:
                break
            due = errands._to_settle(mine, BATCH)
            answered, is_over = due._settle_each(session, due, ends)
            answered._notify_authors()
            self._commit()
        return is_over
