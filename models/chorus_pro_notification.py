# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import models


class ChorusProSubmission(models.Model):
    _inherit = "chorus.pro.submission"

    def _notify_authors(self):
        """Tell those who sent these that the answers are there; open browsers show it at once.

        One message a person, however many invoices: what became of each is on the invoices.
        """
        for author, submissions in self.grouped("author_id").items():
            if not author:
                continue
            mine = submissions.with_context(lang=author.lang)
            bad = mine.filtered(lambda submission: submission.state != "deposited")
            author.partner_id._bus_send(
                "account_notification",
                {
                    "type": "warning" if bad else "success",
                    "title": mine._notification_title(),
                    "message": mine._notification_message(bad),
                    "sticky": bool(bad),
                    "action_button": {
                        "name": mine.env._("Open"),
                        "action_name": mine.env._("Answers of Chorus Pro"),
                        "model": "account.move",
                        "res_ids": (bad or mine).move_id.ids,
                    },
                },
            )

    def _notification_title(self):
        if len(self) == 1:
            return self.env._("Chorus Pro: %s", self.name)
        return self.env._("Chorus Pro: %s invoices", len(self))

    def _notification_message(self, bad):
        if len(self) == 1:
            labels = dict(self._fields["state"]._description_selection(self.env))
            return self.reason or labels[self.state]
        if not bad:
            return self.env._("All are deposited.")
        return self.env._(
            "%(good)s deposited, %(bad)s to look at.", good=len(self) - len(bad), bad=len(bad)
        )
