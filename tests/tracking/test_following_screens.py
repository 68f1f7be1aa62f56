# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What an accountant sees of following: filters, groups, cards, days, buttons."""

from datetime import timedelta
from unittest.mock import patch

from lxml import etree

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ...choruspro.lifecycle import INVOICE_STATUSES
from ...models.tracking.invoice import FEW
from ...models.tracking.to_do import NEEDS
from ..common.follow import FollowCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestFollowingScreens(FollowCommon):
    def _filters(self):
        """Domains and group-bys of Chorus Pro in the search view, by name."""
        view = self.env["account.move"].with_user(self.accountant).get_view(
            self.env.ref("account.view_account_invoice_filter").id, "search"
        )
        nodes = etree.fromstring(view["arch"]).xpath("//filter[contains(@name, 'chorus_pro')]")
        return {node.get("name"): node for node in nodes}

    def _found(self, name):
        domain = safe_eval(self._filters()[name].get("domain"))
        return self.env["account.move"].with_user(self.accountant).search(domain)

    def test_every_filter_finds_its_invoices_and_no_other(self):
        move, submission = self._deposited()
        now = fields.Datetime.now()
        submission = submission.sudo()
        for name, values in {
            "chorus_pro_on_the_way": {"state": "queued"},
            "chorus_pro_deposited": {"status_code": "DEPOSEE"},
            "chorus_pro_delivered": {"status_code": "MISE_A_DISPOSITION"},
            "chorus_pro_needs_action": {"status_code": "A_RECYCLER"},
            "chorus_pro_suspended": {"status_code": "SUSPENDUE"},
            "chorus_pro_to_recycle": {"status_code": "A_RECYCLER"},
            "chorus_pro_refused": {"status_code": "REJETEE"},
            "chorus_pro_mandated": {"status_code": "COMPTABILISEE"},
            "chorus_pro_paid": {"status_code": "MANDATEE", "payment_date": now},
            "chorus_pro_paid_open": {"status_code": "MISE_EN_PAIEMENT", "payment_date": now},
            "chorus_pro_overdue": {
                "status_code": "MISE_A_DISPOSITION", "available_date": now - timedelta(days=32),
            },
        }.items():
            with self.subTest(filter=name):
                submission.write(
                    {"state": "deposited", "status_code": "VALIDEE_1", "payment_date": False,
                     "available_date": False}
                )
                self.env.flush_all()
                self.assertNotIn(move, self._found(name))
                submission.write(values)
                self.env.flush_all()
                self.assertIn(move, self._found(name))

    def test_not_delivered_after_two_days_and_never_sent(self):
        move, submission = self._deposited()
        self.assertNotIn(move, self._found("chorus_pro_not_delivered"))
        self.env.cr.execute(
            "UPDATE chorus_pro_submission SET create_date = create_date - interval '3 days' "
            "WHERE id = %s", [submission.id],
        )
        self.env.invalidate_all()
        self.assertIn(move, self._found("chorus_pro_not_delivered"))
        other = self._invoice()
        self.assertIn(other, self._found("chorus_pro_never_sent"))
        self.assertIn(other, self._found("chorus_pro_to_send"))
        self.assertNotIn(move, self._found("chorus_pro_never_sent"))

    def test_every_group_by_works(self):
        self._deposited()
        invoices = self.env["account.move"].with_user(self.accountant)
        names = {
            name: safe_eval(node.get("context"))["group_by"]
            for name, node in self._filters().items()
            if name.startswith("group_by_")
        }
        self.assertEqual(len(names), 7)
        for name, group_by in names.items():
            with self.subTest(name=name):
                groups = invoices.formatted_read_group(
                    [("chorus_pro_state", "!=", False)], [group_by], ["__count"]
                )
                self.assertTrue(groups)

    def test_cards_are_grouped_by_what_is_needed(self):
        move, submission = self._deposited()
        submission.sudo().status_code = "SUSPENDUE"
        invoices = self.env["account.move"].with_user(self.accountant)
        groups = invoices.with_context(read_group_expand=True).web_read_group(
            [("chorus_pro_needs_action", "=", True)], ["chorus_pro_needed_action"], ["__count"]
        )["groups"]
        found = [(group["chorus_pro_needed_action"], group["__count"]) for group in groups]
        usual = [name for name, need in NEEDS.items() if need.usual]
        self.assertEqual(found, [(name, int(name == "complete")) for name in usual])
        submission.sudo().status_code = "REFUSEE_1"
        groups = invoices.web_read_group(
            [("chorus_pro_needs_action", "=", True)], ["chorus_pro_needed_action"], ["__count"]
        )["groups"]
        found = {group["chorus_pro_needed_action"] for group in groups if group["__count"]}
        self.assertEqual(found, {"correct_validator"})

    def test_button_is_there_only_when_its_method_is_there_and_legal(self):
        move, submission = self._deposited()
        invoice = move.with_user(self.accountant)
        submission.sudo().status_code = "SUSPENDUE"
        name = "action_chorus_pro_in_a_test"
        opened = {"type": "ir.actions.act_window"}
        allowed = type(submission)._legal_actions
        for is_there, is_legal in ((False, True), (True, False), (True, True)):
            needs = {
                "complete": NEEDS["complete"]._replace(
                    method=name if is_there else "action_that_is_missing"
                )
            }
            with self.subTest(is_there=is_there, is_legal=is_legal), patch.dict(
                NEEDS, needs
            ), patch.object(
                type(move), name, lambda moves: opened, create=True
            ), patch.object(
                type(submission),
                "_legal_actions",
                lambda rows, legal=is_legal: allowed(rows) - {"complete"}
                | ({"complete"} if legal else set()),
            ):
                invoice.invalidate_recordset(["chorus_pro_handle_label"])
                can = is_there and is_legal
                self.assertEqual(invoice.chorus_pro_handle_label, "Complete…" if can else False)
                if can:
                    self.assertEqual(invoice.action_chorus_pro_handle(), opened)
                else:
                    with self.assertRaises(UserError):
                        invoice.action_chorus_pro_handle()

    def test_each_need_has_its_button_where_its_status_allows_it(self):
        move, submission = self._deposited()
        submission = submission.sudo()
        # That of a custom environment has no portal.
        submission.environment = "production"
        invoice = move.with_user(self.accountant)
        translated = invoice.env._
        for status in INVOICE_STATUSES:
            with self.subTest(status=status.code):
                submission.status_code = status.code
                self.env.flush_all()
                self.assertEqual(invoice.chorus_pro_needs_action, status.needs_action)
                need = NEEDS.get(invoice.chorus_pro_needed_action)
                label = translated(need.button) if need else False
                self.assertEqual(bool(need), status.needs_action)
                self.assertEqual(invoice.chorus_pro_handle_label, label)
        self.connection.sudo().custom_portal_url = "https://portail.example"
        for code in ("EN_ATTENTE_RECYCLAGE_FOURNISSEUR", "A_COMPLETER"):
            submission.status_code = code
            self.assertEqual(invoice.chorus_pro_handle_label, translated(NEEDS["portal"].button))
            self.assertEqual(invoice.action_chorus_pro_handle()["type"], "ir.actions.act_url")

    def test_list_to_handle_names_each_step_and_leaves_the_rest_to_the_reason(self):
        view = self.env.ref("l10n_fr_chorus_pro.view_to_do_list")
        moves = self.env["account.move"].with_user(self.accountant)
        arch = etree.fromstring(moves.get_view(view.id, "list")["arch"])
        steps = {
            button.get("invisible").split("'")[1]: button.get("string")
            for button in arch.findall("button")
        }
        labels = {name: moves.env._(need.button) for name, need in NEEDS.items()}
        self.assertEqual(steps, labels)
        shown = [
            field for field in arch.findall("field")
            if not field.get("column_invisible") and field.get("optional") != "hide"
        ]
        without_width = [field.get("name") for field in shown if not field.get("width")]
        self.assertEqual(without_width, ["chorus_pro_reason"])
        self.assertIn("purchase_order_reference", {field.get("name") for field in shown})

    def test_first_button_of_an_invoice_is_what_is_to_do(self):
        """A phone shows the first one, the others behind three dots."""
        moves = self.env["account.move"].with_user(self.accountant)
        arch = etree.fromstring(moves.get_view(self.env.ref("account.view_move_form").id)["arch"])
        names = [button.get("name") for button in arch.find(".//header").iter("button")]
        first = names.index("action_invoice_sent")
        for name in ("send", "correct", "complete", "recycle", "reissue", "correct_validator"):
            with self.subTest(name=name):
                button = arch.find(f".//header/button[@name='action_chorus_pro_{name}']")
                self.assertLess(names.index(button.get("name")), first)
                self.assertTrue(button.get("data-hotkey"))

    def test_deciding_is_left_to_a_manager(self):
        move, submission = self._deposited()
        submission.sudo().write(
            {"state": "uncertain", "needs_decision": True, "found": {"number": move.name}}
        )
        invoice = move.with_user(self.accountant)
        self.assertEqual(invoice.chorus_pro_needed_action, "decide")
        self.assertFalse(invoice.chorus_pro_handle_label)
        manager = move.with_user(self.manager)
        self.assertEqual(manager.chorus_pro_handle_label, "Compare and Decide…")

    def test_what_happened_and_what_to_do_are_told(self):
        move, submission = self._deposited()
        submission.sudo().status_code = "A_RECYCLER"
        self.assertIn("wrong structure", move.chorus_pro_cause)
        self.assertIn("Recycle the invoice", move.chorus_pro_remedy)
        submission.sudo().status_code = "MISE_A_DISPOSITION"
        self.assertFalse(move.chorus_pro_remedy)

    def test_days_count_until_the_payment(self):
        move, submission = self._deposited()
        now = fields.Datetime.now()
        submission.sudo().write(
            {"deposit_date": (now - timedelta(days=40)).date(),
             "available_date": now - timedelta(days=38)}
        )
        self.assertEqual((move.chorus_pro_days_deposited, move.chorus_pro_days_available), (40, 38))
        submission.sudo().payment_date = now - timedelta(days=10)
        self.assertEqual((move.chorus_pro_days_deposited, move.chorus_pro_days_available), (30, 28))
        self.assertTrue(move.chorus_pro_is_paid_open)

    def test_structure_that_does_not_report_payments_is_told(self):
        move, _submission = self._deposited()
        structure = self.env["chorus.pro.structure"].sudo().search(
            [("siret", "=", self.customer.company_registry), ("environment", "=", "custom")]
        )
        self.assertTrue(structure)
        self.assertFalse(move.chorus_pro_payment_not_reported)
        structure.payment_not_reported = True
        move.invalidate_recordset()
        self.assertTrue(move.with_user(self.accountant).chorus_pro_payment_not_reported)

    def test_card_of_the_sales_journal_refreshes_all(self):
        journal = self.company_data["default_journal_sale"].with_user(self.accountant)
        self.assertTrue(journal.show_refresh_out_einvoices_status_button)
        purchases = self.company_data["default_journal_purchase"]
        self.assertFalse(purchases.show_refresh_out_einvoices_status_button)
        move, _submission = self._deposited()
        self._happen(move, "MISE_A_DISPOSITION")
        journal.button_refresh_out_einvoices_status()
        self._run(self.env.ref("l10n_fr_chorus_pro.ir_cron_follow"))
        self.assertEqual(move.chorus_pro_state, "made_available")

    def test_many_are_refreshed_by_a_search_and_few_by_their_histories(self):
        rows = self._many(FEW + 3)
        rows[:3].with_user(self.accountant).action_refresh()
        self.assertEqual(rows.filtered("history_wanted"), rows[:3])
        rows.history_wanted = False
        rows.with_user(self.accountant).action_refresh()
        self.assertFalse(rows.filtered("history_wanted"))
        self.assertTrue(self.connection.follow_wanted_at)

    def test_list_of_80_asks_nothing_for_each_row(self):
        moves = self.env["account.move"].concat(*(self._invoice(pdf=False) for _n in range(80)))
        connection = self.connection
        self.env["chorus.pro.submission"].sudo().create(
            [
                {
                    "name": move.name, "move_id": move.id, "connection_id": connection.id,
                    "environment": "custom", "state": "deposited",
                    "chorus_invoice_id": str(9_000_000_000 + rank), "status_code": "SUSPENDUE",
                    "status_date": fields.Datetime.now(),
                }
                for rank, move in enumerate(moves)
            ]
        )
        columns = {
            name: {}
            for name in self.env["account.move"].with_user(self.accountant).get_view(
                self.env.ref("account.view_out_invoice_tree").id, "list"
            )["models"]["account.move"]
            if name.startswith("chorus_pro_")
        } | {"chorus_pro_handle_label": {}, "chorus_pro_cause": {}, "chorus_pro_remedy": {},
             "chorus_pro_days_waiting": {}, "chorus_pro_is_mandated": {},
             "chorus_pro_late_since": {}, "chorus_pro_is_paid_open": {}}
        self.assertIn("chorus_pro_payment_not_reported", columns)
        counts = []
        for count in (8, 8, 80):
            self.env.flush_all()
            self.env.invalidate_all()
            records = self.env["account.move"].with_user(self.accountant).browse(moves[:count].ids)
            records.check_access("read")
            before = self.env.cr.sql_log_count
            records.web_read(columns)
            counts.append(self.env.cr.sql_log_count - before)
        # The first time, what does not depend on the invoices is read too.
        _cold, few, many = counts
        self.assertEqual(many, few)
        # One of them finds the expected dates of payment.
        self.assertLessEqual(many, 21)
