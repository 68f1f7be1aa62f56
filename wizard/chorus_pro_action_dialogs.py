# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The dialogs about an invoice that came back from Chorus Pro, one for each action."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..choruspro.checks import blocking, check_siret, normalise_siret
from ..choruspro.limits import MAX_COMMENT
from ..models.access.odoo_fields import SIRET_FIELD
from ..models.access.roles import USER, require_role
from ..models.access.web_client import open_dialog
from ..models.rules.rule_book import problem_sentences

# Of the recycling, beside what it replaces.
PLACE = ("recipient_siret", "service_code", "engagement_number", "contract_number")


class ChorusProDialog(models.AbstractModel):
    """What the dialogs about an invoice that came back from Chorus Pro share."""

    _name = "chorus.pro.dialog"
    _inherit = "chorus.pro.named.record"
    _description = "Dialog about an Invoice at Chorus Pro"

    _right_by_field = {"move_id": "write"}

    move_id = fields.Many2one(
        "account.move", string="Invoice", required=True, readonly=True, ondelete="cascade"
    )
    status_date = fields.Datetime(related="move_id.chorus_pro_status_date", related_sudo=False)
    reason = fields.Text(related="move_id.chorus_pro_reason", related_sudo=False)
    remedy = fields.Text(related="move_id.chorus_pro_remedy", related_sudo=False)

    def _dialog_title(self):
        """Title of the dialog, with the number of the invoice."""
        raise NotImplementedError


class ChorusProCompletion(models.TransientModel):
    """What is missing from a suspended invoice: files, a comment, or both."""

    _name = "chorus.pro.completion"
    _inherit = "chorus.pro.dialog"
    _description = "Completion of an Invoice at Chorus Pro"

    environment = fields.Selection(related="move_id.chorus_pro_environment", related_sudo=False)
    attachment_ids = fields.Many2many(
        "ir.attachment", string="Files",
        help="10 MB each. They go to the recipient with the invoice, and stay among its files "
        "here.",
    )
    attachment_type_id = fields.Many2one(
        "chorus.pro.attachment.type", string="Type of Document",
        help="What the files are, as Chorus Pro sorts them. Left empty: miscellaneous.",
    )
    comment = fields.Text(help="It replaces the comment that was deposited with the invoice.")
    comment_length = fields.Char(compute="_compute_comment_length")

    @api.depends("comment")
    @api.depends_context("lang")
    def _compute_comment_length(self):
        for dialog in self:
            length = len(dialog.comment or "")
            if length > MAX_COMMENT:
                dialog.comment_length = self.env._(
                    "%(over)s characters too many: Chorus Pro accepts %(limit)s.",
                    over=length - MAX_COMMENT, limit=MAX_COMMENT,
                )
            else:
                dialog.comment_length = self.env._(
                    "%(length)s of %(limit)s characters", length=length, limit=MAX_COMMENT
                )

    def _dialog_title(self):
        return self.env._("Complete %s", self.move_id.name)

    def action_confirm(self):
        """Queue the completion."""
        self.ensure_one()
        comment = (self.comment or "").strip()
        if not comment and not self.attachment_ids:
            raise UserError(self.env._("Add the file that was asked for, or write a comment."))
        return self.move_id.action_chorus_pro_complete(
            comment=comment, attachment_ids=self.attachment_ids.ids,
            attachment_type=self.attachment_type_id.code,
        )


