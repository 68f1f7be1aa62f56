# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What a client certificate says of itself, and what an administrator should know about it."""

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

from . import errors
from .certificate_chain import BROKEN_HASHES, hash_name, is_complete, issued_by_another
from .certificate_file import DAMAGED
from .certificate_level import Level, read_level
from .errors import CertificateError, clean_label

# What is wrong but does not keep the certificate from being used
CHAIN_INCOMPLETE = "certificate_chain_incomplete"
AUTHORITY_EXPIRES = "certificate_authority_expires"
SELF_SIGNED = "certificate_self_signed"
STRANGERS = "certificate_strangers"
EXPIRES_SOON = "certificate_expires_soon"
WARNINGS = {
    CHAIN_INCOMPLETE: "The file lacks the certificate of an authority",
    AUTHORITY_EXPIRES: "An authority in the file expires before the certificate",
    SELF_SIGNED: "No authority signed this certificate: it signed itself",
    STRANGERS: "The file holds certificates that are no authority of this one: they are left out",
    EXPIRES_SOON: "The certificate expires soon: renew it",
}

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


@dataclass(frozen=True)
class Finding:
    """Something to know: a code of errors.py when it ``is_error``, else one of WARNINGS.

    params: texts, numbers and aware dates for a sentence.
    """

    code: str
    is_error: bool
    params: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Authority:
    """A certificate above ours. subject: its common name. not_after: aware, UTC."""

    subject: str
    not_after: datetime
    sha256: str
    signature_hash: str


@dataclass(frozen=True)
class ClientCertificate:
    """What a certificate says of itself; nothing here is secret.

    subject, issuer: common names; subject_name, issuer_name: the whole ones (RFC 4514);
    organisation: that of the subject, or "". serial, sha1, sha256 (fingerprints): hexadecimal, in
    capitals. not_before, not_after: aware, UTC. purposes: among client, server, any, email, code,
    time_stamp, ocsp, or raw codes; () is without limit. for_clients: may be shown by a TLS client.
    is_authority: it is a certificate to sign others with. key_type: RSA, EC, Ed25519, Ed448, DSA,
    or "". key_bits: its size. signature_hash: like sha256; "" for what needs none (Ed25519).
    level: see certificate_level. chain_length: how many certificates are sent, its own included;
    authorities: those above it, in order. chain_complete: up to a root. strangers: how many
    certificates of the file lead nowhere, and are not sent.
    """

    subject: str
    issuer: str
    subject_name: str
    issuer_name: str
    organisation: str
    serial: str
    sha1: str
    sha256: str
    not_before: datetime
    not_after: datetime
    purposes: tuple[str, ...]
    for_clients: bool
    is_authority: bool
    is_self_signed: bool
    key_type: str
    key_bits: int
    signature_hash: str
    level: Level
    authorities: tuple[Authority, ...]
    chain_complete: bool
    missing_authority: str
    strangers: int

    @property
    def chain_length(self):
        return 1 + len(self.authorities)

    def days_left(self, now):
        """Whole days until it expires, rounded down; negative when it has expired."""
        return math.floor((self.not_after - now) / timedelta(days=1))

    def problems(self, now):
        """The codes of errors.py that keep it from being used at ``now`` (aware); often ()."""
        return tuple(finding.code for finding in self.findings(now) if finding.is_error)

    def findings(self, now):
        """All that there is to say about it at ``now`` (aware): a tuple of Finding, errors first.

        A file that cannot be used at all is a CertificateError of open_certificate instead.
        """
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
        # A root is trusted for itself: nobody looks at its signature
        signed = self.authorities[:-1] if self.chain_complete else self.authorities
        hashes_used = [("", "") if self.is_self_signed else (self.subject, self.signature_hash)]
        hashes_used += [(above.subject, above.signature_hash) for above in signed]
        for subject, name in hashes_used:
            if name in BROKEN_HASHES:
                params = {"hash": name, "subject": subject}
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
        if self.strangers:
            yield Finding(STRANGERS, False, {"count": self.strangers})


def describe(file):
    """The ClientCertificate of a CertificateFile. That it has expired, or is meant for something
    else, is no error here: ask ``findings``. CertificateError (`certificate_unreadable`) when
    an extension of it is damaged."""
    own, *above = file.chain
    try:
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
            chain_complete=is_complete(file.chain),
            missing_authority=(
                "" if is_complete(file.chain) else _common_name(file.chain[-1].issuer)
            ),
            strangers=len(file.strangers),
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
    said = _extension(certificate, ExtensionOID.EXTENDED_KEY_USAGE) or ()
    return tuple(_PURPOSES.get(oid, oid.dotted_string) for oid in said)


def _for_clients(certificate):
    """By the rules of RFC 5280, 4.2.1.12: what is not said is not limited."""
    purposes = _purposes(certificate)
    usage = _extension(certificate, ExtensionOID.KEY_USAGE)
    may_sign = usage is None or usage.digital_signature or usage.key_agreement
    return may_sign and (not purposes or "client" in purposes or "any" in purposes)


def _is_authority(certificate):
    constraints = _extension(certificate, ExtensionOID.BASIC_CONSTRAINTS)
    return bool(constraints and constraints.ca)
