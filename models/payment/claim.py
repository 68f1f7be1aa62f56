# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The letters by which interest and indemnity are claimed: printed, never sent by Odoo."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from ..access.roles import READER, USER, require_role
from ..access.storage import paris_today
from ..access.web_client import notify

FRENCH = "fr_FR"


class ChorusProSubmission(models.Model):
    _inherit = "chorus.pro.submission"

    claimed_on = fields.Date(
        string="Interest Claimed On", readonly=True, copy=False,
        help="When interest on late payment was last claimed by a letter.")


class AccountMove(models.Model):
    _inherit = "account.move"

    chorus_pro_claimed_on = fields.Date(
        string="Interest Claimed On", related="chorus_pro_submission_id.claimed_on")

    def action_chorus_pro_claim_interest(self):
        """Print one letter per public body that claims what is owed for these invoices.

        Those for which nothing is owed are left out, and a notification says why.

        :raises UserError: nothing can be claimed for any of them, or they are of several companies
        """
        require_role(self.env, USER)
        found, left_out = self._chorus_pro_claimable()
        late = self.filtered(lambda move: found[move].days)
        if not late:
            raise UserError("\n".join([self.env._("There is nothing to claim."), *left_out]))
        again = [
            self.env._(
                "%(invoice)s was claimed on %(date)s already: this letter replaces that one.",
                invoice=move.display_name,
                date=format_date(self.env, move.chorus_pro_claimed_on),
            )
            for move in late
            if move.chorus_pro_claimed_on
        ]
        late._chorus_pro_note_claim(found)
        letters = self.env.ref("l10n_fr_chorus_pro.report_claim_action").report_action(late)
        if not left_out and not again:
            return letters
        return notify(
            self.env._("Claimed invoices: %s", len(late)),
            "\n".join([*left_out, *again]),
            "warning",
            letters,
            sticky=True,
        )

    def _chorus_pro_claimable(self):
        """What is owed for each of these invoices, and a sentence for each that is not late.

        :raises UserError: they are of several companies
        """
        self.check_access("write")
        if len(self.company_id) > 1:
            raise UserError(self.env._(
                "These invoices are of %s. Claim the interest of one company at a time.",
                ", ".join(self.company_id.mapped("name")),
            ))
        found = self._chorus_pro_late_payments()
        return found, [
            self.env._(
                "%(number)s: %(sentence)s", number=move.display_name, sentence=late.problem)
            for move, late in found.items()
            if not late.days
        ]

    def _chorus_pro_note_claim(self, found):
        self._message_log_batch(bodies={
            move.id: self.env._(
                "Interest on late payment claimed by letter: %(interest)s and an indemnity of "
                "%(indemnity)s, for %(days)s days.",
                interest=move._chorus_pro_euros(found[move].interest),
                indemnity=move._chorus_pro_euros(found[move].indemnity),
                days=found[move].days,
            )
            for move in self
        })
        self._chorus_pro_last_submission().claimed_on = paris_today()

    def _chorus_pro_euros(self, amount):
        # What is in another currency is never claimed.
        return format_amount(self.env, float(amount), self.currency_id)

    def _chorus_pro_claim_rows(self, late):
        """The rows of the letter about this invoice, one for each part that is late."""
        self.ensure_one()
        env = self.env
        return [
            {
                "number": self.name,
                "reference": self.purchase_order_reference or self.contract_reference or "",
                "base": self._chorus_pro_euros(one.base),
                "start": format_date(env, self._chorus_pro_last_submission().delay_start),
                "due": format_date(env, one.due),
                "until": format_date(env, one.until),
                "is_open": one.until == paris_today() and self.amount_residual > 0,
                "days": one.days,
                "rate": f"{one.rate:.2f}".replace(".", env["res.lang"]._get_data(
                    code=env.lang or "en_US").decimal_point or "."),
                "interest": self._chorus_pro_euros(one.interest),
                "indemnity": self._chorus_pro_euros(one.indemnity),
            }
            for one in late.late
        ]


class ReportClaim(models.AbstractModel):
    """What the letters say: one for each company and public body."""

    _name = "report.l10n_fr_chorus_pro.report_claim"
    _description = "Letters That Claim Interest on Late Payment"

    @api.model
    def _get_report_values(self, docids, data=None):
        require_role(self.env, USER, READER)
        moves = self.env["account.move"].browse(docids)
        moves.check_access("read")
        is_french = FRENCH in dict(self.env["res.lang"].get_installed())
        moves = moves.with_context(lang=FRENCH if is_french else self.env.lang)
        found = moves._chorus_pro_late_payments()
        late = moves.filtered(lambda move: found[move].days)
        if not late:
            raise UserError(self.env._("There is nothing to claim."))
        ordered = late.sorted(lambda move: (move.invoice_date, move.id))
        return {
            "doc_ids": late.ids,
            "doc_model": "account.move",
            "docs": late,
            "lang": moves.env.lang,
            "letters": [
                self._letter(moves, found)
                for _key, moves in ordered.grouped(
                    lambda move: (move.company_id, move.commercial_partner_id)
                ).items()
            ],
        }

    def _letter(self, moves, found):
        first = moves[0]
        interest = sum(found[move].interest for move in moves)
        indemnity = sum(found[move].indemnity for move in moves)
        return {
            "company": first.company_id,
            "partner": first.commercial_partner_id,
            "siret": first.commercial_partner_id._chorus_pro_siret(),
            "date": format_date(moves.env, paris_today()),
            "rows": [row for move in moves for row in move._chorus_pro_claim_rows(found[move])],
            "count": len(moves),
            "interest": first._chorus_pro_euros(interest),
            "indemnity": first._chorus_pro_euros(indemnity),
            "total": first._chorus_pro_euros(interest + indemnity),
            "is_test": "qualification" in moves._chorus_pro_last_submission().mapped("environment"),
        }
