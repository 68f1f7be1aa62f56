# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What is put by EDI: the checks of the exchange system in its order, then it is a flow like those
of the API.

The codes of irreceivability are those of the AIFE's exchange system for the national invoicing
portal; those of Chorus Pro are not public.
"""

import hashlib
import re
from dataclasses import dataclass

from ..api.flows import Flow
from ..documents.flow_content import read

MAX_FLOW_BYTES = 1_000_000_000
_VIRUS = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
_NAME = re.compile(
    r"([A-Z]{3}\d{4}[A-Z])_([A-Z]{3}\d{3})_(([A-Z]{3}\d{3})[0-9A-Z]{19})\.(tar\.gz|xml)")
_SYNTAXES = {
    "FSO1100A": "IN_DP_E1_UBL_INVOICE",
    "FSO1106A": "IN_DP_E1_CII_16B",
    "FSO1116A": "IN_DP_E1_CII_16B",
    "FSO1117A": "IN_DP_E2_CII_FACTURX",
}


@dataclass
class Irreceivable:
    """A file that the exchange system did not let in; looks like a flow that was rejected."""

    number: str
    code: str
    label: str
    end: str = "IN_REJETE"

    @property
    def technical_errors(self):
        return [
            {"codeErreur": self.code, "libelleErreur": self.label, "natureErreur": self.number}
        ]

    @property
    def invoice_errors(self):
        return []


def take(platform, partner, name, content):
    """(flow, None), or (None, Irreceivable) for a file that is not let in."""
    found = _NAME.fullmatch(name)
    code, label = _fault(partner, name, found, content)
    number = found[3] if found else name
    if code:
        return None, Irreceivable(number, code, label)
    partner.used.add(number)
    syntax = _SYNTAXES[found[1]]
    members, technical_errors = read(content, name, syntax)
    flow = Flow(
        number=number,
        supplier=partner.supplier,
        syntax=syntax,
        interface=found[1],
        file_name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        deposited=platform.clock.now(),
        members=members,
        technical_errors=technical_errors,
        has_incident=False,
        partner=partner.application,
    )
    platform.flows.add(flow)
    return flow, None


def _fault(partner, name, found, content):
    """(code, sentence) of the first check that fails, or (None, "")."""
    if _VIRUS in content:
        return "IRR_ANTIVIRUS", "virus détecté"
    if not content:
        return "IRR_VIDE", "flux vide"
    if not name.endswith((".tar.gz", ".xml")):
        return "IRR_EXT_DOC", "extension non autorisée"
    if len(content) > MAX_FLOW_BYTES:
        return "IRR_TAILLE", "flux de plus de 1 Go"
    if not found:
        return "IRR_FORM", "nom d'enveloppe non conforme"
    if found[1] not in _SYNTAXES:
        return "IRR_CODE_INTER", "code interface inconnu"
    if found[2] != partner.application or found[4] != partner.application:
        return "IRR_CODE_APP", "code application d'un autre partenaire"
    if found[3] in partner.used:
        return "IRR_UNCITE", "identifiant de flux déjà utilisé"
    return None, ""
