# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from collections import defaultdict
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from types import SimpleNamespace

from odoo import fields, models

from ...choruspro.edi.container import write_archive
from ...choruspro.edi.exchange import Standing
from ...choruspro.errors import ChorusProError
from ...choruspro.messages.writing import PARIS
from ...choruspro.text import storable
from ..outbox.flow_deposit import PATIENCE

# The number of the file was used before, as after an old backup was restored: not the invoices'
# fault. The code is that of the AIFE's exchange system (its spelling too).
NUMBER_USED = "IRR_UNCITE"
FIRST_FETCH = timedelta(minutes=2)


class ChorusProSubmission(models.Model):
    _inherit = "chorus.pro.submission"

    def _make_flow(self, connection, file_name, content):
        """By EDI it is always a tar.gz, and its name is committed with its bytes, before it
        leaves."""
        if not connection._goes_by_edi():
            return super()._make_flow(connection, file_name, content)
        if not file_name.endswith(".tar.gz"):
            packed = BytesIO()
            write_archive([(file_name, content)], packed)
            content = packed.getvalue()
        flow = super()._make_flow(connection, file_name, content)
        flow._name_for_edi()
        return flow

    def _look_up(self, session):
        """Without the API nobody can be asked about one invoice: its report or its life cycle
        comes, or a person looks on the portal."""
        if session.client:
            super()._look_up(session)
            return
        sentence = session.connection._without_api_sentence()
        self._ask_a_person("\n".join(filter(None, [self.reason, sentence])))


