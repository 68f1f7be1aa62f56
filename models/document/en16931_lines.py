# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The lines of an invoice, its allowances and its VAT, from what Odoo's tax engine computed."""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

from stdnum import ean

from odoo import models
from odoo.tools import ormcache

from ...documents.invoice import Adjustment, Line, VatBreakdown, VatCategory
from ...documents.limits import LIMITS
from ...documents.pricing import cents, unit_price
from ...documents.problems import UNTAXED
from ...documents.text import one_line
from ..rules.rule import FindingError
from ..rules.rule_book import finding
from .sections import described
from .taxed_lines import CASH_ROUNDING, RETENTION, ZERO, decimal_amount, decimal_number

# The reason (list VATEX) that goes with a category of VAT, where the tax gives none.
OWN_REASONS = {
    VatCategory.REVERSE_CHARGE: "VATEX-EU-AE",
    VatCategory.INTRA_COMMUNITY: "VATEX-EU-IC",
    VatCategory.EXPORT: "VATEX-EU-G",
    VatCategory.OUT_OF_SCOPE: "VATEX-EU-O",
}


class DocumentLines:
    """Lines, allowances, charges and VAT of one invoice, and ``held_back`` from what is to be paid
    now: pairs (label, amount).

    :param taxed: iterable of :class:`TaxedLine` in the language of the document
    :param notes: {id of a line: what is to be noted on it}
    :param reader: the invoice in the language of the person who reads what is wrong with it
    :raises FindingError: a tax has a category of VAT that is not one of France
    """

    def __init__(self, move, taxed, notes, reader):
        self.env, self.move, self.notes, self._reader = move.env, move, notes, reader
        self.lines, self.allowances, self.charges, self.held_back = [], [], [], []
        self.rounding = self.tax_in_company_currency = ZERO
        self._bases, self._taxes = defaultdict(Decimal), defaultdict(Decimal)
        self._reasons, self._spare = defaultdict(dict), defaultdict(Decimal)
        self._fixed_reasons = {}
        taxed = list(taxed)
        # A line without any tax is outside VAT; but that must be alone on its invoice (BR-O-11).
        others = {self._category(line) for line in taxed if line.vat_tax}
        is_alone = others <= {VatCategory.OUT_OF_SCOPE}
        self._untaxed = VatCategory.OUT_OF_SCOPE if is_alone else VatCategory.EXEMPT
        for line in taxed:
            self._add(line)
        self._add_rounding()
        # What is outside of VAT by its nature says why only where nothing else does.
        exempt = VatCategory.EXEMPT, ZERO
        if self._fixed_reasons and not self._reasons[exempt]:
            self._reasons[exempt] = self._fixed_reasons

    @property
    def vat(self):
        """Tuple of :class:`VatBreakdown`."""
        return tuple(
            VatBreakdown(
                category=category,
                rate=rate,
                base=base,
                amount=self._taxes[category, rate],
                **self._why(self._reasons[category, rate]))
            for (category, rate), base in self._bases.items())

    def _why(self, reasons):
        """The reasons of one group: its code, if it is the same for all, and their words. A code
        that finds no place as one stands among the words, as the list names it."""
        codes = {code for _text, code in reasons}
        code = codes.pop() if len(codes) == 1 else ""
        texts = [text or ("" if code else self._named(own)) for text, own in reasons]
        return {"exemption_reason": "; ".join(filter(None, texts)), "exemption_code": code}

    def _named(self, code):
        labels = self.move.env["account.tax"]._fields["ubl_cii_tax_exemption_reason_code"]
        return dict(labels._description_selection(self.move.env)).get(code, code)

    def _add(self, line):
        self.held_back += [(label_of(held), amount) for held, amount in line.held_back]
        if line.kind == RETENTION:
            return
        if line.kind == CASH_ROUNDING:
            self.rounding += line.untaxed
            return
        # Odoo's entries for an early payment discount that lowers the VAT at once.
        discount = self.env._("Early payment discount") if line.kind else ""
        group = self._group(line, discount)
        self._taxes[group] += line.vat
        self.tax_in_company_currency += line.vat_in_company_currency
        if discount:
            self._add_adjustment(line.base, discount, group)
        else:
            document_line = _document_line(str(len(self.lines) + 1), line, *group)
            self._bases[group] += document_line.net_amount
            self._spare[group] += line.base - document_line.net_amount
            records = [each.record for each in line.hidden or (line,)]
            notes = filter(None, (self.notes.get(record.id) for record in records))
            self.lines.append(replace(document_line, note="\n".join(notes)))
        for tax, amount in line.out_of_base:
            group = VatCategory.EXEMPT, ZERO
            self._fixed_reasons[self._exemption(tax, VatCategory.EXEMPT)] = True
            self._add_adjustment(amount, label_of(tax), group)

    def _add_adjustment(self, amount, reason, group):
        """A charge on the document; an allowance when it is negative."""
        category, rate = group
        self._bases[group] += amount
        (self.allowances if amount < 0 else self.charges).append(
            Adjustment(amount=abs(amount), reason=reason, vat_category=category, vat_rate=rate))

    def _add_rounding(self):
        """What Odoo rounded on the invoice as a whole is no part of any printed line."""
        for group, amount in self._spare.items():
            if amount:
                self._add_adjustment(amount, self.env._("Rounding difference"), group)

    def _group(self, line, reason):
        """(category, rate) of a line; why no VAT is due is noted."""
        category, rate = self._category(line) if line.vat_tax else self._untaxed, line.rate
        if category in UNTAXED:
            exemption = self._exemption(line.vat_tax, category, reason)
            self._reasons[category, rate][exemption] = True
        return category, rate

    def _exemption(self, tax, category, reason=""):
        """(reason as text, its code in the list VATEX): one of the two at least. ``reason``: the
        text where no tax gives one."""
        code = tax.ubl_cii_tax_exemption_reason_code or OWN_REASONS.get(category, "")
        text = one_line(str(tax.invoice_legal_notes or ""))
        if not code and not text:
            text = label_of(tax) if tax else reason or self.env._("Not subject to VAT")
        return text, code

    def _category(self, line):
        """The tax's own category; else by its rate and the countries, as Odoo does."""
        tax = line.vat_tax
        if code := tax.ubl_cii_tax_category_code:
            try:
                return VatCategory(code)
            except ValueError:
                foreign = finding("document_tax_category", tax=tax.display_name)
                raise FindingError(self._reader.env, foreign) from None
        if line.is_reversed:
            return VatCategory.REVERSE_CHARGE
        if tax.amount:
            return VatCategory.STANDARD
        return self._untaxed_category(tax)

    def _untaxed_category(self, tax):
        european = self.env.ref("base.europe").country_ids
        french = self.env["res.company"]._get_france_country_codes()
        seller = self.move.company_id.partner_id.country_id
        buyer = self.move.commercial_partner_id.country_id
        are_french = seller.code in french and buyer.code in french
        if are_french or seller == buyer or not buyer or seller not in european:
            return VatCategory.EXEMPT
        if buyer not in european and buyer.code not in french:
            return VatCategory.EXPORT
        is_service = tax.tax_scope == "service"
        return VatCategory.REVERSE_CHARGE if is_service else VatCategory.INTRA_COMMUNITY


