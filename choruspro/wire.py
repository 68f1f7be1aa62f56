# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""JSON without loss: a Decimal goes out and comes in with exactly its digits."""

import base64
import json
import os
import tempfile
from decimal import Decimal

_HEAD = 1 << 16  # more than what precedes the file in any body of ours
_PIECE = 3 << 18  # bytes read at once of a file


def encode(payload):
    """The bytes (UTF-8) of an object made of dict, list, str, int, bool, None and Decimal."""
    return "".join(_pieces(payload)).encode("utf-8")


def spool(payload, key, file):
    """The bytes of such an object, with the base64 of a file under ``key``.

    :param file: binary, read from its position to its end, piece by piece, whatever its size
    :return: a temporary binary file at its start, which is deleted when it is closed
    :raises OSError: there is no room for it
    """
    body, rest = tempfile.TemporaryFile(), b""
    try:
        body.write(encode(payload)[:-1] + f', "{key}": "'.encode())
        while piece := file.read(_PIECE):
            piece = rest + piece
            whole = len(piece) - len(piece) % 3  # no padding in the middle
            body.write(base64.b64encode(piece[:whole]))
            rest = piece[whole:]
        body.write(base64.b64encode(rest) + b'"}')
        body.seek(0)
    except BaseException:
        body.close()
        raise
    return body


def spooled(file):
    """The object in a body made by ``spool``, with the size of the file in its place; None for
    another body."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(size - 4, 0))
    padding = file.read().count(b"=")
    file.seek(0)
    start = file.read(_HEAD)
    # The last key is the file's: base64 holds no quotes
    head, found, rest = start.rpartition(b', "')
    key, quote, _content = rest.partition(b'": "')
    if not found or not quote:
        return None
    try:
        payload = decode(head + b"}")
    except ValueError:
        return None
    before = len(head) + len(found) + len(key) + len(quote)
    return {**payload, key.decode("utf-8", "replace"): (size - before - 2) // 4 * 3 - padding}


def decode(body):
    """The object in these bytes, numbers with a point being Decimals.

    :raises ValueError: this is not UTF-8 JSON (such as NaN, or absurd nesting)
    """
    try:
        return json.loads(body.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _refuse(constant):
    raise ValueError(f"{constant} is not JSON")


def _pieces(value):
    if isinstance(value, dict):
        yield "{"
        for index, (key, item) in enumerate(value.items()):
            yield f"{', ' if index else ''}{json.dumps(key)}: "
            yield from _pieces(item)
        yield "}"
    elif isinstance(value, (list, tuple)):
        yield f"[{', '.join(''.join(_pieces(item)) for item in value)}]"
    elif isinstance(value, Decimal):
        yield format(value, "f")
    else:
        yield json.dumps(value, ensure_ascii=False, allow_nan=False)
