# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Secrets at rest: encrypted with the keys of the server, which the database does not hold.

The keys are a list separated by commas (environment variable CHORUS_PRO_SECRET_KEY). The first one
encrypts, all of them decrypt: a new one is put in front, everything is encrypted again, then the
old one is taken away. Each key is 32 random bytes in base64, as made by `openssl rand -base64 32`.
The encryption is Fernet's (AES-128-CBC and HMAC-SHA256), of the package ``cryptography``.

What is encrypted is bound to its place in the database (model, record and column): put elsewhere,
it is not opened. What was encrypted before there were places is read until it is encrypted again.
"""

import re

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from . import errors
from .errors import ConfigurationError

VARIABLE = "CHORUS_PRO_SECRET_KEY"
_KEY = re.compile(r"[A-Za-z0-9+/_-]{43}=")
_UNBOUND, _BOUND = b"chorus-pro:1:", b"chorus-pro:2:"
# What no secret begins with: PostgreSQL keeps no text with this character.
_INNER_MARK = b"\x00" + _BOUND
# A Fernet token: its version, the time (its first bits are 0 until 2106), at least 65 bytes more
_ENCRYPTED = re.compile(rb"chorus-pro:[12]:gAAAAA[A-Za-z0-9_-]{90,}={0,2}")


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

    def encrypt(self, secret, place=""):
        """The secret (text or bytes) encrypted, of the same type; itself without keys or when
        empty.

        place: where it is kept, "<model>,<id>,<column>", one line; "" binds it to no place.
        """
        if not self._keys or not secret:
            return secret
        if not place:
            return _typed(secret, _UNBOUND + self._keys[0].encrypt(_bytes(secret)))
        if "\n" in place:
            raise ValueError("a place is one line")
        return _typed(secret, _BOUND + self._keys[0].encrypt(_bound_to(place) + _bytes(secret)))

    def decrypt(self, stored, place=""):
        """The secret that was stored (text or bytes), of the same type; what is not encrypted is
        given as it is.

        place: where it was found, as given to ``encrypt``.

        Raises ConfigurationError: `secret_key_lost` when none of the keys opens it,
        `secret_misplaced` when it was encrypted for another place.
        """
        if not is_encrypted(stored):
            return stored
        opened = self._opened(_bytes(stored))
        beginning = b"" if is_unbound(stored) else _bound_to(place)
        # Nor does the mark of the old form, put before what is bound, free it.
        if not opened.startswith(beginning) or (not beginning and opened.startswith(_INNER_MARK)):
            raise ConfigurationError(errors.SECRET_MISPLACED)
        return _typed(stored, opened[len(beginning) :])

    def _opened(self, stored):
        if self._keys:
            try:
                return MultiFernet(self._keys).decrypt(stored[len(_BOUND) :])
            except InvalidToken:
                pass
        raise ConfigurationError(errors.SECRET_KEY_LOST)

    def is_current(self, stored, place=""):
        """True when it is stored as ``encrypt`` would store it today; False asks for
        ``encrypt(decrypt(stored, place), place)``."""
        if not stored or not self._keys:
            return not is_encrypted(stored)
        if not is_encrypted(stored) or is_unbound(stored) == bool(place):
            return False
        try:
            opened = self._keys[0].decrypt(_bytes(stored)[len(_BOUND) :])
        except InvalidToken:
            return False
        return is_unbound(stored) or opened.startswith(_bound_to(place))


def is_encrypted(stored):
    """Whether ``encrypt`` made this (text, bytes, or nothing)."""
    return bool(stored) and _ENCRYPTED.fullmatch(_bytes(stored)) is not None


def is_unbound(stored):
    """Whether this is encrypted in the form that is bound to no place: the old one."""
    return is_encrypted(stored) and _bytes(stored).startswith(_UNBOUND)


def _bound_to(place):
    return _INNER_MARK + place.encode() + b"\n"


def _fernet(text, rank):
    # The library ignores what it cannot read in a key
    if not _KEY.fullmatch(text):
        raise ConfigurationError(errors.SECRET_KEY_INVALID, label=f"key {rank}")
    return Fernet(text)


def _bytes(value):
    return value.encode() if isinstance(value, str) else bytes(value)


def _typed(like, content):
    return content.decode() if isinstance(like, str) else content
