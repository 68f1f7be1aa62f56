# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The check of a connection: wrong at each step once, and the verdict names the step."""

import socket
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from clients import connected, plain
from scripted_gateway import Reply

from choruspro import certificate as certificates
from choruspro import errors
from choruspro.connection_check import (
    CODES,
    ERROR,
    MOST_WAIT,
    OK,
    SKIPPED,
    WARNING,
    ConnectionCheck,
    Verdict,
)
from choruspro.operations import SEARCH_SPACES
from choruspro.transport import HttpTransport, Timeouts
from simulator.world.faults import API_FAULTS

NOW = datetime.now(timezone.utc)
STEPS = (
    "name server token technical_account api_transverses api_structures api_factures"
    " api_engagements supplier password deposit bank_accounts".split()
)
FROM_TOKEN = STEPS[3:]
FROM_ACCOUNT = STEPS[4:]
OWN = STEPS[8:]
KNOWN = CODES | set(errors.SENTENCES) | set(certificates.WARNINGS)


@pytest.fixture
def siret(simulator):
    return simulator.credentials()["supplier"]["siret"]


@pytest.fixture
def check(client, siret):
    """Run all steps: {step: Verdict}."""

    def run(client=client, siret=siret, now=NOW, sleep=lambda seconds: None, **options):
        verdicts = list(ConnectionCheck(client, siret, now=now, sleep=sleep, **options).run())
        assert all(verdict.code in KNOWN for verdict in verdicts)
        assert [verdict.step for verdict in verdicts] == list(
            ConnectionCheck(client, siret, now=now).steps
        )
        return {verdict.step: verdict for verdict in verdicts}

    return run


def _told(verdicts):
    """What is not fine: {step: (verdict, code)}, without the steps that were not tried."""
    return {
        step: (verdict.verdict, verdict.code)
        for step, verdict in verdicts.items()
        if verdict.verdict not in (OK, SKIPPED)
    }


def _skipped(verdicts):
    return [step for step, verdict in verdicts.items() if verdict.verdict == SKIPPED]


def test_a_good_connection_is_good_at_every_step_and_nothing_is_created(check, simulator, supplier):
    verdicts = check()
    assert list(verdicts) == STEPS
    assert {verdict.verdict for verdict in verdicts.values()} == {OK}
    assert verdicts["supplier"].params == {
        "structure_id": supplier,
        "name": simulator.credentials()["supplier"]["name"],
    }
    assert verdicts["password"].params["days"] in (399, 400)
    assert len(verdicts["bank_accounts"].params["labels"]) == 2
    assert simulator.invoices() == simulator.flows() == []
    counts = simulator.request_counts()
    # Two steps that need the same ask once; the server, which both addresses share, is knocked at
    assert counts.pop("") == 1 and counts.pop("token") == 1
    assert set(counts.values()) == {1} and len(counts) == 7


def test_a_verdict_is_given_as_soon_as_it_is_known(client, siret, simulator):
    steps = ConnectionCheck(client, siret, now=NOW).run()
    assert next(steps).step == "name"
    assert simulator.request_counts() == {}


@pytest.mark.parametrize(
    "lack, told, skipped",
    [
        ("application", {"token": (ERROR, errors.INVALID_CLIENT)}, FROM_TOKEN),
        ("technical_account", {STEPS[3]: (ERROR, errors.TECHNICAL_ACCOUNT)}, FROM_ACCOUNT),
        (
            "api_transverses",
            {"api_transverses": (ERROR, errors.API_NOT_AUTHORISED)},
            ["bank_accounts"],
        ),
        ("api_structures", {"api_structures": (ERROR, errors.API_NOT_AUTHORISED)}, OWN),
        ("api_factures", {"api_factures": (ERROR, errors.API_NOT_AUTHORISED)}, []),
        ("api_engagements", {"api_engagements": (WARNING, "commitments_unchecked")}, []),
        ("attachment", {"supplier": (ERROR, "supplier_unseen")}, OWN[1:]),
        ("invoice_space", {"deposit": (WARNING, "deposit_no_space")}, []),
        ("deposit_right", {"deposit": (ERROR, "deposit_forbidden")}, []),
        ("bank_accounts", {"bank_accounts": (WARNING, "bank_accounts_none")}, []),
        ("password_date", {}, []),
        ("password_days", {"password": (WARNING, "password_soon")}, []),
    ],
)
def test_what_was_forgotten_is_named_by_its_step(check, simulator, lack, told, skipped):
    simulator.lack(**{lack: True})
    verdicts = check()
    assert _told(verdicts) == told
    assert _skipped(verdicts) == skipped


