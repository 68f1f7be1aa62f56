# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..common.directory import DirectoryCommon
from ..common.flow import FlowCommon

STRIP = ["chorus_pro_findings", "chorus_pro_problems", "chorus_pro_warnings"]
ROWS = 80


@tagged("post_install_l10n", "post_install", "-at_install")
class TestFindings(DirectoryCommon, FlowCommon):
    """One list of rules for the strip, the click, the Send wizard, a selection, integrators."""

    def _known(self, demand, services="few", **values):
        siret = self._recipient(demand, services).siret
        self._look_up(siret)
        return self._create_customer(siret, **values)

    def _wizard(self, move):
        return (
            self.env["account.move.send.wizard"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"sending_methods": ["chorus_pro"]})
        )

    def test_all_ways_to_send_say_the_same(self):
        customer = self._known("both")
        move = self._invoice(partner_id=customer.id).with_user(self.accountant)
        other = self._invoice().with_user(self.accountant)
        ids = ["service_required", "engagement_required"]
        texts = move.chorus_pro_problems
        [checked] = move.chorus_pro_check()
        self.assertEqual([found["id"] for found in checked["findings"]], ids)
        self.assertEqual([found["id"] for found in move.chorus_pro_findings], ids)
        with self.assertRaises(UserError) as caught:
            move.action_chorus_pro_send()
        action = (move + other).action_chorus_pro_send_selected()
        line = self.env["chorus.pro.triage"].browse(action["res_id"]).sudo().to_fix_ids
        alert = self._wizard(move).alerts["l10n_fr_chorus_pro"]
        for said in (str(caught.exception).replace(f"{move.name}: ", ""), line.problems):
            self.assertEqual(said, texts)
        self.assertEqual((alert["level"], alert["message"]), ("danger", texts))
        self.assertEqual(line.rule, ids[0])

    def test_warnings_stop_nobody_anywhere(self):
        customer = self._known("service")
        self._age(self._structures(customer.company_registry), hours=25)
        move = self._invoice(partner_id=customer.id).with_user(self.accountant)
        [checked] = move.chorus_pro_check()
        self.assertTrue(checked["is_ready"])
        self.assertEqual({found["severity"] for found in checked["findings"]}, {"warning"})
        alert = self._wizard(move).alerts["l10n_fr_chorus_pro_warnings"]
        self.assertEqual((alert["level"], alert["message"]), ("warning", move.chorus_pro_warnings))
        action = (move + self._invoice()).action_chorus_pro_send_selected()
        triage = self.env["chorus.pro.triage"].browse(action["res_id"]).sudo()
        self.assertEqual(triage.ready_count, 2)
        move.action_chorus_pro_send()
        self.assertEqual(move.chorus_pro_state, "queued")

    def test_every_demand_of_the_simulator_is_an_alert_of_the_wizard(self):
        service = "This customer requires a service code."
        engagement = "This customer requires an engagement number."
        either = "This customer requires a service code or an engagement number."
        both = {"buyer_reference": "SERVICE_000", "purchase_order_reference": "BC-1"}
        with_service = {"buyer_reference": "SERVICE_000"}
        for demand, values, sentences in (
            ("nothing", {}, []),
            ("service", {}, [service]),
            ("engagement", {}, [engagement]),
            ("either", {}, [either]),
            ("either", with_service, []),
            ("both", {}, [service, engagement]),
            ("both", both, []),
            ("per_service", {}, [service]),
            ("per_service", with_service, [engagement]),
            ("per_service", both, []),
        ):
            with self.subTest(demand=demand, values=values):
                customer = self._known(demand)
                move = self._invoice(partner_id=customer.id, **values)
                if values:
                    self.env.flush_all()
                    with self.enter_registry_test_mode(), self.connection._client() as client:
                        move.chorus_pro_service_id.sudo()._ask_details(client)
                    self.env.invalidate_all()
                alerts = self._wizard(move).alerts or {}
                told = alerts.get("l10n_fr_chorus_pro", {}).get("message", "").splitlines()
                self.assertEqual(len(told), len(sentences), told)
                for sentence, line in zip(sentences, told, strict=True):
                    self.assertTrue(line.startswith(sentence), line)

    def test_finding_tells_where_it_is_corrected(self):
        move = self._invoice(partner_id=self._known("both").id).with_user(self.accountant)
        service, engagement = move.chorus_pro_check()[0]["findings"]
        self.assertEqual(service["field"], "chorus_pro_service_id")
        self.assertEqual(
            (engagement["model"], engagement["res_id"], engagement["field"]),
            ("account.move", move.id, "purchase_order_reference"),
        )
        bad = self._invoice(partner_id=self._create_customer("1234").id)
        [siret] = bad.with_user(self.accountant).chorus_pro_check()[0]["findings"]
        self.assertEqual(
            (siret["model"], siret["res_id"], siret["field"]),
            ("res.partner", bad.partner_id.id, "company_registry"),
        )

    def test_texts_are_in_the_language_of_who_asks(self):
        move = self._invoice(partner_id=self._known("engagement").id)
        english, french = (
            move.with_user(self.accountant).with_context(lang=lang).chorus_pro_check()[0]
            for lang in ("en_US", "fr_FR")
        )
        [told], [dit] = english["findings"], french["findings"]
        self.assertEqual(told["sentence"], "This customer requires an engagement number.")
        self.assertEqual(dit["sentence"], "Ce client exige un numéro d'engagement.")
        self.assertNotEqual(told["remedy"], dit["remedy"])

    def test_draft_is_told_what_it_lacks_but_not_that_it_is_a_draft(self):
        draft = self._invoice(partner_id=self._known("service").id, post=False)
        mine = draft.with_user(self.accountant)
        self.assertEqual([found["id"] for found in mine.chorus_pro_findings], ["service_required"])
        ids = [found["id"] for found in mine.chorus_pro_check()[0]["findings"]]
        self.assertEqual(ids, ["not_confirmed", "service_required"])

    def test_future_date_and_lonely_credit_note_are_told(self):
        move = self._invoice(move_type="out_refund", invoice_date=self._day(3))
        ids = [found["id"] for found in move.with_user(self.accountant).chorus_pro_findings]
        self.assertEqual(ids, ["date_in_future", "original_missing"])

    def test_who_may_not_read_the_invoice_checks_nothing(self):
        nobody = new_test_user(self.env, login="findings_nobody", groups="base.group_user")
        with self.assertRaises(AccessError):
            self._invoice().with_user(nobody).chorus_pro_check()

    def test_list_with_the_strip_asks_nothing_for_each_row(self):
        customers = [self._known(demand) for demand in ("service", "both", "either", "nothing")]
        moves = self.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": customers[n % len(customers)].id,
                    "invoice_date": fields.Date.today(),
                    "company_id": self.company.id,
                    "partner_bank_id": self.bank.id,
                    "invoice_line_ids": [
                        fields.Command.create(
                            {
                                "name": "Prestation",
                                "price_unit": 100.0 + n,
                                "tax_ids": [fields.Command.set(self.tax_20.ids)],
                            }
                        )
                    ],
                }
                for n in range(2 * ROWS)
            ]
        )
        moves.action_post()
        self._calls()
        # What a process reads once, such as rules, is not counted.
        self._read(moves[:ROWS])
        few, many = moves[ROWS : ROWS + 10], moves[ROWS:]
        spent = [self._statements(few), self._statements(many)]
        self.assertLessEqual(spent[1] - spent[0], 5, spent)
        self.env.invalidate_all()
        with self.assertQueryCount(ROWS // 2):
            rows = self._read(many)
        self.assertEqual(len(rows), ROWS)
        self.assertEqual(self._calls(), {})
        said = [row["chorus_pro_findings"] for row in rows]
        lacking = {found[0]["id"] for found in said if found}
        self.assertEqual(lacking, {"service_required", "service_or_engagement_required"})

    def _read(self, moves):
        # Browsed anew: no other invoice is read with them.
        return moves.with_user(self.accountant).browse(moves.ids).read(STRIP)

    def _statements(self, moves):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._read(moves)
        return self.env.cr.sql_log_count - before
