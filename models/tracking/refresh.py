# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..access.roles import USER, require_role
from ..access.web_client import RELOAD, notify, tell_user


class AccountMove(models.Model):
    """Many invoices read again at Chorus Pro: what was asked, and what came of it."""

    _inherit = "account.move"

    def action_chorus_pro_refresh_selected(self):
        """Have the jobs read soon what is new about these invoices; the user gets a notification
        now, and another one with the result.

        :raises UserError: none of them is at Chorus Pro
        """
        require_role(self.env, USER)
        self.check_access("read")
        asked = self.filtered("chorus_pro_invoice_id")
        if not asked:
            raise UserError(self.env._(
                "Chorus Pro has none of these invoices: there is nothing to refresh. Send them "
                "first."))
        submissions = asked._chorus_pro_last_submission()
        submissions._note_refresh(self.env.user)
        self.action_chorus_pro_refresh()
        if len(asked) == 1:
            title = self.env._("Reading %s at Chorus Pro", asked.name)
        else:
            title = self.env._("Reading %s invoices at Chorus Pro", len(asked))
        message = self.env._("You will be notified of the result.")
        if trouble := submissions.connection_id._following_trouble():
            message = self.env._("They are read as soon as this is over: %s", trouble)
        kind = "warning" if trouble else "info"
        return notify(title, message, kind, RELOAD)


class ChorusProSubmission(models.Model):
    _inherit = "chorus.pro.submission"

    refresh_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, index="btree_not_null", groups=fields.NO_ACCESS,
        help="Who waits for the result of a refresh.")
    refresh_from = fields.Char(
        readonly=True, copy=False, groups=fields.NO_ACCESS,
        help="The status when the refresh was asked for.")

    def _note_refresh(self, user):
        """``user`` asks for a refresh of these, rows in sudo."""
        for status_code, rows in self.grouped("status_code").items():
            rows.write({"refresh_by_id": user.id, "refresh_from": status_code})

    def _tell_refreshed(self):
        """Notify those who asked for a refresh of these of the result, once."""
        for user, rows in self.grouped("refresh_by_id").items():
            mine = rows.with_context(lang=user.lang)
            changed = mine.filtered(lambda row: row.status_code != row.refresh_from)
            title, message = mine._refresh_texts(changed)
            tell_user(user, title, message, (changed or mine).move_id, is_bad=False)
        self.write({"refresh_by_id": False, "refresh_from": False})

    def _refresh_texts(self, changed):
        """(title, message) about the result of a refresh.

        :param changed: those that have a new status
        """
        if len(self) == 1:
            title = self.env._("Chorus Pro: %s", self.name)
            status = self._label("status")
            text = self.env._("New status: %s.", status)
            return title, text if changed else self.env._("Nothing new: %s.", status)
        title = self.env._("Chorus Pro: %s invoices", len(self))
        if not changed:
            return title, self.env._("They were read: nothing is new.")
        if len(changed) == 1:
            return title, self.env._("They were read: %s has a new status.", changed.name)
        return title, self.env._("They were read: %s have a new status.", len(changed))


class ChorusProConnection(models.Model):
    _inherit = "chorus.pro.connection"

    def _following_trouble(self):
        """Why what is new by one of these connections cannot be read now, or ""."""
        paused = (self & self._paused())[:1].trouble
        put_off = self.filtered(lambda connection: connection._is_following_put_off())
        return paused or put_off[:1].following_trouble or ""

    def _follow_once(self):
        super()._follow_once()
        if self._following_trouble() or self.follow_wanted_at:
            # They are still wanted: the result is for the next time.
            return
        rows = self.env["chorus.pro.submission"].search(
            Domain("connection_id", "=", self.id)
            & Domain("refresh_by_id", "!=", False)
            & Domain("history_wanted", "=", False))
        if rows:
            rows._tell_refreshed()
            self.env["ir.cron"]._commit_progress()
