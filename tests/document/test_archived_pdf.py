# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from io import BytesIO

from odoo import tools
from odoo.tests import tagged
from odoo.tools.pdf import OdooPdfFileReader, OdooPdfFileWriter

from ...documents.pdf import embedded_files as all_embedded_files
from ...documents.pdf import without_embedded_files
from ...documents.rendering import import_facturx
from ..common.chorus_pro import ChorusProCommon, make_pdf
from ..common.flow import FlowCommon


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


@tagged("post_install_l10n", "post_install", "-at_install")
class TestArchivedFacturx(FlowCommon):
    """Real PDFs, made by wkhtmltopdf, with every hook of Odoo as outside of its test mode."""

    def setUp(self):
        super().setUp()
        self.patch(tools.config, "options", {**tools.config.options, "test_enable": False})

    def _archived(self, method="chorus_pro", **values):
        """An invoice whose PDF Odoo's own pipeline has made and archived for this method."""
        move = self._invoice(pdf=False, **values)
        sender = self.env["account.move.send"].with_context(force_report_rendering=True)
        settings = sender._get_default_sending_settings(move)
        settings |= {"invoice_edi_format": False, "sending_methods": {method}}
        sender._generate_invoice_documents({move.sudo(): settings})
        self.assertTrue(move.invoice_pdf_report_id.raw.startswith(b"%PDF-"))
        return move

    def test_archived_pdf_holds_our_xml_and_leaves_to_the_byte(self):
        move = self._archived()
        pdf, xml = move.invoice_pdf_report_id.raw, move._chorus_pro_render("facturx_xml")
        self.assertEqual(all_embedded_files(pdf), (("factur-x.xml", xml),))
        name, read = import_facturx().get_xml_from_pdf(pdf, check_xsd=True)
        self.assertEqual((name, read), ("factur-x.xml", xml))
        self.assertEqual(move._chorus_pro_render("facturx"), pdf)
        self.assertIn(b"EN 16931", pdf)

    def test_xml_that_core_embedded_is_replaced_in_a_copy(self):
        move = self._archived("email")
        archived = move.invoice_pdf_report_id.raw
        [(name, cores)] = all_embedded_files(archived)
        self.assertEqual(name, "factur-x.xml", "core embeds no more: simplify")
        pdf, xml = move._chorus_pro_render("facturx"), move._chorus_pro_render("facturx_xml")
        self.assertNotEqual(xml, cores)
        self.assertEqual(all_embedded_files(pdf), (("factur-x.xml", xml),))
        self.assertNotIn(b"factur-x.xml", move._chorus_pro_render("cii"))
        self.assertEqual(move.invoice_pdf_report_id.raw, archived)

    def test_attachments_travel_in_the_archived_pdf(self):
        file = self.env["ir.attachment"].create({"name": "plan.dwg.zip", "raw": b"plan"})
        move = self._archived(chorus_pro_attachment_ids=[(6, 0, file.ids)])
        files = dict(all_embedded_files(move.invoice_pdf_report_id.raw))
        self.assertEqual(set(files), {"factur-x.xml", "plan.dwg.zip"})
        self.assertEqual(files["plan.dwg.zip"], b"plan")
        move.chorus_pro_attachment_ids = False
        without = move._chorus_pro_render("facturx")
        self.assertEqual([name for name, _content in all_embedded_files(without)], ["factur-x.xml"])

    def test_other_formats_are_archived_without_any_file(self):
        for document_format in ("pdf", "cii", "ubl"):
            with self.subTest(document_format=document_format):
                move = self._archived(chorus_pro_format=document_format)
                self.assertEqual(all_embedded_files(move.invoice_pdf_report_id.raw), ())

    def test_invoice_without_document_yet_is_archived_without_cores(self):
        move = self._archived(partner_bank_id=False)
        self.assertEqual(all_embedded_files(move.invoice_pdf_report_id.raw), ())
        self.assertIn("Recipient Bank", "\n".join(move._chorus_pro_problems()))

    def test_document_of_an_invoice_without_pdf_archives_nothing(self):
        move = self._invoice(pdf=False)
        self.assertTrue(move._chorus_pro_render("facturx").startswith(b"%PDF-"))
        self.assertIn(b"application/pdf", move._chorus_pro_render("ubl"))
        self.assertFalse(move.invoice_pdf_report_id)
        self.assertFalse(self.env["ir.attachment"].search([("res_id", "=", move.id),
                                                           ("res_model", "=", move._name)]))

    def test_same_invoice_gives_the_same_xml_in_every_language_of_the_reader(self):
        move = self._archived(narration="<p>Merci</p>")
        for document_format in ("facturx_xml", "cii", "ubl"):
            french = move.with_context(lang="fr_FR")._chorus_pro_render(document_format)
            self.assertEqual(move._chorus_pro_render(document_format), french)
