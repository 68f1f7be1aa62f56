# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What stands before several Odoo servers: a request is sent on to one after the other."""

import contextlib
import itertools
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextlib.contextmanager
def running(addresses):
    """Redirect requests to the addresses in turn, passing over those where nobody listens; gives
    the port of 127.0.0.1. addresses: list of (host, port)."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Redirect)
    server.turns = itertools.cycle(addresses)
    server.count = len(addresses)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


class _Redirect(BaseHTTPRequestHandler):
    def do_GET(self):
        for host, port in itertools.islice(self.server.turns, self.server.count):
            if _listens(host, port):
                self.send_response(307)
                self.send_header("Location", f"http://{host}:{port}{self.path}")
                break
        else:
            self.send_response(503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments):
        """The servers have logs."""


def _listens(host, port):
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False
