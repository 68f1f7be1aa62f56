# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import os

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...choruspro.checks import blocking, check_siret, normalise_siret
from ...choruspro.environment import require_safe_url
from ...choruspro.errors import ChorusProError
from ..rules.error_texts import error_sentence
from ..rules.rule_book import problem_sentences

ADDRESSES = ("custom_token_url", "custom_api_url", "custom_portal_url")
LOOPBACK_VARIABLE = "CHORUS_PRO_ALLOW_LOOPBACK"
ENVIRONMENTS = [
    ("qualification", "Qualification (test)"),
    ("production", "Production"),
    ("custom", "Custom URLs"),
]
# A change of any of these means another Chorus Pro: what was learnt of the former is worth nothing.
PLACE_FIELDS = {
    "environment",
    "access_mode",
    "custom_token_url",
    "custom_api_url",
    "custom_leads_to",
}
# A change of any of these may have mended a connection that was stopped.
WAKING_FIELDS = PLACE_FIELDS | {
    "piste_client_id",
    "technical_login",
    "supplier_siret",
    "supplier_service_code",
    "calls_per_minute",
    "trusted_authorities",
    "proxy_address",
    "proxy_login",
    "database_stamp",
    "in_use",
    "active",
}
LEARNT_OF_STRUCTURE = {
    "supplier_structure_id": False,
    "supplier_service_number": False,
    "bank_account_ids": [fields.Command.clear()],
    "bank_accounts_read_at": False,
    "commitment_ids": [fields.Command.clear()],
}
LEARNT = {
    **LEARNT_OF_STRUCTURE,
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


class ChorusProConnection(models.Model):
    """How one company reaches Chorus Pro: environment, credentials, supplier structure.

    A company may have several: qualification beside production, one for each establishment (see
    chorus_pro_establishment.py). A branch without its own uses its parent company's.
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
        ENVIRONMENTS,
        required=True,
        default="qualification",
        help="Qualification is Chorus Pro's test platform: what is sent there is never paid.",
    )
    access_mode = fields.Selection(
        [("piste", "PISTE (OAuth2)")],
        required=True,
        default="piste",
        help="PISTE is the State's API gateway, the only way to the national platform since 2021. "
        "A client certificate serves those who go through a gateway of their own.",
    )
    custom_token_url = fields.Char(string="Token URL")
    custom_api_url = fields.Char(string="API URL")
    custom_portal_url = fields.Char(string="Portal URL")

    piste_client_id = fields.Char(
        string="PISTE Client ID",
        groups="base.group_system",
        copy=False,
        help="On the PISTE portal: your application, tab Authentication, OAuth Credentials.",
    )
    piste_client_secret = fields.Char(
        string="PISTE Client Secret",
        compute="_compute_secrets",
        readonly=False,
        groups="base.group_system",
        copy=False,
        help="Kept on the server and never shown again. Type a new one to replace it.",
    )
    piste_client_secret_value = fields.Char(groups=fields.NO_ACCESS, copy=False)
    technical_login = fields.Char(
        string="Technical Account",
        groups="base.group_system",
        copy=False,
        help="Login of the technical account, such as TECH_1_123456@cpro.fr, created in Chorus "
        "Pro by the main manager of your structure (area EDI and API Connections).",
    )
    technical_password = fields.Char(
        compute="_compute_secrets",
        readonly=False,
        groups="base.group_system",
        copy=False,
        help="Kept on the server and never shown again. Chorus Pro makes it expire after 424 "
        "days.",
    )
    technical_password_value = fields.Char(groups=fields.NO_ACCESS, copy=False)
    technical_password_expiry = fields.Date(string="Password Expires On", copy=False)
    has_piste_client_secret = fields.Boolean(compute="_compute_has_secrets", compute_sudo=True)
    has_technical_password = fields.Boolean(compute="_compute_has_secrets", compute_sudo=True)

    supplier_siret = fields.Char(
        string="Supplier's SIRET",
        compute="_compute_supplier_siret",
        store=True,
        readonly=False,
        precompute=True,
        help="The 14 digits of your establishment as Chorus Pro knows it. In qualification: one "
        "of the fictitious suppliers of your data set.",
    )
    supplier_structure_id = fields.Char(
        copy=False,
        help="Number of your structure at Chorus Pro. Found by the connection test.",
    )

    known_currencies = fields.Char(
        readonly=True,
        copy=False,
        help="Codes of the currencies in which Chorus Pro takes invoices.",
    )
    followed_until = fields.Datetime(
        readonly=True,
        copy=False,
        help="Every status change at Chorus Pro up to this moment is known here.",
    )
    fully_followed_at = fields.Datetime(string="Last Full Pass", readonly=True, copy=False)

    @api.depends("company_id")
    def _compute_supplier_siret(self):
        for connection in self:
            siret = normalise_siret(connection.company_id.company_registry or "")
            connection.supplier_siret = connection.supplier_siret or siret

    @api.constrains("supplier_siret")
    def _check_supplier_siret(self):
        for connection in self.filtered("supplier_siret"):
            if problems := blocking(check_siret(connection.supplier_siret)):
                raise ValidationError(problem_sentences(self.env, problems))

    @api.constrains(
        "environment", "access_mode", "custom_token_url", "custom_api_url", "custom_portal_url"
    )
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
        return super().create([self._tidied(vals) for vals in vals_list])

    def write(self, vals):
        vals = self._tidied(vals)
        moved = self.filtered(
            lambda connection: any(
                connection[name] != vals[name] for name in PLACE_FIELDS & vals.keys()
            )
        )
        result = super().write(vals)
        super(ChorusProConnection, moved.sudo()).write(
            {name: value for name, value in LEARNT.items() if name not in vals}
        )
        if vals.keys() & (WAKING_FIELDS | self._secret_columns.keys()):
            self.sudo()._wake_up()
        if "supplier_siret" in vals and "supplier_structure_id" not in vals:
            super(ChorusProConnection, self.sudo()).write(LEARNT_OF_STRUCTURE)
        return result

    @api.model
    def _tidied(self, vals):
        """The values as they are kept, of those that were typed."""
        if vals.get("supplier_siret"):
            return {**vals, "supplier_siret": normalise_siret(vals["supplier_siret"])}
        return vals
