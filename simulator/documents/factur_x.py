# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Taking the XML out of a Factur-X file: a PDF with the invoice embedded. Needs pypdf."""

from io import BytesIO

from .xml_tree import Unreadable

PDF_ERROR = "ERR_PDF_001"
_XML_NAME = "factur-x.xml"


class MissingPackage(RuntimeError):
    """The simulator cannot do this on this machine; the text says what to install."""


def require_pypdf():
    try:
        import pypdf
    except ImportError:
        raise MissingPackage(
            "reading Factur-X files needs the Python package pypdf: install it"
        ) from None
    return pypdf


def embedded_xml(content):
    """The bytes of the one factur-x.xml of a PDF. Raises `Unreadable` and `MissingPackage`."""
    pypdf = require_pypdf()
    if not content.startswith(b"%PDF-"):
        raise Unreadable(PDF_ERROR, "le fichier n'est pas un PDF")
    try:
        reader = pypdf.PdfReader(BytesIO(content))
        found = [] if reader.is_encrypted else reader.attachments.get(_XML_NAME, [])
    except Exception as error:
        # Of a broken file pypdf may raise anything: KeyError, RecursionError…
        raise Unreadable(PDF_ERROR, f"PDF illisible ({type(error).__name__})") from None
    if reader.is_encrypted:
        raise Unreadable(PDF_ERROR, "PDF chiffré")
    if len(found) != 1:
        raise Unreadable(PDF_ERROR, f"{len(found)} fichiers {_XML_NAME} au lieu d'un")
    return found[0]
