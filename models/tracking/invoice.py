# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..access.roles import READER, USER, has_role, require_role
from ..access.storage import paris_day, paris_today
from .activities import ORDERED_CODES
from .poll import LATE_AFTER

HISTORY_LASTS = timedelta(hours=1)
# Beyond this many, one search is cheaper than a history for each.
FEW = 50


class AccountMove(models.Model):
    """The way of an invoice to its payment, according to Chorus Pro."""

    _inherit = "account.move"

    chorus_pro_status_ids = fields.One2many(
        string="Chorus Pro History", related="chorus_pro_submission_id.status_ids")
    chorus_pro_deposit_date = fields.Date(
        string="Deposited On", related="chorus_pro_submission_id.deposit_date")
    chorus_pro_available_date = fields.Datetime(
        string="Made Available On", related="chorus_pro_submission_id.available_date")
    chorus_pro_payment_date = fields.Datetime(
        string="Payment Announced On", related="chorus_pro_submission_id.payment_date")
    chorus_pro_days_deposited = fields.Integer(
        string="Days Since Deposit", compute="_compute_chorus_pro_days")
    chorus_pro_days_available = fields.Integer(
        string="Days Since Made Available", compute="_compute_chorus_pro_days",
        help="Until the payment was announced, or until today. A public body usually has 30 days "
        "to pay, a hospital 50.")
    chorus_pro_is_paid_open = fields.Boolean(
        string="Paid at Chorus Pro, Open in Odoo", compute="_compute_chorus_pro_is_paid_open")
    chorus_pro_payment_not_reported = fields.Boolean(
        string="Payment Not Reported", compute="_compute_chorus_pro_payment_not_reported",
        help="This structure does not report payments to Chorus Pro: check your bank account.")
    chorus_pro_is_mandated = fields.Boolean(
        string="Payment Ordered", compute="_compute_chorus_pro_is_mandated", compute_sudo=True,
        help="The payment was ordered or announced: no payment reminder is needed.")
    chorus_pro_other_ids = fields.Char(related="chorus_pro_submission_id.other_chorus_ids")
    chorus_pro_late_since = fields.Datetime(
        string="Not Followed Since", compute="_compute_chorus_pro_late_since", compute_sudo=True)

    @api.depends(
        "chorus_pro_submission_id.deposit_date", "chorus_pro_submission_id.available_date",
        "chorus_pro_submission_id.payment_date")
    def _compute_chorus_pro_days(self):
        today = paris_today()
        for move in self:
            end = paris_day(move.chorus_pro_payment_date) or today
            deposited = move.chorus_pro_deposit_date
            available = paris_day(move.chorus_pro_available_date)
            move.chorus_pro_days_deposited = (end - deposited).days if deposited else False
            move.chorus_pro_days_available = (end - available).days if available else False

    @api.depends("chorus_pro_submission_id.payment_date", "payment_state")
    def _compute_chorus_pro_is_paid_open(self):
        for move in self:
            is_open = move.payment_state in ("not_paid", "partial")
            move.chorus_pro_is_paid_open = bool(move.chorus_pro_payment_date) and is_open

    @api.depends("chorus_pro_structure_ids", "chorus_pro_state")
    def _compute_chorus_pro_payment_not_reported(self):
        for move in self:
            known = move.chorus_pro_state and move._chorus_pro_structures()._recipient()
            move.chorus_pro_payment_not_reported = bool(known and known.payment_not_reported)

    @api.depends("chorus_pro_submission_id.status_code", "chorus_pro_submission_id.payment_date")
    def _compute_chorus_pro_is_mandated(self):
        for move in self:
            move.chorus_pro_is_mandated = move._chorus_pro_last_submission()._is_mandated()

    @api.depends(
        "chorus_pro_submission_id.is_followed", "chorus_pro_submission_id.status_date",
        "chorus_pro_submission_id.connection_id.followed_until")
    def _compute_chorus_pro_late_since(self):
        """Since when nothing is known of this invoice, when that is longer than usual."""
        limit = fields.Datetime.now() - LATE_AFTER
        for move in self:
            submission = move._chorus_pro_last_submission()
            # What was deposited after a quiet time is not late yet.
            times = [submission.connection_id.followed_until, submission._known_since()]
            since = max(filter(None, times), default=False)
            is_late = submission.is_followed and since and since < limit
            move.chorus_pro_late_since = since if is_late else False

    @api.model
    def chorus_pro_late_following(self):
        """Since when Chorus Pro was not read for the user's companies, as a datetime in UTC; False
        when following is not late.

        :raises AccessError: for users who may not read submissions, such as a customer
        """
        self.env["chorus.pro.submission"].check_access("read")
        submissions = self.env["chorus.pro.submission"].sudo()
        mine = Domain("company_id", "in", self.env.companies.ids)
        late = submissions.search(mine & submissions._late_domain(), limit=1)
        return late.connection_id.followed_until

    @api.model
    def chorus_pro_not_production(self):
        """Labels of the places, other than production, by which the user's companies send.

        :raises AccessError: for users who may not read submissions, such as a customer
        """
        self.env["chorus.pro.submission"].check_access("read")
        connections = self.env["chorus.pro.connection"]
        used = connections.sudo().search(
            [("company_id", "in", self.env.companies.ids), ("in_use", "=", True)])
        labels = dict(connections._fields["place"]._description_selection(self.env))
        return [labels[name] for name in sorted(set(used.mapped("place")) - {"production"})]

    def chorus_pro_note_opened(self):
        """Somebody opened these invoices: have the jobs read their histories.

        Called by the form itself; without a role, or the right to read them, it changes nothing.

        :return: True when there is something to wait for
        """
        if not has_role(self.env, USER, READER):
            return False
        before = fields.Datetime.now() - HISTORY_LASTS
        submissions = self._filtered_access("read")._chorus_pro_last_submission().filtered(
            lambda row: row.state == "deposited"
            and row.chorus_invoice_id
            and not row.history_wanted
            and (not row.history_read_at or (row.is_followed and row.history_read_at < before)))
        submissions.history_wanted = True
        if submissions:
            submissions.sudo().connection_id._chorus_pro_dispatch("follow")
        return bool(submissions)


