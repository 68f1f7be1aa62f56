# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The log of exchanges with Chorus Pro: its rows, and how a client's calls become rows."""

import json
import logging
from contextlib import contextmanager
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...choruspro.client import ChorusProClient
from ...choruspro.errors import SENTENCES, ChorusProError, ConfigurationError
from ...choruspro.operations import OPERATIONS
from ...choruspro.redaction import HIDDEN
from ...choruspro.text import storable
from ..access.storage import naive
from ..rules.error_texts import error_sentence

_logger = logging.getLogger(__name__)

LABELS = [
    ("token", "Access token"),
    ("knock", "Server availability"),
    ("deposer_pdf", "Deposit of a PDF"),
    ("deposer_flux", "Deposit of a flow"),
    ("soumettre", "Creation of an invoice"),
    ("completer", "Completion of an invoice"),
    ("recycler", "Recycling of an invoice"),
    ("traiter_rejet", "Acknowledgement of a rejection"),
    ("corriger_valideur", "Correction of the validator"),
    ("rechercher_fournisseur", "Search of invoices"),
    ("rechercher_a_traiter_fournisseur", "Search of what waits for us"),
    ("rechercher_a_traiter_valideur", "Search of invoices to validate"),
    ("rechercher_valideur", "Search as a validator"),
    ("consulter_valideur", "Reading as a validator"),
    ("traiter_facture_a_valider", "Decision of a validator"),
    ("statuts_visibles_valideur", "Statuses for a validator"),
    ("consulter_fournisseur", "Reading of an invoice"),
    ("consulter_historique", "History of an invoice"),
    ("telecharger_groupe", "Download of invoices"),
    ("ajouter_fichier", "Upload of an attachment"),
    ("consulter_cr_detaille", "Report of a flow"),
    ("consulter_cr", "Report of a flow as PDF"),
    ("coordbanc_valides", "Bank accounts"),
    ("tauxtva", "VAT rates"),
    ("devises", "Currencies"),
    ("typespj", "Types of attachments"),
    ("structures_rechercher", "Search of structures"),
    ("structures_consulter", "Reading of a structure"),
    ("structures_rechercher_services", "Services of a structure"),
    ("structures_consulter_service", "Reading of a service"),
    ("structures_rechercher_espaces", "Spaces of a structure"),
    ("engagements_rechercher", "Search of engagement numbers"),
]
PATHS = {operation.key: operation.path for operation in OPERATIONS}
VACUUM_BATCH = 5000
# What was noted is written when this much of it has gathered, and when the client is closed.
FULL = 100
MOST_TEXT = 20_000
# Columns that keep an attribute of the exchange as it is.
SAME = ("operation", "kind", "status", "milliseconds", "sent_bytes", "received_bytes")



