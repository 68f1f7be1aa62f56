# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ...wizard.chorus_pro_triage import in_common
from ..common.chorus_pro import ENGAGEMENT, SERVICE
from ..common.flow import FlowCommon

SERVICE_CODE = "SERVICE_DEST_SERV_OBL"
LONG = "BC-" + "0" * 60


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTriage(FlowCommon):
    """Several invoices chosen in the list: sorted in a dialog before any of them leaves."""

    def _open(self, moves):
        action = moves.with_user(self.accountant).action_chorus_pro_send_selected()
        self.assertEqual(action["target"], "new")
        return self.env[action["res_model"]].with_user(self.accountant).browse(action["res_id"])

    def _headings(self, triage):
        """What stands above the lines to fix, in order."""
        lines = {line.cause_group: line for line in reversed(triage.to_fix_ids)}
        return [
            f"{line.cause_count} × {line.cause_heading} {line.cause_remedy}"
            for _group, line in sorted(lines.items())
        ]

    def _kinds(self, triage):
        return {line.move_id: line.kind for line in triage.line_ids}

    def _many(self, count):
        """Posted invoices of customers of their own, some with a product, some credit notes."""
        customers = [self._create_customer(name=f"Commune {n}") for n in range(count // 3 + 1)]
        products = [False, self.product_a.id, self.product_b.id]
        moves = self.env["account.move"].create(
            [
                {
                    "move_type": "out_refund" if n % 7 == 0 else "out_invoice",
                    "partner_id": customers[n % len(customers)].id,
                    "invoice_date": fields.Date.today(),
                    "company_id": self.company.id,
                    "partner_bank_id": self.bank.id,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "Prestation",
                                "product_id": products[n % 3],
                                "price_unit": 100.0 + n,
                                "tax_ids": [Command.set(self.tax_20.ids)],
                            }
                        )
                    ],
                }
                for n in range(count)
            ]
        )
        moves.action_post()
        return moves

    def test_one_invoice_is_queued_at_once(self):
        move = self._invoice()
        action = move.with_user(self.accountant).action_chorus_pro_send_selected()
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(move.chorus_pro_state, "queued")

    def test_several_are_sorted_and_nothing_leaves(self):
        queued = self._invoice()
        queued.with_user(self.accountant).action_chorus_pro_send()
        belgium = self.env.ref("base.be").id
        bill = self._invoice(move_type="in_invoice", post=False)
        expected = {
            self._invoice(): "ready",
            self._invoice(partner_id=self._create_customer("1234").id): "to_fix",
            queued: "there",
            self._invoice(post=False): "to_fix",
            bill: "other",
            self._invoice(move_type="out_receipt", pdf=False): "other",
            self._invoice(
                partner_id=self._create_customer("1", country_id=belgium).id
            ): "other",
            self._invoice(
                partner_id=self._create_customer(invoice_sending_method="email").id
            ): "other",
        }
        triage = self._open(self.env["account.move"].union(*expected))
        self.assertEqual(self._kinds(triage), expected)
        self.assertEqual(
            (triage.ready_count, triage.to_fix_count, triage.there_count, triage.other_count),
            (1, 2, 1, 4),
        )
        self.assertTrue(all(triage.other_ids.mapped("cause")))
        self.assertEqual(triage.there_ids.cause, "Queued")
        self.assertFalse(triage.ready_ids.move_id.chorus_pro_state)
        self.assertFalse(self._requests())

    def test_same_causes_stand_together_with_their_number(self):
        bad = self._create_customer(False)
        moves = self._invoice() + self._invoice(purchase_order_reference=LONG)
        moves += self._invoice(purchase_order_reference=f"{LONG}00")
        moves += self._invoice(partner_id=bad.id) + self._invoice(partner_id=bad.id)
        triage = self._open(moves)
        self.assertEqual(
            self._headings(triage),
            [
                "2 × Engagement Number has … characters: Chorus Pro accepts 50. Shorten it.",
                "2 × The customer has no SIRET. Fill in its 14 digits in the field SIRET of the "
                "customer.",
            ],
        )

    def test_a_service_is_chosen_in_the_dialog(self):
        customer = self._create_customer(SERVICE)
        moves = self._invoice(partner_id=customer.id) + self._invoice(partner_id=customer.id)
        # The job has learnt what this customer demands, and its services.
        self._send(moves)
        triage = self._open(moves)
        line = triage.to_fix_ids[0]
        service = line.open_service_ids.filtered(lambda each: each.code == SERVICE_CODE)
        triage.write({"to_fix_ids": [Command.update(line.id, {"service_id": service.id})]})
        self.assertEqual(line.kind, "ready")
        self.assertEqual(line.move_id.buyer_reference, SERVICE_CODE)
        self.assertEqual(line.service_code, SERVICE_CODE)

    def test_heading_says_what_the_sentences_have_in_common(self):
        self.assertEqual(in_common(["A b c", "A b c"]), "A b c")
        self.assertEqual(in_common(["It has 51 signs", "It has 60 signs"]), "It has … signs")
        self.assertEqual(in_common(["a a", "a"]), "a …")
        self.assertEqual(in_common([""]), "")

    def test_ready_ones_leave_and_the_others_stay_with_their_causes(self):
        ready, bad = self._many(4), self._invoice(purchase_order_reference=LONG)
        for move in ready:
            self._archive(move)
        triage = self._open(ready + bad)
        action = triage.action_send()
        self.assertIn("4", action["params"]["title"])
        self.assertEqual(action["params"]["next"]["res_id"], triage.id)
        self.assertEqual(set(ready.mapped("chorus_pro_state")), {"queued"})
        self.assertFalse(bad.chorus_pro_state)
        self.assertEqual(triage.to_fix_ids.move_id, bad)
        self.assertEqual(triage.there_ids.move_id, ready)
        self.assertEqual(triage.action_open_to_fix()["res_id"], bad.id)
        self._run_sender()
        self.assertEqual(set(ready.mapped("chorus_pro_state")), {"deposited"})

    def test_dialog_closes_when_nothing_is_left_to_fix(self):
        by_mail = self._create_customer(invoice_sending_method="email")
        triage = self._open(self._invoice() + self._invoice(partner_id=by_mail.id))
        action = triage.action_send()["params"]["next"]
        self.assertEqual(action["type"], "ir.actions.act_window_close")

    def test_reference_corrected_in_the_dialog_is_checked_and_written_on_the_invoice(self):
        bad = self._invoice(purchase_order_reference=LONG)
        triage = self._open(bad + self._invoice())
        line = triage.to_fix_ids
        triage.write(
            {"to_fix_ids": [Command.update(line.id, {"engagement_number": f"{LONG}1"})]}
        )
        self.assertEqual(line.kind, "to_fix")
        self.assertIn("64 characters", line.cause)
        triage.write({"to_fix_ids": [Command.update(line.id, {"engagement_number": "BC-1"})]})
        self.assertEqual(line.kind, "ready")
        self.assertFalse(line.cause)
        self.assertEqual(bad.purchase_order_reference, "BC-1")
        triage.action_send()
        self.assertEqual(bad.chorus_pro_state, "queued")

    def test_refused_one_is_to_fix_until_it_is_corrected(self):
        refused = self._invoice(partner_id=self._create_customer(ENGAGEMENT).id)
        refused += self._invoice(partner_id=self._create_customer(ENGAGEMENT).id)
        self._send(refused)
        self.assertEqual(set(refused.mapped("chorus_pro_state")), {"refused"})
        triage = self._open(refused)
        self.assertEqual(set(triage.to_fix_ids.mapped("rule")), {"engagement_required"})
        # The customer does not demand it any more, which nobody asked Chorus Pro yet.
        self._forget_directory()
        triage.action_check()
        self.assertEqual(set(triage.to_fix_ids.mapped("rule")), {"refused_before"})
        self.assertIn(refused[0].chorus_pro_reason, triage.to_fix_ids[0].cause)
        here, elsewhere = triage.to_fix_ids
        here.engagement_number = "BC-7"
        self.assertEqual(here.kind, "ready")
        elsewhere.is_corrected = True
        self.assertEqual(elsewhere.kind, "ready")

    def test_correction_made_elsewhere_is_seen_when_checked_again(self):
        customer = self._create_customer("1234")
        triage = self._open(self._invoice(partner_id=customer.id) + self._invoice())
        self.assertEqual(triage.to_fix_count, 1)
        customer.company_registry = self.customer.company_registry
        triage.action_check()
        self.assertEqual(triage.ready_count, 2)

    def test_invoice_changed_since_it_was_sorted_does_not_leave(self):
        moves = self._invoice() + self._invoice()
        triage = self._open(moves)
        moves[0].with_user(self.accountant).button_draft()
        triage.action_send()
        self.assertFalse(moves[0].chorus_pro_state)
        self.assertEqual(moves[1].chorus_pro_state, "queued")

    def test_drafts_are_confirmed_in_the_dialog_and_then_sorted(self):
        moves = self._invoice(post=False)
        moves += self._invoice(post=False, purchase_order_reference=LONG)
        triage = self._open(moves)
        self.assertEqual((triage.draft_count, triage.to_fix_count), (2, 2))
        self.assertTrue(self._headings(triage)[0].startswith("2 × Only confirmed invoices"))
        triage.action_confirm_drafts()
        self.assertEqual(set(moves.mapped("state")), {"posted"})
        self.assertEqual((triage.draft_count, triage.ready_count, triage.to_fix_count), (0, 1, 1))
        self.assertFalse(any(moves.mapped("chorus_pro_state")), "confirming sends nothing")

    def test_draft_of_another_way_is_nothing_for_chorus_pro(self):
        move = self._invoice(post=False)
        self.customer.invoice_sending_method = "email"
        triage = self._open(move)
        self.assertEqual((triage.other_count, triage.draft_count), (1, 0))

    def test_nothing_ready_is_said(self):
        triage = self._open(self._invoice(post=False) + self._invoice(post=False))
        with self.assertRaisesRegex(UserError, "No invoice can leave"):
            triage.action_send()

    def test_who_may_not_send_does_not_open_it(self):
        reader = new_test_user(
            self.env,
            login="chorus_reader",
            groups="account.group_account_readonly",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        moves = self._invoice() + self._invoice()
        with self.assertRaises(AccessError):
            moves.with_user(reader).action_chorus_pro_send_selected()

    def test_many_open_in_a_bounded_number_of_reads_and_only_the_good_ones_leave(self):
        moves = self._many(45)
        bad = moves[:3]
        bad.purchase_order_reference = LONG
        self._open(moves).unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        triage = self._open(moves)
        self.env.flush_all()
        self.assertLess(self.env.cr.sql_log_count - before, 70)
        self.assertEqual((triage.ready_count, triage.to_fix_count), (42, 3))
        triage.action_send()
        self.assertEqual(set((moves - bad).mapped("chorus_pro_state")), {"queued"})
        self.assertEqual(set(bad.mapped("chorus_pro_state")), {False})
        self.assertEqual(triage.to_fix_ids.move_id, bad)
        self.assertIn("3 × Engagement Number has 63 characters", self._headings(triage)[0])

    def test_statements_do_not_grow_with_the_invoices(self):
        moves = self._many(100)
        first, few, many = moves[:10], moves[10:40], moves[40:]
        # What a process reads once, such as rules, is not counted.
        self._statements_of(first)
        counts = [self._statements_of(each) for each in (few, many)]
        self.assertLess(counts[1] - counts[0], 10, counts)
        self.assertLess(counts[1], len(many), counts)

    def _statements_of(self, moves):
        """SQL statements of opening the dialog and sending, nothing being in memory."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        triage = self._open(moves)
        self.env.flush_all()
        self.assertEqual(triage.ready_count, len(moves), self._headings(triage))
        triage.action_send()
        self.env.flush_all()
        self.assertEqual(set(moves.mapped("chorus_pro_state")), {"queued"})
        return self.env.cr.sql_log_count - before

    def _refused(self, **values):
        """An invoice that Chorus Pro refused, with its PDF."""
        move = self._invoice(**values)
        self._send(move).sudo().write({"state": "refused", "reason": "Service inactif"})
        self.env.flush_all()
        return move

    def test_card_of_a_refusal_opens_the_grid_and_sends_nothing(self):
        move = self._refused(
            partner_id=self._create_customer(ENGAGEMENT).id, purchase_order_reference="BC-1"
        )
        mine = move.with_user(self.accountant)
        self.assertEqual(mine.chorus_pro_handle_label, "Correct…")
        for method in ("handle", "send_selected", "correct"):
            with self.subTest(method=method):
                action = getattr(mine, f"action_chorus_pro_{method}")()
                self.assertEqual(action["res_model"], "chorus.pro.triage")
                triage = self.env["chorus.pro.triage"].with_user(self.accountant).browse(
                    action["res_id"]
                )
                self.assertEqual(triage.to_fix_ids.rule, "refused_before")
                with self.assertRaisesRegex(UserError, "No invoice can leave"):
                    triage.action_send()
        self.assertEqual(len(move.chorus_pro_submission_ids), 1)
        triage.to_fix_ids.engagement_number = "BC-2"
        self.assertEqual(triage.ready_count, 1)
        triage.action_send()
        self.assertEqual(move.chorus_pro_state, "queued")

    def test_customer_references_become_engagement_numbers_together(self):
        demanding = self._create_customer(ENGAGEMENT)
        self._send(self._invoice(partner_id=demanding.id, purchase_order_reference="BC-1"))
        moves = self.env["account.move"].concat(
            *(self._invoice(partner_id=demanding.id, ref=f"CMD-{n}") for n in range(3))
        )
        triage = self._open(moves)
        self.assertEqual((triage.to_fix_count, triage.proposal_count), (3, 3))
        self.assertEqual(triage.to_fix_ids.mapped("customer_reference"), moves.mapped("ref"))
        triage.to_fix_ids[0].action_take_engagement()
        self.assertEqual((triage.to_fix_count, triage.proposal_count), (2, 2))
        triage.action_take_engagements()
        self.assertEqual(triage.ready_count, 3)
        self.assertEqual(moves.mapped("purchase_order_reference"), ["CMD-0", "CMD-1", "CMD-2"])

    def test_same_warning_is_shown_once_above_the_ready_ones(self):
        moves = self.env["account.move"].concat(*(self._invoice() for _n in range(3)))
        moves.purchase_order_reference = "BC-INCONNU"
        numbers = self.env["chorus.pro.commitment"].sudo().search([("name", "=", "BC-INCONNU")])
        numbers.write({"is_known": False, "asked_at": fields.Datetime.now()})
        self.assertTrue(numbers)
        plain = self._invoice()
        triage = self._open(moves + plain)
        self.assertEqual(triage.ready_count, 4)
        warned = triage.ready_ids.filtered("cause_group")
        self.assertEqual(warned.move_id, moves)
        self.assertEqual(set(warned.mapped("cause_count")), {3})
        self.assertFalse(any(warned.mapped("other_problems")))

    def test_a_customer_that_registers_no_orders_is_not_checked_any_more(self):
        other = self._create_customer(name="Commune voisine")
        moves = self.env["account.move"].concat(*(self._invoice() for _n in range(2)))
        moves += self._invoice(partner_id=other.id)
        moves.purchase_order_reference = "BC-INCONNU"
        numbers = self.env["chorus.pro.commitment"].sudo().search([("name", "=", "BC-INCONNU")])
        numbers.write({"is_known": False, "asked_at": fields.Datetime.now()})
        triage = self._open(moves)
        self.assertEqual((triage.ready_count, triage.unknown_order_count), (3, 3))
        line = triage.ready_ids.filtered(lambda each: each.move_id == moves[0])
        with self.assertRaises(AccessError):
            line.action_stop_checking_orders()
        self.accountant.group_ids += self.env.ref("base.group_partner_manager")
        line.action_stop_checking_orders()
        self.assertTrue(self.customer.with_company(self.company).chorus_pro_orders_unchecked)
        self.assertEqual(triage.unknown_order_count, 1)
        self.assertEqual(triage.ready_ids.filtered("cause_group").move_id, moves[2])
        self.assertFalse(moves[0].with_user(self.accountant).chorus_pro_warnings)
        self.assertIn("BC-INCONNU", moves[2].with_user(self.accountant).chorus_pro_warnings)
