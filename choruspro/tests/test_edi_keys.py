# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import base64
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs12,
)

from choruspro import errors
from choruspro.edi.sftp import (
    HostKey,
    SftpExchange,
    SftpPlace,
    fingerprint,
    open_private_key,
    require_safe_host,
)

LOCK = BestAvailableEncryption(b"secret")


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def public(key):
    return key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


FORMATS = [PrivateFormat.TraditionalOpenSSL, PrivateFormat.PKCS8, PrivateFormat.OpenSSH]


@pytest.mark.parametrize("form", FORMATS)
def test_an_rsa_key_is_opened_in_every_pem(key, form):
    plain = key.private_bytes(Encoding.PEM, form, NoEncryption())
    locked = key.private_bytes(Encoding.PEM, form, LOCK)
    for content, passphrase in ((plain, ""), (plain, "secret"), (locked, "secret")):
        assert open_private_key(content, passphrase).private_numbers() == key.private_numbers()
    for wrong in ("", None, "wrong"):
        with pytest.raises(errors.ConfigurationError) as caught:
            open_private_key(locked, wrong)
        assert caught.value.code == errors.EDI_KEY_PASSPHRASE
        assert caught.value.__context__ is None or caught.value.__suppress_context__


def test_a_file_of_another_kind_is_no_key(key):
    weak = rsa.generate_private_key(65537, 1024)
    curve = ec.generate_private_key(ec.SECP256R1())
    pem = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    contents = [
        b"", b"junk", b"x" * 2_000_000, weak.private_bytes(*pem), curve.private_bytes(*pem),
        key.private_bytes(*pem)[:400], b"-----BEGIN PRIVATE KEY-----\n",
        pkcs12.serialize_key_and_certificates(None, key, None, None, LOCK)[:40],
    ]
    for content in contents:
        with pytest.raises(errors.ConfigurationError) as caught:
            open_private_key(content, "secret")
        assert caught.value.code == errors.EDI_KEY_UNREADABLE


def test_the_host_key_is_taken_as_people_paste_it(public):
    expected = fingerprint(base64.b64decode(public.split()[1]))
    for typed in (public, f"  {public} comment\n", f"[sftp.example.org]:2222 {public}", expected,
                  f"2048 {expected} host (RSA)"):
        assert HostKey.parse(typed).fingerprint == expected
    assert HostKey.parse(public).kind == "ssh-rsa"


@pytest.mark.parametrize(
    "typed", ["", "ssh-rsa", "ssh-rsa AAAA", "ssh-rsa ****", "SHA256:short", "md5 aa:bb"]
)
def test_a_host_key_that_cannot_be_read_is_refused(typed):
    with pytest.raises(errors.ConfigurationError) as caught:
        HostKey.parse(typed)
    assert caught.value.code == errors.EDI_HOST_KEY_UNREADABLE


@pytest.mark.parametrize(
    ("host", "port"),
    [("", 22), ("user@host", 22), ("a/b", 22), ("a b", 22), ("host", 0), ("host", 70000),
     ("host?x", 22)],
)
def test_a_server_without_name_or_port_is_refused(host, port):
    with pytest.raises(errors.ConfigurationError) as caught:
        require_safe_host(host, port)
    assert caught.value.code == errors.EDI_ADDRESS


def test_this_machine_is_refused_unless_it_is_allowed():
    for host in ("127.0.0.1", "localhost", "0x7f.1", "::1"):
        with pytest.raises(errors.ConfigurationError) as caught:
            require_safe_host(host, 22)
        assert caught.value.code == errors.LOOPBACK_URL
        require_safe_host(host, 22, allow_loopback=True)
    require_safe_host("sftp.example.org", 22)


def place(key, public, **changes):
    facts = {
        "host": "sftp.example.org", "login": "AAA123", "key": key, "host_key": public,
        "out": "out", "incoming": "in", **changes,
    }
    return SftpPlace(**facts)


def test_without_the_library_the_sentence_says_what_to_install(key, public, monkeypatch):
    monkeypatch.setitem(sys.modules, "paramiko", None)
    with pytest.raises(errors.ConfigurationError) as caught:
        SftpExchange(place(key, public))
    assert caught.value.code == errors.EDI_LIBRARY_MISSING
    assert "paramiko" in str(caught.value)


def test_a_place_shows_no_key(key, public):
    assert repr(place(key, public)) == "SftpPlace(AAA123@sftp.example.org:22)"
