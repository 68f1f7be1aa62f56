# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Files of flows for tests: one small invoice in each syntax, changed by replacing text."""

import io
import tarfile
import zipfile
from pathlib import Path

from pypdf import PdfWriter

SAMPLES = Path(__file__).parent / "samples"
FACTURX, CII, UBL = "IN_DP_E2_CII_FACTURX", "IN_DP_E1_CII_16B", "IN_DP_E1_UBL_INVOICE"


def _sample(name, number, changes):
    text = (SAMPLES / name).read_text(encoding="utf-8").replace("NUMBER", number)
    for old, new in changes:
        assert old in text, f"{name} has no {old}"
        text = text.replace(old, new)
    return text.encode()


def cii(number="FA2026-00042", *changes):
    """A CII invoice of 1200.12 euro; each of the changes is (old text, new text)."""
    return _sample("cii.xml", number, changes)


def ubl(number="FA2026-00042", *changes):
    """The same invoice in UBL."""
    return _sample("ubl.xml", number, changes)


def ubl_credit_note(number="AV2026-00042"):
    changes = (("<Invoice", "<CreditNote"), ("</Invoice", "</CreditNote"))
    names = (":Invoice-2", ":CreditNote-2"), ("InvoiceTypeCode", "CreditNoteTypeCode")
    lines = ("InvoiceLine", "CreditNoteLine"), ("InvoicedQuantity", "CreditedQuantity")
    return ubl(number, *changes, *names, *lines, (">380<", ">381<"))


def pdf(*embedded, password=None):
    """A PDF of one blank page with (name, bytes) embedded."""
    writer = PdfWriter()
    writer.add_blank_page(210, 297)
    for name, content in embedded:
        writer.add_attachment(name, content)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def factur_x(number="FA2026-00042", *changes):
    """The CII invoice in a PDF, as Factur-X has it."""
    return pdf(("factur-x.xml", cii(number, *changes)))


def tar_gz(members):
    """`members`: {name: bytes}."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return file.getvalue()


def zipped(members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()
