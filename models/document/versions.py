# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Whether an invoice is still what was read of it some transactions ago."""

from odoo import models
from odoo.tools import SQL


class AccountMove(models.Model):
    _inherit = "account.move"

    def _chorus_pro_versions(self):
        """What PostgreSQL says of the rows that an invoice declares: itself, its lines, its files,
        its parties, its bank account. It differs once one of them is written, added or deleted,
        also by this transaction; reading and locking change nothing.

        :return: text by id of the invoice; an invoice that is gone has none
        """
        self.env.flush_all()
        return dict(self.env.execute_query(SQL(
            """SELECT id, concat_ws(' / ', xmin, ctid,
                      (SELECT %(rows)s FROM account_move_line WHERE move_id = move.id),
                      (SELECT %(rows)s FROM ir_attachment
                        WHERE res_model = 'account.move' AND res_id = move.id),
                      (SELECT %(rows)s FROM res_partner
                        WHERE id IN (move.partner_id, move.commercial_partner_id,
                                     move.chorus_pro_validator_id)),
                      (SELECT %(rows)s FROM res_partner_bank WHERE id = move.partner_bank_id))
                 FROM account_move move
                WHERE id = ANY(%(ids)s)""",
            rows=SQL("string_agg(concat_ws('.', id, xmin, ctid), ' ' ORDER BY id)"),
            ids=list(self.ids))))
