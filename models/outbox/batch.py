# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from collections import Counter

from odoo import api, fields, models

from ..access.web_client import tell_user
from ..session.row_guard import guarded_row

# The invoice is still to leave.
LEAVING_STATES = ("queued", "sending")
# After how many invoices or files of a job authors see how far their batches are.
SHOWN_EVERY = 10
# How many reasons a message names; the others are on the invoices that it opens.
REASONS_SHOWN = 3


class BatchProgress:
    """What one job has shown of the batches that are under way (``env``: the job's)."""

    def __init__(self, env):
        self._batches = env["chorus.pro.batch"]
        self._items = 0
        self._shown = {}

    def count(self):
        """One invoice or file more was dealt with: show it now and then."""
        self._items += 1
        if self._items % SHOWN_EVERY == 0:
            self.show()

    def show(self):
        """Show the authors of batches under way how far they are, unless they saw that already.

        It reaches them when the transaction is committed.
        """
        under_way = self._batches.search([("ended_at", "=", False)])
        for batch, figures in under_way._figures().items():
            if figures["done"] and self._shown.get(batch.id) != figures:
                self._shown[batch.id] = figures
                batch._show(figures)


class ChorusProBatch(models.Model):
    """Invoices that one person sent together.

    Its author sees how many have left while the jobs send them, and gets one message at the end.
    """

    _name = "chorus.pro.batch"
    _description = "Invoices Sent Together to Chorus Pro"
    _order = "id desc"

    author_id = fields.Many2one("res.users", string="Sent By", readonly=True, index=True)
    submission_ids = fields.One2many("chorus.pro.submission", "batch_id", readonly=True)
    ended_at = fields.Datetime(
        string="Ended On", readonly=True, help="Since when none of its invoices is to leave."
    )

    _under_way = models.Index("(id) WHERE ended_at IS NULL")

    @api.model
    def _begin(self, submissions):
        """Keep these new submissions together; one alone needs no batch."""
        if len(submissions) > 1:
            batch = self.sudo().create({"author_id": self.env.user.id})
            submissions.batch_id = batch
            batch._show(batch._figures()[batch])

    def _figures(self):
        """What became of each batch so far.

        :return: ``{batch: {"total": …, "done": …, "failed": …}}``, in invoices; done are those
            that have left or were refused, failed those among them that somebody should look at
        """
        figures = {batch: {"total": 0, "done": 0, "failed": 0} for batch in self}
        groups = self.env["chorus.pro.submission"]._read_group(
            [("batch_id", "in", self.ids), ("state", "!=", "cancelled")], ["batch_id", "state"],
            ["__count"],
        )
        for batch, state, count in groups:
            figures[batch]["total"] += count
            figures[batch]["done"] += 0 if state in LEAVING_STATES else count
            figures[batch]["failed"] += 0 if state in (*LEAVING_STATES, "deposited") else count
        return figures

    @api.model
    def _of_user(self):
        """What the browser of this user shows of the batches under way: a list of figures."""
        mine = self.sudo().search(
            [("ended_at", "=", False), ("author_id", "=", self.env.user.id)], order="id"
        )
        return [{"id": batch.id, **figures} for batch, figures in mine._figures().items()]

    def _show(self, figures):
        """Have open browsers of the author show how far it is."""
        self.author_id.partner_id._bus_send("chorus_pro_batch", {"id": self.id, **figures})

    @api.model
    def _close_ended(self):
        """Notify the authors of batches with nothing left to send, each once.

        The job calls it when its work is done. Of senders that see the end at the same moment the
        database lets one through.
        """
        submissions = self.env["chorus.pro.submission"]
        submissions._commit()
        still_leaving = [("state", "in", LEAVING_STATES)]
        over = self.search(
            [("ended_at", "=", False), ("submission_ids", "not any", still_leaving)], order="id"
        )
        for batch in over:
            # A batch whose message fails ends without one.
            with guarded_row(self.env, batch, put_off=batch._end):
                if batch._end():
                    batch._notify()
                submissions._commit()

    def _end(self):
        """
        :return: False when another sender has ended it
        :raises TransactionRollbackError: another sender does it; that is no error for the log
        """
        self.env.cr.execute(
            "UPDATE chorus_pro_batch SET ended_at = %s WHERE id = %s AND ended_at IS NULL",
            [fields.Datetime.now(), self.id], log_exceptions=False,
        )
        is_ours = bool(self.env.cr.rowcount)
        self.invalidate_recordset(["ended_at"])
        return is_ours

    def _notify(self):
        self._show(self._figures()[self])
        sent = self.submission_ids.filtered(lambda row: row.state != "cancelled")
        sent.sorted("id")._notify_authors()


class ChorusProSubmission(models.Model):
    _inherit = "chorus.pro.submission"

    def _notify_authors(self):
        """Notify those who sent these of the answers; open browsers show it at once.

        One message per person, however many invoices: what became of each is on the invoices. Of
        those sent together the author hears when all have left.
        """
        ended = self.filtered(lambda row: not row.batch_id or row.batch_id.ended_at)
        for author, submissions in ended.grouped("author_id").items():
            if not author:
                continue
            mine = submissions.with_context(lang=author.lang)
            bad = mine.filtered(lambda submission: submission.state != "deposited")
            tell_user(
                author, mine._notification_title(), mine._notification_message(bad),
                (bad or mine).move_id, is_bad=bool(bad),
            )

    def _notification_title(self):
        if len(self) == 1:
            return self.env._("Chorus Pro: %s", self.name)
        return self.env._("Chorus Pro: %s invoices", len(self))

    def _notification_message(self, bad):
        if len(self) == 1:
            return self.reason or self._label("state")
        if bad:
            return self.env._(
                "%(good)s deposited, %(bad)s to look at: %(reasons)s", good=len(self) - len(bad),
                bad=len(bad), reasons=bad._main_reasons(),
            )
        if any(not submission.chorus_invoice_id for submission in self):
            return self.env._(
                "All are deposited. Chorus Pro is checking them: you will be notified."
            )
        return self.env._("All are deposited.")

    def _main_reasons(self):
        """The most frequent reasons, each once with its number of invoices."""
        counts = Counter(row.reason or row._label("state") for row in self).most_common()
        shown = [f"{count} × {reason}" for reason, count in counts[:REASONS_SHOWN]]
        return " ".join([*shown, *(["…"] if len(counts) > REASONS_SHOWN else [])])


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Also: how far the invoices are that the user has sent together, so that a page that is
        loaded again shows it at once."""
        info = super().session_info()
        if self.env.user._is_internal():
            info["chorus_pro_batches"] = self.env["chorus.pro.batch"]._of_user()
        return info
