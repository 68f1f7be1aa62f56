# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...choruspro.lifecycle import INVOICE_STATUSES, Phase
from ..access.foreign_text import ForeignText
from ..access.storage import paris_today
from ..document.formats import DOCUMENT_FORMATS
from ..invoice.invoice import BEFORE_DEPOSIT
from ..rules.statuses import STATUS_SELECTION

PHASES = [
    ("sending", "Being Sent"),
    ("refused", "Refused at Deposit"),
    (Phase.PREPARING.value, "Being Prepared"),
    (Phase.VALIDATION.value, "With the Contractor"),
    (Phase.TRANSIT.value, "At Chorus Pro"),
    (Phase.AVAILABLE.value, "With the Public Body"),
    (Phase.ACTION.value, "Sent Back"),
    (Phase.APPROVED.value, "Service Done"),
    (Phase.PAYMENT.value, "Payment Ordered"),
    (Phase.PAID.value, "Payment Announced"),
    (Phase.REJECTED.value, "Rejected"),
    (Phase.ABANDONED.value, "Abandoned"),
    (Phase.WORKS.value, "Works Contract"),
    (Phase.UNKNOWN.value, "Unknown"),
]
PHASE_BY_STATUS = {status.name: status.phase.value for status in INVOICE_STATUSES}
# Days since the invoice was made available.
AGES = [
    ("a", "Up to 30 Days"), ("b", "31 to 60 Days"), ("c", "61 to 90 Days"), ("d", "Over 90 Days"),
]
# What the expected date of a payment rests on.
EXPECTED_FROM = [
    ("announced", "Announced at Chorus Pro"),
    ("history", "Earlier Payments"),
    ("law", "Legal Delay, no Payment in a Year"),
]
# Phases in which nobody pays: it has not arrived yet, or it is up to us.
UNPAYABLE_PHASES = ("sending", "refused", "action", "rejected", "abandoned")
HISTORY = timedelta(days=365)
# The first day that is known of, by a row of `_dated`.
PAID_ON = SQL("LEAST(announced_on, settled_on)")


