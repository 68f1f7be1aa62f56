# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The lists of invoices: what is found by typing, shown, sorted, and hidden."""

from lxml import etree

from odoo import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from ...choruspro.lifecycle import INVOICE_STATUSES
from ...models.invoice.lists import STATES_IN_ORDER
from ..common.chorus_pro import ENGAGEMENT, SERVICE
from ..common.follow import FollowCommon

SERVICE_CODE = "SERVICE_DEST_SERV_OBL"
# Filters that somebody chooses from; more would not be read.
MOST_FILTERS = 7


@tagged("post_install_l10n", "post_install", "-at_install")
class TestLists(FollowCommon):
    def _arch(self, xml_id, kind, user=None):
        moves = self.env["account.move"].with_user(user or self.accountant)
        return etree.fromstring(moves.get_view(self.env.ref(xml_id).id, kind)["arch"])

    def _search_arch(self, user=None):
        return self._arch("account.view_account_invoice_filter", "search", user)

    def _typed(self, text):
        """What the first suggestion of the search bar finds."""
        field = self._search_arch().find(".//field[@name='name']")
        domain = safe_eval(field.get("filter_domain"), {"self": text})
        return self.env["account.move"].with_user(self.accountant).search(domain)

    def test_references_and_statuses_are_found_by_typing_them(self):
        move = self._invoice(
            partner_id=self._create_customer(SERVICE).id, purchase_order_reference="BC-2026-17",
            buyer_reference=SERVICE_CODE, contract_reference="MARCHE-9",
        )
        submission = self._send(move).sudo()
        self.assertTrue(submission.chorus_invoice_id, submission.reason)
        other = self._invoice()
        submission.status_code = "SUSPENDUE"
        self.env.flush_all()
        for text in (
            "bc-2026-1", SERVICE_CODE.lower(), "MARCHE", "Suspend", submission.chorus_invoice_id,
            SERVICE, SERVICE[:9], move.name,
        ):
            with self.subTest(text=text):
                found = self._typed(text)
                self.assertIn(move, found)
                if text != SERVICE[:9]:
                    self.assertNotIn(other, found)
        # Short, it begins too many words.
        self.assertNotIn(move, self._typed("sus"))

    def test_status_is_found_in_the_language_of_who_types(self):
        move, submission = self._deposited()
        submission.sudo().status_code = "SUSPENDUE"
        self.env["res.lang"]._activate_lang("fr_FR")
        french = self.env["account.move"].with_context(lang="fr_FR")
        labels = dict(french._fields["chorus_pro_state"]._description_selection(french.env))
        self.assertIn("suspended", french._chorus_pro_states_called(labels["suspended"].lower()))

    def test_filters_are_few_short_and_together(self):
        arch = self._search_arch()
        filters = [
            node for node in arch.iter("filter")
            if (node.get("name") or "").startswith("chorus_pro_") and node.get("invisible") != "1"
        ]
        self.assertEqual(len(filters), MOST_FILTERS)
        for node in filters:
            self.assertLessEqual(len(node.get("string")), 25)
            self.assertNotIn("Chorus:", node.get("string"))
        # Neighbours in one group.
        [parent] = {node.getparent() for node in filters}
        places = [list(parent).index(node) for node in filters]
        self.assertEqual(places, list(range(places[0], places[0] + MOST_FILTERS)))
        groups = [node for node in arch.iter("filter")
                  if (node.get("name") or "").startswith("group_by_chorus_pro_")]
        self.assertTrue(groups)
        self.assertFalse([node for node in groups if "Chorus:" in node.get("string")])

    def test_what_one_phones_about_is_a_column_to_show(self):
        arch = self._arch("account.view_out_invoice_tree", "list")
        shown = {node.get("name") for node in arch.iter("field") if node.get("optional")}
        self.assertLessEqual(
            {"buyer_reference", "purchase_order_reference", "contract_reference",
             "chorus_pro_recipient_siret", "chorus_pro_invoice_id"}, shown,
        )
        move = self._invoice(partner_id=self._create_customer(ENGAGEMENT).id)
        self.assertEqual(move.with_user(self.accountant).chorus_pro_recipient_siret, ENGAGEMENT)

    def test_ready_export_gives_what_the_portal_gives(self):
        move, submission = self._deposited()
        self.accountant.group_ids += self.env.ref("base.group_allow_export")
        template = self.env.ref("l10n_fr_chorus_pro.export_follow_up")
        names = template.export_fields.mapped("name")
        self.assertGreater(len(names), 10)
        [row] = move.with_user(self.accountant).export_data(names)["datas"]
        values = dict(zip(names, row, strict=True))
        self.assertEqual(values["name"], move.name)
        self.assertEqual(values["chorus_pro_invoice_id"], submission.sudo().chorus_invoice_id)
        self.assertEqual(values["chorus_pro_recipient_siret"], self.customer.company_registry)
        technical = self.env["account.move"].fields_get(
            ["chorus_pro_tone", "chorus_pro_can_send", "chorus_pro_legal_actions"], ["exportable"]
        )
        self.assertEqual({field["exportable"] for field in technical.values()}, {False})

    def test_groups_stand_in_the_order_of_life(self):
        self.assertEqual(len(STATES_IN_ORDER), len(set(STATES_IN_ORDER)))
        states = dict(self.env["account.move"]._fields["chorus_pro_state"].selection)
        self.assertEqual(set(STATES_IN_ORDER), set(states))
        codes = ["MISE_EN_PAIEMENT", "DEPOSEE", "SUSPENDUE", "MANDATEE", "MISE_A_DISPOSITION"]
        moves = self.env["account.move"].concat(*(self._invoice() for _code in codes))
        for submission, code in zip(self._send(moves).sudo(), codes, strict=True):
            submission.status_code = code
        moves |= self._invoice()
        self.env.flush_all()
        groups = self.env["account.move"].with_user(self.accountant).formatted_read_group(
            [("id", "in", moves.ids)], ["chorus_pro_state"], ["__count"]
        )
        found = [group["chorus_pro_state"] for group in groups]
        self.assertEqual(
            found,
            ["deposited", "made_available", "suspended", "mandated", "payment_issued", False],
        )
        field = self.env["account.move"].fields_get(["chorus_pro_state"])["chorus_pro_state"]
        self.assertEqual(field["falsy_value_label"], "Not sent")
        self.assertEqual(len(INVOICE_STATUSES) + 6, len(STATES_IN_ORDER))

    def test_company_abroad_sees_nothing_of_chorus_pro(self):
        belgian = self.env["res.company"].create(
            {"name": "Belge", "country_id": self.env.ref("base.be").id}
        )
        clerk = new_test_user(
            self.env, login="belgian", groups="account.group_account_invoice",
            company_id=belgian.id, company_ids=[Command.set(belgian.ids)],
        )
        for xml_id, kind, path, attribute in (
            ("account.view_account_invoice_filter", "search",
             "//filter[starts-with(@name, 'chorus_pro_')]", "invisible"),
            ("account.view_account_invoice_filter", "search",
             "//filter[starts-with(@name, 'group_by_chorus_pro_')]", "invisible"),
            ("account.view_out_invoice_tree", "list",
             "//field[starts-with(@name, 'chorus_pro_')]", "column_invisible"),
            ("account.view_move_form", "form", "//page[@name='chorus_pro']", "invisible"),
        ):
            with self.subTest(kind=kind, path=path):
                there = self._arch(xml_id, kind, clerk).xpath(path)
                self.assertTrue(there)
                self.assertFalse([node for node in there
                                  if node.get(attribute) not in ("1", "True")])
                here = self._arch(xml_id, kind).xpath(path)
                self.assertTrue([node for node in here if node.get(attribute) != "1"])

    def test_form_of_an_invoice_still_opens_for_a_company_abroad(self):
        with Form(self.env["account.move"].with_context(default_move_type="out_invoice")) as form:
            form.partner_id = self.customer
        self.assertTrue(form.record)
