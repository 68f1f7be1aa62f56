# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import datetime, time

from odoo import fields, models

from ...choruspro.lifecycle import invoice_status
from ...choruspro.messages import StatusEvent
from ...choruspro.oca_connector import (
    KNOWN,
    NOTHING,
    UNSENT,
    FormerInvoice,
    document_format,
    fate,
    flow_outcome,
)
from ...choruspro.text import storable
from ..access.storage import aware
from ..outbox.lookup import PATIENCE
from ..session.row_guard import guarded_part
from ..session.slices import SLICE
from ..tracking.status import storable_code
from .report import DOUBT_TEXTS


class ChorusProOcaTakeover(models.AbstractModel):
    """Invoices of the former connector. Each is taken over as one that was deposited by other
    means: adopted where its ID at Chorus Pro is known, else looked up. Nothing is sent."""

    _inherit = "chorus.pro.oca.takeover"

    def _take_invoices(self, tables, company, connection, report, options):
        """Yield after each slice of the invoices of ``company`` that are not here yet.

        :param connection: that of the company, in use and complete
        """
        shared, last = tables.shared_identifiers(), 0
        while rows := tables.invoices(company, connection.place, last, SLICE):
            last = rows[-1]["id"]
            former = {row["id"]: FormerRow(row) for row in rows}
            moves = self.env["account.move"].with_company(company).search(
                [("id", "in", list(former)), ("company_id", "=", company.id)], order="id"
            )
            untrusted = shared | self._held_identifiers(former.values(), connection)
            here, plan = self._files_here(former.values(), connection), {}
            for move in moves:
                row = former[move.id]
                row.fate = fate(row.invoice, untrusted)
                if self._is_to_take(move, row, report, options):
                    plan[move] = row
            taken = plan if options.dry else self._take_slice(plan, report)
            for move, row in taken.items():
                self._count(move, row, report)
                if row.flow_name and row.flow_name not in here:
                    report.count_file(company, row.flow_name)
            yield

    def _held_identifiers(self, rows, connection):
        """The ids of these that a submission of another invoice has already, as a set of texts."""
        ids = [row.invoice.identifier for row in rows if row.invoice.given_identifier]
        held = self.env["chorus.pro.submission"].sudo().search([
            ("chorus_invoice_id", "in", ids), ("environment", "=", connection.place),
            ("state", "=", "deposited"),
        ])
        return set(held.mapped("chorus_invoice_id"))

    def _files_here(self, rows, connection):
        """Numbers of the files of these that are here already, before the import."""
        return set(self.env["chorus.pro.flow"].sudo().search([
            ("name", "in", [row.flow_name for row in rows if row.flow_name]),
            ("company_id", "=", connection.company_id.id), ("environment", "=", connection.place),
        ]).mapped("name"))

    def _is_to_take(self, move, row, report, options):
        """Whether this invoice is taken over; what stands in the way is noted."""
        if row.fate.kind == NOTHING or (row.fate.kind == UNSENT and not options.look_up_unsent):
            return False
        if move._chorus_pro_current_submissions():
            return False
        connection = self.env["chorus.pro.connection"]._of_move(move)
        if row.fate.kind == KNOWN:
            # To be sent a draft could still be confirmed; what was deposited was.
            obstacle = move._chorus_pro_obstacle() or move._chorus_pro_way_obstacle(connection)
            problems = [obstacle.text(self.env)] if obstacle else []
        else:
            problems = move._chorus_pro_adoption_problems()
        # What was never sent and cannot be is no matter of this import.
        if row.fate.kind != UNSENT:
            for sentence in problems:
                report.doubt(move.display_name, sentence)
        return not problems

    def _count(self, move, row, report):
        report.counts[row.fate.kind] += 1
        if row.fate.kind == KNOWN and row.is_open:
            report.counts["followed"] += 1
        for code in row.fate.doubts:
            report.doubt(move.display_name, self.env._(DOUBT_TEXTS[code]))

    def _take_slice(self, plan, report):
        """Take these over together; one by one when that fails. Gives those that were."""
        with guarded_part(self.env, "a slice of the import"):
            self._take(plan)
            return plan
        taken = {}
        for move, row in plan.items():
            with guarded_part(self.env, f"the import of {move}"):
                self._take({move: row})
                taken[move] = row
            if move not in taken:
                report.doubt(move.display_name, self.env._(
                    "Unexpected error (see the server log)."
                ))
        return taken

    def _take(self, plan):
        """Write the submissions of these invoices, with their files and statuses."""
        moves = self.env["account.move"].union(*plan)
        submissions, flows, events = moves._chorus_pro_adopt(as_batch=False), {}, []
        for submission in submissions:
            row = plan[moves.browse(submission.move_id.id)]
            key = row.flow_name, submission.company_id, submission.connection_id
            if row.flow_name and key not in flows:
                flows[key] = self._flow(submission, row)
            submission.write({
                "is_imported": True,
                # Who sent it was not kept.
                "author_id": False,
                "flow_id": row.flow_name and flows[key].id,
                "document_format": document_format(row.flow_syntax, submission.document_format),
                "deposit_date": row.flow_date,
                "sent_at": row.sent_at,
            })
            if row.fate.kind == KNOWN:
                events += self._adopt_known(submission, row)
        for flow in flows.values():
            flow.invoice_count = len(flow.submission_ids)
        self.env["chorus.pro.status"].sudo()._record(events)
        submissions._plan_follow_up()
        submissions.filtered("is_followed").connection_id._want_following()
        self.env.flush_all()

    def _adopt_known(self, submission, row):
        """What is known of it; gives its status as a list of (submission id, event)."""
        invoice = row.invoice
        submission._deposit(
            invoice.identifier, invoice.status or False, invoice.status_date, row.flow_date
        )
        # It noted when it asked, not since when, and asked no more once payment was ordered.
        submission.history_wanted = submission.is_followed
        if not (invoice.status and invoice.status_date):
            return []
        date = aware(invoice.status_date)
        event = StatusEvent(event_id="", code=invoice.status, date=date, comment="", author="")
        submission._take_status(event)
        return [(submission.id, event)]

    def _flow(self, submission, row):
        """The file of this submission, made once for each number."""
        flows = self.env["chorus.pro.flow"].sudo()
        known = {
            "name": row.flow_name,
            "company_id": submission.company_id.id,
            "environment": submission.environment,
        }
        found = flows.search([(name, "=", value) for name, value in known.items()], limit=1)
        state = flow_outcome(row.flow_status)
        return found or flows.create({
            **known,
            "connection_id": submission.connection_id.id,
            "document_format": document_format(row.flow_syntax),
            "state": state,
            # The job reads its report.
            "next_try": state == "deposited" and fields.Datetime.now(),
            "file_name": row.flow_name,
            "deposit_date": row.flow_date,
            "sent_at": row.sent_at,
            "state_code": row.flow_status,
            "state_date": row.flow_status_date,
            "report": storable(row.flow_notes) or False,
        })


