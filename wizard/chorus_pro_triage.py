# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from collections import Counter
from os.path import commonprefix

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.access.roles import USER, require_role
from ..models.access.web_client import CLOSE, notify, open_dialog

KINDS = [
    ("ready", "Ready"), ("to_fix", "To Fix"), ("there", "Already There"),
    ("other", "Not for Chorus Pro"),
]
# What is corrected in the dialog itself, and written on the invoice.
CORRECTIONS = {"service_id", "service_code", "engagement_number", "contract_number", "is_corrected"}
UNKNOWN_ORDER = "commitment_unknown"
DRAFT = "not_confirmed"
# Of these rules each sentence is a separate cause.
MANY_CAUSES = {"refused_before"}


def in_common(texts):
    """What several texts have in common, as one text: … stands for words that differ."""
    first, *others = {tuple(text.split(" ")): None for text in texts}
    if not others:
        return " ".join(first)
    begin = commonprefix([first, *others])
    ends = [words[len(begin):][::-1] for words in (first, *others)]
    return " ".join([*begin, "…", *commonprefix(ends)[::-1]])


class ChorusProTriage(models.TransientModel):
    """Many invoices before they are sent: those that can leave, and what to fix on the others."""

    _name = "chorus.pro.triage"
    _inherit = "chorus.pro.named.record"
    _description = "Invoices to Send to Chorus Pro"

    line_ids = fields.One2many("chorus.pro.triage.line", "triage_id")
    ready_ids = fields.One2many(
        "chorus.pro.triage.line", "triage_id", domain=[("kind", "=", "ready")]
    )
    to_fix_ids = fields.One2many(
        "chorus.pro.triage.line", "triage_id", domain=[("kind", "=", "to_fix")]
    )
    there_ids = fields.One2many(
        "chorus.pro.triage.line", "triage_id", domain=[("kind", "=", "there")]
    )
    other_ids = fields.One2many(
        "chorus.pro.triage.line", "triage_id", domain=[("kind", "=", "other")]
    )
    ready_count = fields.Integer(compute="_compute_counts")
    to_fix_count = fields.Integer(compute="_compute_counts")
    there_count = fields.Integer(compute="_compute_counts")
    other_count = fields.Integer(compute="_compute_counts")
    draft_count = fields.Integer(compute="_compute_counts")
    has_refused = fields.Boolean(compute="_compute_counts")
    proposal_count = fields.Integer(compute="_compute_counts")
    send_label = fields.Char(compute="_compute_counts")
    unknown_order_count = fields.Integer(compute="_compute_counts")

    @api.depends_context("lang")
    @api.depends(
        "line_ids.kind", "line_ids.rule", "line_ids.engagement_proposal",
        "line_ids.has_unknown_order")
    def _compute_counts(self):
        for triage in self:
            kinds = Counter(triage.line_ids.mapped("kind"))
            for kind, _label in KINDS:
                triage[f"{kind}_count"] = kinds[kind]
            to_fix = triage.line_ids.filtered(lambda line: line.kind == "to_fix")
            triage.draft_count = len(to_fix.filtered(lambda line: line.rule == DRAFT))
            triage.has_refused = any(to_fix.mapped("was_refused"))
            ready = triage.line_ids.filtered(lambda line: line.kind == "ready")
            triage.unknown_order_count = len(ready.filtered("has_unknown_order"))
            triage.proposal_count = len(to_fix.filtered("engagement_proposal"))
            triage.send_label = (
                self.env._("Send the ready one")
                if kinds["ready"] == 1
                else self.env._("Send the %s ready ones", kinds["ready"])
            )

    @api.model
    def _open(self, moves):
        """Sort ``moves`` and show the result."""
        triage = self.create({})
        found = moves._chorus_pro_triage()
        lines = self.env["chorus.pro.triage.line"]
        lines.create(
            [
                {"triage_id": triage.id, "move_id": move.id, **lines._values(move, *standing)}
                for move, standing in found.items()
            ]
        )
        return triage._show()

    def _show(self):
        context = {"dialog_size": "extra-large"}
        return open_dialog(self, self.env._("Send to Chorus Pro"), context=context)

    def action_check(self):
        """Look again at what was to be fixed: it may have been corrected elsewhere."""
        self.ensure_one()
        self.to_fix_ids._sort()
        return self._show()

    def action_confirm_drafts(self):
        """Confirm those that are drafts, then look at them again: nothing is sent.

        :raises UserError: Odoo cannot confirm one of them; none is confirmed then
        """
        require_role(self.env, USER)
        self.ensure_one()
        drafts = self.to_fix_ids.filtered(lambda line: line.rule == DRAFT)
        drafts.move_id.filtered(lambda move: move.state == "draft").action_post()
        drafts._sort()
        return self._show()

    def action_take_engagements(self):
        """Make the customer references the engagement numbers of the invoices to fix that have
        none, then look at these again."""
        self.ensure_one()
        lines = self.to_fix_ids.filtered("engagement_proposal")
        lines.move_id.action_chorus_pro_take_engagement()
        lines._sort()
        return self._show()

    def action_open_to_fix(self):
        """Leave the dialog for the list of the invoices to correct."""
        self.ensure_one()
        return self.to_fix_ids.move_id._get_records_action(name=self.env._("To Fix"))

    def action_send(self):
        """Queue what can leave; what is to be fixed stays in the dialog.

        Minutes may have passed since the invoices were sorted: they are looked at once more.
        """
        require_role(self.env, USER)
        self.ensure_one()
        ready = self.line_ids.filtered(lambda line: line.kind == "ready")
        ready._sort()
        moves = ready.filtered(lambda line: line.kind == "ready").move_id
        if not moves:
            raise UserError(
                self.env._("No invoice can leave: correct those to fix, then check them again.")
            )
        moves.check_access("write")
        self.env["chorus.pro.submission"]._enqueue(moves)
        self.line_ids.filtered(lambda line: line.move_id in moves)._sort()
        is_done = not self.to_fix_count
        return notify(
            moves._chorus_pro_queued_title(),
            self.env._("You will be notified when the answer arrives."),
            then=CLOSE if is_done else self._show(),
        )


