# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Sales journals: their sequence is checked, where invoice numbers come from; one that a connection
serves cannot be deleted."""

import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import remove_accents

from ...choruspro.checks import check_number
from ..rules.rule_book import finding_of

DIGITS = 5
# What is left for the letters of a number such as R…/2026/00001.
PREFIX = 20 - len("R/2026/") - DIGITS


class AccountJournal(models.Model):
    _inherit = "account.journal"

    chorus_pro_number_warning = fields.Text(
        string="Numbers Refused by Chorus Pro", compute="_compute_chorus_pro_number_warning")

    @api.depends_context("lang")
    @api.depends("type", "code", "company_id", "refund_sequence")
    def _compute_chorus_pro_number_warning(self):
        for journal in self:
            connection = self.env["chorus.pro.connection"]._of_journal(journal)
            is_concerned = journal.type == "sale" and connection and journal._origin
            journal.chorus_pro_number_warning = (
                journal._chorus_pro_number_problems() if is_concerned else False)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_served_by_chorus_pro(self):
        """The database refuses it too (see ``journal_ids`` of the connection); this says why."""
        connections = self.env["chorus.pro.connection"].sudo().with_context(active_test=False)
        for connection in connections.search([("journal_ids", "in", self.ids)], limit=1):
            served = self & connection.journal_ids.with_env(self.env)
            raise UserError(self.env._(
                "The Chorus Pro connection “%(connection)s” serves %(journals)s: remove it "
                "from the journals of the connection first, or archive it.",
                connection=connection.name,
                journals=", ".join(served.mapped("display_name"))))

    def _chorus_pro_number_problems(self):
        """What Chorus Pro will refuse in the next numbers, with a number that it takes; False when
        all is well."""
        for move_type in ("out_invoice", "out_refund"):
            number = self._chorus_pro_next_number(move_type)
            if problems := check_number(number):
                return self.env._(
                    "%(problems)s Give the next draft of this journal the number %(proposal)s: "
                    "Odoo goes on from there.",
                    problems=" ".join(finding_of(each).sentence(self.env) for each in problems),
                    proposal=self._chorus_pro_proposed_number(number))
        return False

    def _chorus_pro_next_number(self, move_type):
        """The number that the next invoice of this journal would get today."""
        move = self.env["account.move"].new({
            "move_type": move_type,
            "journal_id": self._origin.id,
            "company_id": self.company_id.id,
            "date": fields.Date.context_today(self),
        })
        form, values = move._get_next_sequence_format()
        return form.format(**{**values, "seq": values["seq"] + 1})

    @api.model
    def _chorus_pro_proposed_number(self, number):
        """A number like this one that Chorus Pro takes."""
        cleaned = re.sub(r"[^A-Za-z0-9\-_/+]+", "-", remove_accents(number)).strip("-/")
        if not check_number(cleaned):
            return cleaned
        letters = re.sub(r"[\W\d_]+", "", cleaned)[:PREFIX].upper() or "FAC"
        year = fields.Date.context_today(self).year
        return f"{letters}/{year}/{1:0{DIGITS}d}"
