# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import logging
from datetime import timedelta
from functools import partial

from odoo import fields, models
from odoo.exceptions import UserError

from ...choruspro.errors import (
    FILE_UNKNOWN,
    ChorusProError,
    RefusedError,
)
from ...choruspro.messages import MessageError
from ..access.foreign_text import ForeignText
from ..access.web_client import tell_user
from ..outbox.outbox import after
from ..rules.error_texts import error_sentence
from ..session.session import STOPPED_RETRY_SECONDS
from ..session.side_reading import ONE_OPERATION

_logger = logging.getLogger(__name__)

STATES = [
    ("queued", "Queued"), ("sending", "Sending"), ("uncertain", "Uncertain"), ("done", "Done"),
    ("refused", "Refused"), ("cancelled", "Cancelled"),
]


class ChorusProErrand(models.AbstractModel):
    """One thing that a user wants done at Chorus Pro, at most once.

    ::

                   row committed           answer read
        queued ───▶ sending ─────────────▶ done
        │  ▲          │ │ nothing was delivered: try again later
        │  └──────────┘ ├──▶ refused     a definite no, or the status is another one by now
        ▼               │
        cancelled       └──▶ uncertain   answer lost: the invoice is read
                               └──▶ done, or queued once more, or refused

    The job that sends invoices brings it to its end. Doing it twice is impossible at Chorus Pro
    too: each kind needs a status that it changes.

    A model that inherits it has a field ``kind`` and its own ``_advisory_class``, and says by
    ``_situation``, ``_ask`` and ``_finish`` how it is known to be done, what is asked, and what it
    leaves; by ``_author_may_act`` and ``_told_about`` whom it concerns.
    """

    _name = "chorus.pro.errand"
    _inherit = "chorus.pro.outbox"
    _description = "Chorus Pro Errand"

    state = fields.Selection(STATES, required=True, readonly=True, default="queued", copy=False)
    step = fields.Selection(
        [("upload", "Sending the files"), ("act", "Asking Chorus Pro")], readonly=True, copy=False,
        help="What is under way while the action is being sent.",
    )
    author_id = fields.Many2one("res.users", string="Asked By", readonly=True)
    comment = fields.Text(readonly=True)
    uploads = fields.Json(
        readonly=True, copy=False, help="Files sent: Chorus Pro's number by SHA-256."
    )
    was_uncertain = fields.Boolean(readonly=True, copy=False)
    refusal = ForeignText(
        readonly=True, copy=False, help="A refusal after an attempt whose answer was lost."
    )
    done_at = fields.Datetime(readonly=True, copy=False)

    # ------------------------------------------------------------------
    # What each kind says
    # ------------------------------------------------------------------

    def _author_may_act(self):
        """Whether who asked for this still may, about what the row leads to now."""
        raise NotImplementedError

    def _forbidden_sentence(self):
        """Why nothing is done for an author who may not act."""
        raise NotImplementedError

    def _too_late_sentence(self):
        """Why this cannot be done any more."""
        raise NotImplementedError

    def _situation(self, session):
        """``done``; ``open``: the status still allows it; ``changed``: neither.

        :raises ChorusProError: what the client says
        """
        raise NotImplementedError

    def _ask(self, session):
        """Ask Chorus Pro to do it; gives what :meth:`_finish` needs of the answer.

        :raises ChorusProError: what the client says
        :raises MessageError: a value does not fit into the request
        """
        raise NotImplementedError

    def _finish(self, result=None):
        """It is done: write what it changes here."""
        self._become("done", refusal=False, done_at=fields.Datetime.now())

    def _refuse(self, reason):
        """A definite no: the user sees why."""
        self._become("refused", reason)

    def _told_about(self):
        """The records that the author is told about."""
        raise NotImplementedError

    def _done_text(self):
        """What is said when it was carried out, after the number of its invoice."""
        raise NotImplementedError

    def _documents(self):
        """The files to send before, as a tuple of :class:`SupportingDocument`."""
        return ()

    def _changes_nothing(self):
        """Whether a lost answer leaves no doubt: nothing was asked to change."""
        return False

    def _read_news(self, session):
        """Show at once what has changed, after an answer."""

    # ------------------------------------------------------------------
    # States
    # ------------------------------------------------------------------

    def action_cancel(self):
        """Take these out of the queue, as long as Chorus Pro was not asked.

        One whose answer was lost is given up too, when its connection leads elsewhere now: nobody
        can look up any more what became of it.
        """
        return self._cancel()

    def _check_may_be_cancelled(self):
        if any(not errand._may_be_cancelled() for errand in self):
            raise UserError(self.env._("It is too late: the request has already been sent."))

    def _may_be_cancelled(self):
        is_lost = self.state == "uncertain" and bool(self._wrong_environment())
        return self.state == "queued" or is_lost

    def _try_later(self, reason, delay=None):
        """Nothing was delivered: back to the queue, with a visible next try.

        :param delay: seconds asked for by Chorus Pro, if it does
        """
        self._become("queued", reason, timedelta(seconds=self._retry_seconds(delay)))

    def _doubt(self, reason, delay=None):
        """It may have been done: the invoice is read before anything is sent again.

        :param delay: seconds before that; by default the usual cadence
        """
        self._become("uncertain", reason, after(delay, self.lookups), was_uncertain=True)

    def _doubt_known(self, reason):
        """Chorus Pro said yes, but its answer is incomplete."""
        self._doubt(reason, delay=0)

    def _recover(self, reason):
        """A row in ``sending`` that can be locked has lost its sender. A lost upload is harmless (a
        file that no invoice uses), and so is a lost query."""
        if self.step == "act" and not self._changes_nothing():
            self._doubt(reason)
        else:
            self._try_later(reason, 0)

    def _refuse_to_author(self):
        """Neither the invoice nor anybody hears of it: it is not the author's to act on."""
        _logger.warning("Chorus Pro: %s is not done: user %s may not", self, self.author_id.id)
        reason = self._forbidden_sentence()
        self.write({"state": "refused", "step": False, "reason": reason, "next_try": False})

    def _refused(self, _code, sentence):
        """Chorus Pro said no. After an attempt without answer it may say so because that one was
        done: then the invoice is read."""
        if self.was_uncertain:
            self.refusal = sentence
            self._doubt(sentence, delay=0)
        else:
            self._refuse(sentence)

    # ------------------------------------------------------------------
    # The job
    # ------------------------------------------------------------------

    def _settle_and_tell(self, session):
        before = self.state
        self._settle(session)
        is_answered = self.state not in (before, "queued", "sending")
        return self if is_answered and self._author_may_act() else self.browse()

    def _settle_locked(self, session):
        is_due = self.state == "sending" or self.filtered_domain(
            self._open_domain() & self._now_domain()
        )
        if not is_due:
            # Another job took it further since the list was made.
            return
        if not self._author_may_act():
            self._refuse_to_author()
        elif self.state == "sending":
            self._recover(self.env._("Odoo stopped during the call to Chorus Pro."))
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
            sentence = self.env._(
                "Chorus Pro does not accept the value of %(field)s. Correct it.", field=error.field
            )
            outcome = partial(self._refuse, sentence)
        if outcome:
            self._write_down(outcome)
            self._read_news(session)

    def _outcome_of_error(self, session, error):
        if error.code in ONE_OPERATION:
            return partial(self._refused, error.code, error_sentence(self.env, error))
        return super()._outcome_of_error(session, error)

    def _act_steps(self, session):
        """See where the invoice stands, send the files, then ask.

        :return: function that writes the outcome, or None when someone changed the row
        :raises ChorusProError: what the client says
        """
        situation = self._situation(session)
        if situation == "done":
            return self._finish
        if situation == "changed":
            return partial(self._refuse, self._too_late_sentence())
        try:
            return self._asked(session)
        except RefusedError as error:
            if error.code != FILE_UNKNOWN:
                raise
            # Uploaded long ago, it is gone, and so may be the others. Nothing was done.
            self.uploads = False
            return self._asked(session)

    def _asked(self, session):
        """Upload what is not there yet, then ask; gives what :meth:`_act_steps` gives."""
        if not self._upload_missing(session, self._documents()):
            return None
        if not self._begin_step(step="act"):
            return None
        result = self._ask(session)
        session.note_success()
        return partial(self._finish, result)

    def _look_up(self, session):
        """Read the invoice, and settle an errand whose answer was lost by what became of it."""
        try:
            situation = self._situation(session)
        except ChorusProError as error:
            sentence = session.note_failure(error, self.env)
            if isinstance(error, RefusedError):
                self._refuse(sentence)
            else:
                self._postpone(sentence, error.retry_after)
            return
        session.note_success()
        if situation == "done":
            self._finish()
        elif situation == "changed" or self.refusal:
            self._refuse(self.refusal or self._too_late_sentence())
        else:
            self._try_later(self.env._("Chorus Pro has not done it: trying once more."), 0)

    # ------------------------------------------------------------------
    # What is told
    # ------------------------------------------------------------------

    def _notify_authors(self):
        """Notify those who asked for these of the outcome; open browsers show it at once."""
        for author, errands in self.grouped("author_id").items():
            mine = errands.with_context(lang=author.lang)
            bad = mine.filtered(lambda errand: errand.state != "done")
            tell_user(
                author, mine.env._("Chorus Pro"),
                "\n".join(one._outcome_line() for one in mine[:10]), (bad or mine)._told_about(),
                is_bad=bool(bad),
            )

    def _outcome_line(self):
        if self.state == "done":
            return self.env._("%(number)s: %(done)s.", number=self.name, done=self._done_text())
        return self.env._(
            "%(number)s: %(action)s – %(reason)s", number=self.name, action=self._label("kind"),
            reason=self.reason or self._label("state"))
