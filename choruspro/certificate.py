# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The contents of a client certificate, and what an administrator should know about it.

Its level of trust is read by standard codes for eIDAS: policies of ETSI EN 319 411-1 and 411-2 (and
ETSI TS 101 456 before them), statements of ETSI EN 319 412-5 in the extension of RFC 3739. RGS (the
French State's *référentiel général de sécurité*) has no code that all authorities share: each has
its own for each level, listed in its certification policy. So the RGS level is read only where the
certificate has it in words, and the codes of its policies are given for people to look up.
"""

import math
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

from . import errors
from .certificate_file import BROKEN_HASHES, DAMAGED, hash_name, is_complete, issued_by_another
from .errors import CertificateError, clean_label

# What is wrong, although the certificate can be used
CHAIN_INCOMPLETE = "certificate_chain_incomplete"
AUTHORITY_EXPIRES = "certificate_authority_expires"
SELF_SIGNED = "certificate_self_signed"
UNRELATED = "certificate_strangers"
EXPIRES_SOON = "certificate_expires_soon"
WARNINGS = (CHAIN_INCOMPLETE, AUTHORITY_EXPIRES, SELF_SIGNED, UNRELATED, EXPIRES_SOON)

# Days before the end at which a reminder is due
REMINDER_DAYS = (60, 30, 15, 7, 1)
# Today's OpenSSL refuses less (its security level 2), as do the RGS and eIDAS rules on keys
LEAST_RSA_BITS = 2048
LEAST_CURVE_BITS = 224
_KEY_TYPES = (
    (rsa.RSAPublicKey, "RSA"),
    (ec.EllipticCurvePublicKey, "EC"),
    (ed25519.Ed25519PublicKey, "Ed25519"),
    (ed448.Ed448PublicKey, "Ed448"),
    (dsa.DSAPublicKey, "DSA"),
)
_PURPOSES = {
    ExtendedKeyUsageOID.CLIENT_AUTH: "client",
    ExtendedKeyUsageOID.SERVER_AUTH: "server",
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE: "any",
    ExtendedKeyUsageOID.EMAIL_PROTECTION: "email",
    ExtendedKeyUsageOID.CODE_SIGNING: "code",
    ExtendedKeyUsageOID.TIME_STAMPING: "time_stamp",
    ExtendedKeyUsageOID.OCSP_SIGNING: "ocsp",
}
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
# In DER: whether they are there is all that counts
_QC_COMPLIANCE = b"\x06\x06\x04\x00\x8e\x46\x01\x01"
_QC_DEVICE = b"\x06\x06\x04\x00\x8e\x46\x01\x04"
_QC_TYPES = {
    b"\x06\x07\x04\x00\x8e\x46\x01\x06\x01": "signature",
    b"\x06\x07\x04\x00\x8e\x46\x01\x06\x02": "seal",
    b"\x06\x07\x04\x00\x8e\x46\x01\x06\x03": "web",
}
_RGS = re.compile(r"\bRGS\s*(?:niveau\s*)?(\*{1,3}|[1-3](?=\s*(?:é|e)toile))?", re.IGNORECASE)


@dataclass(frozen=True)
class Finding:
    """Something to know about a certificate."""

    code: str  # of errors.py when it is an error, else of WARNINGS
    is_error: bool
    params: dict = field(default_factory=dict)  # texts, numbers and aware dates for a sentence


@dataclass(frozen=True)
class Authority:
    """A certificate above ours."""

    subject: str  # its common name
    not_after: datetime  # aware, UTC
    sha256: str
    signature_hash: str


@dataclass(frozen=True)
class Level:
    """What a certificate claims."""

    policies: tuple[str, ...] = ()  # their codes, dotted
    standard: tuple[str, ...] = ()  # the names in European standards, such as NCP+ or QCP-l
    qualified: bool = False  # it calls itself a qualified one (eIDAS)
    device: bool = False  # its key is in a qualified device
    kinds: tuple[str, ...] = ()  # what it is qualified for, among "signature", "seal", "web"
    rgs: str = ""  # "RGS" without a level, or "RGS *", "RGS **", "RGS ***"


@dataclass(frozen=True)
class ClientCertificate:
    """The contents of a certificate; nothing here is secret."""

    # Common names, and the whole names (RFC 4514)
    subject: str
    issuer: str
    subject_name: str
    issuer_name: str
    organisation: str  # of the subject, or ""
    # Hexadecimal, in capitals; sha1 and sha256 are fingerprints
    serial: str
    sha1: str
    sha256: str
    # Aware, UTC
    not_before: datetime
    not_after: datetime
    # Among client, server, any, email, code, time_stamp, ocsp, or raw codes; () is unlimited
    purposes: tuple[str, ...]
    for_clients: bool  # a TLS client may present it
    is_authority: bool  # it is made to sign others
    is_self_signed: bool
    key_type: str  # RSA, EC, Ed25519, Ed448, DSA, or ""
    key_bits: int
    signature_hash: str  # like sha256; "" for what needs none (Ed25519)
    level: Level
    authorities: tuple[Authority, ...]  # those above it, in order
    chain_complete: bool  # up to a root
    missing_authority: str
    unrelated: int  # unrelated certificates of the file, which are not sent

    @property
    def chain_length(self):
        return 1 + len(self.authorities)

    def days_left(self, now):
        """Whole days until it expires, rounded down; negative when it has expired."""
        return math.floor((self.not_after - now) / timedelta(days=1))

    def problems(self, now):
        """The codes of errors.py that prevent its use at ``now`` (aware); often ()."""
        return tuple(finding.code for finding in self.findings(now) if finding.is_error)

    def findings(self, now):
        """What is wrong with it at ``now`` (aware): a tuple of Finding, errors first."""
        found = [*self._date_findings(now), *self._use_findings(), *self._chain_findings()]
        return tuple(sorted(found, key=lambda finding: not finding.is_error))

    def _date_findings(self, now):
        if now < self.not_before:
            yield Finding(errors.CERTIFICATE_NOT_YET_VALID, True, {"date": self.not_before})
        elif now > self.not_after:
            yield Finding(errors.CERTIFICATE_EXPIRED, True, {"date": self.not_after})
        elif self.not_after - now <= timedelta(days=max(REMINDER_DAYS)):
            yield Finding(EXPIRES_SOON, False, {"days": self.days_left(now)})

    def _use_findings(self):
        if self.is_authority:
            yield Finding(errors.CERTIFICATE_IS_AUTHORITY, True, {"subject": self.subject})
        elif not self.for_clients:
            purposes = ", ".join(self.purposes)
            yield Finding(errors.CERTIFICATE_NOT_FOR_CLIENTS, True, {"purposes": purposes})
        least = {"RSA": LEAST_RSA_BITS, "EC": LEAST_CURVE_BITS}.get(self.key_type, 0)
        if self.key_type == "DSA" or self.key_bits < least:
            params = {"type": self.key_type, "bits": self.key_bits, "least": least}
            yield Finding(errors.CERTIFICATE_WEAK_KEY, True, params)

    def _chain_findings(self):
        # Nobody checks the signature of a root
        signed = self.authorities[:-1] if self.chain_complete else self.authorities
        for item in (*([] if self.is_self_signed else [self]), *signed):
            if item.signature_hash in BROKEN_HASHES:
                params = {"hash": item.signature_hash, "subject": item.subject}
                yield Finding(errors.CERTIFICATE_WEAK_SIGNATURE, True, params)
                break
        if self.is_self_signed:
            yield Finding(SELF_SIGNED, False)
        elif not self.chain_complete:
            yield Finding(CHAIN_INCOMPLETE, False, {"missing": self.missing_authority})
        for above in self.authorities:
            if above.not_after < self.not_after:
                params = {"subject": above.subject, "date": above.not_after}
                yield Finding(AUTHORITY_EXPIRES, False, params)
                break
        if self.unrelated:
            yield Finding(UNRELATED, False, {"count": self.unrelated})


def describe(file):
    """The ClientCertificate of a CertificateFile. That it has expired, or is meant for something
    else, is no error here: see ``findings``.

    :raises CertificateError: `certificate_unreadable`, an extension is damaged
    """
    own, *above = file.chain
    try:
        complete = is_complete(file.chain)
        return ClientCertificate(
            subject=_common_name(own.subject),
            issuer=_common_name(own.issuer),
            subject_name=clean_label(own.subject.rfc4514_string()),
            issuer_name=clean_label(own.issuer.rfc4514_string()),
            organisation=_first(own.subject, NameOID.ORGANIZATION_NAME),
            serial=f"{own.serial_number:X}",
            # Portals still show it; nothing is trusted for it.
            sha1=own.fingerprint(hashes.SHA1()).hex().upper(),  # nosec B303
            sha256=own.fingerprint(hashes.SHA256()).hex().upper(),
            not_before=own.not_valid_before_utc,
            not_after=own.not_valid_after_utc,
            purposes=_purposes(own),
            for_clients=_for_clients(own),
            is_authority=_is_authority(own),
            is_self_signed=not issued_by_another(own),
            key_type=next((n for kind, n in _KEY_TYPES if isinstance(own.public_key(), kind)), ""),
            key_bits=getattr(own.public_key(), "key_size", 0),
            signature_hash=hash_name(own),
            level=read_level(own),
            authorities=tuple(_authority(item) for item in above),
            chain_complete=complete,
            missing_authority="" if complete else _common_name(file.chain[-1].issuer),
            unrelated=len(file.unrelated),
        )
    except DAMAGED:
        raise CertificateError(errors.CERTIFICATE_UNREADABLE) from None


def _authority(certificate):
    return Authority(
        subject=_common_name(certificate.subject),
        not_after=certificate.not_valid_after_utc,
        sha256=certificate.fingerprint(hashes.SHA256()).hex().upper(),
        signature_hash=hash_name(certificate),
    )


def _common_name(name):
    return _first(name, NameOID.COMMON_NAME) or clean_label(name.rfc4514_string())


def _first(name, oid):
    found = name.get_attributes_for_oid(oid)
    return clean_label(found[0].value) if found else ""


def _extension(certificate, oid):
    try:
        return certificate.extensions.get_extension_for_oid(oid).value
    except x509.ExtensionNotFound:
        return None


def _purposes(certificate):
    usages = _extension(certificate, ExtensionOID.EXTENDED_KEY_USAGE) or ()
    return tuple(_PURPOSES.get(oid, oid.dotted_string) for oid in usages)


def _for_clients(certificate):
    """By the rules of RFC 5280, 4.2.1.12: what is not mentioned is not limited."""
    purposes = _purposes(certificate)
    usage = _extension(certificate, ExtensionOID.KEY_USAGE)
    may_sign = usage is None or usage.digital_signature or usage.key_agreement
    return may_sign and (not purposes or "client" in purposes or "any" in purposes)


def _is_authority(certificate):
    constraints = _extension(certificate, ExtensionOID.BASIC_CONSTRAINTS)
    return bool(constraints and constraints.ca)


def read_level(certificate):
    """The Level of a certificate of ``cryptography``.

    :raises ValueError: an extension is damaged
    """
    policies = _extension(certificate, ExtensionOID.CERTIFICATE_POLICIES) or ()
    codes = tuple(policy.policy_identifier.dotted_string for policy in policies)
    statements = _extension(certificate, _STATEMENTS)
    claims = statements.value if statements else b""
    return Level(
        policies=codes,
        standard=tuple(POLICIES[code] for code in codes if code in POLICIES),
        qualified=_QC_COMPLIANCE in claims,
        device=_QC_DEVICE in claims,
        kinds=tuple(name for code, name in _QC_TYPES.items() if code in claims),
        rgs=_rgs(certificate, policies),
    )


def _rgs(certificate, policies):
    """The level in a notice of a policy, else in the name of the authority."""
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
