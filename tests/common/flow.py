# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Invoices that travel in files."""

from datetime import timedelta

from odoo import fields

from .chorus_pro import FREE, ChorusProCommon

# The simulator judges a file three minutes after its deposit.
JUDGED = 240


class FlowCommon(ChorusProCommon):
    """Connections deposit Factur-X, as by default."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection.default_format = "facturx"
        cls.company.write(
            {"street": "12 rue des Essais", "zip": "35000", "city": "Rennes",
             "country_id": cls.env.ref("base.fr").id, "vat": "FR23334175221"}
        )
        cls.customer.write({"street": "1 place de la République", "zip": "75001", "city": "Paris"})

    @classmethod
    def _invoice(cls, lines=((100.0, None),), **values):
        return super()._invoice(lines, **{"partner_bank_id": cls.bank.id, **values})

    @classmethod
    def _create_customer(cls, siret=FREE, **values):
        address = {"street": "1 place de la République", "zip": "75001", "city": "Paris"}
        return super()._create_customer(siret, **{**address, **values})

    def _deposit(self, moves):
        """Queue and send; the flows made."""
        return self._send(moves).flow_id

    def _judge(self, flows):
        """Let Chorus Pro judge these flows, then read what it says."""
        self.simulator.control.advance(JUDGED)
        self._ask(flows)

    def _ask(self, flows):
        self._make_due(flows)
        self._run_sender()

    def _age(self, flows, **delay):
        """As if Chorus Pro had said for so long that it has nothing of them."""
        flows.sudo().missing_since = fields.Datetime.now() - timedelta(**delay)
