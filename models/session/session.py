# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import logging
from contextlib import contextmanager, nullcontext
from functools import cached_property

from odoo import models
from odoo.exceptions import UserError

from ...choruspro.errors import (
    PACE_REACHED,
    ChorusProError,
    ConfigurationError,
    CredentialsError,
    RateLimitedError,
    RefusedError,
    UnavailableError,
)
from ..rules.error_texts import error_sentence
from .engagement import CommitmentQuestions
from .row_guard import guarded_row

_logger = logging.getLogger(__name__)

MISTAKES = (ConfigurationError, CredentialsError)
# What waits for a person is tried again now and then, in case it was fixed elsewhere.
STOPPED_RETRY_SECONDS = 3600


class ChorusProSession:
    """One job's conversation with Chorus Pro through one connection.

    What does not change from one invoice to the next (VAT rates, bank accounts) is asked once.
    Every method may raise a ``ChorusProError``.
    """

    def __init__(self, connection, client=None, stopped_by=None):
        self.connection = connection
        self.client = client
        # (sentence, seconds to wait or None) when further calls are useless
        self.stopped_by = stopped_by
        # Whether somebody has to fix the connection
        self.is_mistake = bool(stopped_by)
        # Whether only our own rate limit holds it back: nothing is wrong
        self.is_paced = False
        self.works = False
        # Whether it was known to work: then that it works is nothing new
        self.was_well = not (connection.failures or connection.trouble or connection.paused_until)
        self.commitments = CommitmentQuestions(self)
        self._failures = 0

    def about(self, record):
        """A context in which the exchange log links calls to ``record``."""
        return self.client.log.about(record) if self.client else nullcontext()

    def note_failure(self, error, env=None):
        """Stop when ``error`` says that other calls would fail the same way: at once for what
        concerns the whole connection; a single bad answer may be about one invoice only, two in a
        row are not.

        :param env: in the language of the reader; by default that of the connection
        :return: a sentence for that reader
        """
        sentence = error_sentence(env or self.connection.env, error)
        self._failures += 1
        self.is_paced = error.code == PACE_REACHED
        if isinstance(error, RefusedError):
            self.note_success()
        elif isinstance(error, MISTAKES):
            self.is_mistake = True
            self.stopped_by = sentence, STOPPED_RETRY_SECONDS
        elif isinstance(error, (RateLimitedError, UnavailableError)) or self._failures > 1:
            self.stopped_by = sentence, error.retry_after
        return sentence

    @contextmanager
    def forgoing(self, what):
        """Ask Chorus Pro for what is only nice to have: a failure is logged and no more. But a wait
        that Chorus Pro, or our own rate limit, asks for counts for every call: the session stops.

        :param what: what would be missing, for the log
        """
        try:
            yield
        except ChorusProError as error:
            _logger.info("Chorus Pro does not give %s: %s", what, error.code)
            if self.is_asked_to_wait(error):
                self.note_failure(error)

    @staticmethod
    def is_asked_to_wait(error):
        """Whether this :class:`ChorusProError` says that nothing may be asked for a while."""
        return isinstance(error, RateLimitedError) or error.retry_after is not None

    def stop(self, sentence, error=None):
        """This session asks nothing more, whatever failed."""
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


class ChorusProConnection(models.Model):
    _inherit = "chorus.pro.connection"

    @contextmanager
    def _session(self, session_class=ChorusProSession):
        """A conversation through this connection, closed at the end of the block.

        :param session_class: :class:`ChorusProSession`, or a subclass that knows more
        :return: a session; stopped from the start when the connection cannot be used
        """
        try:
            self._require_same_database()
            client = self._client()
        except (UserError, ChorusProError) as error:
            is_ours = isinstance(error, UserError)
            sentence = str(error) if is_ours else error_sentence(self.env, error)
            yield session_class(self, stopped_by=(sentence, STOPPED_RETRY_SECONDS))
            return
        with client:
            yield session_class(self, client)

    def _conclude(self, session):
        """Keep whether the connection works and commit; another job may be writing the same."""
        with guarded_row(self.env, self):
            if self._note_health(session):
                self.env["ir.cron"]._commit_progress()
