# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A French company, its public customers and a simulated Chorus Pro, for the Odoo tests."""

from decimal import Decimal
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from odoo import Command, fields
from odoo.tests import new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from ...simulator.server import SimulatorServer

FREE = "12345678200051"
SERVICE = "12345678200028"
ENGAGEMENT = "12345678200036"
BOTH = "12345678200044"

# The groups of those who act in the tests, by login.
USERS = {
    "chorus_accountant": "account.group_account_invoice,l10n_fr_chorus_pro.group_user",
    "chorus_manager": "account.group_account_invoice,l10n_fr_chorus_pro.group_manager",
    "chorus_administrator": "base.group_system,account.group_account_manager",
}


def make_user(env, login, company):
    """A new user of USERS, who has only this company."""
    return new_test_user(
        env,
        login=login,
        groups=USERS[login],
        company_id=company.id,
        company_ids=[Command.set(company.ids)],
        lang="en_US",
    )


def make_pdf(text="Facture"):
    """A small real PDF."""
    buffer = BytesIO()
    canvas = Canvas(buffer)
    canvas.drawString(100, 700, text)
    canvas.save()
    return buffer.getvalue()


class KnownRates:
    """What a session gives when Chorus Pro lists the usual French rates."""

    supplier_id = "25784301"
    supplier_service_id = None
    codes = {Decimal("20.0"): "TVA4", Decimal("10.0"): "TVA3", Decimal("5.5"): "TVA2"}

    def vat_code(self, rate):
        return self.codes.get(rate)

    def bank_account_id(self, iban):
        return "88231" if iban else None


def connection_values(credentials, supplier, company_id):
    """Values of a connection of ``company_id`` to the simulator, as ``supplier``."""
    return {
        "company_id": company_id,
        "environment": "custom",
        "default_format": "pdf",
        "custom_token_url": credentials["token_url"],
        "custom_api_url": credentials["api_url"],
        "piste_client_id": credentials["client_id"],
        "piste_client_secret": credentials["client_secret"],
        "technical_login": credentials["login"],
        "technical_password": credentials["password"],
        "supplier_siret": supplier["siret"],
        "supplier_structure_id": str(supplier["structure_id"]),
    }


