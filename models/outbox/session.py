# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from ..session.session import ChorusProSession
from .batch_progress import BatchProgress


class SendingSession(ChorusProSession):
    """A conversation in which invoices leave: it knows what recipients require, and how far the
    batches of users are."""

    def __init__(self, connection, client=None, stopped_by=None):
        super().__init__(connection, client, stopped_by)
        self.progress = BatchProgress(connection.env)
        self._recipient_problems = {}

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