class ChorusProSubmission(models.Model):
    _inherit = "chorus.pro.submission"

    @api.model
    def _late_domain(self):
        """What should have been read again since."""
        limit = fields.Datetime.now() - LATE_AFTER
        return Domain("is_followed", "=", True) & Domain("status_date", "<", limit) & Domain(
            "connection_id.followed_until", "<", limit)

    def _is_mandated(self):
        """Whether the money is on its way, according to Chorus Pro."""
        is_ordered = self.payment_date or self.status_code in ORDERED_CODES
        return self.state == "deposited" and bool(is_ordered)

    def action_refresh(self):
        """Of many, one search shows what has changed; the histories are for a few."""
        require_role(self.env, USER)
        deposited = self.filtered(lambda row: row.state == "deposited" and row.chorus_invoice_id)
        if len(deposited) <= FEW:
            return super().action_refresh()
        self.check_access("read")
        deposited.connection_id._want_following()
        super(ChorusProSubmission, self - deposited).action_refresh()
        return True


class AccountJournal(models.Model):
    """The button of a sales journal's card that refreshes all its invoices."""

    _inherit = "account.journal"

    def _compute_show_refresh_out_einvoices_status_button(self):
        super()._compute_show_refresh_out_einvoices_status_button()
        if not has_role(self.env, USER):
            return
        for journal in self.filtered(lambda journal: journal.type == "sale"):
            if self.env["chorus.pro.connection"]._of_journal(journal):
                journal.show_refresh_out_einvoices_status_button = True

    def button_refresh_out_einvoices_status(self):
        result = super().button_refresh_out_einvoices_status()
        self.check_access("read")
        if not has_role(self.env, USER):
            # Another platform may have answered.
            return result
        connections = self.env["chorus.pro.connection"].sudo()
        connections.union(*map(connections._of_journal, self))._want_following()
        return result
