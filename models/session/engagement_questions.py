# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import logging
from functools import cached_property

from ...choruspro.checks import BLOCKING, WARNING, Problem, check_references
from ...choruspro.errors import ChorusProError

_logger = logging.getLogger(__name__)


def is_askable(number):
    """Whether Chorus Pro can be asked about this engagement number: what is wrong with another one
    is said on its invoice."""
    return bool(number) and not check_references(
        service_code=None, engagement_number=number, contract_number=None
    )


class CommitmentQuestions:
    """What one job asks Chorus Pro about engagement numbers (``session``: its
    :class:`ChorusProSession`).

    ``asked``: {number: whether Chorus Pro knows an order with it}, what this job was told.
    """

    def __init__(self, session):
        self._session = session
        self._is_silent = False
        self.asked = {}

    @cached_property
    def _fresh(self):
        return self._session.connection._fresh_commitments()

    def problems(self, number):
        """List of :class:`Problem`: one when Chorus Pro knows no order with this number.

        A number is asked about once a day. Where an unknown one blocks it is asked about again: it
        may have been registered since. Where it only warns, a question that fails says nothing.

        :raises ChorusProError: Chorus Pro could not say, and an unknown number blocks; or it asks
            to wait, which holds for the invoice too
        """
        number = (number or "").strip()
        if not is_askable(number) or self._is_known(number) is not False:
            return []
        severity = BLOCKING if self._blocks else WARNING
        return [Problem("commitment_unknown", "engagement_number", severity, {"number": number})]

    @property
    def _blocks(self):
        return self._session.connection.blocks_unknown_commitments

    def _is_known(self, number):
        """True, False, or None when Chorus Pro could not say."""
        if number in self.asked:
            return self.asked[number]
        known = self._fresh.get(number)
        if known or self._is_silent or (known is False and not self._blocks):
            return known
        try:
            return self.ask(number)
        except ChorusProError as error:
            if self._blocks or self._session.is_asked_to_wait(error):
                raise
            # Such as an application without a right to this API: the invoice leaves all the same.
            _logger.info("Chorus Pro does not tell engagement numbers: %s", error.code)
            self._is_silent = True
            return None

    def ask(self, number):
        """Whether Chorus Pro knows an order with this number for our structure.

        :raises ChorusProError: it could not say
        """
        session = self._session
        found = session.client.search_commitments(session.supplier_id, number)
        self.asked[number] = any(commitment.number == number for commitment in found)
        return self.asked[number]
