# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""HTTP answers: JSON, a page, or nothing but a status."""

import json

from werkzeug.wrappers import Response

JSON_TYPE = "application/json"


def to_json(data):
    """JSON bytes; amounts are numbers. Half of a character, which UTF-8 cannot hold, is escaped."""
    text = json.dumps(data, ensure_ascii=False, default=float)
    return text.encode("utf-8", "backslashreplace")


def json_response(data, status=200):
    return Response(to_json(data), status, content_type=JSON_TYPE + ";charset=UTF-8")


def html_response(page, status):
    return Response(page, status, content_type="text/html;charset=UTF-8")


def empty_response(status, **headers):
    response = Response(b"", status, content_type="text/plain")
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = value
    return response
