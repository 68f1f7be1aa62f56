# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models

from ..models.access.web_client import open_dialog


class ChorusProOcaImport(models.TransientModel):
    """What the OCA connector left, shown to a manager before it is taken over."""

    _name = "chorus.pro.oca.import"
    _description = "Import from the OCA Connector"

    look_up_unsent = fields.Boolean(
        string="Look Up What Was Never Sent", default=True,
        help="Unpaid invoices for Chorus Pro without a trace of a deposit: it may have been lost. "
        "Those that Chorus Pro has are taken over; the others can be sent after half an hour.",
    )
    found = fields.Text(compute="_compute_preview")
    doubtful = fields.Text(compute="_compute_preview")
    outcome = fields.Text(readonly=True)

    @api.depends("look_up_unsent")
    @api.depends_context("lang", "allowed_company_ids")
    def _compute_preview(self):
        for dialog in self:
            report = self.env["chorus.pro.oca.takeover"]._preview(dialog.look_up_unsent)
            dialog.found, dialog.doubtful = report.found(), report.doubtful()

    def action_import(self):
        """Take it over, and show what is left."""
        self.ensure_one()
        self.check_access("write")
        report, is_done = self.env["chorus.pro.oca.takeover"]._import(self.look_up_unsent)
        heading = self.env._("Taken over:") if is_done else self.env._(
            "Taken over so far, click once more for the others:"
        )
        self.outcome = "\n".join([heading, report.found() or self.env._("Nothing new.")])
        self.invalidate_recordset(["found", "doubtful"])
        return open_dialog(self, self.env._("Import from the OCA Connector"))
