# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The draft invoice of interest and indemnity, for those who want more than a letter.

Interest and indemnity bear no VAT. Whether a public body takes such an invoice at Chorus Pro is for
a person to decide: confirming one never sends it.
"""

from odoo import Command, fields, models
from odoo.exceptions import UserError

from ..access.roles import USER, require_role


class ChorusProSubmission(models.Model):
    _inherit = "chorus.pro.submission"

    interest_move_id = fields.Many2one(
        "account.move", string="Invoice of Interest", readonly=True, copy=False,
        ondelete="set null", index="btree_not_null")


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_chorus_pro_invoice_interest(self):
        """Draft one invoice per public body of what is owed for the late payment of these.

        Those for which nothing is owed, or which have such an invoice already, are left out.

        :raises UserError: nothing can be claimed for any of them, or they are of several companies
        """
        require_role(self.env, USER)
        found, left_out = self._chorus_pro_claimable()
        late = self.filtered(lambda move: found[move].days)
        invoiced = late.filtered(lambda move: move._chorus_pro_interest_move())
        left_out += [
            self.env._(
                "%(number)s: its interest is on %(invoice)s already.",
                number=move.display_name, invoice=move._chorus_pro_interest_move().display_name)
            for move in invoiced
        ]
        late -= invoiced
        if not late:
            raise UserError("\n".join([self.env._("There is nothing to claim."), *left_out]))
        drafts = self.browse()
        ordered = late.sorted(lambda move: (move.invoice_date, move.id))
        for moves in ordered.grouped("commercial_partner_id").values():
            draft = self.create(moves._chorus_pro_interest_values(found))
            moves._chorus_pro_last_submission().interest_move_id = draft
            moves._message_log_batch(bodies={
                move.id: self.env._(
                    "Interest on late payment: %s.",
                    draft._get_html_link(title=draft.display_name))
                for move in moves
            })
            drafts += draft
        if left_out:
            drafts[0]._message_log(body=self.env._("Left out: %s", " ".join(left_out)))
        action = drafts._get_records_action(name=self.env._("Interest on Late Payment"))
        return {**action, "context": {"default_move_type": "out_invoice"}}

    def _chorus_pro_interest_move(self):
        """The invoice of interest on this one, unless it was cancelled; in sudo."""
        return self._chorus_pro_last_submission().interest_move_id.filtered(
            lambda move: move.state != "cancel")

    def _chorus_pro_interest_values(self, found):
        """Values of the draft for these invoices of one public body."""
        first = self[0]
        customer = first.commercial_partner_id
        lines = self.with_context(lang=customer.lang or self.env.lang)
        return {
            "move_type": "out_invoice",
            "company_id": first.company_id.id,
            "journal_id": first.journal_id.id,
            "currency_id": first.currency_id.id,
            "partner_id": first.partner_id.id,
            "invoice_origin": ", ".join(self.mapped("name")),
            "invoice_line_ids": [
                Command.create({
                    "name": name,
                    "quantity": 1,
                    "price_unit": float(amount),
                    # Not the company's usual tax either.
                    "tax_ids": [Command.clear()],
                })
                for move in lines
                for name, amount in move._chorus_pro_interest_lines(found[move])
            ],
        }

    def _chorus_pro_interest_lines(self, late):
        """Label and amount of each line about this invoice."""
        lines = [
            (
                self.env._(
                    "Interest on late payment of %(number)s: %(base)s at %(rate)s %%, %(days)s "
                    "days after %(due)s (article R2192-31, not subject to VAT)",
                    number=self.name,
                    base=row["base"],
                    rate=row["rate"],
                    days=row["days"],
                    due=row["due"],
                ),
                one.interest,
            )
            for row, one in zip(self._chorus_pro_claim_rows(late), late.late, strict=True)
        ]
        indemnity = self.env._(
            "Flat indemnity for recovery costs of %s (article D2192-35, not subject to VAT)",
            self.name)
        return [*lines, (indemnity, late.indemnity)]

    def _chorus_pro_send_when_confirmed(self):
        """Nobody asked for it at Chorus Pro: a person sends it, or a letter does."""
        submissions = self.env["chorus.pro.submission"].sudo()
        interest = submissions.search([("interest_move_id", "in", self.ids)]).interest_move_id
        super(AccountMove, self - interest.with_env(self.env))._chorus_pro_send_when_confirmed()
