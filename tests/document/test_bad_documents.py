# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What would get a document refused is said before it leaves, with the field to correct."""

from io import BytesIO

from pypdf import PdfReader, PdfWriter

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ...documents.pdf import embedded_files
from ..common.chorus_pro import make_pdf
from ..common.flow import FlowCommon

MEGABYTE = 1000 * 1000


def encrypted_pdf():
    writer = PdfWriter(clone_from=PdfReader(BytesIO(make_pdf())))
    writer.encrypt("secret")
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def pdf_with(name, content):
    writer = PdfWriter(clone_from=PdfReader(BytesIO(make_pdf())))
    writer.add_attachment(name, content)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


@tagged("post_install_l10n", "post_install", "-at_install")
class TestBadDocuments(FlowCommon):
    def _file(self, name, size=10, **values):
        return self.env["ir.attachment"].create(
            {"name": name, "raw": b"x" * size, **values}
        )

    def _with_files(self, *files, **values):
        move = self._invoice(pdf=False, **values)
        move.chorus_pro_attachment_ids = self.env["ir.attachment"].union(*files)
        self._archive(move)
        return move

    def assertStopped(self, move, *words):
        """Said with these words before the deposit; nothing leaves."""
        problems = "\n".join(move._chorus_pro_problems())
        for word in words:
            self.assertIn(word, problems)
        self.assertNotIn("%(", problems)
        with self.assertRaises(UserError) as caught:
            move.with_user(self.accountant).action_chorus_pro_send()
        self.assertIn(move.name, str(caught.exception))
        self.assertFalse(move.chorus_pro_submission_ids)
        self.assertEqual(self._requests(), [])
        self.assertEqual(move.state, "posted")

    # ------------------------------------------------------------------
    # The archived PDF
    # ------------------------------------------------------------------

    def test_unusable_pdf_is_told_apart(self):
        for content, words in (
            (b" ", "not a PDF"),
            (b"<html/>", "not a PDF"),
            (encrypted_pdf(), "is encrypted"),
            (make_pdf()[:200], "is damaged"),
        ):
            move = self._invoice(pdf=False)
            self._archive(move, content)
            for document_format in ("facturx", "cii", "ubl"):
                with self.subTest(words=words, document_format=document_format):
                    with self.assertRaisesRegex(UserError, words):
                        move._chorus_pro_render(document_format)
            self.assertEqual(move.invoice_pdf_report_id.raw, content)

    def test_pdf_that_holds_another_invoice_leaves_with_ours_only(self):
        move = self._invoice(pdf=False)
        self._archive(move, pdf_with("zugferd-invoice.xml", b"<Invoice>another</Invoice>"))
        pdf = move._chorus_pro_render("facturx")
        xml = move._chorus_pro_render("facturx_xml")
        self.assertEqual(embedded_files(pdf), (("factur-x.xml", xml),))
        self.assertNotIn(b"zugferd", move._chorus_pro_render("ubl"))

    # ------------------------------------------------------------------
    # The attachments
    # ------------------------------------------------------------------

    def test_empty_attachment_is_named(self):
        self.assertStopped(self._with_files(self._file("a.pdf", size=0)), "“a.pdf” is empty")

    def test_attachment_over_10_mb_is_named_with_its_size(self):
        move = self._with_files(self._file("plan.pdf", size=10 * MEGABYTE + 1))
        self.assertStopped(move, "“plan.pdf” weighs 10.00 MB", "accepts 10 MB")
        exact = self._with_files(self._file("plan.pdf", size=10 * MEGABYTE))
        self.assertEqual(exact._chorus_pro_document_findings("facturx"), [])

    def test_too_many_bytes_in_all_are_counted_with_the_invoice(self):
        files = [self._file(f"{n}.pdf", size=10 * MEGABYTE) for n in range(12)]
        move = self._with_files(*files)
        self.assertStopped(move, "weigh 120.", "accepts 120 MB")

    def test_attachment_without_extension_is_named(self):
        self.assertStopped(self._with_files(self._file("README")), "“README” has no extension")

    def test_refused_extension_is_named(self):
        self.assertStopped(self._with_files(self._file("setup.exe")), "does not accept .exe files")

    def test_file_that_no_xml_carries_is_named_for_xml_only(self):
        move = self._with_files(self._file("plan.zip"), chorus_pro_format="ubl")
        self.assertStopped(move, "not “plan.zip”", "as Factur-X or PDF")
        move.chorus_pro_format = "facturx"
        self.assertEqual(move._chorus_pro_problems(), [])

    def test_file_that_is_an_invoice_itself_is_named_for_factur_x_only(self):
        move = self._with_files(self._file("F001_ubl_bis3.xml", raw=b"<Invoice/>"))
        self.assertStopped(move, "“F001_ubl_bis3.xml” is an invoice itself", "as PDF")
        move.chorus_pro_format = "pdf"
        self.assertEqual(move._chorus_pro_problems(), [])

    def test_emoji_and_long_names_are_made_acceptable(self):
        move = self._with_files(
            self._file("\U0001f4ce.pdf"), self._file("x" * 80 + ".pdf"), self._file("FACTUR-X.xml")
        )
        names = [each.name for each in move._chorus_pro_supporting_documents("factur-x.xml")]
        self.assertEqual(names, ["file.pdf", "x" * 46 + ".pdf", "FACTUR-X-2.xml"])
        self.assertEqual(
            {name for name, _content in embedded_files(move._chorus_pro_render("facturx"))},
            {"factur-x.xml", *names},
        )

    def test_chosen_files_are_kept_with_the_invoice(self):
        other = self._invoice()
        foreign = self._file("offer.pdf", res_model="account.move", res_id=other.id)
        loose = self._file("note.pdf")
        move = self._with_files(foreign, loose)
        kept = move.chorus_pro_attachment_ids
        self.assertEqual(set(kept.mapped("res_id")), {move.id})
        self.assertIn(loose, kept)
        self.assertEqual(foreign.res_id, other.id)
        self.assertEqual(sorted(kept.mapped("name")), ["note.pdf", "offer.pdf"])
        self.assertEqual(move.chorus_pro_attachments_size, "Files: 2, 0.1 MB of 120 MB")

    def test_file_that_the_user_may_not_read_cannot_be_chosen(self):
        cron = self.env["ir.cron"].search([], limit=1)
        foreign = self._file("secret.pdf", res_model=cron._name, res_id=cron.id)
        move = self._invoice()
        with self.assertRaises(AccessError):
            move.with_user(self.accountant).chorus_pro_attachment_ids = foreign

    # ------------------------------------------------------------------
    # The invoice
    # ------------------------------------------------------------------

    def test_missing_bank_account_is_named(self):
        self.assertStopped(self._invoice(partner_bank_id=False), "Recipient Bank")

    def test_account_that_is_no_iban_is_named(self):
        foreign = self.bank.copy(
            {"acc_number": "021000021-123456789", "allow_out_payment": True}
        )
        self.assertStopped(self._invoice(partner_bank_id=foreign.id), "021000021-123456789", "IBAN")

    def test_customer_without_address_is_named(self):
        move = self._invoice()
        self.customer.country_id = False
        self.assertStopped(move, "The customer: the address has no country")

    def test_form_in_edition_names_all_that_is_missing_at_once(self):
        country = "Fill in the country of the customer."
        customer = self._create_customer(False, country_id=False)
        moves = self.env["account.move"].with_user(self.accountant)
        form = Form(moves.with_context(default_move_type="out_invoice"))
        form.partner_id = customer
        self.assertIn(country, form.chorus_pro_problems)
        self.assertIn("no SIRET", form.chorus_pro_problems)
        move = self._invoice(post=False, partner_id=customer.id).with_user(self.accountant)
        for state in ("draft", "posted"):
            if move.state != state:
                move.action_post()
            self.assertIn(country, move.chorus_pro_problems)
            with Form(move) as form:
                form.ref = f"Bon {state}"
                self.assertIn(country, form.chorus_pro_problems)
        customer.country_id = self.env.ref("base.fr")
        move.invalidate_recordset()
        self.assertNotIn(country, move.chorus_pro_problems)

    def test_company_without_country_is_named(self):
        move = self._invoice()
        self.company.partner_id.country_id = False
        self.assertIn(
            "Your company: the address has no country. Fill in the country of your "
            "company.", move._chorus_pro_problems()
        )

    def test_line_without_tax_is_named(self):
        bare = {"tax_ids": [Command.clear()], "price_unit": 350.0}
        lines = [{**bare, "name": name} for name in ("Repas\nde midi", "Goûter", "Dîner", "Thé")]
        free = {**bare, "price_unit": 0.0, "name": "Offert"}
        for document_format in ("facturx", "pdf"):
            move = self._invoice([free, *lines], chorus_pro_format=document_format)
            self.assertStopped(
                move, "Line 2, “Repas”, Line 3, “Goûter”, Line 4, “Dîner”, …: without a tax",
                "0 % with its legal notes")
        [told] = move.with_user(self.accountant).chorus_pro_check()
        self.assertFalse(told["is_ready"])

    def test_line_without_tax_among_others_or_of_a_credit_note_is_a_warning(self):
        bare = {"tax_ids": [Command.clear()], "price_unit": 12.0, "name": "Débours"}
        exempt = self._vat(0.0, invoice_legal_notes="<p>Art. 261-4-4° du CGI</p>")
        for lines, values in (
            ([(100.0, None), bare], {}), ([(100.0, exempt), bare], {}),
            ([bare], {"move_type": "out_refund"}),
        ):
            move = self._invoice(lines, chorus_pro_format="pdf", **values)
            found = [each for each in move._chorus_pro_findings()[move] if each.id == "tax_missing"]
            self.assertEqual([each.blocking for each in found], [False])
            self.assertIn("Débours", move.chorus_pro_warnings)
        move = self._invoice([(100.0, exempt), (20.0, None)])
        self.assertNotIn("without a tax", move.chorus_pro_warnings)

    def test_tax_of_another_country_is_named(self):
        canary = self._vat(7.0, name="IGIC", ubl_cii_tax_category_code="L")
        self.assertStopped(self._invoice([(100.0, canary)]), "The tax IGIC", "Tax Category Code")

    def test_tax_whose_category_does_not_go_with_its_rate_is_named(self):
        wrong = self._vat(20.0, name="Exonéré", ubl_cii_tax_category_code="E")
        self.assertStopped(self._invoice([(100.0, wrong)]), "20 % has the VAT category E")

    def test_several_taxes_on_a_line_are_refused(self):
        taxes = self.tax_20 + self._vat(2.0)
        line = {"price_unit": 100.0, "tax_ids": [Command.set(taxes.ids)]}
        self.assertStopped(self._invoice([line]), "one VAT rate")

    def test_line_without_label_is_named_by_its_place(self):
        move = self._invoice([{"name": False, "price_unit": 1.0}, {"price_unit": 2.0}])
        self.assertStopped(move, "Line 1: the name is missing")

    def test_vat_changed_by_hand_is_told_with_both_amounts(self):
        move = self._invoice(post=False)
        move.line_ids.filtered("tax_line_id").amount_currency = -25.0
        move.action_post()
        self.assertStopped(move, "VAT at 20 % of 100.00 is 20.00, the invoice says 25.00")

    def test_lines_that_do_not_add_up_to_the_total_are_told(self):
        move = self._invoice()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET amount_total = 120.01 WHERE id = %s", [move.id]
        )
        self.env.invalidate_all()
        self.assertStopped(move, "does not add up to the total")

    def test_intra_community_without_vat_number_is_told(self):
        intra = self._vat(0.0, ubl_cii_tax_category_code="K")
        self.assertStopped(
            self._invoice([(100.0, intra)]), "The customer: the VAT number is compulsory"
        )

    def test_markup_and_control_characters_become_text(self):
        move = self._invoice(
            [{"name": "A\x0b <b>gras</b> & co", "price_unit": 1.0}],
            narration="<p>a &lt; b</p><ul><li>un</li></ul>",
        )
        xml = move._chorus_pro_render("facturx_xml").decode()
        self.assertIn("<ram:Name>A gras &amp; co</ram:Name>", xml)
        self.assertIn("a &lt; b", xml)
        self.assertIn("- un", xml)

    def test_draft_is_told_what_it_lacks_but_a_number(self):
        move = self._invoice(post=False, partner_bank_id=False)
        self.assertIn("Recipient Bank", move.chorus_pro_problems)
        self.assertNotIn("number", move.chorus_pro_problems)
