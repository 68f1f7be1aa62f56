# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import LazyTranslate

from ...choruspro import lifecycle
from ...choruspro.lifecycle import invoice_status
from ..access.roles import MANAGER, USER

_lt = LazyTranslate(__name__)


class Need(NamedTuple):
    """What the supplier is needed for, and the one button for it.

    label: of the column and of the activity. button: what the button says, translated lazily.
    method: of the invoice. legal: the action of the submission that must be legal for the button,
    or None when the portal is enough. role: who may press it. usual: its column is shown when it is
    empty too.
    """

    label: str
    button: object
    method: str
    legal: str | None
    role: str = USER
    usual: bool = True


# In the order in which they are dealt with in the morning. What Chorus Pro waits for has the name
# that the life cycle gives it; its advice depends on the status, see status_advice.py.
NEEDS = {
    "correct": Need("Refused at Deposit", _lt("Send Again"), "action_chorus_pro_send", "replace"),
    lifecycle.RECYCLE: Need(
        "To Recycle", _lt("Recycle…"), "action_chorus_pro_recycle", "recycle"
    ),
    lifecycle.COMPLETE: Need(
        "Suspended", _lt("Complete…"), "action_chorus_pro_complete", "complete"
    ),
    lifecycle.REISSUE: Need(
        "Rejected by the Recipient",
        _lt("Acknowledge and Reissue…"),
        "action_chorus_pro_reissue",
        "reissue",
    ),
    lifecycle.CORRECT_VALIDATOR: Need(
        "Wrong Validator",
        _lt("Correct the Validator…"),
        "action_chorus_pro_correct_validator",
        "correct_validator",
        usual=False,
    ),
    "decide": Need(
        "Uncertain", _lt("Compare and Decide…"), "action_chorus_pro_compare", "adopt", MANAGER
    ),
    lifecycle.PORTAL: Need(
        "To Finish on the Portal",
        _lt("Open the Portal"),
        "action_chorus_pro_open_portal",
        None,
        usual=False,
    ),
}


class ChorusProSubmission(models.Model):
    """What is expected from the supplier, when something is."""

    _inherit = "chorus.pro.submission"

    needed_action = fields.Selection(
        [(name, need.label) for name, need in NEEDS.items()],
        compute="_compute_needed_action",
        store=True,
        index="btree_not_null",
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
                submission.needed_action = invoice_status(submission.status_code).action
