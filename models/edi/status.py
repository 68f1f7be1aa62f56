# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What the files say, written where the API's answers are written too: each status once, whichever
way it came, and however often."""

from collections import defaultdict

from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models
from odoo.fields import Domain

from ...choruspro.edi.name import flow_identifier
from ...choruspro.lifecycle import invoice_status
from ...choruspro.messages import StatusEvent
from ...choruspro.text import storable
from ..access.storage import naive
from ..outbox.submission import ALIVE_STATES


def lock_or_lose(records):
    """Lock these records.

    :raises TransactionRollbackError: somebody else has one of them: a race that is lost
    """
    if len(records.try_lock_for_update()) != len(records):
        raise TransactionRollbackError(f"somebody else has {records}")


class ChorusProSubmission(models.Model):
    _inherit = "chorus.pro.submission"

    edi_accepted = fields.Boolean(
        string="Taken, by EDI", readonly=True, copy=False,
        help="A file of Chorus Pro says that it took this invoice; files do not tell its id.",
    )

    @api.depends("edi_accepted")
    def _compute_status(self):
        super()._compute_status()
        for row in self.filtered("edi_accepted"):
            status = row.status_code and invoice_status(row.status_code)
            is_over = row.payment_date or (status and status.terminal)
            row.is_followed = row.state == "deposited" and not is_over

    def action_refresh(self):
        """By EDI, what lies ready is fetched too."""
        result = super().action_refresh()
        by_files = self.sudo().connection_id.filtered(lambda each: each._goes_by_edi())
        if by_files:
            by_files._chorus_pro_dispatch("edi")
        return result

    def _accept_by_edi(self):
        """Chorus Pro took these invoices, as a file says."""
        for row in self:
            status = row.status_code or "DEPOSEE"
            # The first status that comes counts, whatever its date.
            row._become(
                "deposited", edi_accepted=True, needs_decision=False, status_code=status
            )

    def _take_edi_events(self, events):
        """Take the statuses of one invoice (StatusEvents) out of files, in whatever order they
        came: an older one is recorded, and changes nothing else.

        :return: whether something is new
        """
        is_new = False
        for event in sorted(events, key=lambda each: each.date):
            if self.status_date and naive(event.date) < self.status_date:
                continue
            is_new = self._take_status(event) or is_new
        # Only the API gives histories.
        if self.history_wanted and self.connection_id._is_without_api():
            self.history_wanted = False
        delivered = [event.date for event in events if invoice_status(event.code).delivered]
        if delivered:
            first = naive(min(delivered))
            if not self.available_date or first < self.available_date:
                self.available_date = first
        return is_new

    def _is_meant_by(self, line):
        """Whether a status is about this invoice: a number may have been another invoice's once,
        at another recipient."""
        if line.invoice_date and self.sent_date and line.invoice_date != self.sent_date:
            return False
        return not (line.recipient and self.recipient_siret) or (
            line.recipient == self.recipient_siret
        )

    def _prove_by_file(self):
        """Files have statuses of these invoices: that proves that Chorus Pro has them.

        :raises TransactionRollbackError: somebody else has one of them at this moment
        """
        # Their answer, or their report, was lost.
        if unsettled := self.filtered(lambda row: row.state != "deposited"):
            lock_or_lose(unsettled)
        news = self.filtered(
            lambda row: not row.chorus_invoice_id
            and not (row.state == "deposited" and row.edi_accepted)
            and row.connection_id._is_without_api()
        )
        for row in news.filtered(lambda row: row.state == "queued"):
            row._doubt(row.reason)
        news._accept_by_edi()
        news.flow_id._end_when_settled()
        # The API tells the rest.
        self.filtered(lambda row: row.state != "deposited").next_try = fields.Datetime.now()


class ChorusProConnection(models.Model):
    _inherit = "chorus.pro.connection"

    def _take_invoice_statuses(self, lines):
        """Write statuses that came in a file of this connection's box. They name invoices by the
        supplier's SIRET and the number.

        :param lines: :class:`InvoiceStatusLine` s
        :return: how many were about invoices that left through this box
        """
        rows = self._rows_named(lines)
        by_row, taken = defaultdict(list), 0
        for line in lines:
            if row := rows.get((line.supplier, storable(line.invoice))):
                if row._is_meant_by(line):
                    taken += 1
                    by_row[row].append(StatusEvent(
                        event_id="", code=line.code, date=line.date, comment=line.comment,
                        author=line.author,
                    ))
        submissions = self.env["chorus.pro.submission"]
        submissions.union(*by_row)._prove_by_file()
        changed = submissions.union(*(
            row for row, events in by_row.items()
            if row.state == "deposited" and row._take_edi_events(events)
        ))
        self.env["chorus.pro.status"]._record(
            (row.id, event) for row, events in by_row.items() for event in events
        )
        changed._plan_follow_up()
        self.env.flush_all()
        return taken

    def _rows_named(self, lines):
        """{(SIRET of the supplier, number): submission that is there, or may be}."""
        siblings = self._edi_siblings()
        numbers = {storable(line.invoice) for line in lines if line.supplier}
        rows = self.env["chorus.pro.submission"].search_fetch(
            Domain("connection_id", "in", siblings.ids) & Domain("environment", "=", self.place)
            & Domain("state", "in", ALIVE_STATES) & Domain("sent_at", "!=", False)
            & Domain("name", "in", list(numbers)),
            order="id",
        )
        return {(row.connection_id.supplier_siret, row.name): row for row in rows}

    def _take_flow_status(self, status):
        """Settle the flow of which a report tells (:class:`FlowStatus`).

        :return: the flow; none when it did not leave through this box
        """
        identifier = flow_identifier(status.flow)
        flows = self.env["chorus.pro.flow"]
        flow = flows.search(
            Domain("edi_flow", "=", identifier) & Domain("environment", "=", self.place)
            & Domain("connection_id", "in", self._edi_siblings().ids),
            limit=1,
        ) if identifier else flows
        if not flow:
            return flow
        rows = flow.submission_ids
        lock_or_lose(flow)
        lock_or_lose(rows)
        before = rows._answers()
        flow = flow._for_its_reader()
        flow._take_edi_report(status)
        rows._answered_since(before)._notify_authors()
        rows._plan_follow_up()
        return flow


class ChorusProFlow(models.Model):
    _inherit = "chorus.pro.flow"

    def _end_when_settled(self):
        """The statuses of its last invoice came: its report need not come any more."""
        for flow in self.filtered(lambda flow: flow.state in ("deposited", "uncertain")):
            if not flow._followers():
                flow._end("partial" if flow.report else "integrated")
