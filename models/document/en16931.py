# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""An invoice of Odoo as the plain data that documents are made from."""

import re
from collections import defaultdict
from decimal import Decimal

from odoo import models
from odoo.tools import format_amount, format_date, html2plaintext, is_html_empty

from ...choruspro.checks import normalise_siret
from ...documents.invoice import (
    Address,
    BillingFramework,
    Contact,
    Identifier,
    IdentifierType,
    Invoice,
    InvoiceType,
    Note,
    Party,
    Payment,
    PaymentMeans,
    PrecedingInvoice,
    Totals,
    VatCategory,
    VatPoint,
)
from ..access.odoo_fields import account_holder, account_number
from ..rules.rule import FindingError
from ..rules.rule_book import finding
from .en16931_lines import DocumentLines
from .sections import hiding_section, printed_lines
from .submission_message import InvoiceTerms
from .taxed_lines import ZERO, decimal_amount, taxed_lines

# Advances received from customers, in the French chart of accounts.
DEPOSIT_ACCOUNTS = "4191"
# Identifiers of the two territories whose companies have no SIRET; public bodies there have one.
OWN_IDENTIFIERS = {"NC": IdentifierType.RIDET, "PF": IdentifierType.TAHITI}
SIRET_LENGTH = 14
# A foreign structure outside the Union: its country, then this many letters of its name.
FOREIGN_NAME = 16


