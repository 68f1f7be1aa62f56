# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Lists, details of a service, orders, and the PDF of an invoice."""

import base64
from datetime import date
from decimal import Decimal

import pytest
from scripted_gateway import Drop, Reply

from choruspro import errors
from choruspro.messages import (
    AttachmentType,
    Commitment,
    Currency,
    MessageError,
    ServiceDetails,
    Space,
)

CURRENCIES = "/cpro/transverses/v1/recuperer/devises"
TYPES = "/cpro/transverses/v1/recuperer/typespj"
SERVICE = "/cpro/structures/v1/consulter/service"
COMMITMENTS = "/cpro/engagementsJuridiques/v1/rechercher"
DOWNLOAD = "/cpro/factures/v1/telecharger/groupe"
SPACES = "/cpro/structures/v1/rechercher/espaces"


def ok(**fields):
    return Reply(body={"codeRetour": 0, "libelle": "TRA_MSG_00.000", **fields})


def test_currencies_are_read(gateway, client):
    gateway.script(CURRENCIES, ok(listeDevises=[{"codeDevise": "CHF", "libelleDevise": "Franc"}]))
    assert client.currencies() == (Currency(code="CHF", label="Franc"),)
    assert gateway.calls(CURRENCIES)[0].json == {"codeLangue": "FR"}


def test_types_of_attachments_tell_what_they_are_for(gateway, client):
    rows = [
        {"codeTypePieceJointe": "RIB", "libelleTypePieceJointe": "RIB", "typeObjet": "FACTURE"},
        {"codeTypePieceJointe": "APS", "idTypePieceJointe": 54058},
    ]
    gateway.script(TYPES, ok(listeTypePieceJointe=rows))
    assert client.attachment_types() == (
        AttachmentType(code="RIB", label="RIB", object_type="FACTURE"),
        AttachmentType(code="APS", label="", object_type=""),
    )


def test_a_service_tells_what_it_demands(gateway, client):
    gateway.script(
        SERVICE,
        ok(
            informationsGenerales={"codeService": "SERV", "nomService": "Achats"},
            parametres={
                "numeroEngagement": True,
                "dateDebutValidite": "2017-01-03T10:55:36.367+01:00",
                "dateFinValidite": "2026-12-31 00:00",
            },
        ),
    )
    assert client.read_service("5000025350", "4066352") == ServiceDetails(
        code="SERV",
        name="Achats",
        engagement_required=True,
        payment_managed=None,
        valid_from=date(2017, 1, 3),
        valid_until=date(2026, 12, 31),
    )
    assert gateway.calls(SERVICE)[0].json == {
        "idStructure": 5000025350,
        "idService": 4066352,
        "codeLangue": "FR",
    }


ORDER = {
    "idEngagementJuridique": 4,
    "numeroEngagementJuridique": "147853",
    "libelleTypeEngagementJuridique": "BON_DE_COMMANDE",
    "libelleEtatCourantEJ": "COMMANDE",
    "codeServiceExecutant": "SERV",
    "montantTotalHt": 4166.67,
    "montantTotalTtc": 5000,
}


@pytest.mark.parametrize("key", ["dateCreationEJ", "dateNotificationEJ"])
def test_an_order_is_found_by_its_number(gateway, client, key):
    order = {**ORDER, key: "2015-07-03T00:00:00+02:00"}
    gateway.script(COMMITMENTS, ok(listeEngagementJuridique=[order]))
    assert client.search_commitments("40012345678", "147853") == (
        Commitment(
            commitment_id="4",
            number="147853",
            kind="BON_DE_COMMANDE",
            state="COMMANDE",
            service_code="SERV",
            creation_date=date(2015, 7, 3),
            untaxed=Decimal("4166.67"),
            total=Decimal(5000),
        ),
    )
    assert gateway.calls(COMMITMENTS)[0].json == {
        "structureReceptriceEngagementJuridique": "40012345678",
        "numeroEngagementJuridique": "147853",
        "etatCourantEngagementJuridique": "COMMANDE",
    }


@pytest.mark.parametrize("answer", [ok(listeEngagementJuridique=[]), ok(), ok(codeRetour=20000)])
def test_an_order_that_is_not_there_is_an_empty_result(gateway, client, answer):
    gateway.script(COMMITMENTS, answer)
    assert client.search_commitments("1", "147853") == ()


@pytest.mark.parametrize("number", ["", None, "B" * 51])
def test_orders_are_searched_by_a_number(client, number):
    with pytest.raises(MessageError):
        client.search_commitments("1", number)


def test_the_pdf_of_an_invoice_is_downloaded(gateway, client):
    content = b"%PDF-1.7 facture"
    gateway.script(DOWNLOAD, Drop(), ok(fichierResultat=base64.b64encode(content).decode()))
    assert client.download_invoice("8431777") == content
    assert gateway.calls(DOWNLOAD)[0].json == {
        "format": "PDF",
        "avecPiecesJointesComplementaires": "NON",
        "listeFacture": [{"idFacture": 8431777}],
    }


@pytest.mark.parametrize(
    "said, code",
    [
        (None, errors.INCOMPLETE_ANSWER),
        ("", errors.INCOMPLETE_ANSWER),
        (base64.b64encode(b"PK zip").decode(), errors.UNREADABLE_ANSWER),
    ],
)
def test_what_is_no_pdf_of_an_invoice_is_an_error(gateway, client, said, code):
    gateway.script(DOWNLOAD, ok(fichierResultat=said))
    with pytest.raises(errors.ProtocolError) as caught:
        client.download_invoice("8431777")
    assert caught.value.code == code


def test_an_invoice_that_is_too_large_to_download_is_refused(gateway, client):
    gateway.script(DOWNLOAD, Reply(413, b""))
    with pytest.raises(errors.RefusedError) as caught:
        client.download_invoice("8431777")
    assert caught.value.code == errors.TOO_LARGE


def test_spaces_tell_what_the_account_may_do_there(gateway, client):
    rows = [
        {
            "codeEspace": 7,
            "libelleEspace": "Factures émises",
            "etatCourant": "ACTIVE",
            "typeHabilitation": "MODIFICATION",
        },
        {"libelleEspace": "Factures reçues", "typeHabilitation": "CONSULTATION_UNIQUEMENT"},
        {"libelleEspace": "Ancien", "etatCourant": "SUPPRIME", "typeHabilitation": "AUTRE"},
    ]
    gateway.script(SPACES, ok(listeEspace=rows))
    assert client.search_spaces("40012345") == (
        Space(label="Factures émises", active=True, may_modify=True),
        Space(label="Factures reçues", active=True, may_modify=False),
        Space(label="Ancien", active=False, may_modify=None),
    )
    request = gateway.calls(SPACES)[0].json
    assert request["structure"] == {"idStructure": 40012345}


def test_no_space_is_none_whatever_the_code(gateway, client):
    nothing = Reply(body={"codeRetour": 20000, "libelle": "TRA_MSG_00.015"})
    gateway.script(SPACES, nothing, ok(listeEspace=None))
    assert client.search_spaces("1") == client.search_spaces("1") == ()
