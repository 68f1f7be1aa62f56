# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Sections of Odoo that hide their composition or their prices."""

from decimal import Decimal
from types import SimpleNamespace

from odoo import Command
from odoo.tests import tagged

from ..common.chorus_pro import ChorusProCommon
from ..common.invoice_family import InvoiceFamily


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSections(ChorusProCommon):
    def setUp(self):
        super().setUp()
        self.family = InvoiceFamily(self.env, self.company)

    def _move(self, *lines, **values):
        """Lines as (display type or name of a tax, label, price or flag)."""
        commands = []
        for kind, label, more in lines:
            if kind in ("line_section", "line_subsection", "line_note"):
                flags = {more: True} if more else {}
                commands.append({"display_type": kind, "name": label, **flags})
            else:
                commands.append(self.family.line(more, kind, name=label))
        for sequence, command in enumerate(commands):
            command["sequence"] = sequence
        return self.family.invoice(*commands, **values)

    def _lines(self, move):
        return [
            (line.name, line.quantity, line.net_amount, line.vat_rate)
            for line in move._chorus_pro_invoice().lines
        ]

    def _installation(self, flag, **values):
        return self._move(
            ("line_section", "Forfait installation", flag),
            ("20", "Tube secret", 180.0),
            ("20", "Coude secret", 120.0),
            ("line_note", "Remarque secrète", None),
            ("10", "Pose secrète", 50.0),
            ("line_section", "Divers", None),
            ("20", "Visite", 99.0),
            ("line_note", "Sur place", None),
            **values,
        )

    def test_hidden_composition_is_one_line_for_each_set_of_taxes(self):
        move = self._installation("collapse_composition")
        self.assertEqual(
            self._lines(move),
            [
                ("Forfait installation", 1, Decimal("300.00"), 20),
                ("Forfait installation", 1, Decimal("50.00"), 10),
                ("Visite", 1, Decimal("99.00"), 20),
            ],
        )
        self.assertEqual(move._chorus_pro_document_findings("ubl"), [])

    def test_lines_are_those_that_odoo_prints(self):
        move = self._installation("collapse_composition")
        printed = move.invoice_line_ids.sorted("sequence")[0]._get_child_lines()
        self.assertEqual(
            [(row["name"], row["quantity"], f"{row['price_subtotal']:.2f}") for row in printed],
            [(name, int(quantity), str(amount))
             for name, quantity, amount, _rate in self._lines(move)[:2]],
        )  # fmt: skip

    def test_what_is_hidden_is_in_no_document(self):
        move = self._installation("collapse_composition")
        self._archive(move)
        for document_format in ("facturx_xml", "cii", "ubl"):
            xml = move._chorus_pro_render(document_format).decode()
            self.assertIn("Forfait installation", xml)
            self.assertIn("Sur place", xml)
            for secret in ("secret", "secrète", "180", "120.00"):
                self.assertNotIn(secret, xml)

    def test_hidden_prices_leave_quantities_and_names(self):
        move = self._installation("collapse_prices")
        self.assertEqual(self._lines(move)[0][:3], ("Forfait installation", 1, Decimal("300.00")))
        first, second, _third = move._chorus_pro_invoice().lines
        self.assertEqual(first.description, "1 × Tube secret\n1 × Coude secret")
        self.assertEqual(second.description, "1 × Pose secrète")
        xml = move._chorus_pro_render("facturx_xml").decode()
        for price in ("180", "120.00"):
            self.assertNotIn(price, xml)

    def test_credit_note_hides_the_same(self):
        invoice = self._installation("collapse_composition")
        credit = self.family.refund(invoice)
        self.assertEqual(self._lines(credit), self._lines(invoice))

    def test_subsection_hides_its_own_lines_only(self):
        move = self._move(
            ("line_section", "Lot 1", None),
            ("20", "Visible", 10.0),
            ("line_subsection", "Caché", "collapse_composition"),
            ("20", "Tube", 20.0),
            ("20", "Coude", 30.0),
        )
        self.assertEqual([line[0] for line in self._lines(move)], ["Visible", "Caché"])

    def test_subsections_of_a_hidden_section_are_named_as_on_the_page(self):
        move = self._move(
            ("line_section", "Lot 1", "collapse_composition"),
            ("line_subsection", "Fournitures", None),
            ("20", "Tube", 20.0),
            ("20", "Coude", 30.0),
            ("line_subsection", "Pose", None),
            ("20", "Monteur", 40.0),
        )
        self.assertEqual(
            [line[:3] for line in self._lines(move)],
            [("Fournitures", 1, Decimal("50.00")), ("Pose", 1, Decimal("40.00"))],
        )
        printed = move.invoice_line_ids.sorted("sequence")[0]._get_child_lines()
        self.assertEqual([row["name"] for row in printed], ["Fournitures", "Pose"])

    def test_subsections_with_hidden_prices_have_their_totals(self):
        for flag, expected in (
            (None, [("Fournitures", Decimal("20.00")), ("Pose", Decimal("40.00"))]),
            ("collapse_composition", [("Lot 1", Decimal("60.00"))]),
        ):
            move = self._move(
                ("line_section", "Lot 1", "collapse_prices"),
                ("line_subsection", "Fournitures", None),
                ("20", "Tube", 20.0),
                ("line_subsection", "Pose", flag),
                ("20", "Monteur", 40.0),
            )
            lines = move._chorus_pro_invoice().lines
            self.assertEqual([(line.name, line.net_amount) for line in lines], expected)

    def test_subsection_whose_composition_is_hidden_below_hidden_prices_is_one_name(self):
        move = self._move(
            ("line_section", "Lot 1", "collapse_prices"),
            ("20", "Visible", 10.0),
            ("line_subsection", "Caché", "collapse_composition"),
            ("20", "Tube", 20.0),
            ("20", "Coude", 30.0),
        )
        [line] = move._chorus_pro_invoice().lines
        self.assertEqual(line.description, "1 × Visible\n1 × Caché")
        self.assertEqual(line.net_amount, Decimal("60.00"))

    def test_eco_contributions_of_hidden_lines_are_one_charge(self):
        move = self._move(
            ("line_section", "Lot 1", "collapse_composition"),
            ("eco + 20", "Lampe", 10.0),
            ("eco + 20", "Tube", 20.0),
        )
        [line] = move._chorus_pro_invoice().lines
        self.assertEqual([each.amount for each in line.charges], [Decimal("0.74")])
        self.assertEqual(line.net_amount, Decimal("30.74"))

    def test_problem_of_a_line_after_a_hidden_section_names_that_line(self):
        move = self._move(
            ("line_section", "Lot 1", "collapse_composition"),
            ("20", "Tube", 10.0),
            ("20", "Coude", 10.0),
            ("20", "Visite", 10.0),
            post=False,
        )
        self.env["account.move.line"].create(
            {"move_id": move.id, "display_type": "line_section", "name": "Lot 2", "sequence": 3}
        )
        move.invoice_line_ids.filtered(lambda line: line.name == "Visite").write(
            {"name": "", "product_id": False, "sequence": 4,
             "tax_ids": [Command.set(self.tax_20.ids)]}
        )  # fmt: skip
        move.action_post()
        [found] = move._chorus_pro_document_findings("ubl")
        self.assertIn("Line 2", found.text(self.env))

    def test_message_of_the_pdf_format_has_totals_only(self):
        move = self._installation("collapse_composition")
        session = SimpleNamespace(
            supplier_id="1", supplier_service_id=None, vat_code=lambda rate: None,
            bank_account_id=lambda bank: None,
        )  # fmt: skip
        message = move._chorus_pro_submission_message(session)
        self.assertNotIn("secr", repr(message))
        self.assertEqual([line.base for line in message.vat_lines], [Decimal("399.00"), 50])
