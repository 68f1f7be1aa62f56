# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Answers are tolerant: absent or null, number or text, one or many, and dates of all sorts."""

from datetime import date, datetime, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import moments, spoiled

from choruspro.errors import INCOMPLETE_ANSWER, ProtocolError
from choruspro.messages import (
    AttachmentType,
    BankAccount,
    Commitment,
    CompletionReceipt,
    Currency,
    FileReceipt,
    InvoiceDetails,
    InvoiceHistory,
    InvoicePage,
    InvoiceSummary,
    PdfReceipt,
    RecyclingReceipt,
    Service,
    ServiceDetails,
    Space,
    StatusEvent,
    StructureDetails,
    StructureSummary,
    SubmissionReceipt,
    VatRate,
    reading,
    to_paris_json,
)

ROW = {
    "identifiantFactureCPP": 8431777,
    "numeroFacture": "FA2026-00042",
    "statut": "REJETEE",
    "dateHeureEtatCourant": "2026-11-22T09:16:40.530+01:00",
    "commentaireEtatCourant": " Adresse erronée ",
    "typeFacture": "FACTURE",
    "dateFacture": "2026-11-20",
    "dateDepot": "2026-11-22",
    "montantHT": 1000,
    "montantTTC": "1200.10",
    "montantAPayer": "1200.10",
    "devise": "EUR",
    "codeFournisseur": "12345678200077",
    "codeDestinataire": "12345678200028",
    "codeServiceExecutant": "SERV",
    "numeroBonCommande": "BC-1",
    "numeroMarche": None,
    "numeroFluxDepot": None,
    "modeDepot": "DEPOT_PDF_API",
}
EVENT = {
    "histoStatutId": 3,
    "histoStatutCode": "REJETEE",
    "histoStatutDatePassage": "2026-11-22 09:16",
    "histoStatutCommentaire": "Adresse erronée",
    "histoStatutUtilisateurPrenom": "Anne",
    "histoStatutUtilisateurNom": "Martin",
    "histoStatutUtilisateurEmail": "anne@ville.example",
}
SOUND = {
    BankAccount: {"idCoordonneeBancaire": 88231, "nomCoordonneeBancaire": "Compte"},
    Currency: {"codeDevise": "CHF", "libelleDevise": "Franc suisse"},
    AttachmentType: {"codeTypePieceJointe": "RIB", "typeObjet": "FACTURE"},
    Commitment: {"numeroEngagementJuridique": "147853", "montantTotalTtc": 5000},
    ServiceDetails: {
        "informationsGenerales": {"codeService": "SERV"},
        "parametres": {"numeroEngagement": True, "dateFinValidite": "2026-12-31 23:59"},
    },
    Space: {"libelleEspace": "Factures émises", "typeHabilitation": "MODIFICATION"},
    CompletionReceipt: {"identifiantFactureCPP": 8431777, "dateTraitement": "2026-11-23"},
    RecyclingReceipt: {
        "identifiantFactureCPP": 8431777,
        "statutFacture": "DEPOSEE",
        "dateDepot": "2016-05-24 15:02",
    },
    FileReceipt: {"pieceJointeId": 35417055},
    PdfReceipt: {"pieceJointeId": 35417001, "numeroFacture": None},
    VatRate: {"codeTauxTva": "TVA2", "libelleTauxTva": "5,5 %", "valeurTauxTva": 5.5},
    InvoiceSummary: ROW,
    InvoicePage: {
        "listeFactures": [ROW],
        "parametresRetour": {"pageCourante": 1, "pages": 1, "nbResultatsParPage": 10, "total": 1},
    },
    InvoiceDetails: {
        "facture": {
            "identifiantFactureCPP": 8431777,
            "numeroFacture": "FA2026-00042",
            "statutFacture": "DEPOSEE",
            "destinataire": {"codeDestinataire": "12345678200028", "libelleDestinataire": "M"},
            "fournisseur": {"idFournisseur": 40012345},
            "cadreDeFacturation": {"codeCadreFacturation": "A1_FACTURE_FOURNISSEUR"},
            "references": {"dateFacture": "2026-11-20", "codeDeviseFacture": "EUR"},
            "montantTotal": {"montantHtTotal": 1000, "montantTtcTotal": 1200.1},
            "pieceJointePrincipale": {"idPieceJointePrincipale": 35417001},
        }
    },
    StatusEvent: EVENT,
    InvoiceHistory: {
        "idFacture": 8431777,
        "statutCourantCode": "REJETEE",
        "historiquesDesStatuts": {
            "histoStatut": [EVENT],
            "pageCouranteHistoStatut": 1,
            "pagesHistoStatut": 1,
        },
    },
    Service: {
        "idService": 1928,
        "codeService": "SERV",
        "dateDbtService": "2017-01-01 00:00",
        "estActif": True,
    },
    StructureSummary: {
        "idStructureCPP": 25784301,
        "identifiantStructure": "12345678200028",
        "statut": "ACTIVE",
    },
    StructureDetails: {
        "informationGenerales": {
            "idStructureCPP": 25784301,
            "identifiantStructure": "12345678200028",
            "structurePriveePublique": "PUBLIQUE",
            "libelleStructure": "MAIRIE",
            "dateExpirationMotPasseCompteTech": "2027-01-15",
            "listeStructureDupliquees": [{"structureDupliquee": 77}],
        },
        "parametres": {"codeServiceDoitEtreRenseigne": True, "estMoaUniquement": False},
    },
    SubmissionReceipt: {
        "identifiantFactureCPP": 8431777,
        "statutFacture": "DEPOSEE",
        "dateDepot": "2026-11-22",
    },
}
ANSWERS = list(SOUND)


