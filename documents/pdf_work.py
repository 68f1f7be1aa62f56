# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Limits on the work that a PDF can cause: objects read, and bytes unpacked.

A PDF of two kilobytes may have 2**30 leaves in its tree of files, or unpack to gigabytes. The
limits of pypdf differ by version, and Odoo replaces its unpacking by one without any.
"""

import zlib
from contextlib import contextmanager
from contextvars import ContextVar

from pypdf import filters
from pypdf.errors import PdfReadError

# Pages with the branches of their tree, and what is pinned on them
MOST_OBJECTS = 20_000
# Branches and leaves of the tree of files, of which an invoice has a handful
MOST_FILE_NODES = 500
# All files together weigh 120 MB at most (see attachments.py); the rest is for the PDF's own tables
MOST_DECODED = 150 * 1000 * 1000
_PIECE = 1 << 16


class TooMuchWork(Exception):
    """The PDF requires more work than any invoice."""


class Work:
    """What was done for one PDF."""

    def __init__(self):
        self.excess = ""  # what was too much: pypdf may replace our exception
        self.objects = 0
        self.file_nodes = 0
        self.decoded = 0  # bytes unpacked

    def see(self, _object):
        self.objects += 1
        if self.objects > MOST_OBJECTS:
            self._stop("it has too many pages, or too much is pinned on them")

    def see_file(self, _node):
        self.file_nodes += 1
        if self.file_nodes > MOST_FILE_NODES:
            self._stop("too many files are in it")

    def _stop(self, excess):
        self.excess = excess
        raise TooMuchWork(excess)

    def inflate(self, data):
        """What is packed in ``data`` (zlib), as far as it is sound."""
        engine, content = zlib.decompressobj(), bytearray()
        for start in range(0, len(data), _PIECE):
            piece, saved = data[start : start + _PIECE], engine.copy()
            try:
                self._feed(engine, piece, content)
            except zlib.error:
                # Old programs leave the end of a line, or a wrong sum, after the last sound byte
                self._feed_as_far_as_sound(saved, piece, content)
                break
        if data and not content and not engine.eof:
            raise PdfReadError("a stream cannot be unpacked")
        return bytes(content)

    def _feed(self, engine, piece, content):
        start = len(content)
        waits = False  # the engine holds back what did not fit
        try:
            while (piece or waits) and not engine.eof:
                unpacked = engine.decompress(piece, _PIECE)
                self.count(len(unpacked))
                content += unpacked
                piece, waits = engine.unconsumed_tail, len(unpacked) == _PIECE
        except zlib.error:
            del content[start:]
            raise

    def _feed_as_far_as_sound(self, engine, piece, content):
        for place in range(len(piece)):
            try:
                unpacked = engine.decompress(piece[place : place + 1])
            except zlib.error:
                return
            self.count(len(unpacked))
            content += unpacked

    def count(self, size):
        self.decoded += size
        if self.decoded > MOST_DECODED:
            self._stop("it unpacks to more than any invoice")


_work = ContextVar("work", default=None)
_others = filters.decompress


@contextmanager
def counted():
    """A Work that counts what pypdf unpacks meanwhile, in this thread."""
    global _others
    present = filters.decompress
    if present is not _decompress:
        # Odoo replaces it too
        _others, filters.decompress = present, _decompress
    work = Work()
    token = _work.set(work)
    try:
        yield work
    finally:
        _work.reset(token)


def _decompress(data):
    work = _work.get()
    return _others(data) if work is None else work.inflate(data)
