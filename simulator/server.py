# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Serving the platform on 127.0.0.1, as a program or in a thread of a test."""

import socket
import threading
import traceback

from werkzeug.exceptions import ClientDisconnected
from werkzeug.serving import WSGIRequestHandler, make_server

from .control import Control
from .control_routes import ControlRoutes
from .gateway import Dropped, Gateway
from .state import Platform

# Never anything else: the control plane has no authentication
HOST = "127.0.0.1"
_BACKLOG = 128


class PortTaken(OSError):
    """Somebody else listens on the wanted port."""


class _Handler(WSGIRequestHandler):
    """HTTP/1.1 with connections that live: werkzeug's own handler closes each after one answer."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self):
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self):
        self.server.connections.discard(self.connection)
        super().finish()

    def run_wsgi(self):
        """Answers one request. The application reads the whole body and gives whole answers."""
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        started = []
        try:
            pieces = self.server.app(
                self.make_environ(), lambda status, headers: started.append((status, headers))
            )
        except (Dropped, ClientDisconnected):
            self.close_connection = True
            return
        except Exception:
            # A bug of the simulator: say it loudly, and answer like a broken server
            traceback.print_exc()
            self.send_error(500)
            return
        status, headers = started[0]
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        for piece in pieces:
            self.wfile.write(piece)

    def log_request(self, code="-", size="-"):
        """Quiet: the journal of the control plane keeps what was received."""


class SimulatorServer:
    """A simulated platform on a port of 127.0.0.1 (0: any free one).

    As a context manager it serves from a thread. `url` has no slash at its end; `platform` is
    the state, `control` its control plane. `pace`: see `Platform`. Raises `PortTaken`.
    """

    def __init__(self, port=0, pace=None):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            listener.close()
            raise PortTaken(f"port {port} of {HOST} cannot be used: {error.strerror}") from None
        listener.listen(_BACKLOG)
        self.port = listener.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}"
        self.platform = Platform(pace)
        self.control = Control(self.platform, self.url)
        application = Gateway(self.platform, ControlRoutes(self.control))
        # werkzeug duplicates the descriptor
        with listener:
            self._server = make_server(
                HOST,
                self.port,
                application,
                threaded=True,
                request_handler=_Handler,
                fd=listener.fileno(),
            )
        self._server.connections = set()
        self._thread = None

    def serve(self):
        """Serves until `stop` is called from another thread, or a signal interrupts."""
        try:
            self._server.serve_forever(poll_interval=0.05)
        finally:
            self._server.server_close()
            self._close_connections()

    def start(self):
        self._thread = threading.Thread(target=self.serve, name="chorus-simulator", daemon=True)
        self._thread.start()

    def stop(self):
        """No connection is accepted any more and the open ones are closed."""
        self._server.shutdown()
        self._thread.join()

    def _close_connections(self):
        for connection in list(self._server.connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                # The client closed it first
                continue

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error):
        self.stop()
