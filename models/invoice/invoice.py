# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import LazyTranslate
from odoo.tools.sql import column_exists, create_column

from ...choruspro.checks import blocking
from ..access.foreign_text import ForeignText
from ..access.roles import MANAGER, USER, require_role
from ..access.web_client import RELOAD, notify
from ..rules.statuses import STATUS_SELECTION

_lt = LazyTranslate(__name__)

# Before Chorus Pro has the invoice its state is the submission's; afterwards it is the status that
# Chorus Pro gives, which begins with "deposited".
BEFORE_DEPOSIT = [
    ("queued", "Queued"),
    ("sending", "Sending"),
    ("uncertain", "Uncertain"),
    ("refused", "Refused at deposit"),
    ("cancelled", "Cancelled"),
]
# Those who may read submissions and flows.
SUBMISSION_GROUPS = "account.group_account_invoice,account.group_account_readonly"
SUMMARY_COLUMNS = {
    "chorus_pro_submission_id": "int4",
    "chorus_pro_state": "varchar",
    "chorus_pro_status_date": "timestamp",
    "chorus_pro_reason": "text",
    "chorus_pro_needs_action": "bool",
}


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "chorus.pro.field.access"]

    chorus_pro_submission_ids = fields.One2many(
        "chorus.pro.submission", "move_id", string="Chorus Pro Submissions", readonly=True)
    chorus_pro_submission_id = fields.Many2one(
        "chorus.pro.submission", compute="_compute_chorus_pro_submission_id", store=True,
        copy=False, index="btree_not_null")
    chorus_pro_state = fields.Selection(
        BEFORE_DEPOSIT + STATUS_SELECTION, string="Chorus Pro",
        compute="_compute_chorus_pro_summary", store=True, copy=False, index="btree_not_null",
        # Odoo translates it, but exports only what is marked.
        falsy_value_label=_lt("Not sent"),  # pylint: disable=translation-field
        help="Where this invoice is on its way through Chorus Pro.")
    chorus_pro_status_date = fields.Datetime(
        compute="_compute_chorus_pro_summary", store=True, copy=False, index="btree_not_null",
        help="When the invoice got this status, according to Chorus Pro.")
    chorus_pro_reason = ForeignText(
        compute="_compute_chorus_pro_summary", store=True, copy=False,
        help="What stands in the way, or the comment of the recipient.")
    chorus_pro_needs_action = fields.Boolean(
        string="To Handle at Chorus Pro", compute="_compute_chorus_pro_summary", store=True,
        copy=False, index="btree_not_null")
    chorus_pro_invoice_id = fields.Char(
        string="Chorus Pro ID", related="chorus_pro_submission_id.chorus_invoice_id")
    chorus_pro_next_try = fields.Datetime(
        string="Next Try", compute="_compute_chorus_pro_waiting", compute_sudo=True)
    chorus_pro_trouble = fields.Text(
        string="Chorus Pro Cannot Be Used", compute="_compute_chorus_pro_waiting", compute_sudo=True
    )
    chorus_pro_environment = fields.Selection(related="chorus_pro_submission_id.environment")
    chorus_pro_needs_decision = fields.Boolean(related="chorus_pro_submission_id.needs_decision")
    chorus_pro_sent_format = fields.Selection(
        string="Sent As", related="chorus_pro_submission_id.document_format")
    chorus_pro_flow_id = fields.Many2one(
        string="Flow", related="chorus_pro_submission_id.flow_id", groups=SUBMISSION_GROUPS)
    chorus_pro_billing_framework = fields.Selection(
        [
            ("A1", "A1 - Supplier's invoice"),
            ("A2", "A2 - Supplier's invoice already paid"),
            ("A9", "A9 - Subcontractor's invoice"),
            ("A12", "A12 - Co-contractor's invoice"),
            ("A4", "A4 - Works: draft monthly statement"),
            ("A5", "A5 - Works: payment statement"),
            ("A6", "A6 - Works: approved payment statement"),
            ("A7", "A7 - Works: draft final statement"),
            ("A8", "A8 - Works: signed general statement"),
            ("A10", "A10 - Works: subcontractor's payment request"),
            ("A13", "A13 - Works: co-contractor's draft monthly statement"),
            ("A14", "A14 - Works: co-contractor's draft final statement"),
            ("A15", "A15 - Works supervisor's payment statement"),
            ("A16", "A16 - Works supervisor's approved payment statement"),
            ("A17", "A17 - Works supervisor's draft general statement"),
            ("A18", "A18 - Works supervisor's general statement"),
            ("A19", "A19 - Works owner's approved payment statement"),
            ("A20", "A20 - Works owner's general statement"),
            ("A22", "A22 - Works: draft general statement, tacit procedure"),
            ("A23", "A23 - Works: tacit general and final statement"),
            ("A24", "A24 - Works supervisor's general and final statement"),
            ("A25", "A25 - Works owner's general and final statement"),
        ],
        string="Billing Framework", copy=False,
        help="Chorus Pro's “cadre de facturation”. Left empty: A1, or A2 when payments cover the "
        "whole invoice. A9 and A12 name a validator and go in PDF format only. "
        "Documents of works contracts are deposited on the portal; Odoo follows them.")
    purchase_order_reference = fields.Char(copy=False)

    def _auto_init(self):
        # Created empty, so that installing on a large database computes nothing.
        for column, sql_type in SUMMARY_COLUMNS.items():
            if not column_exists(self.env.cr, self._table, column):
                create_column(self.env.cr, self._table, column, sql_type)
        return super()._auto_init()

    @api.depends("chorus_pro_submission_ids")
    def _compute_chorus_pro_submission_id(self):
        for move in self:
            move.chorus_pro_submission_id = move._chorus_pro_last_submission()

    # Through the one2many, whose other end is known without a query for each submission.
    @api.depends(
        "chorus_pro_submission_ids.state", "chorus_pro_submission_ids.status",
        "chorus_pro_submission_ids.status_date", "chorus_pro_submission_ids.reason",
        "chorus_pro_submission_ids.needs_action")
    def _compute_chorus_pro_summary(self):
        for move in self:
            # Rights on the invoice are enough to see its summary.
            submission = move._chorus_pro_last_submission()
            deposited = submission.state == "deposited"
            # Of a file that was not judged yet no status is known: it is deposited.
            status = submission.status or submission.state
            move.chorus_pro_state = status if deposited else submission.state
            move.chorus_pro_status_date = submission.status_date
            move.chorus_pro_reason = submission.reason
            move.chorus_pro_needs_action = submission.needs_action

    @api.depends("chorus_pro_submission_id.state", "chorus_pro_submission_id.next_try")
    def _compute_chorus_pro_waiting(self):
        """What the invoice waits for: its own next try, or the end of its connection's pause."""
        paused = self.env["chorus.pro.connection"]._paused()
        for move in self:
            submission = move._chorus_pro_last_submission()
            waits = submission.state in ("queued", "sending", "uncertain")
            pause = submission.connection_id if waits else submission.connection_id.browse()
            pause &= paused
            move.chorus_pro_trouble = pause.trouble
            times = [time for time in (submission.next_try, pause.paused_until) if time]
            move.chorus_pro_next_try = max(times) if waits and times else False

    def _chorus_pro_submissions(self):
        """Every attempt to send these invoices, in sudo.

        Those that point at the saved invoices: what a form in edition holds is not trusted.
        """
        return self._origin.sudo().chorus_pro_submission_ids

    def _chorus_pro_last_submission(self):
        """The last attempt to send each of these invoices, in sudo: the one about which everything
        is shown and done."""
        submissions = self._chorus_pro_submissions()
        # By id: what was just created stands last in the cache, whatever the model's order.
        last = [max(rows.ids) for move in self if (rows := move._chorus_pro_submissions())]
        return submissions.browse(last).with_prefetch(submissions._prefetch_ids)

    def _chorus_pro_current_submissions(self):
        """Submissions to the place now in use: a trial in qualification binds nobody."""
        self.ensure_one()
        submissions = self._chorus_pro_submissions()
        if not submissions:
            # Nearly all entries of a database: nothing more is read for them.
            return submissions
        connection = self.env["chorus.pro.connection"]._of_move(self)
        return submissions.filtered(
            lambda submission: not connection or submission.environment == connection.place)

    def _chorus_pro_alive_submission(self):
        """The submission that forbids another one, if any."""
        return self._chorus_pro_current_submissions().filtered(
            lambda submission: "replace" not in submission._legal_actions()
        )[:1]

    # ------------------------------------------------------------------
    # What users do
    # ------------------------------------------------------------------

    def action_chorus_pro_send(self):
        """Put these invoices in the queue of Chorus Pro; the jobs do the rest.

        A single invoice with a problem raises it. Of several, those without problem are queued
        and the others are listed with theirs.
        """
        require_role(self.env, USER)
        self.check_access("write")
        problems = {
            move: [each.text(self.env) for each in stopping]
            for move, found in self._chorus_pro_findings().items()
            if (stopping := blocking(found))
        }
        ready = self.filtered(lambda move: move not in problems)
        if not ready:
            raise UserError(self._chorus_pro_problem_list(problems))
        self.env["chorus.pro.submission"]._enqueue(ready)
        message = self.env._("You will be notified when the answer arrives.")
        return notify(
            ready._chorus_pro_queued_title(),
            self._chorus_pro_problem_list(problems) if problems else message,
            "warning" if problems else "success",
            RELOAD,
            sticky=bool(problems))

    def _chorus_pro_queued_title(self):
        """Title of the notification that these invoices are queued."""
        if len(self) == 1:
            return self.env._("%s queued for Chorus Pro", self.name)
        return self.env._("%s invoices queued for Chorus Pro", len(self))

    @api.model
    def _chorus_pro_problem_list(self, problems):
        """Text of ``{move: [sentence, …]}``, one line per problem."""
        return "\n".join(
            self.env._(
                "%(number)s: %(sentence)s", number=move.name or move.display_name,
                sentence=sentence)
            for move, sentences in problems.items()
            for sentence in sentences)

    def action_chorus_pro_refresh(self):
        """Have the jobs read soon what is new about these invoices."""
        require_role(self.env, USER)
        self.check_access("read")
        return self._chorus_pro_last_submission().with_env(self.env).action_refresh()

    def action_chorus_pro_cancel(self):
        """Remove these invoices from the queue, as long as they have not left."""
        require_role(self.env, USER)
        self.check_access("write")
        return self._chorus_pro_last_submission().with_env(self.env).action_cancel()

    def action_chorus_pro_give_up(self):
        """Decide that what Chorus Pro has under this number is another invoice."""
        require_role(self.env, MANAGER)
        self.check_access("write")
        return self._chorus_pro_last_submission().with_env(self.env).action_give_up()

    # ------------------------------------------------------------------
    # An invoice that is at Chorus Pro does not change
    # ------------------------------------------------------------------

    @api.depends("chorus_pro_state")
    def _compute_show_reset_to_draft_button(self):
        super()._compute_show_reset_to_draft_button()
        for move in self:
            if move.show_reset_to_draft_button and move._chorus_pro_holds():
                move.show_reset_to_draft_button = False

    def _chorus_pro_held_submissions(self):
        """The submissions by which Chorus Pro has this invoice, or may have it, in sudo."""
        return self._chorus_pro_current_submissions().filtered(
            lambda submission: "release" not in submission._legal_actions())

    def _chorus_pro_holds(self):
        return bool(self._chorus_pro_held_submissions())

    @api.constrains("state", "name")
    def _check_chorus_pro_unchanged(self):
        """Last guard, whichever way the state or the number is written."""
        for move in self:
            for submission in move._chorus_pro_held_submissions():
                if move.state != "posted" or move.name != submission.name:
                    raise ValidationError(self.env._(
                        "%s is at Chorus Pro, or on its way there: it keeps its number and "
                        "stays confirmed. Make a credit note instead.",
                        submission.name))

    @api.ondelete(at_uninstall=False)
    def _unlink_chorus_pro_never_sent(self):
        """What never left the queue goes with its invoice; what left is kept by the database."""
        submissions = self.sudo().chorus_pro_submission_ids
        submissions.filtered(lambda submission: not submission.sent_at).unlink()

    def _check_draftable(self):
        super()._check_draftable()
        for move in self:
            if move._chorus_pro_holds():
                raise UserError(self.env._(
                    "%s is at Chorus Pro, or on its way there: it cannot go back to draft. "
                    "Make a credit note instead.",
                    move.name))

    def button_draft(self):
        # Taken out of the queue under its lock: from here no job can send it.
        # That is accounting: it takes no role of Chorus Pro.
        queued = self.sudo().chorus_pro_submission_ids.filtered(lambda s: s.state == "queued")
        if queued:
            self.check_access("write")
            queued.action_cancel()
        return super().button_draft()

    def button_cancel(self):
        for move in self:
            if move._chorus_pro_holds():
                raise UserError(self.env._(
                    "%s is at Chorus Pro, or on its way there: it cannot be cancelled. Make a "
                    "credit note instead.",
                    move.name))
        return super().button_cancel()
