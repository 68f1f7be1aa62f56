# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What a recipient writes is calculated by no spreadsheet."""

import io
import json

from openpyxl import load_workbook

from odoo.http import Request
from odoo.tests import HttpCase, tagged

from ...models.access.foreign_text import GUARD
from ..common.follow import FollowCommon

FORMULA = "=HYPERLINK(\"http://evil.example.org\",\"ici\")&LEN"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestForeignText(FollowCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.env.ref("base.group_allow_export").user_ids += self.accountant
        self.accountant.password = self.accountant.login
        [self.submission] = self._send(self._invoice())
        self.move = self.submission.move_id

    def _suspend(self, comment):
        """The recipient suspends the invoice with this comment, and we follow."""
        number = self.move.name
        self.simulator.control.set_status(number, "SUSPENDUE", comment=comment)
        self._run_follower()

    def _export(self, model, names, ids, **values):
        self.authenticate(self.accountant.login, self.accountant.login)
        data = {
            "model": model,
            "fields": [
                {"name": name, "label": name, "type": "text"} for name in names
            ],
            "ids": ids,
            "domain": [("id", "in", ids)],
            "groupby": [],
            "import_compat": False,
            **values,
        }
        answer = self.url_open(
            "/web/export/xlsx",
            {"data": json.dumps(data), "csrf_token": Request.csrf_token(self)},
        )
        answer.raise_for_status()
        sheet = load_workbook(io.BytesIO(answer.content)).active
        return [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.value]

    def _assert_no_formula(self, cells):
        shown = [str(cell.value) for cell in cells if FORMULA in str(cell.value)]
        self.assertTrue(shown, "the comment is there")
        self.assertEqual([cell.value for cell in cells if cell.data_type == "f"], [])

    def test_comment_is_no_formula_in_an_export_to_excel(self):
        self._suspend(FORMULA)
        statuses = self.move.chorus_pro_status_ids.filtered("comment")
        self.assertEqual(statuses.mapped("comment"), [GUARD + FORMULA])
        for model, names, records in (
            ("account.move", ["name", "chorus_pro_reason"], self.move),
            ("account.move", ["chorus_pro_status_ids/comment"], self.move),
            ("chorus.pro.status", ["comment"], statuses),
        ):
            with self.subTest(model=model, names=names):
                self._assert_no_formula(self._export(model, names, records.ids))

    def test_comment_is_no_formula_where_rows_are_grouped_by_it(self):
        self._suspend(FORMULA)
        cells = self._export(
            "account.move", ["name", "chorus_pro_state"], self.move.ids,
            groupby=["chorus_pro_reason"],
        )
        self._assert_no_formula(cells)

    def test_other_beginnings_of_formulas_are_guarded_and_the_rest_is_as_it_came(self):
        model = self.env["chorus.pro.status"]
        for comment in ("+33 1 23", "- une pièce manque", "@SUM(A1)", "\tx", "\rx", "=1"):
            row = model.new({"comment": comment})
            self.assertEqual(row.comment, GUARD + comment)
            row.comment = row.comment
            self.assertEqual(row.comment, GUARD + comment, "once")
        for comment in ("Pièce manquante = 1", "a@b.fr", ""):
            self.assertEqual(model.new({"comment": comment}).comment or "", comment)

    def test_each_text_that_others_write_is_one(self):
        for model, name in (
            ("chorus.pro.status", "comment"),
            ("chorus.pro.status", "author"),
            ("chorus.pro.submission", "reason"),
            ("chorus.pro.flow", "reason"),
            ("chorus.pro.flow", "report"),
            ("chorus.pro.action", "reason"),
            ("chorus.pro.action", "refusal"),
            ("account.move", "chorus_pro_reason"),
            ("account.move", "chorus_pro_action_reason"),
            ("chorus.pro.validation", "supplier_name"),
            ("chorus.pro.validation", "note"),
            ("chorus.pro.decision", "reason"),
            ("chorus.pro.elsewhere", "recipient_name"),
            ("chorus.pro.submission", "preceding_piece"),
            ("chorus.pro.structure", "name"),
            ("chorus.pro.service", "name"),
        ):
            with self.subTest(model=model, field=name):
                self.assertEqual(self.env[model].sudo().new({name: "=1"})[name], f"{GUARD}=1")
