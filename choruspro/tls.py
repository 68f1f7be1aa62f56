# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""TLS: whom we trust, and the client certificate of the older access.

The authorities between it and a root are sent too: a server usually knows the root only.
"""

import contextlib
import errno
import os
import secrets
import ssl
import tempfile
from datetime import datetime, timezone

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import Encoding
from requests import certs

from . import errors
from .certificate import describe
from .certificate_file import open_certificate
from .errors import CertificateError

_MEMORY_FILES = "/proc/self/fd"


class _AttentiveSocket(ssl.SSLSocket):
    """Reports like a plain socket that the server closed the connection while we were sending.

    With TLS 1.3 a server that refuses our certificate sends its alert, and closes, when we are
    already sending the request. urllib3 reads that alert after a BrokenPipeError only.
    """

    def send(self, data, flags=0):
        try:
            return super().send(data, flags)
        except (ssl.SSLEOFError, ConnectionResetError) as failure:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE)) from failure


def client_ssl_context(content, password, authorities=None):
    """An ssl.SSLContext that presents the certificate with its whole chain, and verifies servers.

    :param content, password: see open_certificate
    :param authorities: see server_ssl_context
    :raises CertificateError: see open_certificate and ClientCertificate.problems
    """
    file = open_certificate(content, password)
    facts = describe(file)
    for code in facts.problems(datetime.now(timezone.utc)):
        validity = f"valid from {facts.not_before:%Y-%m-%d} to {facts.not_after:%Y-%m-%d}"
        raise CertificateError(code, label=f"{facts.subject}, {validity}")
    context = server_ssl_context(authorities)
    _present(context, file.key, file.chain)
    context.sslsocket_class = _AttentiveSocket
    return context


def server_ssl_context(authorities=None):
    """An ssl.SSLContext that verifies servers and presents nothing.

    :param authorities: PEM text of the authorities to trust, instead of those of certifi
    :raises ConfigurationError: `ca_bundle_unreadable`, there are none in it
    """
    if authorities is None:
        return ssl.create_default_context(cafile=certs.where())
    # The comments between the certificates may have accents, which the library refuses
    plain = authorities.encode("ascii", "ignore").decode("ascii")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cadata=plain)
    except (ValueError, ssl.SSLError):
        raise errors.ConfigurationError(errors.CA_BUNDLE_UNREADABLE) from None
    return context


def _present(context, key, chain):
    """Load the key and the chain into the context, which only reads files."""
    secret = secrets.token_hex(32).encode()
    encryption = serialization.BestAvailableEncryption(secret)
    content = key.private_bytes(Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    content += b"".join(item.public_bytes(Encoding.PEM) for item in chain)
    try:
        with _file(content) as path:
            context.load_cert_chain(path, password=secret)
    except ssl.SSLError as failure:
        # Readable, but too weak for this machine's OpenSSL
        raise CertificateError(errors.CERTIFICATE_UNREADABLE, label=failure.reason or "") from None


@contextlib.contextmanager
def _file(content):
    """A path that leads to ``content`` for a moment: into memory where the system can (Linux), else
    to a temporary file that only its owner can read."""
    in_memory = hasattr(os, "memfd_create") and os.path.isdir(_MEMORY_FILES)
    if in_memory:
        descriptor = os.memfd_create("certificate")
        path = f"{_MEMORY_FILES}/{descriptor}"
    else:
        descriptor, path = tempfile.mkstemp()
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(content)
        yield path
    finally:
        os.close(descriptor)
        if not in_memory:
            os.unlink(path)
