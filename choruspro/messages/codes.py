# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Codes of the requests: English names for French values (AIFE Swagger "Factures" 1.0.0)."""

from enum import Enum


class InvoiceType(str, Enum):
    INVOICE = "FACTURE"
    CREDIT_NOTE = "AVOIR"


class BillingFramework(str, Enum):
    """Cadre de facturation: the four that a direct deposit of one invoice accepts."""

    A1 = "A1_FACTURE_FOURNISSEUR"
    A2 = "A2_FACTURE_FOURNISSEUR_DEJA_PAYEE"
    A9 = "A9_FACTURE_SOUSTRAITANT"
    A12 = "A12_FACTURE_COTRAITANT"

    @property
    def needs_validator(self):
        """A subcontractor's or co-contractor's invoice names the structure that validates it."""
        return self in (BillingFramework.A9, BillingFramework.A12)


# Documents of a works contract, which a direct deposit does not accept (AIFE Swagger of soumettre,
# pivot schema V2_02): they go to the portal as a PDF. The numbers of their frameworks.
WORKS_FRAMEWORKS = (
    "A4", "A5", "A6", "A7", "A8", "A10", "A13", "A14", "A15", "A16", "A17", "A18", "A19", "A20",
    "A22", "A23", "A24", "A25",
)


class VatRegime(str, Enum):
    ON_DEBITS = "TVA_SUR_DEBIT"
    ON_RECEIPTS = "TVA_SUR_ENCAISSEMENT"
    EXEMPT = "EXONERATION"
    NONE = "SANS_TVA"


class PaymentMeans(str, Enum):
    CHEQUE = "CHEQUE"
    DIRECT_DEBIT = "PRELEVEMENT"
    TRANSFER = "VIREMENT"
    CASH = "ESPECE"
    OTHER = "AUTRE"


class IdentifierType(str, Enum):
    """What identifies a structure; public recipients have a SIRET."""

    SIRET = "SIRET"
    EUROPEAN = "UE_HORS_FRANCE"
    FOREIGN = "HORS_UE"
    RIDET = "RIDET"
    TAHITI = "TAHITI"
    OTHER = "AUTRE"


class FlowSyntax(str, Enum):
    """What a flow is written in: those of the platform's syntaxes that this client deposits."""

    FACTURX = "IN_DP_E2_CII_FACTURX"
    CII = "IN_DP_E1_CII_16B"
    UBL = "IN_DP_E1_UBL_INVOICE"

    @property
    def extension(self):
        """That of a single file's name."""
        return ".pdf" if self is FlowSyntax.FACTURX else ".xml"
