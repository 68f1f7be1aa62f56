# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import timezone

from odoo import fields, models

from ...choruspro.lifecycle import Phase, invoice_status
from ...choruspro.matching import is_same_moment, normalised_number
from ...choruspro.messages import StatusEvent
from ...choruspro.text import storable
from .status import storable_code


def naive(moment):
    """An aware datetime as Odoo stores it: UTC, to the second."""
    return moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)


class ChorusProSubmission(models.Model):
    """How news of Chorus Pro are written on submissions.

    Current is what Chorus Pro says is current: no order is enforced, an unknown code is kept as it
    is, the same news twice change nothing.
    """

    _inherit = "chorus.pro.submission"

    available_date = fields.Datetime(
        string="Made Available On",
        readonly=True,
        copy=False,
        help="Since when the recipient has the invoice, as far as is known.",
    )
    payment_date = fields.Datetime(
        string="Payment Announced On",
        readonly=True,
        copy=False,
        help="When Chorus Pro was told that the payment was issued.",
    )
    history_read_at = fields.Datetime(string="History Read On", readonly=True, copy=False)
    other_chorus_ids = fields.Char(
        string="Also at Chorus Pro As",
        readonly=True,
        copy=False,
        help="Chorus Pro has this number more than once: the other ids that it gave.",
    )

    def _known_since(self):
        """Since when this submission is as it is."""
        return self.status_date or self.create_date

    def _take_summaries(self, summaries):
        """Write what a search told about these submissions, in bulk; others are passed over.

        :param summaries: iterable of :class:`InvoiceSummary`; matched by Chorus Pro's id, then by
            number when nothing is known yet of the id and all other facts agree
        """
        by_id = {row.chorus_invoice_id: row for row in self if row.chorus_invoice_id}
        unmatched = [summary for summary in summaries if summary.invoice_id not in by_id]
        by_number = self.grouped(lambda row: normalised_number(row.name)) if unmatched else {}
        for summary in unmatched:
            same = by_number.get(normalised_number(summary.number), self.browse())
            if row := same._row_of_number(summary):
                row._adopt(summary)
                by_id[summary.invoice_id] = row
        events, changed = [], []
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
            if row._take_status(event):
                changed.append(row.id)
            if summary.rejection_acknowledged and not row.rejection_acknowledged:
                # On the portal, by whoever works there.
                row.write({"rejection_acknowledged": True, "handled_status": row.status_code})
        self.env["chorus.pro.status"]._record(events)
        self.browse(changed)._plan_follow_up()
        self.env.flush_all()

    def _row_of_number(self, summary):
        """The one of these submissions, all of its number, that waits for its id and is this
        invoice, if any. One that has another id already is told that its number is there twice."""
        waiting = self.filtered(lambda row: not row.chorus_invoice_id and row._is_ours(summary))
        for twin in self.filtered("chorus_invoice_id") - waiting:
            known = (twin.other_chorus_ids or "").split()
            if twin.name == summary.number and summary.invoice_id not in known:
                twin.other_chorus_ids = " ".join([*known, summary.invoice_id])
        return waiting if len(waiting) == 1 else self.browse()

    def _take_history(self, history):
        """Record the whole history of one invoice (:class:`InvoiceHistory`)."""
        self.ensure_one()
        self.env["chorus.pro.status"]._record((self.id, event) for event in history.events)
        dated = [event for event in history.events if event.date]
        current = [event for event in dated if event.code == history.current_status] or dated
        if current and self._take_status(current[-1]):
            self._plan_follow_up()
        paid = [event.date for event in dated if invoice_status(event.code).phase is Phase.PAID]
        delivered = [event.date for event in dated if invoice_status(event.code).delivered]
        self.write(
            {
                "payment_date": naive(min(paid)) if paid else self.payment_date,
                "available_date": naive(min(delivered)) if delivered else self.available_date,
                "history_wanted": False,
                "history_read_at": fields.Datetime.now(),
            }
        )

    def _drop_history(self):
        """What Chorus Pro says of these cannot be written: it is not asked for at each run."""
        self.history_wanted = False

    def _take_status(self, event):
        """Make this event the current status, and want the history when it matters.

        :return: whether something was new
        """
        date = naive(event.date)
        comment = storable(event.comment)
        code = storable_code(event.code)
        same = code == self.status_code
        # The history gives minutes where the search gives seconds, and a search may leave out the
        # comment that the history gave: what is known better stays.
        same_moment = same and self.status_date and (
            is_same_moment(self.status_date.replace(tzinfo=timezone.utc), event.date)
        )
        known = invoice_status(event.code)
        is_unknown = known.phase is Phase.UNKNOWN
        values = {}
        if known.phase is Phase.PAID and not self.payment_date:
            values["payment_date"] = date
        if known.delivered and not self.available_date:
            values["available_date"] = date
        if not same_moment or comment not in ("", self.reason or ""):
            values |= {
                "status_code": code,
                "status_date": self.status_date if same_moment else date,
                "reason": comment or False,
                # What passed between two looks, once someone must act, at the end, and when the
                # search tells nothing that is known: the history has the last word.
                "history_wanted": self.history_wanted
                or (not same_moment and (known.terminal or known.needs_action or is_unknown)),
            }
        if values:
            self.write(values)
        return bool(values)
