# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A certificate file that was damaged is refused or read: nothing else happens."""

import base64
import contextlib

import pytest
from certificate_files import read_certificate
from certificate_shapes import NOW, Shape
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from hypothesis import example, given, settings
from hypothesis import strategies as st

from choruspro import errors
from choruspro.errors import CertificateError

GOOD = Shape()


def _damaged(content, changes):
    content = bytearray(content)
    for place, value in changes:
        content[place % len(content)] = value
    return bytes(content)


# The library announces that it will refuse some of them one day, or that it reads BER for DER
@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
@pytest.mark.filterwarnings("ignore:PKCS#.* could not be parsed as DER:UserWarning")
@settings(max_examples=400)
@given(
    form=st.sampled_from(["p12", "pem", "cer", "p7b", "certificate among good ones"]),
    changes=st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=1, max_size=4),
)
@example(form="p12", changes=[(1504, 4)])
def test_a_damaged_file_is_refused_or_read_and_nothing_else_happens(form, changes):
    if form == "certificate among good ones":
        # PEM hides a change of one letter from most of the structure
        own = _damaged(GOOD.own.public_bytes(Encoding.DER), changes)
        content = GOOD.key_pem() + b"-----BEGIN CERTIFICATE-----\n" + base64.b64encode(own)
        content += b"\n-----END CERTIFICATE-----\n" + GOOD.middle.public_bytes(Encoding.PEM)
    else:
        whole = {
            "p12": GOOD.p12(password=""),
            "pem": GOOD.pem(),
            "cer": GOOD.own.public_bytes(Encoding.DER),
            "p7b": pkcs7.serialize_certificates(GOOD.chain, Encoding.DER),
        }
        content = _damaged(whole[form], changes)
    with contextlib.suppress(CertificateError):
        read_certificate(content, "").findings(NOW)


@given(content=st.binary(max_size=300))
def test_what_is_no_certificate_is_unreadable(content):
    with pytest.raises(CertificateError) as caught:
        read_certificate(content, "")
    assert caught.value.code == errors.CERTIFICATE_UNREADABLE


def test_a_name_or_a_version_that_is_damaged_makes_the_file_unreadable():
    """The library reads them late, or says so in its own way."""
    whole = GOOD.own.public_bytes(Encoding.DER)
    name_tag = whole.index(b"\x0c", whole.index(b"Autorit") - 3)
    version = whole.index(b"\xa0\x03\x02\x01\x02") + 4
    for place in (name_tag, version):
        own = base64.b64encode(_damaged(whole, [(place, 0x63)]))
        content = GOOD.key_pem() + b"-----BEGIN CERTIFICATE-----\n" + own
        content += b"\n-----END CERTIFICATE-----\n" + GOOD.middle.public_bytes(Encoding.PEM)
        with pytest.raises(CertificateError) as caught:
            read_certificate(content, "")
        assert caught.value.code == errors.CERTIFICATE_UNREADABLE
