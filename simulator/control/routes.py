# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The control plane over HTTP: ``/_sim``, JSON, without authentication, loopback only."""

import inspect
import json

from werkzeug.wrappers import Response

from ..http.answers import json_response
from .plane import ControlError

PREFIX = "/_sim/"


class ControlRoutes:
    """Called by the gateway with a werkzeug request; gives the response."""

    def __init__(self, control):
        self._control = control
        self._routes = {
            ("GET", "credentials"): self._credentials,
            ("POST", "reset"): self._reset,
            ("POST", "clock"): self._clock,
            ("GET", "invoices"): self._invoices,
            ("POST", "invoices"): self._seed,
            ("POST", "services"): self._service,
            ("POST", "lives"): self._life,
            ("GET", "flows"): lambda order: control.flows(),
            ("GET", "edi"): lambda order: control.edi(),
            ("POST", "edi"): self._edi_ready,
            ("GET", "requests"): self._requests,
            ("DELETE", "requests"): self._clear_requests,
            ("GET", "request_counts"): lambda order: control.request_counts(),
            ("GET", "faults"): lambda order: control.faults(),
            ("POST", "faults"): self._fault,
            ("DELETE", "faults"): self._clear_faults,
            ("GET", "switches"): lambda order: control.switches(),
            ("POST", "switches"): self._switch,
            ("GET", "missing_rights"): lambda order: control.missing_rights(),
            ("POST", "missing_rights"): self._lack,
        }

    def __call__(self, request):
        try:
            return self._route(request, _order(request))
        except ControlError as error:
            return json_response({"error": str(error)}, error.status)

    def _route(self, request, order):
        name = request.path[len(PREFIX) :]
        run = self._routes.get((request.method, name))
        if run is not None:
            return json_response(run(order))
        if request.method == "GET" and name.startswith("files/"):
            return self._file(name[len("files/") :])
        # A number may contain slashes
        if request.method == "POST" and name.startswith("invoices/") and name.endswith("/status"):
            number = name[len("invoices/") : -len("/status")]
            return json_response(self._status(number, order))
        known = ", ".join(f"{method} {PREFIX}{path}" for method, path in self._routes)
        raise ControlError(f"no {request.method} {request.path}; known: {known}", 404)

    def _credentials(self, order):
        return self._control.credentials()

    def _reset(self, order):
        self._control.reset()
        return {}

    def _clock(self, order):
        self._control.advance(**_arguments(self._control.advance, order, "advance_s"))
        return {}

    def _invoices(self, order):
        return self._control.invoices(**_arguments(self._control.invoices, order))

    def _seed(self, order):
        return self._control.seed(**_arguments(self._control.seed, order))

    def _service(self, order):
        self._control.set_service(**_arguments(self._control.set_service, order))
        return {}

    def _life(self, order):
        self._control.set_life(**_arguments(self._control.set_life, order))
        return {}

    def _edi_ready(self, order):
        self._control.edi_ready(**_arguments(self._control.edi_ready, order))
        return {}

    def _requests(self, order):
        return self._control.requests(**_arguments(self._control.requests, order))

    def _clear_requests(self, order):
        self._control.clear_requests()
        return {}

    def _fault(self, order):
        self._control.fault(**{"name": None, **order})
        return self._control.faults()

    def _clear_faults(self, order):
        self._control.clear_faults()
        return {}

    def _switch(self, order):
        self._control.switch(**order)
        return self._control.switches()

    def _lack(self, order):
        self._control.lack(**order)
        return self._control.missing_rights()

    def _status(self, number, order):
        order = {"number": number, **order}
        self._control.set_status(**_arguments(self._control.set_status, order))
        return {}

    def _file(self, text):
        if not text.isdigit():
            raise ControlError(f"not an attachment id: {text}", 404)
        return Response(self._control.file(int(text)), content_type="application/octet-stream")


def _order(request):
    """The JSON object of an order, or the query of a look; nothing is an empty one."""
    body = request.get_data()
    if not body:
        return request.args.to_dict()
    try:
        order = json.loads(body)
    except (ValueError, RecursionError):
        raise ControlError("the body is not JSON") from None
    if not isinstance(order, dict):
        raise ControlError("the body must be a JSON object")
    return order


def _arguments(method, order, *renamed):
    """`order` as keyword arguments of `method`; a wrong or missing name is a ControlError."""
    parameters = inspect.signature(method).parameters
    names = dict(zip(renamed or parameters, parameters, strict=True))
    for name in order:
        if name not in names:
            raise ControlError(f"unknown key {name}; known: {', '.join(names)}")
    for name, parameter in names.items():
        if parameters[parameter].default is inspect.Parameter.empty and name not in order:
            raise ControlError(f"{name} is missing")
    return {names[name]: value for name, value in order.items()}