class ChorusProFlow(models.Model):
    """A flow that goes by EDI: put under its name, looked for by its name, never sent under a
    second one until its report, or patience, says so."""

    _inherit = "chorus.pro.flow"

    edi_flow = fields.Char(
        string="EDI Flow Identifier", readonly=True, copy=False, index="btree_not_null",
        help="The 25 characters under which the file goes to Chorus Pro by EDI.",
    )
    # Those who only read invoices do not see the files.
    edi_file_ids = fields.One2many(
        "chorus.pro.edi.file", "flow_id", readonly=True,
        groups="l10n_fr_chorus_pro.group_manager,base.group_system",
    )

    def _name_for_edi(self):
        """Give this flow a name that no other ever had."""
        name = self.connection_id._next_edi_name(self.document_format)
        self.write({"edi_flow": name.flow, "file_name": str(name)})
        self.env["chorus.pro.edi.file"].create({
            "connection_id": self.connection_id.id, "environment": self.environment,
            "direction": "out", "name": str(name), "kind": "invoices", "state": "to_send",
            "flow_id": self.id, "sha256": self.sha256, "size": self.size,
        })

    def _edi_file(self):
        """What is noted of the file under its present name."""
        return self.edi_file_ids.filtered(
            lambda file: file.direction == "out" and file.name == self.file_name
        )

    def _settle_locked(self, session):
        goes_by_edi = self.connection_id._goes_by_edi()
        if self.state == "queued" and bool(self.edi_flow) != goes_by_edi:
            # The connection goes another way since the file was made.
            self._dissolve()
            return
        super()._settle_locked(session)

    def _post(self, session, file):
        if not self.edi_flow:
            return super()._post(session, file)
        try:
            with self.connection_id._edi_exchange() as exchange:
                exchange.put(self.file_name, file, self.size)
        except ChorusProError as error:
            return self._outcome_of_error(session, error)
        return partial(self._delivered, session)

    def _delivered(self, session, delay=None):
        """The file is over there under its name; its report will come."""
        self._hand_over(self.edi_flow, datetime.now(PARIS).date(), delay)
        self._edi_file().state = "sent"
        session.note_success()
        self.connection_id._chorus_pro_dispatch("edi", fields.Datetime.now() + FIRST_FETCH)

    def _look_up(self, session):
        if not self.edi_flow:
            super()._look_up(session)
            return
        try:
            with self.connection_id._edi_exchange() as exchange:
                standing = exchange.standing(self.file_name, self.size)
        except ChorusProError as error:
            self._postpone(session.note_failure(error, self.env), error.retry_after)
            return
        session.note_success()
        if standing is Standing.THERE:
            self._delivered(session)
        elif standing is Standing.UNFINISHED:
            self._put_again()
        elif session.client:
            # It was taken, or never came: one of its invoices shows.
            super()._look_up(session)
        elif self._is_missing_after(PATIENCE):
            self._deposit_again()

    def _put_again(self):
        """It was never whole over there: the same bytes under the same name, now."""
        reason = self.env._("The transfer of the file was interrupted: it is sent once more.")
        self._followers()._send_again(reason)
        self._become("queued", reason, timedelta(0), lookups=0)

    def _deposit_again(self):
        super()._deposit_again()
        if self.edi_flow and self.state == "queued":
            # Chorus Pro never takes an identifier twice.
            self._name_for_edi()

    def _read_report(self, session):
        if not self.edi_flow or session.client:
            super()._read_report(session)
            return
        # It comes as a file.
        reason = self._late_reason(self.polls + 1)
        self._followers().write({"reason": reason})
        self._await_report(reason)

    # ------------------------------------------------------------------
    # The report that came as a file
    # ------------------------------------------------------------------

    def _followers(self):
        """Without those that a file said Chorus Pro took."""
        return super()._followers().filtered(lambda row: not row.edi_accepted)

    def _take_edi_report(self, status):
        """Settle this flow, which is locked, by what its report says (:class:`FlowStatus`).

        With the API, the report is asked for there, now: it gives Chorus Pro's ids too.
        """
        if self.state not in ("queued", "sending", "uncertain", "deposited"):
            return
        report = self._edi_report(status)
        self.write({
            "report": self._report_text(report) or self.report,
            "state_code": str(status.number),
            "state_date": status.date.replace(tzinfo=None, microsecond=0),
        })
        if self.state != "deposited":
            # The answer to the put was lost: that it is there is certain now.
            self._doubt(self.reason)
            self._hand_over(self.edi_flow, status.date.astimezone(PARIS).date(), delay=0)
            self._edi_file().state = "sent"
        if not self.connection_id._is_without_api():
            self.next_try = fields.Datetime.now()
            self.connection_id._chorus_pro_dispatch("send")
        elif status.is_accepted:
            self._accept_by_edi(self._followers())
        elif status.is_partial:
            self._take_edi_part(report)
        elif status.is_refused and any(NUMBER_USED == line.code for line in status.errors):
            self._deposit_again()
        elif status.is_refused:
            self._take_rejection(report)

    def _edi_report(self, status):
        """The lines of errors in the form of the API's report: those that name an invoice, and the
        others."""
        named, others = defaultdict(list), []
        for line in status.errors:
            label = " ".join(filter(None, (line.label, line.description)))
            row = self._row_of(line.nature, self.submission_ids)
            if row:
                named[row.name].append(label)
            else:
                others.append(SimpleNamespace(code=line.code, label=label, nature=line.nature))
        return SimpleNamespace(
            technical_errors=others,
            invoice_errors=[
                SimpleNamespace(number=number, messages=tuple(messages))
                for number, messages in named.items()
            ],
        )

    def _accept_by_edi(self, rows):
        rows._accept_by_edi()
        if not self._followers():
            self._end("partial" if self.report else "integrated")

    def _take_edi_part(self, report):
        """Some were taken. Those that the report names are refused; if it names none for some
        error, the life cycles show which of the others are there."""
        reasons, unplaced = self._reasons(report)
        texts = [self._technical_text(error) for error in report.technical_errors]
        for row in self._followers():
            mine = [
                self._technical_text(error) for error in report.technical_errors
                if row._member_name() in f"{error.nature} {error.label}"
            ]
            texts = [text for text in texts if text not in mine]
            if messages := [*reasons.get(row, ()), *mine]:
                row._refused_by_report(messages)
        if not texts and not unplaced:
            self._accept_by_edi(self._followers())
        elif rows := self._followers():
            reason = self.env._(
                "Chorus Pro took the file %s only in part, without saying which of the other "
                "invoices it refused: their statuses will show it.",
                self.name,
            )
            rows.write({"reason": storable("\n".join([reason, *texts, *unplaced]))})
            self._await_report(reason)
        else:
            self._end("partial")
