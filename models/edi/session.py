# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from contextlib import contextmanager

from odoo import models
from odoo.exceptions import UserError

from ..outbox.sender import SendingSession
from ..session.session import STOPPED_RETRY_SECONDS, ChorusProSession


class NoQuestions:
    """Engagement numbers, where nobody can be asked about them."""

    asked = {}

    @staticmethod
    def problems(_number):
        return []


class SendingByFiles(SendingSession):
    """Invoices leave without the API: what the directory knows counts, nothing is asked."""

    def __init__(self, connection):
        super().__init__(connection)
        self.commitments = NoQuestions()

    @property
    def supplier_id(self):
        return self.connection.supplier_structure_id or self.connection.supplier_siret

    def currencies(self, used):
        """The one that is used: its own checks are Chorus Pro's."""
        return (self.connection.known_currencies or used).split()

    def recipient_problems(
        self, siret, *, service_code, engagement_number, on, checks_order=True
    ):
        """As with the API, of the recipients that the directory has."""
        connection = self.connection
        directory = connection.env["chorus.pro.structure"].with_company(connection.company_id)
        known = directory._of_sirets(connection.place, [siret]).filtered("chorus_id")
        if not known:
            return []
        problems = known._problems(
            service_code=service_code, engagement_number=engagement_number, on=on)
        if connection.supplier_is_public:
            problems = [each for each in problems if each.code != "service_reserved"]
        return problems


class ChorusProConnection(models.Model):
    """A job's conversation through a connection without access to the API."""

    _inherit = "chorus.pro.connection"

    @contextmanager
    def _session(self, session_class=ChorusProSession):
        if not self._is_without_api():
            with super()._session(session_class) as session:
                yield session
            return
        try:
            self._require_ready_for_edi()
        except UserError as error:
            yield session_class(self, stopped_by=(str(error), STOPPED_RETRY_SECONDS))
            return
        if issubclass(session_class, SendingSession):
            yield SendingByFiles(self)
        else:
            # The job asks for something that only the API tells.
            sentence = self._without_api_sentence()
            session = session_class(self, stopped_by=(sentence, STOPPED_RETRY_SECONDS))
            session.is_beside_edi = True
            yield session

    def _conclude(self, session):
        """What only the API tells is nothing that is wrong with a connection without it."""
        if not getattr(session, "is_beside_edi", False):
            super()._conclude(session)

    def _require_ready_for_edi(self):
        """:raises UserError: this database is a copy, or a setting is missing"""
        self._require_same_database()
        if missing := self._missing_settings():
            raise UserError(self.env._(
                "The Chorus Pro connection “%(connection)s” is not complete. Fill in: %(fields)s.",
                connection=self.name, fields=", ".join(missing),
            ))

    def _follow_once(self):
        """What becomes of its invoices comes as files: see _cron_edi."""
        if not self._is_followed_by_files():
            super()._follow_once()
