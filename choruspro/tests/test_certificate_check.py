# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The check of a connection by certificate: wrong at each step once."""

import ssl
from datetime import datetime, timedelta, timezone

import pytest
from certificate_files import read_certificate

from choruspro import certificate as certificates
from choruspro import errors
from choruspro.connection_check import ERROR, OK, SKIPPED, WARNING, ConnectionCheck
from choruspro.tls import client_ssl_context

NOW = datetime.now(timezone.utc)
STEPS = (
    "certificate name server technical_account supplier password deposit bank_accounts".split()
)


@pytest.fixture
def check(files, known, connect):
    """{step: Verdict} with a variant of the certificate, and with it or another one shown."""

    def run(variant=None, shown=None, now=NOW, **changed):
        context = shown or client_ssl_context(files.p12(), files.password, files.known["authority"])
        certificate = read_certificate(files.p12(variant), files.password)
        steps = ConnectionCheck(
            connect(context, **changed),
            known["supplier"]["siret"],
            now=now,
            certificate=certificate,
        )
        assert list(steps.steps) == STEPS
        return {verdict.step: verdict for verdict in steps.run()}

    return run


def _told(verdicts):
    return {
        step: (verdict.verdict, verdict.code)
        for step, verdict in verdicts.items()
        if verdict.verdict not in (OK, SKIPPED)
    }


def test_a_good_connection_is_good_at_every_step(check):
    verdicts = check()
    assert list(verdicts) == STEPS
    assert {verdict.verdict for verdict in verdicts.values()} == {OK}
    assert verdicts["certificate"].params["subject"] == "Simulator's client"


def test_an_expired_certificate_is_the_first_step(check):
    verdicts = check("expired")
    assert _told(verdicts) == {"certificate": (ERROR, errors.CERTIFICATE_EXPIRED)}
    # What does not need it is still tried
    assert verdicts["name"].verdict == verdicts["server"].verdict == OK
    assert verdicts["technical_account"].verdict == SKIPPED


def test_a_certificate_that_expires_soon_is_a_warning(check, files):
    end = read_certificate(files.p12(), files.password).not_after
    verdicts = check(now=end - timedelta(days=5))
    assert verdicts["certificate"].verdict == WARNING
    assert verdicts["certificate"].code == certificates.EXPIRES_SOON
    assert verdicts["certificate"].params == {"days": 5}
    assert verdicts["supplier"].verdict == OK


def test_a_certificate_that_the_server_refuses_is_the_step_of_the_server(check, files):
    stranger = client_ssl_context(files.p12("stranger"), files.password, files.known["authority"])
    verdicts = check(shown=stranger)
    assert _told(verdicts) == {"server": (ERROR, errors.CERTIFICATE_REFUSED)}
    assert verdicts["technical_account"].verdict == SKIPPED


def test_a_server_that_nobody_vouches_for_is_said(check, files):
    usual = client_ssl_context(files.p12(), files.password)
    assert usual.verify_mode is ssl.CERT_REQUIRED
    assert _told(check(shown=usual)) == {"server": (ERROR, errors.TLS_UNTRUSTED)}


@pytest.mark.parametrize(
    "lack, told",
    [
        ("technical_account", {"technical_account": (ERROR, errors.TECHNICAL_ACCOUNT)}),
        ("attachment", {"supplier": (ERROR, "supplier_unseen")}),
        ("deposit_right", {"deposit": (ERROR, "deposit_forbidden")}),
        ("bank_accounts", {"bank_accounts": (WARNING, "bank_accounts_none")}),
        ("password_days", {"password": (WARNING, "password_soon")}),
    ],
)
def test_what_was_forgotten_is_named_by_its_step(check, tls_simulator, lack, told):
    tls_simulator.lack(**{lack: True})
    assert _told(check()) == told


def test_a_wrong_password_of_the_technical_account_is_said(check):
    assert _told(check(password="wrong")) == {
        "technical_account": (ERROR, errors.TECHNICAL_ACCOUNT)
    }
