# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Every shape of certificate file gets the right verdict."""

import shutil
import subprocess
from itertools import pairwise

import pytest
from certificate_files import read_certificate
from certificate_shapes import (
    CLIENT,
    DAY,
    NOW,
    PASSWORD,
    SERVER,
    Shape,
    certificate,
    key,
    name,
    p12_with_two_keys,
)
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    pkcs7,
)
from cryptography.x509.oid import ExtendedKeyUsageOID

from choruspro import certificate as verdicts
from choruspro import errors
from choruspro.certificate_file import open_certificate, pkcs7_export
from choruspro.errors import CertificateError

GOOD = Shape()
# Authorities of the same name with another key, the second one of another kind
RENEWED, RENEWED_RSA = (
    certificate(name("Autorité intermédiaire"), key(kind), GOOD.top.subject, key("root"), ca=True)
    for kind in ("other", "rsa2048")
)


def _p7b_among_pem():
    return GOOD.key_pem() + GOOD.own.public_bytes(Encoding.PEM) + pkcs7_export(GOOD.chain[1:])


# What is read without a word: the file, its password
FINE = {
    "p12": (GOOD.p12(), PASSWORD),
    "p12 without password": (GOOD.p12(password=""), ""),
    "p12 whose authorities are in the wrong order": (GOOD.p12(GOOD.top, GOOD.middle), PASSWORD),
    "pem": (GOOD.pem(), ""),
    "pem in the wrong order": (GOOD.pem(*GOOD.chain[::-1]), ""),
    "pem with the root between": (GOOD.pem(GOOD.own, GOOD.top, GOOD.middle), ""),
    "pem with the certificates twice": (GOOD.pem(*GOOD.chain, *GOOD.chain), ""),
    "pem with the key twice": (GOOD.pem(keys=[GOOD.key_pem()] * 2), ""),
    "pem with the key last": (GOOD.pem(keys=[]) + GOOD.key_pem(), ""),
    "pem with a password": (GOOD.pem(keys=[GOOD.key_pem(password=PASSWORD)]), PASSWORD),
    "pem with Windows line ends": (GOOD.pem().replace(b"\n", b"\r\n"), ""),
    "pem with old Macintosh line ends": (GOOD.pem().replace(b"\n", b"\r"), ""),
    "pem on one line": (GOOD.pem().replace(b"\n", b" "), ""),
    "pem indented": (b"    " + GOOD.pem().replace(b"\n", b"\n\t  "), ""),
    "pem with blank lines": (GOOD.pem().replace(b"\n", b"\n\n"), ""),
    "pem with a mark of order": (b"\xef\xbb\xbf" + GOOD.pem(), ""),
    "pem in two bytes a letter": (GOOD.pem().decode().encode("utf-16"), ""),
    "pem with a p7b of authorities": (_p7b_among_pem(), ""),
}

