# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What an invoice declares in every format, and the message of the PDF format."""

from collections import defaultdict

from odoo import models
from odoo.tools import html2plaintext

from ...choruspro.limits import MAX_COMMENT
from ...choruspro.messages import (
    BillingFramework,
    InvoiceSubmission,
    InvoiceTotals,
    InvoiceType,
    PaymentMeans,
    VatLine,
    VatRegime,
)
from ..rules.rule import FindingError
from ..rules.rule_book import finding
from .taxed_lines import ZERO, decimal_amount, taxed_lines

# No public source tells whether the amounts of a credit note (AVOIR) are positive or negative in
# `soumettre`. Positive, as in every format of the invoice itself. To confirm in qualification.
CREDIT_NOTE_SIGN = 1
PAYMENT_MEANS = {
    "sepa_direct_debit": PaymentMeans.DIRECT_DEBIT,
    "sdd": PaymentMeans.DIRECT_DEBIT,
    "check_printing": PaymentMeans.CHEQUE,
    "cash": PaymentMeans.CASH,
}
ATTACHMENT_TO_COME = "0"


class InvoiceTerms:
    """What an invoice or credit note declares, whatever the format; computed when read.

    :param reader: the invoice in the language of the person who reads what is wrong with it
    """

    def __init__(self, move, reader=None):
        self.env, self.move, self.reader = move.env, move, reader or move

    @property
    def is_credit_note(self):
        return self.move.move_type == "out_refund"

    @property
    def framework(self):
        """:class:`BillingFramework` of the invoice, else A2 when payments cover it, else A1."""
        move = self.move
        if move.chorus_pro_billing_framework:
            return BillingFramework[move.chorus_pro_billing_framework]
        total = decimal_amount(move.currency_id, move.amount_total)
        is_paid = move.move_type == "out_invoice" and total > 0 and self.paid >= total
        return BillingFramework.A2 if is_paid else BillingFramework.A1

    @property
    def payment_means(self):
        """:class:`PaymentMeans`."""
        method = self.move.preferred_payment_method_line_id
        if method.code in PAYMENT_MEANS:
            return PAYMENT_MEANS[method.code]
        is_cash = method.journal_id.type == "cash"
        return PaymentMeans.CASH if is_cash else PaymentMeans.TRANSFER

    @property
    def original_number(self):
        """Number of the invoice that this credit note corrects, else None."""
        return _text(self.move.reversed_entry_id.name) if self.is_credit_note else None

    @property
    def vat_regime(self):
        """(:class:`VatRegime`, reason when exempt), from the taxes of the lines."""
        taxes = self.move.invoice_line_ids.tax_ids.flatten_taxes_hierarchy()
        if not taxes:
            return VatRegime.NONE, None
        if not any(tax.amount for tax in taxes):
            notes = [html2plaintext(tax.invoice_legal_notes or "").strip() for tax in taxes]
            reason = next((note for note in notes if note), None)
            return VatRegime.EXEMPT, reason or taxes[0].invoice_label or taxes[0].name
        if any(tax.tax_exigibility == "on_payment" for tax in taxes):
            return VatRegime.ON_RECEIPTS, None
        return VatRegime.ON_DEBITS, None

    @property
    def paid(self):
        """What payments have already covered (Decimal, positive).

        Neither credit notes nor other entries (a bad debt) count: they are not money received.
        """
        items = self.move.line_ids
        lines = items.filtered(lambda line: line.display_type == "payment_term")
        # Of a list of invoices the payments are read together.
        lines = lines.with_prefetch(items._prefetch_ids)
        paid = 0.0
        for partial in lines.matched_credit_ids | lines.matched_debit_ids:
            counterpart = (partial.credit_move_id | partial.debit_move_id) - lines
            other = counterpart.move_id
            if other.origin_payment_id or other.statement_line_id:
                is_credit = partial.credit_move_id in counterpart
                paid += (
                    partial.debit_amount_currency if is_credit else partial.credit_amount_currency)
        return decimal_amount(self.move.currency_id, paid)

    def check_total(self, total):
        """:raises FindingError: this Decimal, what is due, is not the total of the invoice"""
        if total != decimal_amount(self.move.currency_id, self.move.amount_total):
            raise FindingError(self.reader.env, finding("document_vat_total"))