class ChorusProCommon(AccountTestInvoicingCommon):
    """Tests run as ``self.accountant``, who may invoice and send, and nothing more;
    ``self.manager`` decides besides."""

    simulator_options = {}

    @classmethod
    @AccountTestInvoicingCommon.setup_country("fr")
    def setUpClass(cls):
        super().setUpClass()
        cls.simulator = cls.enterClassContext(SimulatorServer(**cls.simulator_options))
        cls.credentials = cls.simulator.control.credentials()
        cls.company = cls.company_data["company"]
        cls.company.company_registry = cls.credentials["supplier"]["siret"]
        cls.bank = cls.env["res.partner.bank"].create(
            {
                "acc_number": "FR7630006000011234567890189",
                "partner_id": cls.company.partner_id.id,
                "allow_out_payment": True,
            }
        )
        cls.connection = cls._create_connection(cls.company)
        cls.customer = cls._create_customer(FREE)
        cls.accountant = cls._actor("chorus_accountant")
        cls.manager = cls._actor("chorus_manager")
        cls.administrator = cls._actor("chorus_administrator")
        cls.tax_20 = cls._vat(20.0)

    @classmethod
    def _create_company(cls, **values):
        """`make test` makes two companies beforehand: loading a chart of accounts takes long."""
        made = cls.env.ref(f"chorus_pro_prepared.{values['name']}", raise_if_not_found=False)
        if not made or values.keys() != {"name"}:
            return super()._create_company(**values)
        cls.env.user.company_ids = [Command.link(made.id)]
        return made

    @classmethod
    def _actor(cls, login):
        """One of USERS; `make test` makes them beforehand too, for the first company."""
        made = cls.env.ref(f"chorus_pro_prepared.{login}", raise_if_not_found=False)
        if not made:
            return make_user(cls.env, login, cls.company)
        if made.company_id != cls.company:
            companies = [Command.set(cls.company.ids)]
            made.write({"company_id": cls.company.id, "company_ids": companies})
        return made

    def setUp(self):
        super().setUp()
        self._fresh_chorus()

    @classmethod
    def _create_connection(cls, company, supplier=None, **values):
        supplier = supplier or cls.credentials["supplier"]
        common = connection_values(cls.credentials, supplier, company.id)
        return cls.env["chorus.pro.connection"].create(
            {"name": f"Chorus Pro {company.name}", **common, **values}
        )

    @classmethod
    def _typed_again(cls):
        """What is typed again when a connection's address changes."""
        return {
            "piste_client_secret": cls.credentials["client_secret"],
            "technical_password": cls.credentials["password"],
        }

    @classmethod
    def _create_customer(cls, siret, **values):
        return cls.env["res.partner"].create(
            {
                "name": f"Collectivité {siret}",
                "is_company": True,
                "country_id": cls.env.ref("base.fr").id,
                "company_registry": siret,
                "invoice_sending_method": "chorus_pro",
                **values,
            }
        )

    @classmethod
    def _vat(cls, rate, **values):
        return cls.env["account.tax"].create(
            {
                "name": f"TVA {rate} {len(values)}",
                "amount": rate,
                "amount_type": "percent",
                "type_tax_use": "sale",
                "company_id": cls.company.id,
                **values,
            }
        )

    @classmethod
    def _invoice(cls, lines=((100.0, None),), *, post=True, pdf=True, **values):
        """A customer invoice; ``lines`` are (price, tax or None for 20 %) or dicts of values."""
        commands = []
        for line in lines:
            if not isinstance(line, dict):
                price, tax = line
                line = {"price_unit": price, "tax_ids": [Command.set((tax or cls.tax_20).ids)]}
            commands.append(Command.create({"name": "Prestation", "quantity": 1, **line}))
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.customer.id,
                "invoice_date": fields.Date.today(),
                "company_id": cls.company.id,
                "invoice_line_ids": commands,
                **values,
            }
        )
        if post:
            move.action_post()
            if pdf:
                cls._archive(move)
        return move

    @classmethod
    def _cash_rounding(cls):
        """Rounding to 5 cents, as a line of its own."""
        return cls.env["account.cash.rounding"].create(
            {
                "name": "0.05",
                "rounding": 0.05,
                "strategy": "add_invoice_line",
                "profit_account_id": cls.company_data["default_account_revenue"].id,
                "loss_account_id": cls.company_data["default_account_expense"].id,
                "rounding_method": "HALF-UP",
            }
        )

    @classmethod
    def _archive(cls, move, content=None):
        cls.env["ir.attachment"].create(
            {
                "name": f"{move.name.replace('/', '-')}.pdf",
                "raw": make_pdf(move.name) if content is None else content,
                "mimetype": "application/pdf",
                "res_model": "account.move",
                "res_id": move.id,
                "res_field": "invoice_pdf_report_file",
            }
        )
        move.invalidate_recordset(["invoice_pdf_report_id", "invoice_pdf_report_file"])

    def _send(self, moves):
        """Queue as the accountant, then run the job as Odoo does."""
        moves.with_user(self.accountant).action_chorus_pro_send()
        self._run_sender()
        return moves.chorus_pro_submission_ids.sorted("id")

    def _run_sender(self):
        self._run(self.env.ref("l10n_fr_chorus_pro.ir_cron_send"))

    def _run_follower(self):
        """As if the time of the next look had come; then those who have to act are told."""
        self.env["chorus.pro.connection"].sudo().search([]).follow_wanted_at = fields.Datetime.now()
        self._run(self.env.ref("l10n_fr_chorus_pro.ir_cron_follow"))
        self._run(self.env.ref("l10n_fr_chorus_pro.ir_cron_follow_up"))

    def _run(self, cron):
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()

    def _fresh_chorus(self):
        """A Chorus Pro where nothing happened yet, and connections that are not paused."""
        self.simulator.control.reset()
        self.env["chorus.pro.token"].sudo().search([]).unlink()
        self._end_pause()

    def _forget_directory(self):
        """As if Chorus Pro had never been asked about any structure."""
        rows = self.env["chorus.pro.structure"].sudo().with_context(active_test=False).search([])
        rows.unlink()

    def _end_pause(self):
        connections = self.env["chorus.pro.connection"].sudo().search([])
        connections.write({"paused_until": False, "following_put_off_until": False})

    def _make_due(self, submissions):
        """Let time pass until the next try of these."""
        self._end_pause()
        submissions.sudo().next_try = fields.Datetime.now()

    def _at_chorus(self, number=None):
        invoices = self.simulator.control.invoices()
        return [i for i in invoices if number is None or i["number"] == number]

    def _requests(self, operation=None):
        return [
            request
            for request in self.simulator.control.requests()
            if operation is None or request["operation"] == operation
        ]
