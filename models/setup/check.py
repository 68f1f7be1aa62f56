# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import date, datetime, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...choruspro.client import ChorusProClient
from ...choruspro.connection_check import (
    ERROR,
    OK,
    PASSWORD_WARNING_DAYS,
    SKIPPED,
    WARNING,
    ConnectionCheck,
    Verdict,
)
from ...choruspro.errors import CertificateError, ChorusProError
from ..access.web_client import RELOAD, notify
from ..certificate.texts import WARNING_SENTENCES
from ..rules.error_texts import error_sentence
from .check_texts import PISTE, PISTE_PORTAL, PORTAL, STEP_NAMES, STEP_WORDS, StepWords

# Stands for the SIRET while it is not known: whether an API is subscribed to can be seen without.
NO_SIRET = "00000000000000"


class ChorusProConnectionCheck(models.Model):
    """One step of the last check of a connection: what was found, and what to do about it."""

    _name = "chorus.pro.connection.check"
    _inherit = "chorus.pro.named.record"
    _description = "Chorus Pro Connection Check Step"
    _order = "sequence, id"

    connection_id = fields.Many2one(
        "chorus.pro.connection", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    step = fields.Char(string="Step Code", required=True)
    name = fields.Char(string="Step", compute="_compute_name")
    verdict = fields.Selection(
        [(OK, "OK"), (WARNING, "Warning"), (ERROR, "Error"), (SKIPPED, "Not tested")],
        required=True,
    )
    message = fields.Text(string="Found")
    remedy = fields.Text(string="What to Do")
    link = fields.Char()
    place = fields.Selection([(PISTE, "PISTE Portal"), (PORTAL, "Chorus Pro Portal")])

    @api.depends_context("lang")
    @api.depends("step")
    def _compute_name(self):
        for row in self:
            row.name = self.env._(STEP_NAMES[row.step]) if row.step in STEP_NAMES else row.step


class ChorusProConnection(models.Model):
    _inherit = "chorus.pro.connection"

    supplier_is_public = fields.Boolean(
        string="Public Body",
        copy=False,
        help="Your structure is itself a public body: it may invoice the services that are "
        "reserved to them. Filled in by the check of the connection.",
    )
    check_ids = fields.One2many(
        "chorus.pro.connection.check", "connection_id", string="Connection Test", readonly=True
    )
    checked_at = fields.Datetime(readonly=True, copy=False)
    check_verdict = fields.Selection(
        [(OK, "OK"), (WARNING, "Warning"), (ERROR, "Error")],
        compute="_compute_check_verdict",
        compute_sudo=True,
    )
    check_summary = fields.Char(compute="_compute_check_verdict", compute_sudo=True)

    @api.depends_context("lang")
    @api.depends("check_ids.verdict", "check_ids.step")
    def _compute_check_verdict(self):
        for connection in self:
            verdict, summary = connection._summary_of(connection.check_ids)
            connection.check_verdict = verdict
            connection.check_summary = summary

    def _summary_of(self, checks):
        """(the worst verdict, one line) for some steps; (False, False) for none."""
        if not checks:
            return False, False
        errors = checks.filtered(lambda row: row.verdict == ERROR)
        if errors:
            names = ", ".join(errors.mapped("name"))
            return ERROR, self.env._("To be mended: %s.", names)
        if checks.filtered(lambda row: row.verdict == SKIPPED):
            return WARNING, self.env._("So far so good: the rest is not checked yet.")
        warnings = checks.filtered(lambda row: row.verdict == WARNING)
        if warnings:
            names = ", ".join(warnings.mapped("name"))
            return WARNING, self.env._("Invoices can leave. To be looked at: %s.", names)
        return OK, self.env._("All is well: Chorus Pro answers and knows you.")

    def action_test_connection(self):
        """Check everything that sending needs, and keep one verdict for each step.

        Only questions are asked: nothing is created at Chorus Pro. What is learnt on the way
        (number of the supplier's structure, expiry of the technical password, bank accounts) is
        kept.
        """
        self.ensure_one()
        self.check_access("write")
        rows = self._check()
        failed = rows.filtered(lambda row: row.verdict == ERROR)[:1]
        trouble = " ".join(filter(None, (failed.message, failed.remedy)))
        is_whole = not self.check_ids.filtered(lambda row: row.verdict in (ERROR, SKIPPED))
        if failed or is_whole:
            self.sudo().write({"trouble": trouble or False})
        if is_whole:
            # What waits need not wait for the end of a pause; a check that Chorus Pro cut short, as
            # when it asks to wait, does not end that.
            self.sudo()._wake_up()
        kind = {OK: "success", WARNING: "warning", ERROR: "danger"}[self.check_verdict]
        title = self.env._("Chorus Pro connection")
        return notify(title, self.check_summary, kind, RELOAD)

    def _check(self, until=None):
        """Run the check, write down its verdicts in place of the former ones, keep what is learnt.

        :param until: name of the last step to try; what comes after is not asked
        :return: the rows of the steps that were tried
        """
        self.ensure_one()
        verdicts, rest = self._verdicts(until)
        for verdict in verdicts:
            self._keep_learnt_of_check(verdict)
        values = [self._check_values(verdict) for verdict in verdicts]
        values += [self._check_values(Verdict(step, SKIPPED, "not_yet")) for step in rest]
        self.sudo().write(
            {
                "checked_at": fields.Datetime.now(),
                "check_ids": [fields.Command.clear()]
                + [fields.Command.create(row | {"sequence": n}) for n, row in enumerate(values)],
            }
        )
        return self.check_ids[: len(verdicts)]

    def _verdicts(self, until):
        """([Verdict], names of the steps that were left out)."""
        try:
            with self._checking_client() if until else self._client() as client:
                check = ConnectionCheck(
                    client,
                    self.supplier_siret or NO_SIRET,
                    now=datetime.now(timezone.utc),
                    certificate=self._client_certificate(),
                )
                found = []
                for verdict in check.run():
                    found.append(verdict)
                    if verdict.step == until:
                        break
                return found, check.steps[len(found) :]
        except UserError as error:
            return [Verdict("settings", ERROR, "settings", {"sentence": str(error)})], ()
        except CertificateError as error:
            return [Verdict("certificate", ERROR, error.code, {"label": error.label})], ()
        except ChorusProError as error:
            return [Verdict("settings", ERROR, error.code, {}, error.label)], ()

    def _checking_client(self):
        """A client for questions, also while settings are missing."""
        sudo = self.sudo()
        return ChorusProClient(sudo._environment(), sudo._auth(), **sudo._client_options())

    def _client_certificate(self):
        """The ClientCertificate that is shown to the gateway, or None."""
        if self.access_mode != "certificate":
            return None
        return self.sudo()._certificate_to_show()._facts()

    def _check_values(self, verdict):
        words = self._step_words(verdict)
        place = words.place if verdict.verdict in (WARNING, ERROR) else False
        return {
            "step": verdict.step,
            "verdict": self._typed_verdict(verdict).verdict,
            "message": words.found,
            "remedy": words.remedy or False,
            "place": place,
            "link": self._link_of(place),
        }

    def _link_of(self, place):
        if place == PISTE:
            return PISTE_PORTAL
        try:
            return place == PORTAL and self._environment().portal_url
        except ChorusProError:
            return False

    def _step_words(self, verdict):
        """The words of a verdict in the language of ``self.env``, as StepWords of plain texts."""
        verdict = self._typed_verdict(verdict)
        if verdict.code == "settings":
            return StepWords(verdict.params["sentence"])
        words = STEP_WORDS.get(verdict.code)
        if words is None and verdict.code in WARNING_SENTENCES:
            words = StepWords(WARNING_SENTENCES[verdict.code], place=PORTAL)
        if words is None:
            error = ChorusProError(verdict.code, label=verdict.label)
            return StepWords(error_sentence(self.env, error))
        found = self.env._(words.found)
        found %= self._shown(verdict.params)
        if verdict.label and verdict.code == "api_not_authorised":
            found = self.env._(
                "%(sentence)s Chorus Pro says: “%(label)s”.", sentence=found, label=verdict.label
            )
        remedy = self.env._(words.remedy) if words.remedy else ""
        return StepWords(found, remedy, words.place)

    def _shown(self, params):
        """Facts of a verdict as people read them."""
        shown = {}
        for name, value in params.items():
            if isinstance(value, date):
                value = format_date(self.env, value)
            elif isinstance(value, list):
                value = ", ".join(value)
            shown[name] = value
        return shown

    def _typed_verdict(self, verdict):
        """The date that was typed counts where Chorus Pro does not tell when the password ends."""
        expiry = self.technical_password_expiry
        if verdict.code != "password_untold" or not expiry:
            return verdict
        days = (expiry - fields.Date.context_today(self)).days
        facts = {"date": expiry, "days": days}
        if days < 0:
            return Verdict(verdict.step, WARNING, "password_past", facts)
        if days <= PASSWORD_WARNING_DAYS:
            return Verdict(verdict.step, WARNING, "password_soon", facts)
        return Verdict(verdict.step, OK, "password_valid", facts)

    def _keep_learnt_of_check(self, verdict):
        """Write down what a step found out about our structure."""
        facts = verdict.params
        if verdict.step == "supplier" and verdict.verdict == OK:
            self.supplier_structure_id = facts["structure_id"]
        elif verdict.step == "password" and "public" in facts:
            self.supplier_is_public = facts["public"]
            if facts.get("date"):
                self.technical_password_expiry = facts["date"]
        elif verdict.step == "bank_accounts" and verdict.verdict in (OK, WARNING):
            self.sudo()._keep_bank_accounts(facts.get("accounts", ()))
