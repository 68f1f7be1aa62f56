# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Clients of the simulator for tests."""

import time

from choruspro import errors
from choruspro.auth import PisteAuth, PisteCredentials, TechnicalAccount
from choruspro.client import ChorusProClient
from choruspro.environment import custom
from choruspro.errors import ChorusProError
from choruspro.transport import HttpTransport, Timeouts


def connected(known, transport):
    """A client with these credentials (see /_sim/credentials) that never pauses."""
    auth = PisteAuth(
        PisteCredentials(known["client_id"], known["client_secret"]),
        TechnicalAccount(known["login"], known["password"]),
    )
    auth._sleep = lambda seconds: None
    environment = custom(known["token_url"], known["api_url"], allow_loopback=True)
    return ChorusProClient(environment, auth, transport=transport)


def plain(patience):
    """A transport that waits so many seconds for an answer."""
    return HttpTransport("tests", timeouts=Timeouts(10, patience, patience), backoff=0)


class Waiting:
    """A transport that loses patience with an answer when, and only when, it will be slow."""

    def __init__(self, control):
        self._control = control
        self._patient, self._impatient = plain(30), plain(0.05)

    def send(self, operation, url, headers, body, *options):
        slow = self._slow(operation)
        transport = self._impatient if slow else self._patient
        try:
            return transport.send(operation, url, headers, body, *options)
        except ChorusProError as error:
            # What follows must not depend on how busy this machine is: the work is done when the
            # fault was met.
            if error.code == errors.ANSWER_TIMEOUT:
                self._wait_for(lambda: self._is_done(operation, slow))
            raise

    def _wait_for(self, is_done):
        for _try in range(3000):
            if is_done():
                return
            time.sleep(0.01)
        raise AssertionError("the simulator does not answer")

    def _slow(self, operation):
        (fault,) = [row for row in self._control.faults() if row["name"] == "slow"]
        return sum(use["times"] for use in fault["armed"] if use["operation"] == operation.key)

    def _is_done(self, operation, slow):
        answered = self._control.requests(operation.key)[-1]["status"] is not None
        return answered or self._slow(operation) < slow

    def close(self):
        self._patient.close()
        self._impatient.close()
