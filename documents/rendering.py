# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""An invoice as bytes of XML, checked against the official schema.

CII 16B means the profile EN 16931 of Factur-X: the subset of UN/CEFACT D16B that the European
standard uses. The rules of the standard (schematron) are not run here: the library would send the
invoice to a server for that.
"""

import importlib
import re
from enum import Enum
from importlib.machinery import SourceFileLoader

from .problems import InvalidInvoice, find_problems
from .schemas import LEVEL, check_schema
from .terms import SCHEME_NAMES, to_terms, with_party_identifications

_IDENTIFICATION = re.compile(rb'(<cac:PartyIdentification>\s*<cbc:ID schemeID="(\d{4})")>')


class Syntax(str, Enum):
    """The value is the library's name of it."""

    FACTURX = "factur-x"  # what a PDF carries, and CII alone
    UBL = "ubl-2.1"


class RenderingError(ValueError):
    """The invoice passes our checks and yet its XML is not valid; the text is the schema's."""


def import_facturx():
    """The module ``facturx``, also where Odoo has changed the import of stdnum.

    factur-x imports stdnum.iban, which reads a data file of its package as it is imported. Odoo
    patches stdnum by an import hook whose loader can only run a module: there, importlib.resources
    finds no file. The missing method is added to the loader first.

    :raises ImportError: it is not installed
    """
    stdnum = importlib.import_module("stdnum")
    loader = stdnum.__spec__.loader
    if not hasattr(loader, "get_resource_reader"):
        whole = SourceFileLoader(stdnum.__name__, stdnum.__file__)
        loader.get_resource_reader = whole.get_resource_reader
    try:
        return importlib.import_module("facturx")
    except ModuleNotFoundError as error:
        if error.name != "facturx":
            raise
        raise ImportError(
            "the Python package factur-x is missing: install it (pip install factur-x~=7.8)"
        ) from error


def render(invoice, syntax, supporting=()):
    """The invoice as UTF-8 bytes of XML, an XML declaration first.

    :param supporting: SupportingDocuments that the XML carries, the readable PDF first; none for
        the XML that goes into a PDF
    :raises InvalidInvoice: with all problems of the invoice
    :raises RenderingError: the schema refuses the XML
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
            terms, flavor=syntax.value, level=LEVEL, check_xsd=False, check_schematron=False
        )
        check_schema(xml)
    except Exception as error:  # the library raises bare exceptions
        raise RenderingError(f"invoice {invoice.number}: {error}") from error
    return _completed(xml, invoice) if syntax is Syntax.UBL else xml


def _completed(xml, invoice):
    """UBL with what factur-x 7.8 does not write."""
    # It does write the rounding, in euro whatever the invoice's currency.
    rounding = b'<cbc:PayableRoundingAmount currencyID="%s">'
    xml = xml.replace(rounding % b"EUR", rounding % invoice.currency.encode())

    def named(found):
        scheme = SCHEME_NAMES[found[2].decode()]
        return found[1] + b' schemeName="%s">' % scheme.encode()

    return _IDENTIFICATION.sub(named, xml)
