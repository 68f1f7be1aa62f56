# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What a certificate file says, what is wrong with it, and that its key stays out of sight."""

import os
import ssl
import stat
import tempfile
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

import pytest
from certificate_files import read_certificate
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    PrivateFormat,
    load_pem_private_key,
)

from choruspro import errors, tls
from choruspro.errors import CertificateError, ConfigurationError, Delivery
from choruspro.tls import client_ssl_context

NOW = datetime.now(timezone.utc)
SECOND = timedelta(seconds=1)
READERS = [read_certificate, client_ssl_context]


@pytest.fixture
def loaded(monkeypatch):
    """What was given to OpenSSL: (path, content of the file, password)."""
    seen = []
    load = ssl.SSLContext.load_cert_chain

    def watched(self, certfile, keyfile=None, password=None):
        seen.append((certfile, Path(certfile).read_bytes(), password))
        return load(self, certfile, keyfile, password)

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", watched)
    return seen


@pytest.fixture(params=["memory", "no memory files", "no /proc"])
def folder(request, tmp_path, monkeypatch):
    """The folder of temporary files, empty; with and without files in memory."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    if request.param == "no memory files":
        monkeypatch.delattr(os, "memfd_create", raising=False)
    elif request.param == "no /proc":
        monkeypatch.setattr(tls, "_MEMORY_FILES", "/nowhere")
    elif not hasattr(os, "memfd_create"):
        pytest.skip("this system has no files in memory")
    return tmp_path


def open_files():
    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("this system does not list the open files of a process in /proc")
    return sorted(os.listdir("/proc/self/fd"))


def test_a_certificate_says_who_it_is_and_how_long(files):
    _key, own, _others = files.parts()
    found = read_certificate(files.p12(), files.password)
    assert found.subject == "Simulator's client"
    assert found.issuer == "Simulator's authority, intermediate"
    assert int(found.serial, 16) == own.serial_number
    assert (found.not_before, found.not_after) == (
        own.not_valid_before_utc,
        own.not_valid_after_utc,
    )
    assert found.not_before.utcoffset() == timedelta(0)
    assert found.chain_length == 3
    assert read_certificate(files.p12("no_chain"), files.password).chain_length == 1


def test_a_certificate_is_good_between_its_dates_and_on_them(files):
    found = read_certificate(files.p12(), files.password)
    for now in (found.not_before, NOW, found.not_after):
        assert found.problems(now) == ()
    assert found.problems(found.not_before - SECOND) == (errors.CERTIFICATE_NOT_YET_VALID,)
    assert found.problems(found.not_after + SECOND) == (errors.CERTIFICATE_EXPIRED,)


@pytest.mark.parametrize(
    "variant, code",
    [
        ("expired", errors.CERTIFICATE_EXPIRED),
        ("not_yet_valid", errors.CERTIFICATE_NOT_YET_VALID),
    ],
)
def test_a_certificate_out_of_its_dates_can_be_read_but_not_used(files, variant, code):
    found = read_certificate(files.p12(variant), files.password)
    assert found.problems(NOW) == (code,)
    with pytest.raises(CertificateError) as caught:
        client_ssl_context(files.p12(variant), files.password)
    assert caught.value.code == code
    assert f"{found.not_after:%Y-%m-%d}" in caught.value.label


FORMS = {
    "p12": lambda files: (files.p12(), files.password),
    "p12 of old programs": lambda files: (files.legacy_p12(), files.password),
    "p12 with accents in the password": lambda files: (
        files.other_p12(password="clé à molette €"),
        "clé à molette €",
    ),
    "p12 without password": lambda files: (files.other_p12(), ""),
    "pem": lambda files: (files.pem(), ""),
    "pem with a needless password": lambda files: (files.pem(), "needless"),
    "pem with a password": lambda files: (files.pem(password="secret"), "secret"),
    "older pem": lambda files: (files.pem(key_format=PrivateFormat.TraditionalOpenSSL), ""),
    "older pem with a password": lambda files: (
        files.pem(key_format=PrivateFormat.TraditionalOpenSSL, password="secret"),
        "secret",
    ),
    "pem with text around": lambda files: (b"Bag Attributes: \xe9\n" + files.pem() + b"\n", ""),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_file_says_the_same_and_is_sent_whole(files, loaded, form):
    content, password = FORMS[form](files)
    assert read_certificate(content, password) == read_certificate(files.p12(), files.password)
    client_ssl_context(content, password)
    ((_path, given, secret),) = loaded
    chain = x509.load_pem_x509_certificates(given)
    key, own, others = files.parts()
    assert chain == [own, *others]
    assert all(below.issuer == above.subject for below, above in pairwise(chain))
    assert load_pem_private_key(given, secret).private_numbers() == key.private_numbers()


WRONG = {
    "nothing": (lambda files: (b"", ""), errors.CERTIFICATE_UNREADABLE),
    "a page": (lambda files: (b"<html>", "x"), errors.CERTIFICATE_UNREADABLE),
    "half a p12": (
        lambda files: (files.p12()[:700], files.password),
        errors.CERTIFICATE_UNREADABLE,
    ),
    "a certificate alone": (
        lambda files: (files.authority.public_bytes(tls.Encoding.DER), ""),
        errors.CERTIFICATE_WITHOUT_KEY,
    ),
    "a pem without certificate": (
        lambda files: (files.pem().rpartition(b"-----END CERTIFICATE-----")[2], ""),
        errors.CERTIFICATE_UNREADABLE,
    ),
    "a pem with a damaged key": (
        lambda files: (files.pem().replace(b"PRIVATE KEY-----\n", b"PRIVATE KEY-----\nAAAA"), ""),
        errors.CERTIFICATE_UNREADABLE,
    ),
    "a wrong password": (lambda files: (files.p12(), "wrong"), errors.CERTIFICATE_PASSWORD),
    "no password": (lambda files: (files.p12(), ""), errors.CERTIFICATE_PASSWORD),
    "None as password": (lambda files: (files.p12(), None), errors.CERTIFICATE_PASSWORD),
    "a wrong password of a pem": (
        lambda files: (files.pem(password="secret"), "wrong"),
        errors.CERTIFICATE_PASSWORD,
    ),
    "no password of a pem": (
        lambda files: (files.pem(password="secret"), ""),
        errors.CERTIFICATE_PASSWORD,
    ),
    "a p12 without key": (
        lambda files: (files.p12("no_key"), files.password),
        errors.CERTIFICATE_WITHOUT_KEY,
    ),
    "a pem without key": (
        lambda files: (files.pem(with_key=False), ""),
        errors.CERTIFICATE_WITHOUT_KEY,
    ),
    "a p12 with another key": (
        lambda files: (files.p12("wrong_key"), files.password),
        errors.CERTIFICATE_KEY_MISMATCH,
    ),
    "a pem with another key": (
        lambda files: (files.pem(other_key=ec.generate_private_key(ec.SECP256R1())), ""),
        errors.CERTIFICATE_KEY_MISMATCH,
    ),
}


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_with_a_file_is_told_apart(files, read, wrong):
    make, code = WRONG[wrong]
    content, password = make(files)
    with pytest.raises(CertificateError) as caught:
        read(content, password)
    assert caught.value.code == code
    assert caught.value.delivery is Delivery.NO
    assert not caught.value.retryable
    assert isinstance(caught.value, ConfigurationError)
    # Nothing of the file is to be seen in a traceback either
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.fixture
def too_weak(monkeypatch):
    """OpenSSL refuses every key; the permissions of the files that it was given."""
    modes = []

    def refuse(self, certfile, keyfile=None, password=None):
        modes.append(stat.S_IMODE(os.stat(certfile).st_mode))
        error = ssl.SSLError(1, "[SSL: EE_KEY_TOO_SMALL] ee key too small")
        error.reason = "EE_KEY_TOO_SMALL"
        raise error

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", refuse)
    return modes


def test_a_key_that_openssl_does_not_take_is_said(files, too_weak):
    with pytest.raises(CertificateError) as caught:
        client_ssl_context(files.p12(), files.password)
    assert (caught.value.code, caught.value.label) == (
        errors.CERTIFICATE_UNREADABLE,
        "EE_KEY_TOO_SMALL",
    )


def test_the_key_is_never_written_in_clear_and_nothing_is_left(files, loaded, folder):
    before = open_files()
    client_ssl_context(files.p12(), files.password)
    ((path, given, secret),) = loaded
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in given
    assert given.count(b"PRIVATE KEY") == 2
    assert secret not in given and len(secret) >= 32
    with pytest.raises(TypeError):
        load_pem_private_key(given, None)
    assert not os.path.exists(path)
    # What the tests before left to be collected may close meanwhile.
    assert set(open_files()) <= set(before)
    assert list(folder.iterdir()) == []


def test_nothing_is_left_when_openssl_refuses(files, folder, too_weak):
    before = open_files()
    with pytest.raises(CertificateError):
        client_ssl_context(files.p12(), files.password)
    # What the tests before left to be collected may close meanwhile.
    assert set(open_files()) <= set(before)
    assert list(folder.iterdir()) == []
    in_memory = hasattr(os, "memfd_create") and tls._MEMORY_FILES != "/nowhere"
    assert too_weak == [0o777 if in_memory else 0o600]


def test_each_context_has_a_password_of_its_own(files, loaded):
    client_ssl_context(files.p12(), files.password)
    client_ssl_context(files.p12(), files.password)
    assert loaded[0][2] != loaded[1][2]


def test_servers_are_verified_against_the_usual_authorities_or_the_given_ones(files):
    usual = client_ssl_context(files.p12(), files.password)
    ours = client_ssl_context(
        files.p12(), files.password, "# Autorité de qualité\n" + files.known["authority"]
    )
    for context in (usual, ours):
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname
        assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    root = files.authority.public_bytes(tls.Encoding.DER)
    assert ours.get_ca_certs(binary_form=True) == [root]
    assert len(usual.get_ca_certs()) > 50
    assert root not in usual.get_ca_certs(binary_form=True)


@pytest.mark.parametrize(
    "text", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_unreadable_authorities_are_said(files, text):
    with pytest.raises(ConfigurationError) as caught:
        client_ssl_context(files.p12(), files.password, text)
    assert caught.value.code == errors.CA_BUNDLE_UNREADABLE
