# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Structures (public entities and suppliers) and their services."""

from dataclasses import dataclass
from datetime import date

from . import reading


@dataclass(frozen=True, kw_only=True)
class StructureSummary:
    """One row of a search of structures. ``structure_id`` is what other operations ask for."""

    structure_id: str
    name: str
    identifier: str
    identifier_type: str
    active: bool

    @classmethod
    def from_json(cls, data):
        data = reading.answer(data)
        return cls(
            structure_id=reading.required_identifier(data, "idStructureCPP"),
            name=reading.text(data, "designationStructure"),
            identifier=_identifier(data),
            identifier_type=reading.text(data, "typeIdentifiantStructure"),
            # Answers say ACTIVE and INACTIVE, filters ACTIF and INACTIF (AIFE Swagger).
            active=reading.text(data, "statut") in ("ACTIVE", "ACTIF"),
        )


@dataclass(frozen=True, kw_only=True)
class StructureDetails:
    """What a structure demands from those who invoice it.

    public is None when not told; technical_password_expiry is told about one's own structure only;
    duplicates are identifiers of structures that are the same entity.
    """

    structure_id: str
    name: str
    identifier: str
    public: bool | None
    service_required: bool
    engagement_required: bool
    service_or_engagement_required: bool
    payment_not_reported: bool
    works_owner_only: bool
    technical_password_expiry: date | None
    duplicates: tuple[str, ...]

    @classmethod
    def from_json(cls, data):
        data = reading.answer(data)
        general = reading.part(data, "informationGenerales")
        rules = reading.part(data, "parametres")
        nature = reading.text(general, "structurePriveePublique")
        return cls(
            structure_id=reading.required_identifier(general, "idStructureCPP"),
            name=reading.text(general, "raisonSocialeStructure")
            or reading.text(general, "libelleStructure"),
            identifier=_identifier(general),
            public={"PUBLIQUE": True, "PRIVEE": False}.get(nature),
            service_required=bool(reading.flag(rules, "codeServiceDoitEtreRenseigne")),
            engagement_required=bool(reading.flag(rules, "numeroEJDoitEtreRenseigne")),
            service_or_engagement_required=bool(
                reading.flag(rules, "gestionNumeroEJOuCodeService")
            ),
            payment_not_reported=bool(reading.flag(rules, "statutMiseEnPaiementNestPasRemonte")),
            works_owner_only=bool(reading.flag(rules, "estMoaUniquement")),
            technical_password_expiry=reading.day(general, "dateExpirationMotPasseCompteTech"),
            duplicates=tuple(
                filter(
                    None,
                    (
                        reading.text(row, "structureDupliquee")
                        for row in reading.rows(general, "listeStructureDupliquees")
                    ),
                )
            ),
        )


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service (service exécutant) of a structure: ``code`` is what an invoice gives."""

    service_id: str
    code: str
    label: str
    active: bool
    valid_from: date | None
    valid_until: date | None

    @classmethod
    def from_json(cls, data):
        data = reading.answer(data)
        active = reading.flag(data, "estActif")
        if active is None:
            active = reading.text(data, "statutService") in ("", "ACTIF", "ACTIVE")
        return cls(
            service_id=reading.required_identifier(data, "idService"),
            code=reading.text(data, "codeService"),
            label=reading.text(data, "libelleService"),
            active=active,
            valid_from=reading.day(data, "dateDbtService"),
            valid_until=reading.day(data, "dateFinService"),
        )


@dataclass(frozen=True, kw_only=True)
class ServiceDetails:
    """What a service demands, beyond its structure. Validity: days included, None without limit.

    payment_managed: whether the service tells about payments; None when not told.
    """

    code: str
    name: str
    engagement_required: bool
    payment_managed: bool | None
    valid_from: date | None
    valid_until: date | None

    @classmethod
    def from_json(cls, data):
        data = reading.answer(data)
        general = reading.part(data, "informationsGenerales")
        rules = reading.part(data, "parametres")
        return cls(
            code=reading.required_text(general, "codeService"),
            name=reading.text(general, "nomService"),
            engagement_required=bool(reading.flag(rules, "numeroEngagement")),
            payment_managed=reading.flag(rules, "miseEnPaiement"),
            valid_from=reading.day(rules, "dateDebutValidite"),
            valid_until=reading.day(rules, "dateFinValidite"),
        )


@dataclass(frozen=True, kw_only=True)
class Space:
    """Where users of a structure work in the portal, such as *Factures émises*.

    may_modify: whether the account may do more than look; None when not told.
    """

    label: str
    active: bool
    may_modify: bool | None

    @classmethod
    def from_json(cls, data):
        data = reading.answer(data)
        right = reading.text(data, "typeHabilitation")
        return cls(
            label=reading.required_text(data, "libelleEspace"),
            active=reading.text(data, "etatCourant") != "SUPPRIME",
            may_modify={"MODIFICATION": True, "CONSULTATION_UNIQUEMENT": False}.get(right),
        )


def _identifier(data):
    """The SIRET as text: an answer that gives a number has lost its leading zeros."""
    found = reading.text(data, "identifiantStructure")
    if isinstance(data.get("identifiantStructure"), int):
        return found.zfill(14)
    return found
