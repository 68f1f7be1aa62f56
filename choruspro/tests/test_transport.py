# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Against a real server on this machine: what is repeated, and what a broken exchange means."""

import pytest
import requests
from scripted_gateway import Drop, Half, Reply, Silence

from choruspro import errors
from choruspro.errors import (
    ConfigurationError,
    Delivery,
    RateLimitedError,
    UnavailableError,
    UnknownOutcomeError,
)
from choruspro.messages import FileUpload, PdfDeposit
from choruspro.operations import SUBMIT_INVOICE, VAT_RATES
from choruspro.transport import CONNECT_RETRIES, QUERY_RETRIES, HttpTransport, Timeouts

SUBMIT = "/cpro/factures/v1/soumettre"
RATES = "/cpro/transverses/v1/recuperer/tauxtva"
PDF = "/cpro/factures/v1/deposer/pdf"
ADD_FILE = "/cpro/transverses/v1/ajouter/fichier"
NO_RATES = Reply(body={"codeRetour": 0, "listeTauxTva": []})
BAD_GATEWAY = Reply(502, b"<html><h1>502 Bad Gateway</h1></html>")


def _upload_pdf(client, _submission):
    client.deposit_pdf(PdfDeposit(content=b"%PDF-1.7", file_name="F.pdf"))


def _upload_file(client, _submission):
    client.add_file(FileUpload(content=b"x", file_name="x.txt", mime_type="text/plain"))


def _submit(client, submission):
    client.submit_invoice(submission)


def _query(client, _submission):
    client.vat_rates()


EVERY_KIND = [_query, _upload_pdf, _upload_file, _submit]


@pytest.mark.parametrize("call", EVERY_KIND)
def test_a_refused_connection_delivers_nothing(make_client, closed_port, submission, call):
    client = make_client(f"http://127.0.0.1:{closed_port}")
    with pytest.raises(UnavailableError) as caught:
        call(client, submission)
    assert caught.value.code == errors.CONNECTION_FAILED
    assert caught.value.delivery is Delivery.NO
    assert caught.value.retryable


def test_a_deposit_whose_connection_is_refused_delivers_nothing(closed_port):
    """The same, past the token, which another server gives."""
    transport = HttpTransport("tests", backoff=0)
    with pytest.raises(UnavailableError) as caught:
        transport.send(SUBMIT_INVOICE, f"http://127.0.0.1:{closed_port}/x", {}, b"{}")
    assert caught.value.code == errors.CONNECTION_FAILED
    assert caught.value.operation == "soumettre"
    transport.close()


def test_a_name_that_is_unknown_is_told_and_delivers_nothing():
    """The domain `invalid` is never given (RFC 6761)."""
    transport = HttpTransport("tests", backoff=0)
    with pytest.raises(UnavailableError) as caught:
        transport.send(SUBMIT_INVOICE, "https://chorus.invalid/x", {}, b"{}")
    assert caught.value.code == errors.NAME_UNRESOLVED
    assert caught.value.delivery is Delivery.NO
    transport.close()


@pytest.mark.parametrize(
    "step, code",
    [
        (Drop(), errors.ANSWER_LOST),
        (Silence(), errors.ANSWER_TIMEOUT),
        (BAD_GATEWAY, errors.SERVER_ERROR),
        (Reply(503, b"", {"Retry-After": "1"}), errors.SERVER_ERROR),
        (Reply(500, {"codeRetour": 20000, "libelle": "interne"}), errors.SERVER_ERROR),
        (Reply(408, b""), errors.SERVER_ERROR),
        (Reply(200, b"<html>maintenance</html>"), errors.UNREADABLE_ANSWER),
        (Reply(200, b'{"codeRetour": 0, "identifiant'), errors.UNREADABLE_ANSWER),
        (Reply(200, b""), errors.UNREADABLE_ANSWER),
        (Reply(200, b"[]"), errors.UNREADABLE_ANSWER),
        (Reply(204, b""), errors.UNREADABLE_ANSWER),
        (Reply(302, b"", {"Location": "/elsewhere"}), errors.REDIRECTED),
    ],
)
def test_a_deposit_without_readable_answer_is_an_unknown_outcome_and_is_sent_once(
    gateway, client, submission, step, code
):
    gateway.script(SUBMIT, step)
    with pytest.raises(UnknownOutcomeError) as caught:
        client.submit_invoice(submission)
    assert caught.value.code == code
    assert caught.value.delivery is Delivery.UNKNOWN
    assert not caught.value.retryable
    assert len(gateway.calls(SUBMIT)) == 1
    assert not gateway.calls("/elsewhere")


