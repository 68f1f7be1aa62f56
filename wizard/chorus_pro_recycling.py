# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..choruspro.checks import blocking, check_siret, normalise_siret
from ..models.access.roles import USER, require_role
from ..models.access.web_client import open_dialog
from ..models.rules.rule_book import problem_sentences

# Of the dialog, beside what it replaces.
PLACE = ("recipient_siret", "service_code", "engagement_number", "contract_number")


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
        "chorus.pro.structure",
        compute="_compute_structure_ids",
        compute_sudo=True,
        context={"active_test": False},
    )
    recipient_name = fields.Char(compute="_compute_structure_ids", compute_sudo=True)
    standing = fields.Char(compute="_compute_structure_ids", compute_sudo=True)
    open_service_ids = fields.Many2many(
        "chorus.pro.service", compute="_compute_structure_ids", compute_sudo=True
    )
    service_id = fields.Many2one(
        "chorus.pro.service",
        compute="_compute_service_id",
        compute_sudo=False,
        readonly=False,
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
        """Have this SIRET looked up at Chorus Pro; whoever asked is told the answer."""
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
