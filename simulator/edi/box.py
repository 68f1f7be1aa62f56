# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The folders of each partner. What lies ready can be fetched once, and is purged after 7 days."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..world.directory import Supplier
from .answers import life_cycle, report
from .deposits import take

DEPOSIT, RETRIEVAL = "depot", "retrait"
KEPT = timedelta(days=7)
# What clients put while it is not whole
UNFINISHED = (".part", ".tmp", ".filepart")

_CODES = ("AAA123", "BBB456")
_PLATFORM = "CPP001"
_LIFE_CYCLE = "FEN1201A"


@dataclass
class Ready:
    """A file to be fetched. `content` may be half of it, `whole` comes when that was fetched."""

    content: bytes
    since: datetime
    whole: bytes | None = None


@dataclass
class Partner:
    """`application`: its code, which is its login too. `held`: reports that wait until there were
    more life cycles (`lives`) than so many. `told`: how many events of each invoice were told."""

    application: str
    supplier: Supplier
    deposited: dict = field(default_factory=dict)
    ready: dict = field(default_factory=dict)
    used: set = field(default_factory=set)
    waiting: list = field(default_factory=list)
    held: list = field(default_factory=list)
    lives: int = 0
    told: dict = field(default_factory=dict)
    received: list = field(default_factory=list)
    fetched: list = field(default_factory=list)
    sequence: int = 0


class EdiStore:
    """The partners, one for each supplier of the data set. Hold the platform's lock."""

    def __init__(self, platform):
        self._platform = platform
        suppliers = platform.directory.suppliers
        self.partners = {
            code: Partner(code, supplier)
            for code, supplier in zip(_CODES, suppliers, strict=True)
        }

    def received(self, partner, name):
        """A file is whole under its name: the exchange system takes it."""
        if name.endswith(UNFINISHED):
            return
        partner.received.append(name)
        flow, refusal = take(self._platform, partner, name, partner.deposited[name])
        if refusal:
            del partner.deposited[name]
            self._answer(partner, name, refusal)
        else:
            partner.waiting.append((name, flow))

    def catch_up(self):
        """Does what is due: reports of flows that ended, life cycles of invoices that moved."""
        self._platform.catch_up()
        now = self._platform.clock.now()
        for partner in self.partners.values():
            for held in [each for each in partner.held if each[0] < partner.lives]:
                partner.held.remove(held)
                self._report(partner, *held[1:])
            for name, flow in [each for each in partner.waiting if each[1].end]:
                partner.waiting.remove((name, flow))
                partner.deposited.pop(name, None)
                self._answer(partner, name, flow)
            self._tell_lives(partner)
            for name in [each for each, file in partner.ready.items() if file.since + KEPT < now]:
                del partner.ready[name]

    def _answer(self, partner, name, flow):
        faults = self._platform.faults
        if faults.take("edi_no_report", "edi_report"):
            return
        if faults.take("edi_life_before_report", "edi_report"):
            partner.held.append((partner.lives, name, flow))
            return
        self._report(partner, name, flow)

    def _report(self, partner, name, flow):
        interface = name[:8] if len(name) > 8 and name[8] == "_" else "CSO0000A"
        sequence = self._next(partner)
        content = report(self._platform.clock, partner.application, self._flow(interface, sequence),
                         flow)
        self.put_ready(partner, f"C{self._name(interface, partner, sequence)[1:]}.xml", content)

    def _tell_lives(self, partner):
        new = []
        for invoice in self._platform.invoices:
            if invoice.supplier is partner.supplier:
                told = partner.told.get(invoice.invoice_id, 0)
                new += [(invoice, event) for event in invoice.events[told:]]
                partner.told[invoice.invoice_id] = len(invoice.events)
        sequence = partner.sequence + 1
        content = life_cycle(self._platform.clock, partner.application,
                             self._flow(_LIFE_CYCLE, sequence), new)
        if content is None:
            return
        self._next(partner)
        name = f"{self._name(_LIFE_CYCLE, partner, sequence)}.tar.gz"
        self.put_ready(partner, name, content)
        partner.lives += 1

    def put_ready(self, partner, name, content):
        """Lays a file ready; half of it at first, if that was ordered."""
        now = self._platform.clock.now()
        if self._platform.faults.take("edi_half_file", "edi_ready"):
            partner.ready[name] = Ready(content[: len(content) // 2], now, content)
        else:
            partner.ready[name] = Ready(content, now)

    def fetched(self, partner, name):
        """A partner has read a file to its end: it is gone, unless it comes a second time."""
        partner.fetched.append(name)
        file = partner.ready.pop(name, None)
        if file and file.whole:
            partner.ready[name] = Ready(file.whole, file.since)
        elif file and self._platform.faults.take("edi_twice", "edi_ready"):
            partner.ready[name] = file

    @staticmethod
    def _next(partner):
        partner.sequence += 1
        return partner.sequence

    @staticmethod
    def _flow(interface, sequence):
        return f"{_PLATFORM}{interface[3:7]}{sequence:015d}"

    def _name(self, interface, partner, sequence):
        return f"{interface}_{partner.application}_{self._flow(interface, sequence)}"

    def to_json(self):
        return [
            {
                "application": partner.application,
                "supplier": partner.supplier.structure.siret,
                "deposited": sorted(partner.deposited),
                "received": list(partner.received),
                "ready": sorted(partner.ready),
                "fetched": list(partner.fetched),
            }
            for partner in self.partners.values()
        ]
