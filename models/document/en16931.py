# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""An invoice of Odoo as the plain data of which documents are made."""

import re

from odoo import models
from odoo.tools import format_amount, format_date

from ...documents.invoice import (
    BillingFramework,
    Invoice,
    InvoiceType,
    Note,
    Payment,
    PaymentMeans,
    PrecedingInvoice,
    Totals,
    VatCategory,
    VatPoint,
)
from ..rules.rule import FindingError
from ..rules.rule_book import finding
from .en16931_lines import DocumentLines
from .taxed_lines import ZERO, decimal_amount

# Advances received from customers, in the French chart of accounts.
DEPOSIT_ACCOUNTS = "4191"


class AccountMove(models.Model):
    _inherit = "account.move"

    def _chorus_pro_invoice(self):
        """This invoice or credit note as :class:`Invoice`, in the customer's language.

        Amounts are those of Odoo, to the cent. What is missing or wrong in it is left for
        ``find_problems`` to say.

        :raises FindingError: its taxes cannot be told in one rate of VAT a line, or its billing
            framework names a validator, for whom these documents have no place
        """
        self.ensure_one()
        if self._chorus_pro_framework().needs_validator:
            framework = self.chorus_pro_billing_framework
            raise FindingError(self.env, finding("document_framework", framework=framework))
        taxed = self._chorus_pro_taxed_lines()
        lang = self.partner_id.lang or self.company_id.partner_id.lang
        move = self.with_context(lang=lang)
        leading, notes = move._chorus_pro_notes()
        content = DocumentLines(move, (line.in_language(lang) for line in taxed), notes, self)
        totals = move._chorus_pro_totals(content)
        self._chorus_pro_check_total(totals.total + totals.rounding)
        categories = {vat.category for vat in content.vat}
        return Invoice(
            number=move.name or "",
            issue_date=move.invoice_date,
            type=move._chorus_pro_document_type(),
            currency=move.currency_id.name,
            framework=BillingFramework[move._chorus_pro_framework().name],
            vat_point=VatPoint[move._chorus_pro_vat_regime()[0].name]
            if VatCategory.STANDARD in categories
            else None,
            seller=move._chorus_pro_seller(),
            buyer=move._chorus_pro_buyer(),
            lines=tuple(content.lines),
            allowances=tuple(content.allowances),
            charges=tuple(content.charges),
            vat=content.vat,
            totals=totals,
            payment=move._chorus_pro_payment(totals.payable),
            service_code=move.buyer_reference or "",
            engagement_number=move.purchase_order_reference or "",
            contract_number=move.contract_reference or "",
            delivery=move._chorus_pro_delivery_place(VatCategory.INTRA_COMMUNITY in categories),
            delivery_date=move.delivery_date or None,
            preceding=move._chorus_pro_preceding(),
            notes=tuple(Note(text=text) for text in (move.narration, *leading) if text),
        )

    def _chorus_pro_document_type(self):
        """:class:`InvoiceType`: a deposit when Odoo says so, or when all of its lines are booked
        as advances received."""
        if self.move_type == "out_refund":
            return InvoiceType.CREDIT_NOTE
        items = self.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        is_advance = items and items == items.filtered(_is_advance) and self.amount_total > 0
        is_deposit = self._is_downpayment() or is_advance
        return InvoiceType.PREPAYMENT if is_deposit else InvoiceType.INVOICE

    def _chorus_pro_preceding(self):
        """The invoice that a credit note corrects; the deposits that a final invoice deducts."""
        if self.move_type == "out_refund":
            earlier = self.reversed_entry_id
        else:
            earlier = self._chorus_pro_deducted_deposits()
        return tuple(
            PrecedingInvoice(number=invoice.name, issue_date=invoice.invoice_date)
            for invoice in earlier.sorted(lambda invoice: (invoice.invoice_date, invoice.id))
            if invoice.name
        )

    def _chorus_pro_deducted_deposits(self):
        """Posted deposit invoices that negative lines take off: those linked by Odoo's sales, or
        else those of this customer whose number the line quotes."""
        deductions = self.invoice_line_ids.filtered(lambda line: line.price_subtotal < 0)
        linked = deductions._get_downpayment_lines().move_id
        quoting = deductions.filtered(_is_advance)
        if linked or not quoting:
            return linked.filtered(lambda invoice: invoice.state == "posted" and invoice != self)
        deposits = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("commercial_partner_id", "=", self.commercial_partner_id.id),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("id", "!=", self.id),
                ("line_ids.account_id", "in", quoting.account_id.ids),
            ]
        )
        text = "\n".join(line.name or "" for line in quoting)
        return deposits.filtered(lambda invoice: _quotes(text, invoice.name))

    def _chorus_pro_totals(self, content):
        lines = sum((line.net_amount for line in content.lines), ZERO)
        allowances = sum((each.amount for each in content.allowances), ZERO)
        charges = sum((each.amount for each in content.charges), ZERO)
        untaxed = lines - allowances + charges
        tax = sum((vat.amount for vat in content.vat), ZERO)
        due = untaxed + tax + content.rounding
        is_paid = self._chorus_pro_framework().name == BillingFramework.A2.name
        prepaid = due if is_paid else self._chorus_pro_paid()
        return Totals(
            lines=lines,
            untaxed=untaxed,
            tax=tax,
            total=untaxed + tax,
            prepaid=prepaid,
            rounding=content.rounding,
            payable=due - prepaid,
            tax_in_euro=self._chorus_pro_in_euro(content.tax_in_company_currency),
        )

    def _chorus_pro_in_euro(self, amount):
        """The VAT total in euro (Decimal) of an invoice in another currency, else None.

        :param amount: Decimal in the company's currency, as Odoo booked it
        """
        if self.currency_id.name == "EUR":
            return None
        if self.company_currency_id.name == "EUR":
            return amount
        euro = self.env.ref("base.EUR")
        converted = self.company_currency_id._convert(
            float(amount), euro, self.company_id, self.invoice_date or self.date
        )
        return decimal_amount(euro, converted)

    def _chorus_pro_payment(self, payable):
        """:class:`Payment`; ``payable``: Decimal, what is still to be paid."""
        means = PaymentMeans[self._chorus_pro_payment_means().name]
        bank = self.partner_bank_id
        if means.is_transfer and not bank and not payable:
            means = PaymentMeans.OTHER  # no account is to be paid
        parts = self.line_ids.filtered(lambda line: line.display_type == "payment_term")
        due_dates = sorted(part.date_maturity for part in parts if part.date_maturity)
        return Payment(
            means=means,
            iban=bank.acc_number or "",
            bic=bank.bank_bic or "",
            account_name=bank.acc_holder_name or self.company_id.name if bank else "",
            reference=self.payment_reference or "",
            # EN 16931: of several parts the first one's, all being told in the terms.
            due_date=due_dates[0] if due_dates else self.invoice_date_due or None,
            terms=self._chorus_pro_terms(parts),
        )

    def _chorus_pro_terms(self, parts):
        terms = [self.invoice_payment_term_id.note] if self.invoice_payment_term_id.note else []
        if len(parts) > 1:
            terms += [
                self.env._(
                    "%(amount)s due on %(date)s",
                    amount=format_amount(self.env, abs(part.amount_currency), self.currency_id),
                    date=format_date(self.env, part.date_maturity),
                )
                for part in parts.sorted("date_maturity")
            ]
        return "<br/>".join(terms)

    def _chorus_pro_notes(self):
        """(texts before the first line, {id of a line: the notes that follow it}); sections are
        for the eye only."""
        leading, notes, current = [], {}, None
        for line in self.invoice_line_ids.sorted(lambda line: (line.sequence, line.id)):
            if line.display_type == "product":
                current = line.id
            elif line.display_type == "line_note" and line.name:
                if current:
                    notes[current] = "\n".join(filter(None, (notes.get(current), line.name)))
                else:
                    leading.append(line.name)
        return leading, notes


def _is_advance(line):
    return (line.account_id.code or "").startswith(DEPOSIT_ACCOUNTS)


def _quotes(text, number):
    """Whether the text holds this very number: "FA/1" is not in "FA/12"."""
    return re.search(rf"(?<![\w/-]){re.escape(number)}(?![\w/-])", text) is not None
