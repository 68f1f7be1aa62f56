# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""An invoice as bytes of XML, checked against the official schema.

CII 16B means the profile EN 16931 of Factur-X: the subset of UN/CEFACT D16B that the European
standard uses. The rules of the standard (schematron) are not run here: the library would post the
invoice to a server for that.
"""

from enum import Enum

from .library import import_facturx
from .problems import InvalidInvoice, find_problems
from .terms import to_terms, with_party_identifications

_LEVEL = "en16931"


class Syntax(str, Enum):
    """The value is the library's name of it."""

    FACTURX = "factur-x"  # what a PDF carries, and CII by itself
    UBL = "ubl-2.1"


class RenderingError(ValueError):
    """The invoice passes our checks and yet its XML is not valid: says what the schema says."""


def render(invoice, syntax, supporting=()):
    """The invoice as UTF-8 bytes of XML, an XML declaration first.

    supporting: SupportingDocuments that the XML carries, the readable PDF first; none for the XML
    that goes into a PDF. Raises InvalidInvoice, with all that is wrong, or RenderingError.
    """
    problems = find_problems(invoice)
    if problems:
        raise InvalidInvoice(invoice.number, problems)
    facturx = import_facturx()
    terms = to_terms(invoice, supporting)
    if syntax is Syntax.UBL:
        terms = with_party_identifications(terms)
    try:
        xml = facturx.generate_xml(
            terms, flavor=syntax.value, level=_LEVEL, check_xsd=True, check_schematron=False
        )
    except Exception as error:  # the library raises bare exceptions
        raise RenderingError(f"invoice {invoice.number}: {error}") from error
    # In UBL, factur-x 7.8 writes the rounding in euro whatever the invoice's currency.
    rounding = b'<cbc:PayableRoundingAmount currencyID="%s">'
    return xml.replace(rounding % b"EUR", rounding % invoice.currency.encode())
