# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The level of trust that a certificate claims, in codes and in words."""

import pytest
from certificate_files import read_certificate
from certificate_shapes import Shape
from cryptography import x509

from choruspro import errors
from choruspro.certificate import Level
from choruspro.errors import CertificateError


def _level(*extensions, above_name="Autorité intermédiaire"):
    shape = Shape(client={"extensions": extensions}, above_name=above_name)
    return read_certificate(shape.pem(), "").level


def _policies(*codes, notice=None):
    qualifiers = [x509.UserNotice(None, notice)] if notice else None
    return x509.CertificatePolicies(
        [x509.PolicyInformation(x509.ObjectIdentifier(code), qualifiers) for code in codes]
    )


def _statements(*codes):
    """The extension that says these: SEQUENCE of SEQUENCE { code }; a type is inside another."""
    body = b""
    for code in codes:
        said = bytes.fromhex(code)
        inner = b"\x06" + bytes([len(said)]) + said
        if len(said) == 7:
            types = b"\x30" + bytes([len(inner)]) + inner
            inner = b"\x06\x06" + said[:6] + types
        body += b"\x30" + bytes([len(inner)]) + inner
    content = b"\x30" + bytes([len(body)]) + body
    return x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.5.5.7.1.3"), content)


COMPLIANCE, DEVICE = "04008e460101", "04008e460104"
SIGNATURE, SEAL, WEB = ("04008e460106" + kind for kind in ("01", "02", "03"))


def test_a_certificate_that_claims_nothing_has_no_level():
    assert _level() == Level()


@pytest.mark.parametrize(
    "code, name",
    [
        ("0.4.0.2042.1.3", "LCP"),
        ("0.4.0.2042.1.2", "NCP+"),
        ("0.4.0.194112.1.1", "QCP-l"),
        ("0.4.0.194112.1.3", "QCP-l-qscd"),
    ],
)
def test_a_european_policy_is_named_and_one_of_the_authority_is_given_as_a_code(code, name):
    level = _level(_policies("1.2.250.1.177.9.9.9", code))
    assert level.policies == ("1.2.250.1.177.9.9.9", code)
    assert level.standard == (name,)
    assert (level.qualified, level.rgs) == (False, "")


@pytest.mark.parametrize(
    "codes, qualified, device, kinds",
    [
        ([COMPLIANCE], True, False, ()),
        ([COMPLIANCE, DEVICE, SIGNATURE], True, True, ("signature",)),
        ([COMPLIANCE, SEAL], True, False, ("seal",)),
        ([WEB], False, False, ("web",)),
    ],
)
def test_the_statements_of_a_qualified_certificate_are_read(codes, qualified, device, kinds):
    level = _level(_statements(*codes))
    assert (level.qualified, level.device, level.kinds) == (qualified, device, kinds)


@pytest.mark.parametrize(
    "notice, said",
    [
        ("Certificat conforme RGS**", "RGS **"),
        ("Certificat d'authentification client RGS niveau *", "RGS *"),
        ("rgs 3 étoiles", "RGS ***"),
        ("Référentiel RGS", "RGS"),
        ("CARGSHIP", ""),
        ("Certificat de test", ""),
    ],
)
def test_the_rgs_level_is_read_where_a_notice_says_it(notice, said):
    assert _level(_policies("1.2.250.1.177.9.9.9", notice=notice)).rgs == said


def test_the_rgs_level_is_read_in_the_name_of_the_authority():
    assert _level(above_name="Autorité X RGS 2 etoiles").rgs == "RGS **"


def test_a_damaged_extension_makes_the_file_unreadable():
    damaged = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.32"), b"\x30\x03\x02\x01")
    with pytest.raises(CertificateError) as caught:
        _level(damaged)
    assert caught.value.code == errors.CERTIFICATE_UNREADABLE
