# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from ...choruspro.connection_check import ERROR, OK, SKIPPED, WARNING
from ...choruspro.data_set import read_data_set
from ...choruspro.errors import ChorusProError
from ..connection.secrets import DESTINATION_FIELDS

_lt = LazyTranslate(__name__)

# In the order of both ways.
SETUP_STEPS = {
    "environment": _lt("Environment"),
    "application": _lt("PISTE"),
    "terms": _lt("APIs"),
    "credentials": _lt("Keys"),
    "certificate": _lt("Certificate"),
    "account": _lt("Technical Account"),
    "supplier": _lt("SIRET"),
    "check": _lt("Check"),
    "use": _lt("In Use"),
    "done": _lt("Connected"),
}


@dataclass(frozen=True)
class SetupStep:
    """name: of SETUP_STEPS. fills: fields to fill in. tick: the field to tick when the work in a
    portal is done, or "". until: the last step of the connection check to try, or ""."""

    name: str
    fills: tuple = ()
    tick: str = ""
    until: str = ""


_END = (SetupStep("check"), SetupStep("use"), SetupStep("done"))
_ACCOUNT = ("technical_login", "technical_password")

WAYS = {
    "piste": (
        SetupStep("environment", until="server"),
        SetupStep("application", tick="application_ready"),
        SetupStep("terms", tick="terms_accepted"),
        SetupStep("credentials", fills=("piste_client_id", "piste_client_secret"), until="token"),
        SetupStep("account", fills=_ACCOUNT, until="api_engagements"),
        SetupStep("supplier", fills=("supplier_siret",), until="password"),
        *_END,
    ),
    "certificate": (
        SetupStep("environment"),
        SetupStep(
            "certificate", fills=("certificate_id",), tick="certificate_declared", until="server"
        ),
        SetupStep("account", fills=_ACCOUNT, until="technical_account"),
        SetupStep("supplier", fills=("supplier_siret",), until="password"),
        *_END,
    ),
}
# A longer text is no data set.
MOST_CHARACTERS = 500_000


def _mirrors(kind, *names, readonly=True):
    """{name: field of the connection}, with the rights of who looks. Those that are not
    ``readonly`` are filled in here."""
    options = {"related_sudo": False, "readonly": readonly}
    return {name: kind(related=f"connection_id.{name}", **options) for name in names}


