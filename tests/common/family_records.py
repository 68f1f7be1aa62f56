# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Taxes, products, customers and terms of the family of invoices (invoice_family.py)."""

import itertools
from functools import cached_property

from odoo import Command, fields

IBAN = "FR1420041010050500013M02606"
PUBLIC, OVERSEAS = "12345678200051", "12345678200028"


class FamilyRecords:
    """Made when first asked for, in the given company, which must have the French chart of
    accounts. Nothing here needs a test class: benches use it too."""

    _numbers = itertools.count(1)

    def __init__(self, env, company):
        self.company = company
        self.env = env(context={**env.context, "allowed_company_ids": company.ids})
        company.tax_exigibility = True
        company.partner_id.write(
            {
                "vat": company.partner_id.vat or "FR23334175221",
                "country_id": self.env.ref("base.fr").id,
                "street": "1 rue de l'Exemple",
                "zip": "75001",
                "city": "Paris",
                "phone": "+33 1 23 45 67 89",
                "email": "facturation@example.com",
            }
        )
        company.report_footer = "<p>SARL au capital de 10 000 €<br/>RCS Paris 123 456 782</p>"

    def _record(self, model, **values):
        return self.env[model].create(values)

    def tax(self, rate, **values):
        return self._record(
            "account.tax",
            **{
                "name": f"TVA {rate:g} % n° {next(self._numbers)}",
                "invoice_label": f"TVA {rate:g} %",
                "amount": rate,
                "amount_type": "percent",
                "type_tax_use": "sale",
                "company_id": self.company.id,
                **values,
            },
        )

    @cached_property
    def taxes(self):
        """Taxes by a short name."""
        legal = "<p>TVA non applicable, art. 293 B du CGI</p>"
        included = {"price_include_override": "tax_included"}
        fixed = {"amount_type": "fixed", "sequence": 0}
        return {
            **{f"{rate:g}": self.tax(rate) for rate in (20.0, 10.0, 8.5, 5.5, 2.1, 1.05)},
            "20 included": self.tax(20.0, **included),
            "5.5 included": self.tax(5.5, **included),
            "20 on receipts": self.tax(
                20.0,
                tax_exigibility="on_payment",
                cash_basis_transition_account_id=self._transition_account.id,
            ),
            "exempt": self.tax(0.0, invoice_legal_notes=legal),
            "exempt by code": self.tax(
                0.0,
                ubl_cii_tax_category_code="E",
                ubl_cii_tax_exemption_reason_code="VATEX-FR-CGI261-4",
            ),
            "exempt by directive": self.tax(
                0.0,
                ubl_cii_tax_category_code="E",
                ubl_cii_tax_exemption_reason_code="VATEX-EU-132",
            ),
            "exempt by label": self.tax(0.0, invoice_label="Exonéré"),
            "zero": self.tax(0.0, ubl_cii_tax_category_code="Z"),
            "reverse charge": self.tax(
                0.0, ubl_cii_tax_category_code="AE", invoice_legal_notes="<p>Autoliquidation</p>"
            ),
            "reversed": self.tax(20.0, repartition_line_ids=self._reversed()),
            "service abroad": self.tax(0.0, tax_scope="service"),
            "abroad": self.tax(0.0),
            "intra": self.tax(0.0, ubl_cii_tax_category_code="K"),
            "export": self.tax(0.0, ubl_cii_tax_category_code="G"),
            "outside": self.tax(0.0, ubl_cii_tax_category_code="O"),
            "eco": self.tax(0.37, **fixed, include_base_amount=True, invoice_label="Éco-part."),
            "retained": self.tax(-5.0, sequence=90, invoice_label="Retenue de garantie"),
            "stay": self.tax(1.1, **fixed, invoice_label="Taxe de séjour"),
        }

    @staticmethod
    def _reversed():
        return [
            Command.create({"document_type": kind, "repartition_type": part, "factor_percent": of})
            for kind in ("invoice", "refund")
            for part, of in (("base", 100), ("tax", 100), ("tax", -100))
        ]

    @cached_property
    def _transition_account(self):
        return self._account("445740", "TVA en attente", "liability_current", reconcile=True)

    @cached_property
    def advances(self):
        """The account of advances received from customers."""
        return self._account("419100", "Clients - Avances reçues", "liability_current")

    def _account(self, code, name, kind, **values):
        found = self.env["account.account"].search(
            [("code", "=", code), ("company_ids", "in", self.company.ids)], limit=1
        )
        if found:
            found.write(values)
            return found
        values |= {"code": code, "name": name, "account_type": kind}
        return self._record("account.account", company_ids=self.company.ids, **values)

    @cached_property
    def products(self):
        common = {"taxes_id": [Command.clear()], "type": "consu"}
        hour, kilo = self.env.ref("uom.product_uom_hour"), self.env.ref("uom.product_uom_kgm")
        return [
            self._record("product.product", name="Ramette A4", default_code="RAM-A4", **common,
                         barcode="RAM 42"),
            self._record("product.product", name="Conseil", uom_id=hour.id, **common),
            self._record("product.product", name="Sel de déneigement", uom_id=kilo.id, **common,
                         barcode="4006381333931"),
        ]  # fmt: skip

    @cached_property
    def bank(self):
        return self._record(
            "res.partner.bank",
            acc_number=IBAN,
            partner_id=self.company.partner_id.id,
            allow_out_payment=True,
            bank_id=self._record("res.bank", name="Banque d'Exemple", bic="AGRIFRPP").id,
        )

    def customer(self, country="base.fr", **values):
        return self._record(
            "res.partner",
            **{
                "name": "Commune d'Exemple",
                "is_company": True,
                "country_id": self.env.ref(country).id,
                "street": "Place de la Mairie",
                "zip": "44000",
                "city": "Nantes",
                "company_registry": PUBLIC,
                "lang": "en_US",
                **values,
            },
        )

    @cached_property
    def customers(self):
        """Customers by a short name."""
        public = self.customer()
        return {
            "public": public,
            "annex": self.customer(
                name="Annexe", parent_id=public.id, type="delivery", is_company=False, city="Rezé"
            ),
            "overseas": self.customer("base.re", company_registry=OVERSEAS, zip="97400"),
            "european": self.customer(
                "base.de", name="Stadt Köln", company_registry=False, vat="DE136695976"
            ),
            "foreign": self.customer(
                "base.ch", name="Commune de Montreux", company_registry=False
            ),
            "new caledonia": self.customer("base.nc", company_registry="0123456789"),
            "polynesia": self.customer("base.pf", company_registry="A12345"),
        }

    @cached_property
    def terms(self):
        """Payment terms by a short name."""
        whole = [Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})]
        return {
            "30 days": self._record(
                "account.payment.term", name="30 jours", line_ids=whole,
                note="<p>Paiement à <b>30 jours</b></p>",
            ),
            "discount": self._record(
                "account.payment.term", name="2 % à 10 jours", line_ids=whole,
                early_discount=True, discount_percentage=2, discount_days=10,
                early_pay_discount_computation="mixed",
            ),
            "retention": self._record(
                "account.payment.term", name="Retenue de garantie 5 %",
                line_ids=[
                    Command.create({"value": "percent", "value_amount": 95, "nb_days": 30}),
                    Command.create({"value": "percent", "value_amount": 5, "nb_days": 395}),
                ],
            ),
        }  # fmt: skip

    @cached_property
    def roundings(self):
        """Cash roundings by Odoo's name of their strategy."""
        account = self._account("758900", "Arrondis", "income_other")
        return {
            strategy: self._record(
                "account.cash.rounding", name=strategy, rounding=0.05, strategy=strategy,
                rounding_method="HALF-UP", profit_account_id=account.id,
                loss_account_id=account.id,
            )
            for strategy in ("add_invoice_line", "biggest_tax")
        }  # fmt: skip

    @cached_property
    def dollar(self):
        """US dollars, with a rate for today."""
        dollar = self.env.ref("base.USD")
        dollar.active = True
        rates = self.env["res.currency.rate"].search(
            [("currency_id", "=", dollar.id), ("company_id", "=", self.company.id)]
        )
        rates.unlink()
        self._record(
            "res.currency.rate", currency_id=dollar.id, company_id=self.company.id,
            name=fields.Date.to_date("2020-01-01"), rate=1.0837,
        )  # fmt: skip
        return dollar
