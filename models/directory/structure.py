# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from collections import defaultdict
from datetime import timedelta
from types import SimpleNamespace

from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import format_datetime

from ...choruspro import checks
from ..access.foreign_text import ForeignChar
from ..access.roles import MANAGER, USER, require_role
from ..access.web_client import RELOAD, notify
from ..connection.connection import ENVIRONMENTS
from ..rules.rule_book import finding, finding_of

# How long the requirements of a recipient are fresh.
REQUIREMENTS_SERVE = timedelta(days=1)
# What a structure requires of the invoices to it, or says of itself.
REQUIREMENTS = (
    "service_required", "engagement_required", "service_or_engagement_required",
    "payment_not_reported", "works_owner_only",
)
NOW = timedelta(0)
NEVER = fields.Datetime.from_string("1970-01-01")


def is_fresh(read_at, fresh, ahead=NOW):
    """Whether what was read then is still fresh. A date in the future comes from a clock that was
    set back: it is not."""
    now = fields.Datetime.now()
    return bool(read_at) and now + ahead - fresh <= read_at <= now


class ChorusProStructure(models.Model):
    """A public entity as Chorus Pro describes it: the directory, shared by all companies.

    A row without ``chorus_id`` is a SIRET that Chorus Pro does not know, or that was not queried
    yet. Several rows may share a SIRET. Only jobs write here, see ``lookup.py``.

    Each company decides which of several rows is the recipient: take the rows ``with_company`` of
    the invoice, or of the connection.
    """

    _name = "chorus.pro.structure"
    _description = "Chorus Pro Structure"
    _order = "name, siret, id"
    _rec_names_search = ["name", "siret"]

    name = ForeignChar(readonly=True)
    active = fields.Boolean(default=True, readonly=True, help="Not set: closed at Chorus Pro.")
    environment = fields.Selection(ENVIRONMENTS, required=True, readonly=True)
    siret = fields.Char(string="SIRET", required=True, readonly=True, help="14 digits.")
    chorus_id = fields.Char(string="Chorus Pro ID", readonly=True)
    is_public = fields.Boolean(string="Public Body", readonly=True)
    service_required = fields.Boolean(readonly=True)
    engagement_required = fields.Boolean(string="Engagement Number Required", readonly=True)
    service_or_engagement_required = fields.Boolean(
        string="Service or Engagement Number Required", readonly=True
    )
    requires = fields.Char(compute="_compute_requires", help="What its invoices must carry.")
    chosen_by_ids = fields.Many2many(
        "res.company", "chorus_pro_structure_chosen_by_rel", "structure_id", "company_id",
        readonly=True, groups="base.group_system",
        help="Companies that chose this one, of several structures with its SIRET.",
    )
    is_chosen = fields.Boolean(
        string="Chosen", compute="_compute_is_chosen", compute_sudo=True,
        help="Of several structures with this SIRET, the one that your company chose as recipient.",
    )
    payment_not_reported = fields.Boolean(
        string="Payments Not Reported", readonly=True,
        help="This structure does not report its payments to Chorus Pro.",
    )
    works_owner_only = fields.Boolean(
        readonly=True, help="This structure receives works invoices only."
    )
    same_entity = fields.Char(
        readonly=True, help="Chorus Pro IDs of other structures that are the same entity."
    )
    service_ids = fields.One2many(
        "chorus.pro.service", "structure_id", string="Services", readonly=True,
        context={"active_test": False},
    )
    searched_at = fields.Datetime(readonly=True, help="When this SIRET was last looked up.")
    refreshed_at = fields.Datetime(
        string="Read On", readonly=True, help="When its requirements were last read at Chorus Pro."
    )
    services_at = fields.Datetime(
        string="Services Read On", readonly=True, help="When its services were last read."
    )
    wanted = fields.Boolean(readonly=True, help="A user is waiting for Chorus Pro's answer.")
    # The directory is shared by all companies: none is told who of another one asked.
    wanted_by_id = fields.Many2one("res.users", readonly=True, groups=fields.NO_ACCESS)
    wanted_together = fields.Boolean(
        readonly=True, groups=fields.NO_ACCESS,
        help="Whoever waits asked about many at once, and is notified once, of all of them.",
    )
    trouble = fields.Text(readonly=True, help="Why the last question about it has no answer.")

    _one_per_structure = models.UniqueIndex(
        "(environment, siret, COALESCE(chorus_id, ''))",
        "This SIRET is already being looked up at Chorus Pro.",
    )

    @api.depends("chosen_by_ids")
    @api.depends_context("company")
    def _compute_is_chosen(self):
        chooser = self._chooser()
        for structure in self:
            structure.is_chosen = chooser in structure.chosen_by_ids

    @api.depends("service_required", "engagement_required", "service_or_engagement_required")
    @api.depends_context("lang")
    def _compute_requires(self):
        for structure in self:
            required = []
            if structure.service_required:
                required.append(self.env._("Service"))
            if structure.engagement_required:
                required.append(self.env._("Engagement number"))
            if structure.service_or_engagement_required and not required:
                required.append(self.env._("Service or engagement number"))
            structure.requires = ", ".join(required)

    @api.model
    def _chooser(self):
        """The company that chooses for the current one: whose connection it uses, else itself."""
        company = self.env.company
        return self.env["chorus.pro.connection"]._of_company(company).company_id or company

    @api.depends("name", "siret")
    def _compute_display_name(self):
        for structure in self:
            name, siret = structure.name, structure.siret
            structure.display_name = f"{name} ({siret})" if name else siret

    @api.model
    def _of_sirets(self, environment, sirets):
        """Rows of these SIRETs, the closed ones too, in sudo: every user may know them."""
        domain = [("environment", "=", environment), ("siret", "in", list(sirets))]
        return self.sudo().with_context(active_test=False).search(domain)

    @api.model
    def _by_siret(self, connection, sirets):
        """{SIRET: its rows in the place of ``connection``}, as :meth:`_of_sirets`; without a
        connection nothing is known. A SIRET that is not there has no rows."""
        sirets = set(sirets) - {""}
        known = connection and sirets
        found = self._of_sirets(connection.place, sirets) if known else self.browse()
        return defaultdict(self.browse, found.grouped("siret"))

    def _of_same_siren(self):
        """The open structures that the directory has with the SIRENs of these."""
        sirens = {row.siret[:9] for row in self}
        return self.sudo().search(
            Domain("environment", "in", self.mapped("environment"))
            & Domain("chorus_id", "!=", False)
            & Domain.OR(Domain("siret", "=like", f"{siren}%") for siren in sirens)
        )

    def _candidates(self):
        """Those of ``self``, rows of one SIRET, that may be the recipient: the one that the company
        chose among several; closed ones only when there is no other."""
        known = self.filtered("chorus_id")
        open_ones = known.filtered("active")
        if len(open_ones) > 1:
            open_ones = open_ones.filtered("is_chosen") or open_ones
        return open_ones or known

    def _recipient(self):
        """The one open structure among these rows of one SIRET; none when that is not clear."""
        candidates = self._candidates()
        return candidates if len(candidates) == 1 and candidates.active else self.browse()

    def _standing(self):
        """What the directory says of these rows of one SIRET: ``found``, ``unknown``, ``several``,
        ``closed``, ``wanted``, or False when Chorus Pro was never asked."""
        if any(self.mapped("wanted")):
            return "wanted"
        if not any(self.mapped("searched_at")):
            return False
        candidates = self._candidates()
        if len(candidates) > 1:
            return "several"
        if not candidates:
            return "unknown"
        return "found" if candidates.active else "closed"

    def _open_services(self, on):
        """Services that an invoice of this day may name; every open one when ``on`` is False."""
        return self.service_ids.filtered(lambda service: service._is_open(on))

    def _service(self, code):
        """The service with this code, the closed ones too; the open one if there are several."""
        named = self.service_ids.filtered(lambda service: service.code == code)
        return (named.filtered("active") or named)[:1]

    def _requirements(self, service):
        """What an invoice to ``service`` of this structure must carry, as
        :func:`check_requirements` reads it."""
        by_service = service.engagement_required
        return SimpleNamespace(
            service_required=self.service_required,
            engagement_required=self.engagement_required or by_service,
            # A service that requires an engagement number does not accept its code instead.
            service_or_engagement_required=self.service_or_engagement_required and not by_service,
        )

    def _siret_problems(self, siret):
        """List of :class:`Problem` with how this SIRET, whose rows are ``self``, is written. A
        wrong check digit is none once Chorus Pro knows it: La Poste has such SIRETs, and so has the
        qualification data set."""
        problems = checks.check_siret(siret)
        return checks.blocking(problems) if self._candidates() else list(problems)

    def _recipient_problems(self):
        """Problems with who the recipient is, of rows of one SIRET: list of :class:`Problem`."""
        asked = any(self.mapped("searched_at"))
        return list(checks.check_recipient(self._candidates())) if asked else []

    def _problems(self, *, service_code, engagement_number, on):
        """List of :class:`Problem` of an invoice of the date ``on`` (or None) with these rows of
        its recipient's SIRET. No call; what was never queried has no problem."""
        if problems := self._recipient_problems():
            return problems
        one = self._recipient()
        required = one._requirements(one._service(service_code))
        problems = checks.check_requirements(required, service_code, engagement_number)
        if one.services_at:
            problems += checks.check_service(one.service_ids, service_code, on=on)
        return list(problems)

    def _findings(self, *, service_code, engagement_number, on):
        """List of :class:`Finding` of an invoice (parameters as :meth:`_problems`). A fresh answer
        blocks, as the job would refuse it too; an older one is shown with its date and only warns,
        as the job queries again."""
        named = {"service_code": service_code, "engagement_number": engagement_number, "on": on}
        found, dates = [], [self._recipient().refreshed_at]
        if self._recipient().works_owner_only:
            found.append(finding("recipient_works_owner_only"))
        for problem in self._problems(**named):
            read_at = self._read_at(problem, service_code)
            dates.append(read_at)
            severity = "" if is_fresh(read_at, REQUIREMENTS_SERVE) else checks.WARNING
            found.append(finding_of(problem, severity))
        old = [date for date in dates if date and not is_fresh(date, REQUIREMENTS_SERVE)]
        if old:
            found.append(finding("directory_old", date=format_datetime(self.env, min(old))))
        if (old or not any(dates)) and (trouble := next(filter(None, self.mapped("trouble")), "")):
            found.append(finding("directory_silent", reason=trouble))
        return found

    def _read_at(self, problem, service_code):
        """When what this problem is about was read."""
        one = self._recipient()
        if not one:
            # One that was only asked for has no date yet.
            return min(filter(None, self.mapped("searched_at")))
        if problem.code in ("service_unknown", "service_inactive"):
            return one.services_at
        if problem.code == "engagement_required" and not one.engagement_required:
            return one._service(service_code).details_at
        return one.refreshed_at

    def action_choose(self):
        """Of the structures with this SIRET, make this one the recipient of the company's invoices,
        and have the job read it. It takes no more than the role to send: other companies keep their
        choice."""
        require_role(self.env, USER)
        self.ensure_one()
        self.check_access("read")
        self.env["account.move"].check_access("write")
        rows = self._of_sirets(self.environment, [self.siret])
        chooser = self._chooser()
        rows.write({"chosen_by_ids": [Command.unlink(chooser.id)]})
        self.sudo().write({"chosen_by_ids": [Command.link(chooser.id)]})
        self.sudo()._want(self.environment, self.siret, self.env.user)
        return dict(RELOAD)

    def action_refresh(self):
        """Have the job read these again at Chorus Pro, and notify the user."""
        require_role(self.env, MANAGER)
        self.check_access("read")
        for structure in self:
            self.sudo()._want(structure.environment, structure.siret, self.env.user)
        if len(self) == 1:
            title = self.env._("Looking up %s at Chorus Pro", self.display_name)
        else:
            title = self.env._("Looking up %s public bodies at Chorus Pro", len(self))
        return notify(
            title,
            self.env._("You will be notified when the answer arrives."), "info",
        )


