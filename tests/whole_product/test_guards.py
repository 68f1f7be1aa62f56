# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import ast
from pathlib import Path
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError, ValidationError
from odoo.tests import BaseCase, loader, tagged
from odoo.tools import mute_logger
from odoo.tools.misc import file_open, file_path

from odoo.addons.account.models.account_move import AccountMove
from odoo.addons.account.models.account_move_send import AccountMoveSend

from ...choruspro.checks import PROBLEMS
from ...choruspro.errors import SENTENCES
from ...hooks import uninstall_hook
from ...models.invoice import invoice as account_move
from ...models.invoice import sending as account_move_send
from ...models.rules.error_texts import ERROR_SENTENCES
from ...models.rules.rule_book import RULES
from ..common.chorus_pro import ChorusProCommon

OVERRIDES = {
    AccountMove: (
        account_move.AccountMove,
        [
            "_auto_init",
            "_compute_show_reset_to_draft_button",
            "_check_draftable",
            "button_draft",
            "button_cancel",
        ],
    ),
    AccountMoveSend: (
        account_move_send.AccountMoveSend,
        [
            "_is_applicable_to_company",
            "_is_applicable_to_move",
            "_get_default_invoice_edi_format",
            "_get_alerts",
            "_hook_invoice_document_after_pdf_report_render",
            "_hook_if_success",
        ],
    ),
}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestGuards(ChorusProCommon):
    def test_each_overridden_hook_exists_in_core(self):
        for parent, (ours, names) in OVERRIDES.items():
            for name in names:
                self.assertTrue(callable(getattr(parent, name, None)), name)
                self.assertIn(name, vars(ours), "the list of overrides is out of date")

    def test_each_code_of_the_client_has_a_sentence(self):
        self.assertEqual(ERROR_SENTENCES.keys(), SENTENCES.keys())
        self.assertFalse(PROBLEMS.keys() - RULES.keys())

    def test_invoice_at_chorus_does_not_go_back_to_draft(self):
        move = self._invoice()
        self._send(move)
        self.assertFalse(move.show_reset_to_draft_button)
        with self.assertRaisesRegex(UserError, "credit note"):
            move.with_user(self.accountant).button_draft()
        with self.assertRaisesRegex(UserError, "credit note"):
            move.with_user(self.accountant).button_cancel()
        self.assertEqual(move.state, "posted")

    def test_queued_invoice_leaves_the_queue_when_it_goes_back_to_draft(self):
        move = self._invoice().with_user(self.accountant)
        move.action_chorus_pro_send()
        self.assertTrue(move.show_reset_to_draft_button)
        move.button_draft()
        self.assertEqual(move.state, "draft")
        self.assertEqual(move.chorus_pro_state, "cancelled")

    def test_refused_invoice_may_go_back_to_draft(self):
        move = self._invoice()
        submission = self._send(move)
        submission.sudo().write({"state": "refused"})
        move.with_user(self.accountant).button_draft()
        self.assertEqual(move.state, "draft")

    def test_entries_that_never_went_to_chorus_cost_no_search_each(self):
        self.customer.invoice_sending_method = "email"
        moves = self._invoice(post=False) + self._invoice(post=False)
        connections = type(self.env["chorus.pro.connection"])
        with patch.object(connections, "_of_journal", autospec=True) as asked:
            moves.action_post()
            moves.button_draft()
            moves.mapped("show_reset_to_draft_button")
        asked.assert_not_called()

    def test_database_refuses_a_second_alive_submission(self):
        move = self._invoice()
        submission = self._send(move)
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            submission.sudo().copy({"state": "queued"})
            self.env.flush_all()

    def test_rejected_invoice_keeps_its_number(self):
        move = self._invoice()
        self._send(move).sudo().write({"status_code": "REJETEE"})
        with self.assertRaisesRegex(UserError, "credit note"):
            move.with_user(self.accountant).button_draft()

    def test_invoice_at_chorus_keeps_its_number_whichever_way_it_is_written(self):
        move = self._invoice()
        self._send(move)
        for values in ({"state": "draft"}, {"name": "RENAMED-1"}):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                move.with_user(self.accountant).write(values)

    def test_trial_in_qualification_does_not_bind_production(self):
        move = self._invoice()
        submission = self._send(move)
        submission.sudo().environment = "qualification"
        self.env.flush_all()
        self.assertFalse(move._chorus_pro_problems())
        second = self._send(move) - submission
        self.assertIn(second.state, ("deposited", "uncertain"))

    def test_invoice_whose_submission_never_left_can_be_deleted(self):
        move = self._invoice().with_user(self.accountant)
        move.action_chorus_pro_send()
        move.button_draft()
        move.name = False
        move.unlink()
        self.assertFalse(move.exists())

    def test_given_up_and_sent_again_in_one_transaction(self):
        move = self._invoice()
        move.with_user(self.accountant).action_chorus_pro_send()
        move.chorus_pro_submission_id.with_user(self.accountant).action_cancel()
        move.with_user(self.accountant).action_chorus_pro_send()
        self.assertEqual(move.chorus_pro_state, "queued")

    def test_submission_that_left_is_never_deleted(self):
        submission = self._send(self._invoice())
        with self.assertRaisesRegex(UserError, "evidence"):
            submission.sudo().unlink()

    def test_two_connections_in_use_are_refused(self):
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self._create_connection(self.company, in_use=True)
            self.env.flush_all()

    def test_neutralized_copy_can_reach_nobody(self):
        waiting, sent = self._invoice(), self._invoice()
        self._send(sent)
        waiting.with_user(self.accountant).action_chorus_pro_send()
        self.connection.environment = "production"
        self.env.flush_all()
        with file_open("l10n_fr_chorus_pro/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.assertEqual(self.connection.environment, "qualification")
        self.assertEqual(len(self.connection._missing_settings()), 4)
        self.assertEqual(waiting.chorus_pro_submission_id.state, "cancelled")
        self.assertEqual(waiting.chorus_pro_state, "cancelled")
        self.env.cr.execute("SELECT row_to_json(c)::text FROM chorus_pro_connection c")
        rows = str(self.env.cr.fetchall())
        self.env.cr.execute("SELECT count(*) FROM chorus_pro_token")
        self.assertEqual(self.env.cr.fetchone(), (0,))
        for secret in ("client_secret", "password", "client_id", "login"):
            self.assertNotIn(self.credentials[secret], rows)

    def test_uninstall_gives_customers_back_to_odoo(self):
        by_email = self._create_customer("12345678200036", invoice_sending_method="email")
        uninstall_hook(self.env)
        self.assertFalse(self.customer.invoice_sending_method)
        self.assertEqual(by_email.invoice_sending_method, "email")

    def test_changed_environment_does_not_send_what_was_queued_before(self):
        move = self._invoice()
        move.with_user(self.accountant).action_chorus_pro_send()
        move.chorus_pro_submission_id.sudo().environment = "production"
        self._run_sender()
        self.assertEqual(move.chorus_pro_state, "queued")
        self.assertIn("environment", move.chorus_pro_reason)
        self.assertFalse(self._requests("soumettre"))


@tagged("post_install_l10n", "post_install", "-at_install")
class TestLayers(ChorusProCommon):
    """Imports only go down; the pure packages need no Odoo and do not import each other."""

    PURE_PACKAGES = {"choruspro", "documents", "simulator"}
    MAY_IMPORT = {
        "choruspro": set(),
        "documents": set(),
        "simulator": set(),
        "models": {"choruspro", "documents"},
        "wizard": {"models", "choruspro", "documents"},
    }

    def test_imports_only_go_down(self):
        root = Path(file_path("l10n_fr_chorus_pro"))
        for folder, allowed in self.MAY_IMPORT.items():
            for path in (root / folder).rglob("*.py"):
                relative = path.relative_to(root)
                if "tests" in relative.parts:
                    continue
                for target in self._imports(path, relative):
                    with self.subTest(file=str(relative), imports=target):
                        self.assertIn(target, allowed | {folder})

    def _imports(self, path, relative):
        """Top folders of the add-on that a file imports; "odoo" counts as one for pure packages."""
        known = self.PURE_PACKAGES | {"models", "wizard", "tests", "tools"}
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                package = relative.parts[: len(relative.parts) - node.level] if node.level else ()
                names = [*package, *(node.module or "").split(".")] if node.level else []
                absolute = (node.module or "").split(".") if not node.level else []
                first = next(iter(names or absolute), "")
                if not first and node.level:
                    yield from (alias.name for alias in node.names if alias.name in known)
            elif isinstance(node, ast.Import):
                absolute = node.names[0].name.split(".")
                first = absolute[0]
            else:
                continue
            if first in known:
                yield first
            if first == "odoo" and relative.parts[0] in self.PURE_PACKAGES:
                yield "odoo"
            if first == "odoo" and "l10n_fr_chorus_pro" in absolute:
                yield "absolute import of the add-on"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestLoading(BaseCase):
    def test_odoo_finds_every_test_file(self):
        """Each is imported by its room, and no name hides another of the same name."""
        files = (Path(file_path("l10n_fr_chorus_pro")) / "tests").rglob("test_*.py")
        found = [module.__file__ for module in loader.get_test_modules("l10n_fr_chorus_pro")]
        self.assertCountEqual(found, map(str, files))
