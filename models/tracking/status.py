# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from collections import defaultdict
from datetime import timezone

from odoo import api, fields, models

from ...choruspro.lifecycle import invoice_status
from ...choruspro.matching import is_same_moment
from ...choruspro.text import storable
from ..access.foreign_text import ForeignChar, ForeignText
from ..rules.statuses import STATUS_SELECTION

MAX_CODE = 100


class ChorusProStatus(models.Model):
    """One event in the life of an invoice at Chorus Pro, as Chorus Pro tells it."""

    _name = "chorus.pro.status"
    _description = "Chorus Pro Invoice Status"
    _order = "date desc, id desc"
    _rec_name = "code"

    submission_id = fields.Many2one(
        "chorus.pro.submission", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="submission_id.company_id", store=True, index=True, precompute=True
    )
    code = fields.Char(required=True, help="The code as Chorus Pro gives it.")
    status = fields.Selection(STATUS_SELECTION, compute="_compute_status")
    date = fields.Datetime(string="Date at Chorus Pro", required=True)
    author = ForeignChar(string="By")
    comment = ForeignText()

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
            where the search gives seconds, see :func:`is_same_moment`
        """
        events = [(submission_id, event) for submission_id, event in events if event.date]
        known = defaultdict(list)
        for row in self.search([("submission_id", "in", [sub_id for sub_id, _e in events])]):
            known[row.submission_id.id, row.code].append(
                {"row": row, "date": row.date.replace(tzinfo=timezone.utc)}
            )
        to_create = []
        for submission_id, event in events:
            date = event.date.replace(microsecond=0)
            values = {
                "author": storable(event.author) or False,
                "comment": storable(event.comment) or False,
            }
            code = storable_code(event.code)
            same_code = known[submission_id, code]
            same = [one for one in same_code if is_same_moment(one["date"], date)]
            if not same:
                same_code.append({"row": self.browse(), "date": date})
                to_create.append(
                    values
                    | {
                        "submission_id": submission_id,
                        "code": code,
                        "date": date.replace(tzinfo=None),
                    }
                )
            for row in (one["row"] for one in same[:1]):
                missing = {name: value for name, value in values.items() if value and not row[name]}
                if row and missing:
                    row.write(missing)
        return self.create(to_create)


class ChorusProSubmission(models.Model):
    _inherit = "chorus.pro.submission"

    status_ids = fields.One2many("chorus.pro.status", "submission_id", readonly=True)


def storable_code(code):
    """A code that Chorus Pro gives, as it is kept: the longest that it is known for has 38
    characters, and an index takes some thousand."""
    return storable(code)[:MAX_CODE]
