# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Who is known to the platform: structures, their services, suppliers and their accounts."""

import base64
import binascii
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Service:
    """`opens`, `closes`: days from the start of the simulator to its validity; None: no limit."""

    service_id: int
    code: str
    label: str
    active: bool = True
    engagement_required: bool = False
    opens: int | None = None
    closes: int | None = None


@dataclass(frozen=True)
class Structure:
    """A public recipient (`public`) or a private supplier, with what it demands.

    `duplicates`: ids of structures that are the same entity.
    """

    structure_id: int
    siret: str
    name: str
    public: bool = True
    active: bool = True
    service_required: bool = False
    engagement_required: bool = False
    service_or_engagement_required: bool = False
    payment_reported: bool = True
    works_owner_only: bool = False
    duplicates: tuple = ()
    services: tuple = ()

    def service(self, code):
        return next((item for item in self.services if item.code == code), None)


@dataclass(frozen=True)
class BankAccount:
    bank_account_id: int
    name: str
    iban: str


@dataclass(frozen=True)
class TechnicalAccount:
    login: str
    password: str

    def __repr__(self):
        return f"TechnicalAccount({self.login!r})"

    @property
    def header(self):
        """The value of the header ``cpro-account``."""
        return base64.b64encode(f"{self.login}:{self.password}".encode()).decode()


@dataclass(frozen=True)
class Supplier:
    structure: Structure
    account: TechnicalAccount
    bank_accounts: tuple


@dataclass(frozen=True)
class VatRate:
    code: str
    label: str
    rate: str


@dataclass(frozen=True)
class Currency:
    """`code`: that of ISO 4217."""

    code: str
    label: str


@dataclass(frozen=True)
class Country:
    """`code`: that of ISO 3166."""

    code: str
    label: str


@dataclass(frozen=True)
class ExemptionReason:
    """Why no VAT is due."""

    code: str
    label: str


@dataclass(frozen=True)
class AttachmentType:
    """`object_type`: what such an attachment is for."""

    type_id: int
    code: str
    label: str
    object_type: str = "FACTURE"


@dataclass(frozen=True)
class Commitment:
    """An order of a public recipient to a supplier, both by SIRET."""

    commitment_id: int
    number: str
    supplier: str
    recipient: str
    untaxed: str
    total: str
    service_code: str = ""
    contract: str = ""
    state: str = "COMMANDE"
    created: str = "2026-09-01"


class Directory:
    """Look-ups over the data set, where only services open and close."""

    def __init__(self, suppliers, recipients):
        self.suppliers = suppliers
        self._list(recipients)

    def _list(self, recipients):
        self.recipients = recipients
        self.structures = tuple(item.structure for item in self.suppliers) + recipients
        self._by_id = {item.structure_id: item for item in self.structures}
        # Two structures may share a SIRET: an active one wins
        self._by_siret = {}
        for item in sorted(self.structures, key=lambda structure: not structure.active):
            self._by_siret.setdefault(item.siret, item)

    def structure(self, structure_id):
        return self._by_id.get(structure_id)

    def by_siret(self, siret):
        return self._by_siret.get(siret)

    def recipient(self, siret):
        structure = self._by_siret.get(siret)
        return structure if structure and structure.public else None

    def set_service(self, siret, code, active):
        """Opens or closes a service of a recipient from now on. LookupError when there is none."""
        recipient = self.recipient(siret)
        service = recipient and recipient.service(code)
        if service is None:
            raise LookupError(f"no recipient {siret} with a service {code}")
        services = tuple(
            replace(item, active=active) if item is service else item
            for item in recipient.services
        )
        changed = replace(recipient, services=services)
        self._list(tuple(changed if item is recipient else item for item in self.recipients))

    def supplier_by_siret(self, siret):
        return next((s for s in self.suppliers if s.structure.siret == siret), None)

    def authenticate(self, header):
        """The supplier whose technical account the header names, or None.

        `header`: the value of ``cpro-account``, or what follows ``Basic``. It must be one line of
        base64 of the UTF-8 text ``login:password``.
        """
        try:
            login, _, password = base64.b64decode(header, validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            return None
        given = TechnicalAccount(login, password)
        return next((s for s in self.suppliers if s.account == given), None)
