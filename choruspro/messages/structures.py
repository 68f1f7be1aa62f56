# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Structures (public entities and suppliers), what they registered at Chorus Pro, and the codes of
its reference data."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from . import reading
from .reading import Answer, coded, given


def _siret(data, key):
    """The SIRET as text: an answer that gives a number has lost its leading zeros."""
    found = reading.text(data, key)
    return found.zfill(14) if isinstance(data.get(key), int) else found


def _is_active(data, key):
    """Answers say ACTIVE and INACTIVE, filters ACTIF and INACTIF (AIFE Swagger)."""
    return reading.text(data, key) in ("ACTIVE", "ACTIF")


@dataclass(frozen=True, kw_only=True)
class StructureSummary(Answer):
    """One row of a search of structures. ``structure_id`` is what other operations require."""

    structure_id: str = given(reading.required_identifier, "idStructureCPP")
    name: str = given(reading.text, "designationStructure")
    identifier: str = given(_siret, "identifiantStructure")
    identifier_type: str = given(reading.text, "typeIdentifiantStructure")
    active: bool = given(_is_active, "statut")


def _duplicates(data, key):
    rows = reading.rows(data, key)
    return tuple(filter(None, (reading.text(row, "structureDupliquee") for row in rows)))


@dataclass(frozen=True, kw_only=True)
class StructureDetails(Answer):
    """What a structure requires from those who invoice it."""

    structure_id: str = given(reading.required_identifier, "informationGenerales.idStructureCPP")
    name: str = given(
        reading.text,
        "informationGenerales.raisonSocialeStructure", "informationGenerales.libelleStructure",
    )
    identifier: str = given(_siret, "informationGenerales.identifiantStructure")
    public: bool | None = given(
        coded(PUBLIQUE=True, PRIVEE=False), "informationGenerales.structurePriveePublique"
    )
    service_required: bool = given(reading.yes, "parametres.codeServiceDoitEtreRenseigne")
    engagement_required: bool = given(reading.yes, "parametres.numeroEJDoitEtreRenseigne")
    service_or_engagement_required: bool = given(
        reading.yes, "parametres.gestionNumeroEJOuCodeService"
    )
    payment_not_reported: bool = given(reading.yes, "parametres.statutMiseEnPaiementNestPasRemonte")
    works_owner_only: bool = given(reading.yes, "parametres.estMoaUniquement")
    technical_password_expiry: date | None = given(  # of our own structure only
        reading.day, "informationGenerales.dateExpirationMotPasseCompteTech"
    )
    duplicates: tuple[str, ...] = given(  # identifiers of structures that are the same entity
        _duplicates, "informationGenerales.listeStructureDupliquees"
    )


def _is_open(data, _key):
    active = reading.flag(data, "estActif")
    if active is None:
        return reading.text(data, "statutService") in ("", "ACTIF", "ACTIVE")
    return active


@dataclass(frozen=True, kw_only=True)
class Service(Answer):
    """A service (service exécutant) of a structure: ``code`` is what an invoice gives."""

    service_id: str = given(reading.required_identifier, "idService")
    code: str = given(reading.text, "codeService")
    label: str = given(reading.text, "libelleService")
    active: bool = given(_is_open, "estActif")
    valid_from: date | None = given(reading.day, "dateDbtService")
    valid_until: date | None = given(reading.day, "dateFinService")


@dataclass(frozen=True, kw_only=True)
class ServiceDetails(Answer):
    """What a service requires beyond its structure, and its first and last valid day, if any."""

    code: str = given(reading.required_text, "informationsGenerales.codeService")
    name: str = given(reading.text, "informationsGenerales.nomService")
    engagement_required: bool = given(reading.yes, "parametres.numeroEngagement")
    payment_managed: bool | None = given(reading.flag, "parametres.miseEnPaiement")
    valid_from: date | None = given(reading.day, "parametres.dateDebutValidite")
    valid_until: date | None = given(reading.day, "parametres.dateFinValidite")


def _exists(data, key):
    return reading.text(data, key) != "SUPPRIME"


@dataclass(frozen=True, kw_only=True)
class Space(Answer):
    """Where users of a structure work in the portal, such as *Factures émises*."""

    label: str = given(reading.required_text, "libelleEspace")
    active: bool = given(_exists, "etatCourant")
    may_modify: bool | None = given(  # whether the account may do more than look
        coded(MODIFICATION=True, CONSULTATION_UNIQUEMENT=False), "typeHabilitation"
    )


@dataclass(frozen=True, kw_only=True)
class Commitment(Answer):
    """An order that a public body registered (engagement juridique): ``number`` is the engagement
    number of its invoices, the amounts are what was ordered."""

    commitment_id: str = given(reading.identifier, "idEngagementJuridique")
    number: str = given(reading.required_text, "numeroEngagementJuridique")
    kind: str = given(reading.text, "libelleTypeEngagementJuridique")
    # COMMANDE for one that can be invoiced (observed by clients)
    state: str = given(reading.text, "libelleEtatCourantEJ")
    service_code: str = given(reading.text, "codeServiceExecutant")
    # The two published examples name it differently
    creation_date: date | None = given(reading.day, "dateCreationEJ", "dateNotificationEJ")
    untaxed: Decimal | None = given(reading.amount, "montantTotalHt")
    total: Decimal | None = given(reading.amount, "montantTotalTtc")


@dataclass(frozen=True, kw_only=True)
class BankAccount(Answer):
    """A bank account that the structure registered; the label is free text."""

    bank_account_id: str = given(reading.required_identifier, "idCoordonneeBancaire")
    label: str = given(reading.text, "nomCoordonneeBancaire")


@dataclass(frozen=True, kw_only=True)
class VatRate(Answer):
    """A rate of VAT in percent, exact, with the code that an invoice gives for it."""

    code: str = given(reading.required_text, "codeTauxTva")
    label: str = given(reading.text, "libelleTauxTva")
    rate: Decimal | None = given(reading.amount, "valeurTauxTva")


@dataclass(frozen=True, kw_only=True)
class Currency(Answer):
    """A currency in which invoices are taken: ``code`` of ISO 4217, ``label`` in French."""

    code: str = given(reading.required_text, "codeDevise")
    label: str = given(reading.text, "libelleDevise")


@dataclass(frozen=True, kw_only=True)
class AttachmentType(Answer):
    """What an attachment may be: ``code`` (DIVERS, RIB…) is what an invoice gives for it."""

    code: str = given(reading.required_text, "codeTypePieceJointe")
    label: str = given(reading.text, "libelleTypePieceJointe")
    object_type: str = given(reading.text, "typeObjet")  # raw code: FACTURE for an invoice
