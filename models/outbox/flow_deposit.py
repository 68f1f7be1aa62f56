# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import timedelta
from functools import partial

from odoo import models
from odoo.exceptions import UserError

from ...choruspro.errors import ChorusProError
from ...choruspro.messages import FlowDeposit
from .flow import SYNTAXES
from .outbox import STOPPED_RETRY_SECONDS

# A file is judged within minutes, but may wait for hours behind an incident: only after this long
# does "no such invoice" count. Its numbers are refused if it comes back, so nothing is paid twice.
PATIENCE = timedelta(hours=24)
CLOCKS_DIFFER_DAYS = 3


class ChorusProFlow(models.Model):
    """Sending the bytes of a flow, and finding out whether they arrived."""

    _inherit = "chorus.pro.flow"

    def _settle_and_tell(self, session):
        """Settle this flow; return the invoices whose authors are to be notified."""
        rows = self.submission_ids
        before = rows._answers()
        return rows._answered_since(before) if self._settle(session) else rows.browse()

    def _settle_locked(self, session):
        if self.state == "sending":
            self._recover(self.env._("Odoo stopped while the file was sent."))
        elif self.state == "queued" and not self._is_whole():
            self._dissolve()
        elif reason := self._wrong_environment():
            self._postpone(reason, STOPPED_RETRY_SECONDS)
        elif self.state == "queued":
            self._send(session)
        elif self.state == "uncertain":
            self._look_up(session)
        elif self.state == "deposited":
            self._read_report(session)

    def _postpone(self, reason, delay=None):
        """A flow that is at Chorus Pro waits for its report too."""
        super()._postpone(reason, delay)
        if self.state == "deposited":
            self._await_report(reason, delay)

    def _recover(self, reason):
        """A flow in ``sending`` that can be locked has lost its sender: it may have arrived."""
        self._doubt(reason)

    def _send(self, session):
        try:
            file = self._open_content()
        except UserError:
            # Such as a database restored without its file store: nothing left, make it again.
            self._dissolve()
            return
        with file:
            self.attempts += 1
            if self._begin_step():
                self._write_down(self._post(session, file))

    def _post(self, session, file):
        """Send the bytes; give the function that writes the outcome."""
        deposit = FlowDeposit(
            content=file, file_name=self.file_name, syntax=SYNTAXES[self.document_format]
        )
        try:
            receipt = session.client.deposit_flow(deposit)
        except ChorusProError as error:
            return self._outcome_of_error(session, error)
        except OSError:
            return partial(
                self._try_later,
                self.env._(
                    "The server has no room left to prepare the file. Ask its administrator."
                ),
            )
        return partial(self._taken, session, receipt)

    def _taken(self, session, receipt):
        self._hand_over(receipt.flow_number, receipt.deposit_date)
        session.note_success()

    def _refused(self, _code, sentence):
        """Chorus Pro does not take the file; nothing of it was read.

        But after an attempt without answer the invoice may be there already: it is looked up.
        """
        rows = self._followers()
        doubtful = rows.filtered("was_uncertain")
        doubtful._doubt_known(sentence, delay=0)
        (rows - doubtful)._refuse(sentence)
        self._end("rejected", sentence)

    def _doubt_known(self, reason, delay=None):
        """Chorus Pro has the file, but its number is unknown: its invoices lead to it."""
        self._doubt(reason, delay)

    def _look_up(self, session):
        """Ask for what was deposited since the flow was made: one of its invoices shows that it
        arrived, and under which number."""
        # The clock of this server may not agree with the one of Chorus Pro: no end, and days before
        # the beginning.
        since = self.create_date.date() - timedelta(days=CLOCKS_DIFFER_DAYS)
        found = self._search_sent(session, deposited_from=since)
        if found is None:
            return
        by_number = {summary.number: summary for summary in found}
        rows = self._followers()
        known = rows.filtered(lambda row: row.name in by_number)
        ours = known.filtered(lambda row: row._is_ours(by_number[row.name]))
        numbers = {by_number[row.name].flow_number for row in ours} - {""}
        if len(numbers) == 1:
            # Its report settles them all, those that Chorus Pro refused too.
            self._hand_over(numbers.pop(), by_number[ours[0].name].deposit_date, delay=0)
            return
        for row in ours:
            row._adopt(by_number[row.name])
        for row in known - ours:
            row._ask_a_person(row._describe(by_number[row.name]), by_number[row.name])
        if rows == known:
            self._end("integrated")
        elif self._is_missing_after(PATIENCE):
            self._deposit_again()

    def _deposit_again(self):
        """The same bytes once more."""
        reason = self.env._("Chorus Pro does not have this invoice: it is sent once more.")
        rows = self._followers()
        rows._send_again(reason)
        if len(rows) == self.invoice_count:
            self._become("queued", reason, timedelta(0), lookups=0)
        else:
            self._dissolve()