class SubmissionMessage(InvoiceTerms):
    """An invoice as Chorus Pro's `soumettre` wants it, but for the number of its PDF.

    :param session: :class:`ChorusProSession`, for what Chorus Pro knows (VAT codes, bank)
    """

    def __init__(self, move, session):
        super().__init__(move)
        self.session = session
        self.sign = CREDIT_NOTE_SIGN if self.is_credit_note else 1

    def build(self):
        """:class:`InvoiceSubmission` whose main attachment is still to be filled in.

        :raises FindingError: a line bears several rates of VAT or one that is no percentage, or
            the VAT by rate does not add up to the total
        """
        move, session, framework = self.move, self.session, self.framework
        vat_lines, outside_vat = self._vat_lines()
        tax = sum((line.amount for line in vat_lines), ZERO)
        untaxed = sum((line.base for line in vat_lines), ZERO)
        total = untaxed + tax + outside_vat
        self.check_total(total * self.sign)
        paid = total if framework == BillingFramework.A2 else self.paid * self.sign
        regime, exemption_reason = self.vat_regime
        validator = move.chorus_pro_validator_id if framework.needs_validator else None
        return InvoiceSubmission(
            number=move.name,
            invoice_date=move.invoice_date,
            invoice_type=InvoiceType.CREDIT_NOTE if self.is_credit_note else InvoiceType.INVOICE,
            recipient_siret=move.commercial_partner_id._chorus_pro_siret(),
            service_code=_text(move.buyer_reference),
            supplier_id=session.supplier_id,
            supplier_service_id=session.supplier_service_id,
            bank_account_id=session.bank_account_id(move.partner_bank_id),
            billing_framework=framework,
            validator_identifier=validator._chorus_pro_siret() if validator else None,
            currency=move.currency_id.name,
            vat_regime=regime,
            exemption_reason=exemption_reason,
            payment_means=self.payment_means,
            contract_number=_text(move.contract_reference),
            engagement_number=_text(move.purchase_order_reference),
            original_number=self.original_number,
            vat_lines=vat_lines,
            totals=InvoiceTotals(
                untaxed=untaxed, tax=tax, total=untaxed + tax, payable=total - paid),
            main_attachment_id=ATTACHMENT_TO_COME,
            main_attachment_label=move.name,
            comment=_text(html2plaintext(move.narration or "")[:MAX_COMMENT]))

    def _vat_lines(self):
        """VAT by rate, and what stands outside of VAT (cash rounding).

        Amounts are those that Odoo rounded for the whole invoice, so they add up to its totals,
        whatever its lines are: several rates, discounts, negative lines, prices with tax. A tax of
        a fixed amount (eco-contribution) is part of a base, as Chorus Pro has no field for it.

        :return: (tuple of :class:`VatLine`, Decimal amount outside of VAT)
        """
        totals = defaultdict(lambda: [ZERO, ZERO])
        outside = ZERO
        for line in taxed_lines(self.move):
            if line.kind == "cash_rounding":
                outside += line.untaxed
                continue
            totals[line.rate][0] += line.base
            totals[line.rate][1] += line.vat
            for _tax, amount in line.out_of_base:
                totals[ZERO][0] += amount
        vat_lines = []
        for rate, (base, vat) in sorted(totals.items(), reverse=True):
            code = self.session.vat_code(rate)
            vat_lines.append(VatLine(
                base=base * self.sign, amount=vat * self.sign,
                rate_code=code, manual_rate=None if code else rate))
        return tuple(vat_lines), outside * self.sign


class AccountMove(models.Model):
    _inherit = "account.move"

    def _chorus_pro_submission_message(self, session):
        """This invoice as :class:`InvoiceSubmission`: the hook for modules that complete it."""
        self.ensure_one()
        return SubmissionMessage(self, session).build()

    def _chorus_pro_archive_pdf(self, author):
        """Make and archive the PDF of this invoice as Odoo's Send wizard does, asking no other
        network about its customer.

        :raises UserError: the PDF cannot be made
        """
        sender = self.env["account.move.send"].with_context(chorus_pro_only=True)
        sender.with_company(self.company_id)._generate_and_send_invoices(
            self, sending_methods=["chorus_pro"],
            author_user_id=author.id, author_partner_id=author.partner_id.id)
        self.invalidate_recordset(["invoice_pdf_report_id", "invoice_pdf_report_file"])


def _text(value):
    return (value or "").strip() or None
