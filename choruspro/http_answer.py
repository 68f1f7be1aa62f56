# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What came back from a call, before it is judged; its body is read and unpacked within bounds.

``requests`` reads as long as bytes come, each within its time-out, and unpacks what is packed in
one go: a byte now and then blocks a job for ever, and a kilobyte becomes a gigabyte.
"""

import io
import re
import time
import zlib
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from http.client import HTTPResponse

from requests.structures import CaseInsensitiveDict
from urllib3 import exceptions as urllib3_errors
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from . import wire

# The largest answers are files of 10 MB in base64; here it is counted unpacked, and as received
MAX_BYTES = 64 * 1000 * 1000
PIECE = 1 << 16
# An answer that began in time has as long again to end
WHOLE_ANSWER = 2
# What is requested, and all that is understood
ENCODINGS = "gzip, deflate"
_now = time.monotonic
_WINDOW = {"gzip": 31, "x-gzip": 31, "deflate": 15}


@dataclass(frozen=True, repr=False)
class HttpAnswer:
    """An HTTP answer as received. Its repr shows neither headers nor body: a token may be in it."""

    status: int
    headers: CaseInsensitiveDict
    body: bytes
    through_proxy: bool = False  # a proxy fetched it, and may have written it itself

    def __repr__(self):
        return f"HttpAnswer(status={self.status}, {len(self.body)} bytes)"

    @property
    def is_proxy_page(self):
        """A web page that came through a proxy, most likely the proxy's own."""
        if not self.through_proxy or self.status >= 500 or self.data is not None:
            return False
        kind = self.headers.get("Content-Type", "").lower()
        return "html" in kind or self.body.lstrip()[:1] == b"<"

    @cached_property
    def data(self):
        """The JSON object in the body, or None when it holds no such thing."""
        try:
            data = wire.decode(self.body)
        except ValueError:
            return None
        return data if isinstance(data, dict) else None

    @cached_property
    def return_code(self):
        """``codeRetour`` as an int, or None when absent or not a whole number."""
        value = (self.data or {}).get("codeRetour")
        if isinstance(value, bool) or not isinstance(value, (int, Decimal, str)):
            return None
        digits = re.fullmatch(r"(-?\d{1,10})(\.0*)?", str(value).strip())
        return int(digits[1]) if digits else None


class AnswerTooLarge(Exception):
    """More than MAX_BYTES. No error of the network: the call must not be repeated."""


class _TimedSocket(io.RawIOBase):
    """What a socket receives until a deadline, and at most MAX_BYTES of it."""

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
    """Its headers too are received through a _TimedSocket, and what urllib3 discards."""

    def __init__(self, sock, *args, **options):
        super().__init__(sock, *args, **options)
        self.fp.close()
        self.fp = io.BufferedReader(_TimedSocket(sock))


class _Pool(HTTPConnectionPool):
    class ConnectionCls(HTTPConnection):
        response_class = _TimedAnswer


class _SecurePool(HTTPSConnectionPool):
    class ConnectionCls(HTTPSConnection):
        response_class = _TimedAnswer


# For a pool manager of urllib3: by scheme
POOLS = {"http": _Pool, "https": _SecurePool}


def read_body(response):
    """The unpacked body of a ``requests`` response that was opened as a stream. The response is
    closed in any case.

    :raises AnswerTooLarge: it has more than MAX_BYTES
    :raises urllib3.exceptions.HTTPError: the connection broke, or the body is not packed as it says
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
    """A function that unpacks a received piece, in pieces of PIECE bytes at most."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return lambda piece: (piece,)
    if encoding not in _WINDOW:
        raise urllib3_errors.DecodeError("an encoding that was not requested")
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
                # What follows the end means nothing, such as zeros that fill a block
                self._is_over, waits = True, False

    def _try_without_frame(self):
        """Many servers leave out the frame of zlib around what is deflated (RFC 9110, 8.4.1.2)."""
        if self._got or self._window != _WINDOW["deflate"]:
            raise urllib3_errors.DecodeError("the answer is not packed as it says")
        self._window = -zlib.MAX_WBITS
        self._zlib = zlib.decompressobj(self._window)
