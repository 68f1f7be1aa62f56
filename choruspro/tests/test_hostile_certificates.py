# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A certificate file is looked at before it is opened: what it asks for is counted first."""

import certificate_shapes
import pytest
from certificate_shapes import PASSWORD, Shape
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)
from hostile_certificates import FILES, TOO_MUCH, locked_key, mac, older, p12
from hypothesis import given
from hypothesis import strategies as st
from work import counted

from choruspro import certificate_file, errors
from choruspro.certificate_file import MOST_NODES, MOST_ROUNDS, Cost, Excessive, open_certificate
from choruspro.errors import CertificateError


@pytest.fixture
def opened(monkeypatch):
    """What was given to the library that opens."""
    given = []

    def never(content, *_arguments):
        given.append(content)
        raise ValueError("not opened by this test")

    monkeypatch.setattr(certificate_file.pkcs12, "load_key_and_certificates", never)
    monkeypatch.setattr(certificate_file, "load_pem_private_key", never)
    return given


@pytest.mark.parametrize("_name, content, code", FILES, ids=[each[0] for each in FILES])
def test_a_costly_file_is_refused_unopened(monkeypatch, opened, _name, content, code):
    with counted(monkeypatch) as counts, pytest.raises(CertificateError) as caught:
        open_certificate(content, PASSWORD)
    assert caught.value.code == code
    assert len(opened) == (code == errors.CERTIFICATE_PASSWORD)
    assert counts.calls < 20 * MOST_NODES


def test_what_costs_a_little_less_is_opened(opened):
    sealed = p12(after=mac(MOST_ROUNDS), hidden=b"\x05\x00" * 100)
    for content in (sealed, locked_key(older(MOST_ROUNDS))):
        with pytest.raises(CertificateError) as caught:
            open_certificate(content, PASSWORD)
        assert caught.value.code == errors.CERTIFICATE_PASSWORD
    assert len(opened) == 2


@pytest.mark.parametrize("kind", ["rsa2048", "ec", "ed25519"])
def test_real_files_cost_a_hundredth(kind):
    shape = Shape(key_kind=kind)
    files = [
        shape.p12(),
        certificate_shapes.p12_with_two_keys(shape, certificate_shapes.key("other")),
        shape.key.private_bytes(
            Encoding.DER, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")
        ),
    ]
    for content in files:
        cost = Cost()
        cost.see(content)
        assert 0 < cost.rounds <= MOST_ROUNDS / 100
        assert 0 < cost.nodes <= MOST_NODES / 100


@given(content=st.binary(max_size=400), start=st.sampled_from([b"", b"\x30\x80", b"\x24\x82"]))
def test_any_bytes_are_counted_within_their_size(content, start):
    cost = Cost()
    try:
        cost.see(start + content)
    except Excessive:
        return
    assert cost.rounds <= MOST_ROUNDS
    assert cost.nodes <= MOST_NODES


def test_more_certificates_than_a_file_has_are_refused(monkeypatch):
    shape = Shape()
    monkeypatch.setattr(certificate_file, "MOST_CERTIFICATES", 2)
    with pytest.raises(CertificateError) as caught:
        open_certificate(shape.pem(), "")
    assert caught.value.code == TOO_MUCH
    monkeypatch.setattr(certificate_file, "MOST_CERTIFICATES", 3)
    assert len(open_certificate(shape.pem(), "").chain) == 3


def test_there_are_dozens_of_hostile_files_of_different_names():
    names = [each[0] for each in FILES]
    assert len(set(names)) == len(names) >= 40
    assert certificate_file.MAX_BYTES < 2_000_000