@pytest.mark.parametrize("message", ANSWERS, ids=lambda message: message.__name__)
@given(data=st.data())
def test_junk_is_read_or_is_a_protocol_error(message, data):
    try:
        read = message.from_json(data.draw(spoiled(SOUND[message])))
    except ProtocolError:
        return
    for value in vars(read).values():
        assert not isinstance(value, datetime) or value.tzinfo is timezone.utc
        assert not isinstance(value, Decimal) or value.is_finite()
        assert not isinstance(value, str) or value == value.strip()


@pytest.mark.parametrize("message", ANSWERS, ids=lambda message: message.__name__)
@pytest.mark.parametrize("data", [None, [], "text", 3, True])
def test_what_is_no_object_is_a_protocol_error(message, data):
    with pytest.raises(ProtocolError):
        message.from_json(data)


@pytest.mark.parametrize(
    "message", [m for m in ANSWERS if m is not InvoicePage], ids=lambda message: message.__name__
)
def test_an_answer_without_its_identifier_is_incomplete(message):
    with pytest.raises(ProtocolError) as caught:
        message.from_json({"unknown": 1})
    assert caught.value.code == INCOMPLETE_ANSWER
    assert caught.value.label


@pytest.mark.parametrize(
    "identifier", [9007199254740993, "9007199254740993", Decimal("9007199254740993")]
)
def test_an_identifier_is_text_whatever_it_came_as(identifier):
    receipt = SubmissionReceipt.from_json({"identifiantFactureCPP": identifier})
    assert receipt.invoice_id == "9007199254740993"


def test_unknown_keys_and_unknown_codes_are_kept_out_of_the_way():
    row = InvoiceSummary.from_json(
        {"identifiantFactureCPP": 1, "statut": "NOUVEAU_STATUT_2027", "nouveau": {"a": [1]}}
    )
    assert row.status == "NOUVEAU_STATUT_2027"


def test_a_row_is_read_whole():
    row = InvoiceSummary.from_json(ROW)
    assert row == InvoiceSummary(
        invoice_id="8431777",
        number="FA2026-00042",
        status="REJETEE",
        status_date=datetime(2026, 11, 22, 8, 16, 40, 530_000, tzinfo=timezone.utc),
        status_comment="Adresse erronée",
        invoice_type="FACTURE",
        invoice_date=date(2026, 11, 20),
        deposit_date=date(2026, 11, 22),
        untaxed=Decimal(1000),
        total=Decimal("1200.10"),
        payable=Decimal("1200.10"),
        currency="EUR",
        supplier_identifier="12345678200077",
        recipient_identifier="12345678200028",
        service_code="SERV",
        engagement_number="BC-1",
        contract_number="",
        flow_number="",
        deposit_mode="DEPOT_PDF_API",
    )


