# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The whole state of the simulated platform, in memory."""

import threading
from datetime import timedelta

from .api.flows import FlowStore
from .api.integration import end_due_flows
from .api.operations import OPERATIONS
from .edi.box import EdiStore
from .http.request_log import RequestLog
from .http.tokens import Tokens
from .world.clock import Clock
from .world.directory import Directory
from .world.directory_data import RECIPIENTS, SUPPLIERS
from .world.faults import Faults
from .world.files import FileStore
from .world.invoices import InvoiceStore
from .world.large_directory import large_directory
from .world.life_cycle import LifeCycle
from .world.missing_rights import MissingRights
from .world.recipients import STANDARD, VALIDATED
from .world.switches import Switches

UNKNOWN_STATUS = "NOUVEAU_STATUT_2027"


class Platform:
    """Everything the platform stores. Hold `lock` to read or write it.

    `pace`: seconds between two steps of invoices and flows instead of their tables. `latency`:
    seconds that every answer of the API and of the token endpoint takes longer.
    `directory_size`: public structures in addition to the data set, see large_directory.
    `travels`: see Clock. `lives`: how recipients (SIRETs) treat the invoices that they get.
    """

    def __init__(self, pace=None, latency=0, directory_size=0, travels=False):
        self.lock = threading.RLock()
        self.pace = pace
        self.latency = latency
        self._travels = travels
        self._recipients = RECIPIENTS + large_directory(directory_size)
        self.reset()

    def reset(self):
        """Forgets everything that happened: invoices, files, tokens, faults, switches, missing
        rights, time, services that were opened or closed."""
        with self.lock:
            self.directory = Directory(SUPPLIERS, self._recipients)
            self.clock = Clock(self._travels)
            self.started = self.clock.now()
            self.lives = {}
            self.invoices = InvoiceStore()
            self.files = FileStore()
            self.flows = FlowStore()
            self.tokens = Tokens(self.clock)
            self.life = LifeCycle(self.clock, self.invoices, self.pace)
            self.faults = Faults(tuple(OPERATIONS))
            self.switches = Switches()
            self.missing_rights = MissingRights()
            self.request_log = RequestLog()
            self.edi = EdiStore(self)

    def catch_up(self):
        """Does everything that is due by now: flows end, invoices walk on."""
        end_due_flows(self)
        self.life.catch_up()

    def begin_life(self, invoice):
        """A new invoice gets its first events, and lives as its recipient wants."""
        invoice.life = self.lives.get(invoice.recipient.siret, invoice.life)
        if invoice.life == STANDARD and invoice.needs_validation:
            invoice.life = VALIDATED
        self.life.start(invoice)

    def has_ended(self, service):
        """Whether a service is closed for good."""
        _start, end = self.validity(service)
        return not service.active or (end is not None and end <= self.clock.now())

    def is_open(self, service):
        """Whether a service can be invoiced now."""
        start, _end = self.validity(service)
        return not self.has_ended(service) and (start is None or start <= self.clock.now())

    def validity(self, service):
        """The stored dates between which a service is valid; None: no limit that ages."""
        return tuple(
            None if days is None else self.started + timedelta(days=days)
            for days in (service.opens, service.closes)
        )

    def is_taken(self, supplier, number):
        """Whether this number of a supplier is used already, and is refused for it."""
        refused = self.switches.duplicates == "refused"
        return refused and self.invoices.by_number(supplier, number) is not None

    def disturb(self, invoice, operation):
        """The faults that change the status of the first invoice of an answer.

        The new event comes one second after the current one, so that the invoice stays in a
        window of the past in which it was found.
        """
        date = min(invoice.status_date + timedelta(seconds=1), self.clock.now())
        if self.faults.take("unknown_status", operation):
            self.life.set_status(invoice, UNKNOWN_STATUS, date)
        if self.faults.take("status_going_back", operation):
            before = invoice.events[-2] if len(invoice.events) > 1 else invoice.events[-1]
            self.life.set_status(invoice, before.code, date)
