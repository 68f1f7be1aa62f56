# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Many invoices at once: which may leave, which have something to be corrected, which do not."""

from odoo import models

# Of the invoices' lines, what Odoo's tax engine would else read invoice by invoice.
LINE_FIELDS = ("tax_ids", "tax_tag_ids", "matched_credit_ids", "matched_debit_ids")


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_chorus_pro_send_selected(self):
        """Queue one invoice at once; of several, show first which can leave and which cannot."""
        if len(self) == 1:
            return self.action_chorus_pro_send()
        self.check_access("write")
        return self.env["chorus.pro.triage"]._open(self)

    def _chorus_pro_triage(self, corrected=()):
        """Where each of these invoices stands before it is sent.

        :param corrected: invoices refused earlier of which a person says that they are corrected
        :return: ``{move: (kind, [sentence, …])}``; kind is ``ready`` (the sentences say what is to
            be checked), ``to_fix``, ``there`` (on its way, or at Chorus Pro) or ``other`` (not for
            Chorus Pro)
        """
        self.line_ids.fetch(LINE_FIELDS)
        states = dict(self._fields["chorus_pro_state"]._description_selection(self.env))
        warnings = self._chorus_pro_warnings()
        found = {}
        for move in self:
            if reason := move._chorus_pro_not_concerned():
                found[move] = "other", [reason]
            elif move._chorus_pro_alive_submission():
                found[move] = "there", [states.get(move.chorus_pro_state, "")]
            else:
                sentences = move._chorus_pro_problems() or move._chorus_pro_refusal(corrected)
                kind = "to_fix" if sentences else "ready"
                found[move] = kind, sentences or warnings.get(move, [])
        return found

    def _chorus_pro_not_concerned(self):
        """Sentence about why this is nothing for Chorus Pro, else None."""
        if self.move_type not in ("out_invoice", "out_refund"):
            return self.env._("Only customer invoices and credit notes go to Chorus Pro.")
        if self.state == "draft":
            return self.env._("It is a draft: confirm it first.")
        if self.state == "cancel":
            return self.env._("It is cancelled.")
        country = self.commercial_partner_id.country_id
        if country and country.code not in self._chorus_pro_french_countries():
            return self.env._("Its customer is not in France: Chorus Pro is for French bodies.")
        if not self.chorus_pro_is_concerned:
            return self.env._(
                "Its customer does not receive invoices by Chorus Pro: choose this sending method "
                "on the customer if it should."
            )
        return None

    def _chorus_pro_refusal(self, corrected):
        """Why an earlier deposit was refused, when nothing was corrected since: a list.

        A correction on the invoice has its PDF made again; of one made elsewhere, such as on the
        customer, only a person knows.
        """
        is_same = self.chorus_pro_state == "refused" and self.invoice_pdf_report_id
        if not is_same or self in corrected:
            return []
        return [self.chorus_pro_reason or self.env._("It was refused at deposit.")]
