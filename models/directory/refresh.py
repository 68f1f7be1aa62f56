# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from collections import defaultdict
from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain

from ...choruspro.checks import blocking, check_siret
from ...choruspro.errors import ChorusProError
from ..access.odoo_fields import SIRET_FIELD
from ..access.storage import paris_today
from ..access.web_client import tell_user
from ..rules.rule_book import problem_sentences
from ..session.row_guard import guarded_row
from .structure import NEVER

# Structures that one run queries at most; the others wait for the next.
PER_RUN = 300
NEXT_SLICE = timedelta(hours=1)
# A customer without an invoice for so long is no longer refreshed.
IN_USE = timedelta(days=60)
# A daily job queries early enough for the answer to be fresh until its next run.
AHEAD = timedelta(hours=12)


class ChorusProStructure(models.Model):
    """The job that keeps the directory fresh, and the searches that users ask for."""

    _inherit = "chorus.pro.structure"

    @api.model
    def _want(self, environment, siret, user):
        """Have the job look up this SIRET soon, and tell ``user`` the answer."""
        return self._want_all(environment, [siret], user, together=False)

    @api.model
    def _want_all(self, environment, sirets, user, together=True):
        """Have the job look up these SIRETs soon, and tell ``user`` the answers: one notification
        when the last has arrived, unless they are not asked about ``together``."""
        values = {
            "wanted": True, "wanted_by_id": user.id, "wanted_together": together, "trouble": False,
        }
        rows = self._of_sirets(environment, sirets)
        rows.write(values)
        new = sorted(set(sirets) - set(rows.mapped("siret")))
        rows |= rows.create(
            [{"environment": environment, "siret": siret, **values} for siret in new]
        )
        self.env["chorus.pro.connection"]._chorus_pro_dispatch("directory")
        return rows

    @api.model
    def _wanted(self, domain):
        """Rows that somebody waits for, the closed ones too."""
        wanted = Domain("wanted", "=", True) & domain
        return self.with_context(active_test=False).search(wanted, order="write_date, id")

    @api.model
    def _cron_refresh(self):
        """Look up what users wait for, then query what is too old about the recipients of recent
        invoices: one query a day for each, and one for each of its services that they name.

        Each SIRET has a separate transaction. No exception leaves the job: the structure or its
        connection shows what failed, and a later run tries again.
        """
        connections = self.env["chorus.pro.connection"].search([("in_use", "=", True)])
        usable = connections - self.env["chorus.pro.connection"]._paused()
        for connection in usable:
            with guarded_row(self.env, f"the directory by {connection}"):
                self._refresh_by(connection)
        paused = self.env["chorus.pro.connection"]._paused() & connections
        if paused and self._wanted(Domain("environment", "in", paused.mapped("place"))):
            at = min(paused.mapped("paused_until"))
            self.env["chorus.pro.connection"]._chorus_pro_dispatch("directory", at)

    @api.model
    def _refresh_by(self, connection):
        """Do what is due through one connection, at most PER_RUN structures."""
        self = self.with_company(connection.company_id)
        cron = self.env["ir.cron"]
        due = self._due_sirets(connection)
        slice_ = list(due.items())[:PER_RUN]
        searches = self.env["chorus.pro.name.search"]._wanted_of(connection)
        if not slice_ and not searches:
            return
        cron._commit_progress(remaining=len(slice_))
        with connection._session() as session:
            # Somebody looks at the dialog.
            searches._answer(session)
            for siret, codes in slice_:
                if session.stopped_by:
                    break
                self._refresh_one(session, siret, codes)
                if not cron._commit_progress(1):
                    break
        connection._conclude(session)
        if len(due) > len(slice_):
            at = fields.Datetime.now() + NEXT_SLICE
            self.env["chorus.pro.connection"]._chorus_pro_dispatch("directory", at)

    @api.model
    def _refresh_one(self, session, siret, codes):
        """Look up one SIRET when somebody waits for it, else query what is due.

        :param codes: of the services that recent invoices name
        """
        environment = session.connection.place
        # Somebody may ask for it again at this moment, which plans another run.
        with guarded_row(
            self.env, f"the look-up of {siret}",
            put_off=partial(
                self._note_trouble, environment, siret,
                self.env._("Unexpected error (see the server log)."), given_up=True,
            ),
        ):
            try:
                self._look_up(session, environment, siret, codes)
                session.note_success()
            except ChorusProError as error:
                sentence = session.note_failure(error, self.env)
                self._note_trouble(environment, siret, sentence, given_up=not session.stopped_by)

    @api.model
    def _look_up(self, session, environment, siret, codes):
        """:raises ChorusProError: nothing is written then"""
        with self._alone(siret) as directory:
            rows = directory._of_sirets(environment, [siret])
            one = rows._recipient()
            wanted = rows.filtered("wanted")
            if wanted or not one:
                users = wanted.wanted_by_id
                rows = directory._find(session.client, environment, siret)
                one = rows._recipient()
                # Somebody of another company may have chosen another one of them.
                for company in users.company_id - self.env.company:
                    theirs = rows.with_company(company)
                    theirs._ask(session.client, environment, siret)
                rows._tell_waiting(lambda mine: mine._answer(), users)
            else:
                first = rows._due_questions(AHEAD)[:1]
                one = rows._ask(session.client, environment, siret, questions=first)._recipient()
            one._stale_services(codes)._ask_details(session.client)

    def _stale_services(self, codes):
        """The open services with these codes whose requirements were read too long ago."""
        named = self.service_ids.filtered(lambda service: service.active and service.code in codes)
        return named.filtered(lambda service: not service._has_fresh_details(AHEAD))

    def _answer(self):
        """(whether it is bad, the text) of what Chorus Pro knows of this SIRET."""
        problems = self._recipient_problems()
        text = problem_sentences(self.env, problems) if problems else self._recipient().name
        return bool(problems), text

    def _tell_waiting(self, answer, users=None):
        """Notify the users who wait for this SIRET, by default those on the rows, of what the
        function ``answer`` gives of the rows as each sees them; then nobody waits any more."""
        users = self.wanted_by_id if users is None else users
        is_together = any(self.mapped("wanted_together"))
        self.write({"wanted": False, "wanted_by_id": False, "wanted_together": False})
        for user in users:
            mine = self.with_context(lang=user.lang, tz=user.tz).with_company(user.company_id)
            is_bad, message = answer(mine)
            # Those that this user may see: another company may have its own with this SIRET.
            customers = mine.env["res.partner"].with_user(user).search(
                [(SIRET_FIELD, "=", self[0].siret)]
            )
            customers.filtered(lambda partner: partner.has_access("write"))._chorus_pro_fill(
                mine._recipient())
            if is_together:
                mine._tell_last(user)
                continue
            tell_user(
                user, mine.env._("Chorus Pro: SIRET %s", self[0].siret), message,
                customers.filtered(lambda partner: partner == partner.commercial_partner_id),
                is_bad=is_bad,
            )

    def _tell_last(self, user):
        """Notify ``user``, who asked about many SIRETs at once, when this was the last of them."""
        waiting = (
            Domain("environment", "in", self.mapped("environment"))
            & Domain("wanted_by_id", "=", user.id) & Domain("wanted_together", "=", True)
        )
        if self._wanted(waiting):
            return
        proposed = self.env["res.partner"].with_user(user).search(
            [("chorus_pro_is_proposed", "=", True)]
        )
        if not proposed:
            message = self.env._("No other customer is a public body that Chorus Pro knows.")
        elif len(proposed) == 1:
            message = self.env._(
                "%s is a public body, and its invoices do not go by Chorus Pro yet.",
                proposed.display_name,
            )
        else:
            message = self.env._(
                "%s customers are public bodies whose invoices do not go by Chorus Pro yet.",
                len(proposed),
            )
        tell_user(
            user, self.env._("Chorus Pro has looked up your customers"), message, proposed,
            is_bad=False,
        )

    @api.model
    def _note_trouble(self, environment, siret, sentence, given_up):
        """Keep why a SIRET could not be looked up. It stays wanted unless ``given_up``: then those
        who wait for it are notified."""
        with self._alone(siret) as directory:
            rows = directory._of_sirets(environment, [siret])
            rows.trouble = sentence
            if given_up:
                rows._tell_waiting(lambda _mine: (True, sentence))

    @api.model
    def _due_sirets(self, connection):
        """What this connection should query: {SIRET: codes of services in use}, first what users
        wait for, then the oldest."""
        in_use = self._sirets_in_use(connection)
        wanted = self._wanted(Domain("environment", "=", connection.place))
        due = {row.siret: in_use.get(row.siret, set()) for row in wanted}
        known = self._by_siret(connection, in_use)
        ages = {}
        for siret, codes in in_use.items():
            rows = known[siret]
            if siret not in due and (rows._due_questions(AHEAD) or rows._stale_services(codes)):
                ages[siret] = min((row.refreshed_at or NEVER for row in rows), default=NEVER)
        return due | {siret: in_use[siret] for siret in sorted(ages, key=ages.get)}

    @api.model
    def _sirets_in_use(self, connection):
        """Recipients of the recent or open invoices of ``connection``, with the codes of the
        services that these name: {SIRET: {code, …}}."""
        recent = paris_today() - IN_USE
        customers = self.env["account.move"]._read_group(
            Domain("move_type", "in", ("out_invoice", "out_refund"))
            & Domain("company_id", "child_of", connection.company_id.id)
            & Domain("chorus_pro_state", "!=", False)
            & (
                Domain("invoice_date", ">=", recent)
                | Domain("chorus_pro_submission_id.is_followed", "=", True)
            ),
            ["commercial_partner_id", "buyer_reference"],
        )
        found = defaultdict(set)
        for customer, code in customers:
            siret = customer._chorus_pro_siret()
            if not blocking(check_siret(siret)):
                found[siret].add((code or "").strip())
        return found
