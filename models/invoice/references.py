# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import fields, models
from odoo.exceptions import UserError

from ..access.roles import USER, require_role

# What is declared to Chorus Pro and may be changed on a posted invoice that is not there.
DECLARED = (
    "buyer_reference",
    "purchase_order_reference",
    "contract_reference",
    "chorus_pro_billing_framework",
    "chorus_pro_validator_id",
    "chorus_pro_attachment_ids",
)
# Where the findings about the recipient and about its references are corrected.
OF_REFERENCES = (
    "commercial_partner_id.",
    "buyer_reference",
    "purchase_order_reference",
    "contract_reference",
)


class AccountMove(models.Model):
    """What the recipient asks for, corrected without going back to draft."""

    _inherit = "account.move"

    chorus_pro_validator_id = fields.Many2one(
        "res.partner", string="Validated By", copy=False, check_company=True,
        help="The contractor who validates the invoice of a subcontractor or co-contractor "
        "(frameworks A9 and A12); Chorus Pro knows it by its SIRET.")

    def write(self, vals):
        if not any(name in vals for name in DECLARED):
            return super().write(vals)
        before = self._chorus_pro_declared()
        result = super().write(vals)
        after = self._chorus_pro_declared()
        changed = self.filtered(
            lambda move: move.chorus_pro_is_concerned
            and after[move] != before[move]
            and not move._chorus_pro_follows_action(before[move], after[move]))
        changed._chorus_pro_renew_document()
        return result

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """A credit note is for the same order; a plain copy is not."""
        values_list = default_values_list or [{} for _move in self]
        for move, values in zip(self, values_list, strict=True):
            if move.purchase_order_reference:
                values.setdefault("purchase_order_reference", move.purchase_order_reference)
        return super()._reverse_moves(values_list, cancel)

    def _get_fields_to_copy_recurring_entries(self, values):
        """So is each invoice of a subscription."""
        if self.purchase_order_reference:
            values["purchase_order_reference"] = self.purchase_order_reference
        return super()._get_fields_to_copy_recurring_entries(values)

    def _chorus_pro_reference_findings(self):
        """Those of :meth:`_chorus_pro_findings` that concern the recipient, its service code, the
        engagement number and the contract number.

        Extension point: a document that becomes an invoice, such as a sales order, asks it of that
        invoice in memory (``new``). The rules and their words stay those of invoices.

        :return: ``{move: [Finding, …]}``
        """
        return {
            move: [
                each for each in found if (each.place or each.rule.place).startswith(OF_REFERENCES)
            ]
            for move, found in self._chorus_pro_findings().items()
        }

    def _chorus_pro_declared(self):
        return {move: [move[name] for name in DECLARED] for move in self}

    def _chorus_pro_follows_action(self, before, after):
        """Whether this change writes down what Chorus Pro got by an action, such as a recycling,
        and nothing else: it is no change of ours, and the deposited PDF stays."""
        done = self._chorus_pro_last_submission().action_ids.filtered(
            lambda action: action.state == "done")
        for name, old, new in zip(DECLARED, before, after, strict=True):
            if old == new:
                continue
            sent = [
                action._declared()[name]
                for action in done.sorted("id")
                if name in action._declared()
            ]
            new = new.id if isinstance(new, models.BaseModel) and len(new) <= 1 else new
            if not sent or (sent[-1] or False) != (new or False):
                return False
        return True

    def _chorus_pro_renew_document(self):
        """Have the PDF made again with what was corrected: it shows it, and holds it as data.

        As when an invoice goes back to draft, the earlier PDF stays among its files.
        """
        for move in self:
            submissions = move.sudo()._chorus_pro_current_submissions()
            if any(not row._legal_actions() & {"send", "replace"} for row in submissions):
                raise UserError(self.env._(
                    "%s is at Chorus Pro, or on its way there: what was declared with it "
                    "can no longer be changed.",
                    move.name))
            move._detach_attachments()
            move.invalidate_recordset(["invoice_pdf_report_id", "invoice_pdf_report_file"])
            submissions._prepare_again()

    def action_chorus_pro_send_as_pdf(self):
        """Send again in PDF format what was refused in another one."""
        require_role(self.env, USER)
        self.check_access("write")
        self.chorus_pro_format = "pdf"
        return self.action_chorus_pro_send()
