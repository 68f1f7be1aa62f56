# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from dataclasses import dataclass
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import format_datetime

from ...choruspro.checks import (
    WARNING,
    blocking,
    check_recipient,
    check_requirements,
    check_service,
    check_siret,
)
from ..access.foreign_text import ForeignChar
from ..access.roles import MANAGER, USER, require_role
from ..access.web_client import RELOAD, notify
from ..rules.rule_book import finding, finding_of

# How long what a recipient demands may be relied on without asking again.
DEMANDS_SERVE = timedelta(days=1)

ENVIRONMENTS = [
    ("qualification", "Qualification"),
    ("production", "Production"),
    ("custom", "Custom"),
]


@dataclass(frozen=True)
class Demands:
    """What one invoice must carry, as :func:`check_requirements` reads it."""

    service_required: bool
    engagement_required: bool
    service_or_engagement_required: bool


class ChorusProStructure(models.Model):
    """A public entity as Chorus Pro describes it: the directory, shared by all companies.

    A row without ``chorus_id`` is a SIRET that Chorus Pro does not know, or was not asked about
    yet. Several rows may share a SIRET. Only jobs write here, see ``chorus_pro_directory.py``.

    Which of several rows is the recipient is each company's own decision: rows that are to tell it
    have the company of the invoice, or of the connection, as theirs (``with_company``).
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
    service_required = fields.Boolean(string="Service Demanded", readonly=True)
    engagement_required = fields.Boolean(string="Engagement Number Demanded", readonly=True)
    service_or_engagement_required = fields.Boolean(
        string="Service or Engagement Number Demanded", readonly=True
    )
    chosen_by_ids = fields.Many2many(
        "res.company",
        "chorus_pro_structure_chosen_by_rel",
        "structure_id",
        "company_id",
        readonly=True,
        groups="base.group_system",
        help="Companies that chose this one, of several structures with its SIRET.",
    )
    is_chosen = fields.Boolean(
        string="Chosen",
        compute="_compute_is_chosen",
        compute_sudo=True,
        help="Of several structures with this SIRET, the one that your company chose as recipient.",
    )
    payment_not_reported = fields.Boolean(
        string="Payments Not Reported",
        readonly=True,
        help="This structure does not tell Chorus Pro when it pays.",
    )
    works_owner_only = fields.Boolean(
        readonly=True, help="This structure receives works invoices only."
    )
    same_entity = fields.Char(
        readonly=True, help="Chorus Pro IDs of other structures that are the same entity."
    )
    service_ids = fields.One2many(
        "chorus.pro.service",
        "structure_id",
        string="Services",
        readonly=True,
        context={"active_test": False},
    )
    searched_at = fields.Datetime(
        readonly=True, help="When Chorus Pro was last asked for this SIRET."
    )
    refreshed_at = fields.Datetime(
        string="Read On", readonly=True, help="When its demands were last read at Chorus Pro."
    )
    services_at = fields.Datetime(
        string="Services Read On", readonly=True, help="When its services were last read."
    )
    wanted = fields.Boolean(readonly=True, help="Somebody waits for what Chorus Pro says of it.")
    # The directory is shared by all companies: none is told who of another one asked.
    wanted_by_id = fields.Many2one("res.users", readonly=True, groups=fields.NO_ACCESS)
    trouble = fields.Text(readonly=True, help="Why the last question about it has no answer.")

    _one_per_structure = models.UniqueIndex(
        "(environment, siret, COALESCE(chorus_id, ''))",
        "This SIRET is already being looked for at Chorus Pro.",
    )

    @api.depends("chosen_by_ids")
    @api.depends_context("company")
    def _compute_is_chosen(self):
        chooser = self._chooser()
        for structure in self:
            structure.is_chosen = chooser in structure.chosen_by_ids

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
        """Rows of these SIRETs, the closed ones too, in sudo: every user may hear what it says."""
        return (
            self.sudo()
            .with_context(active_test=False)
            .search([("environment", "=", environment), ("siret", "in", list(sirets))])
        )

    def _of_same_siren(self):
        """The open structures that the directory has with the SIRENs of these."""
        sirens = {row.siret[:9] for row in self}
        return (
            self.sudo()
            .search(
                Domain("environment", "in", self.mapped("environment"))
                & Domain("chorus_id", "!=", False)
                & Domain.OR(Domain("siret", "=like", f"{siren}%") for siren in sirens)
            )
            if sirens
            else self.browse()
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

    def _demands(self, service):
        """What an invoice to ``service`` of this structure must carry (:class:`Demands`)."""
        by_service = service.engagement_required
        return Demands(
            service_required=self.service_required,
            engagement_required=self.engagement_required or by_service,
            # A service that demands an engagement number is not content with its own code.
            service_or_engagement_required=self.service_or_engagement_required and not by_service,
        )

    def _siret_problems(self, siret):
        """Problems with how this SIRET is written, whose rows are ``self``: list of
        :class:`Problem`. A wrong check digit is none once Chorus Pro knows the SIRET: those of La
        Poste and of its qualification data set have some."""
        problems = check_siret(siret)
        return blocking(problems) if self._candidates() else list(problems)

    def _recipient_problems(self):
        """Problems with who the recipient is, of rows of one SIRET: list of :class:`Problem`."""
        asked = any(self.mapped("searched_at"))
        return list(check_recipient(self._candidates())) if asked else []

    def _problems(self, *, service_code, engagement_number, on):
        """Problems of an invoice with what these rows of its recipient's SIRET say.

        Computed without any call; what was never asked has no problem.

        :param on: date of the invoice, or None when it has none yet
        :return: list of :class:`Problem`
        """
        if problems := self._recipient_problems():
            return problems
        one = self._recipient()
        demands = one._demands(one._service(service_code))
        problems = check_requirements(demands, service_code, engagement_number)
        if one.services_at:
            problems += check_service(one.service_ids, service_code, on=on)
        return list(problems)

    def _findings(self, *, service_code, engagement_number, on):
        """List of :class:`Finding` of an invoice with what these rows of its recipient's SIRET
        say. What was read within a day blocks, since the job would refuse it too; what is older is
        told with its date and only warns, since the job asks again.

        For the parameters see :meth:`_problems`.
        """
        named = {"service_code": service_code, "engagement_number": engagement_number, "on": on}
        found, dates = [], [self._recipient().refreshed_at]
        if self._recipient().works_owner_only:
            found.append(finding("recipient_works_owner_only"))
        for problem in self._problems(**named):
            read_at = self._read_at(problem, service_code)
            dates.append(read_at)
            found.append(finding_of(problem, "" if self._is_of_today(read_at) else WARNING))
        old = [date for date in dates if date and not self._is_of_today(date)]
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

    @api.model
    def _is_of_today(self, read_at):
        """Whether this was read within a day; a date in the future is that of a clock that was set
        back."""
        now = fields.Datetime.now()
        return bool(read_at) and now - DEMANDS_SERVE <= read_at <= now

    # ------------------------------------------------------------------
    # What users do
    # ------------------------------------------------------------------

    def action_choose(self):
        """Of the structures with this SIRET, make this one the recipient of the company's invoices;
        the job reads what it demands. Other companies keep their own choice, so sending is role
        enough."""
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
        """Have the job read again at Chorus Pro what these demand; whoever asks is told."""
        require_role(self.env, MANAGER)
        self.check_access("read")
        for structure in self:
            self.sudo()._want(structure.environment, structure.siret, self.env.user)
        return notify(
            self.env._("Chorus Pro is asked for %s public body(ies)", len(self)),
            self.env._("You will be told when the answer is there."),
            "info",
        )
