# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import base64
from collections import defaultdict
from itertools import chain

from odoo import models

from ...choruspro.changes import normalised_number
from ...choruspro.errors import FLOW_UNKNOWN, ChorusProError
from ...choruspro.lifecycle import flow_state
from ...choruspro.messages import SupplierInvoiceSearch
from ...choruspro.refusal_wordings import says_number_is_used
from ...choruspro.text import storable
from ..rules.advice import wording_advice

# Questions after which a report is late: the fifth falls after an hour, the others every hour.
LATE_POLLS = 4 + 24


class ChorusProFlow(models.Model):
    """The report of a flow (compte rendu): what became of each of its invoices."""

    _inherit = "chorus.pro.flow"

    def _read_report(self, session):
        try:
            report = session.client.read_flow_report(self.name)
            state = flow_state(report.state)
            found = ()
            if state.integrated:
                # The report gives no id of the invoices: a search on the flow's number does.
                search = SupplierInvoiceSearch(flow_number=self.name)
                found = session.client.search_invoices(search)
        except ChorusProError as error:
            sentence = session.note_failure(error, self.env)
            if error.code != FLOW_UNKNOWN:
                self._postpone(sentence, error.retry_after)
            elif self.polls >= LATE_POLLS:
                self._end_without_news(self._followers(), "failed")
            else:
                # Just after the deposit the platform may not know its own number yet.
                self._postpone(False)
            return
        session.note_success()
        self.write(
            {
                "state_code": report.state,
                "state_date": report.state_date and report.state_date.replace(
                    tzinfo=None, microsecond=0
                ),
                "report": self._report_text(report),
            }
        )
        if not state.terminal:
            self._keep_waiting(state)
            return
        if not self.report_pdf:
            self._keep_report(session)
        if state.integrated:
            self._take_integrated(report, found, "partial" if state.partial else "integrated")
        elif state.name == "rejected":
            self._take_rejection(report)
        else:
            self._take_failure()

    def _keep_report(self, session):
        """Chorus Pro's own document of the report, which it does not make for every flow."""
        with session.forgoing(f"the report of flow {self.name} as PDF"):
            pdf = session.client.download_flow_report(self.name)
            self.report_pdf = pdf and base64.b64encode(pdf)

    def _report_text(self, report):
        lines = [
            " ".join(filter(None, (error.code, error.label, error.nature)))
            for error in report.technical_errors
        ]
        for error in report.invoice_errors:
            lines.append(f"{error.number}: {' | '.join(error.messages)}")
        return storable("\n".join(lines)) or False

    def _keep_waiting(self, state):
        reason = self._late_reason(self.polls + 1)
        if state.name == "blocked":
            reason = self.env._(
                "Chorus Pro is holding the file %s for one of its operators. You need not do "
                "anything.",
                self.name,
            )
        self._followers().write({"reason": reason})
        self._await_report(reason)

    def _late_reason(self, polls):
        """What to do about a report that has not come after so many questions, or False while that
        is usual."""
        if polls < LATE_POLLS:
            return False
        return self.env._(
            "Chorus Pro has had the file for more than a day without saying what becomes of it. "
            "Ask Chorus Pro's support, with the flow number %s.",
            self.name,
        )

    def _take_integrated(self, report, found, end):
        """Each invoice is there, or the report says why not; else it is read again later.

        :param found: iterable of :class:`InvoiceSummary`, of the invoices of this flow
        """
        rows = self._followers()
        reasons, unplaced = self._reasons(report)
        by_number = {summary.number: summary for summary in found}
        for summary in found:
            row = self._row_of(summary.number, rows)
            if row and row.name not in by_number and row._is_ours(summary):
                by_number[row.name] = summary
        for row in rows:
            if row.name in by_number:
                row._deposit_found(by_number[row.name])
            elif row in reasons:
                row._refused_by_report(reasons[row])
        rows = self._followers()
        if not rows:
            self._end(end)
        elif unplaced and self._is_last(rows, reasons):
            rows._refused_by_report(unplaced)
            self._end(end)
        elif unplaced:
            self._end_unplaced(rows, unplaced, end)
        elif self.polls >= LATE_POLLS:
            self._end_without_news(rows, end)
        else:
            self._keep_waiting(flow_state(self.state_code))

    def _reasons(self, report):
        """What the report says against each invoice of this flow.

        :return: ({row: texts}, texts that name none of the invoices)
        """
        reasons, unplaced = defaultdict(list), []
        rows = self.submission_ids
        for error in report.invoice_errors:
            # When the platform could not read the document, its number may be missing.
            row = rows if self.invoice_count == 1 else self._row_of(error.number, rows)
            (reasons[row] if len(row) == 1 else unplaced).extend(error.messages or ("",))
        return reasons, unplaced

    def _is_last(self, rows, reasons):
        """Whether this is one invoice, and all others of the file are there, or were refused for a
        reason of their own."""
        others = self.submission_ids - rows
        return len(rows) == 1 and len(others) == self.invoice_count - 1 and all(
            row.chorus_invoice_id or row in reasons for row in others)

    def _row_of(self, number, rows):
        """The one of these submissions that the platform means by this number, if any."""
        exact = rows.filtered(lambda row: row.name == number)
        if exact or not normalised_number(number):
            return exact
        same = rows.filtered(
            lambda row: normalised_number(row.name) == normalised_number(number))
        return same if len(same) == 1 else rows.browse()

    def _end_unplaced(self, rows, texts, end):
        """Chorus Pro refused some of these invoices, without saying which: each is looked up by its
        number. One that is not there is sent again alone, so that the answer is about it."""
        sentence = self.env._(
            "Chorus Pro refused invoices of the file %s without saying which: this one is looked "
            "up.",
            self.name,
        )
        text = storable("\n".join(filter(None, texts))) or False
        certain = rows.filtered(lambda row: not row.was_uncertain)
        rows._doubt("\n".join(filter(None, [sentence, text])), delay=0)
        # Its file was answered: a refusal of the next attempt is definite.
        certain.was_uncertain = False
        rows.travels_alone = True
        self._end(end, text)

    def _end_without_news(self, rows, end):
        """Nothing is known of these invoices: each is looked up by its number, and a person decides
        about it when it is not there."""
        reason = self._late_reason(self.polls)
        rows._doubt_known(reason, delay=0)
        self._end(end, reason)

    def _take_rejection(self, report):
        """Nothing of the file was taken. Those it complains about are refused; the others go on."""
        reasons, unplaced = self._reasons(report)
        rows = self._followers()
        texts = [self._technical_text(error) for error in report.technical_errors]
        for error in report.technical_errors:
            # The platform names the file in one of the two (observed by clients).
            place = f"{error.nature} {error.label}"
            for row in rows.filtered(lambda row, place=place: row._member_name() in place):
                if row not in reasons:
                    reasons[row] = [self._technical_text(error)]
        if self.invoice_count == 1:
            rows._refused_by_report([*chain(*reasons.values()), *unplaced, *texts])
            self._end("rejected", "\n".join(texts) or False)
            return
        accused = rows.filtered(lambda row: row in reasons)
        for row in accused:
            row._refused_by_report(reasons[row])
        others = rows - accused
        others._send_again(
            self.env._(
                "Chorus Pro rejected the file in which this invoice travelled, because of another "
                "one: it is sent again."
            )
        )
        # When one is not named, sending each one alone shows which it is.
        others.write({"travels_alone": bool(unplaced) or not accused, "flow_id": False})
        self._end("rejected", "\n".join(filter(None, [*texts, *unplaced])) or False)

    def _technical_text(self, error):
        return storable(" ".join(filter(None, (error.code, error.label))))

    def _take_failure(self):
        """The exchange failed at Chorus Pro. It might still be resumed there: see was_uncertain."""
        reason = self.env._(
            "Chorus Pro had an incident while it processed the file %(flow)s (%(state)s): this "
            "invoice was not taken. Send it again.",
            flow=self.name, state=self.state_code,
        )
        rows = self._followers()
        rows._refuse(reason)
        rows.was_uncertain = True
        self._end("failed", reason)


class ChorusProSubmission(models.Model):
    _inherit = "chorus.pro.submission"

    def _refused_by_report(self, messages):
        """The report refuses these invoices, for ``messages`` (texts of Chorus Pro)."""
        for row in self:
            text = storable("\n".join(filter(None, messages)))
            if text:
                reason = row.env._("Chorus Pro refused this invoice: %s", text)
            else:
                reason = row.env._("Chorus Pro refused this invoice without saying why.")
            is_duplicate = any(map(says_number_is_used, messages))
            found = filter(None, map(wording_advice, messages))
            advices = {advice.codes: advice for advice in found}.values()
            advised = [f"{row.env._(each.cause)} {row.env._(each.remedy)}" for each in advices]
            row._doubt_refusal("\n".join([reason, *advised]), is_duplicate)
