# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import timedelta

from odoo.tests import tagged

from ..common.chorus_pro import FREE
from ..common.flow import FlowCommon

SPACED = f" {FREE[:3]} {FREE[3:6]} {FREE[6:9]} {FREE[9:]} "


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTriageBadInput(FlowCommon):
    """Whatever customers and references contain, a selection is sorted, each invoice with its own
    reason, and no call goes to Chorus Pro."""

    def _lines(self, moves):
        action = moves.with_user(self.accountant).action_chorus_pro_send_selected()
        triage = self.env[action["res_model"]].with_user(self.accountant).browse(action["res_id"])
        self.assertFalse(self._requests())
        return {line.move_id: line for line in triage.line_ids}

    def _directory(self):
        """Have the directory learn about the usual customer."""
        self._send(self._invoice())
        self._fresh_chorus()
        return self.env["chorus.pro.structure"].sudo().search([("siret", "=", FREE)])

    def test_each_customer_is_sorted_by_its_siret_and_country(self):
        contact = self.env["res.partner"].create(
            {"name": "Service des marchés", "parent_id": self.customer.id}
        )
        overseas = self._create_customer(country_id=self.env.ref("base.re").id)
        cases = {
            "spaces": (self._create_customer(SPACED), "ready", False),
            "SIREN": (self._create_customer("123456782"), "to_fix", "siret_is_siren"),
            "wrong key": (self._create_customer("12345678200052"), "ready", "siret_checksum"),
            "letters": (self._create_customer("1234567820005X"), "to_fix", "siret_invalid"),
            "none": (self._create_customer(False), "to_fix", "siret_missing"),
            "overseas": (overseas, "ready", False),
            "contact": (contact, "ready", False),
        }
        moves = {name: self._invoice(partner_id=case[0].id) for name, case in cases.items()}
        lines = self._lines(self.env["account.move"].union(*moves.values()))
        found = {name: (lines[move].kind, lines[move].rule) for name, move in moves.items()}
        self.assertEqual(found, {name: case[1:] for name, case in cases.items()})

    def test_references_that_are_too_long_are_to_fix_and_blank_ones_are_none(self):
        cases = {
            "long service": ({"buyer_reference": "S" * 101}, "to_fix"),
            "long engagement": ({"purchase_order_reference": "E" * 51}, "to_fix"),
            "long contract": ({"contract_reference": "M" * 51}, "to_fix"),
            "blanks": ({"buyer_reference": "  ", "purchase_order_reference": "  "}, "ready"),
        }
        moves = {name: self._invoice(**values) for name, (values, _kind) in cases.items()}
        lines = self._lines(self.env["account.move"].union(*moves.values()))
        found = {name: lines[move].kind for name, move in moves.items()}
        self.assertEqual(found, {name: kind for name, (_values, kind) in cases.items()})

    def test_structure_that_closed_since_is_to_fix(self):
        self._directory().active = False
        lines = self._lines(self._invoice() + self._invoice())
        self.assertEqual({line.rule for line in lines.values()}, {"recipient_inactive"})
        self.assertEqual({line.kind for line in lines.values()}, {"to_fix"})

    def test_old_directory_keeps_nothing_from_leaving_and_its_age_is_told(self):
        structure = self._directory()
        structure.active = False
        for name in ("searched_at", "refreshed_at", "services_at"):
            if structure[name]:
                structure[name] -= timedelta(days=3)
        lines = self._lines(self._invoice() + self._invoice())
        self.assertEqual({line.kind for line in lines.values()}, {"ready"})
        for line in lines.values():
            self.assertIn("closed at Chorus Pro", line.problems)
            self.assertRegex(line.problems, "were last read from Chorus Pro on")

    def test_company_without_connection_is_one_cause(self):
        self.connection.in_use = False
        lines = self._lines(self._invoice() + self._invoice())
        self.assertEqual(
            {(line.kind, line.rule, line.cause_count) for line in lines.values()},
            {("to_fix", "connection_missing", 2)},
        )
