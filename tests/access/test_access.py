# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT

from ..common.chorus_pro import ChorusProCommon

SECRETS = ("piste_client_secret", "technical_password")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAccess(ChorusProCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.setup_other_company()["company"]
        cls.other_user = new_test_user(
            cls.env,
            login="chorus_other",
            groups="account.group_account_invoice,l10n_fr_chorus_pro.group_manager",
            company_id=cls.other_company.id,
            company_ids=[Command.set(cls.other_company.ids)],
            context=DISABLED_MAIL_CONTEXT,
        )

    def test_invoicing_user_sends_and_follows(self):
        move = self._invoice()
        self._send(move)
        self.simulator.control.set_status(move.name, "EN_COURS_ACHEMINEMENT")
        mine = move.with_user(self.accountant)
        mine.action_chorus_pro_refresh()
        self._run_follower()
        mine.invalidate_recordset()
        self.assertEqual(mine.chorus_pro_state, "in_transit")
        self.assertTrue(mine.chorus_pro_status_ids.mapped("display_name"))
        self.assertTrue(mine.chorus_pro_invoice_id)

    def test_invoicing_user_reads_nothing_of_the_connection(self):
        connection = self.connection.with_user(self.accountant)
        with self.assertRaises(AccessError):
            connection.read(["name"])
        with self.assertRaises(AccessError):
            self.env["chorus.pro.token"].with_user(self.accountant).search([])
        with self.assertRaises(AccessError):
            connection.action_test_connection()

    def test_secrets_are_given_back_to_nobody(self):
        connection = self.connection.with_user(self.administrator)
        connection.invalidate_recordset()
        [values] = connection.read()
        texts = str(values)
        for secret in ("client_secret", "password"):
            self.assertNotIn(self.credentials[secret], texts)
        for name in SECRETS:
            self.assertFalse(values[name])
            self.assertTrue(values[f"has_{name}"])
            self.assertNotIn(f"{name}_value", values)
            with self.assertRaises(AccessError):
                connection.read([f"{name}_value"])
            with self.assertRaises(AccessError):
                connection.search([(f"{name}_value", "ilike", "a")])
            with self.assertRaises(AccessError):
                connection.export_data([f"{name}_value"])
        with self.assertRaises(AccessError):
            self.env["chorus.pro.token"].with_user(self.administrator).search([])

    def test_typed_secret_is_not_echoed_by_the_save(self):
        connection = self.connection.with_user(self.administrator)
        [values] = connection.web_save(
            {"technical_password": "Nouveau-mot-2026"},
            {"technical_password": {}, "has_technical_password": {}},
        )
        self.assertFalse(values["technical_password"])
        self.assertTrue(values["has_technical_password"])
        self.assertEqual(self.connection.sudo().technical_password_value, "Nouveau-mot-2026")

    def test_copy_of_a_connection_has_no_credentials(self):
        copy = self.connection.with_user(self.administrator).copy({"in_use": False}).sudo()
        self.assertFalse(copy.piste_client_id)
        self.assertFalse(copy.technical_login)
        for name in SECRETS:
            self.assertFalse(copy[f"{name}_value"])

    def test_users_write_and_delete_no_submission(self):
        submission = self._send(self._invoice())
        self._read_history(submission)
        for user in (self.accountant, self.administrator):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                submission.with_user(user).write({"state": "queued"})
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                submission.with_user(user).unlink()
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                submission.status_ids.with_user(user).unlink()

    def test_user_of_another_company_sees_nothing(self):
        move = self._invoice()
        submission = self._send(move)
        self._read_history(submission)
        for record in (submission, submission.status_ids, move):
            with self.subTest(model=record._name):
                self.assertFalse(
                    self.env[record._name]
                    .with_user(self.other_user)
                    .search([("id", "in", record.ids)])
                )
                with self.assertRaises(AccessError):
                    record.with_user(self.other_user).read()
        with self.assertRaises(AccessError):
            submission.with_user(self.other_user).action_refresh()
        administrator = self.administrator
        administrator.write(
            {
                "company_ids": [Command.set(self.other_company.ids)],
                "company_id": self.other_company.id,
            }
        )
        connections = self.env["chorus.pro.connection"].with_user(administrator)
        self.assertFalse(connections.search([("id", "=", self.connection.id)]))

    def test_preview_shows_no_invoice_of_another_company(self):
        previews = self.env["chorus.pro.preview"].with_user(self.other_user)
        move = self._invoice()
        mine = self.env["account.move"].with_user(self.other_user).create(
            {"move_type": "out_invoice"}
        )
        with self.assertRaises(AccessError):
            previews.create({"move_id": move.id, "document_format": "pdf"})
        preview = previews.create({"move_id": mine.id, "document_format": "pdf"})
        with self.assertRaises(AccessError):
            preview.write({"move_id": move.id})
            self.env.flush_all()

    def test_triage_shows_no_invoice_of_another_company(self):
        triage = self.env["chorus.pro.triage"].with_user(self.other_user).create({})
        with self.assertRaises(AccessError):
            triage.line_ids.create({"triage_id": triage.id, "move_id": self._invoice().id})

    def test_comparison_shows_no_invoice_of_another_company(self):
        submission = self._send(self._invoice())
        comparisons = self.env["chorus.pro.comparison"]
        with self.assertRaises(AccessError):
            comparisons.with_user(self.other_user).create({"submission_id": submission.id})
        # Whoever could read the invoice when the dialog was opened may not read it any more.
        comparison = comparisons.sudo().create({"submission_id": submission.id})
        comparison = comparison.sudo(False).with_user(self.other_user)
        self.env.cr.execute(
            "UPDATE chorus_pro_comparison SET create_uid = %s", [self.other_user.id]
        )
        self.env.invalidate_all()
        for name in ("number", "reason", "date", "recipient", "total", "found_id"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                comparison.read([name])
        for action in ("action_adopt", "action_give_up"):
            with self.subTest(action=action), self.assertRaises(AccessError):
                getattr(comparison, action)()

    def test_each_company_sends_with_its_own_connection(self):
        first, second = self.credentials["suppliers"][:2]
        self.assertEqual(first["siret"], self.connection.supplier_siret)
        other = self._create_connection(
            self.other_company,
            second,
            technical_login=second["login"],
            technical_password=second["password"],
        )
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "company_id": self.other_company.id,
                "partner_id": self.customer.id,
                "invoice_date": "2026-11-20",
                "currency_id": self.env.ref("base.EUR").id,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "x",
                            "price_unit": 10.0,
                            "tax_ids": [Command.set(self.other_company.account_sale_tax_id.ids)],
                        }
                    )
                ],
            }
        )
        move.action_post()
        self._archive(move)
        move.with_user(self.other_user).action_chorus_pro_send()
        self._run_sender()
        self.assertEqual(move.chorus_pro_submission_id.connection_id, other)
        [at_chorus] = self._at_chorus(move.name)
        self.assertEqual(at_chorus["supplier"], second["siret"])

    def _read_history(self, submission):
        submission.with_user(self.accountant).action_refresh()
        self._run_follower()
        self.assertTrue(submission.status_ids)

    def test_branch_uses_the_connection_of_its_parent(self):
        branch = self.env["res.company"].create(
            {
                "name": "Agence",
                "parent_id": self.company.id,
                "country_id": self.company.country_id.id,
            }
        )
        found = self.env["chorus.pro.connection"].with_user(self.accountant)._of_company(branch)
        self.assertEqual(found.id, self.connection.id)

    def test_readonly_accountant_sees_and_cannot_send(self):
        reader = new_test_user(
            self.env,
            login="chorus_reader",
            groups="account.group_account_readonly",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        move = self._invoice()
        action = move.with_user(reader).action_chorus_pro_preview()
        self.assertTrue(self.env[action["res_model"]].browse(action["res_id"]).pdf)
        with self.assertRaises(AccessError):
            move.with_user(reader).action_chorus_pro_send()
        self._send(move)
        self.assertEqual(move.with_user(reader).chorus_pro_state, "deposited")
        with self.assertRaises(AccessError):
            move.with_user(reader).action_chorus_pro_cancel()
