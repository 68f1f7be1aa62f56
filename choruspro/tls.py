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

from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)
from requests import certs

from . import errors
from .certificate import describe
from .certificate_file import open_certificate
from .errors import CertificateError

_MEMORY_FILES = "/proc/self/fd"


class _AttentiveSocket(ssl.SSLSocket):
    """Says that the server hung up while we were sending as a plain socket does.

    With TLS 1.3 a server that refuses our certificate says so, and closes, when we are already
    sending the request. urllib3 reads what the server said first after a BrokenPipeError only.
    """

    def send(self, data, flags=0):
        try:
            return super().send(data, flags)
        except (ssl.SSLEOFError, ConnectionResetError) as failure:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE)) from failure


def client_ssl_context(content, password, authorities=None):
    """An ssl.SSLContext that presents the certificate with its whole chain, and verifies servers.

    content, password: see open_certificate, which names the errors; the first of ``problems`` is
    raised too. authorities: PEM text of the authorities to trust, instead of those of the package
    certifi; ConfigurationError (`ca_bundle_unreadable`) when it holds none.
    """
    file = open_certificate(content, password)
    facts = describe(file)
    for code in facts.problems(datetime.now(timezone.utc)):
        raise CertificateError(
            code,
            label=f"{facts.subject}, valid from {facts.not_before:%Y-%m-%d} "
            f"to {facts.not_after:%Y-%m-%d}",
        )
    context = server_ssl_context(authorities)
    _present(context, file.key, file.chain)
    context.sslsocket_class = _AttentiveSocket
    return context


def server_ssl_context(authorities=None):
    """An ssl.SSLContext that verifies servers and presents nothing.

    authorities: see client_ssl_context.
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
    """Gives the key and the chain to the context, which only reads files."""
    secret = secrets.token_hex(32).encode()
    content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(secret))
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
    if hasattr(os, "memfd_create") and os.path.isdir(_MEMORY_FILES):
        descriptor = os.memfd_create("certificate")
        path, delete = f"{_MEMORY_FILES}/{descriptor}", None
    else:
        descriptor, path = tempfile.mkstemp()
        delete = path
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(content)
        yield path
    finally:
        os.close(descriptor)
        if delete:
            os.unlink(delete)
