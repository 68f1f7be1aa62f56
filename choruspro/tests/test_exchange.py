# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The record of an exchange: against a real server, and nothing secret in it."""

import base64
import io
import json
from datetime import datetime, timezone

import pytest
from scripted_gateway import CLIENT_SECRET, PASSWORD, TOKEN_PATH, Drop, Reply, Silence

from choruspro import errors, wire
from choruspro.auth import PisteAuth, PisteCredentials, TechnicalAccount
from choruspro.client import ChorusProClient
from choruspro.environment import custom
from choruspro.errors import ChorusProError, UnavailableError
from choruspro.exchange import Exchange
from choruspro.messages import FileUpload, FlowDeposit, FlowSyntax
from choruspro.operations import CURRENCIES, VAT_RATES
from choruspro.transport import HttpTransport, Timeouts

RATES = "/cpro/transverses/v1/recuperer/tauxtva"
SUBMIT = "/cpro/factures/v1/soumettre"
FLOW = "/cpro/factures/v1/deposer/flux"
FILE = "/cpro/transverses/v1/ajouter/fichier"
HISTORY = "/cpro/factures/v1/consulter/historique"
LOGIN = "TECH_1_123456@cpro.fr"


@pytest.fixture
def exchanges():
    return []


@pytest.fixture
def client(gateway, make_client, exchanges):
    return make_client(gateway.url, on_exchange=exchanges.append)


def _shown(exchanges):
    return json.dumps([vars(exchange) for exchange in exchanges], default=str, ensure_ascii=False)


def test_each_exchange_is_told_with_its_facts(gateway, client, exchanges):
    before = datetime.now(timezone.utc)
    answer = {"codeRetour": 0, "libelle": "TRA_MSG_00.000", "listeTauxTva": []}
    gateway.script(RATES, Reply(body=answer, headers={"X-CorrelationID": "Id-7f3a 0"}))
    client.vat_rates()
    token, call = exchanges
    assert (token.operation, call.operation, call.kind) == ("token", "tauxtva", "query")
    assert (call.status, call.return_code, call.error) == (200, 0, "")
    assert call.correlation_id == "Id-7f3a 0"
    assert before <= token.began <= call.began <= datetime.now(timezone.utc)
    assert call.milliseconds >= 0
    assert call.sent_bytes == len(gateway.calls(RATES)[0].body)
    assert call.received_bytes == len(json.dumps(answer))
    assert call.request == {"codeLangue": "FR"}
    assert call.answer == answer
    assert call.succeeded and not call.through_proxy


def test_no_secret_of_the_call_for_a_token_is_kept(gateway, client, exchanges):
    gateway.script(RATES, Reply(body={"codeRetour": 0, "listeTauxTva": []}))
    client.vat_rates()
    token = exchanges[0]
    assert token.request == {
        "grant_type": "client_credentials",
        "client_id": "***",
        "client_secret": "***",
        "scope": "openid",
    }
    assert token.answer == {"access_token": "***", "expires_in": 3600}
    for secret in (CLIENT_SECRET, PASSWORD, "token-number-1", "client-id-of-ours"):
        assert secret not in _shown(exchanges)


def test_an_answer_that_repeats_everything_is_kept_without_it(gateway, client, exchanges):
    header = base64.b64encode(f"{LOGIN}:{PASSWORD}".encode()).decode()
    everything = f"refus de {LOGIN} {PASSWORD} {header} token-number-1"
    body = {"codeRetour": 20001, "libelle": everything, PASSWORD: [everything]}
    gateway.script(RATES, Reply(400, body, {"X-CorrelationID": "token-number-1"}))
    with pytest.raises(ChorusProError):
        client.vat_rates()
    call = exchanges[-1]
    assert (call.status, call.return_code, call.succeeded) == (400, 20001, False)
    assert call.correlation_id == "***"
    assert call.answer["libelle"] == "refus de *** *** *** ***"
    for secret in (PASSWORD, header, "token-number-1", LOGIN):
        assert secret not in _shown(exchanges)


