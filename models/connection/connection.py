# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import os

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...choruspro.checks import blocking, check_siret, normalise_siret
from ...choruspro.environment import require_safe_url
from ...choruspro.errors import ChorusProError
from ..access.odoo_fields import siret_of
from ..access.secret_fields import secret
from ..rules.error_texts import error_sentence

ADDRESSES = ("custom_token_url", "custom_api_url", "custom_portal_url")
LOOPBACK_VARIABLE = "CHORUS_PRO_ALLOW_LOOPBACK"
ENVIRONMENTS = [
    ("qualification", "Qualification (test)"),
    ("production", "Production"),
    ("custom", "Custom URLs"),
]
# A change of any of these means another Chorus Pro: what the former one told is worth nothing.
PLACE_FIELDS = {
    "environment", "access_mode", "custom_token_url", "custom_api_url", "custom_leads_to",
}
# A change of any of these may have fixed a connection that was stopped.
WAKING_FIELDS = PLACE_FIELDS | {
    "piste_client_id", "technical_login", "supplier_siret", "supplier_service_code",
    "calls_per_minute", "trusted_authorities", "proxy_address", "proxy_login", "database_stamp",
    "in_use", "active",
}
# Fields that keep what Chorus Pro told -> their value when it told nothing.
TOLD_OF_STRUCTURE = {
    "supplier_structure_id": False,
    "supplier_service_number": False,
    "bank_account_ids": [fields.Command.clear()],
    "bank_accounts_read_at": False,
    "commitment_ids": [fields.Command.clear()],
}
TOLD = {
    **TOLD_OF_STRUCTURE,
    "known_currencies": False,
    "followed_until": False,
    "fully_followed_at": False,
    "trouble": False,
    "failures": 0,
    "check_ids": [fields.Command.clear()],
}


def loopback_allowed():
    """Whether this server may be made to call itself: for tests, or a gateway on the machine."""
    return os.environ.get(LOOPBACK_VARIABLE) == "1"


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "chorus.pro.field.access"]

    chorus_pro_connection_ids = fields.One2many(
        "chorus.pro.connection", "company_id", string="Chorus Pro Connections",
        groups="base.group_system",
    )


