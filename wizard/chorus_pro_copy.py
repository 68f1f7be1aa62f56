# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.access.web_client import RELOAD


class ChorusProCopy(models.TransientModel):
    """This database is not the one in which a connection was set up: an administrator sees what
    differs and what would leave, and says which of the two it is."""

    _name = "chorus.pro.copy"
    _inherit = "chorus.pro.named.record"
    _description = "Copied Database of Chorus Pro"
    _right_by_field = {"connection_id": "write"}

    connection_id = fields.Many2one(
        "chorus.pro.connection", required=True, readonly=True, ondelete="cascade"
    )
    company_name = fields.Char(related="connection_id.company_id.name", related_sudo=False)
    environment = fields.Selection(related="connection_id.environment", related_sudo=False)
    differences = fields.Text(compute="_compute_differences")
    queued_count = fields.Integer(string="Invoices in the Queue", compute="_compute_counts")
    uncertain_count = fields.Integer(string="Uncertain Invoices", compute="_compute_counts")
    action_count = fields.Integer(string="Actions in the Queue", compute="_compute_counts")
    choice = fields.Selection(
        [
            ("moved", "This is the original, which was moved: it is the one that sends"),
            ("copy", "This is a copy: make it harmless"),
        ],
        string="This Database",
    )
    typed_name = fields.Char(
        string="Name of the Company",
        help="Typed once more: neither what leaves from two databases can be taken back, nor "
        "secrets that were removed.",
    )

    @api.depends("connection_id")
    @api.depends_context("lang")
    def _compute_differences(self):
        for copy in self:
            known = copy.connection_id
            copy.differences = known and "\n".join(known._stamp_differences())

    @api.depends("connection_id")
    def _compute_counts(self):
        for copy in self:
            states = copy.connection_id._waiting_rows("chorus.pro.submission").mapped("state")
            copy.uncertain_count = states.count("uncertain")
            copy.queued_count = len(states) - copy.uncertain_count
            copy.action_count = len(copy.connection_id._waiting_rows("chorus.pro.action"))

    def action_confirm(self):
        """Do what was chosen; both are written in the server's log."""
        self.ensure_one()
        self.connection_id.check_access("write")
        if not self.connection_id.is_other_database:
            # Such as a dialog that stayed open while another one was answered.
            raise UserError(
                self.env._("There is nothing left to decide: this database sends its invoices.")
            )
        if not self.choice:
            raise UserError(self.env._("Say whether this database is the original or a copy."))
        if (self.typed_name or "").strip().casefold() != self.company_name.strip().casefold():
            raise UserError(
                self.env._(
                    "Type the name of the company, %s: what you decide cannot be taken back.",
                    self.company_name,
                )
            )
        if self.choice == "copy":
            self.connection_id._make_harmless()
        else:
            self.connection_id._confirm_database()
        return dict(RELOAD)
