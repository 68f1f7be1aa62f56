# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Chorus Pro's own server, over SFTP: we are the client, known by an RSA key.

The AIFE takes the public key from a certificate (X509v3); SSH itself only needs the private key,
given here as PEM or in the .p12 of that certificate. The server is known by its public key, which
is set beforehand: nothing is sent to another one. Hosts and folders are given by Chorus Pro when it
opens the connection; none is public.

``paramiko`` is imported when a conversation begins, so that nobody needs it for the API.
"""

import base64
import binascii
import contextlib
import hashlib
import logging
import posixpath
import re
import socket
import stat
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    load_pem_private_key,
    load_ssh_private_key,
)

from .. import errors
from ..certificate_file import MAX_BYTES, open_certificate
from ..environment import require_safe_url
from ..errors import (
    CertificateError,
    ConfigurationError,
    CredentialsError,
    UnavailableError,
    UnknownOutcomeError,
)
from .exchange import Exchange

# What fails is raised: the library would log it once more, with tracebacks.
_LOG = f"{__name__}.ssh"
logging.getLogger(_LOG).setLevel(logging.CRITICAL)

DEFAULT_PORT = 22
WEAKEST_BITS = 2048
# How a key file of OpenSSH begins, which has a reader of its kind.
_OPENSSH = b"-----BEGIN OPENSSH "
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}=?")
# In the order of preference; names of the protocol (RFC 4253, 8332, 8709, 5656).
_KEY_TYPES = {
    "ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"),
    "ssh-ed25519": ("ssh-ed25519",),
    "ecdsa-sha2-nistp256": ("ecdsa-sha2-nistp256",),
    "ecdsa-sha2-nistp384": ("ecdsa-sha2-nistp384",),
    "ecdsa-sha2-nistp521": ("ecdsa-sha2-nistp521",),
}


@dataclass(frozen=True)
class HostKey:
    """The public key of a server: its bytes and kind, or only its fingerprint."""

    kind: str
    fingerprint: str

    @classmethod
    def parse(cls, typed):
        """From what people paste: a line of a .pub or known_hosts file, or "SHA256:…".

        :raises ConfigurationError: `edi_host_key_unreadable`
        """
        found = _FINGERPRINT.search(typed)
        if found:
            return cls("", found[0].rstrip("="))
        words = typed.split()
        for kind, encoded in zip(words, words[1:], strict=False):
            if kind in _KEY_TYPES:
                with contextlib.suppress(ValueError, binascii.Error):
                    content = base64.b64decode(encoded, validate=True)
                    if content[4 : 4 + len(kind)] == kind.encode():
                        return cls(kind, fingerprint(content))
        raise ConfigurationError(errors.EDI_HOST_KEY_UNREADABLE)


def fingerprint(content):
    """SHA256:… of the bytes of a public key, as OpenSSH shows it."""
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    return "SHA256:" + digest.rstrip("=")


def open_private_key(content, passphrase):
    """The RSA private key in a file (bytes): PEM, with certificates or without, or PKCS#12.

    :param passphrase: text, "" or None for none
    :raises ConfigurationError: `edi_key_unreadable`, `edi_key_passphrase`
    """
    if len(content) > MAX_BYTES:
        raise ConfigurationError(errors.EDI_KEY_UNREADABLE)
    if _OPENSSH in content:
        key = _loaded(load_ssh_private_key, content, passphrase)
    elif b"-----BEGIN " in content and b"BEGIN CERTIFICATE" not in content:
        key = _loaded(load_pem_private_key, content, passphrase)
    else:
        key = _key_of_certificate(content, passphrase)
    if not isinstance(key, RSAPrivateKey) or key.key_size < WEAKEST_BITS:
        raise ConfigurationError(errors.EDI_KEY_UNREADABLE)
    return key


def _loaded(load, content, passphrase):
    is_locked = b"ENCRYPTED" in content
    secret = passphrase.encode("utf-8", "replace") if passphrase else None
    try:
        return load(content.strip() + b"\n", secret)
    except TypeError:
        # A passphrase for a key without, or none for a key with one.
        if secret and not is_locked:
            return _loaded(load, content, None)
        raise ConfigurationError(errors.EDI_KEY_PASSPHRASE) from None
    except (ValueError, UnsupportedAlgorithm):
        is_locked = is_locked or (secret is not None and b"OPENSSH" in content)
        code = errors.EDI_KEY_PASSPHRASE if is_locked else errors.EDI_KEY_UNREADABLE
        # Not chained: nothing of the key may be shown
        raise ConfigurationError(code) from None


def _key_of_certificate(content, passphrase):
    try:
        return open_certificate(content, passphrase).key
    except CertificateError as error:
        is_locked = error.code == errors.CERTIFICATE_PASSWORD
        code = errors.EDI_KEY_PASSPHRASE if is_locked else errors.EDI_KEY_UNREADABLE
        raise ConfigurationError(code) from None


@dataclass(frozen=True, repr=False)
class SftpPlace:
    """Where the server is, who we are, and where files go.

    :raises ConfigurationError: `edi_address`, `loopback_url`, `edi_host_key_unreadable`
    """

    host: str
    login: str
    key: object  # RSAPrivateKey, see open_private_key
    host_key: str  # see HostKey.parse
    out: str  # folder of deposit
    incoming: str  # folder of retrieval
    port: int = DEFAULT_PORT
    ciphers: tuple = ()  # names, () for those of the library
    connect_timeout: float = 10  # seconds
    timeout: float = 60  # seconds without an answer
    allow_loopback: bool = False

    def __post_init__(self):
        require_safe_host(self.host, self.port, self.allow_loopback)
        HostKey.parse(self.host_key)

    def __repr__(self):
        return f"SftpPlace({self.login}@{self.host}:{self.port})"


def require_safe_host(host, port, allow_loopback=False):
    """Check the name and port of a server that the user typed.

    :raises ConfigurationError: `edi_address`, or `loopback_url` for this machine itself
    """
    name = f"[{host}]" if host.count(":") > 1 else host
    if not isinstance(port, int) or not 0 < port < 65536 or set("/@?#") & set(host):
        raise ConfigurationError(errors.EDI_ADDRESS, label=host)
    try:
        require_safe_url(f"https://{name}:{port}/", allow_loopback)
    except ConfigurationError as error:
        code = error.code if error.code == errors.LOOPBACK_URL else errors.EDI_ADDRESS
        raise ConfigurationError(code, label=host) from None


def _library():
    try:
        import paramiko
    except ImportError:
        raise ConfigurationError(errors.EDI_LIBRARY_MISSING) from None
    return paramiko


class SftpExchange(Exchange):
    """A conversation with the server of an :class:`SftpPlace`.

    :raises ConfigurationError: paramiko is missing, another host key, no common cipher
    :raises CredentialsError: `edi_login_refused`
    :raises UnavailableError: the server cannot be reached
    """

    def __init__(self, place):
        self._place = place
        self._library = _library()
        self._transport = self._connected()
        try:
            self._sftp = self._opened()
        except BaseException:
            self.close()
            raise

    def close(self):
        self._transport.close()
        # The library leaves it open when the conversation never began, or was cut.
        self._transport.sock.close()

    def _connected(self):
        place = self._place
        try:
            address = place.host, place.port
            connection = socket.create_connection(address, place.connect_timeout)
        except socket.gaierror:
            raise UnavailableError(errors.NAME_UNRESOLVED) from None
        except (OSError, UnicodeError) as error:
            raise UnavailableError(errors.CONNECTION_FAILED, label=error) from None
        transport = self._library.Transport(connection)
        transport.set_log_channel(_LOG)
        try:
            self._authenticate(transport)
        except BaseException:
            transport.close()
            connection.close()
            raise
        return transport

    def _authenticate(self, transport):
        place, library = self._place, self._library
        pinned = HostKey.parse(place.host_key)
        transport.banner_timeout = transport.handshake_timeout = place.timeout
        transport.auth_timeout = transport.channel_timeout = place.timeout
        options = transport.get_security_options()
        try:
            if place.ciphers:
                options.ciphers = place.ciphers
            if pinned.kind:
                options.key_types = _KEY_TYPES[pinned.kind]
        except ValueError as error:
            raise ConfigurationError(errors.EDI_NO_COMMON_CIPHER, label=error) from None
        try:
            transport.start_client(timeout=place.connect_timeout)
            shown = fingerprint(transport.get_remote_server_key().asbytes())
            if shown != pinned.fingerprint:
                raise ConfigurationError(errors.EDI_HOST_KEY, label=shown)
            transport.auth_publickey(place.login, library.RSAKey(key=place.key))
        except library.ssh_exception.IncompatiblePeer as error:
            # Of the kinds of keys too: the pinned one is of a kind that the server does not have.
            code = errors.EDI_HOST_KEY if "host key" in str(error) else errors.EDI_NO_COMMON_CIPHER
            raise ConfigurationError(code, label=error) from None
        except library.AuthenticationException as error:
            raise CredentialsError(errors.EDI_LOGIN_REFUSED, label=error) from None
        except (library.SSHException, EOFError, OSError) as error:
            raise UnavailableError(errors.CONNECTION_FAILED, label=error) from None

    def _opened(self):
        try:
            sftp = self._library.SFTPClient.from_transport(self._transport)
            sftp.get_channel().settimeout(self._place.timeout)
        except (self._library.SSHException, EOFError, OSError) as error:
            raise UnavailableError(errors.CONNECTION_FAILED, label=error) from None
        return sftp

    @contextlib.contextmanager
    def _open_out(self, name):
        path = self._path(self._place.out, name)
        with self._told(self._place.out):
            with self._sftp.open(path, "wb") as file:
                file.set_pipelined(True)
                counted = _Counted(file)
                yield counted
            # A pipelined error may have gone unnoticed.
            if self._sftp.stat(path).st_size != counted.size:
                raise UnavailableError(errors.EDI_STORE_FAILED)

    def _rename_out(self, former, name):
        folder = self._place.out
        with self._told(folder, lost=True):
            self._sftp.rename(self._path(folder, former), self._path(folder, name))

    def _size_out(self, name):
        folder = self._place.out
        with self._told(folder), contextlib.suppress(FileNotFoundError):
            return self._sftp.stat(self._path(folder, name)).st_size
        return None

    def _sizes_in(self):
        folder = self._place.incoming
        with self._told(folder):
            found = self._sftp.listdir_attr(folder)
        return {
            each.filename: each.st_size or 0 for each in found
            if not each.st_mode or stat.S_ISREG(each.st_mode)
        }

    @contextlib.contextmanager
    def _reading(self, name):
        """Open until the bytes are durable here: the server counts it as fetched when it is
        closed, or cuts nothing off if we end before."""
        folder = self._place.incoming
        with self._told(folder):
            file = self._sftp.open(self._path(folder, name), "rb")

        def read(size):
            with self._told(folder):
                return file.read(size)

        try:
            yield read
        except BaseException:
            # Closing would count as a retrieval: the connection ends first.
            self.close()
            raise
        with self._told(folder):
            file.close()

    @staticmethod
    def _path(folder, name):
        return posixpath.join(folder or ".", name)

    @contextlib.contextmanager
    def _told(self, folder, lost=False):
        """Errors of the library as ours. ``lost``: whether what was being done may have been."""
        try:
            yield
        except FileNotFoundError:
            raise ConfigurationError(errors.EDI_FOLDER_MISSING, label=folder) from None
        except PermissionError:
            raise ConfigurationError(errors.EDI_FOLDER_DENIED, label=folder) from None
        except (self._library.SSHException, EOFError, OSError) as error:
            if self._is_alive() and not isinstance(error, (EOFError, TimeoutError)):
                raise UnavailableError(errors.EDI_STORE_FAILED, label=error) from None
            kind = UnknownOutcomeError if lost else UnavailableError
            raise kind(errors.ANSWER_LOST, label=error) from None

    def _is_alive(self):
        return self._transport.is_active() and not self._sftp.get_channel().closed


class _Counted:
    """A file that knows how much was written to it."""

    def __init__(self, file):
        self._file, self.size = file, 0

    def write(self, data):  # pylint: disable=method-required-super
        self._file.write(data)
        self.size += len(data)
