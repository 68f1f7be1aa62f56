# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..access.web_client import CLOSE, notify
from ..rules.rule_book import finding
from .action import REJECTED


class AccountMove(models.Model):
    """A rejected invoice: its number is lost, so it is cancelled by a credit note and, unless it is
    settled otherwise, copied as a draft that gets its own number."""

    _inherit = "account.move"

    chorus_pro_reissue_of_id = fields.Many2one(
        "account.move", string="Reissue Of", readonly=True, copy=False, index="btree_not_null",
        check_company=True,
        help="The invoice that Chorus Pro rejected, and that this one replaces.",
    )
    chorus_pro_reissue_ids = fields.One2many(
        "account.move", "chorus_pro_reissue_of_id", string="Reissued As", readonly=True
    )

    @api.depends(
        "reversed_entry_id.chorus_pro_reissue_ids",
        "reversed_entry_id.chorus_pro_submission_id.handled_status",
    )
    def _compute_chorus_pro_is_concerned(self):
        super()._compute_chorus_pro_is_concerned()
        for move in self:
            # The recipient rejected the invoice: it expects no credit note for it.
            if move._chorus_pro_cancels_rejected() and not move.chorus_pro_state:
                move.chorus_pro_is_concerned = False

    def _chorus_pro_cancels_rejected(self):
        """Whether this is the credit note of an invoice whose rejection was dealt with."""
        original = self.reversed_entry_id
        handled = original._chorus_pro_last_submission().handled_status
        return bool(original.chorus_pro_reissue_ids) or handled == REJECTED

    def _chorus_pro_not_concerned(self):
        found = super()._chorus_pro_not_concerned()
        if (found and found.id == "other_method" and not self.chorus_pro_state
                and self._chorus_pro_cancels_rejected()):
            return finding("internal_credit_note", number=self.reversed_entry_id.name)
        return found

    @api.model
    def _chorus_pro_concerned_domain(self):
        handled = [("chorus_pro_submission_id.handled_status", "=", REJECTED)]
        return super()._chorus_pro_concerned_domain() & (
            Domain("chorus_pro_state", "!=", False)
            # A path finds nothing where its first step is empty.
            | Domain("reversed_entry_id", "=", False)
            | (
                Domain("reversed_entry_id.chorus_pro_reissue_ids", "=", False)
                & Domain("reversed_entry_id", "not any", handled)
            )
        )

    def _chorus_pro_can_be_reissued(self):
        self.ensure_one()
        return (
            self.move_type == "out_invoice"
            and self.state == "posted"
            and self.payment_state != "reversed"
            and not self.chorus_pro_reissue_ids
        )

    def action_chorus_pro_reissue(self, reason=None, date=None):
        """Cancel a rejected invoice by a credit note, copy it as a draft to be corrected, and have
        the rejection acknowledged.

        :param reason: printed on the credit note; without it the dialog opens
        :param date: of the credit note and of the copy, an ISO date; by default today
        :return: action that opens the copy
        :raises UserError: the invoice is not rejected, or was issued again already
        """
        submission = self._chorus_pro_acting("reissue")
        if not reason:
            return self._chorus_pro_open_dialog("chorus.pro.reissue")
        copy = self._chorus_pro_reissue(reason, self._chorus_pro_credit_date(date))
        self._chorus_pro_close_rejection(submission)
        return copy._get_records_action(name=self.env._("Invoice to Correct"))

    def action_chorus_pro_cancel_rejected(self, reason=None, date=None):
        """Cancel a rejected invoice by a credit note and have the rejection acknowledged, without
        issuing it again: it was a duplicate, or it is settled otherwise.

        :param reason: printed on the credit note; without it the dialog opens
        :param date: of the credit note, an ISO date; by default today
        :return: a notification
        :raises UserError: the invoice is not rejected, or was dealt with already
        """
        submission = self._chorus_pro_acting("reissue")
        if not reason:
            return self._chorus_pro_open_dialog("chorus.pro.reissue")
        reversal = self._chorus_pro_reversal(reason, self._chorus_pro_credit_date(date))
        values = reversal._prepare_default_reversal(self)
        staying = self.with_context(chorus_pro_stays_here=True)
        credit_note = staying._reverse_moves([values], cancel=True).with_env(self.env)
        self.message_post(
            body=self.env._(
                "Rejected at Chorus Pro: cancelled by %s, not issued again.",
                credit_note._get_html_link(title=credit_note.name),
            )
        )
        self._chorus_pro_close_rejection(submission)
        return notify(
            self.env._("%s is cancelled", self.name),
            self.env._("Credit note: %s. Chorus Pro is told that you have seen the rejection.",
                       credit_note.name),
            then=CLOSE,
        )

    def _chorus_pro_credit_date(self, date):
        """
        :raises UserError: it is in the future
        """
        today = fields.Date.context_today(self)
        date = fields.Date.to_date(date) or today
        if date > today:
            raise UserError(
                self.env._(
                    "The credit note is made at once: choose today's date or an earlier one."
                )
            )
        return date

    def _chorus_pro_close_rejection(self, submission):
        """Everything was done about it: have it acknowledged."""
        if "acknowledge" in submission._legal_actions():
            self.env["chorus.pro.action"]._queue(submission, "acknowledge")
        submission.handled_status = submission.status_code

    def _chorus_pro_reversal(self, reason, date):
        """Odoo's own wizard that makes the credit note."""
        return self.env["account.move.reversal"].create(
            {
                "move_ids": [Command.set(self.ids)],
                "company_id": self.company_id.id,
                "journal_id": self.journal_id.id,
                "reason": reason,
                "date": date,
            }
        )

    def _chorus_pro_reissue(self, reason, date):
        """The draft copy, as Odoo's own *Reverse and Create Invoice* makes it."""
        reversal = self._chorus_pro_reversal(reason, date)
        # Before the credit note is confirmed: it must not be sent to Chorus Pro automatically.
        reversal = reversal.with_context(chorus_pro_stays_here=True)
        reversal.modify_moves()
        copy = reversal.new_move_ids
        credit_note = self.reversal_move_ids.sorted("id")[-1:]
        # In sudo: the link says that this invoice needs no further action, users cannot write it.
        copy.sudo().chorus_pro_reissue_of_id = self
        copy.write(
            {
                "invoice_date": False,
                "buyer_reference": self.buyer_reference,
                "purchase_order_reference": self.purchase_order_reference,
                "contract_reference": self.contract_reference,
                "chorus_pro_billing_framework": self.chorus_pro_billing_framework,
                "chorus_pro_validator_id": self.chorus_pro_validator_id.id,
                "chorus_pro_format": self.chorus_pro_format,
                "chorus_pro_attachment_ids": [Command.set(self.chorus_pro_attachment_ids.ids)],
            }
        )
        links = {
            "original": self._get_html_link(title=self.name),
            "credit_note": credit_note._get_html_link(title=credit_note.name),
            "copy": copy._get_html_link(),
        }
        self.message_post(
            body=self.env._(
                "Rejected at Chorus Pro: cancelled by %(credit_note)s, issued again as %(copy)s.",
                **links,
            )
        )
        copy.message_post(
            body=self.env._(
                "Replaces %(original)s, which Chorus Pro rejected (%(credit_note)s cancels it). "
                "Correct it, then confirm it: it gets its own number.",
                **links,
            )
        )
        return copy

    def _chorus_pro_send_when_confirmed(self):
        if self.env.context.get("chorus_pro_stays_here"):
            return
        super()._chorus_pro_send_when_confirmed()
