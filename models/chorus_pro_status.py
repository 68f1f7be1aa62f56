# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models

from ..choruspro.lifecycle import INVOICE_STATUSES, invoice_status

UNKNOWN_STATUS = ("unknown", "Unknown status")
STATUS_SELECTION = [(status.name, status.label) for status in INVOICE_STATUSES] + [UNKNOWN_STATUS]


class ChorusProStatus(models.Model):
    """One event in the life of an invoice at Chorus Pro, as Chorus Pro tells it."""

    _name = "chorus.pro.status"
    _description = "Chorus Pro Invoice Status"
    _order = "date desc, id desc"
    _rec_name = "code"

    submission_id = fields.Many2one(
        "chorus.pro.submission", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="submission_id.company_id", store=True, index=True)
    code = fields.Char(required=True, help="The code as Chorus Pro gives it.")
    status = fields.Selection(STATUS_SELECTION, compute="_compute_status")
    date = fields.Datetime(string="Date at Chorus Pro", required=True)
    author = fields.Char(string="By")
    comment = fields.Text()

    _once = models.Constraint(
        "UNIQUE (submission_id, code, date)", "This status is already recorded."
    )

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
            where the search gives seconds, so two events of one code within the same minute are
            one.
        """
        events = [(submission_id, event) for submission_id, event in events if event.date]
        known = {
            (row.submission_id.id, row.code, row.date.replace(second=0, microsecond=0)): row
            for row in self.search([("submission_id", "in", [sub_id for sub_id, _e in events])])
        }
        to_create = {}
        for submission_id, event in events:
            date = event.date.replace(tzinfo=None, microsecond=0)
            key = (submission_id, event.code, date.replace(second=0))
            values = {
                "author": storable(event.author) or False,
                "comment": storable(event.comment) or False,
            }
            if row := known.get(key):
                missing = {name: value for name, value in values.items() if value and not row[name]}
                if missing:
                    row.write(missing)
            else:
                to_create[key] = values | {
                    "submission_id": submission_id,
                    "code": event.code,
                    "date": date,
                }
        return self.create(list(to_create.values()))


def storable(text):
    """The text (None gives "") without the one character that PostgreSQL cannot keep."""
    return (text or "").replace("\x00", "")
