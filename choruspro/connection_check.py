# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Whether everything that sending needs is in place: one verdict for each step, from the network to
our right to deposit. Only queries are sent: nothing is created at Chorus Pro.
"""

import socket
import time
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urljoin, urlsplit

from . import errors
from .errors import ChorusProError, CredentialsError, RateLimitedError, RefusedError
from .messages import SupplierInvoiceSearch
from .messages.writing import PARIS

OK, WARNING, ERROR, SKIPPED = "ok", "warning", "error", "skipped"

# Outcomes of a step besides the codes of errors.py
CODES = frozenset(
    """
    not_tried name_found name_by_proxy name_unknown server_reached certificate_good token_given
    account_accepted account_untried api_subscribed commitments_unchecked supplier_found
    supplier_unseen supplier_ambiguous supplier_inactive password_valid password_untold
    password_soon password_past deposit_allowed deposit_forbidden deposit_no_space deposit_untold
    bank_accounts_found bank_accounts_none
    """.split()
)
PASSWORD_WARNING_DAYS = 30
# Seconds that a check waits at most, once, when the platform requires a pause
MOST_WAIT = 10
# To confirm in qualification: the label of the space, which is known from the portal (AIFE news),
# and that the operation, deprecated in the Swagger, still answers. Its silence is no error.
_INVOICE_SPACE = "factures emises"
# An identifier of no structure: its refusal also proves that the API can be used
_NOBODY = "1"


@dataclass(frozen=True)
class Verdict:
    """The outcome of a step."""

    step: str
    # OK, WARNING, ERROR or SKIPPED, which is no fault: also when the rate limit allows no query
    # (code `rate_limited` or `pace_reached`)
    verdict: str
    code: str  # of CODES, of errors.py, or of certificate.WARNINGS
    # Facts for a sentence, or to keep: structure_id, date, accounts (a tuple of BankAccount),
    # public (whether our structure is a public body)…
    params: dict = field(default_factory=dict)
    label: str = ""  # the platform's own words


class ConnectionCheck:
    """The steps for one connection.

    :param client: ChorusProClient
    :param siret: of our structure
    :param now: aware datetime
    :param certificate: the ClientCertificate of the older access
    :param resolve: looks a host up, as socket.getaddrinfo does
    :param sleep: waits so many seconds
    """

    def __init__(
        self, client, siret, *, now, certificate=None, resolve=socket.getaddrinfo, sleep=time.sleep
    ):
        self._client = client
        self._siret = siret
        self._now = now
        self._certificate = certificate
        self._resolve = resolve
        self._sleep = sleep
        self._asked = {}
        self._failed = set()
        self._is_down = False
        self._has_waited = False
        self._limit = None

    @property
    def steps(self):
        """The names of the steps, in order."""
        return tuple(name for name, _run, _needs in self._table())

    def run(self):
        """Yield one Verdict for each step, as soon as it is known."""
        for name, run, needs in self._table():
            verdict = self._verdict(name, run, needs)
            if verdict.verdict in (ERROR, SKIPPED):
                self._failed.add(name)
            yield verdict

    def _table(self):
        """Name, method and prerequisites of each step."""
        before = [("name", self._name, ()), ("server", self._server, ("name",))]
        after = [
            ("password", self._password, ("supplier",)),
            ("deposit", self._deposit, ("supplier",)),
            ("bank_accounts", self._bank_accounts, ("supplier", "api_transverses")),
        ]
        if not self._client.environment.token_url:
            # The older access has no subscriptions
            return (
                ("certificate", self._own_certificate, ()),
                *before,
                ("technical_account", self._account, ("certificate", "server")),
                ("supplier", self._supplier, ("technical_account",)),
                *after,
            )
        account, subscribed = ("technical_account",), self._subscribed
        return (
            *before,
            ("token", self._token, ("server",)),
            ("technical_account", self._account, ("token",)),
            ("api_transverses", partial(subscribed, "rates", self._rates), account),
            ("api_structures", partial(subscribed, "structures", self._own_structures), account),
            ("api_factures", self._invoices, account),
            ("api_engagements", self._commitments, account),
            ("supplier", self._supplier, ("api_structures",)),
            *after,
        )

    def _verdict(self, name, run, needs):
        if self._limit is not None:
            return Verdict(name, SKIPPED, *self._limit)
        if self._is_down or self._failed.intersection(needs):
            return Verdict(name, SKIPPED, "not_tried")
        try:
            return Verdict(name, *self._patiently(run))
        except RateLimitedError as error:
            self._limit = error.code, _seconds(error)
            return Verdict(name, SKIPPED, *self._limit)
        except ChorusProError as error:
            self._is_down = isinstance(error, errors.UnavailableError)
            return Verdict(name, ERROR, error.code, _seconds(error), error.label)

    def _patiently(self, run):
        """What the step gives; once in a check, after a short wait if the platform requires one."""
        try:
            return run()
        except RateLimitedError as error:
            seconds = error.retry_after
            if self._has_waited or seconds is None or seconds > MOST_WAIT:
                raise
            self._has_waited = True
            self._sleep(seconds)
            return run()

    def _ask(self, what, question):
        """The answer to a query that several steps share, sent once."""
        if what not in self._asked:
            try:
                self._asked[what] = question(), None
            except RateLimitedError:
                raise  # no answer
            except ChorusProError as error:
                self._asked[what] = None, error
        answer, error = self._asked[what]
        if error is not None:
            raise error
        return answer

    # The way there

    def _own_certificate(self):
        findings = self._certificate.findings(self._now) if self._certificate else ()
        for finding in findings:
            return (ERROR if finding.is_error else WARNING), finding.code, finding.params
        facts = {}
        if self._certificate:
            facts = {"subject": self._certificate.subject, "date": self._certificate.not_after}
        return OK, "certificate_good", facts

    def _name(self):
        direct = [url for url in self._client.addresses if not self._client.takes_proxy(url)]
        for url in direct:
            host = urlsplit(url).hostname
            try:
                self._resolve(host, None)
            except OSError:
                return ERROR, "name_unknown", {"host": host}
        return OK, "name_found" if direct else "name_by_proxy"

    def _server(self):
        for url in dict.fromkeys(urljoin(url, "/") for url in self._client.addresses):
            self._client.probe(url)
        return OK, "server_reached"

    def _token(self):
        self._client.authenticate()
        return OK, "token_given"

    # Who calls, and what for

    def _account(self):
        """PISTE checks the subscription to an API before the technical account."""
        for what, question in (("rates", self._rates), ("structures", self._own_structures)):
            try:
                self._ask(what, question)
                return OK, "account_accepted"
            except RefusedError:
                return OK, "account_accepted"
            except CredentialsError as error:
                if error.code != errors.API_NOT_AUTHORISED:
                    raise
        return WARNING, "account_untried"

    def _rates(self):
        return self._client.vat_rates()

    def _own_structures(self):
        return self._client.search_structures(self._siret)

    def _structure_id(self):
        try:
            found = self._ask("structures", self._own_structures)
        except RateLimitedError:
            raise
        except ChorusProError:
            found = ()  # its own step reports it
        return found[0].structure_id if len(found) == 1 else _NOBODY

    def _invoices(self):
        search = SupplierInvoiceSearch(supplier_id=self._structure_id())
        return self._subscribed(
            "invoices", lambda: self._client.search_invoices_page(search, page_size=1, maximum=1)
        )

    def _commitments(self):
        """Only the check of engagement numbers needs this API."""
        try:
            return self._subscribed(
                "commitments", lambda: self._client.search_commitments(self._structure_id(), "0")
            )
        except CredentialsError as error:
            if error.code != errors.API_NOT_AUTHORISED:
                raise
            return WARNING, "commitments_unchecked"

    def _subscribed(self, what, question):
        # Refused by Chorus Pro itself: so the gateway accepted the call
        with suppress(RefusedError):
            self._ask(what, question)
        return OK, "api_subscribed"

    # Our structure

    def _supplier(self):
        found = self._ask("structures", self._own_structures)
        if len(found) != 1:
            code = "supplier_ambiguous" if found else "supplier_unseen"
            return ERROR, code, {"siret": self._siret, "count": len(found)}
        facts = {"structure_id": found[0].structure_id, "name": found[0].name}
        if not found[0].active:
            return ERROR, "supplier_inactive", facts
        return OK, "supplier_found", facts

    def _password(self):
        details = self._client.read_structure(self._structure_id())
        facts = {"public": details.public is True}
        expiry = details.technical_password_expiry
        if expiry is None:
            return OK, "password_untold", facts
        # A day of Paris, as every date of Chorus Pro.
        days = (expiry - self._now.astimezone(PARIS).date()).days
        facts |= {"date": expiry, "days": days}
        if days < 0:
            # Only a refusal would prove it
            return WARNING, "password_past", facts
        if days <= PASSWORD_WARNING_DAYS:
            return WARNING, "password_soon", facts
        return OK, "password_valid", facts

    def _deposit(self):
        try:
            spaces = self._client.search_spaces(self._structure_id())
        except (RefusedError, CredentialsError, errors.ConfigurationError):
            # The structure was just read: this operation itself is refused, or no longer exists
            return WARNING, "deposit_untold"
        open_spaces = [space for space in spaces if space.active]
        rights = [each.may_modify for each in open_spaces if _INVOICE_SPACE in _plain(each.label)]
        if not rights:
            return WARNING, "deposit_no_space"
        if True in rights:
            return OK, "deposit_allowed"
        return (ERROR, "deposit_forbidden") if False in rights else (WARNING, "deposit_untold")

    def _bank_accounts(self):
        accounts = self._client.bank_accounts(self._structure_id())
        if not accounts:
            return WARNING, "bank_accounts_none"
        labels = [account.label for account in accounts]
        return OK, "bank_accounts_found", {"labels": labels, "accounts": accounts}


def _seconds(error):
    return {"seconds": error.retry_after} if error.retry_after else {}


def _plain(text):
    """Lower case, without accents."""
    apart = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
