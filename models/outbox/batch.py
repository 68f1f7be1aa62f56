# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models
from odoo.tools import SQL

from ..session.row_guard import guarded_row

# The invoice is still to leave.
LEAVING_STATES = ("queued", "sending")


class ChorusProBatch(models.Model):
    """Invoices that one person sent together.

    Its author sees how many have left while the jobs send them, and is told once at the end.
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
            [("batch_id", "in", self.ids), ("state", "!=", "cancelled")],
            ["batch_id", "state"],
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
    def _tell_ended(self):
        """Tell the authors of batches of which nothing is to leave any more, each once.

        Called by the job when its work is done. Of senders that see the end at the same moment
        the database lets one tell.
        """
        submissions = self.env["chorus.pro.submission"]
        submissions._commit()
        still_leaving = [("state", "in", LEAVING_STATES)]
        over = self.search(
            [("ended_at", "=", False), ("submission_ids", "not any", still_leaving)], order="id"
        )
        for batch in over:
            # One that cannot be told of ends in silence.
            with guarded_row(self.env, batch, put_off=batch._end):
                if batch._end():
                    batch._tell()
                submissions._commit()

    def _end(self):
        """
        :return: False when another sender has told its end
        :raises TransactionRollbackError: another sender does it; that is no error for the log
        """
        self.env.cr.execute(
            SQL(
                "UPDATE chorus_pro_batch SET ended_at = %s WHERE id = %s AND ended_at IS NULL",
                fields.Datetime.now(),
                self.id,
            ),
            log_exceptions=False,
        )
        is_ours = bool(self.env.cr.rowcount)
        self.invalidate_recordset(["ended_at"])
        return is_ours

    def _tell(self):
        self._show(self._figures()[self])
        sent = self.submission_ids.filtered(lambda row: row.state != "cancelled")
        sent.sorted("id")._notify_authors()


class ChorusProSubmission(models.Model):
    _inherit = "chorus.pro.submission"

    batch_id = fields.Many2one(
        "chorus.pro.batch",
        string="Sent Together",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    @api.model
    def _cron_send(self):
        super()._cron_send()
        self.env["chorus.pro.batch"]._tell_ended()
