# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import json
import logging
from contextlib import contextmanager
from datetime import timezone

import psycopg2

from odoo.tools import SQL

from ...choruspro.client import ChorusProClient
from ...choruspro.text import storable

_logger = logging.getLogger(__name__)

# What was noted is written when this much of it has gathered, and when the client is closed.
FULL = 100
MOST_TEXT = 20_000


class ExchangeJournal:
    """What one client asked Chorus Pro, until it is written as rows of ``chorus.pro.exchange``.

    Noting only remembers: it happens while locks are held. The rows are written in one statement,
    by a cursor of their own: what becomes of the job does not matter to them, nor what becomes of
    them to the job.
    """

    def __init__(self, connection):
        self._registry = connection.env.registry
        # Whether anything is to be kept
        self.keeps = connection.journal_days > 0
        self._places = {"connection_id": connection.id, "company_id": connection.company_id.id}
        # {column: model} of what an exchange may be about
        self._subjects = connection.env["chorus.pro.exchange"]._subjects()
        self._subject = {}
        self._rows = []
        # Id of the last row written, None before
        self.last_id = None

    def note(self, exchange):
        """Remember an :class:`Exchange`."""
        self._rows.append(_columns(exchange) | self._subject)

    @contextmanager
    def about(self, record):
        """What is asked within concerns ``record``: an invoice, a submission, a flow, an action."""
        before, self._subject = self._subject, self._ids_of(record)
        try:
            yield
        finally:
            self._subject = before
            if len(self._rows) >= FULL:
                # No row of the subject is locked any more.
                self.save()

    def save(self):
        """Write what was noted. What cannot be written is logged, and forgotten."""
        rows, self._rows = self._rows, []
        if not rows:
            return
        try:
            with self._registry.cursor() as cr:
                insertion = self._insertion([self._places | row for row in rows])
                cr.execute(insertion, log_exceptions=False)
                self.last_id = max(row_id for (row_id,) in cr.fetchall())
        except (psycopg2.Error, ValueError) as error:
            _logger.warning(
                "Chorus Pro: %s exchanges could not be written down: %s", len(rows), error
            )

    def _ids_of(self, record):
        """Ids of what ``record`` is, or is attached to."""
        return {
            column: record.id if record._name == model else record[column].id or None
            for column, model in self._subjects.items()
            if record._name == model or column in record._fields
        }

    def _insertion(self, rows):
        names = [*rows[0].keys() | self._subjects.keys()]
        values = [
            SQL("(%s)", SQL(", ").join(self._value(name, row.get(name)) for name in names))
            for row in rows
        ]
        # A user who deletes one of the invoices, or has it locked, must not be waited for.
        return SQL(
            "SET LOCAL lock_timeout = '2s';"
            " INSERT INTO chorus_pro_exchange (%s) VALUES %s RETURNING id",
            SQL(", ").join(SQL.identifier(name) for name in names),
            SQL(", ").join(values),
        )

    def _value(self, name, value):
        if name not in self._subjects or value is None:
            return SQL("%s", value)
        # It may have been deleted meanwhile.
        table = SQL.identifier(self._subjects[name].replace(".", "_"))
        return SQL("(SELECT id FROM %s WHERE id = %s)", table, value)


class JournalingClient(ChorusProClient):
    """A client whose exchanges are kept. journal: :class:`ExchangeJournal`."""

    def __init__(self, environment, auth, journal, **options):
        note = journal.note if journal.keeps else None
        super().__init__(environment, auth, on_exchange=note, **options)
        self.journal = journal

    def close(self):
        super().close()
        self.journal.save()


def _columns(exchange):
    return {
        "date": exchange.began.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0),
        "operation": exchange.operation,
        "kind": exchange.kind,
        "status": exchange.status,
        "return_code": _storable(exchange.return_code),
        "error": _storable(exchange.error) or None,
        "milliseconds": exchange.milliseconds,
        "sent_bytes": exchange.sent_bytes,
        "received_bytes": exchange.received_bytes,
        "correlation_id": _storable(exchange.correlation_id) or None,
        "through_proxy": exchange.through_proxy,
        "succeeded": exchange.succeeded,
        "request": _text(exchange.request),
        "answer": _text(exchange.answer),
    }


def _text(body):
    """A redacted body to be read by people, of at most MOST_TEXT characters; None for none."""
    if body is None:
        return None
    text = _storable(json.dumps(body, ensure_ascii=False, indent=2))
    return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 1] + "…"


def _storable(value):
    """As text, with a mark in place of what PostgreSQL stores in no text; None for none."""
    return None if value is None else storable(str(value))
