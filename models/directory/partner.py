# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ...choruspro.checks import blocking, check_siret, normalise_siret
from ..access.roles import USER, require_role
from ..access.web_client import RELOAD, notify
from ..rules.rule_book import problem_sentences

# What a structure says of itself, shown on the customer.
SHOWN = (
    "service_required",
    "engagement_required",
    "service_or_engagement_required",
    "payment_not_reported",
    "works_owner_only",
)


class ResPartner(models.Model):
    """A customer as Chorus Pro knows it by its SIRET. Nothing here asks Chorus Pro anything."""

    _name = "res.partner"
    _inherit = ["res.partner", "chorus.pro.field.access"]

    chorus_pro_structure_ids = fields.Many2many(
        "chorus.pro.structure",
        string="Structures at Chorus Pro",
        compute="_compute_chorus_pro_structure_ids",
        compute_sudo=True,
        context={"active_test": False},
    )
    chorus_pro_structure_id = fields.Many2one(
        "chorus.pro.structure",
        string="Structure at Chorus Pro",
        compute="_compute_chorus_pro_structure_ids",
        compute_sudo=True,
    )
    chorus_pro_directory_state = fields.Selection(
        [
            ("wanted", "Being looked for"),
            ("found", "Found"),
            ("unknown", "Unknown"),
            ("several", "Several"),
            ("closed", "Closed"),
        ],
        string="In Chorus Pro's Directory",
        compute="_compute_chorus_pro_directory_state",
        compute_sudo=True,
    )
    chorus_pro_directory_note = fields.Text(
        compute="_compute_chorus_pro_directory_state", compute_sudo=True
    )
    chorus_pro_service_required = fields.Boolean(
        compute="_compute_chorus_pro_structure_ids", compute_sudo=True
    )
    chorus_pro_engagement_required = fields.Boolean(
        compute="_compute_chorus_pro_structure_ids", compute_sudo=True
    )
    chorus_pro_service_or_engagement_required = fields.Boolean(
        compute="_compute_chorus_pro_structure_ids", compute_sudo=True
    )
    chorus_pro_payment_not_reported = fields.Boolean(
        compute="_compute_chorus_pro_structure_ids", compute_sudo=True
    )
    chorus_pro_works_owner_only = fields.Boolean(
        compute="_compute_chorus_pro_structure_ids", compute_sudo=True
    )
    chorus_pro_has_choice = fields.Boolean(
        compute="_compute_chorus_pro_structure_ids",
        compute_sudo=True,
        help="Chorus Pro knows several open structures with this SIRET.",
    )
    chorus_pro_is_proposed = fields.Boolean(
        compute="_compute_chorus_pro_is_proposed",
        help="A public body that Chorus Pro knows, whose invoices do not go there yet.",
    )
    chorus_pro_service_id = fields.Many2one(
        "chorus.pro.service",
        string="Default Service",
        help="The service of new invoices to this contact, else to its company.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners._chorus_pro_normalise_siret()
        return partners

    def write(self, vals):
        result = super().write(vals)
        if vals.get("company_registry"):
            self._chorus_pro_normalise_siret()
        return result

    @api.onchange("company_registry", "country_id")
    def _onchange_chorus_pro_siret(self):
        self._chorus_pro_normalise_siret()

    def _chorus_pro_normalise_siret(self):
        """Take the spaces out of the SIRET of French partners; other countries' numbers stay."""
        french = {False, *self.env["res.company"]._get_france_country_codes()}
        for partner in self.filtered("company_registry"):
            siret = normalise_siret(partner.company_registry)
            if (
                siret != partner.company_registry
                and re.fullmatch("[0-9]{14}", siret)
                and partner.country_id.code in french
            ):
                partner.company_registry = siret

    def _chorus_pro_siret(self):
        """SIRET of the customer, without spaces: the Company ID of its company, or ""."""
        return normalise_siret(self.commercial_partner_id.company_registry or "")

    @api.depends("commercial_partner_id.company_registry")
    @api.depends_context("company")
    def _compute_chorus_pro_structure_ids(self):
        directory = self.env["chorus.pro.structure"]
        connection = self.env["chorus.pro.connection"]._of_company(self.env.company)
        sirets = {partner._chorus_pro_siret() for partner in self} - {""}
        found = directory.browse()
        if connection and sirets:
            found = directory._of_sirets(connection.place, sirets)
        by_siret = found.grouped("siret")
        for partner in self:
            structures = by_siret.get(partner._chorus_pro_siret(), directory)
            partner.chorus_pro_structure_ids = structures
            partner.chorus_pro_structure_id = recipient = structures._recipient()
            open_ones = structures.filtered(lambda one: one.active and one.chorus_id)
            partner.chorus_pro_has_choice = len(open_ones) > 1
            for name in SHOWN:
                partner[f"chorus_pro_{name}"] = recipient[name]

    @api.depends("chorus_pro_structure_ids", "commercial_partner_id.company_registry")
    @api.depends_context("company", "lang")
    def _compute_chorus_pro_directory_state(self):
        standings = {partner: partner.chorus_pro_structure_ids._standing() for partner in self}
        unknown = self.filtered(lambda partner: standings[partner] == "unknown")
        relatives = unknown.chorus_pro_structure_ids._of_same_siren()
        for partner in self:
            structures = partner.chorus_pro_structure_ids
            notes = [partner._chorus_pro_note(structures)]
            if partner in unknown:
                notes.append(partner._chorus_pro_relatives_note(relatives))
            partner.chorus_pro_directory_state = standings[partner]
            partner.chorus_pro_directory_note = "\n".join(filter(None, notes)) or False

    def _chorus_pro_relatives_note(self, relatives):
        """What is to be said of the structures that Chorus Pro knows by the SIREN of this customer,
        whose SIRET it does not know: it may be a service of one of them."""
        siren = self._chorus_pro_siret()[:9]
        known = relatives.filtered(lambda row: row.siret.startswith(siren))
        return known and self.env._(
            "Chorus Pro knows %s with the same SIREN. If this customer is one of its services, "
            "make it a contact of that customer and choose its Default Service.",
            ", ".join(known.mapped("display_name")),
        )

    def _chorus_pro_note(self, structures):
        """What is to be said of this customer's SIRET; "" when there is nothing."""
        trouble = "\n".join(filter(None, structures.mapped("trouble")))
        if any(structures.mapped("wanted")):
            looking = self.env._("It is being looked for at Chorus Pro.")
            return "\n".join(filter(None, (looking, trouble)))
        if trouble:
            return trouble
        if problems := structures._recipient_problems():
            return problem_sentences(self.env, problems)
        if read_on := structures._recipient().refreshed_at:
            return self.env._(
                "What it demands was read on %s.", format_datetime(self.env, read_on)
            )
        siret = self._chorus_pro_siret()
        # Until Chorus Pro knows it, a check digit may be that of a fictitious SIRET.
        problems = check_siret(siret) if siret else ()
        return problem_sentences(self.env, problems)

    @api.depends("chorus_pro_structure_id", "invoice_sending_method")
    @api.depends_context("company")
    def _compute_chorus_pro_is_proposed(self):
        for partner in self:
            customer = partner.commercial_partner_id
            partner.chorus_pro_is_proposed = (
                partner.sudo().chorus_pro_structure_id.is_public
                and customer.invoice_sending_method != "chorus_pro"
            )

    # ------------------------------------------------------------------
    # What users do
    # ------------------------------------------------------------------

    def action_chorus_pro_find(self):
        """Have the job look this customer up at Chorus Pro; whoever asked is told the answer."""
        require_role(self.env, USER)
        self.ensure_one()
        self.check_access("read")
        self.env["account.move"].check_access("write")
        siret = self._chorus_pro_siret()
        if problems := blocking(check_siret(siret)):
            raise UserError(problem_sentences(self.env, problems))
        connection = self.env["chorus.pro.connection"]._of_company(self.env.company)
        if not connection:
            raise UserError(self._chorus_pro_no_connection(self.env.company))
        self.env["chorus.pro.structure"]._want(connection.place, siret, self.env.user)
        self.invalidate_recordset(["chorus_pro_structure_ids", "chorus_pro_directory_state"])
        return notify(
            self.env._("Chorus Pro is asked for %s", self.display_name),
            self.env._("You will be told when the answer is there."),
            "info",
            RELOAD,
        )

    def action_chorus_pro_use(self):
        """Send the invoices of this customer by Chorus Pro from now on."""
        self.commercial_partner_id.invoice_sending_method = "chorus_pro"
        return True

    @api.model
    def _chorus_pro_no_connection(self, company):
        return self.env._(
            "The company %s has no Chorus Pro connection in use. An administrator adds "
            "one in Invoicing, Configuration, Chorus Pro, Connections.",
            company.name,
        )


class ResUsers(models.Model):
    """A user has all fields of the contact, under the same names."""

    _name = "res.users"
    _inherit = ["res.users", "chorus.pro.field.access"]
