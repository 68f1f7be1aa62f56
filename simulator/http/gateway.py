# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What every request meets on its way in: access, content type, sizes, and the faults.

A WSGI application. The answers of the gateway itself are those that users of the real one
observed; what nobody observed is chosen here and listed in the README.
"""

import copy
import json
import socket
import sys
import time
from decimal import Decimal
from urllib.parse import parse_qsl

from werkzeug.wrappers import Request

from ..api.operations import TOKEN
from ..checks.fields import check, without_empty_values
from ..documents.factur_x import MissingPackage
from ..world.faults import holder_of
from ..world.refusals import Oversized, Refusal
from .access import bad_account
from .answers import JSON_TYPE, empty_response, html_response, json_response
from .tokens import TokenRefused

# An archive of 30 MB in base64, and room for the rest of the request
MAX_BODY_BYTES = 42_000_000
FORM_TYPE = "application/x-www-form-urlencoded"
_PIECE = 1 << 20

_BAD_GATEWAY = (
    "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
)
_MAINTENANCE = (
    "<!DOCTYPE html><html lang='fr'><head><title>Maintenance</title></head>"
    "<body><p>Le service est momentanément indisponible.</p></body></html>"
)


class Dropped(ConnectionError):
    """The connection was closed on purpose; the server must not answer."""


def read_object(raw):
    """The JSON object of a request, None when it is not one; decimals stay exact."""

    def no_constant(name):
        raise ValueError(name)

    try:
        data = json.loads(raw, parse_float=Decimal, parse_constant=no_constant)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


class Gateway:
    """`access`: PisteAccess or CertificateAccess. `control`: the control plane, where this gateway
    serves it."""

    def __init__(self, platform, access, control=None):
        self.platform = platform
        self._access = access
        self._control = control

    def __call__(self, environ, start_response):
        request = Request(environ)
        if self._control and request.path.startswith("/_sim"):
            response = self._control(request)
        else:
            response = self._api(request)
        return response(environ, start_response)

    def _api(self, request):
        platform = self.platform
        known = self._access.operations.get(request.path)
        is_token = request.path == self._access.token_path
        operation = TOKEN if is_token else known.key if known else None
        with platform.lock:
            platform.catch_up()
            now = platform.clock.moment(platform.clock.now())
            entry = platform.request_log.open(request, self._access.name, operation, now)
            refused = operation and platform.faults.take("connection_refused_like", operation)
        if refused:
            _close(request)
        raw = _read(request)
        if raw is None:
            response = empty_response(413)
        elif is_token:
            response = self._token(request, raw, entry)
        else:
            response = self._call(request, raw, entry, known)
        time.sleep(platform.latency)
        entry["status"] = response.status_code
        return response

    # The token endpoint

    def _token(self, request, raw, entry):
        if request.method != "POST":
            return empty_response(405, Allow="POST")
        if request.mimetype != FORM_TYPE:
            return empty_response(415)
        form = dict(parse_qsl(raw.decode("utf-8", "replace")))
        with self.platform.lock:
            self.platform.request_log.note_form(entry, form)
            try:
                unknown = "application" in self.platform.missing_rights
                if unknown or self.platform.faults.take("spurious_invalid_client", TOKEN):
                    raise TokenRefused("invalid_client")
                return json_response(self.platform.tokens.issue(form))
            except TokenRefused as refused:
                return json_response({"error": refused.error}, 400)

    # The API

    def _call(self, request, raw, entry, operation):
        """The gateway's own checks, then the operation, then the faults of its answer."""
        platform = self.platform
        with platform.lock:
            body = read_object(raw)
            platform.request_log.note_body(entry, {"size": len(raw)} if body is None else body)
            stopped = self._stopped(request, operation)
            if stopped is not None:
                return stopped
            response, done = self._work(request, body, operation)
            after = self._faults_after(operation.key) if done else {}
        if "slow" in after:
            time.sleep(after["slow"]["seconds"])
        if "lost_answer" in after:
            _close(request)
        if "bad_gateway_after" in after:
            return html_response(_BAD_GATEWAY, 502)
        if "truncated_json" in after:
            body = response.get_data()
            response.set_data(body[: len(body) // 2])
        return response

    def _stopped(self, request, operation):
        """The answer when the request never reaches the operation, else None."""
        stopped = self._access.stopped(request)
        if stopped is not None:
            return stopped
        if operation is None or self.platform.missing_rights.forbids(operation.path):
            return empty_response(403)
        if request.method != operation.method:
            return empty_response(405, Allow=operation.method)
        stopped = self._fault_before(operation.key)
        if stopped is not None:
            return stopped
        refused = "technical_account" in self.platform.missing_rights
        if refused or self._access.supplier(request) is None:
            return bad_account()
        if operation.method == "POST" and not _is_json(request):
            return empty_response(415)
        return None

    def _fault_before(self, key):
        """The answer of an armed fault that keeps the work from being done, else None."""
        faults = self.platform.faults
        if faults.take("unauthorized_once", key):
            return self._access.unauthorised()
        limited = faults.take("rate_limited", key)
        if limited:
            return empty_response(429, Retry_After=str(limited["retry_after"]))
        if faults.take("bad_gateway", key):
            return html_response(_BAD_GATEWAY, 502)
        if faults.take("maintenance_page", key):
            return html_response(_MAINTENANCE, 200)
        return None

    def _work(self, request, body, operation):
        """(response, whether the operation did its work)."""
        platform = self.platform
        try:
            if operation.method == "GET":
                body = {}
            elif body is None:
                raise Refusal("unreadable")
            if platform.switches.empty_values == "absent":
                body = without_empty_values(operation.table, body)
            check(operation.table, body)
            platform.missing_rights.refuse(operation)
            if platform.faults.take("duplicate_deposit", operation.key):
                raise Refusal("number_duplicate", code=platform.switches.duplicate_code)
            answer = operation.run(platform, self._access.supplier(request), body)
        except Oversized:
            return empty_response(413), False
        except Refusal as refusal:
            status = 400 if refusal.about_shape else platform.switches.refusal_status
            return json_response(refusal.to_json(), status), False
        except MissingPackage as missing:
            print(f"simulator: {missing}", file=sys.stderr, flush=True)
            return json_response({"error": str(missing)}, 501), False
        if platform.faults.take("half_answer", operation.key):
            answer = _without_ids(answer)
        return json_response(self._with_odd_text(operation.key, answer)), True

    def _with_odd_text(self, key, answer):
        """The answer, with one text replaced if that is ordered."""
        odd = self.platform.faults.take(
            "odd_text", key, lambda options: holder_of(answer, options) is not None
        )
        if odd:
            answer = copy.deepcopy(answer)
            holder_of(answer, odd)[odd["field"]] = odd["text"]
        return answer

    def _faults_after(self, key):
        names = ("slow", "lost_answer", "bad_gateway_after", "truncated_json")
        taken = {name: self.platform.faults.take(name, key) for name in names}
        return {name: options for name, options in taken.items() if options}


_ID_FIELDS = frozenset(
    {
        "identifiantFactureCPP",
        "pieceJointeId",
        "numeroFluxDepot",
        "idFacture",
        "idStructureCPP",
        "idService",
        "idCoordonneeBancaire",
    }
)


def _without_ids(answer):
    if isinstance(answer, dict):
        return {k: _without_ids(v) for k, v in answer.items() if k not in _ID_FIELDS}
    if isinstance(answer, list):
        return [_without_ids(item) for item in answer]
    return answer


def _is_json(request):
    return request.mimetype == JSON_TYPE


def _read(request):
    """The whole body, so that the connection can serve another request; None when too large."""
    size = request.content_length or 0
    if size <= MAX_BODY_BYTES:
        return request.get_data()
    while size > 0:
        piece = request.stream.read(min(size, _PIECE))
        if not piece:
            break
        size -= len(piece)
    return None


def _close(request):
    """Closes the socket under the client, without an answer."""
    request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    raise Dropped("closed by a fault")
