# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Announced payments and the bank: the transaction that brings one finds its invoices.

Odoo Community has no screen of bank transactions; the action is on those of Odoo Enterprise and of
OCA's add-ons. There, and here, registering the payment of an invoice proposes the announced day.
"""

from collections import defaultdict
from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...choruspro.announced_payment import Announced, fitting
from ..access.roles import USER, require_role
from ..access.storage import paris_day, paris_today
from ..access.web_client import RELOAD, notify


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_force_register_payment(self):
        """Odoo proposes today: the day that all of these were announced for is nearer."""
        action = super().action_force_register_payment()
        announced = self._chorus_pro_announced_days()
        if len(set(announced.values())) == 1 and len(announced) == len(self):
            day = min(*announced.values(), paris_today())
            action["context"] = {**action["context"], "default_payment_date": day}
        return action

    def _chorus_pro_announced_days(self):
        """``{invoice: day}`` of those of which Chorus Pro announced the payment."""
        days = {
            move: paris_day(move._chorus_pro_last_submission().payment_date) for move in self}
        return {move: day for move, day in days.items() if day}

    def _chorus_pro_open_items(self):
        """What customers still owe on these, as journal items."""
        return self.line_ids.filtered(
            lambda item: item.account_type == "asset_receivable" and not item.reconciled)


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    def action_chorus_pro_reconcile(self):
        """Reconcile these transactions with the invoices that they pay, as announced.

        Those whose invoices are not certain stay as they are, and a notification says so.

        :raises UserError: no transaction has its invoices
        """
        require_role(self.env, USER)
        self.check_access("write")
        found = self._chorus_pro_paid_invoices()
        if not found:
            raise UserError(self.env._(
                "No invoice whose payment Chorus Pro announced makes this amount, or more than "
                "one answer fits. Reconcile it by hand."))
        for line, moves in found.items():
            line._chorus_pro_reconcile(moves)
        lines = [
            self.env._(
                "%(transaction)s: %(invoices)s.",
                transaction=line.payment_ref or line.display_name,
                invoices=", ".join(moves.mapped("display_name")))
            for line, moves in found.items()
        ]
        if left := len(self) - len(found):
            lines.append(self.env._("%s to be reconciled by hand.", left))
        return notify(
            self.env._("Reconciled transactions: %s", len(found)), "\n".join(lines), then=RELOAD)

    def _chorus_pro_paid_invoices(self):
        """``{transaction: invoices}`` of those that bring what was announced, to the cent."""
        candidates = self._chorus_pro_announced()
        taken = self.env["account.move"]
        found = {}
        for line in self:
            if line.is_reconciled or not line.amount > 0 or line.foreign_currency_id:
                continue
            moves = candidates[line.company_id, line.currency_id] - taken
            if line.partner_id:
                payer = line.partner_id.commercial_partner_id
                moves &= moves.grouped("commercial_partner_id").get(payer, taken.browse())
            invoices = line._chorus_pro_fitting(moves)
            # One transaction is one entry on one receivable account.
            if len(invoices._chorus_pro_open_items().account_id) == 1:
                found[line] = invoices
                taken |= invoices
        return found

    def _chorus_pro_fitting(self, moves):
        """The invoices among these that this transaction pays."""
        by_announced = {
            Announced(
                number=move.name,
                payer=move.commercial_partner_id.id,
                amount=_cents(move.amount_residual),
                day=day,
            ): move
            for move, day in moves._chorus_pro_announced_days().items()
        }
        fit = fitting(_cents(self.amount), self.payment_ref or "", by_announced)
        found = moves.browse().union(*[by_announced[one] for one in fit])
        # What is read of one is read of all.
        return found.with_prefetch(moves._prefetch_ids)

    def _chorus_pro_announced(self):
        """What is announced and open, by company and currency."""
        moves = self.env["account.move"].search(
            Domain("company_id", "in", self.company_id.ids)
            & Domain("move_type", "=", "out_invoice")
            & Domain("chorus_pro_submission_id.payment_date", "!=", False)
            & Domain("payment_state", "in", ("not_paid", "partial")))
        found = defaultdict(moves.browse)
        for move in moves:
            found[move.company_id, move.currency_id] += move
        return found

    def _chorus_pro_reconcile(self, moves):
        self.ensure_one()
        _bank, suspense, _others = self._seek_for_lines()
        items = moves._chorus_pro_open_items()
        self.partner_id = moves.commercial_partner_id
        suspense.account_id = items.account_id
        (suspense + items).reconcile()


def _cents(amount):
    return Decimal(f"{amount:.2f}")
