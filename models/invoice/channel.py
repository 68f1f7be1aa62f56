# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""One invoice, one way: the one place that knows which other platforms have an invoice.

Odoo's own way is the method ``peppol``: Peppol, or in France the Approved Platform. What became of
an invoice there stands in ``peppol_move_state``, whose values several modules of Odoo extend.
"""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from ..access.roles import MANAGER, require_role
from ..access.web_client import RELOAD, notify, open_dialog
from ..rules.rule_book import finding

_lt = LazyTranslate(__name__)

# Odoo's sending method of Peppol and of the Approved Platform, and the field about it.
PLATFORM_METHOD = "peppol"
PLATFORM_STATE = "peppol_move_state"
PLATFORM_NAME = _lt("Peppol or the Approved Platform")
# Nothing has left by the platform. Any other value counts as left, also one that nobody knows.
NOT_SENT = (False, "ready", "skipped", "error")
# The platform has it, or its recipient: no person can say otherwise. In lower case, from
# account_peppol, account_peppol_response (codes of UNCL 4343) and l10n_fr_pdp.
HAS_IT = (
    "to_send", "processing", "done", "ab", "ac", "ap", "ca", "ip", "pd", "uq",
    "submitted", "made_available", "sent", "suspended", "completed",
)


class AccountMove(models.Model):
    """An invoice reaches its recipient by one channel: twice received is twice to be sorted out."""

    _inherit = "account.move"

    chorus_pro_released_state = fields.Char(
        readonly=True,
        copy=False,
        help="State at the other platform in which a person decided that the invoice may go to "
        "Chorus Pro nevertheless.",
    )
    chorus_pro_can_release = fields.Boolean(compute="_compute_chorus_pro_can_release")

    def _chorus_pro_other_channels(self):
        """Names of the other platforms that have this invoice, or are about to.

        A module that sends invoices by another platform adds its name here.
        """
        self.ensure_one()
        waiting = (self.sending_data or {}).get("sending_methods") or ()
        state = self._chorus_pro_platform_state()
        is_sent = state not in NOT_SENT and state != self.chorus_pro_released_state
        if is_sent or PLATFORM_METHOD in waiting:
            return [self.env._(PLATFORM_NAME)]
        return []

    def _chorus_pro_platform_state(self):
        """What became of this invoice at Peppol or the Approved Platform, as Odoo's module notes
        it; False where no such module is installed."""
        return self[PLATFORM_STATE] if PLATFORM_STATE in self._fields else False

    def _chorus_pro_platform_state_label(self):
        """The same in the user's language; a value that nobody knows stands for itself."""
        state = self._chorus_pro_platform_state()
        if not state or PLATFORM_STATE not in self._fields:
            return state or ""
        labels = dict(self._fields[PLATFORM_STATE]._description_selection(self.env))
        return labels.get(state, state)

    def _chorus_pro_other_way(self):
        """The :class:`Finding` that says by which other way this invoice goes, else None."""
        channels = self._chorus_pro_other_channels()
        if not channels:
            return None
        names, label = ", ".join(channels), self._chorus_pro_platform_state_label()
        if channels != [self.env._(PLATFORM_NAME)] or not label:
            return finding("other_channel", channel=names)
        rule = "other_channel_ended" if self._chorus_pro_is_releasable() else "other_channel_has_it"
        return finding(rule, channel=names, state=label)

    def _chorus_pro_leave_platform_queue(self):
        """What waited for the platform and does not go there is ready for it, not queued for
        ever."""
        for move in self:
            if move._chorus_pro_platform_state() == "to_send":
                move[PLATFORM_STATE] = "ready"

    # ------------------------------------------------------------------
    # What ended at the other platform may come here, if a person says so
    # ------------------------------------------------------------------

    def _chorus_pro_is_releasable(self):
        """Whether a person may say that the other platform will not deliver this invoice: it was
        refused or cancelled there, or is in a state that nobody knows."""
        state = self._chorus_pro_platform_state()
        is_over = state not in NOT_SENT and state.lower() not in HAS_IT
        return is_over and state != self.chorus_pro_released_state

    def _compute_chorus_pro_can_release(self):
        for move in self:
            move.chorus_pro_can_release = (
                not move._chorus_pro_obstacle()
                and move._chorus_pro_is_releasable()
                and not move._chorus_pro_alive_submission()
            )

    def action_chorus_pro_decide_way(self):
        """Show to who decides what became of this invoice by both ways."""
        require_role(self.env, MANAGER)
        self.check_access("write")
        self.ensure_one()
        dialog = self.env["chorus.pro.other.way"].create({"move_id": self.id})
        return open_dialog(dialog, self.env._("May it go to Chorus Pro?"))

    def _chorus_pro_release(self):
        """A person decided that this invoice may go to Chorus Pro although it went by the other
        platform. It holds for the state that was looked at: a later one counts again.

        :raises AccessError: the user does not decide on such things, or may not write the invoice
        :raises UserError: it is not, or not any more, in such a state
        """
        self.ensure_one()
        require_role(self.env, MANAGER)
        self.check_access("write")
        if not self.chorus_pro_can_release:
            raise UserError(self.env._("There is nothing to decide about this invoice now."))
        self.sudo().chorus_pro_released_state = self._chorus_pro_platform_state()
        self.message_post(
            body=self.env._(
                "%(user)s decided that this invoice may go to Chorus Pro, although it went by "
                "%(channel)s (%(state)s).",
                user=self.env.user.name,
                channel=self.env._(PLATFORM_NAME),
                state=self._chorus_pro_platform_state_label(),
            )
        )
        return notify(
            self.env._("Decided"),
            self.env._("This invoice may now be sent to Chorus Pro."),
            "success",
            RELOAD,
        )