NOON = datetime(2026, 7, 1, 10, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "value, expected",
    [
        ("2026-07-01 12:00", NOON),
        ("2026-07-01 12:00:00", NOON),
        ("2026-07-01T12:00:00", NOON),
        ("2026-07-01T12:00:00.000+02:00", NOON),
        ("2026-07-01T10:00:00Z", NOON),
        ("2026-07-01T15:30:00,5+0530", NOON.replace(microsecond=500_000)),
        ("2026-07-01T12:00:00.123456789+02", NOON.replace(microsecond=123_456)),
        (1782900000000, NOON),
        ("1782900000000", NOON),
        ("2026-07-01", datetime(2026, 6, 30, 22, tzinfo=timezone.utc)),
        ("2026-12-01", datetime(2026, 11, 30, 23, tzinfo=timezone.utc)),
        ("1960-05-16 00:00", datetime(1960, 5, 15, 23, tzinfo=timezone.utc)),
        (None, None),
        ("", None),
        ("hier", None),
        ("2026-02-30", None),
        ("2026-07-01 25:00", None),
        ("2026-07-01T12:00:00+99:00", None),
        (True, None),
        (10**30, None),
        ({}, None),
    ],
)
def test_moments_of_all_sorts_are_read_as_utc(value, expected):
    assert reading.moment({"d": value}, "d") == expected


@pytest.mark.parametrize(
    "value, expected",
    [
        ("2026-07-01", date(2026, 7, 1)),
        ("2026-07-01 00:00", date(2026, 7, 1)),
        ("2026-06-30T23:30:00.000Z", date(2026, 7, 1)),
        (1782900000000, date(2026, 7, 1)),
        (None, None),
        ("0000-00-00", None),
    ],
)
def test_days_are_those_of_paris(value, expected):
    assert reading.day({"d": value}, "d") == expected


@given(moment=moments)
def test_a_moment_that_is_sent_and_echoed_is_the_same_to_the_millisecond(moment):
    millisecond = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert reading.moment({"d": to_paris_json(moment)}, "d") == millisecond


@pytest.mark.parametrize(
    "value, expected",
    [(True, True), ("OUI", True), (1, True), (False, False), ("non", False), (0, False)]
    + [(None, None), ("peut-être", None), ([], None)],
)
def test_flags_are_read_in_all_spellings(value, expected):
    assert reading.flag({"f": value}, "f") is expected


def test_one_object_stands_for_a_list_of_one():
    event = {"histoStatutCode": "DEPOSEE"}
    for events in (event, [event], [event, None]):
        history = InvoiceHistory.from_json(
            {"idFacture": 1, "historiquesDesStatuts": {"histoStatut": events}}
        )
        assert [found.code for found in history.events] == ["DEPOSEE"]


def test_the_author_is_a_name_without_an_address():
    event = StatusEvent.from_json(EVENT)
    assert event.author == "Anne Martin"
    assert "example" not in repr(event)


def test_a_siret_that_came_as_a_number_gets_its_zeros_back():
    found = StructureSummary.from_json({"idStructureCPP": 1, "identifiantStructure": 57340000012})
    assert found.identifier == "00057340000012"


@pytest.mark.parametrize(
    "said, active",
    [
        ({"estActif": True}, True),
        ({"estActif": False, "statutService": "ACTIF"}, False),
        ({"statutService": "INACTIF"}, False),
        ({}, True),
    ],
)
def test_a_service_is_open_unless_something_says_no(said, active):
    assert Service.from_json({"idService": 1, **said}).active is active


def test_what_a_structure_demands_is_no_unless_told():
    found = StructureDetails.from_json({"informationGenerales": {"idStructureCPP": 5}})
    assert found.public is None
    assert not (found.service_required or found.engagement_required)
    told = StructureDetails.from_json(
        {
            **SOUND[StructureDetails],
            "parametres": {
                "codeServiceDoitEtreRenseigne": True,
                "statutMiseEnPaiementNestPasRemonte": "true",
            },
        }
    )
    assert (told.public, told.name, told.duplicates) == (True, "MAIRIE", ("77",))
    assert told.service_required and told.payment_not_reported and not told.engagement_required
    assert told.technical_password_expiry == date(2027, 1, 15)


def test_a_rate_is_exact():
    assert VatRate.from_json({"codeTauxTva": "TVA2", "valeurTauxTva": Decimal("5.5")}).rate == (
        Decimal("5.5")
    )
