# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What is owed to us for the late payment of an invoice."""

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import LazyTranslate, format_date

from ...choruspro.late_payment import (
    ESTIMATED_COMPLETION,
    ESTIMATED_START,
    SECOND_SUSPENSION,
    SUSPENDED_AFTER_ORDER,
    LatePaymentError,
    claims,
)
from ..access.storage import paris_day, paris_today

_lt = LazyTranslate(__name__)

EURO = "EUR"
# What a person should know before claiming, by the mark of the delay.
NOTES = {
    ESTIMATED_START: _lt(
        "No status says when the public body got the invoice: the delay is counted from two days "
        "after it was asked to pay."),
    ESTIMATED_COMPLETION: _lt(
        "No status says when the missing pieces arrived: the delay starts anew with the next "
        "status."),
    SECOND_SUSPENSION: _lt(
        "It was suspended more than once: only the first suspension interrupts the delay."),
    SUSPENDED_AFTER_ORDER: _lt(
        "It was suspended after the order to pay, which does not interrupt the delay."),
    "suspended_too_late": _lt(
        "It was suspended after the delay had ended, which does not interrupt it."),
    "not_announced": _lt(
        "The payment is not announced at Chorus Pro: its date is that of your books."),
    "not_production": _lt("It was not deposited on Chorus Pro's production platform."),
}
# Why there is nothing to claim. Each says what to do, where there is something.
PROBLEMS = {
    "not_there": _lt("It is not at Chorus Pro: no payment delay is known."),
    "not_invoice": _lt("It is not a customer invoice: interest is due on those only."),
    "not_running": _lt(
        "No payment delay runs: it was rejected, came back to be recycled, or has not reached the "
        "public body."),
    "currency": _lt("It is not in euros: interest is computed in euros only."),
    "interrupted": _lt(
        "The delay is interrupted since %(date)s: send what the public body asked for."),
    "credited": _lt("A credit note covers it: nothing is left to be paid."),
    "not_late": _lt("It is not late: it is to be paid by %(date)s."),
    "paid_in_time": _lt("It was paid by %(date)s, in time."),
    "rate_missing": _lt(
        "There is no interest rate for the half-year that begins on %(date)s: a Chorus Pro manager "
        "adds it in Invoicing, Configuration, Chorus Pro, Interest Rates."),
    "unclear": _lt(
        "Its dates or its amount make no sense: check its statuses, its payments and the payment "
        "delay of the customer."),
}


class LatePayment(NamedTuple):
    """What is owed for one invoice. claims: a :class:`~choruspro.late_payment.Claim` for each part
    that was paid, or is open. problem: a sentence about why there is none, or ""."""

    claims: tuple = ()
    problem: str = ""
    notes: tuple = ()

    @property
    def late(self):
        """The parts that are late."""
        return [one for one in self.claims if one.days]

    @property
    def days(self):
        return max((one.days for one in self.claims), default=0)

    @property
    def interest(self):
        return sum((one.interest for one in self.claims), Decimal(0))

    @property
    def indemnity(self):
        return sum((one.indemnity for one in self.claims), Decimal(0))


