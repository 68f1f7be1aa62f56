# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The requests that were received, without a secret and without the bytes of files."""

import base64
import binascii
import hashlib
from collections import Counter, deque

_KEPT = 20_000
_HIDDEN = "(hidden)"
_SECRET_HEADERS = frozenset({"authorization", "cpro-account", "cookie", "proxy-authorization"})
_SECRET_FORM_FIELDS = frozenset({"client_id", "client_secret"})
_FILE_FIELDS = frozenset({"fichierFlux", "fichierFacture", "pieceJointeFichier"})


def _without_secrets(headers):
    return {name: _HIDDEN if name.lower() in _SECRET_HEADERS else value for name, value in headers}


def _without_files(body):
    """The top-level files of a request become their sha256 and size, in bytes."""
    if not isinstance(body, dict):
        return body
    return {
        name: _digest(value) if name in _FILE_FIELDS and isinstance(value, str) else value
        for name, value in body.items()
    }


def _digest(text):
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return {"undecodable": True, "characters": len(text)}
    return {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}


class RequestLog:
    """Newest last; the oldest of more than 20,000 are forgotten."""

    def __init__(self):
        self._entries = deque(maxlen=_KEPT)
        self._counts = Counter()

    def open(self, request, access, operation, time):
        """Starts an entry; the gateway completes `body` and `status` (None: dropped).

        `access`: the way in that was used, "piste" or "certificate".
        """
        entry = {
            "time": time,
            "method": request.method,
            "path": request.path,
            "access": access,
            "operation": operation,
            "headers": _without_secrets(request.headers.items()),
            "body": None,
            "status": None,
        }
        self._entries.append(entry)
        self._counts[operation or ""] += 1
        return entry

    @staticmethod
    def note_body(entry, body):
        entry["body"] = _without_files(body)

    @staticmethod
    def note_form(entry, form):
        """`form`: the fields of a token request, the client's identity hidden."""
        entry["body"] = {
            name: _HIDDEN if name in _SECRET_FORM_FIELDS else value for name, value in form.items()
        }

    def to_json(self, operation=None):
        return [e for e in self._entries if operation in (None, e["operation"])]

    def counts(self):
        """Requests by operation, the forgotten ones too."""
        return dict(self._counts)

    def clear(self):
        self._entries.clear()
        self._counts.clear()
