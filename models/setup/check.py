# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import date, datetime, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate, format_date

from ...choruspro import connection_check
from ...choruspro.client import ChorusProClient
from ...choruspro.connection_check import ERROR, OK, SKIPPED, WARNING, Verdict
from ...choruspro.errors import CertificateError, ChorusProError
from ..access.storage import paris_today
from ..access.web_client import RELOAD, notify
from ..certificate.texts import WARNING_SENTENCES
from ..rules.error_texts import error_sentence, with_label

_lt = LazyTranslate(__name__)

# Stands for the SIRET while it is not known: whether an API is subscribed to can be seen without.
NO_SIRET = "00000000000000"
# Spaces, menus and buttons have the names that the PISTE and Chorus Pro portals give them (AIFE
# documentation): they stay French in every language.
PISTE_PORTAL = "https://piste.gouv.fr"
# Where the remedy is done.
PISTE, PORTAL, HERE = "piste", "portal", ""

STEP_NAMES = {
    "settings": _lt("Settings"),
    "certificate": _lt("Client certificate"),
    "name": _lt("Name of the server (DNS)"),
    "server": _lt("Server and its certificate (TLS)"),
    "token": _lt("PISTE application"),
    "technical_account": _lt("Technical account"),
    "api_transverses": _lt("API Transverses"),
    "api_structures": _lt("API Structures"),
    "api_factures": _lt("API Factures"),
    "api_engagements": _lt("API Engagements"),
    "supplier": _lt("Our structure (SIRET)"),
    "password": _lt("Technical password"),
    "deposit": _lt("Right to deposit"),
    "bank_accounts": _lt("Bank accounts"),
}