class FormerRow:
    """A row of the former connector's tables about one invoice: ``invoice`` as
    :class:`FormerInvoice`, ``fate`` once it is decided, the columns of its file."""

    fate = None

    def __init__(self, row):
        for name in ("name", "status", "date", "status_date", "syntax", "notes"):
            setattr(self, f"flow_{name}", row[f"flow_{name}"])
        self.flow_name = storable(self.flow_name).strip()
        self.sent_at = self.flow_date and datetime.combine(self.flow_date, time())
        self.invoice = FormerInvoice(
            identifier=row["identifier"] or "",
            status=storable_code(row["status"]).strip(),
            status_date=row["status_date"] and row["status_date"].replace(microsecond=0),
            claims_flow=row["claims_flow"],
            was_in_flow=row["was_in_flow"],
            flow_status=row["flow_status"] or "" if self.flow_name else None,
            payment_state=row["payment_state"] or "",
        )

    @property
    def is_open(self):
        return not invoice_status(self.invoice.status).terminal


class ChorusProSubmission(models.Model):
    """A deposit of the former connector that Chorus Pro does not have is for a person to send."""

    _inherit = "chorus.pro.submission"

    is_imported = fields.Boolean(
        string="Imported", readonly=True, copy=False,
        help="Deposited by the connector that this database had before.",
    )

    def _take_as_missing(self):
        if not self.is_imported:
            return super()._take_as_missing()
        if not self._is_missing_after(PATIENCE, reason=self.reason):
            return None
        sentence = self.env._(
            "Chorus Pro does not have this invoice: the former connector did not deposit it, or it "
            "was refused. Check it, then send it."
        )
        if self.flow_id:
            return self._refuse("\n".join(filter(None, [sentence, self.flow_id.report])))
        return self._become("cancelled", sentence)