def _document_line(identifier, taxed, category, rate):
    if taxed.hidden:
        return _section_line(identifier, taxed, category, rate)
    record = taxed.record
    quantity = decimal_number(record.quantity)
    price = decimal_number(record.price_unit)
    discount = decimal_number(record.discount) / 100
    net_price = price * (1 - discount)
    printed = _printed(record)
    if taxed.price_includes_tax or cents(net_price * quantity) != printed:
        # The price includes VAT, or rounding goes another way than in commerce.
        net_price = unit_price(printed, quantity) if quantity else net_price
        gross_price = _gross_price(price, discount, net_price, rate, taxed.price_includes_tax)
    else:
        gross_price = price
    name, description = _texts(record)
    product = record.product_id
    return Line(
        id=identifier,
        name=name,
        description=description,
        quantity=quantity,
        unit=record.product_uom_id._chorus_pro_code() if record.product_uom_id else "C62",
        net_price=net_price,
        gross_price=gross_price if discount > 0 else None,
        net_amount=printed + taxed.base - taxed.untaxed,
        vat_category=category,
        vat_rate=rate,
        seller_code=product.default_code or "",
        gtin=product.barcode if product.barcode and ean.is_valid(product.barcode) else "",
        period_start=_optional(record, "deferred_start_date"),
        period_end=_optional(record, "deferred_end_date"),
        allowances=_fixed_taxes(taxed, -1),
        charges=_fixed_taxes(taxed, 1))


def _printed(record):
    """The amount that is printed of a line: for the cents that Odoo moves so that the invoice adds
    up, see _add_rounding."""
    return decimal_amount(record.currency_id, record.price_subtotal)


def _section_line(identifier, taxed, category, rate):
    name, description = _texts(taxed.record)
    printed = sum(_printed(part.record) for part in taxed.hidden)
    return Line(
        id=identifier,
        name=name,
        description="\n".join(filter(None, (description, described(taxed.hidden)))),
        quantity=Decimal(1),
        net_price=printed,
        net_amount=printed + taxed.base - taxed.untaxed,
        vat_category=category,
        vat_rate=rate,
        allowances=_fixed_taxes(taxed, -1),
        charges=_fixed_taxes(taxed, 1))


def _gross_price(price, discount, net_price, rate, includes_tax):
    """What a unit costs before its discount, without VAT."""
    if discount != 1:
        gross = net_price / (1 - discount)
    else:
        gross = price / (1 + rate / 100) if includes_tax else price
    return round(gross, LIMITS["BT-148"].decimals)


def _fixed_taxes(taxed, sign):
    """Charges (sign 1) or allowances (-1) of a line: taxes of a fixed amount that bear VAT."""
    return tuple(
        Adjustment(amount=abs(amount), reason=label_of(tax))
        for tax, amount in taxed.in_base if amount * sign > 0)


def _texts(record):
    """(name, description): the product's name, else the first line of the label, then the rest."""
    label = (record.name or "").strip()
    product = record.product_id.name or ""
    if product and product not in label.partition("\n")[0]:
        return product, label
    first, _end, rest = label.partition("\n")
    return first, rest


def label_of(record):
    """What is printed of a tax, or of a line."""
    name = record.invoice_label or record.name if "invoice_label" in record._fields else record.name
    return one_line((name or "").strip().partition("\n")[0])


def _optional(record, name):
    """Value of a field that only some editions of Odoo have."""
    return record[name] or None if name in record._fields else None


class UomUom(models.Model):
    _inherit = "uom.uom"

    @ormcache("self.id")
    def _chorus_pro_code(self):
        """This unit's code in UN/ECE recommendation 20, by its name in Odoo's data: looked up
        once, not for each line of an invoice."""
        self.ensure_one()
        return self._get_unece_code()
