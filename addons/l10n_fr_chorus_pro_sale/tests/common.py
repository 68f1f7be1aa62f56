# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Quotations to public bodies, made by a salesman who sees nothing but his own documents."""

from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.l10n_fr_chorus_pro.tests.common.directory import DirectoryCommon


class SaleCommon(DirectoryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesman = cls._salesman("chorus_salesman")
        cls.service_product = cls.env["product.product"].create(
            {
                "name": "Prestation",
                "type": "service",
                "invoice_policy": "order",
                "list_price": 100.0,
                "taxes_id": [Command.set(cls.tax_20.ids)],
            }
        )

    @classmethod
    def _salesman(cls, login, groups="sales_team.group_sale_salesman", company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            login=login,
            groups=groups,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            lang="en_US",
        )

    def _known(self, demand="nothing", services="few", **values):
        """A customer whose structure was looked up."""
        siret = self._recipient(demand, services).siret
        self._look_up(siret)
        self._calls()
        return self._create_customer(siret, **values)

    def _order(self, customer=None, price=100.0, *, user=None, confirm=False, **values):
        """A quotation of one line, VAT 20 % on top, of the salesman by default."""
        line = {"product_id": self.service_product.id, "price_unit": price}
        order = self.env["sale.order"].with_user(user or self.salesman).create(
            {
                "partner_id": (customer or self.customer).id,
                "order_line": [Command.create(line)],
                **values,
            }
        )
        if confirm:
            order.action_confirm()
        return order

    def _rules(self, record):
        return [each["id"] for each in record.chorus_pro_findings or ()]
