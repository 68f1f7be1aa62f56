# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from io import BytesIO

from odoo import tools
from odoo.tests import tagged
from odoo.tools.pdf import OdooPdfFileReader, OdooPdfFileWriter

from ..documents.pdf import without_embedded_files
from .common import ChorusProCommon, make_pdf


def embedded_files(pdf):
    return list(OdooPdfFileReader(BytesIO(pdf), strict=False).getAttachments())


@tagged("post_install_l10n", "post_install", "-at_install")
class TestArchivedPdf(ChorusProCommon):
    def _rendered(self, method):
        """The PDF that Odoo would archive, after every hook, as outside of test mode."""
        move = self._invoice(pdf=False)
        data = {
            "sending_methods": [method],
            "invoice_edi_format": False,
            "pdf_attachment_values": {"name": "x.pdf", "raw": make_pdf(move.name)},
        }
        # Core embeds its own Factur-X outside of test mode only: look at the real thing.
        self.patch(tools.config, "options", {**tools.config.options, "test_enable": False})
        sender = self.env["account.move.send"]
        sender._hook_invoice_document_after_pdf_report_render(move, data)
        return data["pdf_attachment_values"]["raw"]

    def test_pdf_for_chorus_holds_no_embedded_invoice(self):
        self.assertTrue(embedded_files(self._rendered("email")), "core embeds no more: remove ours")
        pdf = self._rendered("chorus_pro")
        self.assertFalse(embedded_files(pdf))
        self.assertTrue(pdf.startswith(b"%PDF-"))
        self.assertNotIn(b"factur-x.xml", pdf)

    def test_pdf_without_embedded_file_is_left_to_the_byte(self):
        pdf = make_pdf()
        self.assertIs(without_embedded_files(pdf), pdf)

    def test_pages_survive_the_removal(self):
        writer = OdooPdfFileWriter()
        writer.cloneReaderDocumentRoot(OdooPdfFileReader(BytesIO(make_pdf("Page")), strict=False))
        writer.addAttachment("factur-x.xml", b"<x/>", subtype="text/xml")
        output = BytesIO()
        writer.write(output)
        cleaned = without_embedded_files(output.getvalue())
        reader = OdooPdfFileReader(BytesIO(cleaned), strict=False)
        self.assertEqual(len(reader.pages), 1)
        self.assertIn("Page", reader.pages[0].extract_text())

    def test_archived_pdf_made_by_another_method_is_deposited_as_it_is(self):
        move = self._invoice()
        before = move.invoice_pdf_report_id.raw
        submission = self._send(move)
        self.assertEqual(submission.size, len(before))
        self.assertEqual(move.invoice_pdf_report_id.raw, before)

    def test_invoice_without_pdf_gets_one_in_the_job(self):
        move = self._invoice(pdf=False)
        move.with_user(self.accountant).action_chorus_pro_send()
        self.assertFalse(move.invoice_pdf_report_id)
        self._run_sender()
        self.assertTrue(move.invoice_pdf_report_id)
        # In test mode Odoo renders HTML, which Chorus Pro must not get.
        self.assertEqual(move.chorus_pro_state, "refused")
        self.assertIn("not a PDF", move.chorus_pro_reason)
