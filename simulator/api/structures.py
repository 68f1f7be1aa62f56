# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The operations about structures, their services and their spaces.

A space (espace) is where users work, with a right: labels are those of the portal, codes are chosen
here, within those seen in examples.
"""

from datetime import timedelta

from ..world.refusals import Refusal
from .pages import Page, is_descending

_FOUND = {"codeRetour": 0, "libelle": "TRA_MSG_00.000"}
_ISSUED, _REQUESTS = "Factures émises", "Sollicitations émises"
_READ = {"codeRetour": 0, "libelle": "GCU_MSG_01_000"}

# The AIFE documentation: a technical password lasts 424 days. Ours was set 24 days ago.
PASSWORD_LIFE_LEFT = timedelta(days=400)
PASSWORD_LAST_DAYS = timedelta(days=7)

_STRUCTURE_SORT_KEYS = {
    "IdentifiantStructure": lambda s: s.siret,
    "DesignationStructure": lambda s: s.name,
    "Statut": lambda s: s.active,
}
_SERVICE_SORT_KEYS = {
    "CodeService": lambda s: s.code,
    "LibelleService": lambda s: s.label,
    "EstActif": lambda s: s.active,
}


def _page(platform, rows, asked, keys, default):
    rows = sorted(
        rows,
        key=keys.get(asked.get("triColonne") or default, lambda row: 0),
        reverse=is_descending(asked.get("triSens")),
    )
    return Page(
        rows,
        asked.get("pageResultatDemandee"),
        asked.get("nbResultatsParPage"),
        largest=platform.switches.largest_page,
    )


def _found(platform, page, name, rows):
    if not page.total and platform.switches.empty_search:
        raise Refusal("nothing_found")
    return {**_FOUND, name: rows, "parametresRetour": page.to_json()}


def _visible(platform, structure, supplier, restricted):
    """Every public structure; private ones only when our own, unless the caller lifts that."""
    own = structure is supplier.structure and "attachment" not in platform.missing_rights
    return structure.public or own or restricted is False


def structures_rechercher(platform, supplier, body):
    wanted = body.get("structure") or {}
    # No address, country or first name in this data set: such a criterion matches nothing
    unknown = ("adresseCodePays", "adresseCodePostal", "adresseVille", "prenomStructure")
    names = ("raisonSocialeStructure", "libelleStructure", "nomStructure")
    tests = {
        "identifiantStructure": lambda s, value: s.siret == value,
        "typeIdentifiantStructure": lambda s, value: value == "SIRET",
        "statutStructure": lambda s, value: s.active == (value == "ACTIF"),
        "typeStructure": lambda s, value: s.public == (value == "PUBLIQUE"),
        "estMOA": lambda s, value: s.works_owner_only == value,
        "estMOAUniquement": lambda s, value: s.works_owner_only == value,
        **dict.fromkeys(names, lambda s, value: value.upper() in s.name),
        **dict.fromkeys(unknown, lambda s, value: False),
    }
    restricted = body.get("restreindreStructuresPrivees")
    rows = [
        structure
        for structure in platform.directory.structures
        if _visible(platform, structure, supplier, restricted)
        and all(tests[n](structure, v) for n, v in wanted.items() if v not in (None, ""))
    ]
    page = _page(
        platform, rows, body.get("parametres") or {}, _STRUCTURE_SORT_KEYS, "IdentifiantStructure"
    )
    as_number = platform.switches.identifier_type == "number"
    return _found(
        platform,
        page,
        "listeStructures",
        [
            {
                "idStructureCPP": row.structure_id,
                "designationStructure": row.name,
                "identifiantStructure": int(row.siret) if as_number else row.siret,
                "typeIdentifiantStructure": "SIRET",
                "statut": "ACTIVE" if row.active else "INACTIVE",
            }
            for row in page.rows
        ],
    )


def _readable(platform, supplier, structure_id):
    structure = platform.directory.structure(structure_id)
    if structure is None or not _visible(platform, structure, supplier, True):
        raise Refusal("structure_unknown")
    return structure


def structures_consulter(platform, supplier, body):
    structure = _readable(platform, supplier, body["idStructureCPP"])
    general = {
        "idStructureCPP": structure.structure_id,
        "identifiantStructure": structure.siret,
        "typeIdentifiantStructure": "SIRET",
        "raisonSocialeStructure": structure.name,
        "libelleStructure": structure.name,
        "structurePriveePublique": "PUBLIQUE" if structure.public else "PRIVEE",
    }
    if structure.duplicates:
        general["listeStructureDupliquees"] = [
            {"structureDupliquee": structure_id} for structure_id in structure.duplicates
        ]
    if structure is supplier.structure and "password_date" not in platform.missing_rights:
        soon = "password_days" in platform.missing_rights
        expiry = platform.started + (PASSWORD_LAST_DAYS if soon else PASSWORD_LIFE_LEFT)
        general["dateExpirationMotPasseCompteTech"] = platform.clock.day(expiry)
    return {
        **_READ,
        "informationGenerales": general,
        "parametres": {
            "codeServiceDoitEtreRenseigne": structure.service_required,
            "numeroEJDoitEtreRenseigne": structure.engagement_required,
            "gestionNumeroEJOuCodeService": structure.service_or_engagement_required,
            "statutMiseEnPaiementNestPasRemonte": not structure.payment_reported,
            "estMoaUniquement": structure.works_owner_only,
        },
    }


def structures_rechercher_services(platform, supplier, body):
    structure = _readable(platform, supplier, body["idStructure"])
    asked = body.get("parametresRechercherServicesStructure") or {}
    page = _page(platform, structure.services, asked, _SERVICE_SORT_KEYS, "CodeService")
    return _found(
        platform,
        page,
        "listeServices",
        [
            {
                "idService": row.service_id,
                "codeService": row.code,
                "libelleService": row.label,
                "estActif": not platform.has_ended(row),
                **_validity(platform, row, "dateDbtService", "dateFinService"),
            }
            for row in page.rows
        ],
    )


def _validity(platform, service, first, last):
    """The dates of a service under these two keys; the end only when there is one."""
    start, end = (
        None if date is None else platform.clock.minute(date) for date in platform.validity(service)
    )
    end = end or (None if service.active else "2024-12-31 00:00")
    return {first: start or "2017-01-01 00:00", **({last: end} if end else {})}


def structures_consulter_service(platform, supplier, body):
    structure = _readable(platform, supplier, body["idStructure"])
    service = next((s for s in structure.services if s.service_id == body["idService"]), None)
    if service is None:
        raise Refusal("service_of_structure")
    return {
        **_FOUND,
        "informationsGenerales": {
            "codeService": service.code,
            "nomService": service.label,
            "descriptionService": service.label,
        },
        "parametres": {
            "numeroEngagement": service.engagement_required,
            "miseEnPaiement": structure.payment_reported,
            **_validity(platform, service, "dateDebutValidite", "dateFinValidite"),
        },
    }


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
