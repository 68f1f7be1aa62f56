# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, models

from ...choruspro.messages import PaymentMeans
from ..rules.rule_book import finding


class AccountMove(models.Model):
    """What may be wrong and keeps no invoice from leaving, as far as the jobs have learnt it."""

    _inherit = "account.move"

    def _chorus_pro_learnt_findings(self, connection, unknown):
        """
        :param unknown: engagement numbers that Chorus Pro does not know
        """
        number = self._chorus_pro_commitment_number()
        if number in unknown:
            yield finding("commitment_unknown", number=number)
        if self._chorus_pro_has_unknown_bank(connection):
            yield finding("bank_account_unknown", account=self.partner_bank_id.acc_number)

    def _chorus_pro_unknown_commitments(self, connection):
        """Set of the engagement numbers that Chorus Pro said it does not know."""
        numbers = [number for move in self if (number := move._chorus_pro_commitment_number())]
        rows = self.env["chorus.pro.commitment"].sudo().search(
            [
                ("connection_id", "=", connection.id),
                ("name", "in", numbers),
                ("asked_at", "!=", False),
                ("is_known", "=", False),
            ]
        )
        return set(rows.mapped("name"))

    def _chorus_pro_commitment_number(self):
        return (self.purchase_order_reference or "").strip()

    def _chorus_pro_has_unknown_bank(self, connection):
        """Whether it is to be paid to an account that is not among those listed by Chorus Pro."""
        bank = self.partner_bank_id
        is_paid_there = (
            self.move_type == "out_invoice"
            and self._chorus_pro_payment_means() == PaymentMeans.TRANSFER
        )
        if not bank or not is_paid_there or not connection.bank_accounts_read_at:
            return False
        listed = connection.bank_account_ids._as_listed()
        return not connection._bank_account_code(bank.sudo(), listed)

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
        connections = self.env["chorus.pro.connection"]
        for connection, moves in concerned.grouped(connections._of_move).items():
            if connection and not connection._missing_settings():
                numbers = {move._chorus_pro_commitment_number() for move in moves}
                self.env["chorus.pro.commitment"].sudo()._want(connection, numbers)
