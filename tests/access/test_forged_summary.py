# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What Chorus Pro answered is computed: nobody writes it, and a customer does not see it."""

from odoo.tests import tagged

from ..common.access import our_models
from ..common.foreign import ForeignMatrixCommon, is_ours, is_refused


@tagged("post_install_l10n", "post_install", "-at_install")
class TestForgedSummary(ForeignMatrixCommon):
    def _summaries(self):
        """Computed and stored fields of ours on Odoo's models that are no input of a user's."""
        return [
            field
            for name, model in self._concerned_models().items()
            if name not in our_models(self.env)
            for field in model._fields.values()
            if is_ours(field) and field.store and field.compute and field.readonly
        ]

    def _forged(self, field, side, row):
        """A value that the field does not have."""
        now = row.sudo()[field.name]
        if field.type == "selection":
            return next(key for key in field.get_values(self.env) if key != now)
        return {
            "boolean": not now,
            "datetime": "2026-01-02 03:04:05",
            "many2one": self.records[side]["submission rejected"].id,
        }.get(field.type, "forged")

    def _kept(self, row, field):
        self.env.flush_all()
        self.env.invalidate_all()
        value = row.sudo()[field.name]
        return value.ids if field.relational else value

    def _test_no_effect(self, case):
        for field in self._summaries():
            self.assertEqual(field.model_name, "account.move")
            for side, role, user in self._users():
                row = self.moves[side][case]
                before = self._kept(row, field)
                value = self._forged(field, side, row)
                with self.subTest(field=field.name, role=role, side=side), self._undone():
                    self._call(user, "account.move", "write", row.ids, {field.name: value})
                    self.assertEqual(self._kept(row, field), before)

    def test_summary_of_an_invoice_that_never_left_is_not_written(self):
        self._test_no_effect("plain")

    def test_summary_of_an_invoice_at_chorus_pro_is_not_written(self):
        self._test_no_effect("suspended")

    def test_summary_is_not_given_to_a_new_invoice(self):
        for field in self._summaries():
            for side, role, user in self._users():
                if not self.env["account.move"].with_user(user).has_access("create"):
                    continue
                value = self._forged(field, side, self.moves[side]["draft"])
                with self.subTest(field=field.name, role=role, side=side), self._undone():
                    values = {"move_type": "out_invoice", field.name: value}
                    made = self._call(user, "account.move", "create", values)
                    if not is_refused(made):
                        row = self.env["account.move"].browse(made)
                        self.assertFalse(self._kept(row, field))

    def test_there_is_a_summary_and_who_may_change_an_invoice(self):
        names = {field.name for field in self._summaries()}
        self.assertLessEqual({"chorus_pro_submission_id", "chorus_pro_state"}, names)
        row = self.moves["A"]["plain"]
        user = self.people["A"]["user"]
        self.assertTrue(
            self._call(user, "account.move", "write", row.ids, {"narration": "Mine"}) is True
        )

    def test_customer_reads_no_fact_of_ours_on_their_own_invoice(self):
        move = self.moves["A"]["suspended"]
        portal = self.people["A"]["portal"]
        portal.partner_id.parent_id = move.partner_id
        self.assertTrue(self._call(portal, "account.move", "read", move.ids, ["name"]))
        told = [
            name
            for name, field in move._fields.items()
            if name.startswith("chorus_pro_")
            and field.compute
            and not is_refused(self._call(portal, "account.move", "read", move.ids, [name]))
        ]
        self.assertEqual(told, [])
