# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import models

from ..choruspro.lifecycle import invoice_status
from ..choruspro.messages import StatusEvent
from .chorus_pro_status import storable


class ChorusProSubmission(models.Model):
    """How news of Chorus Pro are written on submissions.

    Current is what Chorus Pro says is current: no order is enforced, an unknown code is kept as it
    is, the same news twice change nothing.
    """

    _inherit = "chorus.pro.submission"

    def _take_summaries(self, summaries):
        """Write what a search told about these submissions, in bulk; others are passed over.

        :param summaries: iterable of :class:`InvoiceSummary`; matched by Chorus Pro's id
        """
        by_id = {row.chorus_invoice_id: row for row in self}
        events = []
        for summary in summaries:
            row = by_id.get(summary.invoice_id)
            if not row or not summary.status or not summary.status_date:
                continue
            event = StatusEvent(
                event_id="",
                code=summary.status,
                date=summary.status_date,
                comment=storable(summary.status_comment),
                author="",
            )
            events.append((row.id, event))
            row._take_status(event)
        self.env["chorus.pro.status"]._record(events)
        self.env.flush_all()

    def _take_history(self, history):
        """Record the whole history of one invoice (:class:`InvoiceHistory`)."""
        self.ensure_one()
        self.env["chorus.pro.status"]._record((self.id, event) for event in history.events)
        dated = [event for event in history.events if event.date]
        current = [event for event in dated if event.code == history.current_status] or dated
        if current:
            self._take_status(max(current, key=lambda event: event.date))
        self.history_wanted = False

    def _take_status(self, event):
        """Make this event the current status, and want the history when it matters."""
        date = event.date.replace(tzinfo=None, microsecond=0)
        comment = storable(event.comment)
        same = event.code == self.status_code
        # The history gives minutes where the search gives seconds, and a search may leave out the
        # comment that the history gave: what is known better stays.
        same_minute = same and self.status_date and (
            self.status_date.replace(second=0) == date.replace(second=0)
        )
        if same_minute and comment in ("", self.reason or ""):
            return
        known = invoice_status(event.code)
        self.write(
            {
                "status_code": event.code,
                "status_date": self.status_date if same_minute else date,
                "reason": comment or False,
                # What passed between two looks, once someone must act, and at the end.
                "history_wanted": self.history_wanted
                or (not same_minute and (known.terminal or known.needs_action)),
            }
        )
