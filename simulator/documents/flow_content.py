# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What the file of a flow holds: one invoice, or an archive of many in the same syntax."""

import io
import tarfile
import zipfile
import zlib
from dataclasses import dataclass

from ..world.files import MAX_FILE_BYTES, extension
from . import cii, ubl
from .document import Document
from .factur_x import embedded_xml, require_pypdf
from .xml_tree import XSD_ERROR, Unreadable, parse

ARCHIVE_ERROR = "ERR_ARC_001"
SYNTAX_ERROR = "ERR_SYN_001"
# Enough for any archive that is allowed, and no bomb
_MAX_UNPACKED = 300_000_000

FACTURX, CII, UBL = "IN_DP_E2_CII_FACTURX", "IN_DP_E1_CII_16B", "IN_DP_E1_UBL_INVOICE"
_READERS = {FACTURX: cii, CII: cii, UBL: ubl}

_BROKEN_ARCHIVE = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)


@dataclass(frozen=True)
class Member:
    """One invoice of a flow: its file as received, and what it says."""

    name: str
    content: bytes
    document: Document


def is_archive(file_name):
    return extension(file_name) in ("zip", "gz", "tgz")


def read(content, file_name, syntax):
    """(members, technical errors) of the bytes of a flow; a flow with an error has no member.

    Raises `MissingPackage` for Factur-X without pypdf.
    """
    if syntax == FACTURX:
        require_pypdf()
    members, errors = [], []
    try:
        for name, piece in _files(content, file_name):
            try:
                members.append(Member(name, piece, _document(piece, syntax)))
            except Unreadable as error:
                errors.append(_technical(error, name))
    except Unreadable as error:
        errors.append(_technical(error, file_name))
    return ([] if errors else members), errors


def _technical(error, name):
    return {"codeErreur": error.code, "libelleErreur": error.label, "natureErreur": name}


def _document(content, syntax):
    if syntax not in _READERS:
        raise Unreadable(SYNTAX_ERROR, f"syntaxe {syntax} non lue par le simulateur")
    reader = _READERS[syntax]
    root = parse(embedded_xml(content) if syntax == FACTURX else content)
    if root.tag not in reader.ROOTS:
        raise Unreadable(XSD_ERROR, f"élément racine inattendu : {root.tag.rpartition('}')[2]}")
    document = reader.read(root)
    if not document.lines and not (syntax == FACTURX and document.without_lines):
        raise Unreadable(XSD_ERROR, "aucune ligne de facture")
    return document


def _files(content, file_name):
    """(name, bytes) of the file itself, or of each file of the archive."""
    if not is_archive(file_name):
        yield file_name, content
        return
    is_zip = extension(file_name) == "zip"
    files, left = 0, _MAX_UNPACKED
    try:
        for name, piece in (_zipped if is_zip else _tarred)(io.BytesIO(content)):
            files, left = files + 1, left - len(piece)
            if len(piece) > MAX_FILE_BYTES:
                raise Unreadable(ARCHIVE_ERROR, f"{name} dépasse 10 Mo")
            if left < 0:
                raise Unreadable(ARCHIVE_ERROR, "contenu trop volumineux une fois décompressé")
            yield name, piece
    except _BROKEN_ARCHIVE as error:
        raise Unreadable(ARCHIVE_ERROR, f"archive illisible ({type(error).__name__})") from None
    if not files:
        raise Unreadable(ARCHIVE_ERROR, "archive vide")


def _zipped(file):
    with zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            if not entry.is_dir():
                with archive.open(entry) as member:
                    yield entry.filename, member.read(MAX_FILE_BYTES + 1)


def _tarred(file):
    with tarfile.open(fileobj=file, mode="r:gz") as archive:
        for entry in archive:
            if entry.isfile():
                yield entry.name, archive.extractfile(entry).read(MAX_FILE_BYTES + 1)
