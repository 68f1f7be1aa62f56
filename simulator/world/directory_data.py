# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The data set of the simulated platform: suppliers, recipients, orders, reference lists.

Recipients repeat the identifiers that users of the qualification environment describe (one per
combination of requirements), completed by cases that a client must also meet. Like the real
fictitious SIRETs, they are not all valid for Luhn's algorithm. Ids exceed 32 bits, as real ones
may.
"""

from .directory import (
    AttachmentType,
    BankAccount,
    Commitment,
    Country,
    Currency,
    ExemptionReason,
    Service,
    Structure,
    Supplier,
    TechnicalAccount,
    VatRate,
)

CLIENT_ID = "5b0c7d1e-simulator-application"
CLIENT_SECRET = "f3a9-simulator-client-secret-71c2"


def _service(number, code, label, active=True):
    return Service(60_700_000_000 + number, code, label, active)


SUPPLIERS = (
    Supplier(
        structure=Structure(
            40_012_345_001,
            "12345678200077",
            "ATELIERS DU SIMULATEUR",
            False,
            services=(
                _service(911, "ATELIER_NORD", "Atelier du Nord"),
                _service(912, "ATELIER_FERME", "Atelier fermé", active=False),
            ),
        ),
        account=TechnicalAccount("TECH_1_100200300@cpro.fr", "Sim-Technique-1!"),
        bank_accounts=(
            BankAccount(88_231_000_001, "Compte principal ...0185", "FR7630001007941234567890185"),
            BankAccount(88_231_000_002, "Compte travaux ...2606", "FR1420041010050500013M02606"),
        ),
    ),
    Supplier(
        structure=Structure(
            40_012_345_002,
            "12345678200119",
            "EDITIONS DU SIMULATEUR",
            False,
            services=(
                _service(901, "AGENCE_SUD", "Agence du Sud"),
                _service(902, "AGENCE_FERMEE", "Agence fermée", active=False),
            ),
        ),
        account=TechnicalAccount("TECH_2_100200301@cpro.fr", "Sim-Technique-2!"),
        bank_accounts=(
            BankAccount(88_231_000_011, "Compte unique ...0129", "FR7610107001011234567890129"),
        ),
    ),
)

_RESERVED = "FACTURES_PUBLIQUES"

RECIPIENTS = (
    Structure(41_000_000_001, "12345678200051", "DESTINATAIRE SANS CONTRAINTE"),
    Structure(
        41_000_000_002,
        "12345678200036",
        "DESTINATAIRE ENGAGEMENT OBLIGATOIRE",
        engagement_required=True,
    ),
    Structure(
        41_000_000_003,
        "12345678200028",
        "DESTINATAIRE SERVICE OBLIGATOIRE",
        service_required=True,
        services=(
            _service(1, "SERVICE_DEST_SERV_OBL", "Service comptabilité"),
            _service(2, "SERVICE_FERME", "Service fermé", active=False),
            _service(3, _RESERVED, "Factures entre entités publiques"),
        ),
    ),
    Structure(
        41_000_000_004,
        "12345678200044",
        "DESTINATAIRE SERVICE ET ENGAGEMENT OBLIGATOIRES",
        service_required=True,
        engagement_required=True,
        services=(
            _service(11, "SERVICE_DEST_TOUT_OBL", "Direction des achats"),
            _service(12, "SERVICE_TOUT_FERME", "Ancienne direction", active=False),
        ),
    ),
    Structure(
        41_000_000_005,
        "12345678200093",
        "DESTINATAIRE SERVICE OU ENGAGEMENT OBLIGATOIRE",
        service_or_engagement_required=True,
        services=(_service(21, "SERVICE_AU_CHOIX", "Service au choix"),),
    ),
    # More services than one page of ten
    Structure(
        41_000_000_006,
        "11000201100044",
        "DESTINATAIRE ETAT",
        service_required=True,
        services=(_service(31, "SFACETAT", "Service facturier de l'Etat"),)
        + tuple(
            _service(31 + rank, f"SFACETAT_{rank:02}", f"Service facturier {rank:02}")
            for rank in range(1, 25)
        ),
    ),
    Structure(
        41_000_000_007,
        "12345678200085",
        "DESTINATAIRE SANS RETOUR DE PAIEMENT",
        payment_reported=False,
    ),
    Structure(41_000_000_008, "12345678200069", "DESTINATAIRE INACTIF", active=False),
)

# The codes are illustrative: the real ones are read from recuperer/tauxtva
VAT_RATES = (
    VatRate("TVA1", "TVA 2,1 %", "2.1"),
    VatRate("TVA2", "TVA 5,5 %", "5.5"),
    VatRate("TVA3", "TVA 10 %", "10"),
    VatRate("TVA4", "TVA 20 %", "20"),
    VatRate("TVA5", "TVA 8,5 % (DOM)", "8.5"),
    VatRate("TVA6", "TVA 0 %", "0"),
    VatRate("TVA7", "TVA 1,05 % (DOM)", "1.05"),
    VatRate("TVA8", "TVA 1,75 % (DOM)", "1.75"),
    VatRate("TVA9", "TVA 0,9 % (Corse)", "0.9"),
    VatRate("TVA10", "TVA 13 % (Corse)", "13"),
)

# Illustrative too: which currencies Chorus Pro really lists is read from recuperer/devises
CURRENCIES = (
    Currency("CAD", "Dollar canadien"),
    Currency("CHF", "Franc suisse"),
    Currency("EUR", "Euro"),
    Currency("GBP", "Livre sterling"),
    Currency("JPY", "Yen"),
    Currency("USD", "Dollar des États-Unis"),
    Currency("XPF", "Franc CFP"),
)

COUNTRIES = (
    Country("BE", "Belgique"),
    Country("CH", "Suisse"),
    Country("DE", "Allemagne"),
    Country("FR", "France"),
    Country("MC", "Monaco"),
)

# The real codes are not published: those of VATEX for France
EXEMPTION_REASONS = (
    ExemptionReason("VATEX-FR-FRANCHISE", "Franchise en base de TVA"),
    ExemptionReason("VATEX-FR-CGI261-4", "Article 261, 4 du CGI"),
    ExemptionReason("VATEX-EU-AE", "Autoliquidation"),
)

# For invoices, codes that clients saw accepted; BON_DE_COMMANDE was seen refused in qualification.
# Two more of the published example show that there are other objects.
ATTACHMENT_TYPES = (
    AttachmentType(54_101, "DIVERS", "Divers"),
    AttachmentType(54_102, "RIB", "Relevé d'identité bancaire"),
    AttachmentType(54_103, "AAR", "Accusé de réception"),
    AttachmentType(54_051, "ASF", "Attestation service fait", "MEMOIRE"),
    AttachmentType(54_072, "APC", "Appel à cotisation", "DMD_RBST"),
)

COMMITMENTS = (
    Commitment(
        75_000_000_001,
        "BC-7781",
        supplier="12345678200077",
        recipient="12345678200044",
        service_code="SERVICE_DEST_TOUT_OBL",
        untaxed="4166.67",
        total="5000.00",
        contract="MARCHE-1",
    ),
    Commitment(
        75_000_000_002,
        "EJ-990011",
        supplier="12345678200077",
        recipient="12345678200036",
        untaxed="1000.00",
        total="1200.00",
        created="2026-10-01",
    ),
    # Nobody has seen another state than COMMANDE: this one is made up
    Commitment(
        75_000_000_003,
        "EJ-CLOS",
        supplier="12345678200077",
        recipient="12345678200036",
        untaxed="100.00",
        total="120.00",
        state="CLOTURE",
    ),
    Commitment(
        75_000_000_011,
        "EJ-EDITIONS",
        supplier="12345678200119",
        recipient="12345678200044",
        service_code="SERVICE_DEST_TOUT_OBL",
        untaxed="500.00",
        total="600.00",
    ),
)
