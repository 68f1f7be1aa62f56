# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""engagementsJuridiques/rechercher: the orders that public recipients registered."""

from decimal import Decimal

from ..world.clock import read_moment
from ..world.directory_data import COMMITMENTS
from ..world.refusals import Refusal
from .pages import Page, is_descending

_OK = {"codeRetour": 0, "libelle": "TRA_MSG_00.000"}


def _created(commitment):
    """Midnight in Paris; like the date of an invoice it does not age."""
    return read_moment(commitment.created)


# name of the filter: does a commitment match?
_FILTERS = {
    "codeEngagementJuridique": lambda c, wanted: str(c.commitment_id) == wanted,
    "numeroEngagementJuridique": lambda c, wanted: c.number == wanted,
    "numeroMarcheEngagementJuridique": lambda c, wanted: c.contract == wanted,
    "etatCourantEngagementJuridique": lambda c, wanted: c.state == wanted,
    "periodeDateNotificationEJDu": lambda c, wanted: _created(c) >= read_moment(wanted),
    "periodeDateNotificationEJAu": lambda c, wanted: _created(c) <= read_moment(wanted, True),
    "montantTTCMin": lambda c, wanted: Decimal(c.total) >= wanted,
    "montantTTCMax": lambda c, wanted: Decimal(c.total) <= wanted,
}


def engagements_rechercher(platform, supplier, body):
    """The supplier's own orders that match every filter, the newest first unless asked."""
    wanted = body.get("structureReceptriceEngagementJuridique")
    if wanted and wanted != str(supplier.structure.structure_id):
        raise Refusal("structure_not_ours")
    filters = {name: body[name] for name in _FILTERS if body.get(name) not in (None, "")}
    asked = body.get("parametresRecherche") or {}
    found = [
        commitment
        for commitment in COMMITMENTS
        if commitment.supplier == supplier.structure.siret
        and all(_FILTERS[name](commitment, value) for name, value in filters.items())
    ]
    found.sort(
        key=lambda commitment: (commitment.created, commitment.commitment_id),
        reverse=is_descending(asked.get("triSens"), default=True),
    )
    page = Page(
        found,
        asked.get("pageResultatDemandee"),
        asked.get("nbResultatsParPage"),
        largest=platform.switches.largest_page,
    )
    if not page.total and platform.switches.empty_search:
        raise Refusal("nothing_found")
    return {
        **_OK,
        "listeEngagementJuridique": [_row(platform, supplier, row) for row in page.rows],
        "parametresRetour": page.to_json(),
    }


def _row(platform, supplier, commitment):
    service = platform.directory.by_siret(commitment.recipient).service(commitment.service_code)
    row = {
        "idEngagementJuridique": commitment.commitment_id,
        "numeroEngagementJuridique": commitment.number,
        "libelleTypeEngagementJuridique": "BON_DE_COMMANDE",
        "libelleEtatCourantEJ": commitment.state,
        # Whom the order is for: the supplier
        "structureReceptrice": supplier.structure.name,
        "statutStructureReceptrice": "ACTIF",
        "codeServiceExecutant": service and service.code,
        "libelleServiceExecutant": service and service.label,
        "dateCreationEJ": f"{commitment.created}T00:00:00+02:00",
        "montantTotalHt": Decimal(commitment.untaxed),
        "montantTotalTtc": Decimal(commitment.total),
    }
    return {name: value for name, value in row.items() if value is not None}
