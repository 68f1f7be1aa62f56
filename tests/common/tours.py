# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Walks through the screens."""

from odoo.tests import HttpCase

from .chorus_pro import ChorusProCommon


class TourCommon(ChorusProCommon, HttpCase):
    """Walks through the screens in a real browser, as people who work in French."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.accountant, cls.manager, cls.administrator):
            user.write({"password": user.login, "lang": "fr_FR"})

    def _run(self, cron):
        # An HttpCase is in test mode already.
        self.env.flush_all()
        cron.method_direct_trigger()
        self.env.invalidate_all()

    def _walk(self, name, record, user=None, action="account.action_move_out_invoice"):
        path = f"/odoo/action-{action}" + (f"/{record.id}" if record else "")
        self.env.flush_all()
        self.start_tour(path, name, login=(user or self.accountant).login)
        self.env.invalidate_all()