# What is read with a word: the file, its password, the codes said
SAID = {
    "sha-1": (Shape(client={"sha1": True}), [errors.CERTIFICATE_WEAK_SIGNATURE]),
    "sha-1 of the intermediate": (
        Shape(above={"sha1": True}),
        [errors.CERTIFICATE_WEAK_SIGNATURE],
    ),
    "sha-1 of the root, which nobody looks at": (Shape(root={"sha1": True}), []),
    "rsa of 1,024 bits": (Shape("rsa1024"), [errors.CERTIFICATE_WEAK_KEY]),
    "rsa of 2,048 bits": (Shape("rsa2048"), []),
    "a short curve": (Shape("ec192"), [errors.CERTIFICATE_WEAK_KEY]),
    "dsa": (Shape("dsa"), [errors.CERTIFICATE_WEAK_KEY]),
    "ed25519": (Shape("ed25519"), []),
    "a server's": (Shape(client={"purposes": [SERVER]}), [errors.CERTIFICATE_NOT_FOR_CLIENTS]),
    "a server's and a client's": (Shape(client={"purposes": [SERVER, CLIENT]}), []),
    "for any purpose": (
        Shape(client={"purposes": [ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE]}),
        [],
    ),
    "without purpose": (Shape(client={"purposes": []}), []),
    "for encryption only": (
        Shape(client={"usage": ["key_encipherment"]}),
        [errors.CERTIFICATE_NOT_FOR_CLIENTS],
    ),
    "for signing": (Shape(client={"usage": ["digital_signature"]}), []),
    "an authority's": (Shape(client={"ca": True}), [errors.CERTIFICATE_IS_AUTHORITY]),
    "expired yesterday": (Shape(client={"last": NOW - DAY}), [errors.CERTIFICATE_EXPIRED]),
    "from tomorrow": (Shape(client={"first": NOW + DAY}), [errors.CERTIFICATE_NOT_YET_VALID]),
    "until next month": (Shape(client={"last": NOW + 30 * DAY}), [verdicts.EXPIRES_SOON]),
    "until in three months": (Shape(client={"last": NOW + 90 * DAY}), []),
    "an authority that ends first": (
        Shape(above={"last": NOW + 100 * DAY}),
        [verdicts.AUTHORITY_EXPIRES],
    ),
    "everything at once": (
        Shape("rsa1024", client={"purposes": [SERVER], "last": NOW - DAY, "sha1": True}),
        [
            errors.CERTIFICATE_EXPIRED,
            errors.CERTIFICATE_NOT_FOR_CLIENTS,
            errors.CERTIFICATE_WEAK_KEY,
            errors.CERTIFICATE_WEAK_SIGNATURE,
        ],
    ),
}

CHAINS = {
    "no authority": (GOOD.pem(GOOD.own), [verdicts.CHAIN_INCOMPLETE], 1),
    "no root": (GOOD.pem(GOOD.own, GOOD.middle), [verdicts.CHAIN_INCOMPLETE], 2),
    "no intermediate": (
        GOOD.pem(GOOD.own, GOOD.top),
        [verdicts.CHAIN_INCOMPLETE, verdicts.UNRELATED],
        1,
    ),
    "a stranger": (
        GOOD.pem(*GOOD.chain, Shape(above_name="Autre").middle),
        [verdicts.UNRELATED],
        3,
    ),
    "another authority of the same name first": (
        GOOD.pem(GOOD.own, RENEWED, GOOD.middle, GOOD.top),
        [verdicts.UNRELATED],
        3,
    ),
    "another authority of the same name, with a key of another kind, first": (
        GOOD.pem(GOOD.own, RENEWED_RSA, GOOD.middle, GOOD.top),
        [verdicts.UNRELATED],
        3,
    ),
    "only another authority of the same name": (
        GOOD.pem(GOOD.own, RENEWED),
        [verdicts.CHAIN_INCOMPLETE, verdicts.UNRELATED],
        1,
    ),
    "the one before its renewal": (
        GOOD.pem(Shape(client={"last": NOW - DAY}).own, *GOOD.chain),
        [verdicts.UNRELATED],
        3,
    ),
    "signed by itself": (
        GOOD.pem(
            certificate(name("Moi"), GOOD.key, name("Moi"), GOOD.key, purposes=[CLIENT]),
        ),
        [verdicts.SELF_SIGNED],
        1,
    ),
}

