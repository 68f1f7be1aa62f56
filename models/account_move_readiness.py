# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..choruspro.errors import ChorusProError
from ..choruspro.lifecycle import Phase, invoice_status
from .chorus_pro_role import READER, USER, require_role

# Phases in which the recipient does not have the invoice yet.
NOT_DELIVERED = {Phase.PREPARING, Phase.TRANSIT, Phase.UNKNOWN}


class AccountMove(models.Model):
    """What an accountant sees of Chorus Pro on an invoice before and besides its status."""

    _inherit = "account.move"

    chorus_pro_is_concerned = fields.Boolean(
        string="Goes by Chorus Pro", compute="_compute_chorus_pro_is_concerned"
    )
    chorus_pro_can_send = fields.Boolean(compute="_compute_chorus_pro_can_send")
    chorus_pro_delivery = fields.Selection(
        [
            ("not_delivered", "Not delivered"),
            ("uncertain", "Uncertain"),
            ("delivered", "Delivered"),
        ],
        string="Delivery by Chorus Pro",
        compute="_compute_chorus_pro_delivery",
        help="Odoo calls an invoice sent once its PDF is made. Delivered means that Chorus Pro "
        "made it available to the recipient.",
    )
    chorus_pro_test_environment = fields.Char(compute="_compute_chorus_pro_test_environment")

    @api.depends("move_type", "commercial_partner_id", "company_id", "chorus_pro_state")
    def _compute_chorus_pro_is_concerned(self):
        for move in self:
            partner = move.commercial_partner_id.with_company(move.company_id)
            move.chorus_pro_is_concerned = move.move_type in ("out_invoice", "out_refund") and (
                partner.invoice_sending_method == "chorus_pro" or bool(move.chorus_pro_state)
            )

    @api.depends("state", "chorus_pro_is_concerned", "chorus_pro_state")
    def _compute_chorus_pro_can_send(self):
        for move in self:
            move.chorus_pro_can_send = (
                move.chorus_pro_is_concerned
                and move._chorus_pro_is_eligible()
                and not move._chorus_pro_alive_submission()
            )

    @api.depends("state", "chorus_pro_is_concerned", "chorus_pro_submission_ids.status_code")
    def _compute_chorus_pro_delivery(self):
        for move in self:
            if not move.chorus_pro_is_concerned or move.state != "posted":
                move.chorus_pro_delivery = False
                continue
            code = move._chorus_pro_last_submission().status_code
            is_there = code and invoice_status(code).phase not in NOT_DELIVERED
            if not is_there and move.chorus_pro_state == "uncertain":
                move.chorus_pro_delivery = "uncertain"
            else:
                move.chorus_pro_delivery = "delivered" if is_there else "not_delivered"

    @api.depends_context("lang")
    @api.depends("company_id", "journal_id", "chorus_pro_is_concerned", "chorus_pro_state")
    def _compute_chorus_pro_test_environment(self):
        """Label of the place, empty when it is the real one."""
        for move in self:
            connection = self.env["chorus.pro.connection"]._of_move(move)
            submission = move._chorus_pro_last_submission()
            place = submission.environment if submission else connection.place
            label = False
            if move.chorus_pro_is_concerned and place and place != "production":
                selection = connection._fields["place"]._description_selection(self.env)
                label = dict(selection)[place]
            move.chorus_pro_test_environment = label

    def action_chorus_pro_open_portal(self):
        """Open the portal of Chorus Pro, where this invoice can be searched by its number."""
        self.ensure_one()
        require_role(self.env, USER, READER)
        self.check_access("read")
        connection = (
            self._chorus_pro_last_submission().connection_id
            or self.env["chorus.pro.connection"]._of_move(self)
        )
        try:
            url = connection and connection._environment().portal_url
        except ChorusProError:
            url = False
        if not url:
            raise UserError(
                self.env._("The connection does not tell the address of the Chorus Pro portal.")
            )
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}
