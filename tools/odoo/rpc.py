# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A user's session on a running Odoo: the same JSON calls as its web client makes."""

import http.cookiejar
import json
import time
import urllib.request

from ..console import Problem


class OdooSession:
    """Logged in as one user; rights and languages are that user's."""

    def __init__(self, url, database, login, password):
        self.url = url
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies)
        session = self._post("/web/session/authenticate",
                             db=database, login=login, password=password)
        if not session.get("uid"):
            raise Problem(f"Odoo does not let {login} in")
        self.user_id = session["uid"]
        self.context = session["user_context"]

    def call(self, model, method, *arguments, context=None, **keywords):
        """What the model's method gives. Raises Problem with Odoo's own message."""
        keywords["context"] = {**self.context, **(context or {})}
        return self._post(f"/web/dataset/call_kw/{model}/{method}", model=model, method=method,
                          args=arguments, kwargs=keywords)

    def search_read(self, model, domain, fields, **keywords):
        """The records of the domain, as dictionaries."""
        return self.call(model, "search_read", domain, fields, **keywords)

    def read_one(self, model, record_id, fields):
        """One record as a dictionary."""
        return self.call(model, "read", [record_id], fields)[0]

    def wait_until(self, what, condition, patience_s=300, every_s=1):
        """Call `condition` every `every_s` seconds until it gives something true.

        `what` names it in the Problem raised after `patience_s` seconds.
        """
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            if condition():
                return
            time.sleep(every_s)
        raise Problem(f"waited {patience_s} s in vain for this: {what}")

    def _post(self, path, **parameters):
        request = urllib.request.Request(
            self.url + path, headers={"Content-Type": "application/json"},
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": parameters}).encode())
        with self._opener.open(request, timeout=300) as answer:
            body = json.load(answer)
        if "error" in body:
            error = body["error"]
            data = error.get("data") or {}
            raise Problem(f"Odoo refuses {path}: {data.get('name', '')} "
                          f"{data.get('message') or error.get('message')}")
        return body["result"]
