# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from collections import Counter

from odoo import models

from ..access.web_client import tell_user

# How many reasons a message names; the others are on the invoices that it opens.
REASONS_TOLD = 3


class ChorusProSubmission(models.Model):
    _inherit = "chorus.pro.submission"

    def _notify_authors(self):
        """Tell those who sent these that the answers are there; open browsers show it at once.

        One message a person, however many invoices: what became of each is on the invoices. Of
        those sent together the author is told when all have left.
        """
        told = self.filtered(lambda row: not row.batch_id or row.batch_id.ended_at)
        for author, submissions in told.grouped("author_id").items():
            if not author:
                continue
            mine = submissions.with_context(lang=author.lang)
            bad = mine.filtered(lambda submission: submission.state != "deposited")
            tell_user(
                author,
                mine._notification_title(),
                mine._notification_message(bad),
                (bad or mine).move_id,
                is_bad=bool(bad),
            )

    def _notification_title(self):
        if len(self) == 1:
            return self.env._("Chorus Pro: %s", self.name)
        return self.env._("Chorus Pro: %s invoices", len(self))

    def _notification_message(self, bad):
        if len(self) == 1:
            labels = dict(self._fields["state"]._description_selection(self.env))
            return self.reason or labels[self.state]
        if bad:
            return self.env._(
                "%(good)s deposited, %(bad)s to look at: %(reasons)s",
                good=len(self) - len(bad),
                bad=len(bad),
                reasons=bad._reasons_told(),
            )
        if any(not submission.chorus_invoice_id for submission in self):
            return self.env._("All are deposited. Chorus Pro checks them now: you will be told.")
        return self.env._("All are deposited.")

    def _reasons_told(self):
        """The most frequent reasons, each once with its number of invoices."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        counts = Counter(row.reason or labels[row.state] for row in self).most_common()
        told = [f"{count} × {reason}" for reason, count in counts[:REASONS_TOLD]]
        return " ".join([*told, *(["…"] if len(counts) > REASONS_TOLD else [])])
