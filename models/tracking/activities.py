# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import logging
from functools import partial

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...choruspro.lifecycle import INVOICE_STATUSES, Phase
from ..session.row_guard import guarded_row
from ..session.slices import slices

_logger = logging.getLogger(__name__)

ACTIVITY_TYPE = "l10n_fr_chorus_pro.activity_action_needed"
# From the order to pay on.
ORDERED_CODES = [
    status.code for status in INVOICE_STATUSES if status.phase in (Phase.PAYMENT, Phase.PAID)
]


class ChorusProSubmission(models.Model):
    """One activity per invoice for the person who must act, closed automatically.

    The job aligns the activities with the invoices, rather than each change: whatever happened in
    between, the result is right.
    """

    _inherit = "chorus.pro.submission"

    told_about = fields.Char(
        readonly=True, copy=False, help="What the current or last activity is about.")
    dunning_paused = fields.Boolean(
        readonly=True, copy=False, help="Chorus Pro stopped the reminders of this invoice.")

    _with_activity = models.Index("(id) WHERE needs_action OR told_about IS NOT NULL")

    def _plan_follow_up(self):
        """Have the activities updated soon, when something is expected, or no longer is."""
        if not any(row.needs_action or row.told_about for row in self):
            return
        self.env["chorus.pro.connection"]._chorus_pro_dispatch("follow_up")

    @api.model
    def _cron_follow_up(self):
        """Open and close the activities, pause and resume reminders, where it is not done yet.

        One invoice after the other: someone who edits one meanwhile only delays that one.
        """
        self.env.flush_all()
        cron = self.env["ir.cron"]
        for submissions in slices(self, self._unaligned_domain()):
            cron._commit_progress(remaining=len(submissions))
            for submission in submissions:
                subject = submission._expected_subject()
                with guarded_row(
                    self.env, submission, put_off=partial(submission._give_up_activity, subject)
                ):
                    submission._update_activity(subject)
                    cron._commit_progress(1)
        self._pause_dunning()

    @api.model
    def _unaligned_domain(self):
        """Domain of those whose activity is not about what :meth:`_expected_subject` gives."""
        names = ("id", "move_id", "state", "status_code", "needs_action", "told_about")

        def to_sql(rows, alias, query):
            columns = {name: rows._field_to_sql(alias, name, query) for name in names}
            return SQL(
                """(%(needs_action)s OR %(told_about)s IS NOT NULL)
                   AND %(told_about)s IS DISTINCT FROM CASE
                       WHEN %(needs_action)s AND %(id)s = (
                            SELECT chorus_pro_submission_id FROM account_move
                             WHERE id = %(move_id)s)
                       THEN TRIM(CONCAT_WS(' ', %(state)s, %(status_code)s)) END""",
                **columns)

        return Domain.custom(to_sql=to_sql)

    def _expected_subject(self):
        """What the activity of this submission should be about; False when there should be none,
        as for an earlier attempt."""
        is_last = self == self.move_id._chorus_pro_last_submission()
        return self.needs_action and is_last and self._subject()

    def _subject(self):
        return f"{self.state} {self.status_code or ''}".strip()

    def _update_activity(self, subject):
        """Leave one activity, about ``subject``, or none without a subject."""
        if self.told_about == (subject or False):
            return
        move = self.move_id
        try:
            with self.env.cr.savepoint():
                if self.told_about:
                    move.activity_unlink([ACTIVITY_TYPE])
                    # Logged without a notification: the digest is for those who want one.
                    move._message_log(body=self._resolution())
                if subject:
                    self._open_activity()
                self.told_about = subject
        except (AccessError, UserError) as error:
            # Such as an invoice in a locked state of another add-on: the others get theirs.
            _logger.warning("Chorus Pro: no activity on %s: %s", self.name, error)

    def _give_up_activity(self, subject):
        """The activity cannot be made: that is not tried again at each run."""
        self.told_about = subject

    def _resolution(self):
        labels = dict(self.move_id._fields["chorus_pro_state"]._description_selection(self.env))
        state = labels.get(self.move_id.chorus_pro_state, "")
        return self.env._("Nothing more is expected here. Chorus Pro: %s", state)

    def _open_activity(self):
        responsible = self._responsible()
        if not responsible:
            return
        here = self.with_context(lang=responsible.lang or self.env.lang)
        actions = dict(here._fields["needed_action"]._description_selection(here.env))
        advice = self._advice()
        lines = [self.reason, advice and here.env._(advice.remedy)]
        # Seen in Odoo and in the digest: no mail for each, which would also write on the invoice.
        self.move_id.with_context(mail_activity_quick_update=True).activity_schedule(
            ACTIVITY_TYPE,
            date_deadline=fields.Date.context_today(self),
            summary=here.env._("Chorus Pro: %s", actions[self.needed_action]),
            # The comment is the recipient's: plain text, never markup.
            note=Markup("<br/>").join(Markup("%s") % line for line in lines if line),
            user_id=responsible.id)

    def _responsible(self):
        """The person named on the connection, else who sent the invoice, else its salesperson:
        the first who may read it."""
        candidates = (
            self.connection_id.responsible_id | self.author_id | self.move_id.invoice_user_id)
        for user in candidates:
            is_person = user.active and not user.share and user != self.env.ref("base.user_root")
            if is_person and self.move_id.with_user(user).has_access("read"):
                return user
        return self.env["res.users"]

    @api.model
    def _pause_dunning(self):
        """"No follow-up" on the invoice stops payment reminders: set once its payment is ordered,
        removed if the order is undone. What people set themselves stays."""
        companies = self.env["res.company"].search([("chorus_pro_pause_dunning", "=", True)])
        if not companies:
            return
        # An invoice whose reminders somebody else stopped has nothing left to stop.
        to_pause = Domain([
            ("company_id", "in", companies.ids),
            ("dunning_paused", "=", False),
            ("state", "=", "deposited"),
            ("status_code", "in", ORDERED_CODES),
            ("move_id.payment_state", "in", ("not_paid", "partial")),
            ("move_id.line_ids", "any", [
                ("account_type", "=", "asset_receivable"), ("no_followup", "=", False)]),
        ])
        undone = Domain([
            ("dunning_paused", "=", True),
            ("payment_date", "=", False),
            ("status_code", "not in", ORDERED_CODES),
        ])
        for domain, is_paused in ((to_pause, True), (undone, False)):
            for rows in slices(self, domain):
                for row in rows:
                    with guarded_row(self.env, row):
                        row._set_no_followup(is_paused)
                        self.env["ir.cron"]._commit_progress()

    def _set_no_followup(self, is_paused):
        lines = self.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
            and line.no_followup != is_paused)
        try:
            with self.env.cr.savepoint():
                lines.no_followup = is_paused
                # What somebody had set before is not ours to remove.
                self.dunning_paused = is_paused and bool(lines)
        except (AccessError, UserError) as error:
            _logger.warning("Chorus Pro: reminders of %s stay as they are: %s", self.name, error)


class ChorusProConnection(models.Model):
    _inherit = "chorus.pro.connection"

    responsible_id = fields.Many2one(
        "res.users", domain=[("share", "=", False)],
        help="Gets the activities on invoices that come back. By default, who sent the invoice.")


class ResCompany(models.Model):
    _inherit = "res.company"

    chorus_pro_pause_dunning = fields.Boolean(
        string="Stop Reminders Once Payment Is Ordered",
        help="From MANDATEE on, invoices are marked as having no follow-up.")
