# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The files that were deposited: invoices and attachments, byte for byte."""

import base64
import binascii
import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from .refusals import Refusal

# "10 Mo" in the AIFE documentation. It does not say which megabyte: the smaller one is strict.
MAX_FILE_BYTES = 10_000_000
# Second-hand reading of annex V5.00 of the AIFE documentation
MAX_ARCHIVE_BYTES = 30_000_000
FIRST_ATTACHMENT_ID = 35_417_000_000

PDF_OF_INVOICE = "pdf"
ATTACHMENT = "attachment"
FLOW_MEMBER = "flow"

# The list that long-standing clients use, with the additions of the published documentation
EXTENSIONS = frozenset(
    """bmp gif fax odt ppt tiff xls bz2 gz jpeg p7s rtf txt xml csv gzip jpg pdf svg xhtml xlsx doc
    htm odp png tgz xlc zip docx html ods pps tif xlm pptx xsd xsl""".split()
)


@dataclass
class StoredFile:
    """`kind`: PDF_OF_INVOICE (deposer/pdf), ATTACHMENT (ajouter/fichier) or FLOW_MEMBER: the PDF or
    XML file of one invoice of a flow (deposer/flux)."""

    file_id: int
    kind: str
    name: str
    content: bytes
    owner: str
    received: datetime
    signature: str | None = None
    used_by: int | None = None

    @property
    def sha256(self):
        return hashlib.sha256(self.content).hexdigest()


class FileStore:
    def __init__(self):
        self._by_id = {}
        # kind: how many came, lost ones included
        self.received = Counter()

    def add(self, **values):
        self.received[values["kind"]] += 1
        file_id = FIRST_ATTACHMENT_ID + self.received.total()
        self._by_id[file_id] = StoredFile(file_id=file_id, **values)
        return self._by_id[file_id]

    def lose(self, file_id):
        """Forgets a file, whose id is not used again."""
        del self._by_id[file_id]

    def get(self, file_id, owner=None):
        """The file, unless it belongs to another account than `owner`."""
        found = self._by_id.get(file_id)
        return found if found and owner in (None, found.owner) else None


def decode(text, field):
    """The bytes of a base64 text of a request.

    Line feeds are tolerated (the platform took them in 2018), carriage returns are refused (they
    broke deposits), as is anything outside the standard alphabet with padding.
    """
    if "\r" in text:
        raise Refusal("base64", field=field, why="retour chariot")
    try:
        content = base64.b64decode(text.replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        raise Refusal("base64", field=field, why="caractère ou longueur incorrects") from None
    if not content:
        raise Refusal("file_empty")
    return content


def extension(name):
    """The lower-case extension of a file name, without its dot; empty when there is none."""
    stem, dot, suffix = name.rpartition(".")
    return suffix.lower() if stem and dot else ""
