# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The operations that give a list: bank accounts, VAT rates, currencies, types of attachments."""

from decimal import Decimal

from ..world.directory_data import ATTACHMENT_TYPES, CURRENCIES, VAT_RATES
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
    """All types, or those of one kind of object."""
    wanted = body.get("typeObjet")
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
