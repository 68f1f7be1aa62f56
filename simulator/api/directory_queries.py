# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What the API Transverses says of structures: one's own, those that can be invoiced, a company.

From typed clients and published examples. Chosen without evidence: the columns of the directory's
file, and that an unknown SIRET is refused.
"""

import base64
import csv
import io

from ..world.refusals import Refusal

_FOUND = {"codeRetour": 0, "libelle": "TRA_MSG_00.000"}
_SIREN = 9
_COLUMNS = (
    "siret",
    "raisonSociale",
    "engagementObligatoire",
    "serviceObligatoire",
    "engagementOuServiceObligatoire",
    "estMOAUniquement",
    "codeService",
    "libelleService",
)


def _own(platform, supplier):
    return [] if "attachment" in platform.missing_rights else [supplier.structure]


def structures_actives_fournisseur(platform, supplier, body):
    """Those for which the technical account may invoice: its own."""
    return {
        **_FOUND,
        "listeStructures": [
            {
                "idStructureCPP": row.structure_id,
                "designationStructure": row.name,
                "identifiant": row.siret,
            }
            for row in _own(platform, supplier)
        ],
    }


def structures_pour_utilisateur(platform, supplier, body):
    """The same for a space of the portal, whichever it is."""
    return {
        **_FOUND,
        "listeStructures": [
            {
                "idStructure": row.structure_id,
                "designationStructure": row.name,
                "identifiantStructure": row.siret,
                "typeIdentifiantStructure": "SIRET",
            }
            for row in _own(platform, supplier)
        ],
    }


def informations_siret(platform, supplier, body):
    """What INSEE knows of a structure of this data set. Qualification has no such operation."""
    structure = platform.directory.by_siret(body["siretStructure"])
    if structure is None:
        raise Refusal("structure_unknown")
    return {
        **_FOUND,
        "siren": structure.siret[:_SIREN],
        "siret": structure.siret,
        "raisonSociale": structure.name,
        "estActif": structure.active,
    }


def annuaire_destinataire(platform, supplier, body):
    """The active recipients and their open services, as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for structure in platform.directory.recipients:
        if structure.active:
            writer.writerows(_rows(platform, structure))
    content = text.getvalue().encode("utf-8-sig")
    return {**_FOUND, "fichierResultat": base64.b64encode(content).decode()}


def _rows(platform, structure):
    """One row for the structure itself, one for each of its open services."""
    demands = (
        structure.engagement_required,
        structure.service_required,
        structure.service_or_engagement_required,
        structure.works_owner_only,
    )
    start = (structure.siret, structure.name, *("OUI" if yes else "NON" for yes in demands))
    yield (*start, "", "")
    for service in structure.services:
        if platform.is_open(service):
            yield (*start, service.code, service.label)
