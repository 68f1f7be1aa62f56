# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""deposer/flux and its report. Contents are not checked: how a flow ends is a switch."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from .directory import Supplier
from .files import (
    MAX_ARCHIVE_BYTES,
    MAX_FILE_BYTES,
    decode,
    extension,
)
from .refusals import Refusal

_OK = {"codeRetour": 0, "libelle": "TRA_MSG_00.000"}
_FIRST_SERIAL = 731_000
_ARCHIVES = frozenset({"zip", "gz", "tgz"})

# Interface codes that are documented; the others share the one of an early sample
_INTERFACES = {
    "IN_DP_E1_UBL_INVOICE": "1100",
    "IN_DP_E1_CII_16B": "1106",
    "IN_DP_E2_CII_FACTURX": "1117",
}
_OTHER_INTERFACE = "1110"

# (state, seconds after the deposit); the last state is the switch flow_end
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
    end: str

    def state(self, now, pace=None):
        """(state, its stored date) at the stored time `now`."""
        reached = (_WALK[0][0], self.deposited)
        for rank, (code, seconds) in enumerate(_WALK):
            delay = rank * pace if pace is not None else seconds
            date = self.deposited + timedelta(seconds=delay)
            if date <= now:
                reached = (code or self.end, date)
        return reached


class FlowStore:
    def __init__(self):
        self._by_number = {}

    def __iter__(self):
        return iter(self._by_number.values())

    def next_number(self, interface):
        """``CPP`` + partner 001 + 4 digits of the interface + 15 digits."""
        return f"CPP001{interface}{_FIRST_SERIAL + len(self._by_number) + 1:015}"

    def add(self, flow):
        self._by_number[flow.number] = flow

    def get(self, number):
        return self._by_number.get(number)


def deposer_flux(platform, supplier, body):
    """Takes any file: what is wrong inside shows later, in the report."""
    content = decode(body["fichierFlux"], "fichierFlux")
    suffix = extension(body["nomFichier"])
    if not suffix:
        raise Refusal("file_extension")
    if len(content) > (MAX_ARCHIVE_BYTES if suffix in _ARCHIVES else MAX_FILE_BYTES):
        raise Refusal("flow_too_large")
    syntax = body["syntaxeFlux"]
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
        end=platform.switches.flow_end,
    )
    platform.flows.add(flow)
    return {
        **_OK,
        "numeroFluxDepot": flow.number,
        "dateDepot": platform.clock.day(flow.deposited),
        "syntaxeFlux": syntax,
    }


def consulter_cr_detaille(platform, supplier, body):
    flow = platform.flows.get(body["numeroFluxDepot"])
    if flow is None or flow.supplier is not supplier:
        raise Refusal("flow_unknown")
    now = platform.clock.now()
    if now < flow.deposited + timedelta(seconds=platform.switches.flow_unknown_s):
        raise Refusal("flow_unknown")
    state, date = flow.state(now, platform.pace)
    answer = {
        **_OK,
        "codeInterfaceDepotFlux": flow.interface,
        "dateDepotFlux": platform.clock.moment(flow.deposited),
        "dateHeureEtatCourantFlux": platform.clock.moment(date),
        "etatCourantDepotFlux": state,
        "nomFichier": f"{flow.interface}_CPP001_{flow.number}",
        "listeErreurTechnique": [],
        "listeErreurDP": [],
    }
    if state in ("IN_REJETE", "IN_INTEGRE_PARTIEL"):
        error = {
            "identifiantFournisseur": supplier.structure.siret,
            "identifiantDestinataire": "",
            "numeroDP": "",
            "libelleErreurDP": "Fin de flux choisie par l'interrupteur flow_end du simulateur.",
        }
        as_object = platform.switches.flow_errors == "object"
        answer["listeErreurDP"] = error if as_object else [error]
    return answer
