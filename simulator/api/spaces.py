# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The spaces of a structure (espaces): where its users work, and with which right.

The labels are those of the portal; the codes are chosen here, within those seen in examples.
"""

from ..world.refusals import Refusal
from .pages import Page, is_descending

_FOUND = {"codeRetour": 0, "libelle": "TRA_MSG_00.000"}
_ISSUED, _REQUESTS = "Factures émises", "Sollicitations émises"


def structures_rechercher_espaces(platform, supplier, body):
    """Those of one's own structure only."""
    wanted = body.get("structure") or {}
    own = supplier.structure
    asked = {
        "idStructure": wanted.get("idStructure") in (None, own.structure_id),
        "identifiantStructure": wanted.get("identifiantStructure") in (None, "", own.siret),
    }
    if not wanted or not all(asked.values()) or "attachment" in platform.missing_rights:
        raise Refusal("structure_not_ours")
    may_deposit = "deposit_right" not in platform.missing_rights
    rows = [
        _space(7, _ISSUED, "MODIFICATION" if may_deposit else "CONSULTATION_UNIQUEMENT"),
        _space(12, _REQUESTS, "MODIFICATION"),
    ]
    if "invoice_space" in platform.missing_rights:
        del rows[0]
    asked_page = body.get("parametresRechercherEspaces") or {}
    is_last_first = is_descending(asked_page.get("triSens"))
    page = Page(
        sorted(rows, key=lambda row: row["libelleEspace"], reverse=is_last_first),
        asked_page.get("pageResultatDemandee"),
        asked_page.get("nbResultatsParPage"),
        largest=platform.switches.largest_page,
    )
    return {**_FOUND, "listeEspace": page.rows, "parametresRetour": page.to_json()}


def _space(code, label, right):
    return {
        "idEspaceFo": 50_000 + code,
        "codeEspace": code,
        "libelleEspace": label,
        "etatCourant": "ACTIVE",
        "typeHabilitation": right,
    }
