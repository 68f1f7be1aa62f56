# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Invoices at the platform and the events of their life."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from .code_lists import VALIDATED_FRAMEWORKS
from .directory import Structure, Supplier
from .files import StoredFile

FIRST_INVOICE_ID = 8_600_000_000
FIRST_EVENT_ID = 9_100_000_000


@dataclass(frozen=True)
class Event:
    """One status at one stored date. `author` is empty when the platform itself acted."""

    event_id: int
    code: str
    date: datetime
    comment: str | None = None
    author: str | None = None


@dataclass
class Invoice:
    """`body` is the request of soumettre, as received, with what recycler and completer changed.

    Dates are stored dates.
    """

    invoice_id: int
    number: str
    supplier: Supplier
    recipient: Structure
    body: dict
    deposited: datetime
    main_attachment: StoredFile | None = None
    attachments: tuple = ()
    flow_number: str | None = None
    deposit_mode: str = "DEPOT_PDF_API"
    events: list = field(default_factory=list)
    rejection_acknowledged: bool = False
    # Of a works contract, see Control.set_works
    works: dict = field(default_factory=dict)
    # How its recipient treats it: a name of `recipients.LIVES`
    life: str = "standard"
    # Kept by the life cycle: the step reached by time, and when the next one is due
    step: int = 0
    due: datetime | None = None

    @property
    def status(self):
        return self.events[-1].code

    @property
    def status_date(self):
        return self.events[-1].date

    @property
    def service(self):
        return self.recipient.service(self.body["destinataire"].get("codeServiceExecutant"))

    @property
    def supplier_service(self):
        """The service of the supplier that invoiced, or None."""
        wanted = self.body["fournisseur"].get("idServiceFournisseur")
        services = self.supplier.structure.services
        return next((item for item in services if item.service_id == wanted), None)

    @property
    def needs_validation(self):
        """Whether a contractor decides before the recipient has it."""
        framework = self.body["cadreDeFacturation"]
        is_validated = framework["codeCadreFacturation"] in VALIDATED_FRAMEWORKS
        return is_validated and bool(framework.get("codeStructureValideur"))

    @property
    def references(self):
        return self.body["references"]

    def total(self, name):
        return Decimal(self.body["montantTotal"].get(name) or 0)


class InvoiceStore:
    """Every invoice, by id and by (supplier, number). Numbers are unique per supplier."""

    def __init__(self):
        self._by_id = {}
        self._by_number = {}
        self._next_event_id = FIRST_EVENT_ID

    def __iter__(self):
        return iter(self._by_id.values())

    def __len__(self):
        return len(self._by_id)

    def next_id(self):
        return FIRST_INVOICE_ID + len(self._by_id) + 1

    def add(self, invoice):
        self._by_id[invoice.invoice_id] = invoice
        self._by_number[invoice.supplier.structure.structure_id, invoice.number] = invoice

    def get(self, invoice_id):
        return self._by_id.get(invoice_id)

    def by_number(self, supplier, number):
        return self._by_number.get((supplier.structure.structure_id, number))

    def named(self, number):
        """Invoices of any supplier with this number."""
        return [invoice for invoice in self if invoice.number == number]

    def record(self, invoice, code, date, comment=None, author=None):
        """Adds an event to an invoice: the only way a status changes."""
        self._next_event_id += 1
        invoice.events.append(Event(self._next_event_id, code, date, comment, author))