@pytest.mark.parametrize(
    "step, status, code",
    [
        (Drop(), None, errors.ANSWER_LOST),
        (Silence(), None, errors.ANSWER_TIMEOUT),
        (Reply(502, b"<html>502</html>"), 502, ""),
        (Reply(200, b"<html>Jane Doe</html>"), 200, ""),
    ],
)
def test_an_exchange_without_a_good_answer_is_told_too(
    gateway, client, submission, exchanges, step, status, code
):
    gateway.script(SUBMIT, step)
    with pytest.raises(ChorusProError):
        client.submit_invoice(submission)
    call = exchanges[-1]
    assert (call.operation, call.kind) == ("soumettre", "deposit")
    assert (call.status, call.error, call.answer) == (status, code, None)
    assert call.request["references"]["deviseFacture"] == "EUR"
    assert call.request["pieceJointePrincipale"][0]["pieceJointePrincipaleDesignation"] == "***"
    assert "Jane Doe" not in _shown(exchanges)


def test_a_connection_that_is_not_made_is_told(make_client, closed_port, exchanges):
    client = make_client(f"http://127.0.0.1:{closed_port}", on_exchange=exchanges.append)
    with pytest.raises(UnavailableError):
        client.vat_rates()
    (token,) = exchanges
    assert (token.operation, token.error) == ("token", errors.CONNECTION_FAILED)


def test_a_client_takes_the_options_of_its_transport(gateway, exchanges):
    gateway.script(RATES, Reply(body={"codeRetour": 0, "listeTauxTva": []}))
    auth = PisteAuth(PisteCredentials("id", CLIENT_SECRET), TechnicalAccount(LOGIN, PASSWORD))
    where = custom(
        gateway.url + TOKEN_PATH, gateway.url + "/cpro/", allow_loopback=True
    )
    options = {"timeouts": Timeouts(2, 2, 2), "proxies": {}, "on_exchange": exchanges.append}
    with ChorusProClient(where, auth, user_agent="Odoo", **options) as client:
        client.vat_rates()
    assert [exchange.operation for exchange in exchanges] == ["token", "tauxtva"]
    assert gateway.calls(RATES)[0].headers["User-Agent"] == "Odoo"


def test_files_are_kept_as_their_size(gateway, client, exchanges):
    content = b"%PDF-1.7 " + bytes(range(256)) * 1000
    gateway.script(FILE, Reply(body={"codeRetour": 0, "pieceJointeId": 88}))
    client.add_file(FileUpload(content=content, file_name="x.pdf", mime_type="application/pdf"))
    assert exchanges[-1].request == {
        "pieceJointeFichier": f"{len(content)} bytes",
        "pieceJointeNom": "***",
        "pieceJointeExtension": "pdf",
        "pieceJointeTypeMime": "application/pdf",
    }
    assert exchanges[-1].answer == {"codeRetour": 0, "pieceJointeId": 88}


@pytest.mark.parametrize("size", [1, 2, 3, 100_000, 1_000_001])
def test_a_file_too_large_for_memory_is_kept_as_its_size(gateway, client, exchanges, size):
    gateway.script(
        FLOW, Reply(body={"codeRetour": 0, "numeroFluxDepot": "CPP1", "dateDepot": "2026-11-22"})
    )
    content = b"<" * size
    client.deposit_flow(
        FlowDeposit(
            content=content, file_name='F "1", "x": "y.xml', syntax=FlowSyntax.CII
        )
    )
    call = exchanges[-1]
    assert call.sent_bytes == len(gateway.calls(FLOW)[0].body)
    assert call.request == {
        "fichierFlux": f"{size} bytes",
        "nomFichier": 'F "1", "x": "y.xml',
        "syntaxeFlux": "IN_DP_E1_CII_16B",
        "avecSignature": False,
    }


def test_what_is_no_spooled_body_is_no_object():
    for body in (b"", b"{}", b"no JSON", b'{"a": 1}', b'x, "a": "b'):
        file = io.BytesIO(body)
        assert wire.spooled(file) is None
    with wire.spool({"a": "1"}, "file", io.BytesIO(b"abc")) as file:
        assert wire.spooled(file) == {"a": "1", "file": 3}


