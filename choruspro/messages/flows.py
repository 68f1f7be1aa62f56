# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Flows: a file with one invoice or an archive of many, and the report of what became of it.

The deposit only gives a number: the content is judged later, in the report (AIFE documentation). It
names the refused invoices; the others are found by a search on the flow's number.
"""

import io
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import BinaryIO

from .. import limits
from . import reading, writing
from .codes import FlowSyntax
from .reading import Answer, given
from .writing import MessageError

# The separator of the reasons in the report (observed by clients)
_SEPARATOR = "|"


@dataclass(frozen=True, kw_only=True)
class FlowDeposit:
    """A file to deposit (operation deposer/flux): at most 10 MB, an archive 30 MB.

    Its name is like F42.pdf for Factur-X, F42.xml for the others; .zip, .tar.gz or .tgz for an
    archive whose members are all of that syntax.
    """

    content: bytes | BinaryIO = field(repr=False)  # a file is sent whole, and stays open
    file_name: str
    syntax: FlowSyntax
    signed: bool = False  # whether the file carries a signature

    @property
    def is_archive(self):
        return self.file_name.lower().endswith(limits.ARCHIVE_EXTENSIONS)

    def to_json(self):
        """The JSON object without the file, which goes to ``fichierFlux``: see open_content."""
        name = writing.file_name("file_name", self.file_name, limits.LIMITS["nomFichier"])
        syntax = writing.choice("syntax", self.syntax, FlowSyntax)
        if not self.is_archive and not name.lower().endswith(FlowSyntax(syntax).extension):
            raise MessageError("file_name", "extension")
        if not isinstance(self.signed, bool):
            raise MessageError("signed", "choice")
        return {"nomFichier": name, "syntaxeFlux": syntax, "avecSignature": self.signed}

    def open_content(self):
        """The content as a binary file, at its start.

        :raises MessageError: its size or kind is not accepted
        """
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
class FlowReceipt(Answer):
    """The number by which the flow, and later its invoices, are found."""

    flow_number: str = given(reading.required_text, "numeroFluxDepot")
    deposit_date: date | None = given(reading.day, "dateDepot")
    syntax: str = given(reading.text, "syntaxeFlux")


@dataclass(frozen=True, kw_only=True)
class TechnicalError(Answer):
    """Why a file could not be read: no invoice of its flow is taken."""

    code: str = given(reading.text, "codeErreur")
    label: str = given(reading.text, "libelleErreur")
    nature: str = given(reading.text, "natureErreur")


def _reasons(data, key):
    """One text for each reason. The platform cuts them all together near 200 characters (observed
    by clients), so the last one may lack its end."""
    reasons = reading.text(data, key).split(_SEPARATOR)
    return tuple(filter(None, map(str.strip, reasons)))


@dataclass(frozen=True, kw_only=True)
class InvoiceError(Answer):
    """Why one invoice of a flow was refused; supplier and recipient by their identifiers."""

    supplier: str = given(reading.text, "identifiantFournisseur")
    recipient: str = given(reading.text, "identifiantDestinataire")
    number: str = given(reading.text, "numeroDP")
    messages: tuple[str, ...] = given(_reasons, "libelleErreurDP")


@dataclass(frozen=True, kw_only=True)
class FlowReport(Answer):
    """What became of a flow. An invoice without an error is taken once the state is terminal and
    integrated."""

    flow_number: str  # the answer does not repeat it
    state: str = given(reading.required_text, "etatCourantDepotFlux")  # see lifecycle.flow_state
    state_date: datetime | None = given(reading.moment, "dateHeureEtatCourantFlux")
    deposit_date: datetime | None = given(reading.moment, "dateDepotFlux")
    file_name: str = given(reading.text, "nomFichier")  # the platform's own name for the file
    technical_errors: tuple[TechnicalError, ...] = given(
        reading.all_of(TechnicalError), "listeErreurTechnique"
    )
    invoice_errors: tuple[InvoiceError, ...] = given(reading.all_of(InvoiceError), "listeErreurDP")

    @classmethod
    def from_json(cls, data, flow_number):
        return super().from_json(data, flow_number=flow_number)
