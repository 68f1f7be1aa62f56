# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What the older access refuses, and is refused: certificates, accounts; and no secret told."""

import logging
import ssl
from urllib.parse import quote_plus

import pytest
import requests
from cryptography.hazmat.primitives.serialization import Encoding
from urllib3 import exceptions as urllib3_errors

from choruspro import errors
from choruspro.auth import CertificateAuth, TechnicalAccount
from choruspro.certificate import ClientCertificate
from choruspro.errors import (
    CertificateError,
    ConfigurationError,
    CredentialsError,
    Delivery,
    UnavailableError,
    UnknownOutcomeError,
)
from choruspro.messages import PdfDeposit
from choruspro.operations import SUBMIT_INVOICE, VAT_RATES
from choruspro.tls import client_ssl_context
from choruspro.transport import HttpTransport

PDF = PdfDeposit(content=b"%PDF-1.7 facture", file_name="F.pdf")
# More than the buffers of a connection hold
LARGE_PDF = PdfDeposit(content=b"%PDF-1.7" + bytes(7_000_000), file_name="F.pdf")
VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]

CALLS = {
    "query": lambda client, _payable: client.vat_rates(),
    "upload": lambda client, _payable: client.deposit_pdf(PDF),
    "large upload": lambda client, _payable: client.deposit_pdf(LARGE_PDF),
    "deposit": lambda client, payable: client.submit_invoice(payable),
    "large deposit": lambda client, _payable: client._transport.send(
        SUBMIT_INVOICE, client._environment.address(SUBMIT_INVOICE), {}, b" " * 10_000_000
    ),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("variant", ["no_chain", "stranger"])
def test_a_refused_certificate_is_told_and_nothing_is_delivered(
    tls_simulator, files, connect, payable, handshakes, variant, version, call
):
    context = client_ssl_context(files.p12(variant), files.password, files.known["authority"])
    context.minimum_version = context.maximum_version = version
    with pytest.raises(CertificateError) as caught:
        CALLS[call](connect(context), payable)
    assert caught.value.code == errors.CERTIFICATE_REFUSED
    assert caught.value.delivery is Delivery.NO
    assert not caught.value.retryable
    assert caught.value.label == "unknown ca"
    assert caught.value.operation
    assert len(handshakes) == 1
    assert tls_simulator.requests() == []


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("version", VERSIONS)
def test_a_server_that_hangs_up_at_once_is_heard_out(
    tls_simulator, files, connect, payable, version, call, monkeypatch
):
    """It does not read what is still being sent to it."""
    monkeypatch.setattr("simulator.http.listener._hear_out", lambda connection: None)
    context = client_ssl_context(files.p12("stranger"), files.password, files.known["authority"])
    context.minimum_version = context.maximum_version = version
    for _attempt in range(5):
        with pytest.raises(CertificateError) as caught:
            CALLS[call](connect(context), payable)
        assert caught.value.code == errors.CERTIFICATE_REFUSED
    assert tls_simulator.requests() == []


@pytest.mark.parametrize("version", VERSIONS)
def test_the_clock_of_the_server_counts(tls_simulator, files, connect, version, monkeypatch):
    monkeypatch.setattr(ClientCertificate, "problems", lambda self, now: ())
    context = client_ssl_context(files.p12("expired"), files.password, files.known["authority"])
    context.minimum_version = context.maximum_version = version
    with pytest.raises(CertificateError) as caught:
        connect(context).vat_rates()
    assert (caught.value.code, caught.value.label) == (
        errors.CERTIFICATE_REFUSED,
        "certificate expired",
    )


def test_a_server_that_wants_a_certificate_is_understood_without_one(files, connect, tls_simulator):
    context = ssl.create_default_context(cadata=files.known["authority"])
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    with pytest.raises(CertificateError) as caught:
        connect(context).vat_rates()
    assert caught.value.code == errors.CERTIFICATE_REFUSED
    assert caught.value.label == "certificate required"


# What OpenSSL says of the ends of a connection, and whether it is about our certificate
ENDS = {
    "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert certificate required": True,
    "[SSL: SSLV3_ALERT_BAD_CERTIFICATE] sslv3 alert bad certificate (_ssl.c:2580)": True,
    "[SSL: SSLV3_ALERT_BAD_CERTIFICATE] ssl/tls alert bad certificate (_ssl.c:1000)": True,
    "[SSL: SSLV3_ALERT_UNSUPPORTED_CERTIFICATE] sslv3 alert unsupported certificate": True,
    "[SSL: SSLV3_ALERT_CERTIFICATE_REVOKED] sslv3 alert certificate revoked": True,
    "[SSL: SSLV3_ALERT_CERTIFICATE_UNKNOWN] sslv3 alert certificate unknown": True,
    "[SSL: TLSV1_ALERT_ACCESS_DENIED] tlsv1 alert access denied (_ssl.c:2580)": True,
    "[SSL: TLSV1_ALERT_INTERNAL_ERROR] tlsv1 alert internal error (_ssl.c:2580)": False,
    "[SSL: SSLV3_ALERT_BAD_RECORD_MAC] sslv3 alert bad record mac (_ssl.c:2580)": False,
    "[SSL: TLSV1_ALERT_DECRYPT_ERROR] tlsv1 alert decrypt error (_ssl.c:2580)": False,
    "EOF occurred in violation of protocol (_ssl.c:2427)": False,
}


@pytest.mark.parametrize("text", ENDS)
def test_only_an_alert_about_our_certificate_proves_that_a_deposit_was_not_delivered(
    text, monkeypatch
):
    """Of the other ends nobody knows whether they came before the invoice was created."""

    def broken(*_arguments, **_options):
        failure = urllib3_errors.SSLError(ssl.SSLError(1, text))
        raise requests.exceptions.SSLError(urllib3_errors.MaxRetryError(None, "/", failure))

    monkeypatch.setattr(requests.Session, "request", broken)
    about_ours = ENDS[text]
    with pytest.raises(CertificateError if about_ours else UnknownOutcomeError) as caught:
        HttpTransport("tests").send(SUBMIT_INVOICE, "https://gateway.invalid/", {}, b"{}")
    assert caught.value.delivery is (Delivery.NO if about_ours else Delivery.UNKNOWN)
    if not about_ours:
        with pytest.raises(UnavailableError):
            HttpTransport("tests").send(VAT_RATES, "https://gateway.invalid/", {}, b"{}")


@pytest.mark.parametrize("authorities", ["usual", "other"])
@pytest.mark.parametrize("call", ["query", "upload", "deposit"])
def test_a_server_that_we_do_not_trust_gets_nothing(
    tls_simulator, files, connect, payable, authorities, call
):
    pem = None
    if authorities == "other":
        pem = "".join(
            item.public_bytes(Encoding.PEM).decode() for item in files.parts("stranger")[2]
        )
    context = client_ssl_context(files.p12(), files.password, pem)
    with pytest.raises(ConfigurationError) as caught:
        CALLS[call](connect(context), payable)
    assert caught.value.code == errors.TLS_UNTRUSTED
    assert caught.value.delivery is Delivery.NO
    assert tls_simulator.requests() == []


@pytest.mark.parametrize("call", ["query", "upload", "deposit"])
@pytest.mark.parametrize("wrong", ["login", "password"])
def test_a_wrong_account_is_told_and_not_tried_again(
    tls_simulator, connect, context, payable, wrong, call
):
    with pytest.raises(CredentialsError) as caught:
        CALLS[call](connect(context, **{wrong: "wrong"}), payable)
    assert caught.value.code == errors.TECHNICAL_ACCOUNT
    assert caught.value.delivery is Delivery.NO
    assert [entry["status"] for entry in tls_simulator.requests()] == [401]


@pytest.mark.parametrize("variant", [None, "no_chain"])
@pytest.mark.parametrize("wrong", [{}, {"password": "wr0ng & secret/é"}])
def test_no_secret_is_logged_or_said(known, files, connect, payable, caplog, variant, wrong):
    caplog.set_level(logging.DEBUG)
    context = client_ssl_context(files.p12(variant), files.password, files.known["authority"])
    account = TechnicalAccount(known["login"], wrong.get("password", known["password"]))
    said = ""
    for call in CALLS.values():
        try:
            call(connect(context, **wrong), payable)
        except errors.ChorusProError as error:
            said += f"{error} {error!r} {vars(error)!r}"
    assert said and "HTTPS connection" in caplog.text
    shown = said + caplog.text + repr(CertificateAuth(account)) + repr(context)
    for secret in (account.password, account.header, files.password, "PRIVATE KEY"):
        assert secret not in shown
        assert quote_plus(secret) not in shown
