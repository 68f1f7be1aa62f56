# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What arrived at Chorus Pro, compared with what Odoo archived."""

import base64
import hashlib
import json
import re
import subprocess
import tempfile
from pathlib import Path

from ..console import Problem

INVOICE_XML = "factur-x.xml"
XML_FORMATS = ("cii", "ubl")
# The first file inside an XML invoice is its PDF (BG-24), in CII and in UBL.
PDF_IN_XML = re.compile(
    rb"<(?:\w+:)?(?:AttachmentBinaryObject|EmbeddedDocumentBinaryObject)\b[^>]*>([^<]+)<")


class Evidence:
    """Compares files through a session of Odoo and the simulator's control plane."""

    def __init__(self, session, simulator, python):
        self.session = session
        self.simulator = simulator
        self.python = python
        self._pdfs = {}

    def look_at(self, invoice, file_id):
        """(sha256 of the PDF that Odoo archived, what is wrong as sentences) of an invoice that
        Chorus Pro took; `file_id`: of what arrived."""
        received = self.simulator.get(f"files/{file_id}")
        [submission] = self.session.search_read(
            "chorus.pro.submission", [("move_id", "=", invoice.move_id)],
            ["sha256", "document_format"], limit=1, order="id desc")
        wrong = []
        if submission["sha256"] != _sha256(received):
            wrong.append(f"{invoice.number}: what arrived is not what Odoo says that it sent")
        pdf = received
        if submission["document_format"] in XML_FORMATS:
            found = PDF_IN_XML.search(received)
            pdf = base64.b64decode(found[1]) if found else b""
        archived = self._archived(invoice)
        if _sha256(pdf) != _sha256(archived):
            wrong.append(f"{invoice.number}: the PDF that arrived is not the archived one")
        self._pdfs[str(invoice.move_id)] = invoice, pdf
        return _sha256(archived), wrong

    def look_inside(self):
        """What is wrong with the files embedded in the PDFs looked at, as sentences."""
        with tempfile.TemporaryDirectory() as folder:
            for name, (_invoice, pdf) in self._pdfs.items():
                Path(folder, f"{name}.pdf").write_bytes(pdf)
            done = subprocess.run(
                [self.python, Path(__file__).with_name("pdf_embedded_files.py"), folder],
                capture_output=True, check=False)
        if done.returncode:
            raise Problem("a PDF that arrived cannot be read: "
                          + done.stderr.decode(errors="replace").strip().splitlines()[-1])
        found = json.loads(done.stdout)
        return [f"{invoice.number}: its PDF holds {', '.join(found[name]) or 'nothing'}"
                for name, (invoice, _pdf) in self._pdfs.items()
                if len(found[name]) != _expected(invoice)
                or (INVOICE_XML in found[name]) != (invoice.format == "facturx")]

    def _archived(self, invoice):
        report = self.session.read_one("account.move", invoice.move_id, ["invoice_pdf_report_id"])
        return base64.b64decode(self.session.read_one(
            "ir.attachment", report["invoice_pdf_report_id"][0], ["datas"])["datas"])


def _expected(invoice):
    """How many files the PDF of an invoice holds: in Factur-X its data and what goes with it."""
    return 1 + bool(invoice.file) if invoice.format == "facturx" else 0


def _sha256(content):
    return hashlib.sha256(content).hexdigest()
