# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What the columns of OCA's `l10n_fr_chorus_account` (14.0 to 18.0) mean for this connector.

Source: the data models of its releases 14.0 to 18.0. It keeps a status as Chorus Pro's own code,
the id of an invoice as a number, and takes the link to its file off an invoice that a flow report
refused.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime

from .lifecycle import Phase, flow_state, invoice_status
from .messages.writing import is_identifier

# fr_chorus_required -> (service, engagement number, one of the two)
_REQUIREMENTS = {
    "none": (False, False, False),
    "service": (True, False, False),
    "engagement": (False, True, False),
    "service_or_engagement": (False, False, True),
    "service_and_engagement": (True, True, False),
}
# chorus_flow.syntax and res_company.fr_chorus_invoice_format -> our format of a file
_FORMATS = {"xml_cii": "cii", "xml_ubl": "ubl", "pdf_factur-x": "facturx"}
# Odoo's payment states of an invoice about which nobody waits for Chorus Pro any more.
PAID = ("paid", "in_payment", "reversed", "invoicing_legacy")

# What becomes of an invoice of the former connector.
KNOWN = "known"  # its id at Chorus Pro is known: taken over as it is
LOOK_UP = "look_up"  # it was sent, or may have been: looked up by its number
UNSENT = "unsent"  # for Chorus Pro, without a trace of a deposit
NOTHING = "nothing"  # it was refused, and is settled since


@dataclass(frozen=True)
class FormerInvoice:
    """An invoice as the former connector left it.

    :param identifier: text of ``chorus_identifier``, "" without
    :param status, status_date: ``chorus_status`` and since when (naive UTC datetime)
    :param claims_flow: ``chorus_flow_id`` is set; ``was_in_flow``: it is among the first invoices
        of a file; ``flow_status``: of that file, None when the file is gone
    :param payment_state: Odoo's own
    """

    identifier: str = ""
    status: str = ""
    status_date: datetime | None = None
    claims_flow: bool = False
    was_in_flow: bool = False
    flow_status: str | None = None
    payment_state: str = ""

    @property
    def given_identifier(self):
        """``identifier`` without the 0 that stands for none in a column of numbers."""
        return "" if self.identifier == "0" else self.identifier


@dataclass(frozen=True)
class Fate:
    """``kind``: one of KNOWN, LOOK_UP, UNSENT, NOTHING; ``doubts``: codes of DOUBTS."""

    kind: str
    doubts: tuple = ()


DOUBTS = (
    "identifier_invalid", "identifier_shared", "identifier_missing", "flow_missing",
    "flow_rejected", "status_missing", "status_unknown",
)


def fate(invoice: FormerInvoice, shared: Set = frozenset()) -> Fate:
    """What becomes of an invoice, and what is doubtful about it.

    :param shared: ids at Chorus Pro that more than one invoice has: they prove nothing
    """
    doubts, identifier = [], invoice.given_identifier
    if identifier and not is_identifier(identifier):
        doubts.append("identifier_invalid")
    elif identifier in shared:
        doubts.append("identifier_shared")
    elif identifier:
        return Fate(KNOWN, tuple(_status_doubts(invoice)))
    if invoice.claims_flow:
        doubts += _flow_doubts(invoice) or ([] if doubts else ["identifier_missing"])
    elif invoice.status and not doubts:
        doubts.append("identifier_missing")
    if doubts:
        return Fate(LOOK_UP, tuple(doubts))
    if invoice.payment_state in PAID:
        return Fate(NOTHING)
    if invoice.was_in_flow:
        return Fate(LOOK_UP, ("flow_rejected",))
    return Fate(UNSENT)


def _status_doubts(invoice):
    if not invoice.status:
        yield "status_missing"
    elif invoice_status(invoice.status).phase is Phase.UNKNOWN:
        yield "status_unknown"


def _flow_doubts(invoice):
    if invoice.flow_status is None:
        return ["flow_missing"]
    state = flow_state(invoice.flow_status)
    return ["flow_rejected"] if state.terminal and not state.integrated else []


def flow_outcome(status):
    """State of our flow for the status of a former one; ``deposited`` while its report is to be
    read, also for a status that nobody knows."""
    state = flow_state(status or "")
    if not state.terminal:
        return "deposited"
    if state.integrated:
        return "partial" if state.partial else "integrated"
    return "rejected" if state.name == "rejected" else "failed"


def requirements(required):
    """What a recipient requires, by ``fr_chorus_required``: (service, engagement number, one of the
    two); None for a value that nobody knows."""
    return _REQUIREMENTS.get(required or "none")


def document_format(syntax, otherwise="facturx"):
    """Our format of a file of this syntax; ``otherwise`` for one that nobody knows."""
    return _FORMATS.get(syntax, otherwise)


def is_same_place(place, is_qualification):
    """Whether invoices of the former connector are found in this place of a connection.

    :param place: ``production``, ``qualification`` or ``custom``
    :param is_qualification: ``fr_chorus_qualif``; None where it was not kept (18.0)
    """
    if place == "custom" or is_qualification is None:
        return True
    return (place == "qualification") == bool(is_qualification)
