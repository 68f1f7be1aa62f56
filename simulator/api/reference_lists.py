# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The operations that give a list: bank accounts, VAT rates, currencies, types of attachments,
payment means, frameworks, countries, ways and formats of deposits, reasons of exemption."""

from decimal import Decimal

from ..checks.fields import is_number
from ..world import code_lists as lists
from ..world.directory_data import (
    ATTACHMENT_TYPES,
    COUNTRIES,
    CURRENCIES,
    EXEMPTION_REASONS,
    VAT_RATES,
)
from ..world.refusals import Refusal

_FOUND = {"codeRetour": 0, "libelle": "TRA_MSG_00.000"}
_READ = {"codeRetour": 0, "libelle": "GCU_MSG_01_000"}


def coordbanc_valides(platform, supplier, body):
    if body["idStructure"] != supplier.structure.structure_id:
        raise Refusal("structure_not_ours")
    return {
        **_READ,
        "listeCoordonneeBancaire": [
            {"idCoordonneeBancaire": row.bank_account_id, "nomCoordonneeBancaire": row.name}
            for row in supplier.bank_accounts
            if "bank_accounts" not in platform.missing_rights
        ],
    }


def tauxtva(platform, supplier, body):
    return {
        **_FOUND,
        "listeTauxTva": [
            {
                "codeTauxTva": row.code,
                "libelleTauxTva": row.label,
                "valeurTauxTva": Decimal(row.rate),
            }
            for row in VAT_RATES
        ],
    }


def devises(platform, supplier, body):
    return {
        **_FOUND,
        "listeDevises": [
            {"codeDevise": row.code, "libelleDevise": row.label} for row in CURRENCIES
        ],
    }


def typespj(platform, supplier, body):
    """All types, or those of one kind of object. A number does not filter: see the switch
    attachment_object."""
    wanted = body.get("typeObjet")
    if is_number(wanted):
        if platform.switches.attachment_object == "name":
            raise Refusal("not_in_list", field="typeObjet")
        wanted = None
    return {
        **_FOUND,
        "listeTypePieceJointe": [
            {
                "idTypePieceJointe": row.type_id,
                "codeTypePieceJointe": row.code,
                "libelleTypePieceJointe": row.label,
                "typeObjet": row.object_type,
            }
            for row in ATTACHMENT_TYPES
            if wanted in (None, "", row.object_type)
        ],
    }


def modereglements(platform, supplier, body):
    return _names("listeModePaiement", "modePaiement", lists.PAYMENT_MEANS)


def modedepot(platform, supplier, body):
    return _names("listeModeDepot", "modeDepot", lists.DEPOSIT_MODES)


def formatflux(platform, supplier, body):
    return _names("listeFormatFlux", "formatFlux", lists.FLOW_FORMATS)


def cadrefacturation(platform, supplier, body):
    """Those of invoices, or all of them when asked for nothing; of other requests none is known."""
    frameworks = {None: lists.FRAMEWORKS, "FACTURE": lists.SUBMISSION_FRAMEWORKS}
    wanted = body.get("typeDemandePaiement") or None
    return _names("listeCadreFacturation", "codeCadreFacturation", frameworks.get(wanted, ()))


def _names(many, one, values):
    return {**_READ, many: [{one: value} for value in values]}


def pays(platform, supplier, body):
    return {
        **_FOUND,
        "listePays": [{"codePays": row.code, "libellePays": row.label} for row in COUNTRIES],
    }


def motifs_exonerationtva(platform, supplier, body):
    return {
        **_FOUND,
        "listeMotifsExonerationTva": [
            {"codeMotifExonerationTva": row.code, "libelleMotifExonerationTva": row.label}
            for row in EXEMPTION_REASONS
        ],
    }
