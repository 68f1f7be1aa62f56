# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The forms in which an answer may repeat a secret: what redaction looks for."""

import base64
import html
import json
import re
from urllib.parse import quote, quote_plus

# What is made of fewer characters stands in any text by chance
_LEAST = 4
_ESCAPE = re.compile("%[0-9A-F]{2}")


def secret_forms(*secrets):
    """A set of texts: the secrets (texts; empty ones are left out) as they are, and as they look
    once they were put into an address, into JSON, into a page, in base64 or in hexadecimal."""
    return {form for secret in secrets if secret for form in _forms(secret) if form}


def _forms(secret):
    yield from (secret, quote_plus(secret, errors="replace"))
    if len(secret) < _LEAST:
        return
    for quoted in (quote(secret, safe="", errors="replace"), quote(secret, errors="replace")):
        yield from (quoted, _ESCAPE.sub(lambda found: found[0].lower(), quoted))
    for in_json in (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]):
        yield from (in_json, in_json.replace("/", "\\/"))
    yield html.escape(secret)
    content = secret.encode("utf-8", "replace")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        encoded = encode(content).decode("ascii")
        yield from (encoded, encoded.rstrip("="))
    yield from (content.hex(), content.hex().upper())
