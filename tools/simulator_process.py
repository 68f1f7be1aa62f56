# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The local Chorus Pro of simulator/, run as a separate process, and its control plane."""

import contextlib
import json
import os
import urllib.error
import urllib.request

from .console import Problem
from .processes import free_port, server
from .setup.home import CHECKOUT

PORT = 8169
# Seconds between two statuses. (Ageing the simulator's world instead would move the dates of
# what Odoo knows already.)
LIFE_PACE_S = 6


@contextlib.contextmanager
def running(home, options=("--life-pace", LIFE_PACE_S)):
    """Give a Simulator that runs until the end of the block. SIMULATOR_PORT names its port.

    options: more arguments of its command line.
    """
    if not (CHECKOUT / "simulator" / "__main__.py").exists():
        raise Problem("the folder simulator/ is missing from this checkout: get it again")
    port = free_port(int(os.environ.get("SIMULATOR_PORT") or PORT))
    url = f"http://127.0.0.1:{port}"
    with server("the simulator", [home.python, "-m", "simulator", "--port", port, *options],
                url=f"{url}/_sim/credentials", log=home.logs / "simulator.log",
                env={**os.environ, "PYTHONUNBUFFERED": "1"}, cwd=CHECKOUT):
        yield Simulator(url)


class Simulator:
    """The control plane `/_sim` of a running simulator."""

    def __init__(self, url):
        self.url = url

    def get(self, path):
        """The bytes of `GET /_sim/PATH`."""
        return self._open(urllib.request.Request(f"{self.url}/_sim/{path}"))

    def post(self, path, **values):
        """`POST /_sim/PATH` with a JSON object; gives the JSON answer."""
        return json.loads(self._open(urllib.request.Request(
            f"{self.url}/_sim/{path}", data=json.dumps(values).encode(), method="POST",
            headers={"Content-Type": "application/json"})))

    def delete(self, path):
        """`DELETE /_sim/PATH`."""
        self._open(urllib.request.Request(f"{self.url}/_sim/{path}", method="DELETE"))

    def credentials(self):
        """Addresses, accounts, suppliers and recipients that the simulator knows."""
        return json.loads(self.get("credentials"))

    def invoices(self):
        """What Chorus Pro has: a dictionary of each invoice, by number."""
        return {invoice["number"]: invoice for invoice in json.loads(self.get("invoices"))}

    def flows(self):
        """The files that were deposited: a dictionary of each, by flow number."""
        return {flow["number"]: flow for flow in json.loads(self.get("flows"))}

    def close_service(self, recipient, code):
        """Act as a recipient (its SIRET) that closes one of its services."""
        self.post("services", recipient=recipient, code=code, active=False)

    def set_status(self, number, code, comment):
        """Act as the recipient of an invoice."""
        self.post(f"invoices/{number}/status", code=code, comment=comment)

    def _open(self, request):
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            raise Problem(f"the simulator answers {error.code} to {request.selector}: "
                          f"{error.read()[:200].decode(errors='replace')}") from error
