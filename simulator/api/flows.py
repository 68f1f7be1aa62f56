# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""deposer/flux and its report, in detail (consulterCRDetaille) and as a PDF (consulterCR).

A flow is read when it is deposited, and judged when its time has come: see integration.
"""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..documents.flow_content import is_archive, read
from ..documents.report_pdf import report_pdf
from ..world.directory import Supplier
from ..world.files import (
    MAX_ARCHIVE_BYTES,
    MAX_FILE_BYTES,
    decode,
    extension,
)
from ..world.refusals import Refusal

_OK = {"codeRetour": 0, "libelle": "TRA_MSG_00.000"}
_FIRST_SERIAL = 731_000

FACTURX = "IN_DP_E2_CII_FACTURX"
_PARTNER = "CPP001"
# The ends that the report explains
_WITH_ERRORS = ("IN_REJETE", "IN_INTEGRE_PARTIEL")

# Interface codes that are documented; the others share the one of an early sample
_INTERFACES = {
    "IN_DP_E1_UBL_INVOICE": "1100",
    "IN_DP_E1_CII_16B": "1106",
    FACTURX: "1117",
}
_OTHER_INTERFACE = "1110"

# (state, seconds after the deposit); its invoices decide how the last one ends
_WALK = (
    ("IN_DEPOT_PORTAIL_EN_ATTENTE_TRAITEMENT_SE_CPP", 0),
    ("IN_RECU", 30),
    ("IN_TRAITE_SE_CPP", 60),
    ("IN_EN_COURS_TRAITEMENT_CPP", 90),
    (None, 180),
)


@dataclass
class Flow:
    number: str
    supplier: Supplier
    syntax: str
    interface: str
    file_name: str
    sha256: str
    size: int
    deposited: datetime
    members: list
    technical_errors: list
    has_incident: bool
    # Who sent it: the platform itself, when it came by the API
    partner: str = _PARTNER
    # Known at its end
    end: str | None = None
    integrated: list = field(default_factory=list)
    invoice_errors: list = field(default_factory=list)

    @property
    def received_name(self):
        """The platform's own name for the file."""
        return f"{self.interface}_{self.partner}_{self.number}"

    def _date(self, step, pace):
        delay = _WALK[step][1] if pace is None else step * pace
        return self.deposited + timedelta(seconds=delay)

    def due(self, pace=None):
        """The stored date of its end."""
        return self._date(len(_WALK) - 1, pace)

    def state(self, now, pace=None):
        """(state, its stored date) at the stored time `now`."""
        reached = (_WALK[0][0], self.deposited)
        for step, (code, _seconds) in enumerate(_WALK):
            code, date = code or self.end, self._date(step, pace)
            if code and date <= now:
                reached = (code, date)
        return reached


class FlowStore:
    """`open`: the flows that have not ended, oldest first."""

    def __init__(self):
        self._by_number = {}
        self.open = []

    def __iter__(self):
        return iter(self._by_number.values())

    def next_number(self, interface):
        """``CPP`` + partner 001 + 4 digits of the interface + 15 digits."""
        return f"{_PARTNER}{interface}{_FIRST_SERIAL + len(self._by_number) + 1:015}"

    def add(self, flow):
        self._by_number[flow.number] = flow
        self.open.append(flow)

    def close(self, flow):
        """The flow has ended: what it carried is in the invoices."""
        self.open.remove(flow)
        flow.members = []

    def get(self, number):
        return self._by_number.get(number)


def deposer_flux(platform, supplier, body):
    """Takes any file of an allowed size: what is wrong inside shows later, in the report."""
    content = decode(body["fichierFlux"], "fichierFlux")
    if not extension(body["nomFichier"]):
        raise Refusal("file_extension")
    if len(content) > (MAX_ARCHIVE_BYTES if is_archive(body["nomFichier"]) else MAX_FILE_BYTES):
        raise Refusal("flow_too_large")
    syntax = body["syntaxeFlux"]
    members, technical_errors = read(content, body["nomFichier"], syntax)
    interface = _INTERFACES.get(syntax, _OTHER_INTERFACE)
    flow = Flow(
        number=platform.flows.next_number(interface),
        supplier=supplier,
        syntax=syntax,
        interface=f"FSO{interface}A",
        file_name=body["nomFichier"],
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        deposited=platform.clock.now(),
        members=members,
        technical_errors=technical_errors,
        has_incident=bool(platform.faults.take("flow_incident", "deposer_flux")),
    )
    platform.flows.add(flow)
    return {
        **_OK,
        "numeroFluxDepot": flow.number,
        "dateDepot": platform.clock.day(flow.deposited),
        "syntaxeFlux": syntax,
    }


def consulter_cr_detaille(platform, supplier, body):
    flow = _known(platform, supplier, body)
    state, date = flow.state(platform.clock.now(), platform.pace)
    ended = state in _WITH_ERRORS
    return {
        **_OK,
        "codeInterfaceDepotFlux": flow.interface,
        "dateDepotFlux": platform.clock.moment(flow.deposited),
        "dateHeureEtatCourantFlux": platform.clock.moment(date),
        "etatCourantDepotFlux": state,
        "nomFichier": flow.received_name,
        "listeErreurTechnique": _errors(platform, flow.technical_errors if ended else []),
        "listeErreurDP": _errors(platform, flow.invoice_errors if ended else []),
    }


def consulter_cr(platform, supplier, body):
    """The report as a PDF, which is there once the flow has ended."""
    flow = _known(platform, supplier, body)
    if flow.syntax == FACTURX and platform.switches.facturx_report == "refused":
        raise Refusal("report_unavailable")
    state, date = flow.state(platform.clock.now(), platform.pace)
    answer = {
        **_OK,
        "codeAppliPartenaire": _PARTNER,
        "codeInterfaceFlux": flow.interface,
        "dateDepotFlux": platform.clock.moment(flow.deposited),
        "dateHeureEtatCourantFlux": platform.clock.moment(date),
        "designationPartenaire": supplier.structure.name,
        "etatCourantFlux": state,
        "nomFichierFlux": flow.received_name,
        "numeroFluxDepot": flow.number,
    }
    if flow.end and state == flow.end:
        content = report_pdf(_lines(platform.clock, flow, date))
        answer["fichierCR"] = base64.b64encode(content).decode()
    return answer


def _known(platform, supplier, body):
    """The flow of a report, if it is the caller's and not too new to be known."""
    flow = platform.flows.get(body["numeroFluxDepot"])
    if flow is None or flow.supplier is not supplier:
        raise Refusal("flow_unknown")
    known_from = flow.deposited + timedelta(seconds=platform.switches.flow_unknown_s)
    if platform.clock.now() < known_from:
        raise Refusal("flow_unknown")
    return flow


def _lines(clock, flow, date):
    yield f"Compte rendu du flux {flow.number}"
    yield f"Fichier : {flow.file_name} ({flow.received_name})"
    yield f"Déposé le {clock.minute(flow.deposited)}, {flow.end} le {clock.minute(date)}"
    for number in flow.integrated:
        yield f"Facture {number} : intégrée"
    for row in flow.invoice_errors:
        yield f"Facture {row['numeroDP']} : rejetée. {row['libelleErreurDP']}"
    for row in flow.technical_errors:
        yield f"{row['natureErreur']} : {row['codeErreur']} {row['libelleErreur']}"


def _errors(platform, rows):
    """One error may come without its list, as if made from XML."""
    alone = len(rows) == 1 and platform.switches.flow_errors == "object"
    return rows[0] if alone else rows
