# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Secrets at rest: encrypted with the keys of the server, which the database does not hold.

The keys are a list separated by commas (environment variable CHORUS_PRO_SECRET_KEY). The first one
encrypts, all of them decrypt: a new one is put in front, everything is encrypted again, then the
old one is taken away. Each key is 32 random bytes in base64, as made by `openssl rand -base64 32`.
The encryption is Fernet's (AES-128-CBC and HMAC-SHA256), of the package ``cryptography``.

A secret is bound to its place, "<model>,<id>,<column>": whoever can write to the database without a
key cannot have one secret sent as another, or to another address. The older form, mark 1, is still
read; it is bound to nothing.
"""

import base64
import re

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from . import errors
from .errors import ConfigurationError

VARIABLE = "CHORUS_PRO_SECRET_KEY"
_STANDARD = str.maketrans("-_", "+/")
_KEY = re.compile(r"[A-Za-z0-9+/_-]{43}=")
_OLD_MARK, _MARK = b"chorus-pro:1:", b"chorus-pro:2:"
# Encrypted with the secret, so that changing its mark does not make it the older form
_BOUND = b"\x00place:"
# A Fernet token: its version, the time (its first bits are 0 until 2106), at least 65 bytes more
_ENCRYPTED = re.compile(rb"chorus-pro:[12]:gAAAAA[A-Za-z0-9_-]{90,}={0,2}")


class SecretKeys:
    """The keys of the server, or none: then secrets stay as they are.

    :param text: the list, or "" or None
    :raises ConfigurationError: one of them, whose rank is the label, is no key
        (`secret_key_invalid`) or a predictable one (`secret_key_weak`)
    """

    def __init__(self, text):
        parts = filter(None, map(str.strip, (text or "").split(",")))
        self._keys = [_fernet(part, rank) for rank, part in enumerate(parts, 1)]

    def __bool__(self):
        return bool(self._keys)

    def __repr__(self):
        return f"SecretKeys({len(self._keys)} keys)"

    def encrypt(self, secret, place=None):
        """The secret (text or bytes) encrypted for its place, of the same type; unchanged without
        keys or when empty.

        :param place: "<model>,<id>,<column>"; without one it is bound to nothing
        """
        if not self._keys or not secret:
            return secret
        content = _bytes(secret)
        if place is None:
            return _typed(secret, _OLD_MARK + self._keys[0].encrypt(content))
        return _typed(secret, _MARK + self._keys[0].encrypt(_head(place) + content))

    def decrypt(self, stored, place=None):
        """The secret that was stored (text or bytes) at this place, of the same type. What is not
        encrypted is returned unchanged, the older form is read at any place.

        :raises ConfigurationError: none of the keys opens it (`secret_key_lost`), or it is that of
            another place (`secret_misplaced`)
        """
        if not is_encrypted(stored):
            return stored
        try:
            opened = MultiFernet(self._keys).decrypt(_token(stored)) if self._keys else None
        except InvalidToken:
            opened = None
        if opened is None:
            raise ConfigurationError(errors.SECRET_KEY_LOST)
        if is_old_form(stored) and not opened.startswith(_BOUND):
            return _typed(stored, opened)
        head = _head(place or "")
        if is_old_form(stored) or not opened.startswith(head):
            raise ConfigurationError(errors.SECRET_MISPLACED)
        return _typed(stored, opened[len(head) :])

    def is_current(self, stored, place=None):
        """Whether it is stored as ``encrypt`` would store it today; else replace it by
        ``encrypt(decrypt(stored, place), place)``."""
        if not stored or not self._keys:
            return not is_encrypted(stored)
        if not is_encrypted(stored) or is_old_form(stored) != (place is None):
            return False
        try:
            opened = self._keys[0].decrypt(_token(stored))
        except InvalidToken:
            return False
        return place is None or opened.startswith(_head(place))


def is_encrypted(stored):
    """Whether ``encrypt`` made this (text, bytes, or nothing)."""
    return bool(stored) and _ENCRYPTED.fullmatch(_bytes(stored)) is not None


def is_old_form(stored):
    """Whether this is encrypted, and bound to no place: encrypt it again."""
    return is_encrypted(stored) and _bytes(stored).startswith(_OLD_MARK)


def _head(place):
    """What precedes a secret.

    :raises ValueError: this is no place, it could end within a secret
    """
    if "\n" in place:
        raise ValueError("a place is one line")
    return _BOUND + f"{place}\n".encode()


def _token(stored):
    return _bytes(stored)[len(_MARK) :]


def _fernet(text, rank):
    # The library ignores what it cannot read in a key
    if not _KEY.fullmatch(text):
        raise ConfigurationError(errors.SECRET_KEY_INVALID, label=f"key {rank}")
    if len(set(base64.b64decode(text.translate(_STANDARD)))) == 1:
        raise ConfigurationError(errors.SECRET_KEY_WEAK, label=f"key {rank}")
    return Fernet(text)


def _bytes(value):
    return value.encode() if isinstance(value, str) else bytes(value)


def _typed(like, content):
    return content.decode() if isinstance(like, str) else content
