# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import logging
import math
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from time import monotonic

from odoo import models
from odoo.exceptions import MissingError
from odoo.tools import split_every

from ...choruspro.checks import blocking
from ...choruspro.errors import FILE_UNKNOWN, ChorusProError, RefusedError
from ...choruspro.messages import InvoiceSubmission, PdfDeposit
from ..access.odoo_fields import content_of
from ..rules.rule_book import problem_sentences
from ..session.row_guard import guarded_row
from .outbox import digest
from .sender import BATCH

_logger = logging.getLogger(__name__)

# How many are read at once at most: what one call of the job may send in its time.
TOGETHER = 50


@dataclass(frozen=True)
class PlannedDeposit:
    """What is sent of one invoice, as it was read with others.

    claim: values that the row must still have; versions: what its invoice must still be; lang: of
    the row's reader; pdf_id, size: of the archived PDF, whose bytes are not kept; values: what the
    row remembers of what is sent.
    """

    claim: dict
    versions: str
    lang: str
    message: InvoiceSubmission
    pdf_id: int
    size: int
    values: dict


class ChorusProSubmission(models.Model):
    """Invoices that go as PDF are read and checked together, then deposited one after the other.

    A commit empties Odoo's cache, and each deposit needs some: what the calls need is kept as plain
    data meanwhile. The promise is that of one by one: an attempt is committed before anything is
    sent, the row is committed as `sending` before the call that creates the invoice, in a
    transaction that sees whether the row or its invoice has changed since they were read. What has,
    and what fails while it is read, is settled alone.
    """

    _inherit = "chorus.pro.submission"

    def _deposit_together(self, session, ends):
        """Deposit those of these due rows that go as PDF and need nothing made nor added.

        :param ends: moment (of ``monotonic``) until which this call may work in any case
        :return: (the rows that got an answer, the rows that are left to be settled one by one, True
            when the time is over)
        """
        answered, left, is_over = self.browse(), self, False
        candidates = self.filtered(lambda row: (
            row.document_format == "pdf" and row.state == "queued" and not row.unfinished
            and not row.attachment_id_at_chorus and row.move_id.invoice_pdf_report_id
            and not row.move_id.chorus_pro_attachment_ids))
        # Other senders find work too.
        senders = self.env["res.config.settings"]._chorus_pro_sender_count()
        for ids in split_every(min(TOGETHER, BATCH // senders), candidates.ids):
            if len(ids) < 2 or session.stopped_by or is_over:
                break
            with self.browse(ids)._held() as held:
                before, plans, done = held._plan_together(session, ends)
                for row, plan in plans.items():
                    if session.stopped_by or self._is_late(ends):
                        break
                    if row._deposit_planned(session, plan):
                        done |= row
                    session.progress.count()
                held._forget_attempt()
                answered |= done._answered_since(before)
            left -= done
            is_over = self._is_over(ends, len(done))
        return answered, left, is_over

    def _is_late(self, ends):
        """As :meth:`_is_over`, within what is done together."""
        return monotonic() >= max(ends, self.env.context.get("cron_end_time", math.inf))

    def _plan_together(self, session, ends):
        """Read and check these rows, which no other sender has.

        :return: (their answers before, {row: :class:`PlannedDeposit`} of those to be sent, the rows
            that got an outcome already); committed
        """
        try:
            rows = self._begin_together()
            before, plans, outcomes = rows._answers(), {}, {}
            versions = rows.move_id._chorus_pro_versions()
            for row in rows:
                if session.stopped_by or self._is_late(ends):
                    break
                reader = row._for_its_reader()
                plan = partial(reader._plan, plans, versions)
                with session.about(row):
                    outcome = reader._attempt(session, reader._unfit, plan)
                if outcome:
                    outcomes[row] = outcome
                # The bytes of each PDF would stay in the cache.
                self.env["ir.attachment"].invalidate_model(["raw", "datas"], flush=False)
            done = self.browse().union(*outcomes)
            done._finish_attempt()
            for row in done:
                row.attempts += 1
                outcomes[row]()
            self._commit()
        except Exception as error:  # noqa: BLE001 (each is tried alone, which logs its own)
            self.env.cr.rollback()
            _logger.info("Chorus Pro: %s are deposited one by one: %s", self, error)
            return {}, {}, self.browse()
        return before, plans, done

    def _plan(self, plans, versions, session):
        """Check this row, and put what is sent of it into ``plans``.

        :return: function that writes why it is not sent, or None
        :raises ChorusProError: what the client says
        :raises UserError: the invoice cannot be turned into a message
        """
        if outcome := self._missing_service(session):
            return outcome
        pdf = self._archived_pdf()
        message, problems = self._checked_message(session, pdf)
        if stopping := blocking(problems):
            return partial(self._refuse, problem_sentences(self.env, stopping))
        sha256 = digest(pdf)
        plans[self] = PlannedDeposit(
            claim=self._claim(), versions=versions[self.move_id.id], message=message,
            lang=self.env.context.get("lang"), pdf_id=self.move_id.invoice_pdf_report_id.id,
            size=len(pdf), values={
                **self._declared(message), "sha256": sha256, "archived_sha256": sha256,
                "size": len(pdf), "attempts": self.attempts + 1,
            },
        )
        return None

    def _deposit_planned(self, session, plan):
        """Deposit this row as it was planned, and write down the outcome. Never raises.

        :return: False when it is left to be settled alone: somebody changed it meanwhile
        """
        with guarded_row(
            self.env, self, put_off=self._after_unexpected_error, lost=self._after_lost_write,
        ) as guarded:
            row = self.with_context(lang=plan.lang)
            try:
                with session.about(row):
                    outcome = row._attempt(session, partial(row._planned_steps, plan))
            except MissingError:
                # Deleted since it was read.
                outcome = None
            if not outcome:
                self.env.cr.rollback()
                return False
            row._write_down(outcome)
        return guarded.is_done

    def _planned_steps(self, plan, session):
        """Upload the PDF, create the invoice.

        :return: function that writes the outcome, or None when the plan does not hold any more
        :raises ChorusProError: what the client says
        """
        pdf = content_of(self.env["ir.attachment"].browse(plan.pdf_id))
        if len(pdf) != plan.size:
            return None
        deposit = PdfDeposit(content=pdf, file_name=self._pdf_name())
        failed = None
        try:
            uploaded = session.client.deposit_pdf(deposit).attachment_id
        except ChorusProError as error:
            failed = self._outcome_of_error(session, error)
        # A file is no invoice yet. From here on what users wrote during the upload is seen.
        self._commit()
        if not self._lock(plan.claim):
            return None
        if failed:
            self.attempts += 1
            return failed
        move = self.move_id
        if move._chorus_pro_versions().get(move.id) != plan.versions:
            return None
        self.write({**plan.values, "attachment_id_at_chorus": uploaded})
        if not self._begin_step(step="submit"):
            return None
        try:
            receipt = session.client.submit_invoice(
                replace(plan.message, main_attachment_id=uploaded))
        except RefusedError as error:
            if error.code != FILE_UNKNOWN:
                raise
            # Nothing was created: it is sent anew, alone.
            return partial(
                self._become, "queued", wait=timedelta(0), attachment_id_at_chorus=False)
        return partial(self._deposited, session, receipt)
