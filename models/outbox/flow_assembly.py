# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import math
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...choruspro.checks import blocking, check_currency
from ...choruspro.limits import MAX_FLOW_FILE_BYTES
from ...documents.archive import archive_name, fits, member_name, split
from ..document.submission_message import InvoiceTerms
from ..rules.rule_book import problem_sentences
from ..session.row_guard import guarded_part, guarded_row
from .flow import SYNTAXES
from .outbox import MOST_UNFINISHED, STOPPED_RETRY_SECONDS, digest


class ChorusProSubmission(models.Model):
    """How invoices come together in files: each is prepared alone, then the ready ones travel
    together, by connection, company, format and language."""

    _inherit = "chorus.pro.submission"

    def _prepare(self, session):
        """Check an invoice that a file will carry; what is wrong with its document itself is found
        when that is made.

        :return: function that writes the outcome
        :raises ChorusProError: what the client says about the recipient
        """
        move = self.move_id
        if found := move._chorus_pro_attachment_findings(self.document_format):
            return partial(self._refuse, "\n".join(each.text(self.env) for each in found))
        currency = move.currency_id.name
        problems = [*check_currency(currency, session.currencies(currency))]
        references = InvoiceTerms(move).references
        problems += session.recipient_problems(
            move.commercial_partner_id._chorus_pro_siret(),
            service_code=references["service_code"],
            engagement_number=references["engagement_number"], on=move.invoice_date,
            checks_order=move._chorus_pro_checks_order(session.connection),
        )
        if stopping := blocking(problems):
            return partial(self._refuse, problem_sentences(self.env, stopping))
        return self._ready

    @api.model
    def _assemble(self, session):
        """Put some of what is ready for this connection in a file, several when one is not enough
        for their bytes.

        Not yet when others are still being prepared and there is room for them: a file leaves full,
        or once nobody is to come.

        :return: (the flows made, the rows refused at the last moment)
        """
        nothing = self.env["chorus.pro.flow"].browse(), self.browse()
        connection = session.connection
        mine = Domain("connection_id", "=", connection.id)
        to_come = self._due_domain() & mine & Domain("document_format", "!=", "pdf")
        is_complete = not self.search_count(to_come & Domain("state", "=", "queued"), limit=1)
        ready = self._ready_domain() & mine
        here = Domain("environment", "=", connection.place)
        if not is_complete and self.search_count(ready & here) < connection.flow_most:
            return nothing
        for row in self.search(ready & ~here, limit=connection.flow_most):
            row._settle_elsewhere()
        ready &= here
        candidates, most = self._next_file(ready, connection.flow_most)
        with candidates._held(most) as rows:
            if not rows:
                return nothing
            with guarded_row(
                self.env,
                f"a file for {connection}",
                # Of the whole, such as a disk that is full.
                put_off=rows._after_unexpected_error,
                # Another sender took some of them: what is left is taken by the next run.
                lost=rows._after_lost_write,
            ) as guarded:
                taken = rows._still(ready)
                begun = taken._begin_file(ready)
                flows = begun._fill(connection)
                begun._finish_attempt()
                self._commit()
            if not guarded.is_done:
                return nothing
            return flows, taken.filtered(lambda row: row.state == "refused")

    def _settle_elsewhere(self):
        """Delay a row that waits for a file to another place than where its connection leads."""
        with guarded_row(self.env, self):
            if self._lock() and self.state == "queued":
                row = self._for_its_reader()
                row._postpone(row._wrong_environment(), STOPPED_RETRY_SECONDS)
            self._commit()

    @api.model
    def _next_file(self, ready, most):
        """Rows that may travel together, more than one file holds, for other senders may have some
        of them; and how many of them it holds.

        Those whose file ended its process come after the others, in smaller files, and at last each
        alone: so the one that did it is found in as many attempts as it is set aside after.
        """
        first = self.search(ready, order="unfinished, id", limit=1)
        if not first:
            return first, most
        alike = (
            ready
            & Domain("document_format", "=", first.document_format)
            & Domain("travels_alone", "=", first.travels_alone)
            & Domain("company_id", "=", first.company_id.id)
            & Domain("unfinished", "=", first.unfinished)
        )
        candidates = self.search_fetch(alike, ["author_id"], order="id", limit=8 * most)
        # Not in the domain: an author may be gone, or be no active user, as Odoo's own jobs.
        candidates = candidates.filtered(lambda row: row.author_id.lang == first.author_id.lang)
        if first.travels_alone or first.unfinished > 1:
            most = 1
        elif first.unfinished:
            most = max(1, math.isqrt(most))
        return candidates, most

    def _begin_file(self, ready):
        """Count an attempt of all these, which no other sender has, before their documents are
        made, see :meth:`_begin_attempt`.

        :return: those that nobody changed meanwhile, locked; one that ends each process is refused
        """
        for row in self:
            if row.unfinished >= MOST_UNFINISHED:
                row = row._for_its_reader()
                row._refuse(row._set_aside_reason())
            else:
                row.unfinished += 1
        self._commit()
        return self._still(ready)

    def _still(self, ready):
        """Those of these rows that are in the domain ``ready`` now, locked."""
        found = self.search(ready & Domain("id", "in", self.ids), order="id")
        return found.try_lock_for_update()

    def _fill(self, connection):
        """Make the flows of these rows, which are locked.

        :return: the flows; a row whose document cannot be made after all is refused
        """
        # What is remembered of each document is written at once, when all are made.
        in_order, facts = [], {}
        this = self.with_context(lang=self.author_id[:1].lang or self.env.lang)

        this.move_id._chorus_pro_read_ahead()

        def members():
            for row in this:
                content = row._document(facts)
                # The bytes of hundreds of PDFs would stay in the cache.
                self.env["ir.attachment"].invalidate_model(["raw", "datas"], flush=False)
                if content is None:
                    continue
                if len(this) > 1 and not fits(content, connection.flow_most_bytes):
                    row.travels_alone = True
                    continue
                in_order.append(row)
                yield row._member_name(), content

        flows = self.env["chorus.pro.flow"].browse()
        if len(this) <= 1:
            for name, content in members():
                flows |= this._make_flow(connection, name, content)
        else:
            for archive in split(members(), connection.flow_most, connection.flow_most_bytes):
                # One more may have been looked at, which did not fit or has the same name.
                count = len(archive.names)
                rows = this.browse().union(*in_order[:count])
                del in_order[:count]
                with archive.file as file:
                    name = archive_name(rows[0].document_format)
                    # Of a known size: reading "all" would hold it twice for a moment.
                    flows |= rows._make_flow(connection, name, file.read(archive.size))
        for row, values in facts.items():
            row.write(values)
        return flows

    def _member_name(self):
        """Name of this invoice's file: by it the report's errors are known again."""
        extension = SYNTAXES[self.document_format].extension[1:]
        return member_name(self.document_format, self.name, extension)

    def _document(self, facts):
        """The bytes to deposit; None when there are none, the row then says why.

        :param facts: dictionary by row that gets the values to be remembered of these bytes
        """
        move = self.move_id
        if not self._is_unchanged():
            self._refuse(self._changed_reason())
            return None
        if not move.invoice_pdf_report_id:
            self._prepare_again()
            return None
        content = None
        try:
            with guarded_part(self.env, f"the document of {self.name}", through=(UserError,)):
                invoice = move._chorus_pro_invoice()
                content = move._chorus_pro_render(self.document_format, invoice)
        except UserError as error:
            self._refuse(str(error))
            return None
        if content is None:
            self._postpone(self._unexpected_error())
            return None
        if len(content) > MAX_FLOW_FILE_BYTES:
            self._refuse(
                self.env._(
                    "The document weighs %(size)s MB with its attachments: Chorus Pro accepts "
                    "%(limit)s MB. Send it as PDF, where attachments travel beside it.",
                    size=round(len(content) / 1e6, 1), limit=round(MAX_FLOW_FILE_BYTES / 1e6),
                )
            )
            return None
        facts[self] = {
            "sha256": digest(content),
            "archived_sha256": move._chorus_pro_archived_digest(),
            "size": len(content),
            "recipient_siret": invoice.buyer.identifier.value,
            "sent_date": invoice.issue_date,
            "sent_total": float(invoice.totals.total),
        }
        return content

    def _make_flow(self, connection, file_name, content):
        """One flow of these rows, with its bytes."""
        flow = self.env["chorus.pro.flow"].create(
            {
                "connection_id": connection.id,
                "company_id": self.company_id.id,
                "environment": connection.place,
                "document_format": self[0].document_format,
                "lang": self.env.context.get("lang"),
                "file_name": file_name,
                "sha256": digest(content),
                "size": len(content),
                "invoice_count": len(self),
                "next_try": fields.Datetime.now(),
            }
        )
        self.env["ir.attachment"].create(
            {
                "name": file_name,
                "raw": content,
                "res_model": flow._name,
                "res_id": flow.id,
                "res_field": "content",
            }
        )
        self.flow_id = flow
        return flow
