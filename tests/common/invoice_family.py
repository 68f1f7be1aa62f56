# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A family of invoices as Odoo can post them: one of each named case, then mixtures of them.

``for name, move in InvoiceFamily(env, company): …``. Moves are posted one after the other. The same
seed gives the same invoices. Benches use it as tests do: no test class is needed.
"""

import random

from odoo import Command, fields

from .family_records import FamilyRecords

SEED = 16931
COUNT = 205
ISSUED, DUE = fields.Date.to_date("2026-11-20"), fields.Date.to_date("2026-12-20")
# Taxes that live together on an invoice.
GROUPS = (
    ("20", "10", "8.5", "5.5", "2.1", "1.05"),
    ("20 included", "5.5 included", "20", "10"),
    ("20", "5.5", "exempt", "zero", None),
    ("20", "reverse charge"),
    ("20 on receipts", "10"),
    ("exempt", "exempt by code", "exempt by directive", "exempt by label"),
    ("reverse charge", "reversed"),
    ("outside",),
    (None,),
)
LABELS = (
    "Ramette de papier",
    "Prestation\nselon devis <b>n° 12</b> & avenant",
    "Câble 3 < 5 mm²",
    "Café \u2615 \x0b\x1fà volonté",
)
NOTE = "<p>Merci de votre <b>confiance</b><br/>Pénalités : 3 × taux légal &amp; 40 €</p>"


class InvoiceFamily:
    """:param count: how many invoices, those of the named cases included
    :param with_products: every line names a product, as it need not
    """

    def __init__(self, env, company, count=COUNT, seed=SEED, with_products=False):
        self.records = FamilyRecords(env, company)
        self.env, self.company, self.count = self.records.env, company, count
        self._product = self.records.products[0] if with_products else env["product.product"]
        self._random = random.Random(seed)

    def __iter__(self):
        """Yield pairs (name of the case, posted move)."""
        cases = self.named_cases()
        for name, case in cases.items():
            yield name, case()
        methods = ("round_globally", "round_per_line")
        for number in range(len(cases), self.count):
            self.company.tax_calculation_rounding_method = methods[number % 2]
            yield f"mixture {number}", self._mixture()

    # ------------------------------------------------------------------
    # Parts
    # ------------------------------------------------------------------

    def line(self, price=100.0, tax="20", **values):
        """Values of a line; ``tax``: short names joined by " + ", or None."""
        names = tax.split(" + ") if tax else ()
        taxes = self.env["account.tax"].union(*(self.records.taxes[name] for name in names))
        return {
            "name": "Prestation",
            "product_id": self._product.id,
            "quantity": 1,
            "price_unit": price,
            "tax_ids": [Command.set(taxes.ids)],
            **values,
        }

    def invoice(self, *lines, post=True, **values):
        """A posted invoice of these values of lines; one simple line when there is none."""
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.records.customers["public"].id,
                "invoice_date": ISSUED,
                "company_id": self.company.id,
                "partner_bank_id": self.records.bank.id,
                "invoice_date_due": DUE,
                "invoice_line_ids": [Command.create(line) for line in lines or [self.line()]],
                **values,
            }
        )
        if post:
            move.action_post()
        return move

    def section(self, name="Lot 1", **values):
        """Values of the title of a section."""
        return {"display_type": "line_section", "name": name, **values}

    def _hidden(self, flag):
        """An invoice with a section that hides, and a line after it."""
        lines = [
            self.section("Forfait installation", **{flag: True}),
            self.line(180.0, name="Tube"),
            self.line(120.0, name="Coude"),
            self.line(50.0, "10", name="Pose", quantity=2),
            self.section("Divers"),
            self.line(99.0, name="Visite"),
        ]
        return self.invoice(*({**line, "sequence": n} for n, line in enumerate(lines)))

    def _customer(self, name):
        return {"partner_id": self.records.customers[name].id}

    def _term(self, name):
        return {"invoice_payment_term_id": self.records.terms[name].id}

    def _rounding(self, strategy):
        return {"invoice_cash_rounding_id": self.records.roundings[strategy].id}

    def pay(self, move, amount=None):
        values = {"payment_date": move.invoice_date, **({"amount": amount} if amount else {})}
        context = {"active_model": "account.move", "active_ids": move.ids}
        wizard = self.env["account.payment.register"].with_context(**context).create(values)
        wizard._create_payments()
        return move

    def refund(self, move):
        """The credit note that corrects ``move``."""
        wizard = self.env["account.move.reversal"].create(
            {"move_ids": move.ids, "journal_id": move.journal_id.id, "date": move.invoice_date}
        )
        wizard.refund_moves()
        move.reversal_move_ids.invoice_date_due = DUE
        move.reversal_move_ids.action_post()
        return move.reversal_move_ids

    # ------------------------------------------------------------------
    # One of each case
    # ------------------------------------------------------------------

    def named_cases(self):
        """{name: function that makes the invoice}, one for each rule."""
        line, invoice = self.line, self.invoice
        return {
            "simple": lambda: invoice(
                line(), buyer_reference="SRV-1", purchase_order_reference="EJ-7",
                contract_reference="M-26", narration=NOTE, **self._term("30 days"),
            ),
            "several_rates": lambda: invoice(
                line(33.33, "20"), line(12.5, "10"), line(0.07, "5.5", quantity=7)
            ),
            "more_decimals": lambda: invoice(
                line(0.123456, quantity=1234.5), line(33.333, quantity=3)
            ),
            "line_discount": lambda: invoice(line(19.99, discount=33.3), line(5.0, discount=100)),
            "surcharge": lambda: invoice(line(19.99, discount=-10)),
            "global_discount": lambda: invoice(line(200.0), line(-20.0, name="Remise 10 %")),
            "negative_quantity": lambda: invoice(line(200.0), line(5.0, quantity=-3)),
            "free_line": lambda: invoice(line(), line(0.0, name="Offert"), line(9.0, quantity=0)),
            "included": lambda: invoice(
                line(9.99, "20 included", quantity=3), line(0.05, "5.5 included", discount=12.5)
            ),
            "eco_contribution": lambda: invoice(
                line(100.0, "eco + 20", quantity=2), line(-3.0, "eco + 20", quantity=1)
            ),
            "tax_outside_vat": lambda: invoice(line(80.0, "stay + 10", quantity=2)),
            "on_receipts": lambda: invoice(line(100.0, "20 on receipts")),
            "exempt": lambda: invoice(line(100.0, "exempt")),
            "exempt_by_code": lambda: invoice(line(100.0, "exempt by code")),
            "exempt_for_two_reasons": lambda: invoice(
                line(100.0, "exempt by code"), line(20.0, "exempt by directive")
            ),
            "exempt_and_taxed": lambda: invoice(line(), line(50.0, "exempt by label")),
            "untaxed": lambda: invoice(line(100.0, None)),
            "untaxed_and_taxed": lambda: invoice(line(), line(12.0, None, name="Débours")),
            "outside_vat": lambda: invoice(line(100.0, "outside")),
            "reverse_charge": lambda: invoice(line(100.0, "reverse charge")),
            "reversed_tax": lambda: invoice(line(100.0, "reversed")),
            "intra_community": lambda: invoice(line(100.0, "intra"), **self._customer("european")),
            "intra_community_guessed": lambda: invoice(
                line(100.0, "abroad"), **self._customer("european")
            ),
            "service_abroad": lambda: invoice(
                line(100.0, "service abroad"), **self._customer("european")
            ),
            "export": lambda: invoice(line(100.0, "export"), **self._customer("foreign")),
            "export_guessed": lambda: invoice(line(100.0, "abroad"), **self._customer("foreign")),
            "overseas": lambda: invoice(line(100.0, "8.5"), **self._customer("overseas")),
            "new_caledonia": lambda: invoice(
                line(100.0, "exempt"), **self._customer("new caledonia")
            ),
            "polynesia": lambda: invoice(line(100.0, "exempt"), **self._customer("polynesia")),
            "other_currency": lambda: invoice(
                line(33.33, quantity=3), line(10.01, "5.5"), currency_id=self.records.dollar.id
            ),
            "rounded_line": lambda: invoice(line(10.01), **self._rounding("add_invoice_line")),
            "rounded_tax": lambda: invoice(line(10.01), **self._rounding("biggest_tax")),
            "early_discount": lambda: invoice(
                line(), line(50.0, "5.5"), **self._term("discount")
            ),
            "retention": lambda: invoice(line(1000.0), **self._term("retention")),
            "retention_as_tax": lambda: invoice(line(1000.0, "retained + 20")),
            "retention_as_line": lambda: invoice(
                line(1000.0), line(-60.0, None, name="Retenue de garantie 5 %")
            ),
            "already_paid": lambda: self.pay(invoice()),
            "part_paid": lambda: self.pay(invoice(), 50.0),
            "paid_without_bank": lambda: self.pay(invoice(partner_bank_id=False)),
            "credit_note": lambda: self.refund(invoice(line(50.0), line(7.0, "eco + 5.5"))),
            "credit_note_alone": lambda: invoice(line(20.0), move_type="out_refund"),
            "credit_note_rounded": lambda: invoice(
                line(10.01), move_type="out_refund", **self._rounding("add_invoice_line")
            ),
            "deposit": self.deposit,
            "deposit_deducted": self._final_invoice,
            "delivered_elsewhere": lambda: invoice(
                line(), partner_shipping_id=self.records.customers["annex"].id,
                delivery_date=fields.Date.to_date("2026-11-02"),
            ),
            "products": lambda: invoice(
                *(line(product_id=product.id, name=False) for product in self.records.products)
            ),
            "sections_and_notes": lambda: invoice(
                {"display_type": "line_note", "name": "En tête", "sequence": 1},
                {"display_type": "line_section", "name": "Lot 1", "sequence": 2},
                line(sequence=3),
                {"display_type": "line_note", "name": "Sous la ligne", "sequence": 4},
            ),
            "hidden_composition": lambda: self._hidden("collapse_composition"),
            "hidden_prices": lambda: self._hidden("collapse_prices"),
            "odd_texts": lambda: invoice(
                *(line(name=label) for label in LABELS), narration="<p>a &lt; b <i>c</i></p>"
            ),
        }  # fmt: skip

    def deposit(self):
        """A deposit invoice: its line is booked as an advance received."""
        return self.invoice(
            self.line(300.0, name="Acompte 30 %", account_id=self.records.advances.id)
        )

    def _final_invoice(self):
        deposit = self.deposit()
        return self.invoice(
            self.line(1000.0),
            self.line(
                -300.0, name=f"Acompte {deposit.name}", account_id=self.records.advances.id
            ),
        )

    # ------------------------------------------------------------------
    # Mixtures
    # ------------------------------------------------------------------

    def _mixture(self):
        pick = self._random
        group = pick.choice(GROUPS)
        lines = [self._any_line(group) for _each in range(pick.randint(1, 7))]
        # Odoo posts no invoice whose total is negative.
        lines.append(self.line(60000.0, group[0], name="Lot principal"))
        if pick.random() < 0.2:
            flag = pick.choice(("collapse_composition", "collapse_prices"))
            lines.insert(pick.randrange(len(lines)), self.section(**{flag: True}))
            lines = [{**line, "sequence": number} for number, line in enumerate(lines)]
        values = {
            "move_type": pick.choice(("out_invoice", "out_invoice", "out_refund")),
            "narration": pick.choice((False, NOTE)),
            "buyer_reference": pick.choice((False, "SRV-1")),
            "purchase_order_reference": pick.choice((False, "EJ <7> & suite")),
        }
        if pick.random() < 0.15:
            # Odoo itself makes no balanced entry of an early discount in another currency.
            values["currency_id"] = self.records.dollar.id
        elif pick.random() < 0.3:
            values |= self._term(pick.choice(sorted(self.records.terms)))
        elif pick.random() < 0.3:
            # Without VAT there is no tax to be rounded.
            is_taxed = group[0] and self.records.taxes[group[0]].amount
            values |= self._rounding("biggest_tax" if is_taxed else "add_invoice_line")
        move = self.invoice(*lines, **values)
        if move.move_type == "out_invoice" and pick.random() < 0.2:
            self.pay(move, pick.choice((None, 12.34)))
        return move

    def _any_line(self, group):
        pick = self._random
        tax = pick.choice(group)
        if tax and "included" not in tax and pick.random() < 0.1:
            tax = f"eco + {tax}"
        return self.line(
            round(pick.uniform(-50, 900), pick.choice((0, 2, 2, 4, 6))),
            tax,
            name=pick.choice(LABELS),
            quantity=round(pick.uniform(0.1, 40), pick.choice((0, 0, 2))) or 1,
            discount=pick.choice((0, 0, 0, 5, 12.5, 33.33)),
        )
