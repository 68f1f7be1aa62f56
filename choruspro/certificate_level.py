# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What level of trust a certificate claims: eIDAS by standard codes, RGS by words only.

eIDAS: policies of ETSI EN 319 411-1 and 411-2 (and ETSI TS 101 456 before them), statements of
ETSI EN 319 412-5 in the extension of RFC 3739. RGS (the French State's *référentiel général de
sécurité*) has no code that all authorities share: each has its own for each level, listed in its
certification policy. So the RGS level is read only where the certificate says it in words, and the
codes of its policies are given for people to look up.
"""

import re
from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import ExtensionOID, NameOID

POLICIES = {
    "0.4.0.2042.1.1": "NCP",
    "0.4.0.2042.1.2": "NCP+",
    "0.4.0.2042.1.3": "LCP",
    "0.4.0.2042.1.4": "EVCP",
    "0.4.0.2042.1.6": "DVCP",
    "0.4.0.2042.1.7": "OVCP",
    "0.4.0.1456.1.1": "QCP+",
    "0.4.0.1456.1.2": "QCP",
    "0.4.0.194112.1.0": "QCP-n",
    "0.4.0.194112.1.1": "QCP-l",
    "0.4.0.194112.1.2": "QCP-n-qscd",
    "0.4.0.194112.1.3": "QCP-l-qscd",
    "0.4.0.194112.1.4": "QEVCP-w",
    "0.4.0.194112.1.5": "QNCP-w",
}
_STATEMENTS = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.3")
# Encoded as DER: what is asked is only whether the certificate says them
_QC_COMPLIANCE = b"\x06\x06\x04\x00\x8e\x46\x01\x01"
_QC_DEVICE = b"\x06\x06\x04\x00\x8e\x46\x01\x04"
_QC_TYPES = {
    b"\x06\x07\x04\x00\x8e\x46\x01\x06\x01": "signature",
    b"\x06\x07\x04\x00\x8e\x46\x01\x06\x02": "seal",
    b"\x06\x07\x04\x00\x8e\x46\x01\x06\x03": "web",
}
_RGS = re.compile(r"\bRGS\s*(?:niveau\s*)?(\*{1,3}|[1-3](?=\s*(?:é|e)toile))?", re.IGNORECASE)


@dataclass(frozen=True)
class Level:
    """What a certificate claims.

    policies: codes (dotted) of its policies. standard: names of those that a European standard
    names, such as NCP+ or QCP-l. qualified: it says that it is a qualified one (eIDAS).
    device: that its key is in a qualified device. kinds: what it is qualified for, among
    "signature", "seal", "web". rgs: "" when it says nothing, "RGS" without a level, or "RGS *",
    "RGS **", "RGS ***".
    """

    policies: tuple[str, ...] = ()
    standard: tuple[str, ...] = ()
    qualified: bool = False
    device: bool = False
    kinds: tuple[str, ...] = ()
    rgs: str = ""


def read_level(certificate):
    """The Level of a certificate of ``cryptography``; ValueError when an extension is damaged."""
    policies = _extension(certificate, ExtensionOID.CERTIFICATE_POLICIES) or ()
    codes = tuple(policy.policy_identifier.dotted_string for policy in policies)
    statements = _extension(certificate, _STATEMENTS)
    said = statements.value if statements else b""
    return Level(
        policies=codes,
        standard=tuple(POLICIES[code] for code in codes if code in POLICIES),
        qualified=_QC_COMPLIANCE in said,
        device=_QC_DEVICE in said,
        kinds=tuple(name for code, name in _QC_TYPES.items() if code in said),
        rgs=_rgs(certificate, policies),
    )


def _extension(certificate, oid):
    try:
        return certificate.extensions.get_extension_for_oid(oid).value
    except x509.ExtensionNotFound:
        return None


def _rgs(certificate, policies):
    """The level said in a notice of a policy, else in the name of the authority."""
    for text in (*_notices(policies), *_names(certificate.issuer)):
        found = _RGS.search(text)
        if found:
            stars = found[1] or ""
            return f"RGS {'*' * int(stars) if stars.isdigit() else stars}".strip()
    return ""


def _notices(policies):
    for policy in policies:
        for qualifier in policy.policy_qualifiers or ():
            if isinstance(qualifier, x509.UserNotice) and qualifier.explicit_text:
                yield qualifier.explicit_text


def _names(name):
    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME):
        for attribute in name.get_attributes_for_oid(oid):
            yield str(attribute.value)