def test_a_half_received_answer_of_a_deposit_is_an_unknown_outcome(gateway, client, submission):
    gateway.script(SUBMIT, Half())
    with pytest.raises(UnknownOutcomeError) as caught:
        client.submit_invoice(submission)
    assert caught.value.code in (errors.ANSWER_LOST, errors.UNREADABLE_ANSWER)
    assert len(gateway.calls(SUBMIT)) == 1


@pytest.mark.parametrize("call, path", [(_upload_pdf, PDF), (_upload_file, ADD_FILE)])
@pytest.mark.parametrize(
    "step, code",
    [
        (Drop(), errors.ANSWER_LOST),
        (Silence(), errors.ANSWER_TIMEOUT),
        (BAD_GATEWAY, errors.SERVER_ERROR),
        (Reply(200, b"<html>maintenance</html>"), errors.UNREADABLE_ANSWER),
        (Reply(200, {"codeRetour": 0}), errors.INCOMPLETE_ANSWER),
    ],
)
def test_an_upload_without_answer_is_not_repeated_and_nothing_is_delivered(
    gateway, client, submission, call, path, step, code
):
    gateway.script(path, step)
    with pytest.raises(UnavailableError) as caught:
        call(client, submission)
    assert caught.value.code == code
    assert caught.value.delivery is Delivery.NO
    assert caught.value.retryable
    assert len(gateway.calls(path)) == 1


@pytest.mark.parametrize("step", [Drop(), BAD_GATEWAY, Reply(503, b""), Reply(504, b"")])
def test_a_query_is_repeated_until_it_is_answered(gateway, client, step):
    gateway.script(RATES, step, NO_RATES)
    assert client.vat_rates() == ()
    assert len(gateway.calls(RATES)) == 2


def test_a_query_gives_up_after_some_tries(gateway, client):
    gateway.script(RATES, *[BAD_GATEWAY] * (QUERY_RETRIES + 1))
    with pytest.raises(UnavailableError) as caught:
        client.vat_rates()
    assert caught.value.code == errors.SERVER_ERROR
    assert caught.value.http_status == 502
    assert caught.value.label == "502 Bad Gateway"
    assert len(gateway.calls(RATES)) == QUERY_RETRIES + 1


def test_a_silent_server_is_asked_a_query_twice(gateway, client):
    gateway.script(RATES, Silence(), Silence())
    with pytest.raises(UnavailableError) as caught:
        client.vat_rates()
    assert caught.value.code == errors.ANSWER_TIMEOUT


@pytest.mark.parametrize("call, path", [(_query, RATES), (_upload_pdf, PDF), (_submit, SUBMIT)])
def test_too_many_calls_are_reported_at_once_with_the_wait(gateway, client, submission, call, path):
    gateway.script(path, Reply(429, {"message": "quota"}, {"Retry-After": "37"}))
    with pytest.raises(RateLimitedError) as caught:
        call(client, submission)
    assert caught.value.retry_after == 37
    assert caught.value.delivery is Delivery.NO
    assert caught.value.retryable
    assert len(gateway.calls(path)) == 1