# Code of a verdict -> what was found.
FOUND = {
    "not_tried": _lt("Not tried: a step before it failed."),
    "not_yet": _lt("Not tried yet."),
    "name_found": _lt("The name of the server is known."),
    "name_by_proxy": _lt("The proxy resolves the name of the server."),
    "name_unknown": _lt("The name %(host)s is unknown."),
    "server_reached": _lt("The server answers, and its certificate is trusted."),
    "connection_failed": _lt("Chorus Pro cannot be reached."),
    "name_unresolved": _lt("The name of the server is unknown."),
    "rate_limited": _lt("Not checked: Chorus Pro asks to wait."),
    "pace_reached": _lt("Not checked: the calls per minute allowed on the connection are used up."),
    "answer_lost": _lt("The connection to Chorus Pro broke before its answer came."),
    "answer_timeout": _lt("Chorus Pro did not answer in time."),
    "answer_too_large": _lt("The answer is larger than any answer of Chorus Pro."),
    "server_error": _lt("Chorus Pro is out of order for the moment."),
    "unreadable_answer": _lt(
        "Chorus Pro gave an answer that cannot be read, such as a maintenance page."
    ),
    "incomplete_answer": _lt("Chorus Pro gave half an answer."),
    "page_missing": _lt("Chorus Pro gave an incomplete list."),
    "tls_untrusted": _lt("The certificate of the server is not trusted. Nothing was sent."),
    "certificate_good": _lt("The certificate of %(subject)s can be used until %(date)s."),
    "certificate_refused": _lt("The gateway does not accept the client certificate."),
    "token_given": _lt("PISTE gave an access token to your application."),
    "invalid_client": _lt("PISTE does not know this Client ID and Client Secret."),
    "token_refused": _lt("PISTE refuses to give a token to this application."),
    "account_accepted": _lt("Chorus Pro accepts the technical account."),
    "account_untried": _lt(
        "The technical account could not be tried: your PISTE application may use no API yet."
    ),
    "technical_account": _lt("Chorus Pro does not accept the technical account."),
    "api_subscribed": _lt("Your PISTE application may use this API."),
    "api_not_authorised": _lt("Your PISTE application has no right to this API."),
    "commitments_unchecked": _lt(
        "Your PISTE application has no right to the API Engagements: engagement numbers are not "
        "checked before sending. Invoices are still sent."
    ),
    "supplier_found": _lt("%(name)s, structure number %(structure_id)s."),
    "supplier_unseen": _lt("The technical account sees no structure with the SIRET %(siret)s."),
    "supplier_ambiguous": _lt(
        "The technical account sees %(count)s structures with the SIRET %(siret)s."
    ),
    "supplier_inactive": _lt("%(name)s is closed at Chorus Pro."),
    "password_valid": _lt("The technical password expires on %(date)s."),
    "password_untold": _lt(
        "Chorus Pro does not show when the technical password expires (it lasts 424 days)."
    ),
    "password_soon": _lt("The technical password expires on %(date)s, in %(days)s days."),
    "password_past": _lt(
        "The technical password should have expired on %(date)s; Chorus Pro still accepts it."
    ),
    "deposit_allowed": _lt("The technical account may deposit invoices (space “Factures émises”)."),
    "deposit_forbidden": _lt("The technical account may only look at the space “Factures émises”."),
    "deposit_no_space": _lt(
        "Your structure shows no space “Factures émises” to the technical account."
    ),
    "deposit_untold": _lt(
        "Chorus Pro does not show whether the technical account may deposit: the first invoice "
        "will."
    ),
    "bank_accounts_found": _lt("Valid bank accounts: %(labels)s."),
    "bank_accounts_none": _lt("Your structure has no valid bank account in Chorus Pro."),
}
# Code -> (what to do, where). A check that broke off is repeated by the reader only.
REMEDIES = {
    **dict.fromkeys(
        (
            "rate_limited", "pace_reached", "answer_lost", "answer_timeout", "server_error",
            "unreadable_answer", "incomplete_answer", "page_missing",
        ),
        (_lt("Press “Check Everything” again in a few minutes."), HERE),
    ),
    **dict.fromkeys(("api_not_authorised", "commitments_unchecked"), (_lt(
        "On the PISTE portal: tab “API”, “Consentement CGU API”, tick this API on the line of your "
        "environment and validate; then “Applications”, your application, “Modifier "
        "l'application”, “Sélectionner les API”, tick it and apply."
    ), PISTE)),
    **dict.fromkeys(("password_soon", "password_past"), (_lt(
        "In the Chorus Pro portal: domain “Raccordements”, “Compte technique”, type of request "
        "“Réinitialisation du mot de passe d'un compte technique”. Then type the new one here."
    ), PORTAL)),
    **dict.fromkeys(("deposit_forbidden", "deposit_no_space"), (_lt(
        "In the Chorus Pro portal, the main manager of your structure (gestionnaire principal) "
        "opens the space “Factures émises” for it, and gives the technical account the right to "
        "modify there."
    ), PORTAL)),
    **dict.fromkeys(("name_unknown", "name_unresolved"), (_lt(
        "Check the address, and that this server may look names up on the Internet (DNS)."
    ), HERE)),
    "connection_failed": (_lt(
        "Check the addresses; ask your network administrator to allow access to them (port 443), "
        "or enter the proxy that leads there."
    ), HERE),
    "answer_too_large": (_lt(
        "Check the addresses and the proxy: another server may be answering."
    ), HERE),
    "tls_untrusted": (_lt(
        "Check the addresses and the proxy; behind your company's gateway, enter its authorities "
        "on the connection (Trusted Authorities)."
    ), HERE),
    "certificate_refused": (_lt(
        "Check that the certificate is declared there with its whole chain (the .p7b file), and "
        "that its own file holds the authorities that signed it."
    ), PORTAL),
    "invalid_client": (_lt(
        "On the PISTE portal: “Applications”, your application, tab “Authentification”, “OAuth "
        "Credentials”: copy the Client ID, then “Consulter le client secret” and copy it. The keys "
        "of APP_SANDBOX serve qualification only."
    ), PISTE),
    "token_refused": (_lt(
        "On the PISTE portal, under “Applications”, check that your application is active."
    ), PISTE),
    "account_untried": (_lt(
        "Subscribe your application to the APIs first: see the next lines."
    ), PISTE),
    "technical_account": (_lt(
        "Check its login and its password. In the Chorus Pro portal: domain “Raccordements”, "
        "“Compte technique”, where the main manager (gestionnaire principal) can have the password "
        "reset: it expires after 424 days. A new account works after about 30 minutes."
    ), PORTAL),
    "supplier_unseen": (_lt(
        "Check the SIRET. In the Chorus Pro portal: domain “Raccordements”, “Compte technique”, "
        "check that the account belongs to your structure."
    ), PORTAL),
    "supplier_ambiguous": (_lt("Ask Chorus Pro's support which one is yours."), PORTAL),
    "supplier_inactive": (_lt(
        "In the Chorus Pro portal, its main manager (gestionnaire principal) opens it again."
    ), PORTAL),
    "password_untold": (_lt("Type its date on the connection to be reminded."), HERE),
    "bank_accounts_none": (_lt(
        "In the Chorus Pro portal, sheet of your structure, “Coordonnées bancaires”: add one, or "
        "public bodies cannot pay by transfer."
    ), PORTAL),
}


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
        [(OK, "OK"), (WARNING, "Warning"), (ERROR, "Error"), (SKIPPED, "Not tested")], required=True
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
        string="Public Body", copy=False,
        help="Your structure is a public body too: it may invoice the services reserved to public "
        "bodies. The connection check fills this in.",
    )
    check_ids = fields.One2many(
        "chorus.pro.connection.check", "connection_id", string="Connection Test", readonly=True
    )
    checked_at = fields.Datetime(readonly=True, copy=False)
    check_verdict = fields.Selection(
        [(OK, "OK"), (WARNING, "Warning"), (ERROR, "Error")], compute="_compute_check_verdict",
        compute_sudo=True,
    )
    check_summary = fields.Char(compute="_compute_check_verdict", compute_sudo=True)

    @api.depends_context("lang")
    @api.depends("check_ids.verdict", "check_ids.step")
    def _compute_check_verdict(self):
        for connection in self:
            summary = connection._summary_of(connection.check_ids)
            connection.check_verdict, connection.check_summary = summary

    def _summary_of(self, checks):
        """(the worst verdict, one line) for some steps; (False, False) for none."""
        if not checks:
            return False, False
        by_verdict = checks.grouped("verdict")
        names = {verdict: ", ".join(rows.mapped("name")) for verdict, rows in by_verdict.items()}
        if ERROR in names:
            return ERROR, self.env._("To fix: %s.", names[ERROR])
        if SKIPPED in names:
            return WARNING, self.env._("So far so good: the rest is not checked yet.")
        if WARNING in names:
            return WARNING, self.env._("Invoices can be sent. To look at: %s.", names[WARNING])
        return OK, self.env._("All is well: Chorus Pro answers and knows you.")

    def action_test_connection(self):
        """Check everything that sending needs, and keep one verdict for each step.

        The check only queries: it creates nothing at Chorus Pro. The answers (number of the
        supplier's structure, expiry of the technical password, bank accounts) are kept.
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
            # A pause ends; not after a check that Chorus Pro cut short, as when it asks to wait.
            self.sudo()._wake_up()
        kind = {OK: "success", WARNING: "warning", ERROR: "danger"}[self.check_verdict]
        return notify(self.env._("Chorus Pro connection"), self.check_summary, kind, RELOAD)

    def _check(self, until=None):
        """Run the check, replace the former verdicts, keep what Chorus Pro told.

        :param until: name of the last step to try
        :return: the rows of the steps that were tried
        """
        self.ensure_one()
        verdicts, rest = self._verdicts(until)
        for verdict in verdicts:
            self._keep_told(verdict)
        shown = [*verdicts, *(Verdict(step, SKIPPED, "not_yet") for step in rest)]
        values = [self._check_values(verdict) | {"sequence": n} for n, verdict in enumerate(shown)]
        self.sudo().write({
            "checked_at": fields.Datetime.now(),
            "check_ids": [fields.Command.clear(), *map(fields.Command.create, values)],
        })
        return self.check_ids[: len(verdicts)]

    def _verdicts(self, until):
        """([Verdict], names of the steps that were left out)."""
        try:
            with self._checking_client() if until else self._client() as client:
                with_certificate = self.access_mode == "certificate"
                shown = self.sudo()._certificate_to_show()._facts() if with_certificate else None
                check = connection_check.ConnectionCheck(
                    client, self.supplier_siret or NO_SIRET, now=datetime.now(timezone.utc),
                    certificate=shown,
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

    def _check_values(self, verdict):
        """Values of the row of a verdict, in the language of ``self.env``."""
        verdict = self._typed_verdict(verdict)
        elsewhere = PORTAL if verdict.code in WARNING_SENTENCES else HERE
        remedy, place = REMEDIES.get(verdict.code, ("", elsewhere))
        if verdict.verdict not in (WARNING, ERROR):
            place = False
        return {
            "step": verdict.step,
            "verdict": verdict.verdict,
            "message": self._found(verdict),
            "remedy": self.env._(remedy) if remedy else False,
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

    def _found(self, verdict):
        """The sentence of a verdict, in the language of ``self.env``."""
        if verdict.code == "settings":
            return verdict.params["sentence"]
        sentences = WARNING_SENTENCES | FOUND
        if verdict.code not in sentences:
            return error_sentence(self.env, ChorusProError(verdict.code, label=verdict.label))
        shown = {name: self._shown(value) for name, value in verdict.params.items()}
        template = self.env._(sentences[verdict.code])
        found = template % shown
        if verdict.label and verdict.code == "api_not_authorised":
            found = with_label(self.env, found, verdict.label)
        return found

    def _shown(self, value):
        """A fact of a verdict as people read it."""
        if isinstance(value, date):
            return format_date(self.env, value)
        return ", ".join(value) if isinstance(value, list) else value

    def _typed_verdict(self, verdict):
        """The date that was typed counts where Chorus Pro does not give the end of the password."""
        expiry = self.technical_password_expiry
        if verdict.code != "password_untold" or not expiry:
            return verdict
        days = (expiry - paris_today()).days
        kind, code = OK, "password_valid"
        if days <= connection_check.PASSWORD_WARNING_DAYS:
            kind, code = WARNING, "password_past" if days < 0 else "password_soon"
        return Verdict(verdict.step, kind, code, {"date": expiry, "days": days})

    def _keep_told(self, verdict):
        """Keep what a step found out about our structure."""
        facts = verdict.params
        if verdict.step == "supplier" and verdict.verdict == OK:
            self.supplier_structure_id = facts["structure_id"]
        elif verdict.step == "password" and "public" in facts:
            self.supplier_is_public = facts["public"]
            if facts.get("date"):
                self.technical_password_expiry = facts["date"]
        elif verdict.step == "bank_accounts" and verdict.verdict in (OK, WARNING):
            self.sudo()._keep_bank_accounts(facts.get("accounts", ()))
