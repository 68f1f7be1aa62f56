# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The body of an answer, read and unpacked within bounds, whoever wrote it.

``requests`` reads as long as bytes come, each within its time-out, and unpacks what is packed in
one go: a byte now and then holds a job for ever, and a kilobyte becomes a gigabyte.
"""

import io
import time
import zlib
from http.client import HTTPResponse

from urllib3 import exceptions as urllib3_errors
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

# The largest answers are files of 10 MB in base64; here it is counted unpacked, and as received
MAX_BYTES = 64 * 1000 * 1000
PIECE = 1 << 16
# An answer that began in time has as long again to end
WHOLE_ANSWER = 2
# What is asked for, and all that is understood
ENCODINGS = "gzip, deflate"
_now = time.monotonic
_WINDOW = {"gzip": 31, "x-gzip": 31, "deflate": 15}


class AnswerTooLarge(Exception):
    """More than MAX_BYTES. No error of the network: nobody is to ask again for it."""


class _TimedSocket(io.RawIOBase):
    """What is received by a socket until a deadline, and no more than MAX_BYTES of it."""

    def __init__(self, sock):
        self._file = sock.makefile("rb", buffering=0)
        self._sock = sock
        self._patience = sock.gettimeout()
        self._began = _now()
        self._left = MAX_BYTES

    def readable(self):
        return True

    def fileno(self):
        return self._file.fileno()

    def readinto(self, buffer):
        if self._patience is not None:
            left = self._began + WHOLE_ANSWER * self._patience - _now()
            if left <= 0:
                raise TimeoutError("the whole answer takes too long")
            self._sock.settimeout(min(self._patience, left))
        count = self._file.readinto(buffer)
        self._left -= count or 0
        if self._left < 0:
            raise AnswerTooLarge
        return count

    def close(self):
        self._file.close()
        super().close()


class _TimedAnswer(HTTPResponse):
    """Its headers too are received through a _TimedSocket, and so is what urllib3 throws away."""

    def __init__(self, sock, *args, **options):
        super().__init__(sock, *args, **options)
        self.fp.close()
        self.fp = io.BufferedReader(_TimedSocket(sock))


class _Connection(HTTPConnection):
    response_class = _TimedAnswer


class _SecureConnection(HTTPSConnection):
    response_class = _TimedAnswer


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


# For a pool manager of urllib3: by scheme
POOLS = {"http": _Pool, "https": _SecurePool}


def read_body(response):
    """The unpacked body of a ``requests`` response that was opened as a stream.

    Raises AnswerTooLarge, what urllib3 raises when the connection breaks, and its DecodeError for
    what is not packed as it says. However it ends, nothing of the answer is left to be read.
    """
    try:
        unpack = _unpacking(response.headers.get("Content-Encoding", ""))
        body = bytearray()
        for piece in response.raw.stream(PIECE, decode_content=False):
            for unpacked in unpack(piece):
                body += unpacked
                if len(body) > MAX_BYTES:
                    raise AnswerTooLarge
        return bytes(body)
    finally:
        response.close()


def _unpacking(encoding):
    """A function that gives what a received piece holds, in pieces of PIECE bytes at most."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return lambda piece: (piece,)
    if encoding not in _WINDOW:
        raise urllib3_errors.DecodeError("an encoding that was not asked for")
    return _Unpacker(_WINDOW[encoding]).unpack


class _Unpacker:
    def __init__(self, window):
        self._window = window
        self._zlib = zlib.decompressobj(window)
        self._got = False  # something of the present member
        self._is_over = False

    def unpack(self, piece):
        waits = False  # zlib holds back what did not fit
        while (piece or waits) and not self._is_over:
            try:
                unpacked = self._zlib.decompress(piece, PIECE)
            except zlib.error:
                self._try_without_frame()
                continue
            self._got = self._got or bool(unpacked)
            waits = len(unpacked) == PIECE
            piece = self._zlib.unconsumed_tail
            yield unpacked
            if self._zlib.eof:
                # What stands after the end means nothing, such as zeros that fill a block
                self._is_over, waits = True, False

    def _try_without_frame(self):
        """Many servers leave out the frame of zlib around what is deflated (RFC 9110, 8.4.1.2)."""
        if self._got or self._window != _WINDOW["deflate"]:
            raise urllib3_errors.DecodeError("the answer is not packed as it says")
        self._window = -zlib.MAX_WBITS
        self._zlib = zlib.decompressobj(self._window)
