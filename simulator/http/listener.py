# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A port of 127.0.0.1 that serves an application over HTTP/1.1, with TLS or without."""

import socket
import traceback

from werkzeug.exceptions import ClientDisconnected
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from .gateway import Dropped

# Never anything else: the control plane has no authentication
HOST = "127.0.0.1"
_BACKLOG = 128
# Seconds for a client to do its part of a TLS handshake, or to read why it failed
_PATIENCE = 10


class PortTaken(OSError):
    """Somebody else listens on the wanted port."""


class _Handler(WSGIRequestHandler):
    """HTTP/1.1 with persistent connections: werkzeug's own handler closes each after one answer."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

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
        """Quiet: the request log keeps what was received."""


class Listener(ThreadedWSGIServer):
    """A thread for each connection. `app` (WSGI) is to be set before `serve_forever`.

    `port` 0: any free one; raises `PortTaken`. `tls`: an `ssl.SSLContext` of the server's side.
    `url` has no slash at its end.
    """

    def __init__(self, port=0, tls=None):
        with _bound(port) as listening:
            # werkzeug duplicates the descriptor
            super().__init__(HOST, 0, None, handler=_Handler, fd=listening.fileno())
        self.port = self.socket.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://{HOST}:{self.port}"
        self._tls = tls
        self._connections = set()

    def get_request(self):
        connection, address = super().get_request()
        if self._tls:
            connection = self._tls.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        return connection, address

    def finish_request(self, request, client_address):
        """Serves a connection, in its own thread: a slow handshake holds up nobody else."""
        self._connections.add(request)
        try:
            if not self._tls or _shakes_hands(request):
                super().finish_request(request, client_address)
        finally:
            self._connections.discard(request)

    def close(self):
        """No connection is accepted any more and the open ones are closed."""
        self.server_close()
        for connection in list(self._connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                # The client closed it first
                continue


def _bound(port):
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError as error:
        listening.close()
        raise PortTaken(f"port {port} of {HOST} cannot be used: {error.strerror}") from None
    listening.listen(_BACKLOG)
    return listening


def _shakes_hands(connection):
    """Whether TLS accepts the client; if not, TLS has sent it the reason."""
    connection.settimeout(_PATIENCE)
    try:
        connection.do_handshake()
    except OSError:
        _hear_out(connection)
        return False
    connection.settimeout(None)
    return True


def _hear_out(connection):
    """Reads to its end what a refused client sends, and forgets it.

    With TLS 1.3 a client sends its request before it knows that it is refused. Closing the
    connection at that point could destroy the alert that says so.
    """
    try:
        socket.socket.shutdown(connection, socket.SHUT_WR)
        while socket.socket.recv(connection, 1 << 16):
            continue
    except OSError:
        # It went away, or sends nothing
        return
