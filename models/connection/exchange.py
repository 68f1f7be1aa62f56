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
    ("knock", "Is the server there?"),
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

    Written by :class:`ExchangeJournal` only; nobody may change it.
    """

    _name = "chorus.pro.exchange"
    _description = "Chorus Pro Exchange"
    _order = "id desc"
    _log_access = False

    date = fields.Datetime(string="On", required=True, readonly=True, index=True)
    operation = fields.Selection(LABELS, required=True, readonly=True)
    kind = fields.Selection(
        [
            ("query", "Question"),
            ("upload", "File"),
            ("deposit", "Deposit"),
            ("action", "Action"),
        ],
        required=True,
        readonly=True,
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
        "account.move",
        string="Invoice",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    status = fields.Integer(
        string="HTTP", readonly=True, aggregator=None, help="0: no answer came."
    )
    return_code = fields.Char(
        readonly=True, help="codeRetour: 0 when Chorus Pro did what was asked."
    )
    error = fields.Char(string="Failure", readonly=True, help="Why no answer came.")
    succeeded = fields.Boolean(readonly=True)
    outcome = fields.Char(compute="_compute_outcome")
    milliseconds = fields.Integer(string="Duration (ms)", readonly=True, aggregator="avg")
    sent_bytes = fields.Integer(string="Bytes Sent", readonly=True)
    received_bytes = fields.Integer(string="Bytes Received", readonly=True)
    correlation_id = fields.Char(
        string="Correlation ID",
        readonly=True,
        help="The name of this exchange on the other side: Chorus Pro's support asks for it.",
    )
    through_proxy = fields.Boolean(string="Through the Proxy", readonly=True)
    request = fields.Text(readonly=True)
    answer = fields.Text(readonly=True)
    can_ask_again = fields.Boolean(compute="_compute_can_ask_again")

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

    @api.depends("operation")
    def _compute_path(self):
        for exchange in self:
            exchange.path = PATHS.get(exchange.operation, False)

    @api.depends_context("lang")
    @api.depends("error", "status", "return_code", "answer")
    def _compute_outcome(self):
        for exchange in self:
            if exchange.error:
                known = exchange.error if exchange.error in SENTENCES else ""
                error = ChorusProError(known)
                exchange.outcome = error_sentence(self.env, error)
            elif exchange.succeeded:
                exchange.outcome = self.env._("OK")
            else:
                exchange.outcome = exchange._refusal()

    def _refusal(self):
        """What the other side said of itself, or its numbers."""
        try:
            said = json.loads(self.answer or "{}")
        except ValueError:
            # Cut off, because it was long.
            said = {}
        for key in ("libelle", "error_description", "error", "message"):
            if isinstance(said, dict) and isinstance(said.get(key), str) and said[key]:
                return said[key]
        return f"HTTP {self.status}"

    @api.depends("kind", "operation")
    def _compute_can_ask_again(self):
        for exchange in self:
            exchange.can_ask_again = exchange.kind == "query" and exchange.operation in PATHS

    def action_ask_again(self):
        """Ask the same question again by the same connection, and show the new exchange.

        :raises UserError: it is no question, its request was not kept whole, or nobody could be
            asked
        """
        self.ensure_one()
        self.check_access("read")
        if not self.can_ask_again:
            raise UserError(
                self.env._("Only a question is asked again: this one would change something.")
            )
        payload = self._kept_request()
        connection = self.sudo().connection_id
        if not connection.journal_days:
            raise UserError(
                self.env._("The connection keeps no journal: there is nowhere to show the answer.")
            )
        connection._require_same_database()
        sentence = self.env._("The exchange could not be written down: see the server's log.")
        try:
            with connection._client() as client, client.journal.about(self):
                journal = client.journal
                client.ask_again(self.operation, payload)
        except ConfigurationError as error:
            raise UserError(error_sentence(self.env, error)) from None
        except ChorusProError as error:
            # What came is shown, whatever it is.
            sentence = error_sentence(self.env, error)
        if not journal.last_id:
            raise UserError(sentence)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": journal.last_id,
            "views": [[False, "form"]],
        }

    def _kept_request(self):
        """The object that was sent.

        :raises UserError: something of it was left out of the journal
        """
        try:
            payload = json.loads(self.request or "")
        except ValueError:
            payload = None
        if not isinstance(payload, dict) or not _is_whole(payload):
            raise UserError(
                self.env._(
                    "This question cannot be asked again: its request is not kept whole, because "
                    "it held something secret or personal, or was long."
                )
            )
        return payload

    @api.autovacuum
    def _gc_exchanges(self):
        """Delete what is older than its connection keeps it, so many at a time."""
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


def _is_whole(value):
    """Whether nothing was left out of a redacted body (see redaction.py)."""
    if isinstance(value, dict):
        return all(_is_whole(each) and HIDDEN not in key for key, each in value.items())
    if isinstance(value, list):
        return all(map(_is_whole, value))
    return not isinstance(value, str) or (HIDDEN not in value and "…" not in value)
