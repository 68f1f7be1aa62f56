# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...choruspro.errors import SENTENCES, ChorusProError, ConfigurationError
from ...choruspro.operations import OPERATIONS
from ...choruspro.redaction import HIDDEN
from ..rules.error_texts import error_sentence

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
