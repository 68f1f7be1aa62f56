# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Files sent before an invoice refers to them: its PDF, and attachments."""

from dataclasses import dataclass, field

from ..limits import (
    ACCEPTED_EXTENSIONS,
    MAX_ATTACHMENT_BYTES,
    MAX_ATTACHMENT_NAME,
    MAX_FILE_NAME,
    MAX_MIME_TYPE,
    MAX_PDF_BYTES,
)
from . import reading, writing
from .writing import MessageError


@dataclass(frozen=True, kw_only=True)
class PdfDeposit:
    """The PDF of one invoice (operation deposer/pdf), at most 10 MB; ``file_name`` like F42.pdf."""

    content: bytes = field(repr=False)
    file_name: str

    def to_json(self):
        encoded = writing.file_base64("content", self.content, MAX_PDF_BYTES)
        if bytes(self.content[:5]) != b"%PDF-":
            raise MessageError("content", "not_pdf")
        return {
            "fichierFacture": encoded,
            "nomFichier": writing.file_name("file_name", self.file_name, MAX_FILE_NAME),
            "formatDepot": "PDF_NON_SIGNE",
        }


@dataclass(frozen=True, kw_only=True)
class PdfReceipt:
    """What the platform keeps of a PDF: the identifier that the submission must give."""

    attachment_id: str

    @classmethod
    def from_json(cls, data):
        return cls(attachment_id=reading.required_identifier(reading.answer(data), "pieceJointeId"))


@dataclass(frozen=True, kw_only=True)
class FileUpload:
    """An attachment (operation ajouter/fichier), at most 10 MB, of an accepted extension."""

    content: bytes = field(repr=False)
    file_name: str
    mime_type: str

    @property
    def extension(self):
        return self.file_name.rpartition(".")[2].lower()

    def to_json(self):
        name = writing.file_name("file_name", self.file_name, MAX_ATTACHMENT_NAME)
        if self.extension not in ACCEPTED_EXTENSIONS:
            raise MessageError("file_name", "extension")
        return {
            "pieceJointeFichier": writing.file_base64(
                "content", self.content, MAX_ATTACHMENT_BYTES
            ),
            "pieceJointeNom": name,
            "pieceJointeExtension": self.extension,
            "pieceJointeTypeMime": writing.text("mime_type", self.mime_type, MAX_MIME_TYPE),
        }


@dataclass(frozen=True, kw_only=True)
class FileReceipt:
    """The identifier of an attachment, to be given with the invoice."""

    attachment_id: str

    @classmethod
    def from_json(cls, data):
        return cls(attachment_id=reading.required_identifier(reading.answer(data), "pieceJointeId"))
