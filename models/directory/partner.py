# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_datetime

from ...choruspro.checks import blocking, check_siret, normalise_siret
from ..access.odoo_fields import SIRET_FIELD, siret_of
from ..access.roles import USER, require_role
from ..access.web_client import RELOAD, notify
from ..rules.rule_book import problem_sentences
from .structure import REQUIREMENTS


def _of_siret(kind, *args, **options):
    """A field filled in from the rows of the directory with the customer's SIRET."""
    return kind(*args, compute="_compute_chorus_pro_structure_ids", compute_sudo=True, **options)


def name_of_siret(siret):
    """The name of a customer of which only the SIRET is known."""
    return f"SIRET {siret}"


class ResPartner(models.Model):
    """A customer as Chorus Pro knows it by its SIRET. Nothing here asks Chorus Pro anything."""

    _name = "res.partner"
    _inherit = ["res.partner", "chorus.pro.field.access"]

    invoice_sending_method = fields.Selection(selection_add=[("chorus_pro", "by Chorus Pro")])
    chorus_pro_structure_ids = _of_siret(
        fields.Many2many, "chorus.pro.structure", string="Structures at Chorus Pro",
        context={"active_test": False},
    )
    chorus_pro_structure_id = _of_siret(
        fields.Many2one, "chorus.pro.structure", string="Structure at Chorus Pro"
    )
    chorus_pro_directory_state = fields.Selection(
        [
            ("wanted", "Being looked up"),
            ("found", "Found"),
            ("unknown", "Unknown"),
            ("several", "Several"),
            ("closed", "Closed"),
        ],
        string="In Chorus Pro's Directory", compute="_compute_chorus_pro_directory_state",
        compute_sudo=True,
    )
    chorus_pro_directory_note = fields.Text(
        compute="_compute_chorus_pro_directory_state", compute_sudo=True
    )
    chorus_pro_service_required = _of_siret(fields.Boolean)
    chorus_pro_engagement_required = _of_siret(fields.Boolean)
    chorus_pro_service_or_engagement_required = _of_siret(fields.Boolean)
    chorus_pro_payment_not_reported = _of_siret(fields.Boolean)
    chorus_pro_works_owner_only = _of_siret(fields.Boolean)
    chorus_pro_has_choice = _of_siret(
        fields.Boolean, help="Chorus Pro knows several open structures with this SIRET."
    )
    chorus_pro_is_proposed = fields.Boolean(
        compute="_compute_chorus_pro_is_proposed", search="_search_chorus_pro_is_proposed",
        help="A public body that Chorus Pro knows, whose invoices do not go there yet.",
    )
    chorus_pro_service_id = fields.Many2one(
        "chorus.pro.service", string="Default Service",
        help="The service of new invoices to this contact, else to its company.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners._chorus_pro_normalise_siret()
        return partners

    def write(self, vals):
        result = super().write(vals)
        if vals.get(SIRET_FIELD):
            self._chorus_pro_normalise_siret()
        return result

    @api.onchange(SIRET_FIELD, "country_id")
    def _chorus_pro_normalise_siret(self):
        """Take the spaces out of the SIRET of French partners; other countries' numbers stay."""
        french = {False, *self.env["res.company"]._get_france_country_codes()}
        for partner in self.filtered(SIRET_FIELD):
            siret = normalise_siret(siret_of(partner))
            if (
                siret != siret_of(partner)
                and re.fullmatch("[0-9]{14}", siret)
                and partner.country_id.code in french
            ):
                partner[SIRET_FIELD] = siret

    @api.onchange(SIRET_FIELD)
    def _onchange_chorus_pro_new_customer(self):
        """A new customer may begin with its SIRET: what the directory knows of it is filled in;
        without that its number serves as its name until Chorus Pro has answered."""
        siret = normalise_siret(siret_of(self))
        french = {False, *self.env["res.company"]._get_france_country_codes()}
        connection = self.env["chorus.pro.connection"]._of_company(self.env.company)
        is_new = not self._origin and not self.name and not self.parent_id
        if not (is_new and connection) or self.country_id.code not in french or blocking(
            check_siret(siret)
        ):
            return
        self.is_company = True
        self.name = name_of_siret(siret)
        self._chorus_pro_fill(
            self.env["chorus.pro.structure"]._of_sirets(connection.place, [siret])._recipient())

    def _chorus_pro_fill(self, structure):
        """Fill in what the directory knows of these customers, where they have nothing yet: the
        name of those that were made from their SIRET alone, and the country.

        :param structure: the recipient with their SIRET, if there is one
        """
        if not structure:
            return
        for partner in self:
            if partner.name == name_of_siret(structure.siret):
                partner.name = structure.name
                if structure.is_public:
                    partner.invoice_sending_method = "chorus_pro"
            if not partner.country_id:
                partner.country_id = self.env.ref("base.fr")

    def _chorus_pro_siret(self):
        """SIRET of the customer, without spaces: the Company ID of its company, or ""."""
        return normalise_siret(siret_of(self.commercial_partner_id))

    @api.depends(f"commercial_partner_id.{SIRET_FIELD}")
    @api.depends_context("company")
    def _compute_chorus_pro_structure_ids(self):
        connection = self.env["chorus.pro.connection"]._of_company(self.env.company)
        sirets = {partner: partner._chorus_pro_siret() for partner in self}
        known = self.env["chorus.pro.structure"]._by_siret(connection, sirets.values())
        for partner in self:
            structures = known[sirets[partner]]
            partner.chorus_pro_structure_ids = structures
            partner.chorus_pro_structure_id = recipient = structures._recipient()
            open_ones = structures.filtered(lambda one: one.active and one.chorus_id)
            partner.chorus_pro_has_choice = len(open_ones) > 1
            for name in REQUIREMENTS:
                partner[f"chorus_pro_{name}"] = recipient[name]

    @api.depends("chorus_pro_structure_ids", f"commercial_partner_id.{SIRET_FIELD}")
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
        """The note on those of ``relatives`` that have the SIREN of this customer, whose SIRET
        Chorus Pro does not know: it may be a service of one of them."""
        siren = self._chorus_pro_siret()[:9]
        known = relatives.filtered(lambda row: row.siret.startswith(siren))
        return known and self.env._(
            "Chorus Pro knows %s with the same SIREN. If this customer is one of its services, "
            "make it a contact of that customer and choose its Default Service.",
            ", ".join(known.mapped("display_name")),
        )

    def _chorus_pro_note(self, structures):
        """The note on this customer's SIRET, or ""."""
        trouble = "\n".join(filter(None, structures.mapped("trouble")))
        if any(structures.mapped("wanted")):
            looking = self.env._("Chorus Pro is being asked about it.")
            return "\n".join(filter(None, (looking, trouble)))
        if trouble:
            return trouble
        if problems := structures._recipient_problems():
            return problem_sentences(self.env, problems)
        if read_on := structures._recipient().refreshed_at:
            read_on = format_datetime(self.env, read_on)
            return self.env._("Its requirements were read on %s.", read_on)
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

    @api.model
    def _search_chorus_pro_is_proposed(self, operator, values):
        """Customers of whom it is said, not each of their contacts."""
        if operator != "in":
            return NotImplemented
        self._check_field_access(self._fields["chorus_pro_is_proposed"], "read")
        connection = self.env["chorus.pro.connection"]._of_company(self.env.company)
        public = self.env["chorus.pro.structure"].sudo().search(
            Domain("environment", "=", connection.place or False)
            & Domain("is_public", "=", True) & Domain("chorus_id", "!=", False))
        known = self.env["chorus.pro.structure"]._by_siret(connection, public.mapped("siret"))
        sirets = [siret for siret, rows in known.items() if rows._recipient().is_public]
        is_customer = Domain("parent_id", "=", False) | Domain("is_company", "=", True)
        proposed = is_customer & Domain(SIRET_FIELD, "in", sirets) & Domain(
            "invoice_sending_method", "!=", "chorus_pro")
        return Domain.OR(proposed if value else ~proposed for value in values)

    def action_chorus_pro_find(self):
        """Have the job look this customer up at Chorus Pro, and notify the user of the answer."""
        self._chorus_pro_check_may_find()
        self.ensure_one()
        siret = self._chorus_pro_siret()
        if problems := blocking(check_siret(siret)):
            raise UserError(problem_sentences(self.env, problems))
        place = self._chorus_pro_connection_to_ask().place
        self.env["chorus.pro.structure"]._want(place, siret, self.env.user)
        self.invalidate_recordset(["chorus_pro_structure_ids", "chorus_pro_directory_state"])
        return notify(
            self.env._("Looking up %s at Chorus Pro", self.display_name),
            self.env._("You will be notified when the answer arrives."), "info", RELOAD,
        )

    def action_chorus_pro_find_selected(self):
        """Have the job look up which of these customers are public bodies; the user is notified
        once. Those without a SIRET are left out and counted."""
        self._chorus_pro_check_may_find()
        sirets = {}
        for customer in self.commercial_partner_id:
            siret = customer._chorus_pro_siret()
            if not blocking(check_siret(siret)):
                sirets[customer] = siret
        if not sirets:
            raise UserError(self.env._(
                "None of these customers has a SIRET of 14 digits, by which Chorus Pro would find "
                "it: fill it in first."
            ))
        self.env["chorus.pro.structure"]._want_all(
            self._chorus_pro_connection_to_ask().place, sirets.values(), self.env.user)
        self.invalidate_recordset(["chorus_pro_structure_ids", "chorus_pro_directory_state"])
        message = self.env._("You will be notified when the last answer has arrived.")
        if left_out := len(self.commercial_partner_id) - len(sirets):
            message += "\n" + self.env._("Left out, without a SIRET of 14 digits: %s.", left_out)
        title = self.env._("Customers being looked up at Chorus Pro: %s", len(sirets))
        return notify(title, message, "info")

    def _chorus_pro_check_may_find(self):
        """:raises AccessError: the user may not ask Chorus Pro about these"""
        require_role(self.env, USER)
        self.check_access("read")
        self.env["account.move"].check_access("write")

    @api.model
    def _chorus_pro_connection_to_ask(self):
        """The connection that the company asks by, in sudo.

        :raises UserError: it has none
        """
        connection = self.env["chorus.pro.connection"]._of_company(self.env.company)
        if not connection:
            raise UserError(self.env._(
                "The company %s has no Chorus Pro connection in use. An administrator adds one in "
                "Invoicing, Configuration, Chorus Pro, Connections.",
                self.env.company.name,
            ))
        return connection

    def action_chorus_pro_use_selected(self):
        """Send the invoices of those of these customers that are public bodies by Chorus Pro from
        now on, and say how many they are."""
        self.check_access("write")
        proposed = self.commercial_partner_id.filtered("chorus_pro_is_proposed")
        if not proposed:
            raise UserError(self.env._(
                "None of these customers is a public body that Chorus Pro knows and whose invoices "
                "go another way. Look them up first."
            ))
        proposed.action_chorus_pro_use()
        if len(proposed) == 1:
            title = self.env._("Invoices of %s go by Chorus Pro now", proposed.display_name)
        else:
            title = self.env._("Invoices of %s customers go by Chorus Pro now", len(proposed))
        message = ""
        if left_out := len(self.commercial_partner_id) - len(proposed):
            message = self.env._("Nothing changes for the others: %s.", left_out)
        return notify(title, message, then=RELOAD)

    def action_chorus_pro_use(self):
        """Send the invoices of this customer by Chorus Pro from now on."""
        self.commercial_partner_id.invoice_sending_method = "chorus_pro"
        return True

    @api.model
    def get_import_templates(self):
        """Also public bodies by their SIRET, such as those of a qualification data set, whose
        columns are not published."""
        return [
            *super().get_import_templates(),
            {
                "label": self.env._("Import Template for Public Bodies (Chorus Pro)"),
                "template": "/l10n_fr_chorus_pro/static/import/public_bodies.csv",
            },
        ]


class ResUsers(models.Model):
    """A user has all fields of the contact, under the same names."""

    _name = "res.users"
    _inherit = ["res.users", "chorus.pro.field.access"]
