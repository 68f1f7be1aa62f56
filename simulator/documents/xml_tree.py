# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Reading an XML document safely: no document type, so no entities; nothing is fetched."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from xml.etree import ElementTree

XSD_ERROR = "ERR_XSD_001"
# decimal(19,6) of the AIFE documentation
_MOST_DIGITS = 13


class Unreadable(Exception):
    """A file that cannot be read: `code` and `label` of a technical error of the flow's report."""

    def __init__(self, code, why):
        self.code = code
        self.label = f"IRRECEVABILITE: {why}"
        super().__init__(self.label)


class _Builder(ElementTree.TreeBuilder):
    def doctype(self, name, public_id, system_id):
        raise Unreadable(XSD_ERROR, "déclaration DOCTYPE interdite")


def parse(content):
    """The root element of the bytes; `Unreadable` with line and position when not well formed."""
    parser = ElementTree.XMLParser(target=_Builder())
    try:
        parser.feed(content)
        return parser.close()
    except ElementTree.ParseError as error:
        line, position = error.position
        why = f"XML mal formé - ligne: {line} - position: {position}"
        raise Unreadable(XSD_ERROR, why) from None
    except (LookupError, ValueError):
        # An encoding that is not known
        raise Unreadable(XSD_ERROR, "encodage inconnu") from None


class Node:
    """An element, or none: the values below it by path, with the prefixes of `names`."""

    def __init__(self, element, names):
        self.element = element
        self._names = names

    def all(self, path):
        return [Node(found, self._names) for found in self.element.iterfind(path, self._names)]

    def first(self, path):
        found = self.element.find(path, self._names)
        return None if found is None else Node(found, self._names)

    def get(self, attribute):
        return self.element.get(attribute, "")

    def text(self, path="."):
        """The text without surrounding blanks, empty when absent."""
        return (self.element.findtext(path, "", self._names) or "").strip()

    def amount(self, path="."):
        """A Decimal, None when absent; `Unreadable` for what is no number."""
        text = self.text(path)
        if not text:
            return None
        try:
            value = Decimal(text)
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or (value and value.adjusted() >= _MOST_DIGITS):
            raise Unreadable(XSD_ERROR, f"valeur numérique incorrecte dans {_local(path)}")
        return value

    def needed_amount(self, path):
        value = self.amount(path)
        if value is None:
            raise Unreadable(XSD_ERROR, f"élément obligatoire absent : {_local(path)}")
        return value

    def day(self, path, form):
        """A calendar day as YYYY-MM-DD, empty when absent; `form`: that of strptime."""
        text = self.text(path)
        if not text:
            return ""
        try:
            return datetime.strptime(text, form).strftime("%Y-%m-%d")
        except ValueError:
            raise Unreadable(XSD_ERROR, f"date incorrecte dans {_local(path)}") from None


def _local(path):
    return path.rpartition("/")[2].rpartition(":")[2]
