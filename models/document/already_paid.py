# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What was paid is paid: the money received for an invoice, as Odoo itself counts it."""

from .taxed_lines import ZERO, decimal_amount

# Of the French chart of accounts: cash, banks, cheques and transfers on their way are class 5;
# 4191 holds advances that the customer paid earlier.
MONEY_ACCOUNTS = ("5", "4191")
# Receivables that are still to be paid: retention money, doubtful debts.
OWED_ACCOUNTS = ("4117", "416")
PAID_STATES = ("in_process", "paid")


def already_paid(move):
    """Decimal, in the invoice's currency, from zero to the total of the invoice or credit note.

    Money is a payment (at the bank, online, with or without a journal entry), a line of a bank
    statement, an order paid at the point of sale, any other entry on an account of money. What a
    payment writes off counts as paid: whoever registered it asks for no more. Neither credit notes
    nor bad debts are money: the first are sent on their own, the second are still owed.
    """
    paid = _by_entries(move) + _without_entry(move)
    total = decimal_amount(move.currency_id, move.amount_total)
    return min(max(paid, ZERO), max(total, ZERO))


def credit_notes_applied(move):
    """The credit notes that Odoo has reconciled with this invoice: they lower what Odoo awaits,
    not what the invoice asks for."""
    entries = (counterpart.move_id for _partial, counterpart in _counterparts(move))
    return move.browse().union(*entries).filtered(lambda entry: entry.move_type == "out_refund")


def _by_entries(move):
    """Decimal: what the entries reconciled with the invoice brought in."""
    return sum((amount for amount, _entry in _settlements(move)), ZERO)


def _settlements(move):
    """Yield (Decimal in the invoice's currency, the entry that brought it)."""
    for partial, counterpart in _counterparts(move):
        is_credit = partial.credit_move_id in counterpart
        amount = partial.debit_amount_currency if is_credit else partial.credit_amount_currency
        share = _money_share(counterpart)
        if share:
            yield decimal_amount(move.currency_id, amount * share), counterpart.move_id


def _counterparts(move):
    """Yield (partial reconciliation of the invoice, the item on its other side)."""
    items = move.line_ids
    lines = items.filtered(lambda line: line.display_type == "payment_term")
    # Of a list of invoices the payments are read together.
    lines = lines.with_prefetch(items._prefetch_ids)
    for partial in lines.matched_credit_ids | lines.matched_debit_ids:
        counterpart = (partial.credit_move_id | partial.debit_move_id) - lines
        if counterpart:
            yield partial, counterpart


def _money_share(item):
    """Which part (0.0 to 1.0) of the entry that ``item`` belongs to is money."""
    entry = item.move_id
    if entry.is_invoice(include_receipts=True):
        return 0.0
    if entry.origin_payment_id or entry.statement_line_id or _is_paid_at_till(entry):
        return 1.0
    # What happened to the other side: it went to the bank, it was given up as a bad debt …
    others = (entry.line_ids - item).filtered(lambda other: other.balance * item.balance < 0)
    whole = sum(others.mapped("balance"))
    money = sum(others.filtered(_is_money).mapped("balance"))
    return money / whole if whole else 0.0


def _is_paid_at_till(entry):
    """Whether the point of sale made this entry for the payment of an order."""
    # Whoever sends the invoice need not be a user of the point of sale: only the existence of a
    # payment is read.
    return "pos_payment_ids" in entry._fields and bool(entry.sudo().pos_payment_ids)


def _is_money(item):
    account, code = item.account_id, item.account_id.code or ""
    if account.account_type == "asset_cash" or code.startswith(MONEY_ACCOUNTS):
        return True
    # The till's receivable is nobody's in particular.
    is_till = account == item.company_id.account_default_pos_receivable_account_id
    is_nobodys = account.account_type == "asset_receivable" and not item.partner_id
    return is_till or (is_nobodys and not code.startswith(OWED_ACCOUNTS))


def _without_entry(move):
    """Decimal: what payments without a journal entry brought in; Odoo's state of the invoice
    counts them (*In Payment*), its amount due does not."""
    # Of a form that is being edited, what is stored.
    move = move._origin or move
    waiting = matched = ZERO
    for payment in _payments_without_entry(move):
        share = _share_of_payment(payment, move)
        if payment.state == "in_process":
            waiting += share
        else:
            matched += share
    if matched:
        # Once its line of the bank statement is reconciled, such a payment is paid: counted there.
        at_bank = sum(
            (amount for amount, entry in _settlements(move) if entry.statement_line_id), ZERO)
        matched = max(matched - at_bank, ZERO)
    return waiting + matched


def _payments_without_entry(move):
    payments = move.matched_payment_ids
    if "transaction_ids" in move._fields:
        # Paid online before it was invoiced: Odoo links the payment to the transaction only. Users
        # of accounting may read payments, not transactions.
        payments |= move.sudo().transaction_ids.payment_id.sudo(False)
    return payments.filtered(
        lambda payment: payment.state in PAID_STATES and not payment.move_id)


def _share_of_payment(payment, move):
    """Decimal in the invoice's currency: the part of a payment that is this invoice's. Of several
    invoices it pays first the one that is due first."""
    left = payment.amount
    for other in _invoices_of(payment, move):
        # Credit notes do not count here: what was paid all the same is for the customer to claim.
        room = other.amount_total - float(_by_entries(other))
        part = min(left, max(_converted(payment, room, other.currency_id, payment.currency_id), 0))
        if other == move:
            own = _converted(payment, part, payment.currency_id, move.currency_id)
            is_right_way = (payment.payment_type == "outbound") is (move.move_type == "out_refund")
            return decimal_amount(move.currency_id, own if is_right_way else -own)
        left -= part
    return ZERO


def _invoices_of(payment, move):
    """The invoices that a payment pays, ``move`` among them, in the order of their due dates."""
    invoices = payment.invoice_ids
    if "payment_transaction_id" in payment._fields:
        invoices |= payment.sudo().payment_transaction_id.invoice_ids.sudo(False)
    others = invoices.filtered(
        lambda other: other.state == "posted" and other.move_type == move.move_type)
    return (others | move).sorted(lambda other: (other.invoice_date_due or other.date, other.id))


def _converted(payment, amount, currency, into):
    return currency._convert(amount, into, payment.company_id, payment.date)