class ChorusProExchange(models.Model):
    """One HTTP exchange with Chorus Pro, without anything secret or personal.

    Written by :class:`ExchangeLog` only; nobody may change it.
    """

    _name = "chorus.pro.exchange"
    _description = "Chorus Pro Exchange"
    _order = "id desc"
    _log_access = False

    date = fields.Datetime(string="On", required=True, readonly=True, index=True)
    operation = fields.Selection(LABELS, required=True, readonly=True)
    kind = fields.Selection(
        [("query", "Question"), ("upload", "File"), ("deposit", "Deposit"), ("action", "Action")],
        required=True, readonly=True,
        help="What sending it again would do: a question changes nothing at Chorus Pro.",
    )
    path = fields.Char(string="API", compute="_compute_path")
    connection_id = fields.Many2one(
        "chorus.pro.connection", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    move_id = fields.Many2one(
        "account.move", string="Invoice", readonly=True, index="btree_not_null", ondelete="set null"
    )
    status = fields.Integer("HTTP", readonly=True, aggregator=None, help="0: no answer came.")
    return_code = fields.Char(readonly=True, help="codeRetour: 0 on success.")
    error = fields.Char(string="Failure", readonly=True, help="Why no answer came.")
    succeeded = fields.Boolean(readonly=True)
    outcome = fields.Char(compute="_compute_outcome")
    milliseconds = fields.Integer(string="Duration (ms)", readonly=True, aggregator="avg")
    sent_bytes = fields.Integer(string="Bytes Sent", readonly=True)
    received_bytes = fields.Integer(string="Bytes Received", readonly=True)
    correlation_id = fields.Char(
        string="Correlation ID", readonly=True,
        help="Identifies this exchange at Chorus Pro, whose support asks for it.",
    )
    through_proxy = fields.Boolean(string="Through the Proxy", readonly=True)
    request = fields.Text(readonly=True)
    answer = fields.Text(readonly=True)
    can_ask_again = fields.Boolean(compute="_compute_path")

    _last_of_connection = models.Index("(connection_id, succeeded, date DESC)")

    @api.model
    def _subjects(self):
        """What an exchange may be about: {column: model}; rooms above add theirs."""
        return {"move_id": "account.move"}

    @api.depends_context("lang")
    @api.depends("operation")
    def _compute_display_name(self):
        labels = dict(self._fields["operation"]._description_selection(self.env))
        for exchange in self:
            exchange.display_name = labels.get(exchange.operation, exchange.operation)

    @api.depends_context("lang")
    @api.depends("error", "status", "return_code", "answer")
    def _compute_outcome(self):
        for exchange in self:
            if exchange.error:
                error = ChorusProError(exchange.error if exchange.error in SENTENCES else "")
                exchange.outcome = error_sentence(self.env, error)
            elif exchange.succeeded:
                exchange.outcome = self.env._("OK")
            else:
                exchange.outcome = exchange._refusal()

    def _refusal(self):
        """The message of the answer, else its HTTP status."""
        answer = _read(self.answer) or {}
        for key in ("libelle", "error_description", "error", "message"):
            if answer.get(key) and isinstance(answer[key], str):
                return answer[key]
        return f"HTTP {self.status}"

    @api.depends("kind", "operation")
    def _compute_path(self):
        for exchange in self:
            exchange.path = PATHS.get(exchange.operation, False)
            exchange.can_ask_again = exchange.kind == "query" and bool(exchange.path)

    def action_ask_again(self):
        """Send the same query again through the same connection, and show the new exchange.

        :raises UserError: it is no query, its request was not kept whole, or it cannot be sent
        """
        self.ensure_one()
        self.check_access("read")
        if not self.can_ask_again:
            raise UserError(
                self.env._("Only a query can be sent again: this one would change something.")
            )
        payload = self._kept_request()
        connection = self.sudo().connection_id
        if not connection.journal_days:
            raise UserError(
                self.env._("The connection keeps no exchange log: the answer cannot be shown.")
            )
        connection._require_same_database()
        sentence = self.env._("The exchange could not be recorded: see the server's log.")
        try:
            with connection._client() as client, client.log.about(self):
                log = client.log
                client.ask_again(self.operation, payload)
        except ConfigurationError as error:
            raise UserError(error_sentence(self.env, error)) from None
        except ChorusProError as error:
            # Its exchange is shown all the same.
            sentence = error_sentence(self.env, error)
        if not log.last_id:
            raise UserError(sentence)
        return self.browse(log.last_id)._get_records_action()

    def _kept_request(self):
        """The object that was sent.

        :raises UserError: something of it was left out of the log
        """
        payload = _read(self.request)
        if payload is None or not _is_whole(payload):
            raise UserError(self.env._(
                "This question cannot be asked again: its request is not kept whole, because it "
                "held something secret or personal, or was long."
            ))
        return payload

    @api.autovacuum
    def _gc_exchanges(self):
        """Delete, in batches, what is older than its connection keeps it."""
        now = fields.Datetime.now()
        connections = self.env["chorus.pro.connection"].with_context(active_test=False)
        old = Domain.OR(
            Domain("connection_id", "in", same.ids)
            & Domain("date", "<", now - timedelta(days=days))
            for days, same in connections._read_group([], ["journal_days"], ["id:recordset"])
        )
        rows = self.search(old, order="id", limit=VACUUM_BATCH)
        rows.unlink()
        return len(rows), len(rows) == VACUUM_BATCH


class ExchangeLog:
    """What one client asked Chorus Pro, until it is written as rows of ``chorus.pro.exchange``.

    Noting only remembers: it happens while locks are held. The rows are written in one statement
    by a separate cursor: the job and they neither wait for each other nor roll back together.
    """

    def __init__(self, connection):
        self._registry = connection.env.registry
        self.keeps = connection.journal_days > 0
        self._places = {"connection_id": connection.id, "company_id": connection.company_id.id}
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
                # The locks on the subject are gone.
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
            _logger.warning("Chorus Pro: %s exchanges could not be recorded: %s", len(rows), error)

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
            "SET LOCAL lock_timeout = '2s'; INSERT INTO chorus_pro_exchange (%s) VALUES %s "
            "RETURNING id",
            SQL(", ").join(SQL.identifier(name) for name in names), SQL(", ").join(values),
        )

    def _value(self, name, value):
        if name not in self._subjects or value is None:
            return SQL("%s", value)
        # It may have been deleted meanwhile.
        table = SQL.identifier(self._subjects[name].replace(".", "_"))
        return SQL("(SELECT id FROM %s WHERE id = %s)", table, value)


class LoggingClient(ChorusProClient):
    """A client whose exchanges are kept. log: :class:`ExchangeLog`."""

    def __init__(self, environment, auth, log, **options):
        note = log.note if log.keeps else None
        super().__init__(environment, auth, on_exchange=note, **options)
        self.log = log

    def close(self):
        super().close()
        self.log.save()


def _columns(exchange):
    same = {name: getattr(exchange, name) for name in SAME}
    return same | {
        "date": naive(exchange.began),
        "return_code": _storable(exchange.return_code),
        "error": _storable(exchange.error) or None,
        "correlation_id": _storable(exchange.correlation_id) or None,
        "request": _text(exchange.request),
        "answer": _text(exchange.answer),
        "through_proxy": exchange.through_proxy,
        "succeeded": exchange.succeeded,
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


def _read(body):
    """The object that a kept body holds; None when it is none, as when it was cut off."""
    try:
        value = json.loads(body or "")
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _is_whole(value):
    """Whether nothing was left out of a redacted body (see redaction.py)."""
    if isinstance(value, dict):
        return all(_is_whole(each) and HIDDEN not in key for key, each in value.items())
    if isinstance(value, list):
        return all(map(_is_whole, value))
    return not isinstance(value, str) or (HIDDEN not in value and "…" not in value)
