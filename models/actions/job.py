# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import plaintext2html

from ...choruspro.errors import (
    API_NOT_AUTHORISED,
    ENDPOINT_NOT_FOUND,
    ChorusProError,
    RefusedError,
)
from ...choruspro.messages import MessageError
from ..access.web_client import tell_user
from ..rules.error_texts import error_sentence
from ..session.row_guard import LOST_RACES, guarded_row
from ..session.session import STOPPED_RETRY_SECONDS

BATCH = 100
# These are about one operation: another application right, or another version of Chorus Pro. What
# else there is to send goes on.
ONE_OPERATION = (API_NOT_AUTHORISED, ENDPOINT_NOT_FOUND)


class ChorusProAction(models.Model):
    """How a job brings actions to their end."""

    _inherit = "chorus.pro.action"

    _advisory_class = 0x43505241

    # ------------------------------------------------------------------
    # What is due
    # ------------------------------------------------------------------

    @api.model
    def _due(self, usable):
        """Actions to settle now, those that lost their sender too."""
        lost = Domain("state", "=", "sending")
        now = self.env["chorus.pro.submission"]._now_domain()
        waiting = Domain("state", "in", ("queued", "uncertain")) & now
        return self.search((lost | waiting) & usable, order="next_try, id", limit=BATCH)

    @api.model
    def _next_times(self, usable):
        """When the earliest of those that wait is to be settled."""
        waiting = Domain("state", "in", ("queued", "uncertain")) & usable
        times = self.search(waiting, order="next_try", limit=1).mapped("next_try")
        if self.search_count(Domain("state", "=", "sending") & usable, limit=1):
            times.append(fields.Datetime.now())
        return times

    @api.model
    def _settle_due(self, session, ends):
        """Settle what is due by the connection of ``session``.

        :param ends: moment (of ``monotonic``) until which the job may work
        :return: True when its time is over
        """
        answered = self.browse()
        is_over = False
        for action in self._due(Domain("connection_id", "=", session.connection.id)):
            if session.stopped_by and action.state != "sending":
                continue
            before = action.state
            with session.about(action):
                action._settle(session)
            if action.state != before and action.state not in ("queued", "sending"):
                answered |= action
            is_over = self.env["chorus.pro.submission"]._is_over(ends)
            if is_over:
                break
        answered.filtered(lambda action: action._author_may_act())._notify_authors()
        self._commit()
        return is_over

    # ------------------------------------------------------------------
    # One row
    # ------------------------------------------------------------------

    def _for_its_reader(self):
        return self.with_context(lang=self.author_id.lang or self.env.lang)

    def _claim(self):
        return super()._claim() | {"step": self.step}

    def _settle_locked(self, session):
        if self not in self._due(Domain("id", "=", self.id)):
            # Another job took it further since the list was made.
            return
        if not self._author_may_act():
            self._refuse_to_author()
        elif self.state == "sending":
            self._recover(self.env._("Odoo stopped while Chorus Pro was asked."))
        elif reason := self._wrong_environment():
            self._postpone(reason, STOPPED_RETRY_SECONDS)
        elif self.state == "uncertain":
            self._look_up(session)
        else:
            self._act(session)

    def _wrong_environment(self):
        if self.environment == self.connection_id.place:
            return None
        return self.env._(
            "The connection has changed its environment since this invoice was deposited: nothing "
            "can be done about it there."
        )

    def _act(self, session):
        """Do it, and write down the outcome, whichever it is."""
        if not self._begin_attempt():
            return
        try:
            outcome = self._act_steps(session)
        except ChorusProError as error:
            outcome = self._outcome_of_error(session, error)
        except UserError as error:
            outcome = partial(self._refuse, str(error))
        except MessageError as error:
            outcome = partial(self._refuse, self._broken_sentence(error))
        if outcome:
            self._write_down(outcome)
            self._read_news(session)

    def _outcome_of_error(self, session, error):
        if error.code in ONE_OPERATION:
            return partial(self._refused, error.code, error_sentence(self.env, error))
        return super()._outcome_of_error(session, error)

    def _broken_sentence(self, error):
        """What cannot be said to Chorus Pro (:class:`MessageError`)."""
        return self.env._(
            "Chorus Pro does not accept the value of %(field)s. Correct it.", field=error.field
        )

    def _act_steps(self, session):
        """See where the invoice stands, send the files, then ask.

        :return: function that writes the outcome, or None when someone changed the row
        :raises ChorusProError: what the client says
        """
        standing = self._standing(session)
        if standing == "done":
            return self._finish
        if standing == "changed":
            return partial(self._refuse, self.submission_id._too_late_sentence())
        if not self._uploaded(session):
            return None
        self._start("act")
        if not self._commit_and_relock():
            return None
        result = self._ask(session)
        session.note_success()
        return partial(self._finish, result)

    def _look_up(self, session):
        """Read the invoice, and settle an action whose answer was lost by what became of it."""
        try:
            standing = self._standing(session)
        except ChorusProError as error:
            sentence = error_sentence(self.env, error)
            session.stop_if_useless(error, sentence)
            if isinstance(error, RefusedError):
                self._refuse(sentence)
            else:
                self._postpone(sentence, error.retry_after)
            return
        session.note_success()
        if standing == "done":
            self._finish()
        elif standing == "changed" or self.refusal:
            self._refuse(self.refusal or self.submission_id._too_late_sentence())
        else:
            self._try_later(self.env._("Chorus Pro has not done it: it is asked once more."), 0)

    def _read_news(self, session):
        """The status has changed, or is not what it was thought to be: show it at once. What
        cannot be read now is left to the job that follows invoices."""
        submission = self.submission_id
        if not submission.history_wanted or session.stopped_by:
            return
        with guarded_row(
            self.env, submission, put_off=submission._drop_history, races=LOST_RACES
        ):
            history = None
            with session.forgoing(f"the history of {submission.name}"):
                history = session.client.read_history(submission.chorus_invoice_id)
            if history:
                submission._take_history(history)
            else:
                self.env.ref("l10n_fr_chorus_pro.ir_cron_follow")._trigger()
            self._commit()

    # ------------------------------------------------------------------
    # Who hears of it
    # ------------------------------------------------------------------

    def _tell_invoice(self, reason=False, files=()):
        """Note on the invoice what became of this."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        states = dict(self._fields["state"]._description_selection(self.env))
        lines = [f"Chorus Pro: {kinds[self.kind]} - {states[self.state]}", reason, self.comment]
        self.move_id.message_post(
            body=plaintext2html("\n".join(filter(None, lines))),
            author_id=self.author_id.partner_id.id,
            attachment_ids=[file.id for file in files],
        )

    def _notify_authors(self):
        """Tell those who asked for these what became of them; open browsers show it at once."""
        for author, actions in self.grouped("author_id").items():
            mine = actions.with_context(lang=author.lang)
            bad = mine.filtered(lambda action: action.state != "done")
            tell_user(
                author,
                mine.env._("Chorus Pro"),
                "\n".join(one._outcome_line() for one in mine[:10]),
                (bad or mine).move_id,
                is_bad=bool(bad),
            )

    def _outcome_line(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        return f"{self.display_name} - {self.reason or states[self.state]}"


class ChorusProSubmission(models.Model):
    _inherit = "chorus.pro.submission"

    @api.model
    def _empty_queue(self, session, rows, flows, ends):
        # After the invoices, so that an action that fails again and again holds none of them up.
        is_over = super()._empty_queue(session, rows, flows, ends)
        return is_over or self.env["chorus.pro.action"]._settle_due(session, ends)

    @api.model
    def _due_beside(self, usable):
        return self.env["chorus.pro.action"]._due(usable)

    @api.model
    def _next_times_beside(self, usable):
        times = super()._next_times_beside(usable)
        return times + self.env["chorus.pro.action"]._next_times(usable)