class AccountMove(models.Model):
    _inherit = "account.move"

    chorus_pro_payment_due = fields.Date(
        string="Due by Law", related="chorus_pro_submission_id.payment_due")
    chorus_pro_late_days = fields.Integer(
        string="Days Late", compute="_compute_chorus_pro_late",
        search="_search_chorus_pro_late_days",
        help="Between the end of the payment delay and the payment, or today.")
    chorus_pro_late_currency_id = fields.Many2one(
        "res.currency", compute="_compute_chorus_pro_late")
    chorus_pro_late_interest = fields.Monetary(
        string="Interest on Late Payment", compute="_compute_chorus_pro_late",
        currency_field="chorus_pro_late_currency_id")
    chorus_pro_late_indemnity = fields.Monetary(
        string="Recovery Indemnity", compute="_compute_chorus_pro_late",
        currency_field="chorus_pro_late_currency_id")
    chorus_pro_late_note = fields.Text(
        string="About the Delay", compute="_compute_chorus_pro_late",
        help="What is estimated or unusual, and why nothing can be computed.")

    @api.depends(
        "chorus_pro_submission_id.payment_due", "chorus_pro_submission_id.payment_date",
        "amount_residual", "payment_state")
    @api.depends_context("lang")
    def _compute_chorus_pro_late(self):
        found = self._chorus_pro_late_payments()
        euro = self.env["res.currency"].sudo().search([("name", "=", EURO)], limit=1)
        for move in self:
            late = found[move]
            move.chorus_pro_late_currency_id = euro if late.days else False
            move.chorus_pro_late_days = late.days
            move.chorus_pro_late_interest = float(late.interest)
            move.chorus_pro_late_indemnity = float(late.indemnity)
            is_there = move._chorus_pro_last_submission().state == "deposited"
            lines = [late.problem, *late.notes] if is_there and move.is_sale_document() else []
            move.chorus_pro_late_note = "\n".join(filter(None, lines)) or False

    @api.model
    def _search_chorus_pro_late_days(self, operator, value):
        # By the rights of whoever searches: a customer does not learn what is late.
        analysis = self.env["chorus.pro.analysis"]
        asked, late = Domain("late_days", operator, value), Domain("late_days", ">", 0)
        if analysis.new({"late_days": 0}).filtered_domain(asked):
            # All that is not late, at Chorus Pro or elsewhere, is 0 days late.
            return ~Domain("id", "in", analysis._search(late & ~asked))
        return Domain("id", "in", analysis._search(late & asked))

    def chorus_pro_late_payment(self):
        """What is owed for the late payment of each invoice, up to today or to its payment.

        Nothing is written, and nobody is asked.

        :return: list of dictionaries, one for each invoice: ``move_id``, ``start`` and ``due``
            (dates or False), ``days``, ``rate`` (in per cent a year, or False), ``interest`` and
            ``indemnity`` (in euros), ``parts`` (dictionaries of ``amount``, ``until``, ``days``,
            ``interest``), ``problem`` (why there is nothing to claim, or False) and ``notes``
            (sentences on what is estimated or unusual)
        :raises AccessError: the user may not read one of them, or nothing of Chorus Pro
        """
        self.env["chorus.pro.submission"].check_access("read")
        self.check_access("read")
        found = self._chorus_pro_late_payments()
        return [
            {
                "move_id": move.id,
                "start": move._chorus_pro_last_submission().delay_start,
                "due": next((one.due for one in late.claims), None) or False,
                "days": late.days,
                "rate": float(late.late[0].rate) if late.late else False,
                "interest": float(late.interest),
                "indemnity": float(late.indemnity),
                "parts": [
                    {
                        "amount": float(one.base),
                        "until": one.until,
                        "days": one.days,
                        "interest": float(one.interest),
                    }
                    for one in late.claims
                ],
                "problem": late.problem or False,
                "notes": list(late.notes),
            }
            for move, late in found.items()
        ]

    def _chorus_pro_late_payments(self):
        """:class:`LatePayment` by invoice, in their order; no query for each."""
        rates = self.env["chorus.pro.interest.rate"].sudo()._by_half_year()
        payments = self._chorus_pro_payments()
        return {move: move._chorus_pro_late_payment(payments[move], rates) for move in self}

    def _chorus_pro_payments(self):
        """``{invoice: [(amount, day), …]}`` of what was paid, without credit notes, which lower
        what is to be paid."""
        found = defaultdict(list)
        moves = self._origin.sudo()
        receivable = moves.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable")
        for partial in receivable.matched_credit_ids:
            paid_by, invoice = partial.credit_move_id, partial.debit_move_id.move_id
            if paid_by.move_id.move_type != "out_refund":
                found[invoice.id].append((partial.debit_amount_currency, paid_by.date))
        return {move: found[move._origin.id] for move in self}

    def _chorus_pro_late_payment(self, payments, rates):
        submission = self._chorus_pro_last_submission()
        if problem := self._chorus_pro_no_delay(submission):
            return LatePayment(problem=self._chorus_pro_late_problem(problem))
        announced = paris_day(submission.payment_date)
        end = announced or paris_today()
        parts = [(_amount(paid), min(day, end)) for paid, day in payments]
        if self.amount_residual > 0:
            parts.append((_amount(self.amount_residual), end))
        interruption = None
        if submission.suspended_on:
            interruption = submission.suspended_on, submission.completed_on or None
        try:
            found = claims(
                parts,
                submission.delay_start,
                self.commercial_partner_id.sudo()._chorus_pro_payment_days(),
                interruption=interruption,
                rates=rates,
            )
        except LatePaymentError as error:
            return LatePayment(problem=self._chorus_pro_late_problem(
                error.code if error.code in PROBLEMS else "unclear", error.half_year))
        # A date of the books serves only where there is a payment in them.
        by_books = bool(payments) and not announced
        late = LatePayment(found, notes=self._chorus_pro_late_notes(submission, found, by_books))
        if not late.days:
            late = late._replace(problem=self._chorus_pro_in_time(late, submission))
        return late

    def _chorus_pro_no_delay(self, submission):
        """Why no delay runs, as a key of PROBLEMS, or ""."""
        if self.move_type != "out_invoice" or self.state != "posted":
            return "not_invoice"
        if submission.state != "deposited":
            return "not_there"
        if not submission.delay_start:
            return "not_running"
        return "" if self.currency_id.name == EURO else "currency"

    def _chorus_pro_late_problem(self, code, day=None):
        text = self.env._(PROBLEMS[code])
        return text % {"date": format_date(self.env, day) if day else ""}

    def _chorus_pro_in_time(self, late, submission):
        """Why nothing is owed, as a sentence."""
        if not late.claims:
            return self._chorus_pro_late_problem("credited")
        due = late.claims[-1].due
        if due is None:
            return self._chorus_pro_late_problem("interrupted", submission.suspended_on)
        is_paid = submission.payment_date or not self.amount_residual > 0
        return self._chorus_pro_late_problem(
            "paid_in_time" if is_paid else "not_late", late.claims[-1].until if is_paid else due)

    def _chorus_pro_late_notes(self, submission, found, by_books):
        codes = (submission.delay_marks or "").split()
        if submission.suspended_on and not any(one.interrupted for one in found):
            codes.append("suspended_too_late")
        if by_books and any(one.days for one in found):
            codes.append("not_announced")
        if submission.environment == "qualification":
            codes.append("not_production")
        return tuple(self.env._(NOTES[code]) for code in codes)


def _amount(value):
    return Decimal(f"{value:.2f}")
