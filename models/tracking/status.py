# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Statuses that Chorus Pro gives: each one recorded, the current one on the submission."""

from collections import defaultdict
from datetime import timezone

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...choruspro.changes import is_same_moment, normalised_number
from ...choruspro.lifecycle import Phase, invoice_status
from ...choruspro.messages import StatusEvent
from ...choruspro.text import storable
from ..access.foreign_text import ForeignChar, ForeignText
from ..access.storage import aware, naive
from ..rules.statuses import STATUS_SELECTION

# The longest code known has 38 characters, and an index takes some thousand.
MAX_CODE = 100
# What a later answer may add to an event.
COMPLETED = ("event_id", "author", "comment")


class ChorusProStatus(models.Model):
    """One event in the life of an invoice at Chorus Pro, according to Chorus Pro."""

    _name = "chorus.pro.status"
    _description = "Chorus Pro Invoice Status"
    _order = "date desc, id desc"
    _rec_name = "code"

    submission_id = fields.Many2one(
        "chorus.pro.submission", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(
        related="submission_id.company_id", store=True, index=True, precompute=True)
    code = fields.Char(required=True, help="The code as Chorus Pro gives it.")
    status = fields.Selection(STATUS_SELECTION, compute="_compute_status")
    date = fields.Datetime(string="Date at Chorus Pro", required=True)
    author = ForeignChar(string="By")
    comment = ForeignText()

    event_id = fields.Char(
        string="ID at Chorus Pro", help="The id that Chorus Pro gives to this event, if it does.")

    _one_event = models.UniqueIndex(
        "(submission_id, event_id) WHERE event_id IS NOT NULL", "This status is already recorded.")
    # The history gives minutes: without the id, two equal ones are the same.
    _one_moment = models.UniqueIndex(
        "(submission_id, code, date) WHERE event_id IS NULL", "This status is already recorded.")

    @api.depends("code")
    def _compute_status(self):
        for event in self:
            event.status = invoice_status(event.code).name

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["status"]._description_selection(self.env))
        for event in self:
            known = event.status != "unknown"
            event.display_name = labels[event.status] if known else event.code

    @api.model
    def _record(self, events):
        """Add events not known yet; those already there are completed, never doubled.

        :param events: iterable of ``(submission id, StatusEvent)``; the history gives minutes
            where the search gives seconds, see :func:`is_same_moment`
        """
        events = [(submission_id, event) for submission_id, event in events if event.date]
        known = defaultdict(list)
        codes = {}  # by submission and Chorus Pro's id of the event
        # In one statement, however many there are.
        rows = self.search_fetch(
            [("submission_id", "in", list({sub_id for sub_id, _event in events}))],
            ["submission_id", "code", "date", *COMPLETED])
        for row in rows:
            known[row.submission_id.id, row.code].append(
                _Recorded({name: row[name] for name in ("date", *COMPLETED)}, row))
            codes[row.submission_id.id, row.event_id] = row.code
        to_create = []
        for submission_id, event in events:
            code = storable_code(event.code)
            event_id = storable_code(event.event_id)
            if codes.setdefault((submission_id, event_id), code) != code:
                # An id that another status has tells nothing.
                event_id = ""
            values = {
                "submission_id": submission_id,
                "code": code,
                "date": naive(event.date),
                "event_id": event_id or False,
                "author": storable(event.author) or False,
                "comment": storable(event.comment) or False,
            }
            recorded = known[submission_id, code]
            by_id = [one for one in recorded if one.has_id(event_id)]
            same = by_id or [one for one in recorded if one.may_be(event_id, values["date"])]
            if same:
                same[0].complete(values)
            else:
                recorded.append(_Recorded(values))
                to_create.append(values)
        return self.create(to_create)


class _Recorded:
    """An event that is recorded, in ``row``, or about to be, by its ``values``."""

    def __init__(self, values, row=None):
        self.values, self.row = values, row

    def has_id(self, event_id):
        return bool(event_id) and self.values["event_id"] == event_id

    def may_be(self, event_id, date):
        """Whether it may be an event of the same code with this id, if any, and this date."""
        is_another = event_id and self.values["event_id"]
        return not is_another and is_same_moment(aware(self.values["date"]), aware(date))

    def complete(self, values):
        """Take what these values tell more."""
        more = {name: values[name] for name in COMPLETED if values[name] and not self.values[name]}
        self.values.update(more)
        if self.row and more:
            self.row.write(more)


class ChorusProSubmission(models.Model):
    """How the statuses read from Chorus Pro are written on submissions.

    Chorus Pro decides which one is current: no order is enforced, an unknown code is kept as it
    is, the same status twice changes nothing.
    """

    _inherit = "chorus.pro.submission"

    status_ids = fields.One2many("chorus.pro.status", "submission_id", readonly=True)
    available_date = fields.Datetime(
        string="Made Available On", readonly=True, copy=False,
        help="Since when the recipient has the invoice, as far as is known.")
    payment_date = fields.Datetime(
        string="Payment Announced On", readonly=True, copy=False,
        help="When the recipient reported the payment to Chorus Pro.")
    history_read_at = fields.Datetime(string="History Read On", readonly=True, copy=False)
    other_chorus_ids = fields.Char(
        string="Also at Chorus Pro As", readonly=True, copy=False,
        help="Chorus Pro has this number more than once: the other ids that it gave.")

    def _known_since(self):
        """Since when this submission is as it is."""
        return self.status_date or self.create_date

    @api.model
    def _same_letters(self, numbers):
        """Domain of the submissions whose number has the same letters and digits as one of these,
        whatever else is between them."""
        wanted = [_letters(number) for number in numbers]
        return Domain.custom(
            to_sql=lambda rows, alias, query: SQL(
                "UPPER(REGEXP_REPLACE(%s, '[^A-Za-z0-9]', '', 'g') COLLATE \"C\") = ANY(%s)",
                rows._field_to_sql(alias, "name", query), wanted))

    def _take_summaries(self, summaries):
        """Write what a search gave about these submissions, in bulk; others are passed over.

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
                author="")
            events.append((row.id, event))
            if row._take_status(event):
                changed.append(row.id)
            if summary.rejection_acknowledged and not row.rejection_acknowledged:
                # Somebody did it on the portal.
                row.write({"rejection_acknowledged": True, "handled_status": row.status_code})
        self.env["chorus.pro.status"]._record(events)
        self.browse(changed)._plan_follow_up()
        self.env.flush_all()

    def _row_of_number(self, summary):
        """The one of these submissions, all of its number, that waits for its id and is this
        invoice, if any. One that has another id already notes that its number is there twice."""
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
        self.write({
            "payment_date": naive(min(paid)) if paid else self.payment_date,
            "available_date": naive(min(delivered)) if delivered else self.available_date,
            "history_wanted": False,
            "history_read_at": fields.Datetime.now(),
        })

    def _drop_history(self):
        """The history cannot be written: it is not read again at each run."""
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
            is_same_moment(self.status_date.replace(tzinfo=timezone.utc), event.date))
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
                # search gives nothing that is known: the history has the last word.
                "history_wanted": self.history_wanted
                or (not same_moment and (known.terminal or known.needs_action or is_unknown)),
            }
        if values:
            self.write(values)
        return bool(values)


def _letters(number):
    """The letters and digits that every alphabet of the database knows, in capitals."""
    return "".join(sign for sign in number if sign.isascii() and sign.isalnum()).upper()


def storable_code(code):
    """A code of Chorus Pro, as it is kept."""
    return storable(code)[:MAX_CODE]
