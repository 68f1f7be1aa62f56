# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models

from ..choruspro import lifecycle
from ..choruspro.lifecycle import invoice_status

# In the order in which they are dealt with in the morning.
NEEDED_ACTIONS = [
    ("correct", "Refused at Deposit"),
    ("recycle", "To Recycle"),
    ("complete", "Suspended"),
    ("reissue", "Rejected by the Recipient"),
    ("correct_validator", "Wrong Validator"),
    ("decide", "Uncertain"),
    ("portal", "To Finish on the Portal"),
]
BY_STATUS_ACTION = {
    lifecycle.RECYCLE: "recycle",
    lifecycle.COMPLETE: "complete",
    lifecycle.REISSUE: "reissue",
    lifecycle.CORRECT_VALIDATOR: "correct_validator",
    lifecycle.FINISH: "portal",
    lifecycle.SUBMIT: "portal",
}


class ChorusProSubmission(models.Model):
    """What is expected from the supplier, when something is."""

    _inherit = "chorus.pro.submission"

    needed_action = fields.Selection(
        NEEDED_ACTIONS, compute="_compute_needed_action", store=True, index="btree_not_null"
    )

    @api.depends("needs_action", "state", "status_code")
    def _compute_needed_action(self):
        for submission in self:
            if not submission.needs_action:
                submission.needed_action = False
            elif submission.state == "refused":
                submission.needed_action = "correct"
            elif submission.state == "uncertain":
                submission.needed_action = "decide"
            else:
                action = invoice_status(submission.status_code).action
                submission.needed_action = BY_STATUS_ACTION[action]