REFUSED = {
    "a p12 with two keys": (
        p12_with_two_keys(GOOD, key("other")),
        PASSWORD,
        errors.CERTIFICATE_SEVERAL_KEYS,
    ),
    "a pem with two keys": (
        GOOD.pem(keys=[GOOD.key_pem(), GOOD.key_pem(key("other"))]),
        "",
        errors.CERTIFICATE_SEVERAL_KEYS,
    ),
    "a pem with the key of another": (
        GOOD.pem(keys=[GOOD.key_pem(key("other"))]),
        "",
        errors.CERTIFICATE_KEY_MISMATCH,
    ),
    "a pem without key": (GOOD.pem(keys=[]), "", errors.CERTIFICATE_WITHOUT_KEY),
    "a .cer file": (GOOD.own.public_bytes(Encoding.DER), "", errors.CERTIFICATE_WITHOUT_KEY),
    "a .p7b file in PEM": (pkcs7_export(GOOD.chain), "", errors.CERTIFICATE_WITHOUT_KEY),
    "a .p7b file": (
        pkcs7.serialize_certificates(GOOD.chain, Encoding.DER),
        "",
        errors.CERTIFICATE_WITHOUT_KEY,
    ),
    "a key alone": (GOOD.key_pem(), "", errors.CERTIFICATE_UNREADABLE),
    "a p12 with a wrong password": (GOOD.p12(), "autre", errors.CERTIFICATE_PASSWORD),
    "a p12 whose password ends with a space": (
        GOOD.p12(),
        PASSWORD + " ",
        errors.CERTIFICATE_PASSWORD,
    ),
    "a pem whose second key is locked": (
        GOOD.pem(keys=[GOOD.key_pem(), GOOD.key_pem(key("other"), PASSWORD)]),
        "",
        errors.CERTIFICATE_PASSWORD,
    ),
    "half a pem": (GOOD.pem()[:300], "", errors.CERTIFICATE_UNREADABLE),
    "a pem with a damaged certificate": (
        GOOD.pem().replace(b"BEGIN CERTIFICATE-----\nMII", b"BEGIN CERTIFICATE-----\nAAA"),
        "",
        errors.CERTIFICATE_UNREADABLE,
    ),
    "a thousand beginnings": (
        b"-----BEGIN CERTIFICATE-----" * 1000,
        "",
        errors.CERTIFICATE_UNREADABLE,
    ),
    "a certificate whose end is missing": (
        GOOD.pem(keys=[]).replace(b"-----END CERTIFICATE-----", b"", 1)[:1200],
        "",
        errors.CERTIFICATE_WITHOUT_KEY,
    ),
    "a Java key store": (b"\xfe\xed\xfe\xed" + bytes(200), "x", errors.CERTIFICATE_UNREADABLE),
}


@pytest.mark.parametrize("shape", FINE)
def test_a_good_file_is_read_whatever_its_form(shape):
    content, password = FINE[shape]
    found = read_certificate(content, password)
    assert found == read_certificate(GOOD.p12(), PASSWORD)
    assert found.findings(NOW) == ()
    assert open_certificate(content, password).chain == tuple(GOOD.chain)


@pytest.mark.parametrize("shape", SAID)
def test_what_a_certificate_is_not_good_for_is_said(shape):
    made, codes = SAID[shape]
    found = read_certificate(made.pem(), "")
    assert [finding.code for finding in found.findings(NOW)] == codes
    errors_first = [finding.is_error for finding in found.findings(NOW)]
    assert errors_first == sorted(errors_first, reverse=True)
    assert found.problems(NOW) == tuple(code for code in codes if code in errors.SENTENCES)
    warnings = [finding.code for finding in found.findings(NOW) if not finding.is_error]
    assert all(code in verdicts.WARNINGS for code in warnings)


@pytest.mark.parametrize("shape", CHAINS)
def test_the_chain_is_judged_and_only_the_chain_is_kept(shape):
    content, codes, length = CHAINS[shape]
    found = read_certificate(content, "")
    assert [finding.code for finding in found.findings(NOW)] == codes
    assert found.chain_length == length
    assert found.chain_complete == (verdicts.CHAIN_INCOMPLETE not in codes)
    assert bool(found.missing_authority) == (verdicts.CHAIN_INCOMPLETE in codes)
    assert bool(found.unrelated) == (verdicts.UNRELATED in codes)
    assert found.problems(NOW) == ()
    for below, above in pairwise(open_certificate(content, "").chain):
        below.verify_directly_issued_by(above)