def test_people_are_not_kept(gateway, client, exchanges):
    event = {
        "histoStatutCode": "SUSPENDUE",
        "histoStatutDatePassage": "2026-11-20 10:00",
        "histoStatutId": 4,
        "histoStatutCommentaire": "Rappeler Jeanne Martin au 01 23 45 67 89",
        "histoStatutUtilisateurNom": "MARTIN",
        "histoStatutUtilisateurPrenom": "Jeanne",
    }
    gateway.script(
        HISTORY,
        Reply(
            body={
                "codeRetour": 0,
                "libelle": "Écrire à jeanne.martin@ville.example.fr ou +33 (0)1 23 45 67 89",
                "idFacture": 5,
                "historiquesDesStatuts": {"histoStatut": [event], "totalHistoStatut": 1},
            }
        ),
    )
    client.read_history("5")
    kept = exchanges[-1].answer
    assert kept["libelle"] == "Écrire à *** ou ***"
    assert kept["historiquesDesStatuts"]["histoStatut"] == [
        {
            "histoStatutCode": "SUSPENDUE",
            "histoStatutDatePassage": "2026-11-20 10:00",
            "histoStatutId": 4,
            "histoStatutCommentaire": "***",
            "histoStatutUtilisateurNom": "***",
            "histoStatutUtilisateurPrenom": "***",
        }
    ]


def test_an_answer_counts_although_its_record_cannot_be_written(
    gateway, make_client, submission, caplog
):
    def full(_exchange):
        raise OSError("no space left")

    client = make_client(gateway.url, on_exchange=full)
    gateway.script(
        SUBMIT, Reply(body={"codeRetour": 0, "identifiantFactureCPP": 8, "numeroFacture": "F"})
    )
    assert client.submit_invoice(submission).invoice_id == "8"
    said = [line for line in caplog.messages if "could not be recorded" in line]
    assert len(said) == 2
    assert PASSWORD not in caplog.text and CLIENT_SECRET not in caplog.text


def test_a_refused_token_is_told_each_time(gateway, client, exchanges):
    refusal = Reply(400, {"error": "invalid_client", "error_description": CLIENT_SECRET})
    gateway.script(TOKEN_PATH, refusal, refusal, refusal)
    with pytest.raises(ChorusProError):
        client.vat_rates()
    assert [exchange.answer for exchange in exchanges] == [
        {"error": "invalid_client", "error_description": "***"}
    ] * 3


class Late:
    """A good answer, after a while."""

    def play(self, handler, gateway):
        gateway.over.wait(0.4)
        Reply(body={"codeRetour": 0}).play(handler, gateway)


def test_an_operation_may_have_its_own_time_to_answer(gateway):
    """The others keep theirs."""
    timeouts = Timeouts(2, 0.05, 0.05, operations={"tauxtva": 20})
    transport = HttpTransport("tests", backoff=0, timeouts=timeouts)
    gateway.script("/x", Late(), Late(), Late(), Late())
    assert transport.send(VAT_RATES, gateway.url + "/x", {}, b"{}").return_code == 0
    with pytest.raises(UnavailableError) as caught:
        transport.send(CURRENCIES, gateway.url + "/x", {}, b"{}")
    assert caught.value.code == errors.ANSWER_TIMEOUT
    assert transport.send(VAT_RATES, gateway.url + "/x", {}, b"{}").return_code == 0
    transport.close()


@pytest.mark.parametrize(
    ("operation", "kind", "status", "return_code", "answer", "is_success"),
    [
        ("tauxtva", "query", 200, 0, {}, True),
        ("tauxtva", "query", 200, None, {}, False),
        ("tauxtva", "query", 200, None, None, False),  # a web page
        ("tauxtva", "query", 200, 20001, {}, False),
        ("tauxtva", "query", 200, 20000, {}, False),
        ("structures_rechercher", "query", 200, 20000, {}, True),  # nothing found
        ("structures_rechercher", "query", 400, 20000, {}, True),
        ("structures_rechercher", "query", 500, 20000, {}, False),
        ("deposer_pdf", "upload", 200, None, {}, True),
        ("soumettre", "deposit", 503, None, None, False),
        ("soumettre", "deposit", None, None, None, False),
        ("token", "query", 200, None, {}, True),
        ("token", "query", 400, None, {}, False),
        ("knock", "query", 404, None, None, True),
        ("knock", "query", 407, None, None, False),
        ("knock", "query", 502, None, None, False),
    ],
)
def test_success_is_what_the_client_judges_it(
    operation, kind, status, return_code, answer, is_success
):
    exchange = Exchange(
        operation=operation,
        kind=kind,
        began=datetime.now(timezone.utc),
        milliseconds=1,
        sent_bytes=2,
        received_bytes=2,
        status=status,
        return_code=return_code,
        error="",
        correlation_id="",
        through_proxy=False,
        request={},
        answer=answer,
    )
    assert exchange.succeeded is is_success