class ChorusProRecycling(models.TransientModel):
    """Where an invoice to recycle should go instead, beside where it went."""

    _name = "chorus.pro.recycling"
    _inherit = "chorus.pro.dialog"
    _description = "Recycling of an Invoice at Chorus Pro"

    old_recipient_siret = fields.Char(string="Former SIRET", compute="_compute_old")
    old_service_code = fields.Char(string="Former Service Code", compute="_compute_old")
    old_engagement_number = fields.Char(string="Former Engagement Number", compute="_compute_old")
    old_contract_number = fields.Char(string="Former Contract Number", compute="_compute_old")
    recipient_siret = fields.Char(
        string="SIRET", help="14 digits: of the establishment that invoices go to."
    )
    structure_ids = fields.Many2many(
        "chorus.pro.structure", compute="_compute_structure_ids", compute_sudo=True,
        context={"active_test": False},
    )
    recipient_name = fields.Char(compute="_compute_structure_ids", compute_sudo=True)
    standing = fields.Char(compute="_compute_structure_ids", compute_sudo=True)
    open_service_ids = fields.Many2many(
        "chorus.pro.service", compute="_compute_structure_ids", compute_sudo=True
    )
    service_id = fields.Many2one(
        "chorus.pro.service", compute="_compute_service_id", compute_sudo=False, readonly=False,
        store=True,
    )
    service_code = fields.Char(
        compute="_compute_service_code", compute_sudo=False, readonly=False, store=True
    )
    engagement_number = fields.Char(help="Left empty: the one that Chorus Pro has stays.")
    contract_number = fields.Char(help="Left empty: the one that Chorus Pro has stays.")
    comment = fields.Text()
    problems = fields.Text(compute="_compute_problems")

    @api.model_create_multi
    def create(self, vals_list):
        dialogs = super().create(vals_list)
        for dialog, vals in zip(dialogs, vals_list, strict=True):
            values = {name: dialog[f"old_{name}"] for name in PLACE if name not in vals}
            dialog.write(values)
        return dialogs

    @api.depends("move_id")
    def _compute_old(self):
        for dialog in self:
            submission = dialog.move_id._chorus_pro_last_submission()
            place = dialog.move_id._chorus_pro_declared_place(submission)
            for name in PLACE:
                dialog[f"old_{name}"] = place[name]

    @api.depends("move_id", "recipient_siret")
    def _compute_structure_ids(self):
        for dialog in self:
            directory = self.env["chorus.pro.structure"].with_company(dialog.move_id.company_id)
            siret = normalise_siret(dialog.recipient_siret or "")
            environment = dialog.move_id.chorus_pro_environment
            rows = directory._of_sirets(environment, [siret]) if siret else directory
            one = rows._recipient()
            dialog.structure_ids = rows
            dialog.recipient_name = one.name
            dialog.standing = rows._standing()
            dialog.open_service_ids = one._open_services(dialog.move_id.invoice_date)

    def _structures(self):
        """The rows of the directory for the SIRET that was typed, in sudo, as the company of the
        invoice sees them."""
        return self.sudo().structure_ids.with_company(self.move_id.company_id)

    @api.depends("recipient_siret")
    def _compute_service_id(self):
        for dialog in self:
            code = (dialog.service_code or "").strip()
            recipient = dialog._structures()._recipient()
            dialog.service_id = recipient._service(code) if code else False

    @api.depends("service_id")
    def _compute_service_code(self):
        for dialog in self:
            if dialog.service_id:
                dialog.service_code = dialog.service_id.code
            else:
                dialog.service_code = dialog.service_code

    @api.depends("recipient_siret", "service_code", "engagement_number", "structure_ids")
    @api.depends_context("lang")
    def _compute_problems(self):
        for dialog in self:
            structures = dialog._structures()
            problems = structures._siret_problems(dialog.recipient_siret)
            problems += structures._problems(
                service_code=(dialog.service_code or "").strip() or None,
                engagement_number=(
                    (dialog.engagement_number or dialog.old_engagement_number or "").strip() or None
                ),
                on=dialog.move_id.invoice_date or None,
            )
            dialog.problems = problem_sentences(self.env, problems)

    def _dialog_title(self):
        return self.env._("Recycle %s", self.move_id.name)

    def action_find(self):
        """Have this SIRET looked up at Chorus Pro; the user is notified of the answer."""
        require_role(self.env, USER)
        self.ensure_one()
        siret = normalise_siret(self.recipient_siret or "")
        if problems := blocking(check_siret(siret)):
            raise UserError(problem_sentences(self.env, problems))
        self.move_id.check_access("write")
        self.env["chorus.pro.structure"]._want(
            self.move_id.chorus_pro_environment, siret, self.env.user
        )
        return self.action_show()

    def action_show(self):
        """Show the dialog again, with what the directory says now."""
        self.invalidate_recordset()
        return open_dialog(self, self._dialog_title())

    def action_confirm(self):
        """Queue the recycling."""
        self.ensure_one()
        return self.move_id.action_chorus_pro_recycle(
            **{name: self[name] or "" for name in PLACE}, comment=(self.comment or "").strip()
        )


class ChorusProReissue(models.TransientModel):
    """A rejected invoice is cancelled, and made again or not: what this will do, before it does."""

    _name = "chorus.pro.reissue"
    _inherit = "chorus.pro.dialog"
    _description = "Reissue of an Invoice That Chorus Pro Rejected"

    outcome = fields.Selection(
        [
            ("again", "Issue it again, corrected"),
            ("cancelled", "Do not issue it again: it is a duplicate, or settled otherwise"),
        ],
        required=True, default="again",
    )
    credit_reason = fields.Char(
        string="Reason on the Credit Note", compute="_compute_credit_reason", compute_sudo=False,
        store=True, readonly=False,
    )
    date = fields.Date(string="Date of the Credit Note", default=fields.Date.context_today)

    @api.depends("move_id")
    def _compute_credit_reason(self):
        for dialog in self:
            lang = dialog.move_id.partner_id.lang or self.env.lang
            dialog.credit_reason = dialog.with_context(lang=lang).env._("rejected at Chorus Pro")

    def _dialog_title(self):
        return self.env._("Rejection of %s", self.move_id.name)

    def action_confirm(self):
        """Do it, and open the copy to correct when there is one."""
        self.ensure_one()
        if not self.credit_reason:
            raise UserError(self.env._("Say why the invoice is cancelled."))
        given = {"reason": self.credit_reason, "date": self.date}
        if self.outcome == "cancelled":
            return self.move_id.action_chorus_pro_cancel_rejected(**given)
        return self.move_id.action_chorus_pro_reissue(**given)


class ChorusProValidatorCorrection(models.TransientModel):
    """Who validates the invoice of a subcontractor or co-contractor instead."""

    _name = "chorus.pro.validator.correction"
    _inherit = "chorus.pro.dialog"
    _description = "Correction of a Validator at Chorus Pro"

    old_validator_id = fields.Many2one(
        related="move_id.chorus_pro_validator_id", related_sudo=False, string="Sent To"
    )
    validator_id = fields.Many2one(
        "res.partner", string="New Validator",
        help="The contractor who validates the invoice, identified at Chorus Pro by its SIRET.",
    )
    validator_siret = fields.Char(
        string="SIRET", related=f"validator_id.commercial_partner_id.{SIRET_FIELD}",
        related_sudo=False, help="Identifies the validator at Chorus Pro.",
    )

    def _dialog_title(self):
        return self.env._("Correct the Validator of %s", self.move_id.name)

    def action_confirm(self):
        """Queue the correction."""
        self.ensure_one()
        if not self.validator_id:
            raise UserError(self.env._("Choose who validates the invoice."))
        return self.move_id.action_chorus_pro_correct_validator(validator_id=self.validator_id.id)
