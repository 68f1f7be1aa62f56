# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models
from odoo.exceptions import UserError

from ...choruspro.connection_check import ERROR, OK, SKIPPED, WARNING
from ...choruspro.errors import ChorusProError
from ..connection.secrets import DESTINATION_FIELDS
from .guide_steps import SETUP_STEPS, WAYS

# Fields of the connection that are filled in here. They are saved together: the connection judges
# some of them only as a whole.
SETTINGS = {
    "environment",
    "access_mode",
    "custom_token_url",
    "custom_api_url",
    "custom_portal_url",
    "custom_leads_to",
    "trusted_authorities",
    "piste_client_id",
    "piste_client_secret",
    "technical_login",
    "technical_password",
    "technical_password_expiry",
    "supplier_siret",
}


def _fact(kind, name, **options):
    """A field of the connection, shown with the rights of who looks."""
    return kind(related=f"connection_id.{name}", related_sudo=False, **options)


def _setting(kind, name):
    """The same, to be filled in here."""
    return _fact(kind, name, readonly=False)


class ChorusProSetup(models.Model):
    """The guided set-up of a connection: one step at a time, in the words of the portals. It keeps
    its progress, and whoever comes back goes on where they left."""

    _name = "chorus.pro.setup"
    _inherit = "chorus.pro.named.record"
    _description = "Chorus Pro Set-up Guide"
    _rec_name = "connection_id"
    _right_by_field = {"connection_id": "write"}

    connection_id = fields.Many2one(
        "chorus.pro.connection", required=True, readonly=True, ondelete="cascade"
    )
    company_id = _fact(fields.Many2one, "company_id")
    step = fields.Selection(
        selection=lambda self: [(name, self.env._(label)) for name, label in SETUP_STEPS.items()],
        required=True,
        readonly=True,
        default="environment",
    )
    application_ready = fields.Boolean(string="I have a PISTE account and an application")
    terms_accepted = fields.Boolean(
        string="I accepted the terms and selected the APIs for my application"
    )
    certificate_declared = fields.Boolean(string="I declared the certificate on the portal")
    tried_step = fields.Char(readonly=True)

    environment = _setting(fields.Selection, "environment")
    access_mode = _setting(fields.Selection, "access_mode")
    custom_token_url = _setting(fields.Char, "custom_token_url")
    custom_api_url = _setting(fields.Char, "custom_api_url")
    custom_portal_url = _setting(fields.Char, "custom_portal_url")
    custom_leads_to = _setting(fields.Selection, "custom_leads_to")
    place = _fact(fields.Selection, "place")
    trusted_authorities = _setting(fields.Text, "trusted_authorities")
    piste_client_id = _setting(fields.Char, "piste_client_id")
    piste_client_secret = _setting(fields.Char, "piste_client_secret")
    has_piste_client_secret = _fact(fields.Boolean, "has_piste_client_secret")
    technical_login = _setting(fields.Char, "technical_login")
    technical_password = _setting(fields.Char, "technical_password")
    has_technical_password = _fact(fields.Boolean, "has_technical_password")
    technical_password_expiry = _setting(fields.Date, "technical_password_expiry")
    supplier_siret = _setting(fields.Char, "supplier_siret")
    certificate_id = _fact(fields.Many2one, "certificate_id")
    certificate_ids = _fact(fields.One2many, "certificate_ids")
    certificate_warnings = _fact(fields.Text, "certificate_warnings")
    secrets_to_type = fields.Char(
        compute="_compute_secrets_to_type", compute_sudo=False, groups="base.group_system"
    )
    replaced_id = fields.Many2one("chorus.pro.connection", compute="_compute_replaced_id")

    check_verdict = _fact(fields.Selection, "check_verdict")
    check_summary = _fact(fields.Char, "check_summary")
    is_checked = fields.Boolean(compute="_compute_is_checked")
    verdict_ids = fields.Many2many("chorus.pro.connection.check", compute="_compute_verdict_ids")

    _one_of_connection = models.UniqueIndex("(connection_id)")

    @api.depends(
        *(name for name in DESTINATION_FIELDS if name in SETTINGS),
        "piste_client_secret",
        "technical_password",
    )
    @api.depends_context("lang")
    def _compute_secrets_to_type(self):
        """As on the connection; here too the change is only under way."""
        for setup in self:
            origin = setup.connection_id._origin
            typed = [name for name in origin._secret_columns if name in setup and setup[name]]
            values = {name: setup[name] for name in DESTINATION_FIELDS if name in SETTINGS}
            left = origin.new(values, origin=origin)._secrets_left_behind(origin, typed)
            setup.secrets_to_type = origin._secret_labels(left)

    @api.depends("connection_id.check_ids", "tried_step", "step")
    def _compute_verdict_ids(self):
        for setup in self:
            tried = setup.tried_step == setup.step
            rows = setup.connection_id.check_ids if tried else setup.verdict_ids.browse()
            setup.verdict_ids = rows.filtered(lambda row: row.verdict != SKIPPED)

    @api.depends("check_verdict", "tried_step", "step")
    def _compute_is_checked(self):
        """Whether everything was checked just now, and nothing keeps invoices from leaving."""
        for setup in self:
            tried = setup.tried_step == setup.step == "check"
            setup.is_checked = tried and setup.check_verdict in (OK, WARNING)

    @api.depends("connection_id.in_use", "connection_id.journal_ids", "company_id")
    def _compute_replaced_id(self):
        for setup in self:
            setup.replaced_id = setup.connection_id._rivals()[:1]

    @api.model_create_multi
    def create(self, vals_list):
        settings = [self._pop_settings(vals) for vals in vals_list]
        setups = super().create([own for own, _settings in settings])
        for setup, (_own, values) in zip(setups, settings, strict=True):
            if values:
                setup.connection_id.write(values)
        return setups

    def write(self, vals):
        own, settings = self._pop_settings(vals)
        if settings:
            self.connection_id.write(settings)
            # What was tried was tried with other settings.
            own.setdefault("tried_step", False)
        return super().write(own)

    @api.model
    def _pop_settings(self, vals):
        """Split into (values of the guide itself, values of its connection)."""
        own = {name: value for name, value in vals.items() if name not in SETTINGS}
        return own, {name: vals[name] for name in SETTINGS & vals.keys()}

    @api.onchange("technical_password")
    def _onchange_technical_password(self):
        if self.technical_password:
            known = self.connection_id.technical_password_expiry
            self.technical_password_expiry = self.connection_id._proposed_expiry(known)

    # Where one is

    @api.model
    def action_start(self):
        """Go on with the guide that this company has not finished, else begin one for a new
        connection, which is not in use before the guide's end. The guide of an archived
        connection waits with it."""
        self.check_access("create")
        company = self.env.company
        setup = self.search(
            [
                ("company_id", "=", company.id),
                ("connection_id.active", "=", True),
                ("step", "!=", "done"),
            ],
            limit=1,
        )
        if not setup:
            connection = self.env["chorus.pro.connection"].create(
                {"company_id": company.id, "in_use": False}
            )
            setup = self.create({"connection_id": connection.id})
        return setup._action_open()

    def _action_open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Connect to Chorus Pro"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def _way(self):
        return WAYS[self.access_mode]

    def _place(self):
        """Where on its way this guide is; another access mode may have no such step."""
        names = [step.name for step in self._way()]
        return names.index(self.step) if self.step in names else 0

    def action_back(self):
        self.ensure_one()
        place = max(0, self._place() - 1)
        return self.write({"step": self._way()[place].name, "tried_step": False})

    def action_later(self):
        """Leave; what was typed is saved."""
        self.check_access("read")
        return self.env["ir.actions.act_window"]._for_xml_id(
            "l10n_fr_chorus_pro.action_connection"
        )

    def action_next(self):
        """Try what can be tried of this step; go on unless it fails.

        :raises UserError: something of this step is not filled in
        """
        self.ensure_one()
        self.check_access("write")
        step = self._way()[self._place()]
        self._require_filled(step)
        if step.tick and not self[step.tick]:
            raise UserError(self.env._("Tick the box once that is done. You can come back later."))
        if step.until and ERROR in self.connection_id._check(step.until).mapped("verdict"):
            self.tried_step = step.name
            return True
        if step.name == "check" and not self.is_checked:
            return self.action_check()
        place = min(self._place() + 1, len(self._way()) - 1)
        return self.write({"step": self._way()[place].name, "tried_step": False})

    def _require_filled(self, step):
        sudo = self.connection_id.sudo()
        # A secret gives nothing back: another field tells that it is there.
        kept = {name: f"has_{name}" if f"has_{name}" in sudo else name for name in step.fills}
        missing = [name for name in step.fills if not sudo[kept[name]]]
        if missing:
            labels = sudo.fields_get(missing, ["string"])
            raise UserError(
                self.env._("Fill in: %s.", ", ".join(labels[name]["string"] for name in missing))
            )

    def action_check(self):
        """Check everything, and show it on this step."""
        self.ensure_one()
        self.connection_id.action_test_connection()
        self.tried_step = self.step
        return True

    def action_use(self):
        """Invoices of the company leave by this connection from now on."""
        self.ensure_one()
        self.connection_id.action_use()
        return self.write({"step": "done", "tried_step": False})

    # Where to click

    def action_open_portal(self):
        """The Chorus Pro portal of this environment."""
        self.check_access("read")
        try:
            address = self.connection_id._environment().portal_url
        except ChorusProError:
            address = ""
        if not address:
            raise UserError(self.env._("Type the address of the portal first (Portal URL)."))
        return _open(address)

    def action_add_certificate(self):
        """A dialog for the file of the certificate."""
        return self.connection_id.action_add_certificate()

    def action_export_chain(self):
        """Download what is declared on the portal: the certificates, without any key."""
        self.check_access("read")
        if not self.certificate_id:
            raise UserError(self.env._("Add the certificate first."))
        return self.certificate_id.action_export_chain()

    def action_open_connection(self):
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "chorus.pro.connection",
            "res_id": self.connection_id.id,
            "views": [(False, "form")],
        }


class ChorusProConnection(models.Model):
    _inherit = "chorus.pro.connection"

    setup_ids = fields.One2many(
        "chorus.pro.setup", "connection_id", string="Set-up Guide", groups="base.group_system"
    )

    def action_open_setup(self):
        """The guide of this connection, at the step where it was left."""
        self.ensure_one()
        setup = self.setup_ids
        if not setup:
            setup = setup.create({"connection_id": self.id})
        elif setup.step == "done":
            setup.step = "environment"
        return setup._action_open()


def _open(address):
    return {"type": "ir.actions.act_url", "url": address, "target": "new"}
