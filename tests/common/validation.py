# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Invoices of a subcontractor at the simulated Chorus Pro that name our company as validator."""

from .chorus_pro import ChorusProCommon

DECIDE = "traiter_facture_a_valider"


class ValidationCommon(ChorusProCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.subcontractor = cls.credentials["suppliers"][1]
        cls.connection.validates = True

    def _seed(self, count=1, prefix="ST", age_s=7200, **options):
        """The subcontractor has deposited these; gives their numbers."""
        return self.simulator.control.seed(
            count, prefix, status="A_VALIDER_1", age_s=age_s, supplier=self.subcontractor["siret"],
            validator=self.connection.supplier_siret, **options,
        )

    def _read(self):
        self._run(self.env.ref("l10n_fr_chorus_pro.ir_cron_validation"))
        return self._rows()

    def _rows(self):
        return self.env["chorus.pro.validation"].sudo().search([], order="id")

    def _waiting(self, **options):
        """An invoice that waits for our decision, as we know it."""
        [number] = self._seed(**options)
        return self._read().filtered(lambda row: row.name == number)

    def _accept(self, row, user=None):
        row.with_user(user or self.accountant).action_accept()
        return row.decision_ids[:1]

    def _refuse(self, row, comment="Situation 3 à revoir", **options):
        row.with_user(self.accountant).action_refuse(comment=comment, **options)
        return row.decision_ids[:1]

    def _there(self, row):
        [invoice] = self._at_chorus(row.name)
        return invoice
