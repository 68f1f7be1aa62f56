# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A certificate and those of its authorities: their order, whether one is missing, their export."""

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import serialize_certificates

BROKEN_HASHES = ("md5", "sha1")


def ordered(own, certificates):
    """Each certificate before that of its issuer, as servers want them (RFC 8446, 4.4.2).

    own: the first one. Gives a tuple without the certificates that lead nowhere.
    """
    chain = [own]
    left = [item for item in dict.fromkeys(certificates) if item != own]
    while issued_by_another(chain[-1]):
        issuer = next((item for item in left if _issued(chain[-1], item)), None)
        if issuer is None:
            break
        left.remove(issuer)
        chain.append(issuer)
    return tuple(chain)


def is_complete(chain):
    """True when the chain ends with a root, which its own key signed."""
    return not issued_by_another(chain[-1])


def issued_by_another(certificate):
    """False for a certificate that its own key signed, such as a root."""
    return not _issued(certificate, certificate)


def pkcs7_export(chain):
    """The chain as a PKCS#7 file in PEM (.p7b; bytes): certificates only, which are a set there.

    It is what the portal asks for when a certificate is declared (observed by clients).
    """
    return serialize_certificates(list(chain), Encoding.PEM)


def _issued(certificate, issuer):
    """Authorities that were renewed share a name: the signature decides."""
    if certificate.issuer != issuer.subject:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except InvalidSignature:
        return False
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # Too old to be verified by the library, so the name has to do; else keys of another kind
        return hash_name(certificate) in BROKEN_HASHES
    return True


def hash_name(certificate):
    """Of its signature, like "sha256"; "" for those that need none, the raw code when unknown."""
    try:
        used = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return certificate.signature_algorithm_oid.dotted_string
    return used.name if used else ""