class ChorusProAnalysis(models.Model):
    """One row for each invoice that was sent to Chorus Pro, for graphs and pivots.

    Its id is that of the invoice. The days at Chorus Pro are days in Paris, as the law counts them.
    """

    _name = "chorus.pro.analysis"
    _description = "Chorus Pro Analysis"
    _auto = False
    _order = "invoice_date desc, id desc"
    _rec_name = "move_id"
    _depends = {
        "account.move": [
            "amount_residual_signed", "amount_total_signed", "buyer_reference",
            "chorus_pro_state", "chorus_pro_submission_id", "commercial_partner_id", "company_id",
            "invoice_date", "move_type", "payment_state",
        ],
        "account.move.line": ["date", "move_id"],
        "account.partial.reconcile": ["credit_move_id", "debit_move_id"],
        "chorus.pro.submission": [
            "available_date", "completed_on", "delay_start", "deposit_date", "document_format",
            "environment", "mandated_on", "payment_date", "payment_due", "return_reason", "returns",
            "state", "status",
        ],
    }

    move_id = fields.Many2one("account.move", string="Invoice", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Public Body", readonly=True)
    service_code = fields.Char(readonly=True)
    invoice_date = fields.Date(readonly=True)
    chorus_pro_state = fields.Selection(
        BEFORE_DEPOSIT + STATUS_SELECTION, string="Status", readonly=True)
    phase = fields.Selection(PHASES, readonly=True)
    document_format = fields.Selection(DOCUMENT_FORMATS, string="Format", readonly=True)
    is_production = fields.Boolean(string="On Production", readonly=True)
    amount_total = fields.Monetary(string="Total with VAT", readonly=True)
    amount_open = fields.Monetary(readonly=True)
    deposit_date = fields.Date(string="Deposited On", readonly=True)
    available_on = fields.Date(string="Made Available On", readonly=True)
    mandated_on = fields.Date(string="Payment Ordered On", readonly=True)
    paid_on = fields.Date(
        readonly=True,
        help="As announced at Chorus Pro, else as your books say once nothing is open.")
    payment_due = fields.Date(string="Due by Law", readonly=True)
    days_to_available = fields.Integer(
        string="Days to Made Available", aggregator="avg", readonly=True,
        help="From the deposit to the day on which the public body got the invoice.")
    days_to_mandated = fields.Integer(
        string="Days to Payment Order", aggregator="avg", readonly=True,
        help="From the day on which the public body got the invoice to its order to pay.")
    days_mandated_to_paid = fields.Integer(
        string="Days from Order to Payment", aggregator="avg", readonly=True)
    days_to_paid = fields.Integer(
        string="Days to Payment", aggregator="avg", readonly=True,
        help="From the day on which the public body got the invoice to its payment.")
    days_open = fields.Integer(
        string="Days Since Made Available", aggregator="avg", readonly=True,
        help="Of invoices that are not paid.")
    age = fields.Selection(AGES, string="Age Since Made Available", readonly=True)
    late_days = fields.Integer(string="Days Late", aggregator="avg", readonly=True)
    is_late = fields.Boolean(string="Late", readonly=True)
    is_paid_open = fields.Boolean(string="Paid at Chorus Pro, Open in Odoo", readonly=True)
    expected_on = fields.Date(
        string="Payment Expected On", readonly=True,
        help="As announced; else after as many days as this public body usually takes (the median "
        "of the last year); else the last day of the legal delay.")
    expected_from = fields.Selection(EXPECTED_FROM, readonly=True)
    expected_payments = fields.Integer(
        string="Payments Behind the Expected Date", aggregator="avg", readonly=True,
        help="How many payments of this public body in the last year the date rests on.")
    returns = fields.Integer(string="Times Sent Back", readonly=True)
    return_reason = ForeignText(string="Reason for the Return", readonly=True)

    @property
    def _table_query(self):
        return self._rows(SQL("TRUE"))

    @api.model
    def _rows(self, payers):
        """All rows.

        :param SQL payers: on which public bodies the history of payments is read, a condition on
            ``partner_id``; others seem to have none
        """
        return SQL(
            """
            SELECT %s
              FROM (%s) AS dated
              LEFT JOIN (%s) AS habit USING (company_id, partner_id)
            """,
            self._measures(), self._dated(), self._habits(payers),
        )

    @api.model
    def _habits(self, payers):
        """How long each public body took to pay in the last year, and how many payments say so.

        What was paid before it got there (such as in a shop) says nothing of its habits.
        """
        today = paris_today()
        return SQL(
            """
            SELECT company_id, partner_id, COUNT(*) AS payments,
                   CEIL(PERCENTILE_CONT(0.5) WITHIN GROUP (
                       ORDER BY %(paid)s - available_on))::int AS days
              FROM (%(dated)s) AS history
             WHERE %(payers)s AND move_type = 'out_invoice' AND NOT is_reversed
               AND available_on IS NOT NULL
               AND %(paid)s BETWEEN GREATEST(available_on, %(since)s) AND %(today)s
             GROUP BY company_id, partner_id
            """,
            paid=PAID_ON, dated=self._dated(), payers=payers, since=today - HISTORY, today=today,
        )

    @api.model
    def _expected_payments(self, moves):
        """``{id: (day, basis, payments)}`` of these invoices, by one query; without those of
        which no payment is expected.

        It checks no rights: the caller may read these invoices.
        """
        for model, names in self._depends.items():
            self.env[model].flush_model(names)
        rows = self.env.execute_query(SQL(
            """
            SELECT id, expected_on, expected_from, expected_payments
              FROM (%s) AS analysis
             WHERE id = ANY(%s) AND expected_on IS NOT NULL
            """,
            self._rows(SQL("partner_id = ANY(%s)", moves.commercial_partner_id.ids)),
            moves.ids,
        ))
        return {row[0]: row[1:] for row in rows}

    @api.model
    def _dated(self):
        """Rows with their dates, in Paris."""
        return SQL(
            """
            SELECT move.id, move.id AS move_id, move.company_id, company.currency_id,
                   move.commercial_partner_id AS partner_id, move.buyer_reference AS service_code,
                   move.invoice_date, move.move_type, move.chorus_pro_state,
                   move.amount_total_signed AS amount_total,
                   move.amount_residual_signed AS amount_open,
                   CASE WHEN submission.state = 'deposited'
                        THEN COALESCE(%(phases)s::jsonb ->> submission.status,
                                      CASE WHEN submission.status IS NULL THEN 'transit'
                                           ELSE 'unknown' END)
                        WHEN submission.state = 'refused' THEN 'refused'
                        ELSE 'sending' END AS phase,
                   submission.document_format, submission.environment = 'production'
                   AS is_production, submission.deposit_date,
                   COALESCE(%(available)s, submission.delay_start) AS available_on,
                   submission.completed_on, submission.mandated_on, submission.payment_due,
                   submission.returns, submission.return_reason,
                   %(announced)s AS announced_on,
                   submission.payment_date IS NOT NULL
                   AND move.payment_state IN ('not_paid', 'partial') AS is_paid_open,
                   move.payment_state = 'reversed' AS is_reversed,
                   CASE WHEN move.payment_state IN ('paid', 'in_payment') THEN (
                       SELECT MAX(paying.date)
                         FROM account_move_line AS line
                         JOIN account_partial_reconcile AS part ON part.debit_move_id = line.id
                         JOIN account_move_line AS paying ON paying.id = part.credit_move_id
                         JOIN account_move AS payment ON payment.id = paying.move_id
                        WHERE line.move_id = move.id AND payment.move_type <> 'out_refund'
                   ) END AS settled_on
              FROM account_move AS move
              JOIN chorus_pro_submission AS submission
                ON submission.id = move.chorus_pro_submission_id
               AND submission.move_id = move.id
              JOIN res_company AS company ON company.id = move.company_id
             WHERE submission.state <> 'cancelled'
            """,
            phases=json.dumps(PHASE_BY_STATUS),
            available=_paris_day(SQL("submission.available_date")),
            announced=_paris_day(SQL("submission.payment_date")),
        )

    @api.model
    def _measures(self):
        """What is counted from the dates; the payment is the first that is known of."""
        today = paris_today()
        return SQL(
            """
            id, move_id, company_id, currency_id, partner_id, service_code, invoice_date,
            chorus_pro_state, phase, document_format, is_production, amount_total, amount_open,
            deposit_date, available_on, mandated_on, payment_due, returns, return_reason,
            is_paid_open,
            %(paid)s AS paid_on,
            available_on - deposit_date AS days_to_available,
            mandated_on - available_on AS days_to_mandated,
            %(paid)s - mandated_on AS days_mandated_to_paid,
            %(paid)s - available_on AS days_to_paid,
            %(open)s AS days_open,
            CASE WHEN %(open)s <= 30 THEN 'a' WHEN %(open)s <= 60 THEN 'b'
                 WHEN %(open)s <= 90 THEN 'c' WHEN %(open)s > 90 THEN 'd' END AS age,
            %(late)s AS late_days,
            %(late)s > 0 AS is_late,
            %(expected)s AS expected_on,
            CASE WHEN %(expected)s IS NULL THEN NULL
                 WHEN announced_on IS NOT NULL THEN 'announced'
                 WHEN habit.days IS NOT NULL THEN 'history'
                 ELSE 'law' END AS expected_from,
            CASE WHEN %(expected)s IS NOT NULL AND announced_on IS NULL
                 THEN habit.payments END AS expected_payments
            """,
            paid=PAID_ON,
            open=SQL(
                "CASE WHEN LEAST(announced_on, settled_on) IS NULL AND NOT is_reversed"
                " THEN %s - available_on END",
                today,
            ),
            late=SQL(
                "CASE WHEN is_reversed THEN 0 ELSE"
                " GREATEST(0, LEAST(announced_on, settled_on, %s) - payment_due) END",
                today,
            ),
            # When the pieces that were missing have come, they begin anew.
            expected=SQL(
                "CASE WHEN move_type = 'out_invoice' AND amount_open > 0"
                " AND phase <> ALL(%s) THEN COALESCE(announced_on,"
                " COALESCE(completed_on, available_on) + habit.days, payment_due) END",
                list(UNPAYABLE_PHASES),
            ),
        )

    def action_open_invoice(self):
        """Open the invoice of a row."""
        self.ensure_one()
        self.check_access("read")
        return self.move_id._get_records_action()


def _paris_day(column):
    """The day in Paris of a column that holds a moment in UTC."""
    return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Paris')::date", column)