def test_an_application_without_any_subscription_is_told_each_of_them(check, simulator):
    apis = ("api_factures", "api_structures", "api_transverses", "api_engagements")
    simulator.lack(**dict.fromkeys(apis, True))
    verdicts = check()
    told = _told(verdicts)
    assert told.pop("technical_account") == (WARNING, "account_untried")
    assert told.pop("api_engagements") == (WARNING, "commitments_unchecked")
    assert told == dict.fromkeys(apis[:3], (ERROR, errors.API_NOT_AUTHORISED))
    assert _skipped(verdicts) == OWN


@pytest.mark.parametrize(
    "changed, step, code",
    [
        ({"client_secret": "wrong"}, "token", errors.INVALID_CLIENT),
        ({"client_id": "wrong"}, "token", errors.INVALID_CLIENT),
        ({"password": "wrong"}, "technical_account", errors.TECHNICAL_ACCOUNT),
        ({"login": "TECH_1_1@cpro.fr"}, "technical_account", errors.TECHNICAL_ACCOUNT),
    ],
)
def test_wrong_credentials_are_named_by_their_step(check, connect, changed, step, code):
    verdicts = check(connect(**changed))
    assert _told(verdicts) == {step: (ERROR, code)}
    assert not any("wrong" in str(verdict) for verdict in verdicts.values())


@pytest.mark.parametrize(
    "siret, code, count",
    [("12345678200119", "supplier_unseen", 0), ("99999999900016", "supplier_unseen", 0)],
)
def test_the_siret_of_somebody_else_is_not_ours(check, siret, code, count):
    verdict = check(siret=siret)["supplier"]
    assert (verdict.verdict, verdict.code) == (ERROR, code)
    assert verdict.params == {"siret": siret, "count": count}


def test_two_structures_of_one_siret_are_said(check, gateway, make_client):
    refused = Reply(body={"codeRetour": 20001, "libelle": "refus"})
    rows = [{"idStructureCPP": number, "statut": "ACTIVE"} for number in (1, 2)]
    found = Reply(body={"codeRetour": 0, "listeStructures": rows})
    gateway.script("/cpro/transverses/v1/recuperer/tauxtva", refused)
    gateway.script("/cpro/structures/v1/rechercher", found)
    gateway.script("/cpro/factures/v1/rechercher/fournisseur", refused)
    gateway.script("/cpro/engagementsJuridiques/v1/rechercher", refused)
    verdicts = check(make_client(gateway.url))
    assert _told(verdicts) == {"supplier": (ERROR, "supplier_ambiguous")}
    assert verdicts["supplier"].params["count"] == 2
    # A refusal of Chorus Pro itself proves that the gateway let the call through
    assert verdicts["api_factures"].code == verdicts["api_transverses"].code == "api_subscribed"


def test_a_closed_structure_is_said(check):
    verdict = check(siret="12345678200069")["supplier"]
    assert (verdict.verdict, verdict.code) == (ERROR, "supplier_inactive")


@pytest.mark.parametrize(
    "later, verdict",
    [
        (300, (OK, "password_valid")),
        (380, (WARNING, "password_soon")),
        (401, (WARNING, "password_past")),
    ],
)
def test_the_technical_password_is_judged_by_its_date_and_never_stops(check, later, verdict):
    verdicts = check(now=NOW + timedelta(days=later))
    found = verdicts["password"]
    assert (found.verdict, found.code) == verdict
    assert found.params["days"] in (399 - later, 400 - later)
    assert verdicts["deposit"].verdict == verdicts["bank_accounts"].verdict == OK