class ChorusProTriageLine(models.TransientModel):
    """One invoice among many. Its references are those of the invoice itself."""

    _name = "chorus.pro.triage.line"
    _inherit = "chorus.pro.named.record"
    _description = "Invoice to Send to Chorus Pro"
    # Same causes together; within, as they were chosen.
    _order = "cause_group, id"
    _right_by_field = {"move_id": "write"}

    triage_id = fields.Many2one("chorus.pro.triage", required=True, index=True, ondelete="cascade")
    move_id = fields.Many2one(
        "account.move", string="Invoice", required=True, readonly=True, ondelete="cascade"
    )
    number = fields.Char(related="move_id.name", related_sudo=False, string="Number")
    customer_reference = fields.Char(
        related="move_id.ref", related_sudo=False, string="Customer Reference"
    )
    engagement_proposal = fields.Char(
        related="move_id.chorus_pro_engagement_proposal", related_sudo=False
    )
    partner_id = fields.Many2one(
        related="move_id.commercial_partner_id", related_sudo=False, string="Customer"
    )
    currency_id = fields.Many2one(related="move_id.currency_id", related_sudo=False)
    amount = fields.Monetary(
        related="move_id.amount_total_in_currency_signed", related_sudo=False,
        string="Total with VAT",
    )
    kind = fields.Selection(KINDS, readonly=True)
    cause = fields.Char(readonly=True, help="What has to be corrected first.")
    rule = fields.Char(readonly=True, help="Id of the rule that is the cause.")
    remedy = fields.Char(readonly=True)
    has_unknown_order = fields.Boolean(
        readonly=True, help="A warning says that Chorus Pro has no order with its number."
    )
    cause_group = fields.Char(readonly=True, help="Tells the causes from each other.")
    cause_count = fields.Integer(compute="_compute_heading")
    cause_heading = fields.Char(compute="_compute_heading")
    cause_remedy = fields.Char(compute="_compute_heading")
    problems = fields.Text(readonly=True)
    other_problems = fields.Text(readonly=True, help="Beside the first one.")
    was_refused = fields.Boolean(compute="_compute_was_refused")
    is_corrected = fields.Boolean(
        string="Corrected",
        help="What Chorus Pro refused was corrected elsewhere, such as on the customer.",
    )
    open_service_ids = fields.Many2many(
        related="move_id.chorus_pro_open_service_ids", related_sudo=False
    )
    service_id = fields.Many2one(
        related="move_id.chorus_pro_service_id", related_sudo=False, readonly=False
    )
    service_code = fields.Char(
        string="Service Code", related="move_id.buyer_reference", related_sudo=False, readonly=False
    )
    engagement_number = fields.Char(
        string="Engagement Number", related="move_id.purchase_order_reference", related_sudo=False,
        readonly=False,
    )
    contract_number = fields.Char(
        string="Contract Number", related="move_id.contract_reference", related_sudo=False,
        readonly=False,
    )

    @api.depends("triage_id.line_ids.kind", "triage_id.line_ids.cause_group")
    def _compute_heading(self):
        """The heading of the lines that have the same cause."""
        alone = self.filtered(lambda line: not line.triage_id)
        alone.cause_count = 0
        alone.cause_heading = alone.cause_remedy = False
        for triage in self.triage_id:
            groups = triage.line_ids.grouped(lambda line: (line.kind, line.cause_group))
            for group in groups.values():
                group.cause_count = len(group)
                group.cause_heading = in_common([line.cause or "" for line in group])
                group.cause_remedy = in_common([line.remedy or "" for line in group])

    @api.depends("move_id.chorus_pro_state")
    def _compute_was_refused(self):
        for line in self:
            line.was_refused = line.move_id.chorus_pro_state == "refused"

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & CORRECTIONS:
            self._sort()
        return result

    @api.model
    def _values(self, move, kind, findings):
        """
        :param findings: the first one is the cause
        """
        cause = findings[0].sentence(self.env) if findings else False
        if kind == "there":
            states = dict(move._fields["chorus_pro_state"]._description_selection(self.env))
            cause = states.get(move.chorus_pro_state)
        rule = findings[0].id if findings else False
        return {
            "kind": kind,
            "rule": rule,
            "has_unknown_order": any(
                each.id == UNKNOWN_ORDER and not each.blocking for each in findings
            ),
            "cause_group": f"{rule}: {cause}" if rule in MANY_CAUSES else rule,
            "cause": cause,
            "remedy": findings[0].remedy(self.env) if findings else False,
            "problems": "\n".join(each.text(self.env) for each in findings),
            "other_problems": "\n".join(each.text(self.env) for each in findings[1:]),
        }

    def _sort(self):
        """Look at these invoices as they are now."""
        corrected = self.filtered("is_corrected").move_id
        found = self.move_id._chorus_pro_triage(corrected)
        for line in self:
            line.write(self._values(line.move_id, *found[line.move_id]))

    def action_take_engagement(self):
        """Make the customer reference the engagement number."""
        self.move_id.action_chorus_pro_take_engagement()
        self._sort()
        return self.triage_id._show()

    def action_stop_checking_orders(self):
        """Look up no more engagement numbers of this customer, which registers no orders at Chorus
        Pro, and look at its invoices again.

        :raises AccessError: the user may not change the customer
        """
        require_role(self.env, USER)
        self.ensure_one()
        customer = self.move_id.commercial_partner_id
        customer.with_company(self.move_id.company_id).chorus_pro_orders_unchecked = True
        self.triage_id.line_ids.filtered(
            lambda line: line.has_unknown_order and line.partner_id == customer
        )._sort()
        return self.triage_id._show()

    def action_open_move(self):
        """Show the invoice itself, for what cannot be corrected here."""
        self.ensure_one()
        return self.move_id._get_records_action()
