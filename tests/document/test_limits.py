# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What Chorus Pro keeps of each field: cut, split, rounded or reported, alike in every format and
on screen."""

from decimal import Decimal
from types import SimpleNamespace

from lxml import etree

from odoo.tests import tagged

from ...documents.pricing import fits, line_amount, written_price
from ...models.document.submission_message import SubmissionMessage
from ..common.chorus_pro import SERVICE
from ..common.flow import FlowCommon

FORMATS = ("facturx_xml", "cii", "ubl")
SUBROGATION = "Règlement à l'ordre de FACTOR EXEMPLE, subrogé dans nos droits."


@tagged("post_install_l10n", "post_install", "-at_install")
class TestLimits(FlowCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.session = SimpleNamespace(
            supplier_id="25784152", supplier_service_id=None,
            bank_account_id=lambda bank: None, vat_code=lambda rate: None)

    def _found(self, move, rule):
        """Findings of this rule, shown on the invoice."""
        return [each for each in move.chorus_pro_findings or () if each["id"] == rule]

    def _texts(self, move, name, document_format="facturx_xml"):
        """Texts of the elements of this name in the document."""
        tree = etree.fromstring(move._chorus_pro_render(document_format))
        return [each.text for each in tree.iter(f"{{*}}{name}")]

    def _message(self, move):
        return SubmissionMessage(move, self.session).build()

    # Long texts

    def test_long_terms_are_split_into_notes(self):
        terms = "Conditions générales de vente. " * 110
        move = self._invoice(narration=f"<p>{terms}</p>")
        for document_format, name in (
            ("facturx_xml", "Content"), ("cii", "Content"), ("ubl", "Note"),
        ):
            notes = self._texts(move, name, document_format)
            said = [note for note in notes if note.startswith("Conditions") or "vente" in note]
            self.assertEqual(" ".join(said), terms.strip())
            self.assertLessEqual(max(map(len, notes)), 1024)

    def test_long_description_and_payment_terms_fit(self):
        term = self.env["account.payment.term"].create({
            "name": "Long", "note": "<p>%s</p>" % ("Escompte pour paiement anticipé. " * 40),
        })
        label = "Prestation\n" + "Description du travail. " * 70
        move = self._invoice([{"name": label}], invoice_payment_term_id=term.id)
        for document_format in FORMATS:
            for name in ("Description", "Note"):
                for text in self._texts(move, name, document_format):
                    self.assertLessEqual(len(text or ""), 1024)
        said = " ".join(self._texts(move, "Description") + self._texts(move, "Content"))
        self.assertEqual(said.count("Escompte"), 40)

    def test_long_names_are_cut_in_every_format(self):
        self.customer.name = (
            "DIRECTION REGIONALE DE L'ENVIRONNEMENT DE L'AMENAGEMENT ET DU LOGEMENT DE "
            "NOUVELLE-AQUITAINE - SERVICE PATRIMOINE NATUREL")
        self.company.name = "Société " * 15
        move = self._invoice()
        for document_format, name in (
            ("facturx_xml", "Name"), ("cii", "Name"), ("ubl", "RegistrationName"),
        ):
            names = self._texts(move, name, document_format)
            self.assertTrue(any(text.startswith("DIRECTION REGIONALE") for text in names))
            self.assertLessEqual(max(map(len, names)), 99)

    # The comment of the PDF format

    def test_subrogation_is_not_cut_off_the_comment(self):
        move = self._invoice(
            narration=f"<p>{'Conditions de vente. ' * 95}</p><p>{SUBROGATION}</p>",
            chorus_pro_format="pdf")
        comment = self._message(move).comment
        self.assertTrue(comment.startswith(SUBROGATION))
        self.assertLessEqual(len(comment), 2000)
        [found] = self._found(move, "comment_cut")
        self.assertEqual(found["severity"], "warning")
        move.chorus_pro_format = "facturx"
        self.assertFalse(self._found(move, "comment_cut"))
        self.assertIn(SUBROGATION, "".join(self._texts(move, "Content")))

    def test_factor_is_the_payee_where_the_note_says_so(self):
        move = self._invoice(narration=f"<p>{SUBROGATION}</p>")
        self.bank.acc_holder_name = "FACTOR EXEMPLE"
        self.assertEqual(move._chorus_pro_invoice().payment.payee, "FACTOR EXEMPLE")
        self.assertIn("FACTOR EXEMPLE", self._texts(move, "Name"))
        move.narration = "<p>Merci</p>"
        self.assertEqual(move._chorus_pro_invoice().payment.payee, "")
        move.narration = f"<p>{SUBROGATION}</p>"
        self.bank.acc_holder_name = f"SARL {self.company.name.upper()}"
        self.assertEqual(move._chorus_pro_invoice().payment.payee, "")

    def test_invisible_characters_of_a_note_leave_no_trace(self):
        move = self._invoice(narration="<p>Merci\x0b beau\u200bcoup\u2028à bientôt</p>")
        self.assertEqual(self._message(move).comment, "Merci beaucoup\nà bientôt")
        self.assertEqual(self._texts(move, "Content"), ["Merci beaucoup\nà bientôt"])

    # Codes and numbers

    def test_blanks_around_codes_are_nothing_on_screen_and_in_every_format(self):
        move = self._invoice(
            buyer_reference="SRV-1 \u200b", purchase_order_reference=" BC-7781\xa0",
            contract_reference="M-2026\t")
        for document_format in ("pdf", "facturx", "cii", "ubl"):
            move.chorus_pro_format = document_format
            self.assertEqual(move.chorus_pro_problems, "")
        message = self._message(move)
        invoice = move._chorus_pro_invoice()
        for found in (message, invoice):
            self.assertEqual(found.service_code, "SRV-1")
            self.assertEqual(found.engagement_number, "BC-7781")
            self.assertEqual(found.contract_number, "M-2026")

    def test_job_asks_for_the_service_without_the_blank(self):
        customer = self._create_customer(SERVICE)
        move = self._invoice(partner_id=customer.id, buyer_reference="SERVICE_DEST_SERV_OBL ")
        self._send(move)
        self.assertEqual(move.chorus_pro_state, "deposited", move.chorus_pro_reason)

    def test_too_long_reference_is_reported_once_in_every_format(self):
        move = self._invoice(purchase_order_reference="E" * 51)
        for document_format in ("pdf", "facturx", "cii", "ubl"):
            move.chorus_pro_format = document_format
            [problem] = move.chorus_pro_problems.splitlines()
            self.assertIn("51", problem)

    def test_number_that_is_a_date_is_a_warning(self):
        move = self._invoice()
        move.name = "20260305"
        [found] = self._found(move, "number_is_date")
        self.assertEqual((found["severity"], found["field"]), ("warning", "code"))

    def test_credit_note_of_an_old_invoice_is_sent_and_quotes_its_number(self):
        for number in ("FACTURE 2019.0001", "FAC/CLIENTS/2019/000123"):
            original = self._invoice(invoice_date="2019-03-05")
            original.name = number
            refund = original._reverse_moves()
            refund.action_post()
            self._archive(refund)
            for document_format in ("pdf", "facturx", "cii", "ubl"):
                refund.chorus_pro_format = document_format
                self.assertEqual(refund.chorus_pro_problems, "")
                [found] = self._found(refund, "original_left_out")
                self.assertEqual(found["severity"], "warning")
            message = self._message(refund)
            self.assertIsNone(message.original_number)
            self.assertIn(number, message.comment)
            for document_format in FORMATS:
                xml = refund._chorus_pro_render(document_format).decode()
                self.assertEqual(xml.count(number), 1)

    # Quantities and prices

    def test_decimals_are_few_enough_and_the_line_still_adds_up(self):
        for precision in self.env["decimal.precision"].search([]):
            precision.digits = max(precision.digits, 8)
        included = self._vat(20.0, price_include_override="tax_included")
        lines = [
            {"quantity": 0.333333, "price_unit": 99.99},
            {"quantity": 1234567, "price_unit": 0.09747745, "tax_ids": [(6, 0, included.ids)]},
            {"quantity": 1, "price_unit": 9.357, "discount": 33.33},
            {"quantity": 0.00001, "price_unit": 500000.0},
            {"quantity": 3, "price_unit": 1 / 3},
        ]
        move = self._invoice(lines)
        invoice = move._chorus_pro_invoice()
        subtotals = [Decimal(f"{line.price_subtotal:.2f}") for line in move.invoice_line_ids]
        self.assertEqual([line.net_amount for line in invoice.lines], subtotals)
        for line in invoice.lines:
            written = written_price(line)
            self.assertTrue(fits("BT-129", written.quantity) and fits("BT-146", written.net))
            self.assertEqual(
                line_amount(written.quantity, written.net, written.base), line.net_amount)
        for document_format in FORMATS:
            move._chorus_pro_render(document_format)

    # Files

    def test_invoice_among_the_files_is_reported_where_it_would_be_read(self):
        xml = b"<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'/>"
        move = self._invoice()
        move.chorus_pro_attachment_ids = self.env["ir.attachment"].create(
            {"name": "F001_ubl_bis3.xml", "raw": xml})
        for document_format, expected in (
            ("pdf", None), ("facturx", "document_file_is_invoice"),
            ("cii", "document_not_for_xml"), ("ubl", "document_not_for_xml"),
        ):
            move.chorus_pro_format = document_format
            blocking = [
                each["id"] for each in move.chorus_pro_findings or ()
                if each["severity"] == "blocking"]
            self.assertEqual(blocking, [expected] if expected else [])