# The platform in trouble: fault, the operation that has it, times, what is told. Some are over
# before anyone notices: the client asks again.
TROUBLES = [
    ("unauthorized_once", "tauxtva", 1, {}),
    ("spurious_invalid_client", "token", 2, {}),
    ("connection_refused_like", "tauxtva", 1, {}),
    ("bad_gateway", "structures_consulter", 1, {}),
    ("maintenance_page", "tauxtva", 1, {}),
    ("rate_limited", "tauxtva", 1, {}),
    ("rate_limited", "coordbanc_valides", 1, {}),
    ("bad_gateway", "structures_consulter", 9, {"password": (ERROR, errors.SERVER_ERROR)}),
    ("spurious_invalid_client", "token", 9, {"token": (ERROR, errors.INVALID_CLIENT)}),
    ("lost_answer", "tauxtva", 9, {"technical_account": (ERROR, errors.ANSWER_LOST)}),
    ("bad_gateway_after", "tauxtva", 9, {"technical_account": (ERROR, errors.SERVER_ERROR)}),
    ("maintenance_page", "structures_consulter", 9, {"password": (ERROR, "unreadable_answer")}),
    ("truncated_json", "structures_consulter", 9, {"password": (ERROR, "unreadable_answer")}),
    ("half_answer", "structures_consulter", 9, {"password": (ERROR, "incomplete_answer")}),
    ("half_answer", "coordbanc_valides", 9, {"bank_accounts": (ERROR, "incomplete_answer")}),
    ("bad_gateway", "structures_rechercher_espaces", 9, {"deposit": (ERROR, "server_error")}),
    ("slow", "tauxtva", 1, {}),
    ("odd_text", "tauxtva", 1, {}),
]


@pytest.mark.parametrize("fault, operation, times, told", TROUBLES)
def test_a_platform_in_trouble_is_said_and_nothing_more_is_asked(
    check, simulator, fault, operation, times, told
):
    options = {"seconds": 0.05} if fault == "slow" else {}
    simulator.fault(fault, operation, times, **options)
    verdicts = check()
    assert _told(verdicts) == told
    for step, (_verdict, code) in told.items():
        if code in (errors.SERVER_ERROR, errors.ANSWER_LOST):
            assert _skipped(verdicts) == STEPS[STEPS.index(step) + 1 :]


# These faults are about invoices, of which a check has none
ABOUT_INVOICES = {
    "duplicate_deposit",
    "attachment_gone",
    "flow_incident",
    "unknown_status",
    "status_going_back",
    "missing_page",
}


def test_each_fault_of_the_api_was_met_once():
    assert {row[0] for row in TROUBLES} == API_FAULTS.keys() - ABOUT_INVOICES


def test_a_short_wait_that_the_platform_asks_for_is_waited_for_once(check, simulator):
    waits = []
    simulator.fault("rate_limited", "tauxtva", 2, retry_after=2)
    verdicts = check(sleep=waits.append)
    assert waits == [2.0]
    assert _told(verdicts) == {}
    assert _skipped(verdicts) == FROM_TOKEN
    assert {verdicts[step].code for step in FROM_TOKEN} == {errors.RATE_LIMITED}
    assert simulator.request_counts()["tauxtva"] == 2


@pytest.mark.parametrize("seconds", [MOST_WAIT + 1, 42, 86_400])
def test_a_long_wait_is_told_and_is_no_error_of_any_step(check, simulator, seconds):
    waits = []
    simulator.fault("rate_limited", "coordbanc_valides", retry_after=seconds)
    verdicts = check(sleep=waits.append)
    assert waits == []
    assert verdicts["bank_accounts"] == Verdict(
        "bank_accounts", SKIPPED, errors.RATE_LIMITED, {"seconds": float(seconds)}
    )
    assert _skipped(verdicts) == ["bank_accounts"]


