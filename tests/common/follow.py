# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Invoices that are at the simulated Chorus Pro, and what happens to them there."""

from datetime import timedelta

from odoo import fields

from ...models.tracking import poll as chorus_pro_follower
from .chorus_pro import ChorusProCommon


class FollowCommon(ChorusProCommon):
    def setUp(self):
        super().setUp()
        # What happens at the simulated Chorus Pro happens now: the end of the window must hold it.
        self.patch(chorus_pro_follower, "SETTLING", timedelta(seconds=-5))
        self.patch(chorus_pro_follower, "PAGE_SIZE", 100)

    def _deposited(self):
        """An invoice at Chorus Pro whose first history was read."""
        move = self._invoice()
        submission = self._send(move)
        self.assertEqual(submission.state, "deposited", submission.reason)
        self._run_follower()
        return move, submission

    def _happen(self, move, *codes, comment=None):
        for code in codes:
            self.simulator.control.set_status(move.name, code, comment)

    def _many(self, count):
        """Submissions of invoices that Chorus Pro made available two hours ago, unseen so far."""
        self.simulator.control.seed(count=count, age_s=7200)
        # Following does not look into the invoices: empty entries stand for them.
        moves = self.env["account.move"].create([{"move_type": "entry"} for _n in range(count)])
        three_hours_ago = fields.Datetime.now() - timedelta(hours=3)
        self.connection.sudo().write(
            {"followed_until": three_hours_ago, "fully_followed_at": fields.Datetime.now()}
        )
        return (
            self.env["chorus.pro.submission"]
            .sudo()
            .create(
                [
                    {
                        "name": at_chorus["number"],
                        "move_id": move.id,
                        "connection_id": self.connection.id,
                        "environment": "custom",
                        "state": "deposited",
                        "chorus_invoice_id": str(at_chorus["invoice_id"]),
                        "status_code": "DEPOSEE",
                        "status_date": three_hours_ago,
                    }
                    for move, at_chorus in zip(moves, self._at_chorus(), strict=True)
                ]
            )
        )
