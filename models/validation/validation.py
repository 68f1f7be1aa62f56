# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...choruspro.lifecycle import (
    NOT_VALIDATED,
    TACIT,
    TO_VALIDATE,
    VALIDATED,
    validation_stage,
)
from ...choruspro.limits import LIMITS
from ...choruspro.text import storable
from ..access.foreign_text import ForeignChar, ForeignText
from ..access.roles import USER, require_role
from ..access.storage import paris_today
from ..access.web_client import CLOSE, notify, open_dialog
from ..actions.errand import STATES as DECISION_STATES
from ..outbox.outbox import ON_ITS_WAY
from ..tracking.status import storable_code
from .decision import KINDS, REASONS

# A main contractor who has not answered within this time has agreed (AIFE documentation of
# subcontracting).
TIME_TO_DECIDE = timedelta(days=15)
# The last days are shown as such.
URGENT_DAYS = 3
STAGES = [
    (TO_VALIDATE, "To Validate"), (VALIDATED, "Validated"), (NOT_VALIDATED, "Refused by Us"),
    (TACIT, "Accepted by Silence"), ("passed", "Went On"),
]
TYPES = [("FACTURE", "Invoice"), ("AVOIR", "Credit Note"), ("ACOMPTE", "Down Payment")]
MOST_COMMENT = LIMITS["complementInfo"].length


