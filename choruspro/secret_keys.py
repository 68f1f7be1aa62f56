# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Secrets at rest: encrypted with the keys of the server, which the database does not hold.

The keys are a list separated by commas (environment variable CHORUS_PRO_SECRET_KEY). The first one
encrypts, all of them decrypt: a new one is put in front, everything is encrypted again, then the
old one is taken away. Each key is 32 random bytes in base64, as made by `openssl rand -base64 32`.
The encryption is Fernet's (AES-128-CBC and HMAC-SHA256), of the package ``cryptography``.
"""

import re

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from . import errors
from .errors import ConfigurationError

VARIABLE = "CHORUS_PRO_SECRET_KEY"
_KEY = re.compile(r"[A-Za-z0-9+/_-]{43}=")
_MARK = b"chorus-pro:1:"
# A Fernet token: its version, the time (its first bits are 0 until 2106), at least 65 bytes more
_ENCRYPTED = re.compile(re.escape(_MARK) + rb"gAAAAA[A-Za-z0-9_-]{90,}={0,2}")


class SecretKeys:
    """The keys of the server, or none: then secrets stay as they are.

    text: the list, or "" or None. Raises ConfigurationError (`secret_key_invalid`) that says which
    of them is no key, and never what it is.
    """

    def __init__(self, text):
        parts = [part for part in (part.strip() for part in (text or "").split(",")) if part]
        self._keys = [_fernet(part, rank) for rank, part in enumerate(parts, 1)]

    def __bool__(self):
        return bool(self._keys)

    def __repr__(self):
        return f"SecretKeys({len(self._keys)} keys)"

    def encrypt(self, secret):
        """The secret (text or bytes) encrypted, of the same type; itself without keys or when
        empty."""
        if not self._keys or not secret:
            return secret
        return _typed(secret, _MARK + self._keys[0].encrypt(_bytes(secret)))

    def decrypt(self, stored):
        """The secret that was stored (text or bytes), of the same type; what is not encrypted is
        given as it is.

        Raises ConfigurationError (`secret_key_lost`) when none of the keys opens it.
        """
        if not is_encrypted(stored):
            return stored
        token = _bytes(stored)[len(_MARK) :]
        try:
            opened = MultiFernet(self._keys).decrypt(token) if self._keys else None
        except InvalidToken:
            opened = None
        if opened is None:
            raise ConfigurationError(errors.SECRET_KEY_LOST)
        return _typed(stored, opened)

    def is_current(self, stored):
        """True when it is stored as ``encrypt`` would store it today; False asks for
        ``encrypt(decrypt(stored))``."""
        if not stored or not self._keys:
            return not is_encrypted(stored)
        if not is_encrypted(stored):
            return False
        try:
            self._keys[0].decrypt(_bytes(stored)[len(_MARK) :])
        except InvalidToken:
            return False
        return True


def is_encrypted(stored):
    """Whether ``encrypt`` made this (text, bytes, or nothing)."""
    return bool(stored) and _ENCRYPTED.fullmatch(_bytes(stored)) is not None


def _fernet(text, rank):
    # The library ignores what it cannot read in a key
    if not _KEY.fullmatch(text):
        raise ConfigurationError(errors.SECRET_KEY_INVALID, label=f"key {rank}")
    return Fernet(text)


def _bytes(value):
    return value.encode() if isinstance(value, str) else bytes(value)


def _typed(like, content):
    return content.decode() if isinstance(like, str) else content
