# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models

# Jobs that empty the queue: Odoo runs one job in one process at a time, so each is one sender.
SENDERS = [f"l10n_fr_chorus_pro.ir_cron_send{suffix}" for suffix in ("", "_2", "_3", "_4")]


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    chorus_pro_senders = fields.Selection(
        [("1", "1"), ("2", "2"), ("3", "3"), ("4", "4")], string="Parallel Senders",
        default=lambda self: str(self._chorus_pro_sender_count()), required=True,
        help="How many jobs send invoices to Chorus Pro at the same time, each in its own process, "
        "on whatever servers this database has.",
    )
    chorus_pro_digest_user_ids = fields.Many2many(
        related="company_id.chorus_pro_digest_user_ids", readonly=False
    )
    chorus_pro_pause_dunning = fields.Boolean(
        related="company_id.chorus_pro_pause_dunning", readonly=False
    )

    @api.model
    def _chorus_pro_senders(self):
        """The active jobs that empty the queue."""
        jobs = self.env["ir.cron"].sudo().with_context(active_test=False)
        for xmlid in SENDERS:
            jobs |= self.env.ref(xmlid, raise_if_not_found=False) or jobs.browse()
        return jobs.filtered("active")

    @api.model
    def _chorus_pro_sender_count(self):
        """What the setting shows; 1 too when an administrator, or a neutralized copy of the
        database, has stopped all jobs."""
        return max(1, len(self._chorus_pro_senders()))

    def set_values(self):
        super().set_values()
        if int(self.chorus_pro_senders) == self._chorus_pro_sender_count():
            return
        for rank, xmlid in enumerate(SENDERS):
            job = self.env.ref(xmlid, raise_if_not_found=False)
            wanted = rank < int(self.chorus_pro_senders)
            if job and job.sudo().active != wanted:
                job.sudo().active = wanted
