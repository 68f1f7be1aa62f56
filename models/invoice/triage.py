# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Many invoices at once: which may leave, which have something to be corrected, which do not."""

from odoo import models

from ...choruspro.checks import blocking, check_siret
from ..access.roles import USER, require_role
from ..rules.rule_book import finding


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_chorus_pro_send_selected(self):
        """Queue one invoice at once; of several, and of one that is nothing for Chorus Pro, show
        first which can leave and which cannot."""
        if len(self) == 1 and not self._chorus_pro_not_concerned():
            return self.action_chorus_pro_send()
        require_role(self.env, USER)
        self.check_access("write")
        return self.env["chorus.pro.triage"]._open(self)

    def _chorus_pro_triage(self, corrected=()):
        """Where each of these invoices stands before it is sent.

        :param corrected: invoices refused earlier of which a person says that they are corrected
        :return: ``{move: (kind, [Finding, …])}``; kind is ``ready`` (the findings say what is to
            be checked), ``to_fix``, ``there`` (on its way, or at Chorus Pro) or ``other`` (not for
            Chorus Pro)
        """
        found = {}
        for move, findings in self._chorus_pro_findings().items():
            if reason := move._chorus_pro_not_concerned():
                found[move] = "other", [reason]
            elif findings and findings[0].id == "already_there":
                found[move] = "there", findings
            elif problems := blocking(findings):
                found[move] = "to_fix", problems
            elif refusal := move._chorus_pro_refusal(corrected):
                found[move] = "to_fix", [refusal]
            else:
                found[move] = "ready", findings
        return found

    def _chorus_pro_not_concerned(self):
        """The :class:`Finding` that says why this is nothing for Chorus Pro, else None."""
        if self.move_type not in ("out_invoice", "out_refund"):
            return finding("not_customer_invoice")
        if self.state != "posted":
            return finding("not_confirmed" if self.state == "draft" else "cancelled")
        country = self.commercial_partner_id.country_id
        if (
            country
            and country.code not in self._chorus_pro_french_countries()
            # A service of the State abroad, such as an embassy, has one.
            and blocking(check_siret(self.commercial_partner_id._chorus_pro_siret()))
        ):
            return finding("customer_abroad")
        return None if self.chorus_pro_is_concerned else finding("other_method")

    def _chorus_pro_refusal(self, corrected):
        """The :class:`Finding` about an earlier deposit that was refused, when nothing was
        corrected since; else None.

        A correction on the invoice has its PDF made again; of one made elsewhere, such as on the
        customer, only a person knows.
        """
        is_same = self.chorus_pro_state == "refused" and self.invoice_pdf_report_id
        if not is_same or self in corrected:
            return None
        return finding("refused_before", reason=self.chorus_pro_reason or "")
