# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A small HTTP server on this machine: it answers what a test tells it, and remembers calls."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN_PATH = "/api/oauth/token"
CLIENT_SECRET = "s3cr3t&of<piste>"
PASSWORD = "p@ss wörd+of=technical/account"


@dataclass(frozen=True)
class Reply:
    """An answer. body: bytes, or an object sent as JSON."""

    status: int = 200
    body: object = b""
    headers: dict = field(default_factory=dict)

    def play(self, handler, _gateway):
        content = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        handler.send_response(self.status)
        for name, value in {"Content-Length": str(len(content)), **self.headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(content)


class Drop:
    """The request is read, then the connection ends without an answer."""

    def play(self, handler, _gateway):
        handler.close_connection = True


class Silence:
    """The request is read, and nothing comes until the test is over."""

    def play(self, handler, gateway):
        handler.close_connection = True
        gateway.over.wait(30)


class Half:
    """The headers announce more than the body that follows before the connection ends."""

    def play(self, handler, _gateway):
        Reply(body=b'{"codeRetour": 0, "lib', headers={"Content-Length": "4000"}).play(
            handler, None
        )
        handler.close_connection = True


@dataclass(frozen=True)
class Call:
    path: str
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


class ScriptedGateway:
    """``with ScriptedGateway() as gateway``: url, script(path, steps…), calls(path)."""

    def __init__(self, tls=None):
        self.over = threading.Event()
        self.tokens_given = 0
        self.connections = 0
        self._scripts = {}
        self._calls = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        scheme = "http"
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
            scheme = "https"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}
        )
        self._thread.start()
        return self

    def __exit__(self, *_exception):
        self.over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def script(self, path, *steps):
        """The answers to the coming calls of this path, in order; one call more is an error."""
        self._scripts[path] = list(steps)

    def calls(self, path):
        return [call for call in self._calls if call.path == path]

    def unused(self):
        return {path: steps for path, steps in self._scripts.items() if steps}

    def _step(self, path):
        if self._scripts.get(path):
            return self._scripts[path].pop(0)
        if path == TOKEN_PATH and path not in self._scripts:
            self.tokens_given += 1
            token = f"token-number-{self.tokens_given}"
            return Reply(body={"access_token": token, "expires_in": 3600})
        return Reply(status=599, body={"unexpected": path})

    def _handler(gateway):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self):
                gateway.connections += 1
                super().setup()

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                gateway._calls.append(Call(self.path, dict(self.headers), body))
                gateway._step(self.path).play(self, gateway)

            def do_CONNECT(self):
                gateway._calls.append(Call("CONNECT", dict(self.headers), b""))
                gateway._step("CONNECT").play(self, gateway)

            def log_message(self, *_arguments):
                """Nothing: the test's output is not for access logs."""

        return Handler
