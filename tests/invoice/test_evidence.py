# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The archived PDF of a deposited invoice stays, and an invoice whose PDF was changed says so."""

import base64
import hashlib
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common.chorus_pro import ChorusProCommon, make_pdf
from ..common.flow import FlowCommon


def digest(content):
    return hashlib.sha256(content).hexdigest()


class EvidenceCommon:
    def _forge(self, move, content):
        """As somebody who can write the database."""
        other = self.env["ir.attachment"].create({"name": "x.pdf", "raw": content})
        self.env.flush_all()
        self.env.cr.execute(
            """
            UPDATE ir_attachment file SET store_fname = other.store_fname, db_datas = other.db_datas
              FROM ir_attachment other WHERE file.id = %s AND other.id = %s
            """,
            [move.invoice_pdf_report_id.id, other.id],
        )
        self.env.invalidate_all()


@tagged("post_install_l10n", "post_install", "-at_install")
class TestEvidence(EvidenceCommon, ChorusProCommon):
    def setUp(self):
        super().setUp()
        self.move = self._invoice()
        self.submission = self._send(self.move)
        self.assertEqual(self.submission.state, "deposited", self.submission.reason)
        self.file = self.move.invoice_pdf_report_id
        self.pdf = self.file.raw

    def test_archived_pdf_of_a_deposited_invoice_is_not_touched(self):
        other = make_pdf("Another")
        encoded = base64.b64encode(other)
        free = self.env["ir.attachment"].create({"name": "y.pdf", "raw": other})
        another = self._invoice(pdf=False)
        place = {
            "res_model": "account.move",
            "res_id": self.move.id,
            "res_field": "invoice_pdf_report_file",
        }
        for user in (self.accountant, self.administrator, self.env.ref("base.user_root")):
            file, move = self.file.with_user(user), self.move.with_user(user)
            calls = {
                "field": (move.write, {"invoice_pdf_report_file": encoded}),
                "field emptied": (move.write, {"invoice_pdf_report_file": False}),
                "raw": (file.write, {"raw": other}),
                "datas": (file.write, {"datas": encoded}),
                "detached": (file.write, {"res_field": False}),
                "moved": (file.write, {"res_id": another.id}),
                "another model": (file.write, {"res_model": False, "res_id": 0}),
                "address": (file.write, {"type": "url", "url": "https://x.fr"}),
                "hidden": (file.create, {"name": "z", "raw": other, **place}),
                "hidden by default": (
                    file.with_context(
                        **{f"default_{name}": value for name, value in place.items()}
                    ).create,
                    {"name": "z", "raw": other},
                ),
                "replaced": (free.with_user(user).write, place),
                "deleted": (file.unlink,),
            }
            for name, (call, *values) in calls.items():
                with self.subTest(user=user.login, way=name):
                    with self.assertRaisesRegex(UserError, "evidence"), self.env.cr.savepoint():
                        call(*values)
                    self.env.invalidate_all()
                    self.assertEqual(self.move.invoice_pdf_report_id, self.file)
                    self.assertEqual(self.file.raw, self.pdf)

    def test_two_new_files_do_not_share_the_place_of_an_archived_pdf(self):
        self.env.cr.execute("DELETE FROM ir_attachment WHERE id = %s", [self.file.id])
        self.env.invalidate_all()
        place = {"res_model": "account.move", "res_field": "invoice_pdf_report_file"}
        both = [{"name": "a", "raw": self.pdf, "res_id": self.move.id, **place}] * 2
        files = self.env["ir.attachment"].with_user(self.accountant)
        with self.assertRaisesRegex(UserError, "evidence"), self.env.cr.savepoint():
            files.create(both)
        self.assertTrue(files.create(both[:1]))

    def test_files_of_many_invoices_are_asked_about_at_once(self):
        moves = [self._invoice(pdf=False) for _n in range(3)]
        place = {"res_model": "account.move", "res_field": "invoice_pdf_report_file"}
        values = [{"name": "a", "raw": self.pdf, "res_id": move.id, **place} for move in moves]
        files = self.env["ir.attachment"].with_user(self.accountant)
        asked = []
        ask = type(files)._chorus_pro_archived

        def count(model, move_ids):
            asked.append(move_ids)
            return ask(model, move_ids)

        with patch.object(type(files), "_chorus_pro_archived", count):
            files.create(values)
        self.assertEqual(asked, [[move.id for move in moves]])

    def test_same_bytes_and_a_new_name_change_nothing(self):
        self.file.with_user(self.administrator).write({"raw": self.pdf, "name": "facture.pdf"})
        self.assertEqual(self.file.raw, self.pdf)
        self.assertFalse(self.move.chorus_pro_evidence_warning)

    def test_form_of_the_web_client_compares_bytes_not_their_size(self):
        move = self.move.with_user(self.accountant).with_context(bin_size=True)
        self.env.invalidate_all()
        [shown] = move.web_read({"chorus_pro_evidence_warning": {}})
        self.assertFalse(shown["chorus_pro_evidence_warning"])
        file = self.file.with_user(self.administrator).with_context(bin_size=True)
        file.write({"raw": self.pdf})
        self.assertEqual(self.file.raw, self.pdf)

    def test_other_files_of_the_invoice_come_and_go(self):
        files = self.env["ir.attachment"].with_user(self.accountant)
        file = files.create(
            {"name": "n", "raw": b"x", "res_model": "account.move", "res_id": self.move.id}
        )
        file.write({"raw": b"y"})
        file.unlink()
        self.assertFalse(file.exists())

    def test_refused_invoice_gets_another_pdf(self):
        self.submission.sudo().state = "refused"
        self.file.with_user(self.accountant).write({"raw": make_pdf("Corrected")})
        self.assertFalse(self.move.chorus_pro_evidence_warning)
        self.move.with_user(self.accountant).purchase_order_reference = "EJ-1"
        self.assertFalse(self.move.invoice_pdf_report_id)

    def test_invoice_whose_pdf_was_changed_by_force_says_so(self):
        move = self.move.with_user(self.accountant)
        self.assertEqual(self.submission.sudo().archived_sha256, digest(self.pdf))
        self.assertFalse(move.chorus_pro_evidence_warning)
        self._forge(self.move, make_pdf("Forged"))
        self.assertIn("not the one that was sent", move.chorus_pro_evidence_warning)
        self.env.cr.execute("DELETE FROM ir_attachment WHERE id = %s", [self.file.id])
        self.env.invalidate_all()
        self.assertIn("is missing", move.chorus_pro_evidence_warning)
        view = self.env.ref("account.view_move_form")
        arch = self.env["account.move"].with_user(self.accountant).get_view(view.id, "form")["arch"]
        self.assertIn("chorus_pro_evidence_warning", arch)

    def test_invoice_of_which_no_digest_was_kept_says_nothing(self):
        self.submission.sudo().archived_sha256 = False
        self._forge(self.move, make_pdf("Forged"))
        self.assertFalse(self.move.chorus_pro_evidence_warning)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestEvidenceOfAFlow(EvidenceCommon, FlowCommon):
    def test_archived_pdf_is_compared_although_its_copy_was_deposited(self):
        move = self._invoice()
        archived = move.invoice_pdf_report_id.raw
        flow = self._deposit(move)
        submission = move.chorus_pro_submission_ids.sudo()
        self.assertTrue(flow)
        self.assertEqual(submission.archived_sha256, digest(archived))
        # Our data were embedded in a copy.
        self.assertNotEqual(submission.sha256, submission.archived_sha256)
        self.assertFalse(move.chorus_pro_evidence_warning)
        self._forge(move, make_pdf("Forged"))
        self.assertIn("not the one that was sent", move.chorus_pro_evidence_warning)
