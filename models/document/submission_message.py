# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What an invoice declares in every format, and the message of the PDF format."""

import re
from collections import defaultdict

from odoo import models
from odoo.tools import format_date

from ...choruspro.checks import check_comment, check_references
from ...choruspro.comment import fitting_comment, names_new_creditor
from ...choruspro.messages import (
    WORKS_FRAMEWORKS,
    BillingFramework,
    InvoiceSubmission,
    InvoiceTotals,
    InvoiceType,
    PaymentMeans,
    VatLine,
    VatRegime,
)
from ...choruspro.messages.writing import fitted, without_unseen
from ...documents.problems import rate_problems
from ...documents.text import flatten
from ..access.odoo_fields import account_holder
from ..rules.rule import FindingError
from ..rules.rule_book import finding
from .already_paid import already_paid
from .en16931_lines import DocumentLines, label_of
from .taxed_lines import CASH_ROUNDING, RETENTION, ZERO, decimal_amount, taxed_lines

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
    def lang(self):
        """Code of the language of the document: the customer's, else the company's."""
        return self.move.partner_id.lang or self.move.company_id.partner_id.lang

    @property
    def is_credit_note(self):
        return self.move.move_type == "out_refund"

    @property
    def framework(self):
        """:class:`BillingFramework` of the invoice, else A2 when payments cover it, else A1.

        :raises FindingError: it is a document of a works contract, which is not sent
        """
        move = self.move
        if move.chorus_pro_billing_framework in WORKS_FRAMEWORKS:
            name = move.chorus_pro_billing_framework
            raise FindingError(self.env, finding("works_framework", framework=name))
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
    def references(self):
        """The customer's own code and numbers, by their names in ``choruspro``: texts that may be
        empty, as a person reads them. Odoo trims what the web client types, not what comes by RPC.
        """
        move = self.move
        return {
            "service_code": without_unseen(move.buyer_reference),
            "engagement_number": without_unseen(move.purchase_order_reference),
            "contract_number": without_unseen(move.contract_reference),
        }

    @property
    def comment(self):
        """The note of the invoice as a comment, however long; before it, the number of the
        corrected invoice if Chorus Pro cannot hold it."""
        parts = [flatten(self.move.narration)]
        if any(problem.code == "original_left_out" for problem in self.reference_problems()):
            parts.insert(0, self.mention(self.move.reversed_entry_id))
        return "\n".join(filter(None, parts))

    @property
    def payee(self):
        """Name of the factor to whom the debt was assigned, or "": the holder of the account, where
        the note says that somebody else than the company is to be paid, and the two names have no
        word in common (“SARL Dupont” is “Dupont”)."""
        holder, own = account_holder(self.move.partner_bank_id), self.move.company_id.name
        is_own = not holder or holder == own or _words(holder) & _words(own)
        return "" if is_own or not names_new_creditor(flatten(self.move.narration)) else holder

    def reference_problems(self):
        """Tuple of :class:`Problem` of its references and of the number of what it corrects."""
        return check_references(**self.references, original_number=self.original_number)

    def comment_problems(self):
        """Tuple of :class:`Problem` of its comment."""
        return check_comment(self.comment)

    def mention(self, earlier):
        """An earlier invoice in words, in the customer's language."""
        lang = self.move.partner_id.lang or self.move.company_id.partner_id.lang
        env = self.move.with_context(lang=lang).env
        return env._(
            "Refers to invoice %(number)s of %(date)s",
            number=earlier.name, date=format_date(env, earlier.invoice_date))

    @property
    def original_number(self):
        """Number of the invoice that this credit note corrects, else None."""
        return _text(self.move.reversed_entry_id.name) if self.is_credit_note else None

    def vat_regime(self, vat):
        """(:class:`VatRegime`, reason when exempt); ``vat``: the invoice's ``VatBreakdown``."""
        taxes = self.move.invoice_line_ids.tax_ids.flatten_taxes_hierarchy()
        if not taxes.filtered(lambda tax: tax.amount_type == "fixed" or tax.amount >= 0):
            return VatRegime.NONE, None
        if not any(group.rate for group in vat):
            reasons = (group.exemption_reason or group.exemption_code for group in vat)
            reason = "; ".join(dict.fromkeys(filter(None, reasons)))
            return VatRegime.EXEMPT, reason or label_of(taxes[:1])
        if any(tax.tax_exigibility == "on_payment" for tax in taxes):
            return VatRegime.ON_RECEIPTS, None
        return VatRegime.ON_DEBITS, None

    @property
    def paid(self):
        """Decimal: see :func:`already_paid`."""
        return already_paid(self.move)

    @property
    def early_discount_group(self):
        """The group of taxes whose fixed amount Odoo loses with the invoice's early payment
        discount on VAT; mostly none."""
        term = self.move.invoice_payment_term_id
        groups = self.move.invoice_line_ids.tax_ids.filtered(
            lambda tax: tax.amount_type == "group"
            and "fixed" in tax.children_tax_ids.mapped("amount_type"))
        is_mixed = term.early_discount and term.early_pay_discount_computation == "mixed"
        return groups[:1] if is_mixed else groups.browse()

    def money_problems(self):
        """A list of :class:`Problem` of the rates of VAT, for the format that has no document.

        :raises FindingError: as the message of the invoice would
        """
        by_rate, outside = vat_by_rate(taxed_lines(self.move))
        self.check_total(sum(map(sum, by_rate.values()), outside))
        country = self.move.company_id.partner_id.country_id.code
        return [
            problem for position, rate in enumerate(sorted(by_rate, reverse=True))
            for problem in rate_problems(f"vat[{position}]", rate, country)
        ]

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
        taxed = taxed_lines(move)
        vat_lines, outside_vat = self._vat_lines(taxed)
        tax = sum((line.amount for line in vat_lines), ZERO)
        untaxed = sum((line.base for line in vat_lines), ZERO)
        due = untaxed + tax + outside_vat
        self.check_total(due * self.sign)
        paid = due if framework == BillingFramework.A2 else self.paid * self.sign
        regime, exemption_reason = self._vat_regime(taxed)
        validator = move.chorus_pro_validator_id if framework.needs_validator else None
        return fitted(InvoiceSubmission(
            **{name: text or None for name, text in self.references.items()},
            number=move.name,
            invoice_date=move.invoice_date,
            invoice_type=InvoiceType.CREDIT_NOTE if self.is_credit_note else InvoiceType.INVOICE,
            recipient_siret=move.commercial_partner_id._chorus_pro_siret(),
            supplier_id=session.supplier_id,
            supplier_service_id=session.supplier_service_id,
            bank_account_id=session.bank_account_id(move.partner_bank_id),
            billing_framework=framework,
            validator_identifier=validator._chorus_pro_siret() if validator else None,
            currency=move.currency_id.name,
            vat_regime=regime,
            exemption_reason=exemption_reason,
            payment_means=self.payment_means,
            original_number=self.original_number,
            vat_lines=vat_lines,
            totals=InvoiceTotals(
                untaxed=untaxed, tax=tax, total=untaxed + tax, payable=due - paid),
            main_attachment_id=ATTACHMENT_TO_COME,
            main_attachment_label=move.name,
            comment=fitting_comment(self.comment) or None))

    def _vat_regime(self, taxed):
        """As the XML of the same invoice says it, in the language of its customer."""
        lines = [line.in_language(self.lang) for line in taxed]
        content = DocumentLines(self.move.with_context(lang=self.lang), lines, {}, self.reader)
        return self.vat_regime(content.vat)

    def _vat_lines(self, taxed):
        """VAT by rate, and what stands outside of VAT: cash rounding, less what is held back.

        Amounts are those that Odoo rounded for the whole invoice, so they add up to its totals,
        whatever its lines are: several rates, discounts, negative lines, prices with tax. A tax of
        a fixed amount (eco-contribution) is part of a base, as Chorus Pro has no field for it.

        :return: (tuple of :class:`VatLine`, Decimal amount outside of VAT)
        """
        by_rate, outside = vat_by_rate(taxed)
        vat_lines = []
        for rate, (base, vat) in sorted(by_rate.items(), reverse=True):
            code = self.session.vat_code(rate)
            vat_lines.append(VatLine(
                base=base * self.sign, amount=vat * self.sign,
                rate_code=code, manual_rate=None if code else rate))
        return tuple(vat_lines), outside * self.sign


def vat_by_rate(taxed):
    """({rate: [base, VAT]}, Decimal amount outside of VAT) of :class:`TaxedLine`."""
    totals = defaultdict(lambda: [ZERO, ZERO])
    outside = ZERO
    for line in taxed:
        outside -= sum((amount for _held, amount in line.held_back), ZERO)
        if line.kind == CASH_ROUNDING:
            outside += line.untaxed
        if line.kind in (CASH_ROUNDING, RETENTION):
            continue
        totals[line.rate][0] += line.base
        totals[line.rate][1] += line.vat
        for _tax, amount in line.out_of_base:
            totals[ZERO][0] += amount
    return totals, outside


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


def _words(name):
    """The words of a name, but for short ones such as legal forms."""
    return set(re.findall(r"\w{4,}", (name or "").casefold())) - {"sarl", "sasu", "eurl"}


def _text(value):
    return (value or "").strip() or None