class DocumentBuilder(InvoiceTerms):
    """An invoice or credit note as :class:`Invoice`, in the customer's language.

    Amounts are those of Odoo, to the cent. ``find_problems`` reports what is missing or wrong.
    """

    def __init__(self, move):
        super().__init__(move.with_context(lang=InvoiceTerms(move).lang), reader=move)

    def build(self):
        """The :class:`Invoice`.

        :raises FindingError: its taxes do not come down to one rate of VAT for each line, or its
            billing framework names a validator, for whom these documents have no place
        """
        move, framework = self.move, self.framework
        if framework.needs_validator:
            name = move.chorus_pro_billing_framework
            raise FindingError(self.reader.env, finding("document_framework", framework=name))
        taxed = printed_lines(taxed_lines(self.reader))
        leading, notes = self._notes()
        content = DocumentLines(
            move, (line.in_language(self.lang) for line in taxed), notes, self.reader)
        totals = self._totals(content)
        self.check_total(totals.total + totals.rounding - _held_back(content))
        preceding, others = self._preceding()
        notes_of_document = (
            move.narration, *leading, self._held_back_note(content), self._deposits_note(others))
        categories = {vat.category for vat in content.vat}
        is_standard = VatCategory.STANDARD in categories
        return Invoice(
            number=move.name or "",
            issue_date=move.invoice_date,
            type=self._document_type(),
            currency=move.currency_id.name,
            framework=BillingFramework[framework.name],
            vat_point=VatPoint[self.vat_regime(content.vat)[0].name] if is_standard else None,
            seller=self.seller(),
            buyer=self.buyer(),
            lines=tuple(content.lines),
            allowances=tuple(content.allowances),
            charges=tuple(content.charges),
            vat=content.vat,
            totals=totals,
            payment=self._payment(totals.payable),
            **self.references,
            delivery=self._delivery_place(VatCategory.INTRA_COMMUNITY in categories),
            delivery_date=move.delivery_date or None,
            preceding=tuple(
                PrecedingInvoice(
                    number=invoice.name, issue_date=invoice.invoice_date,
                    mention=self.mention(invoice))
                for invoice in preceding),
            notes=tuple(Note(text=text) for text in notes_of_document if text))

    def _document_type(self):
        """:class:`InvoiceType`: a deposit when Odoo says so, or when all of its lines are booked
        as advances received."""
        move = self.move
        if self.is_credit_note:
            return InvoiceType.CREDIT_NOTE
        items = move.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        is_advance = items and items == items.filtered(_is_advance) and move.amount_total > 0
        is_deposit = move._is_downpayment() or is_advance
        return InvoiceType.PREPAYMENT if is_deposit else InvoiceType.INVOICE

    def _preceding(self):
        """(the invoice that a credit note corrects or the latest deposit that a final invoice
        deducts, the earlier deposits): Chorus Pro takes one reference (rule BR-FR-CPRO-20)."""
        earlier = (
            self.move.reversed_entry_id if self.is_credit_note else self._deducted_deposits())
        earlier = earlier.filtered("name").sorted(
            lambda invoice: (invoice.invoice_date, invoice.id))
        return earlier[-1:], earlier[:-1]

    def _deposits_note(self, deposits):
        """Those that have no reference of their own; "" for none."""
        numbers = ", ".join(
            self.env._(
                "%(number)s of %(date)s",
                number=deposit.name, date=format_date(self.env, deposit.invoice_date))
            for deposit in deposits)
        return self.env._("Other deposits deducted: %s", numbers) if numbers else ""

    def _deducted_deposits(self):
        """Posted deposit invoices that negative lines take off: those linked by Odoo's sales, or
        else those of this customer whose number the line quotes."""
        move = self.move
        deductions = move.invoice_line_ids.filtered(lambda line: line.price_subtotal < 0)
        linked = deductions._get_downpayment_lines().move_id
        quoting = deductions.filtered(_is_advance)
        if linked or not quoting:
            return linked.filtered(lambda invoice: invoice.state == "posted" and invoice != move)
        deposits = move.search([
            ("company_id", "=", move.company_id.id),
            ("commercial_partner_id", "=", move.commercial_partner_id.id),
            ("move_type", "=", "out_invoice"),
            ("state", "=", "posted"),
            ("id", "!=", move.id),
            ("line_ids.account_id", "in", quoting.account_id.ids),
        ])
        text = "\n".join(line.name or "" for line in quoting)
        return deposits.filtered(lambda invoice: _quotes(text, invoice.name))

    def _totals(self, content):
        lines = sum((line.net_amount for line in content.lines), ZERO)
        allowances = sum((each.amount for each in content.allowances), ZERO)
        charges = sum((each.amount for each in content.charges), ZERO)
        untaxed = lines - allowances + charges
        tax = sum((vat.amount for vat in content.vat), ZERO)
        held_back = _held_back(content)
        due = untaxed + tax + content.rounding - held_back
        paid = due if self.framework.name == BillingFramework.A2.name else self.paid
        return Totals(
            # What is held back has no term of its own in EN 16931: it is given with what is paid,
            # as Odoo's own documents give negative taxes, and a note tells it apart.
            lines=lines, untaxed=untaxed, tax=tax, total=untaxed + tax, prepaid=paid + held_back,
            rounding=content.rounding, payable=due - paid,
            tax_in_euro=self._in_euro(content.tax_in_company_currency))

    def _held_back_note(self, content):
        """What is not to be paid now, though VAT is due on it; "" for nothing."""
        amounts = defaultdict(Decimal)
        for label, amount in content.held_back:
            amounts[label] += amount
        parts = (
            f"{label} {format_amount(self.env, float(amount), self.move.currency_id)}"
            for label, amount in amounts.items())
        text = "; ".join(parts)
        return self.env._("Held back from the amount to pay: %s", text) if text else ""

    def _in_euro(self, amount):
        """The VAT total in euro (Decimal) of an invoice in another currency, else None.

        :param amount: Decimal in the company's currency, as Odoo booked it
        """
        move, own = self.move, self.move.company_currency_id
        if move.currency_id.name == "EUR":
            return None
        if own.name == "EUR":
            return amount
        euro = self.env.ref("base.EUR")
        date = move.invoice_date or move.date
        return decimal_amount(euro, own._convert(float(amount), euro, move.company_id, date))

    def _payment(self, payable):
        """:class:`Payment`; ``payable``: Decimal, what is still to be paid."""
        move = self.move
        means = PaymentMeans[self.payment_means.name]
        bank = move.partner_bank_id
        if means.is_transfer and not bank and not payable:
            means = PaymentMeans.OTHER  # no account is to be paid
        parts = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        due_dates = sorted(part.date_maturity for part in parts if part.date_maturity)
        return Payment(
            means=means,
            iban=account_number(bank),
            bic=bank.bank_bic or "",
            account_name=account_holder(bank) or move.company_id.name if bank else "",
            payee=self.payee,
            reference=move.payment_reference or "",
            # EN 16931: of several parts the first one's; the terms list them all.
            due_date=due_dates[0] if due_dates else move.invoice_date_due or None,
            terms=self._terms(parts))

    def _terms(self, parts):
        note, currency = self.move.invoice_payment_term_id.note, self.move.currency_id
        terms = [note] if note else []
        if len(parts) > 1:
            terms += [
                self.env._(
                    "%(amount)s due on %(date)s",
                    amount=format_amount(self.env, abs(part.amount_currency), currency),
                    date=format_date(self.env, part.date_maturity))
                for part in parts.sorted("date_maturity")
            ]
        return "<br/>".join(terms)

    def _notes(self):
        """(texts before the first line, {id of a line: the notes that follow it}); sections are
        layout only, and what they hide stays hidden."""
        leading, notes, current = [], {}, None
        for line in self.move.invoice_line_ids.sorted(lambda line: (line.sequence, line.id)):
            if line.display_type == "product":
                current = line.id
            elif line.display_type == "line_note" and line.name and not hiding_section(line):
                if current:
                    notes[current] = "\n".join(filter(None, (notes.get(current), line.name)))
                else:
                    leading.append(line.name)
        return leading, notes

    def seller(self):
        """Our company as :class:`Party`: with its SIRET at Chorus Pro."""
        company = self.move.company_id
        connection = self.env["chorus.pro.connection"]._of_move(self.move)
        footer = company.report_footer
        return Party(
            name=company.name or "",
            address=_address(company.partner_id),
            # Not the company's own field: other modules of Odoo shorten it to the SIREN.
            identifier=self.identifier(company.partner_id, connection.supplier_siret),
            vat_number=_vat_number(company.partner_id),
            legal_information="" if is_html_empty(footer) else html2plaintext(footer),
            contact=_contact(company.partner_id))

    def buyer(self):
        """The customer: its company's name and numbers, the invoice's own address."""
        partner, company = self.move.partner_id, self.move.commercial_partner_id
        return Party(
            name=company.name or "",
            address=_address(partner if partner.country_id else company),
            identifier=self.identifier(company, company._chorus_pro_siret()),
            vat_number=_vat_number(company),
            contact=_contact(partner, with_name=partner != company))

    def _delivery_place(self, is_compulsory):
        """Where the goods go, when it is another address or compulsory; else None."""
        customers = self.move.partner_id | self.move.commercial_partner_id
        partner = self.move.partner_shipping_id or self.move.partner_id
        is_elsewhere = partner.country_id and partner not in customers
        if not is_elsewhere and not is_compulsory:
            return None
        company = self.move.commercial_partner_id
        place = partner if partner.country_id else company
        return Party(name=place.name or company.name or "", address=_address(place))

    def identifier(self, partner, registry):
        """What identifies ``partner`` at Chorus Pro, by its country; None when it has nothing.

        :param registry: its number of registration: SIRET, RIDET, TAHITI
        """
        country = partner.country_id
        registry = normalise_siret(registry or "")
        is_siret = len(registry) == SIRET_LENGTH and registry.isdigit()
        french = self.env["res.company"]._get_france_country_codes()
        if is_siret or not country or country.code in french:
            kind = IdentifierType.SIRET
            if not is_siret:
                kind = OWN_IDENTIFIERS.get(country.code, kind)
            return Identifier(type=kind, value=registry) if registry else None
        if country in self.env.ref("base.europe").country_ids:
            number = _vat_number(partner)
            return Identifier(type=IdentifierType.EUROPEAN, value=number) if number else None
        letters = re.sub(r"[^A-Z0-9]", "", (partner.name or "").upper())
        return Identifier(type=IdentifierType.FOREIGN, value=country.code + letters[:FOREIGN_NAME])


class AccountMove(models.Model):
    _inherit = "account.move"

    def _chorus_pro_invoice(self):
        """This invoice as :class:`Invoice`: the hook for modules that complete the document."""
        self.ensure_one()
        return DocumentBuilder(self).build()


def _held_back(content):
    return sum((amount for _label, amount in content.held_back), ZERO)


def _is_advance(line):
    return (line.account_id.code or "").startswith(DEPOSIT_ACCOUNTS)


def _quotes(text, number):
    """Whether the text contains this exact number: "FA/1" is not in "FA/12"."""
    return re.search(rf"(?<![\w/-]){re.escape(number)}(?![\w/-])", text) is not None


def _address(partner):
    return Address(
        country=partner.country_id.code or "",
        line1=partner.street or "", line2=partner.street2 or "",
        postcode=partner.zip or "", city=partner.city or "",
        subdivision=partner.state_id.name or "")


def _contact(partner, with_name=False):
    name = partner.name or "" if with_name else ""
    return Contact(name=name, phone=partner.phone or "", email=partner.email or "")


def _vat_number(partner):
    """"/" is how Odoo says that a partner has none."""
    vat = (partner.vat or "").strip()
    return "" if vat == "/" else vat