def test_timeouts_are_set_below_the_session(gateway, client, monkeypatch):
    """A pair of time-outs given to the session is an error under Odoo's guard of tests."""
    seen = []
    send = requests.Session.send

    def guarded(self, request, **options):
        seen.append(options.get("timeout"))
        return send(self, request, **options)

    monkeypatch.setattr(requests.Session, "send", guarded)
    gateway.script(RATES, NO_RATES)
    client.vat_rates()
    assert seen == [None, None]


def test_a_netrc_file_does_not_replace_our_authorization(gateway, client, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    gateway.script(RATES, NO_RATES)
    client.vat_rates()
    assert gateway.calls(RATES)[0].headers["Authorization"] == "Bearer token-number-1"


def test_this_machine_is_never_called_through_a_proxy(gateway, make_client, closed_port):
    client = make_client(gateway.url, proxies={"http": f"http://127.0.0.1:{closed_port}"})
    gateway.script(RATES, NO_RATES)
    assert client.vat_rates() == ()


@pytest.fixture
def far_away():
    """Sends a deposit to another machine through a proxy of this one; it never gets there."""

    def send(proxies):
        transport = HttpTransport("tests", proxies=proxies, backoff=0, timeouts=Timeouts(2, 2, 2))
        try:
            transport.send(SUBMIT_INVOICE, "https://chorus.invalid/cpro/", {}, b"{}")
        finally:
            transport.close()

    return send


def test_a_proxy_that_does_not_answer_delivers_nothing(far_away, closed_port):
    with pytest.raises(UnavailableError) as caught:
        far_away({"https": f"http://user:hunter22@127.0.0.1:{closed_port}"})
    assert caught.value.code == errors.CONNECTION_FAILED
    assert caught.value.delivery is Delivery.NO
    assert "hunter22" not in str(caught.value)
    # Nor does a traceback show what requests says of it.
    assert caught.value.__cause__ is None and caught.value.__suppress_context__


@pytest.mark.parametrize(
    "status, error, code",
    [
        (407, ConfigurationError, errors.PROXY_REFUSED),
        (403, ConfigurationError, errors.PROXY_REFUSED),
        (503, UnavailableError, errors.CONNECTION_FAILED),
    ],
)
def test_a_proxy_that_refuses_delivers_nothing(gateway, far_away, status, error, code):
    gateway.script("CONNECT", Reply(status, b""))
    with pytest.raises(error) as caught:
        far_away({"https": gateway.url})
    assert caught.value.code == code
    assert caught.value.delivery is Delivery.NO


def test_the_proxies_of_the_environment_serve_when_none_are_given(gateway, far_away, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", gateway.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("https_proxy", raising=False)
    gateway.script("CONNECT", Reply(407, b""))
    with pytest.raises(ConfigurationError) as caught:
        far_away(None)
    assert caught.value.code == errors.PROXY_REFUSED
    assert len(gateway.calls("CONNECT")) == 1


@pytest.mark.parametrize("proxy", ["foo://127.0.0.1:1", "http://"])
def test_an_impossible_proxy_is_a_matter_of_configuration(far_away, proxy):
    with pytest.raises(ConfigurationError) as caught:
        far_away({"https": proxy})
    assert caught.value.code == errors.INVALID_PROXY


def test_a_connection_is_kept_between_calls(gateway, client):
    gateway.script(RATES, NO_RATES, NO_RATES)
    client.vat_rates()
    client.vat_rates()
    assert gateway.connections == 1


def test_who_calls_is_said(gateway, client):
    gateway.script(RATES, NO_RATES)
    client.vat_rates()
    assert gateway.calls(RATES)[0].headers["User-Agent"] == "tests"


def test_a_deposit_tries_again_only_to_connect():
    transport = HttpTransport("tests")
    retries = transport._sessions[SUBMIT_INVOICE.kind].get_adapter("https://x/").max_retries
    assert (retries.connect, retries.read, retries.status, retries.other) == (
        CONNECT_RETRIES,
        0,
        0,
        0,
    )
    assert transport._sessions[VAT_RATES.kind].trust_env is False
    transport.close()
