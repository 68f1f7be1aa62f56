# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The delay in which a public body pays an invoice: how long it is, when it starts and ends."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...choruspro.late_payment import (
    HOSPITAL_DELAY,
    LONGEST_DELAY,
    UNDERTAKING_DELAY,
    USUAL_DELAY,
    LatePaymentError,
    clock,
    due_date,
)
from ...choruspro.lifecycle import Phase, invoice_status
from ..access.foreign_text import ForeignText
from ..access.storage import paris_day

# By which an invoice comes back.
RETURNED_PHASES = (Phase.ACTION, Phase.REJECTED)


class ResPartner(models.Model):
    _inherit = "res.partner"

    # Empty on all partners but a few: installing writes nothing.
    chorus_pro_payment_delay = fields.Selection(
        [
            (str(USUAL_DELAY), "30 days: State, local authority, public establishment"),
            (str(HOSPITAL_DELAY), "50 days: public hospital"),
            (str(UNDERTAKING_DELAY), "60 days: public undertaking"),
            ("contract", "As the contract says"),
        ],
        string="Payment Delay",
        help="In which this public body has to pay, from the day on which an invoice is available "
        "to it. Chorus Pro does not tell it. Empty: 30 days.",
    )
    chorus_pro_contract_delay = fields.Integer(
        string="Delay of the Contract", help="In days, at most 60: a contract may say less only."
    )

    @api.constrains("chorus_pro_payment_delay", "chorus_pro_contract_delay")
    def _check_chorus_pro_contract_delay(self):
        for partner in self.filtered(lambda one: one.chorus_pro_payment_delay == "contract"):
            if not 1 <= partner.chorus_pro_contract_delay <= LONGEST_DELAY:
                raise ValidationError(self.env._(
                    "The payment delay of %(name)s is %(days)s days: the law allows 1 to %(most)s.",
                    name=partner.display_name,
                    days=partner.chorus_pro_contract_delay,
                    most=LONGEST_DELAY,
                ))

    def _chorus_pro_payment_days(self):
        """In how many days this customer, or its company, has to pay."""
        customer = self.commercial_partner_id
        if customer.chorus_pro_payment_delay == "contract":
            return customer.chorus_pro_contract_delay
        return int(customer.chorus_pro_payment_delay or USUAL_DELAY)


class ChorusProSubmission(models.Model):
    """The delay of an invoice, as its statuses tell it; all days are days in Paris.

    Stored, so that the analysis and the filter read columns.
    """

    _inherit = "chorus.pro.submission"

    delay_start = fields.Date(
        string="Payment Delay Starts On", compute="_compute_delay", store=True,
        help="When the public body was notified of the invoice, or the day of the delivery if it "
        "is later (articles R2192-13 and R2192-15).")
    payment_due = fields.Date(
        string="Due by Law", compute="_compute_delay", store=True,
        help="The last day of the payment delay; empty while it is interrupted.")
    suspended_on = fields.Date(compute="_compute_delay", store=True)
    completed_on = fields.Date(compute="_compute_delay", store=True)
    # Codes of choruspro.late_payment, separated by spaces.
    delay_marks = fields.Char(compute="_compute_delay", store=True)
    mandated_on = fields.Date(string="Payment Ordered On", compute="_compute_returns", store=True)
    returns = fields.Integer(
        string="Times Sent Back", compute="_compute_returns", store=True,
        help="How often it was suspended, sent back to be recycled, or rejected.")
    return_reason = ForeignText(
        string="Reason for the Return", compute="_compute_returns", store=True)

    @api.depends(
        "state", "deposit_date", "status_ids.code", "status_ids.date", "move_id.move_type",
        "move_id.invoice_date", "move_id.delivery_date",
        "move_id.commercial_partner_id.chorus_pro_payment_delay",
        "move_id.commercial_partner_id.chorus_pro_contract_delay")
    def _compute_delay(self):
        for submission in self:
            found = submission._clock()
            suspended, completed = found and found.interruption or (None, None)
            submission.delay_start = found and found.start
            submission.suspended_on = suspended
            submission.completed_on = completed
            submission.delay_marks = " ".join(sorted(found.marks)) if found else False
            submission.payment_due = found and submission._due_date(found)

    def _clock(self):
        """The :class:`~choruspro.late_payment.Clock` of this submission, or None."""
        move = self.move_id
        if self.state != "deposited" or move.move_type != "out_invoice":
            return None
        requested = max(filter(None, (move.invoice_date, self.deposit_date)), default=None)
        events = [(event.code, paris_day(event.date)) for event in self._events()]
        if not requested and not events:
            return None
        return clock(events, requested or events[0][1], move.delivery_date or None)

    def _events(self):
        return self.status_ids.sorted(lambda event: (event.date, event.id))

    def _due_date(self, found):
        days = self.move_id.commercial_partner_id._chorus_pro_payment_days()
        until = {"until": found.paid} if found.paid else {}
        try:
            return due_date(found.start, days, interruption=found.interruption, **until)
        except LatePaymentError:
            # Such as a year that is none: there is nothing to wait for.
            return False

    @api.depends("state", "reason", "status_ids.code", "status_ids.date", "status_ids.comment")
    def _compute_returns(self):
        for submission in self:
            # Read where there may be one.
            events = submission._events() if submission.state == "deposited" else []
            ordered = [
                event for event in events if invoice_status(event.code).phase is Phase.PAYMENT]
            returns = [
                event for event in events if invoice_status(event.code).phase in RETURNED_PHASES]
            submission.mandated_on = paris_day(ordered[0].date) if ordered else False
            submission.returns = len(returns) + (submission.state == "refused")
            reasons = [event.comment for event in returns if event.comment]
            if submission.state == "refused":
                reasons.append(submission.reason)
            submission.return_reason = reasons[-1] if reasons else False