class ChorusProConnection(models.Model):
    """How one company reaches Chorus Pro: environment, credentials, supplier structure.

    A company may have several: qualification beside production, one for each establishment (see
    journals.py). A branch without any uses its parent company's.

    Custom addresses say nothing of where they lead, and two gateways may stand side by side: the
    trial one and the real one. What Chorus Pro told is kept apart for each ``place``.
    """

    _name = "chorus.pro.connection"
    _inherit = ["chorus.pro.secret", "chorus.pro.named.record"]
    _description = "Chorus Pro Connection"
    _order = "company_id, in_use desc, id"
    _check_company_auto = True

    _secret_columns = {
        "piste_client_secret": "piste_client_secret_value",
        "technical_password": "technical_password_value",
        "proxy_password": "proxy_password_value",
    }

    name = fields.Char(required=True, default="Chorus Pro")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    environment = fields.Selection(
        ENVIRONMENTS, required=True, default="qualification",
        help="Qualification is Chorus Pro's test platform: what is sent there is never paid.",
    )
    access_mode = fields.Selection(
        [("piste", "PISTE (OAuth2)")], required=True, default="piste",
        help="PISTE is the State's API gateway, the only way to the national platform since 2021. "
        "Choose a client certificate only if your invoices go through a gateway that asks for one.",
    )
    custom_token_url = fields.Char(string="Token URL")
    custom_api_url = fields.Char(string="API URL")
    custom_portal_url = fields.Char(string="Portal URL")
    custom_leads_to = fields.Selection(
        [
            ("production", "Chorus Pro's production"),
            ("qualification", "Chorus Pro's qualification"),
            ("custom", "Another platform"),
        ],
        string="These Addresses Lead To", default="custom",
        help="Where the gateway forwards what it receives. An invoice that was tried in "
        "qualification can still be sent to production.",
    )
    place = fields.Selection(
        ENVIRONMENTS, compute="_compute_place", store=True, precompute=True,
        help="The Chorus Pro to which invoices go in the end: the environment itself, or what the "
        "custom addresses lead to.",
    )

    piste_client_id = fields.Char(
        string="PISTE Client ID", groups="base.group_system", copy=False,
        help="On the PISTE portal: your application, tab Authentication, OAuth Credentials.",
    )
    piste_client_secret, piste_client_secret_value, has_piste_client_secret = secret(
        string="PISTE Client Secret",
        help="Kept on the server and never shown again. Type a new one to replace it.",
    )
    technical_login = fields.Char(
        string="Technical Account", groups="base.group_system", copy=False,
        help="Login of the technical account, such as TECH_1_123456@cpro.fr, created in Chorus Pro "
        "by the main manager of your structure (area EDI and API Connections).",
    )
    technical_password, technical_password_value, has_technical_password = secret(
        help="Kept on the server and never shown again. Chorus Pro makes it expire after 424 days.",
    )
    technical_password_expiry = fields.Date(string="Password Expires On", copy=False)

    supplier_siret = fields.Char(
        string="Supplier's SIRET", compute="_compute_supplier_siret", store=True, readonly=False,
        precompute=True,
        help="The 14 digits of your establishment as Chorus Pro knows it. In qualification: one of "
        "the fictitious suppliers of your data set.",
    )
    supplier_structure_id = fields.Char(
        copy=False, help="Number of your structure at Chorus Pro. Found by the connection test."
    )

    known_currencies = fields.Char(
        readonly=True, copy=False,
        help="Codes of the currencies in which Chorus Pro accepts invoices.",
    )
    followed_until = fields.Datetime(
        readonly=True, copy=False,
        help="Every status change at Chorus Pro up to this moment is known here.",
    )
    fully_followed_at = fields.Datetime(string="Last Full Pass", readonly=True, copy=False)

    @api.depends("company_id")
    def _compute_supplier_siret(self):
        """Proposed where the company's own field holds a SIRET; it may hold its SIREN."""
        for connection in self:
            siret = normalise_siret(siret_of(connection.company_id))
            proposed = "" if blocking(check_siret(siret)) else siret
            connection.supplier_siret = connection.supplier_siret or proposed

    @api.depends("environment", "custom_leads_to")
    def _compute_place(self):
        for connection in self:
            is_custom = connection.environment == "custom"
            leads_to = connection.custom_leads_to or "custom"
            connection.place = leads_to if is_custom else connection.environment

    @api.constrains("supplier_siret")
    def _check_supplier_siret(self):
        for connection in self.filtered("supplier_siret"):
            if blocking(check_siret(connection.supplier_siret)):
                raise ValidationError(
                    self.env._(
                        "“%(siret)s” is not the SIRET of your establishment. Type its 14 digits, "
                        "not the 9 of the SIREN.",
                        siret=connection.supplier_siret,
                    )
                )

    @api.constrains("environment", "access_mode", *ADDRESSES)
    def _check_custom_urls(self):
        """Addresses that are not in use are shown and logged too: none holds a password."""
        for connection in self:
            try:
                for name in ADDRESSES:
                    if connection[name]:
                        require_safe_url(connection[name], loopback_allowed())
                connection._environment()
            except ChorusProError as error:
                raise ValidationError(error_sentence(self.env, error)) from None

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._normalised(vals) for vals in vals_list])

    def write(self, vals):
        vals = self._normalised(vals)
        if "supplier_service_code" in vals:
            vals = {"supplier_service_number": False, **vals}
        names = PLACE_FIELDS & vals.keys()
        changes = {each: {name for name in names if each[name] != vals[name]} for each in self}
        places = {each: each.place for each in self}
        result = super().write(vals)
        moved = self.filtered(changes.get)
        super(ChorusProConnection, moved.sudo()).write(
            {name: value for name, value in TOLD.items() if name not in vals}
        )
        if vals.keys() & (WAKING_FIELDS | self._secret_columns.keys()):
            self.sudo()._wake_up()
        if "supplier_siret" in vals and "supplier_structure_id" not in vals:
            super(ChorusProConnection, self.sudo()).write(TOLD_OF_STRUCTURE)
        # Another name for the same addresses: what was sent there is still there.
        for connection in moved.filtered(lambda each: changes[each] == {"custom_leads_to"}):
            if connection.place != places[connection]:
                connection._rename_place(places[connection])
        return result

    @api.model
    def _normalised(self, vals):
        """The values that were typed, as they are kept."""
        if vals.get("supplier_siret"):
            return {**vals, "supplier_siret": normalise_siret(vals["supplier_siret"])}
        return vals

    def _rename_place(self, former):
        """Give what was kept of the place under its ``former`` name the new one, so that it is
        followed and not sent again; extended by whoever keeps something."""

    def _is_same_place(self, other):
        """Whether what was deposited by ``other`` is found through this connection. Of two
        platforms that nobody has named, only the addresses tell."""
        if self.place != other.place:
            return False
        addresses = ("custom_token_url", "custom_api_url")
        return self.place != "custom" or all(self[name] == other[name] for name in addresses)
