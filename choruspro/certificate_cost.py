# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What it would cost to open a file with a certificate, told before it is opened.

Such a file says itself how many rounds its password is to be stretched, and OpenSSL believes it:
2**31 rounds hold a worker for an hour. The structure of the file (BER, ITU-T X.690) shows these
numbers without any password: those of the outer layers, that is. What a layer hides cannot be seen
before it is opened, so a file made on purpose can still hide rounds behind a password that its
maker tells; programs that export certificates put keys in no hidden layer.
"""

# A certificate with its chain weighs some 10 kB
MAX_BYTES = 1_000_000
# Of all layers; exports use 1 to 600,000 each
MOST_ROUNDS = 5_000_000
MOST_NODES = 50_000
MOST_CERTIFICATES = 200
# RSA keys of 16,384 bits, beyond which OpenSSL does not go either
LONGEST_INTEGER = 2_100
_DEEPEST = 40
_OCTETS, _INTEGER, _CONSTRUCTED = 0x04, 0x02, 0x20
_END = (0, 0)


class Excessive(Exception):
    """More than any real file."""


class Cost:
    """What was seen. rounds: of all stretching of passwords; nodes: parts of the structure."""

    def __init__(self):
        self.rounds = 0
        self.nodes = 0

    def see(self, content):
        """Count what stands in some BER; what is none is left to the library.

        Raises Excessive.
        """
        self._see(content, 0, len(content), 0)

    def _see(self, data, start, end, depth):
        """Look at the parts from ``start`` on; gives where the next one begins, None when these are
        no parts. Salt and rounds are an octet string before an integer, in all schemes
        (RFC 8018 A, RFC 7292 B.1 and 4; RFC 7914 7: the cost of scrypt)."""
        if depth > _DEEPEST:
            raise Excessive("nested too deeply")
        before = None
        while start < end:
            head = _head(data, start, end)
            if head is None:
                return None
            tag, start, stop = head
            if (tag, stop) == _END:
                return start
            self.nodes += 1
            if self.nodes > MOST_NODES:
                raise Excessive("too many parts")
            kind = tag & ~_CONSTRUCTED
            if kind == _INTEGER and stop is not None:
                self._count(data[start:stop], after_octets=before == _OCTETS)
            if tag & _CONSTRUCTED or kind == _OCTETS:
                after = self._inside(data, tag, start, end if stop is None else stop, depth)
            if stop is None:
                stop = after
            if stop is None:
                return None
            before, start = kind, stop
        return start

    def _inside(self, data, tag, start, end, depth):
        after = self._see(data, start, end, depth + 1)
        if tag == _OCTETS | _CONSTRUCTED:
            # Its pieces are one text, which may hold a structure
            pieces = b"".join(_pieces(data, start, end, depth))
            self._see(pieces, 0, len(pieces), depth + 1)
        return after

    def _count(self, digits, after_octets):
        if len(digits) > LONGEST_INTEGER:
            raise Excessive("a number of thousands of digits")
        if after_octets:
            self.rounds += abs(int.from_bytes(digits, "big", signed=True))
            if self.rounds > MOST_ROUNDS:
                raise Excessive("too many rounds")


def _pieces(data, start, end, depth):
    """The texts of a constructed octet string."""
    while start < end and depth <= _DEEPEST:
        head = _head(data, start, end)
        if head is None or head[0] != _OCTETS or head[2] is None:
            return
        yield data[head[1] : head[2]]
        start = head[2]


def _head(data, start, end):
    """(tag, where the content begins, where it ends); None for what is no part. The end is None
    when it is open, and 0 at the end of an open one."""
    if end - start < 2:
        return None
    tag, place = data[start], start + 1
    if tag & 0x1F == 0x1F:
        while place < end and data[place] & 0x80:
            place += 1
        place += 1
        if place >= end:
            return None
    length, place = data[place], place + 1
    if tag == 0 and length == 0:
        return 0, place, 0
    if length == 0x80:
        return (tag, place, None) if tag & _CONSTRUCTED else None
    if length & 0x80:
        width = length & 0x7F
        if width > 4 or place + width > end:
            return None
        length, place = int.from_bytes(data[place : place + width], "big"), place + width
    return (tag, place, place + length) if place + length <= end else None
