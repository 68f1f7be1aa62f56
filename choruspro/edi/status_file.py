# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What Chorus Pro sends back in the EDI mode: ``CPPStatut`` files (schema CPPStatutPivot V1_19).

A file holds the envelope, then either statuses of flows (90 to 96, with lines of errors) or
statuses of invoices (01 to 41). They are read one record at a time, however long the file is, and
tolerantly: blanks, prefixes and an order of elements that the schema forbids do no harm. That the
integration report of a deposit (``CSO…``) has this schema is a guess: it is the only one published
that has numbers of flows.
"""

from dataclasses import dataclass
from datetime import date, datetime

from lxml import etree

from .. import errors
from ..errors import UnreadableFileError
from ..messages.reading import day, moment, text
from ..text import MOST_CHARACTERS, storable

# By its number: the status as the API names it. The labels of 1 to 12 are the schema's; 37 is
# second hand (annex EDI V4.20). The other numbers up to 41 are allowed and have no public label.
STATUS_CODES = {
    1: "DEPOSEE",
    2: "EN_COURS_ACHEMINEMENT",
    3: "MISE_A_DISPOSITION",
    4: "A_RECYCLER",
    5: "REJETEE",
    6: "SUSPENDUE",
    7: "SERVICE_FAIT",
    8: "MANDATEE",
    9: "MISE_A_DISPOSITION_COMPTABLE",
    10: "COMPTABILISEE",
    11: "MISE_EN_PAIEMENT",
    12: "COMPLETEE",
    37: "NON_CONFORME",
}
# Numbers of flows (schema). That 90 and 92 take a flow for good is a guess.
ACCEPTED, PARTIAL, REFUSED = frozenset({90, 92}), frozenset({96}), frozenset({93, 94, 95})
SIRET = 1  # TypeIdentifiant

MOST_BYTES = 120 * 1000 * 1000
MOST_RECORDS = 1_000_000
# Of one record: as many errors as a flow of the largest sort may have.
MOST_ELEMENTS = 1_000_000
DEEPEST = 12
_PIECE = 1 << 16
_LONGEST_NUMBER = 9

_ROOT = "CPPStatut"
_RECORDS = {"CPPFluxStatutUnitaire", "CPPFactureStatutUnitaire"}
_ERROR = "LigneErreurDetail"


@dataclass(frozen=True)
class Envelope:
    """The head of a file. ``flow``: its own identifier; ``emitter``, ``receiver``: codes."""

    flow: str
    date: datetime | None
    emitter: str
    receiver: str


@dataclass(frozen=True)
class ErrorLine:
    """One error of a report. ``nature``: may name the invoice or its file."""

    nature: str
    code: str
    label: str
    description: str


@dataclass(frozen=True)
class FlowStatus:
    """What became of a flow. ``flow``: the identifier under which it was sent."""

    order: int
    number: int
    flow: str
    date: datetime
    comment: str
    errors: tuple

    @property
    def is_accepted(self):
        return self.number in ACCEPTED

    @property
    def is_partial(self):
        return self.number in PARTIAL

    @property
    def is_refused(self):
        return self.number in REFUSED


@dataclass(frozen=True)
class InvoiceStatusLine:
    """A status of one invoice, which is named by its supplier and its number."""

    order: int
    number: int
    supplier: str  # SIRET, "" when the supplier is identified otherwise
    recipient: str  # SIRET
    invoice: str
    invoice_date: date | None
    date: datetime
    comment: str
    author: str

    @property
    def code(self):
        """The status as the API names it; a number without a known name as two digits."""
        return STATUS_CODES.get(self.number, f"{self.number:02d}")


@dataclass(frozen=True)
class UnreadableRecord:
    """A record that lacks what it must have; those around it are good."""

    order: int
    missing: str


def read_statuses(file, *, most_bytes=MOST_BYTES):
    """Yield what is in a file: first its :class:`Envelope`, then :class:`FlowStatus`,
    :class:`InvoiceStatusLine` or :class:`UnreadableRecord` for each record.

    :param file: has ``read(size)``; is read as the records are asked for
    :raises UnreadableFileError: `edi_file_unreadable` (no XML, another root, cut off),
        `edi_file_forbidden` (a DOCTYPE), `edi_file_excessive` (bytes, records, nesting). Records
        that were given before are good
    """
    try:
        yield from _Reading(_Bounded(file, most_bytes)).records()
    except etree.XMLSyntaxError as error:
        raise UnreadableFileError(errors.EDI_FILE_UNREADABLE, label=error) from None


class _Bounded:
    def __init__(self, file, most):
        self._file, self._left = file, most

    def read(self, size=_PIECE):  # pylint: disable=method-required-super
        data = self._file.read(min(size, self._left + 1))
        self._left -= len(data)
        if self._left < 0:
            raise UnreadableFileError(errors.EDI_FILE_EXCESSIVE)
        return data


class _Reading:
    """One pass over a file."""

    def __init__(self, file):
        self._events = etree.iterparse(
            file, events=("start", "end"), resolve_entities=False, no_network=True,
            load_dtd=False, dtd_validation=False, attribute_defaults=False, huge_tree=False,
            remove_comments=True, remove_pis=True,
        )
        self._path = []
        self._head = {}
        self._elements = 0
        self._count = 0

    def records(self):
        envelope = None
        for event, element in self._events:
            if event == "start":
                self._enter(element)
                continue
            name = self._path.pop()
            if name in _RECORDS:
                if envelope is None:
                    envelope = self._envelope()
                    yield envelope
                yield self._record(name, element)
                self._forget(element)
            elif name == "EnveloppeUnitaire":
                self._keep_head(element)
                self._forget(element)
        if envelope is None:
            yield self._envelope()

    def _enter(self, element):
        name = _name(element)
        if not self._path:
            if element.getroottree().docinfo.internalDTD is not None:
                raise UnreadableFileError(errors.EDI_FILE_FORBIDDEN, label="DOCTYPE")
            if name != _ROOT:
                raise UnreadableFileError(errors.EDI_FILE_UNREADABLE, label=f"root {name}")
        self._path.append(name)
        self._elements += 1
        if len(self._path) > DEEPEST or self._elements > MOST_ELEMENTS:
            raise UnreadableFileError(errors.EDI_FILE_EXCESSIVE, label=name)

    def _forget(self, element):
        """Memory holds one record."""
        self._elements = 0
        element.clear(keep_tail=False)
        while element.getprevious() is not None:
            del element.getparent()[0]

    def _keep_head(self, element):
        if self._head:
            return  # one sender, one receiver: only the first is looked at
        for each in _all(element, "ParametreIndiv"):
            values = _values(each)
            self._head[text(values, "Code")] = text(values, "Valeurparametre")
        for role in ("Emetteur", "Recepteur"):
            for each in _all(element, role):
                self._head[role] = text(_values(each), "Id")

    def _envelope(self):
        head = self._head
        return Envelope(
            flow=text(head, "IdFlx"), date=moment(head, "DtPrd"), emitter=text(head, "Emetteur"),
            receiver=text(head, "Recepteur"),
        )

    def _record(self, name, element):
        self._count += 1
        if self._count > MOST_RECORDS:
            raise UnreadableFileError(errors.EDI_FILE_EXCESSIVE, label=f"{self._count} records")
        order = _number(element.get("NumOrdre")) or self._count
        make = _flow_status if name == "CPPFluxStatutUnitaire" else _invoice_status
        try:
            return make(order, element)
        except _Missing as missing:
            return UnreadableRecord(order, str(missing))


class _Missing(Exception):
    """A record lacks this element."""


def _flow_status(order, element):
    data = _part(element, "DonneesStatut")
    return FlowStatus(
        order=order, number=_needed_number(data), flow=_needed(data, "IdFlux"),
        date=_needed_moment(data), comment=_comment(data),
        errors=tuple(_error_line(_values(each)) for each in _all(element, _ERROR)),
    )


def _error_line(values):
    parts = ("NatureErreur", "CodeErreur", "LibelleErreur", "DescriptionErreur")
    return ErrorLine(*(text(values, name) for name in parts))


def _invoice_status(order, element):
    supplier, debtor = _part(element, "Fournisseur"), _part(element, "Debiteur")
    data = _part(element, "DonneesStatut")
    is_siret = _number(text(supplier, "TypeIdentifiant")) == SIRET
    author = next((storable(each.get("Id")) for each in _all(element, "Producteur")), "")
    return InvoiceStatusLine(
        order=order, number=_needed_number(data),
        supplier=text(supplier, "Identifiant") if is_siret else "",
        recipient=text(debtor, "Identifiant"),
        invoice=_needed(data, "IdFacture"), invoice_date=day(data, "DateFacture"),
        date=_needed_moment(data), comment=_comment(data), author=author[:MOST_CHARACTERS],
    )


def _comment(data):
    """What the recipient says; the complement only repeats the label of many statuses."""
    return text(data, "Commentaire") or text(data, "ComplementStatut")


def _needed(data, name):
    value = text(data, name)
    if not value:
        raise _Missing(name)
    return value


def _needed_number(data):
    number = _number(text(data, "IdStatut"))
    if number is None:
        raise _Missing("IdStatut")
    return number


def _needed_moment(data):
    found = moment(data, "Horodatage")
    if found is None:
        raise _Missing("Horodatage")
    return found


def _number(value):
    """A whole number, written with zeros in front or not, or None."""
    value = (value or "").strip()
    is_number = value.isascii() and value.isdigit() and len(value) <= _LONGEST_NUMBER
    return int(value) if is_number else None


def _name(element):
    return etree.QName(element).localname


def _all(element, name):
    return element.iter(f"{{*}}{name}")


def _part(element, name):
    """{name: text} of the first element of this name, {} when there is none."""
    return next((_values(each) for each in _all(element, name)), {})


def _values(element):
    """{name: text} of what is directly in an element."""
    return {_name(each): each.text or "" for each in element}
