# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models
from odoo.tools import format_date

from ..choruspro.checks import WARNING, Problem
from ..choruspro.messages import PaymentMeans
from .chorus_pro_sentence import problem_sentence


class AccountMove(models.Model):
    """What may be wrong and keeps no invoice from leaving, as far as the jobs have learnt it."""

    _inherit = "account.move"

    chorus_pro_warnings = fields.Text(
        string="To Check Before Sending", compute="_compute_chorus_pro_warnings"
    )

    @api.depends_context("lang")
    @api.depends(
        "state", "chorus_pro_state", "partner_bank_id", "purchase_order_reference",
        "commercial_partner_id",
    )
    def _compute_chorus_pro_warnings(self):
        shown = self.filtered(
            lambda move: move.chorus_pro_can_send
            or (move.chorus_pro_is_concerned and move.state == "draft")
        )
        warnings = shown._chorus_pro_warnings()
        for move in self:
            move.chorus_pro_warnings = "\n".join(warnings.get(move, ()))

    def _chorus_pro_warnings(self):
        """``{move: [sentence, …]}`` of those that have some. Nothing is asked of Chorus Pro."""
        found = {}
        for company, moves in self.grouped("company_id").items():
            connection = self.env["chorus.pro.connection"]._of_company(company)
            commitments = moves._chorus_pro_unknown_commitments(connection)
            for move in moves:
                sentences = [
                    *move._chorus_pro_commitment_warning(commitments),
                    *move._chorus_pro_bank_warning(connection),
                ]
                if sentences:
                    found[move] = sentences
        return found

    def _chorus_pro_unknown_commitments(self, connection):
        """{number: when Chorus Pro said that it does not know it}."""
        numbers = [number for move in self if (number := move._chorus_pro_commitment_number())]
        rows = self.env["chorus.pro.commitment"].sudo().search(
            [
                ("connection_id", "=", connection.id),
                ("name", "in", numbers),
                ("asked_at", "!=", False),
                ("is_known", "=", False),
            ]
        )
        return {row.name: row.asked_at for row in rows}

    def _chorus_pro_commitment_number(self):
        return (self.purchase_order_reference or "").strip()

    def _chorus_pro_commitment_warning(self, unknown):
        number = self._chorus_pro_commitment_number()
        if number not in unknown:
            return []
        problem = Problem("commitment_unknown", "engagement_number", WARNING, {"number": number})
        return [
            self.env._(
                "%(sentence)s (Asked on %(date)s.)",
                sentence=problem_sentence(self.env, problem),
                date=format_date(self.env, unknown[number]),
            )
        ]

    def _chorus_pro_bank_warning(self, connection):
        bank = self.partner_bank_id
        is_paid_there = (
            self.move_type == "out_invoice"
            and self._chorus_pro_payment_means() == PaymentMeans.TRANSFER
        )
        if not bank or not is_paid_there or not connection.bank_accounts_read_at:
            return []
        if connection._bank_account_code(bank.sudo(), connection.bank_account_ids._as_listed()):
            return []
        return [
            self.env._(
                "The bank account %s is not known as one of those of your structure at Chorus Pro. "
                "Add it there; if it is there, an administrator tells which one it is on the "
                "Chorus Pro connection.",
                bank.acc_number,
            )
        ]

    # ------------------------------------------------------------------
    # Engagement numbers are asked about once they are typed, by the job
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        if any(vals.get("purchase_order_reference") for vals in vals_list):
            moves._chorus_pro_want_commitments()
        return moves

    def write(self, vals):
        result = super().write(vals)
        if vals.get("purchase_order_reference"):
            self._chorus_pro_want_commitments()
        return result

    def _chorus_pro_want_commitments(self):
        concerned = self.filtered("chorus_pro_is_concerned")
        for company, moves in concerned.grouped("company_id").items():
            connection = self.env["chorus.pro.connection"]._of_company(company)
            if connection and not connection._missing_settings():
                numbers = {move._chorus_pro_commitment_number() for move in moves}
                self.env["chorus.pro.commitment"].sudo()._want(connection, numbers)