class ChorusProValidation(models.Model):
    """An invoice of a subcontractor or co-contractor (frameworks A9 and A12) that names us as its
    validator, as Chorus Pro has it.

    It is none of our invoices: nothing of it goes into our accounts.
    """

    _name = "chorus.pro.validation"
    _inherit = "chorus.pro.listed.invoice"
    _description = "Invoice to Validate at Chorus Pro"
    _order = "deadline, id"

    connection_id = fields.Many2one(
        "chorus.pro.connection", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="connection_id.company_id", store=True, index=True)
    stage = fields.Selection(
        STAGES, required=True, readonly=True, default="to_validate", index=True
    )
    supplier_name = ForeignChar(string="Subcontractor", readonly=True)
    supplier_siret = ForeignChar(string="Subcontractor's SIRET", readonly=True)
    billing_framework = ForeignChar(readonly=True)
    note = ForeignText(string="Comment", readonly=True, help="What the subcontractor wrote.")
    invoice_type = fields.Selection(TYPES, readonly=True)
    deadline = fields.Date(
        compute="_compute_deadline", store=True, string="Decide By",
        help="15 days after the deposit. Whoever has not answered by then has agreed.",
    )
    days_left = fields.Integer(compute="_compute_days_left")
    deadline_text = fields.Char(string="Time Left", compute="_compute_days_left")
    is_urgent = fields.Boolean(compute="_compute_days_left")
    untaxed = fields.Monetary(string="Total without VAT", readonly=True)
    pdf = fields.Binary(string="PDF", attachment=True, readonly=True)
    pdf_name = fields.Char(compute="_compute_pdf_name")
    details_wanted = fields.Boolean(default=True, readonly=True)
    details_tries = fields.Integer(readonly=True)
    decision_ids = fields.One2many("chorus.pro.decision", "validation_id", readonly=True)
    decision_kind = fields.Selection(KINDS, compute="_compute_decision", compute_sudo=True)
    decision_state = fields.Selection(
        DECISION_STATES, string="State of the Decision", compute="_compute_decision",
        compute_sudo=True,
    )
    decision_reason = ForeignText(
        string="Answer to the Decision", compute="_compute_decision", compute_sudo=True
    )
    may_decide = fields.Boolean(compute="_compute_decision", compute_sudo=True)

    _once = models.UniqueIndex("(company_id, environment, chorus_invoice_id)")

    @api.depends("deposit_date")
    def _compute_deadline(self):
        for row in self:
            row.deadline = row.deposit_date and row.deposit_date + TIME_TO_DECIDE

    @api.depends("deadline", "stage")
    @api.depends_context("lang")
    def _compute_days_left(self):
        today = paris_today()
        for row in self:
            is_open = bool(row.deadline) and row.stage == "to_validate"
            left = (row.deadline - today).days if is_open else 0
            row.days_left = left
            row.is_urgent = is_open and left <= URGENT_DAYS
            if not is_open:
                row.deadline_text = False
            elif left < 0:
                row.deadline_text = self.env._("The 15 days are over")
            elif left == 0:
                row.deadline_text = self.env._("Last day: today")
            else:
                row.deadline_text = (
                    self.env._("%s days left", left) if left > 1 else self.env._("1 day left")
                )

    @api.depends("name")
    def _compute_pdf_name(self):
        for row in self:
            row.pdf_name = f"{row.name}.pdf".replace("/", "-")

    @api.depends("stage", "decision_ids.state", "decision_ids.reason")
    def _compute_decision(self):
        for row in self:
            last = row._last_decision()
            row.decision_kind = last.kind
            row.decision_state = last.state
            row.decision_reason = last.reason
            row.may_decide = row.stage == "to_validate" and last.state not in ON_ITS_WAY

    def _last_decision(self):
        """The one on its way, else the last one."""
        return self.decision_ids.sorted(lambda each: (each.state in ON_ITS_WAY, each.id))[-1:]

    # ------------------------------------------------------------------
    # What users do
    # ------------------------------------------------------------------

    def action_accept(self):
        """Have these invoices accepted at Chorus Pro: they go on to the public body.

        :raises UserError: one of them does not wait for a decision, or not any more
        """
        self._check_may_decide()
        return self._queue("accept")

    def action_refuse(self, comment=None, reason="other"):
        """Have this invoice refused at Chorus Pro: it goes back to the subcontractor.

        :param comment: what the subcontractor reads; without it the dialog opens
        :param reason: ``other``, or ``wrong_validator`` when it is not ours to validate
        :raises UserError: it does not wait for a decision any more, or the comment is too long
        """
        self.ensure_one()
        self._check_may_decide()
        if not comment:
            dialog = self.env["chorus.pro.validation.refusal"].create({"validation_id": self.id})
            return open_dialog(dialog, self.env._("Refuse %s", self.name))
        if reason not in dict(REASONS):
            raise UserError(self.env._("Choose why the invoice is refused."))
        if len(comment) > MOST_COMMENT:
            raise UserError(
                self.env._(
                    "The comment has %(length)s characters: Chorus Pro accepts %(limit)s. Shorten "
                    "it.",
                    length=len(comment), limit=MOST_COMMENT,
                )
            )
        return self._queue("refuse", comment=comment, refusal_reason=reason)

    def action_take_back(self):
        """Take the decision on these invoices out of the queue."""
        require_role(self.env, USER)
        self.check_access("read")
        for row in self:
            row.sudo()._last_decision().with_env(self.env).action_cancel()
        return True

    def action_read_now(self):
        """Have what waits for a decision read soon."""
        require_role(self.env, USER)
        connections = self.env["chorus.pro.connection"].sudo()
        mine = connections.search(
            [("validates", "=", True), ("company_id", "in", self.env.companies.ids)]
        )
        if not mine:
            raise UserError(
                self.env._(
                    "No connection reads invoices to validate. An administrator turns on "
                    "“Validates Subcontractors' Invoices” on the connection."
                )
            )
        mine._chorus_pro_dispatch("validation")
        return notify(
            self.env._("Chorus Pro is being asked"),
            self.env._("What waits for your decision appears here in a moment."), "info",
        )

    def _check_may_decide(self):
        """
        :raises AccessError: the user may not decide at Chorus Pro, or not read these
        :raises UserError: one does not wait for a decision, or not any more
        """
        require_role(self.env, USER)
        self.check_access("read")
        for row in self.sudo():
            if row.stage != "to_validate":
                raise UserError(row._too_late_sentence())
            if not row.may_decide:
                raise UserError(
                    self.env._("%s: this is already on its way to Chorus Pro.", row.name)
                )

    def _queue(self, kind, **values):
        for row in self:
            self.env["chorus.pro.decision"]._queue(row, kind, **values)
        return notify(
            self.env._("Request queued for Chorus Pro"),
            self.env._("You will be notified when the answer arrives."), "success", CLOSE,
        )

    def _too_late_sentence(self):
        status = self._fields["status"].convert_to_export(self.status, self)
        return self.env._(
            "This cannot be done, or not any more: %(number)s is now in the status “%(status)s”.",
            number=self.name, status=status or self.status_code or "?",
        )

    # ------------------------------------------------------------------
    # What the jobs write
    # ------------------------------------------------------------------

    def _take_status(self, code):
        """Make this raw code the status; what follows the decision keeps its stage."""
        code = storable_code(code)
        known = validation_stage(code)
        follows = "passed" if self.stage in ("to_validate", "refused") else self.stage
        stage = known or (follows if code else self.stage)
        if (code or self.status_code, stage) != (self.status_code, self.stage):
            self.write({"status_code": code or self.status_code, "stage": stage})

    @api.model
    def _facts(self, summary):
        """
        :param summary: :class:`InvoiceToValidate`
        """
        return {
            **super()._facts(summary),
            "supplier_name": storable(summary.supplier_name) or False,
            "supplier_siret": storable(summary.supplier_identifier) or False,
            "invoice_type": summary.invoice_type in dict(TYPES) and summary.invoice_type,
            "untaxed": float(summary.untaxed or 0),
        }
