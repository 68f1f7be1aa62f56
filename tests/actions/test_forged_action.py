# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""An action whose row leads to an invoice that is not its author's is never done: nothing is asked
by the credentials of either company, and the invoice stays as it is."""

from unittest.mock import patch

from psycopg2 import sql

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..common.actions import STATUSES, ActionsCommon

ACTION = "odoo.addons.l10n_fr_chorus_pro.models.actions.errand"
QUIET = ("odoo.sql_db", "odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestForgedAction(ActionsCommon):
    """``stranger`` acts for a company of their own, which has its own connection."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.setup_other_company()["company"]
        cls.theirs = cls._create_connection(cls.other, cls.credentials["suppliers"][1])
        cls.stranger = new_test_user(
            cls.env,
            login="chorus_forger",
            groups="account.group_account_invoice,l10n_fr_chorus_pro.group_user",
            company_id=cls.other.id,
            company_ids=[Command.set(cls.other.ids)],
        )

    def _their_action(self, kind):
        """What the stranger rightly asks for about an invoice of their own."""
        move = self.env["account.move"].sudo().with_company(self.other).create(
            {
                "move_type": "out_invoice",
                "company_id": self.other.id,
                "partner_id": self.customer.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [Command.create({"name": "x", "price_unit": 10.0})],
            }
        )
        move.action_post()
        self.env["chorus.pro.submission"].sudo().create(
            {
                "move_id": move.id,
                "name": move.name,
                "connection_id": self.theirs.id,
                "environment": self.theirs.environment,
                "author_id": self.stranger.id,
                "state": "deposited",
                "sent_at": fields.Datetime.now(),
                "chorus_invoice_id": "77",
                "status_code": STATUSES[kind],
            }
        )
        needed = {
            "complete": {"comment": "Pay to another account"},
            "recycle": {"engagement_number": "EVIL1"},
            "correct_validator": {"validator_id": self.validator.id},
        }.get(kind, {})
        getattr(move.with_user(self.stranger), f"action_chorus_pro_{kind}")(**needed)
        return move.chorus_pro_submission_ids.sudo().action_ids

    def _forge(self, action, values):
        """As somebody who can write the database."""
        self.env.flush_all()
        names = sql.SQL(", ").join(
            sql.SQL("{} = %s").format(sql.Identifier(name)) for name in values
        )
        self.env.cr.execute(
            sql.SQL("UPDATE chorus_pro_action SET {} WHERE id = %s").format(names),
            [*values.values(), action.id],
        )
        self.env.invalidate_all()

    def _ways(self, submission):
        """Columns that lead an action to this submission."""
        link = {"submission_id": submission.id}
        place = {**link, "connection_id": submission.connection_id.id}
        move = submission.move_id
        return {
            "submission": link,
            "connection too": place,
            "all": {**place, "move_id": move.id, "company_id": move.company_id.id},
        }

    def _facts(self, move):
        """All that is known of our invoice, here and at Chorus Pro."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.cr.execute(
            "SELECT m::text, s::text FROM account_move m JOIN chorus_pro_submission s "
            "ON s.move_id = m.id WHERE m.id = %s",
            [move.id],
        )
        return (
            self.env.cr.fetchall(), move.message_ids.ids, move.activity_ids.ids,
            self._at_chorus(move.name),
        )

    def _run_forged(self, action, move):
        before = self._facts(move)
        self._run_refused(action, move)
        self.assertEqual(self._facts(move), before)

    def _run_refused(self, action, move):
        self.simulator.control.clear_requests()
        before = self._at_chorus(move.name)
        with mute_logger(ACTION):
            self._run_sender()
        requests = self._requests()
        if action.connection_id != self.theirs:
            self.assertFalse(requests)
        # By a connection of their own a job may learn bank accounts, and nothing of any invoice.
        self.assertFalse([each for each in requests if "/factures/" in each["path"]])
        self.assertEqual(self._at_chorus(move.name), before)
        self.assertEqual(action.state, "refused")
        # In the language of whoever asked.
        sentence = "may not change the invoice|ne peut pas modifier la facture"
        self.assertRegex(action.reason, sentence)
        told = self.env["bus.bus"].sudo().search([("message", "ilike", move.name)])
        self.assertFalse(told)

    def test_action_led_to_an_invoice_of_another_company_is_not_done(self):
        for kind in STATUSES:
            move = self._come_back(kind)
            submission = move.chorus_pro_submission_id.sudo()
            self.env["bus.bus"].sudo().search([]).unlink()
            for way, values in self._ways(submission).items():
                action = self._their_action(kind)
                with self.subTest(kind=kind, way=way):
                    self._forge(action, values)
                    self._run_forged(action, move)

    def test_action_that_seems_to_be_under_way_is_not_looked_up_either(self):
        move = self._come_back("recycle")
        submission = move.chorus_pro_submission_id.sudo()
        self.env["bus.bus"].sudo().search([]).unlink()
        for values in (
            {"state": "sending", "step": "act"},
            {"state": "uncertain", "was_uncertain": True},
        ):
            action = self._their_action("recycle")
            with self.subTest(**values):
                self._forge(action, {**self._ways(submission)["all"], **values})
                self._run_forged(action, move)

    def test_author_who_has_lost_the_right_is_not_obeyed(self):
        move = self._come_back("complete")
        action = self._ask(move, "complete")
        self.env["bus.bus"].sudo().search([]).unlink()
        self.accountant.sudo().group_ids -= self.env.ref("account.group_account_invoice")
        self._run_refused(action, move)
        # It waits for somebody again.
        self.assertTrue(move.chorus_pro_needs_action)

    def test_action_that_is_over_stays_as_it_is_whoever_lost_the_right(self):
        move = self._come_back("complete")
        action = self._do(move, "complete")
        self.assertEqual(action.state, "done")
        self.accountant.sudo().group_ids -= self.env.ref("account.group_account_invoice")
        model, asked = type(action), []

        def listed_before(rows, usable, limit):
            """As a job that made its list before another one did this."""
            asked.append(usable)
            return rows.browse(action.id)

        with patch.object(model, "_to_settle", listed_before):
            self._run_sender()
        self.assertTrue(asked)
        self.assertEqual(action.state, "done")

    def test_action_without_an_author_is_not_done(self):
        move = self._come_back("complete")
        action = self._ask(move, "complete")
        self.env["bus.bus"].sudo().search([]).unlink()
        self._forge(action, {"author_id": None})
        self._run_refused(action, move)
        # It waits for somebody again.
        self.assertTrue(move.chorus_pro_needs_action)

    def test_nobody_makes_or_changes_an_action_by_hand(self):
        ours = self._come_back("complete").chorus_pro_submission_id.sudo()
        action = self._their_action("complete")
        values = {
            "submission_id": ours.id,
            "connection_id": ours.connection_id.id,
            "environment": ours.environment,
            "kind": "complete",
            "comment": "Pay to another account",
        }
        for user in (self.stranger, self.accountant, self.manager, self.administrator):
            actions = self.env["chorus.pro.action"].with_user(user)
            ways = {
                "create": lambda actions=actions: actions.create(dict(values)),
                "write": lambda actions=actions: actions.browse(action.id).write(dict(values)),
                "copy": lambda actions=actions: actions.browse(action.id).copy(dict(values)),
                "line": lambda user=user: ours.with_user(user).write(
                    {"action_ids": [Command.create(dict(values))]}
                ),
                "link": lambda user=user: ours.with_user(user).write(
                    {"action_ids": [Command.link(action.id)]}
                ),
                "delete": lambda actions=actions: actions.browse(action.id).unlink(),
            }
            for way, call in ways.items():
                with (
                    self.subTest(user=user.login, way=way),
                    mute_logger(*QUIET),
                    self.assertRaises(AccessError),
                    self.env.cr.savepoint(),
                ):
                    call()
                self.env.invalidate_all()
        self.assertFalse(ours.action_ids)
        self.assertNotEqual(action.submission_id, ours)
