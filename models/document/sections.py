# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Sections that hide their composition or their prices: what Odoo prints instead of their lines is
what the document says, one line for each set of taxes."""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

from .taxed_lines import RETENTION, decimal_number


def printed_lines(taxed):
    """The same as the invoice prints them, as :class:`TaxedLine`: lines that a section hides
    become one, whose record is the section and whose ``hidden`` they are.

    :param taxed: :class:`TaxedLine` in the order of the invoice
    """
    # What is held back is no price that a section could hide.
    held_back = [line for line in taxed if line.kind == RETENTION]
    by_record = {line.record: line for line in taxed if line.kind != RETENTION}
    for owner, records in printed_groups(by_record):
        parts = tuple(by_record[record] for record in records)
        yield parts[0] if owner == records[0] else _one_line(owner, parts)
    yield from held_back


def printed_groups(records):
    """Pairs (line or section that is printed, list of the lines that it stands for)."""
    groups = {}
    for record in records:
        owner = hiding_section(record) or record
        groups.setdefault((owner, record.tax_ids), []).append(record)
    for (owner, _taxes), members in groups.items():
        is_hidden = owner != members[0]
        yield from _by_owner(owner, members) if is_hidden else [(owner, members)]


def hiding_section(line):
    """The section or subsection that hides this line of an invoice or its prices; none when the
    line is printed as it is."""
    # Odoo computes it for all lines of the invoice: asked about one alone, it writes on the others.
    parent = line.with_prefetch(line.move_id.line_ids._ids).parent_id
    return (parent.parent_id | parent).filtered(
        lambda section: section.collapse_composition or section.collapse_prices)[:1]


def _by_owner(section, members):
    # A section without a line of its own prints the name and the total of each subsection; but
    # where it hides prices, no total of one whose composition is hidden.
    parents = dict.fromkeys(member.parent_id for member in members)
    is_total_hidden = not section.collapse_composition and any(
        parent.collapse_composition for parent in parents)
    if section in parents or is_total_hidden:
        return [(section, members)]
    return [
        (parent, [member for member in members if member.parent_id == parent])
        for parent in parents]


def _one_line(section, parts):
    first = parts[0]
    return replace(
        first,
        record=section.with_env(first.record.env),
        hidden=parts,
        untaxed=sum(part.untaxed for part in parts),
        vat=sum(part.vat for part in parts),
        vat_in_company_currency=sum(part.vat_in_company_currency for part in parts),
        in_base=_by_tax(pair for part in parts for pair in part.in_base),
        out_of_base=_by_tax(pair for part in parts for pair in part.out_of_base),
        held_back=_by_tax(pair for part in parts for pair in part.held_back))


def _by_tax(pairs):
    amounts = defaultdict(Decimal)
    for tax, amount in pairs:
        amounts[tax] += amount
    return tuple(amounts.items())


def described(hidden):
    """What is still printed of the lines whose prices are hidden: quantities and names."""
    texts = {}
    for record in (line.record for line in hidden):
        if hiding_section(record).collapse_composition:
            return ""
        parent = record.parent_id
        if parent.collapse_composition:
            texts[parent] = f"1 × {parent.name}"
        else:
            texts[record] = f"{decimal_number(record.quantity)} × {record.name or ''}"
    return "\n".join(texts.values())
