# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...choruspro.errors import ChorusProError
from ...choruspro.lifecycle import INVOICE_STATUSES, Phase
from ..access.roles import READER, USER, require_role

# By summary of the invoice; any other means that it is not delivered.
DELIVERY = {
    "uncertain": "uncertain",
    **{status.name: "delivered" for status in INVOICE_STATUSES if status.delivered},
}


def _tone(status):
    if status.phase is Phase.ABANDONED:
        return False
    if status.phase is Phase.REJECTED:
        return "danger"
    return "warning" if status.needs_action else "success"


# Colour of the badge, by summary of the invoice; any other has none.
TONES = {
    "queued": "info",
    "sending": "info",
    "uncertain": "warning",
    "refused": "danger",
    **{status.name: _tone(status) for status in INVOICE_STATUSES},
}


class AccountMove(models.Model):
    """What an accountant sees of Chorus Pro on an invoice, apart from its status."""

    _inherit = "account.move"

    chorus_pro_is_concerned = fields.Boolean(
        string="Goes by Chorus Pro", compute="_compute_chorus_pro_is_concerned",
        search="_search_chorus_pro_is_concerned", exportable=False)
    chorus_pro_can_send = fields.Boolean(
        compute="_compute_chorus_pro_can_send", exportable=False)
    chorus_pro_delivery = fields.Selection(
        [
            ("not_delivered", "Not delivered"),
            ("uncertain", "Uncertain"),
            ("delivered", "Delivered"),
        ],
        string="Delivery by Chorus Pro", compute="_compute_chorus_pro_delivery",
        search="_search_chorus_pro_delivery",
        help="Odoo calls an invoice sent once its PDF is made. Delivered means that Chorus Pro "
        "made it available to the recipient.")
    chorus_pro_tone = fields.Char(
        string="Colour of the Chorus Pro Status", compute="_compute_chorus_pro_tone",
        exportable=False)
    chorus_pro_test_environment = fields.Char(
        compute="_compute_chorus_pro_test_environment", exportable=False)

    @api.depends("move_type", "commercial_partner_id", "company_id", "chorus_pro_state")
    def _compute_chorus_pro_is_concerned(self):
        for move in self:
            partner = move.commercial_partner_id.with_company(move.company_id)
            move.chorus_pro_is_concerned = move.move_type in ("out_invoice", "out_refund") and (
                partner.invoice_sending_method == "chorus_pro" or bool(move.chorus_pro_state))

    @api.depends("state", "chorus_pro_is_concerned", "chorus_pro_state")
    def _compute_chorus_pro_can_send(self):
        for move in self:
            move.chorus_pro_can_send = (
                move.chorus_pro_is_concerned
                and not move._chorus_pro_obstacle()
                and not move._chorus_pro_alive_submission())

    @api.depends("state", "chorus_pro_is_concerned", "chorus_pro_state")
    def _compute_chorus_pro_delivery(self):
        for move in self:
            is_awaited = move.chorus_pro_is_concerned and move.state == "posted"
            delivery = DELIVERY.get(move.chorus_pro_state, "not_delivered")
            move.chorus_pro_delivery = delivery if is_awaited else False

    @api.depends("chorus_pro_state")
    def _compute_chorus_pro_tone(self):
        for move in self:
            move.chorus_pro_tone = TONES.get(move.chorus_pro_state, False)

    @api.model
    def _search_chorus_pro_delivery(self, operator, values):
        if operator != "in":
            return NotImplemented
        is_awaited = Domain("state", "=", "posted") & self._chorus_pro_concerned_domain()
        states = [state for state, delivery in DELIVERY.items() if delivery in values]
        chosen = Domain("chorus_pro_state", "in", states)
        if "not_delivered" in values:
            chosen |= Domain("chorus_pro_state", "not in", list(DELIVERY))
        found = is_awaited & chosen
        return found | ~is_awaited if False in values else found

    @api.model
    def _search_chorus_pro_is_concerned(self, operator, values):
        if operator != "in":
            return NotImplemented
        concerned = self._chorus_pro_concerned_domain()
        return Domain.OR(concerned if value else ~concerned for value in values)

    @api.model
    def _chorus_pro_concerned_domain(self):
        """Domain of the invoices that go by Chorus Pro, as ``chorus_pro_is_concerned`` says."""
        return Domain("move_type", "in", ("out_invoice", "out_refund")) & (
            Domain("commercial_partner_id.invoice_sending_method", "=", "chorus_pro")
            | Domain("chorus_pro_state", "!=", False))

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
            or self.env["chorus.pro.connection"]._of_move(self))
        return connection._open_portal()


class ChorusProConnection(models.Model):
    _inherit = "chorus.pro.connection"

    def _open_portal(self):
        """The action that opens the portal of Chorus Pro.

        :raises UserError: the connection has no address for it, or there is no connection
        """
        try:
            url = self and self._environment().portal_url
        except ChorusProError:
            url = False
        if not url:
            raise UserError(self.env._("The connection has no address for the Chorus Pro portal."))
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}