class ChorusProSetup(models.Model):
    """The guided set-up of a connection: one step at a time, in the words of the portals. Whoever
    comes back continues where they left.

    In qualification, what the portal shows of its data set (matelas de données) can be pasted: the
    accounts and structures in it are proposed, and the text is not kept.
    """

    _name = "chorus.pro.setup"
    _inherit = "chorus.pro.named.record"
    _description = "Chorus Pro Set-up Guide"
    _rec_name = "connection_id"
    _right_by_field = {"connection_id": "write"}

    connection_id = fields.Many2one(
        "chorus.pro.connection", required=True, readonly=True, ondelete="cascade"
    )
    step = fields.Selection(
        selection=lambda self: [(name, self.env._(label)) for name, label in SETUP_STEPS.items()],
        required=True, readonly=True, default="environment",
    )
    application_ready = fields.Boolean(string="I have a PISTE account and an application")
    terms_accepted = fields.Boolean(
        string="I accepted the terms and selected the APIs for my application"
    )
    certificate_declared = fields.Boolean(string="I declared the certificate on the portal")
    tried_step = fields.Char(readonly=True)

    vars().update(
        **_mirrors(
            fields.Selection, "environment", "access_mode", "custom_leads_to", readonly=False
        ),
        **_mirrors(
            fields.Char, "custom_token_url", "custom_api_url", "custom_portal_url",
            "piste_client_id", "piste_client_secret", "technical_login", "technical_password",
            "supplier_siret", readonly=False,
        ),
        **_mirrors(fields.Text, "trusted_authorities", readonly=False),
        **_mirrors(fields.Date, "technical_password_expiry", readonly=False),
        **_mirrors(fields.Many2one, "company_id", "certificate_id"),
        **_mirrors(fields.One2many, "certificate_ids"),
        **_mirrors(fields.Boolean, "has_piste_client_secret", "has_technical_password"),
        **_mirrors(fields.Selection, "place", "check_verdict"),
        **_mirrors(fields.Char, "check_summary"),
        **_mirrors(fields.Text, "certificate_warnings"),
    )
    secrets_to_type = fields.Char(
        compute="_compute_secrets_to_type", compute_sudo=False, groups="base.group_system"
    )
    replaced_id = fields.Many2one("chorus.pro.connection", compute="_compute_replaced_id")

    is_checked = fields.Boolean(compute="_compute_tried")
    verdict_ids = fields.Many2many("chorus.pro.connection.check", compute="_compute_tried")

    pasted = fields.Text(
        string="Data Set", compute="_compute_pasted", readonly=False, groups="base.group_system",
        copy=False,
        help="Paste what the portal shows, or the lines of its CSV file: it is read at once, and "
        "not kept.",
    )
    recognised = fields.Char(compute="_compute_pasted", readonly=False)
    entry_ids = fields.One2many("chorus.pro.setup.entry", "setup_id", string="Data Set Entries")

    _one_of_connection = models.UniqueIndex("(connection_id)")

    @api.depends(lambda self: self._secrets_and_destinations())
    @api.depends_context("lang")
    def _compute_secrets_to_type(self):
        """As on the connection, of the change that is being made here."""
        for setup in self:
            origin = setup.connection_id._origin
            values = dict.fromkeys(origin._secret_columns, False)
            values |= {name: setup[name] for name in setup._secrets_and_destinations()}
            setup.secrets_to_type = origin.new(values, origin=origin)._labels_left_behind()

    @api.model
    def _secrets_and_destinations(self):
        """Fields of the guide on which :attr:`secrets_to_type` depends."""
        names = (*DESTINATION_FIELDS, *self.env["chorus.pro.connection"]._secret_columns)
        return [name for name in names if name in self._fields]

    @api.depends("connection_id.check_ids", "check_verdict", "tried_step", "step")
    def _compute_tried(self):
        """What the screen shows of a step that was just tried; ``is_checked``: everything was
        tried, and invoices can be sent."""
        for setup in self:
            tried = setup.tried_step == setup.step
            rows = setup.connection_id.check_ids if tried else setup.verdict_ids.browse()
            setup.verdict_ids = rows.filtered(lambda row: row.verdict != SKIPPED)
            is_good = setup.check_verdict in (OK, WARNING)
            setup.is_checked = tried and setup.step == "check" and is_good

    def _compute_pasted(self):
        self.pasted = self.recognised = False

    @api.depends("connection_id.in_use", "connection_id.journal_ids", "company_id")
    def _compute_replaced_id(self):
        for setup in self:
            setup.replaced_id = setup.connection_id._rivals()[:1]

    @api.model_create_multi
    def create(self, vals_list):
        split = [self._split_settings(vals) for vals in vals_list]
        setups = super().create([own for own, _settings in split])
        for setup, (_own, settings) in zip(setups, split, strict=True):
            if settings:
                setup.connection_id.write(settings)
        return setups

    def write(self, vals):
        own, settings = self._split_settings(vals)
        if settings:
            self.connection_id.write(settings)
            # What was tried was tried with other settings.
            own.setdefault("tried_step", False)
        return super().write(own)

    @api.model
    def _split_settings(self, vals):
        """Split into (values of the guide itself, values of its connection). The latter are written
        together: the connection judges some of them only as a whole."""
        own, settings = {}, {}
        for name, value in vals.items():
            field = self._fields.get(name)
            if field and field.related and not field.readonly:
                settings[name] = value
            elif name not in ("pasted", "recognised"):
                own[name] = value
        return own, settings

    @api.onchange("technical_password")
    def _onchange_technical_password(self):
        if self.technical_password:
            known = self.connection_id.technical_password_expiry
            self.technical_password_expiry = self.connection_id._proposed_expiry(known)

    @api.onchange("pasted")
    def _onchange_pasted(self):
        if not self.pasted:
            return
        found = read_data_set(self.pasted[:MOST_CHARACTERS])
        self.pasted = False
        self.recognised = self.env._(
            "Recognised: technical accounts: %(accounts)s, structures: %(structures)s.",
            accounts=len(found.accounts), structures=len(found.structures),
        )
        suppliers = [each for each in found.structures if not each.public]
        proposed = [{"kind": "account", "value": each.login} for each in found.accounts]
        for each in suppliers:
            proposed.append({"kind": "structure", "value": each.siret, "name": each.label})
        self.entry_ids = [fields.Command.clear(), *map(fields.Command.create, proposed)]
        if len(found.accounts) == 1:
            self.technical_login = found.accounts[0].login
            if found.accounts[0].password:
                self.technical_password = found.accounts[0].password
                self._onchange_technical_password()
        if len(suppliers) == 1:
            self.supplier_siret = suppliers[0].siret

    @api.model
    def action_start(self):
        """Continue the guide that this company has not finished. Of a company that is connected,
        show the end of its guide: looking makes no second connection. Else begin."""
        self.check_access("create")
        company = self.env.company
        setup = self._unfinished(company)
        if not setup:
            used = self.env["chorus.pro.connection"].search(
                [("company_id", "=", company.id), ("in_use", "=", True)], limit=1
            )
            setup = self._finished(used) if used else self._begin(company)
        return setup._action_open()

    def action_add(self):
        """Begin the guide of another connection of this company, or continue it."""
        self.ensure_one()
        self.check_access("write")
        company = self.company_id
        return (self._unfinished(company) or self._begin(company))._action_open()

    @api.model
    def _unfinished(self, company):
        """A guide that this company has not finished; that of an archived connection waits."""
        unfinished = [("connection_id.active", "=", True), ("step", "!=", "done")]
        return self.search([("company_id", "=", company.id), *unfinished], limit=1)

    @api.model
    def _begin(self, company):
        """The guide of a new connection, which is not in use before the guide ends."""
        values = {"company_id": company.id, "in_use": False}
        connection = self.env["chorus.pro.connection"].create(values)
        return self.create({"connection_id": connection.id})

    @api.model
    def _finished(self, connection):
        """The finished guide of a connection, also of one that was made without a guide, of which
        nothing is written."""
        return connection.setup_ids or self.create(
            {"connection_id": connection.id, "step": "done"}
        )

    def _action_open(self):
        return self._get_records_action(name=self.env._("Connect to Chorus Pro"))

    def _current_step(self):
        """The :class:`SetupStep` where this guide is; another access mode may have no such step."""
        way = WAYS[self.access_mode]
        return next((step for step in way if step.name == self.step), way[0])

    def _go(self, by):
        """Go so many steps further on this way, or back."""
        way = WAYS[self.access_mode]
        place = way.index(self._current_step()) + by
        step = way[min(max(0, place), len(way) - 1)]
        return self.write({"step": step.name, "tried_step": False})

    def action_back(self):
        self.ensure_one()
        return self._go(-1)

    def action_later(self):
        """Leave; what was typed is saved."""
        self.check_access("read")
        return self.env["ir.actions.act_window"]._for_xml_id("l10n_fr_chorus_pro.action_connection")

    def action_next(self):
        """Try what can be tried of this step; go on unless it fails.

        :raises UserError: something of this step is not filled in
        """
        self.ensure_one()
        self.check_access("write")
        step = self._current_step()
        if missing := self.connection_id._labels_of_empty(step.fills):
            raise UserError(self.env._("Fill in: %s.", ", ".join(missing)))
        if step.tick and not self[step.tick]:
            raise UserError(self.env._("Tick the box once that is done. You can come back later."))
        if step.until and ERROR in self.connection_id._check(step.until).mapped("verdict"):
            self.tried_step = step.name
            return True
        if step.name == "check" and not self.is_checked:
            return self.action_check()
        return self._go(1)

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

    def action_open_portal(self):
        """The Chorus Pro portal of this environment."""
        self.check_access("read")
        try:
            address = self.connection_id._environment().portal_url
        except ChorusProError:
            address = ""
        if not address:
            raise UserError(self.env._("Type the address of the portal first (Portal URL)."))
        return {"type": "ir.actions.act_url", "url": address, "target": "new"}

    def action_add_certificate(self):
        return self.connection_id.action_add_certificate()

    def action_export_chain(self):
        """Download what is declared on the portal: the certificates, without any key."""
        self.check_access("read")
        if not self.certificate_id:
            raise UserError(self.env._("Add the certificate first."))
        return self.certificate_id.action_export_chain()

    def action_open_connection(self):
        self.check_access("read")
        return self.connection_id._get_records_action()


class ChorusProSetupEntry(models.Model):
    """A technical account or a structure that was recognised in a qualification data set."""

    _name = "chorus.pro.setup.entry"
    _inherit = "chorus.pro.named.record"
    _description = "Chorus Pro Data Set Entry"
    _order = "kind, id"

    setup_id = fields.Many2one("chorus.pro.setup", required=True, index=True, ondelete="cascade")
    kind = fields.Selection(
        [("account", "Technical Account"), ("structure", "Structure")], required=True
    )
    value = fields.Char(required=True)
    name = fields.Char()

    def action_choose(self):
        """Take it for the connection."""
        self.ensure_one()
        target = {"account": "technical_login", "structure": "supplier_siret"}[self.kind]
        return self.setup_id.write({target: self.value})


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
