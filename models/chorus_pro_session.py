# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from contextlib import nullcontext
from functools import cached_property

from ..choruspro.errors import (
    PACE_REACHED,
    ConfigurationError,
    CredentialsError,
    RateLimitedError,
    RefusedError,
    UnavailableError,
)
from .batch_progress import BatchProgress
from .commitment_questions import CommitmentQuestions

MISTAKES = (ConfigurationError, CredentialsError)
# Refused credentials are tried again now and then, in case they were mended elsewhere.
MENDED_RETRY_SECONDS = 3600


class ChorusProSession:
    """One job's conversation with Chorus Pro through one connection.

    What does not change from one invoice to the next (VAT rates, bank accounts, what a recipient
    requires) is asked once. Every method may raise a ``ChorusProError``.
    """

    def __init__(self, connection, client=None, stopped_by=None):
        self.connection = connection
        self.client = client
        # (sentence, seconds to wait or None) when further calls are useless
        self.stopped_by = stopped_by
        # Whether somebody has to mend the connection
        self.is_mistake = bool(stopped_by)
        # Whether only the connection's own pace holds it back: nothing is wrong
        self.is_paced = False
        self.works = False
        # Whether it was known to work: then there is nothing to tell when it does
        self.was_well = not (connection.failures or connection.trouble or connection.paused_until)
        self.commitments = CommitmentQuestions(self)
        self.progress = BatchProgress(connection.env)
        self._failures = 0
        self._recipient_problems = {}

    def about(self, record):
        """A context in which Chorus Pro is asked about ``record``: the journal shows it so."""
        return self.client.journal.about(record) if self.client else nullcontext()

    def stop_if_useless(self, error, sentence):
        """Remember ``sentence`` when ``error`` says that other calls would fail the same way.

        At once for what concerns the whole connection; a single bad answer may be about one invoice
        only, two in a row are not.
        """
        self._failures += 1
        self.is_paced = error.code == PACE_REACHED
        if isinstance(error, RefusedError):
            self.note_success()
        elif isinstance(error, MISTAKES):
            self.is_mistake = True
            self.stopped_by = sentence, MENDED_RETRY_SECONDS
        elif isinstance(error, (RateLimitedError, UnavailableError)) or self._failures > 1:
            self.stopped_by = sentence, error.retry_after

    def stop(self, sentence, error=None):
        """Whatever failed, nothing more is asked by this session."""
        self.is_mistake = error is None or isinstance(error, MISTAKES)
        self.is_paced = error is not None and error.code == PACE_REACHED
        self.stopped_by = sentence, error.retry_after if error else None

    def note_success(self):
        """Chorus Pro answered what was asked."""
        self.works = True
        self._failures = 0

    @cached_property
    def supplier_id(self):
        """Number of the supplier's structure; found by its SIRET when the connection has none."""
        if self.connection.supplier_structure_id:
            return self.connection.supplier_structure_id
        structures = self.client.search_structures(self.connection.supplier_siret)
        return structures[0].structure_id if len(structures) == 1 else None

    @cached_property
    def supplier_service_id(self):
        """Chorus Pro's number of the service that the connection names; None when it names none, or
        none that is open."""
        connection = self.connection
        code = (connection.supplier_service_code or "").strip()
        if code and not connection.supplier_service_number:
            for service in self.client.search_services(self.supplier_id):
                if service.active and service.code == code:
                    connection.supplier_service_number = service.service_id
        return connection.supplier_service_number or None

    @cached_property
    def _vat_codes(self):
        return {rate.rate: rate.code for rate in self.client.vat_rates()}

    def vat_code(self, rate):
        """Chorus Pro's code for a VAT rate (Decimal percentage), or None when it lists none."""
        return self._vat_codes.get(rate)

    @cached_property
    def _currencies(self):
        codes = [currency.code for currency in self.client.currencies()]
        self.connection.known_currencies = " ".join(codes)
        return codes

    def currencies(self, used):
        """Codes of the currencies that Chorus Pro takes besides the euro, asked only when the one
        ``used`` by an invoice is not the euro."""
        return () if used == "EUR" else self._currencies

    @cached_property
    def bank_accounts(self):
        """The bank accounts that Chorus Pro lists for our structure."""
        return self.client.bank_accounts(self.supplier_id)

    def bank_account_id(self, bank):
        """Chorus Pro's number for our account (``res.partner.bank``), or None."""
        return self.connection._bank_account_code(bank, self.bank_accounts)

    def recipient_problems(self, siret, *, service_code, engagement_number, on):
        """Problems of an invoice with what its recipient requires; Chorus Pro is asked what the
        directory does not know well enough.

        :param siret: of the recipient, 14 digits
        :param on: date of the invoice
        :return: list of :class:`Problem`
        """
        key = siret, service_code, bool(engagement_number), on
        if key not in self._recipient_problems:
            connection = self.connection
            directory = connection.env["chorus.pro.structure"].with_company(connection.company_id)
            self._recipient_problems[key] = directory._check(
                self.client,
                connection.place,
                siret,
                service_code=service_code,
                engagement_number=engagement_number,
                on=on,
            )
        problems = [*self._recipient_problems[key], *self.commitments.problems(engagement_number)]
        if self.connection.supplier_is_public:
            problems = [each for each in problems if each.code != "service_reserved"]
        return problems
