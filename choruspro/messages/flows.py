# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Flows: a file with one invoice or an archive of many, and the report of what became of it.

The deposit only gives a number: the content is judged later, and the report tells (AIFE
documentation). It names the refused invoices; the others are found by a search on the flow's
number.
"""

import io
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import BinaryIO

from .. import limits
from . import reading, writing
from .codes import FlowSyntax
from .writing import MessageError

# What stands between the reasons in the report (observed by clients)
_SEPARATOR = "|"


@dataclass(frozen=True, kw_only=True)
class FlowDeposit:
    """A file to deposit (operation deposer/flux): at most 10 MB, an archive 30 MB.

    content: bytes, or a binary file that can be sought; it is sent whole, and stays open.
    file_name: F42.pdf for Factur-X, F42.xml for the others; .zip, .tar.gz or .tgz for an archive
    whose members are all of that syntax. signed: whether the file carries a signature.
    """

    content: bytes | BinaryIO = field(repr=False)
    file_name: str
    syntax: FlowSyntax
    signed: bool = False

    @property
    def is_archive(self):
        return self.file_name.lower().endswith(limits.ARCHIVE_EXTENSIONS)

    def to_json(self):
        """The JSON object without the file, which goes to ``fichierFlux``: see open_content."""
        name = writing.file_name("file_name", self.file_name, limits.MAX_FILE_NAME)
        syntax = writing.choice("syntax", self.syntax, FlowSyntax)
        if not self.is_archive and not name.lower().endswith(FlowSyntax(syntax).extension):
            raise MessageError("file_name", "extension")
        if not isinstance(self.signed, bool):
            raise MessageError("signed", "choice")
        return {"nomFichier": name, "syntaxeFlux": syntax, "avecSignature": self.signed}

    def open_content(self):
        """The content as a binary file, at its start. Raises MessageError for its size or kind."""
        if isinstance(self.content, (bytes, bytearray, memoryview)):
            file = io.BytesIO(self.content)
        elif hasattr(self.content, "read") and hasattr(self.content, "seek"):
            file = self.content
        else:
            raise MessageError("content", "empty")
        size = file.seek(0, io.SEEK_END)
        if not size:
            raise MessageError("content", "empty")
        limit = limits.MAX_FLOW_ARCHIVE_BYTES if self.is_archive else limits.MAX_FLOW_FILE_BYTES
        if size > limit:
            raise MessageError("content", "too_large", limit)
        file.seek(0)
        if self.syntax == FlowSyntax.FACTURX and not self.is_archive:
            if file.read(5) != b"%PDF-":
                raise MessageError("content", "not_pdf")
            file.seek(0)
        return file


@dataclass(frozen=True, kw_only=True)
class FlowReceipt:
    """The number by which the flow, and later its invoices, are found; the day in Paris."""

    flow_number: str
    deposit_date: date | None
    syntax: str

    @classmethod
    def from_json(cls, data):
        data = reading.answer(data)
        return cls(
            flow_number=reading.required_text(data, "numeroFluxDepot"),
            deposit_date=reading.day(data, "dateDepot"),
            syntax=reading.text(data, "syntaxeFlux"),
        )


@dataclass(frozen=True, kw_only=True)
class TechnicalError:
    """Why a file could not be read: no invoice of its flow is taken."""

    code: str
    label: str
    nature: str

    @classmethod
    def from_json(cls, data):
        return cls(
            code=reading.text(data, "codeErreur"),
            label=reading.text(data, "libelleErreur"),
            nature=reading.text(data, "natureErreur"),
        )


@dataclass(frozen=True, kw_only=True)
class InvoiceError:
    """Why one invoice of a flow was refused. supplier, recipient: identifiers, or "".

    messages: one text for each reason. The platform cuts them all together near 200 characters
    (observed by clients), so the last one may lack its end.
    """

    supplier: str
    recipient: str
    number: str
    messages: tuple[str, ...]

    @classmethod
    def from_json(cls, data):
        reasons = reading.text(data, "libelleErreurDP").split(_SEPARATOR)
        return cls(
            supplier=reading.text(data, "identifiantFournisseur"),
            recipient=reading.text(data, "identifiantDestinataire"),
            number=reading.text(data, "numeroDP"),
            messages=tuple(filter(None, map(str.strip, reasons))),
        )


@dataclass(frozen=True, kw_only=True)
class FlowReport:
    """What became of a flow. state: raw code, see lifecycle.flow_state; dates are UTC.

    file_name is the platform's own name for the file. An invoice that is in no error is taken once
    the state is terminal and integrated.
    """

    flow_number: str
    state: str
    state_date: datetime | None
    deposit_date: datetime | None
    file_name: str
    technical_errors: tuple[TechnicalError, ...]
    invoice_errors: tuple[InvoiceError, ...]

    @classmethod
    def from_json(cls, data, flow_number):
        """flow_number: the one that was asked for; the answer does not repeat it."""
        data = reading.answer(data)
        technical = reading.rows(data, "listeErreurTechnique")
        return cls(
            flow_number=flow_number,
            state=reading.required_text(data, "etatCourantDepotFlux"),
            state_date=reading.moment(data, "dateHeureEtatCourantFlux"),
            deposit_date=reading.moment(data, "dateDepotFlux"),
            file_name=reading.text(data, "nomFichier"),
            technical_errors=tuple(map(TechnicalError.from_json, technical)),
            invoice_errors=tuple(map(InvoiceError.from_json, reading.rows(data, "listeErreurDP"))),
        )