@pytest.mark.parametrize("shape", REFUSED)
def test_what_cannot_be_used_is_told_apart(shape):
    content, password, code = REFUSED[shape]
    with pytest.raises(CertificateError) as caught:
        read_certificate(content, password)
    assert caught.value.code == code
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_the_sentences_have_what_they_need():
    expired = read_certificate(Shape(client={"last": NOW - DAY}).pem(), "").findings(NOW)
    assert expired[0].params == {"date": NOW - DAY}
    weak = read_certificate(Shape("rsa1024").pem(), "").findings(NOW)
    assert weak[0].params == {"type": "RSA", "bits": 1024, "least": 2048}
    missing = read_certificate(GOOD.pem(GOOD.own, GOOD.middle), "").findings(NOW)
    assert missing[0].params == {"missing": "Racine"}
    soon = read_certificate(Shape(client={"last": NOW + 7 * DAY}).pem(), "").findings(NOW)
    assert soon[0].params == {"days": 7}


@pytest.mark.parametrize(
    "left, days, warns",
    [(61, 61, False), (60, 60, True), (59.5, 59, True), (1, 1, True), (0.5, 0, True)]
    + [(-0.5, -1, False)],
)
def test_its_end_is_a_warning_from_the_first_reminder_on(left, days, warns):
    found = read_certificate(Shape(client={"last": NOW + left * DAY}).pem(), "")
    assert found.days_left(NOW) == days
    codes = {finding.code for finding in found.findings(NOW)}
    assert (verdicts.EXPIRES_SOON in codes) is warns


def test_a_certificate_says_who_what_and_by_whom():
    found = read_certificate(Shape("rsa2048").p12(), PASSWORD)
    assert (found.subject, found.organisation) == ("client.example.org", "ATELIERS DUPONT")
    assert found.subject_name == "CN=client.example.org,O=ATELIERS DUPONT"
    assert found.issuer == "Autorité intermédiaire"
    assert [above.subject for above in found.authorities] == ["Autorité intermédiaire", "Racine"]
    assert (found.key_type, found.key_bits, found.signature_hash) == ("RSA", 2048, "sha256")
    assert (found.purposes, found.for_clients, found.is_authority) == (("client",), True, False)
    assert len(found.sha1) == 40 and len(found.sha256) == 64
    assert (found.chain_complete, found.missing_authority, found.unrelated) == (True, "", 0)


def test_the_file_does_not_show_its_key():
    shown = repr(open_certificate(GOOD.pem(), ""))
    assert "PRIVATE" not in shown and "object" not in shown
    assert "3 certificates" in shown


def test_the_older_form_of_a_key_is_read():
    older = GOOD.key.private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(b"secret")
    )
    assert b"Proc-Type" in older
    for content in (GOOD.pem(keys=[older]), GOOD.pem(keys=[older]).replace(b"\n", b"\r\n")):
        assert read_certificate(content, "secret").subject == "client.example.org"


@pytest.fixture
def openssl():
    """Run the program with a file; what it says."""
    program = shutil.which("openssl")
    if not program:
        pytest.skip("the program openssl is not installed")

    def run(*arguments, content):
        return subprocess.run(
            [program, *arguments], input=content, capture_output=True, check=True, timeout=60
        ).stdout

    return run


def test_openssl_finds_both_keys_in_a_file_that_is_refused_for_them(openssl):
    both = p12_with_two_keys(GOOD, key("other"))
    said = openssl(
        *("pkcs12", "-nomacver", "-noenc", "-nocerts", "-passin", f"pass:{PASSWORD}"), content=both
    )
    assert said.count(b"BEGIN PRIVATE KEY") == 2


@pytest.mark.parametrize("shape", [*FINE, *CHAINS])
def test_openssl_reads_the_exported_chain_and_nothing_else(openssl, shape):
    content, password = FINE[shape] if shape in FINE else (CHAINS[shape][0], "")
    chain = open_certificate(content, password).chain
    exported = pkcs7_export(chain)
    assert exported.startswith(b"-----BEGIN PKCS7-----")
    said = openssl("pkcs7", "-print_certs", content=exported)
    assert b"PRIVATE KEY" not in exported + said
    found = x509.load_pem_x509_certificates(said)
    assert len(found) == len(chain)
    assert set(found) == set(chain)