class ChorusProService(models.Model):
    """A service (service exécutant) of a public structure, by which its invoices are sorted."""

    _name = "chorus.pro.service"
    _description = "Chorus Pro Service"
    _order = "active desc, code, id"
    _rec_names_search = ["code", "name"]

    structure_id = fields.Many2one(
        "chorus.pro.structure", required=True, readonly=True, index=True, ondelete="cascade"
    )
    chorus_id = fields.Char(string="Chorus Pro ID", required=True, readonly=True)
    code = fields.Char(readonly=True)
    name = ForeignChar(readonly=True)
    active = fields.Boolean(default=True, readonly=True, help="Not set: closed at Chorus Pro.")
    valid_from = fields.Date(readonly=True)
    valid_until = fields.Date(readonly=True, help="Its last day.")
    engagement_required = fields.Boolean(string="Engagement Number Required", readonly=True)
    details_at = fields.Datetime(
        readonly=True, help="When this service's requirements were last read at Chorus Pro."
    )

    _one_per_service = models.Constraint(
        "UNIQUE (structure_id, chorus_id)", "A structure has each service once."
    )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for service in self:
            name, code = service.name, service.code or ""
            service.display_name = f"{code} - {name}" if name and name != code else code

    def _is_open(self, on):
        """Whether an invoice of this day (False: of no day yet) may name this service."""
        self.ensure_one()
        if not self.active:
            return False
        return not on or (self.valid_from or on) <= on <= (self.valid_until or on)
