# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import hashlib
import logging
import re
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..choruspro.checks import check_pdf, check_submission
from ..choruspro.errors import (
    DUPLICATE,
    ChorusProError,
    ConfigurationError,
    CredentialsError,
    Delivery,
    RefusedError,
    UnknownOutcomeError,
)
from ..choruspro.messages import PdfDeposit
from .chorus_pro_sentence import error_sentence, problem_sentences
from .chorus_pro_session import ChorusProSession

_logger = logging.getLogger(__name__)

BATCH = 100
ANSWERED = ("deposited", "refused", "uncertain")
WRITE_TRIES = 5
# A refused credential stops a connection; it is tried again now and then, in case it was mended.
CREDENTIALS_RETRY_SECONDS = 3600
# Rows that another process holds are not asked about without pause.
SHORTEST_PAUSE = timedelta(seconds=10)


class ChorusProSubmission(models.Model):
    _inherit = "chorus.pro.submission"

    @api.model
    def _cron_send(self):
        """Send what is queued, settle what a killed sender left, look up what is uncertain.

        Each row has transactions of its own. No exception leaves the job: a row that cannot be
        sent gets a reason and a next try.
        """
        due = Domain("next_try", "=", False) | Domain("next_try", "<=", fields.Datetime.now())
        rows = self.search(
            Domain("state", "=", "sending") | (self._waiting_domain() & due),
            order="next_try, id",
            limit=BATCH,
        )
        self.env["ir.cron"]._commit_progress(remaining=len(rows))
        for connection in rows.connection_id:
            mine = rows.filtered(lambda row, c=connection: row.connection_id == c)
            if not self._settle_all(connection, mine):
                break
        self._plan_next_run()

    @api.model
    def _settle_all(self, connection, rows):
        """Settle rows of one connection; False when the job's time is over (one row at least)."""
        answered = self.browse()
        time_left = True
        with self._session(connection) as (session, trouble):
            for row in rows:
                before = (row.state, row.needs_decision)
                if (
                    row._settle(session, trouble)
                    and row.state in ANSWERED
                    and (row.state, row.needs_decision) != before
                ):
                    answered |= row
                time_left = self.env["ir.cron"]._commit_progress(1)
                if not time_left:
                    break
        answered._notify_authors()
        self._commit()
        return bool(time_left)

    @api.model
    def _waiting_domain(self):
        return Domain("state", "in", ("queued", "uncertain")) & Domain("needs_decision", "=", False)

    @api.model
    def _plan_next_run(self):
        """Have the job wake up for the earliest next try."""
        waiting = self._waiting_domain() & Domain("next_try", "!=", False)
        if row := self.search(waiting, order="next_try", limit=1):
            at = max(row.next_try, fields.Datetime.now() + SHORTEST_PAUSE)
            self.env.ref("l10n_fr_chorus_pro.ir_cron_send")._trigger(at=at)

    @contextmanager
    def _session(self, connection):
        """``(session, None)``, or ``(None, sentence)`` when the connection cannot be used."""
        try:
            client = connection._client()
        except (UserError, ChorusProError) as error:
            is_ours = isinstance(error, UserError)
            sentence = str(error) if is_ours else error_sentence(self.env, error)
            connection.trouble = sentence
            yield None, sentence
            return
        with client:
            yield ChorusProSession(connection, client), None

    def _settle(self, session, trouble=None):
        """Bring one row as far as it can go now. Never raises: what fails is said on the row.

        :return: True when the row was ours to settle
        """
        try:
            if not self._lock():
                return False
            row = self.with_context(lang=self.author_id.lang or self.env.lang)
            actions = row._legal_actions()
            if "recover" in actions:
                row._recover()
            elif not session:
                row._postpone(trouble, CREDENTIALS_RETRY_SECONDS)
            elif row.environment != row.connection_id.environment:
                row._postpone(
                    self.env._(
                        "The connection has changed its environment since this invoice was queued. "
                        "Take it out of the queue and send it again."
                    ),
                    CREDENTIALS_RETRY_SECONDS,
                )
            elif "look_up" in actions:
                row._look_up(session)
            elif "send" in actions:
                row._send(session)
            self._commit()
            return True
        except SerializationFailure:
            # Someone else changed this row since our transaction began: it is theirs.
            self.env.cr.rollback()
            return False
        except Exception:  # noqa: BLE001 (one row must not stop the others; it is logged and said)
            _logger.exception("Chorus Pro: unexpected error on submission %s", self.id)
            self.env.cr.rollback()
            self._after_unexpected_error()
            return False

    def _after_unexpected_error(self):
        if not self._lock():
            return
        if self.state == "sending":
            self._recover()
        else:
            self._postpone(
                self.env._("Unexpected error, told in the server's log. The next try is planned.")
            )
        self._commit()

    def _postpone(self, reason, delay=None):
        """Keep a waiting row as it is, with the reason and a later try (``delay`` in seconds)."""
        if self.state == "uncertain":
            self.lookups += 1
            self._doubt(reason, delay)
        elif self.state == "queued":
            self.attempts += 1
            self._try_later(reason, delay)

    def _commit(self):
        """End the transaction of one row; only jobs come here."""
        self.env["ir.cron"]._commit_progress()

    def _lock(self, expected=None):
        """Lock the row in a transaction that sees its last version.

        :param expected: values that the row must still have, because they are this sender's own
        :return: True when the row is ours
        """
        self.invalidate_recordset()
        if not self.try_lock_for_update():
            return False
        return all(self[name] == value for name, value in (expected or {}).items())

    def _commit_and_relock(self):
        """Make what is written last whatever happens next, and take the row again at once.

        :return: False when another worker took it meanwhile, as if this sender had died
        """
        mine = self._claim()
        self._commit()
        return self._lock(mine)

    def _claim(self):
        return {name: self[name] for name in ("state", "step", "attempts")}

    def _recover(self):
        """A row in ``sending`` that can be locked has lost its sender: say what may have happened.

        A lost upload is harmless (a file is not an invoice). A lost creation is unknown.
        """
        if self.step == "submit":
            self._doubt(self.env._("Odoo stopped while Chorus Pro was creating the invoice."))
        else:
            self._try_later(self.env._("Odoo stopped before the invoice was sent."), 0)

    def _send(self, session):
        """Deposit one queued invoice, then write down the outcome, whichever it is."""
        self.attempts += 1
        try:
            outcome = self._send_steps(session)
        except UnknownOutcomeError as error:
            said_yes = error.delivery == Delivery.YES
            doubt = self._doubt_known if said_yes else self._doubt
            outcome = partial(doubt, error_sentence(self.env, error))
        except (CredentialsError, ConfigurationError) as error:
            outcome = partial(self._stop_connection, session, error_sentence(self.env, error))
        except RefusedError as error:
            outcome = partial(self._refused, error)
        except ChorusProError as error:
            sentence = error_sentence(self.env, error)
            outcome = partial(self._try_later, sentence, error.retry_after)
        except UserError as error:
            # The invoice or its PDF is not fit to be sent; nothing left.
            self.env.cr.rollback()
            outcome = partial(self._refuse, str(error)) if self._lock() else None
        if outcome:
            self._write_down(outcome)

    def _write_down(self, outcome):
        """Write what Chorus Pro answered and commit it, also when someone edits the invoice.

        The summary on the invoice is written with the row: a user's concurrent change makes that
        fail, but the answer must not be lost, so it is written again on fresh values.
        """
        claim = self._claim()
        for _attempt in range(WRITE_TRIES):
            try:
                outcome()
                self._commit()
                return
            except SerializationFailure:
                self.env.cr.rollback()
                if not self._lock(claim):
                    return

    def _send_steps(self, session):
        """Check, upload the PDF, create the invoice.

        :return: function that writes the outcome, or None when another worker took the row
        :raises ChorusProError: what the client says
        :raises UserError: the invoice cannot be turned into a message or a PDF
        """
        if not session.supplier_id:
            return partial(
                self._stop_connection,
                session,
                self.env._(
                    "Chorus Pro does not know your SIRET %s, or the technical account is not "
                    "attached to your structure.",
                    session.connection.supplier_siret,
                ),
            )
        pdf = self._archived_pdf()
        problems = [*check_pdf(None if pdf is None else len(pdf), (pdf or b"")[:1024])]
        message = None
        if not problems:
            message = self.move_id._chorus_pro_submission_message(session)
            is_real = self.environment == "production"
            problems += check_submission(message, strict_luhn=is_real)
        if not any(problem.blocking for problem in problems):
            problems += session.recipient_problems(message)
        if blocking := [problem for problem in problems if problem.blocking]:
            return partial(self._refuse, problem_sentences(self.env, blocking))
        digest = hashlib.sha256(pdf).hexdigest()
        if not self.attachment_id_at_chorus or self.sha256 != digest:
            self.write(
                {
                    "sha256": digest,
                    "size": len(pdf),
                    "recipient_siret": message.recipient_siret,
                    "attachment_id_at_chorus": False,
                }
            )
            self._start("upload")
            if not self._commit_and_relock():
                return None
            name = re.sub(r"[^A-Za-z0-9_+-]", "-", self.name)
            deposit = PdfDeposit(content=pdf, file_name=f"{name}.pdf")
            self.attachment_id_at_chorus = session.client.deposit_pdf(deposit).attachment_id
        self._start("submit")
        if not self._commit_and_relock():
            return None
        receipt = session.client.submit_invoice(
            replace(message, main_attachment_id=self.attachment_id_at_chorus)
        )
        return partial(self._deposited, session, receipt)

    def _deposited(self, session, receipt):
        self._deposit(
            receipt.invoice_id,
            receipt.status or "DEPOSEE",
            fields.Datetime.now(),
            receipt.deposit_date,
        )
        self.history_wanted = True
        if session.connection.trouble:
            session.connection.trouble = False
        _logger.info("Invoice %s is at Chorus Pro under id %s", self.name, receipt.invoice_id)

    def _refused(self, error):
        """A definite no. A used number may be this very invoice: that one is looked up."""
        sentence = error_sentence(self.env, error)
        if error.code == DUPLICATE:
            self._doubt_known(sentence, delay=0)
        else:
            self._refuse(sentence)

    def _stop_connection(self, session, sentence):
        session.connection.trouble = sentence
        self._try_later(sentence, CREDENTIALS_RETRY_SECONDS)

    def _archived_pdf(self):
        """Bytes of the invoice's archived PDF, made now by Odoo's own pipeline when missing.

        :return: None when there is still no PDF
        :raises UserError: the PDF cannot be made
        """
        move = self.move_id
        if not move.invoice_pdf_report_id:
            move._chorus_pro_archive_pdf(self.author_id)
        attachment = move.invoice_pdf_report_id
        return (attachment.raw or b"") if attachment else None
