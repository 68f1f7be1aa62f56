# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Serving the platform on 127.0.0.1, as a program or in a thread of a test."""

import threading
import time

from .api.operations import OLDER_PATHS
from .control.plane import Control
from .control.routes import ControlRoutes
from .http.access import CertificateAccess, PisteAccess
from .http.gateway import Gateway
from .http.listener import Listener, PortTaken
from .state import Platform


class SimulatorServer:
    """A simulated platform on a port of 127.0.0.1 (0: any free one).

    As a context manager it serves from a thread. `url` has no slash at its end; `platform` is
    the state, `control` its control plane. `pace`, `latency`, `directory_size`, `travels`: see
    `Platform`.
    With `tls` the older access by client certificate is served too, at `tls_url`, on `tls_port`
    (0: any free one); it needs the package cryptography. With `sftp` the EDI mode is served too, on
    `sftp_port`; it needs the package asyncssh. Raises `PortTaken`.
    """

    def __init__(
        self,
        port=0,
        pace=None,
        tls=False,
        tls_port=0,
        *,
        latency=0,
        directory_size=0,
        travels=False,
        sftp=False,
        sftp_port=0,
    ):
        self.platform = Platform(pace, latency, directory_size, travels)
        listener = Listener(port)
        self._listeners = [listener]
        self.port, self.url, self.tls_url = listener.port, listener.url, None
        certificate = self._listen_with_tls(tls_port) if tls else None
        self._edi = self._listen_for_edi(sftp_port) if sftp else None
        self.sftp_port = self._edi and self._edi.port
        edi = self._edi and self._edi.credentials()
        self.control = Control(self.platform, self.url, certificate, edi)
        routes = ControlRoutes(self.control)
        listener.app = Gateway(self.platform, PisteAccess(self.platform), routes)
        self._threads = []

    def _listen_with_tls(self, port):
        """Adds the TLS port; gives what its clients need."""
        # Here, for the package cryptography is needed by nothing else
        from .http.authority import Authority, certificates

        authority = Authority("Simulator's authority")
        try:
            listener = Listener(port, authority.server_context())
        except OSError:
            self._listeners[0].close()
            raise
        listener.app = Gateway(self.platform, CertificateAccess(self.platform))
        self._listeners.append(listener)
        self.tls_url = listener.url
        _production, qualification = OLDER_PATHS
        return {"api_url": self.tls_url + qualification, **certificates(authority)}

    def _listen_for_edi(self, port):
        # Here, for the package asyncssh is needed by nothing else
        from .edi.ssh import EdiListener

        try:
            return EdiListener(self.platform, port)
        except OSError as error:
            for listener in self._listeners:
                listener.close()
            raise PortTaken(f"port {port} cannot be used: {error.strerror}") from None

    def serve(self):
        """Serves until a signal interrupts."""
        self.start()
        try:
            while True:
                time.sleep(3600)
        finally:
            self.stop()

    def start(self):
        for listener in self._listeners:
            thread = threading.Thread(
                target=listener.serve_forever,
                kwargs={"poll_interval": 0.05},
                name="chorus-simulator",
                daemon=True,
            )
            thread.start()
            self._threads.append(thread)

    def stop(self):
        """No connection is accepted any more and the open ones are closed."""
        for listener in self._listeners:
            listener.shutdown()
        for thread in self._threads:
            thread.join()
        for listener in self._listeners:
            listener.close()
        if self._edi:
            self._edi.close()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error):
        self.stop()