def test_a_wait_is_not_remembered_as_the_answer_to_the_question(check, simulator):
    simulator.fault("rate_limited", "structures_rechercher", 1, retry_after=1)
    waits = []
    assert {verdict.verdict for verdict in check(sleep=waits.append).values()} == {OK}
    assert waits == [1.0]


class ClosedGate:
    """Our own limit of calls is reached when the first question is asked."""

    def enter(self, operation):
        if operation.key == "tauxtva":
            raise errors.RateLimitedError(errors.PACE_REACHED, retry_after=60)

    def limited(self, retry_after):
        raise AssertionError("the platform limited nothing")


def test_our_own_limit_is_no_error_of_any_step(check, simulator):
    transport = HttpTransport("tests", backoff=0, gate=ClosedGate())
    client = connected(simulator.credentials(), transport)
    verdicts = check(client)
    client.close()
    assert _told(verdicts) == {}
    assert _skipped(verdicts) == FROM_TOKEN
    assert {verdicts[step].code for step in FROM_TOKEN} == {errors.PACE_REACHED}


def test_no_call_without_credentials_reaches_what_wants_them(check, simulator):
    check()
    paths = [(row["method"], row["path"]) for row in simulator.requests() if not row["operation"]]
    assert paths == [("HEAD", "/")]


def test_an_operation_that_is_gone_leaves_the_right_to_deposit_untold(
    check, client, siret, monkeypatch
):
    """The gateway answers 403 to what it does not know, as to what is not subscribed to."""
    gone = replace(SEARCH_SPACES, path="structures/v1/rechercher/espaces/ancien")
    monkeypatch.setattr("choruspro.operations.SEARCH_SPACES", gone)
    verdicts = check()
    assert _told(verdicts) == {"deposit": (WARNING, "deposit_untold")}
    assert verdicts["bank_accounts"].verdict == OK


def test_a_name_that_nobody_knows_is_the_first_step(check, simulator):
    def unknown(host, port):
        raise socket.gaierror(-2, "Name or service not known")

    verdicts = check(resolve=unknown)
    assert verdicts["name"] == Verdict("name", ERROR, "name_unknown", {"host": "127.0.0.1"})
    assert _skipped(verdicts) == STEPS[1:]
    assert simulator.request_counts() == {}


def test_a_server_that_is_not_there_is_the_second_step(check, simulator, closed_port):
    url = f"http://127.0.0.1:{closed_port}"
    known = {**simulator.credentials(), "api_url": url + "/cpro/"}
    client = connected(known, plain(2))
    verdicts = check(client)
    client.close()
    assert _told(verdicts) == {"server": (ERROR, errors.CONNECTION_FAILED)}
    assert _skipped(verdicts) == STEPS[2:]
    assert simulator.request_counts() == {"": 1}  # a knock: nobody said who calls


def test_a_server_that_nobody_vouches_for_is_the_second_step(check, tls_server, simulator):
    known = {
        **simulator.credentials(),
        "token_url": tls_server.tls_url + "/api/oauth/token",
        "api_url": tls_server.tls_url + "/cpro/",
    }
    client = connected(known, plain(2))
    verdicts = check(client)
    client.close()
    assert _told(verdicts) == {"server": (ERROR, errors.TLS_UNTRUSTED)}


@pytest.mark.parametrize("status, code", [(407, "proxy_refused"), (403, "proxy_refused")])
def test_a_proxy_that_refuses_is_the_second_step(check, simulator, gateway, status, code):
    gateway.script("CONNECT", Reply(status, b"<html>no</html>"))
    known = {
        **simulator.credentials(),
        "token_url": "https://oauth.chorus.invalid/token",
        "api_url": "https://api.chorus.invalid/cpro/",
    }
    transport = HttpTransport(
        "tests", proxies={"https": gateway.url}, backoff=0, timeouts=Timeouts(2, 2, 2)
    )
    client = connected(known, transport)
    verdicts = check(client, resolve=None)  # the proxy looks names up: nobody else does
    client.close()
    assert verdicts["name"].code == "name_by_proxy"
    assert _told(verdicts) == {"server": (ERROR, code)}
