# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...choruspro.messages import BankAccount
from ..access.odoo_fields import compact_account_number
from .row_guard import guarded_part

# By how many last characters of its IBAN people name an account.
IBAN_END = 4


class ChorusProBankAccount(models.Model):
    """A bank account that the supplier's structure registered at Chorus Pro, and which of the
    company's it is.

    Chorus Pro gives a number and a free text, not the IBAN (AIFE documentation). What the text
    shows is filled in; administrators correct it.
    """

    _name = "chorus.pro.bank.account"
    _inherit = "chorus.pro.named.record"
    _description = "Bank Account at Chorus Pro"
    _order = "name, id"

    connection_id = fields.Many2one(
        "chorus.pro.connection", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="connection_id.company_id")
    name = fields.Char(string="Name at Chorus Pro", readonly=True)
    code = fields.Char(string="Number at Chorus Pro", required=True, readonly=True)
    bank_id = fields.Many2one(
        "res.partner.bank", string="Account of the Company", ondelete="set null",
        domain="[('partner_id.ref_company_ids', 'child_of', company_id)]",
        help="Invoices to be paid to this account name it to Chorus Pro. Filled in "
        "automatically when the name at Chorus Pro contains the end of the IBAN.",
    )

    _one_code = models.UniqueIndex("(connection_id, code)")
    _one_bank = models.UniqueIndex(
        "(connection_id, bank_id) WHERE bank_id IS NOT NULL",
        "An account of the company can be only one of the accounts at Chorus Pro.",
    )

    @api.constrains("bank_id")
    def _check_bank_id(self):
        for row in self.filtered("bank_id"):
            if row.bank_id not in row.connection_id._own_banks():
                raise ValidationError(
                    self.env._(
                        "This bank account is not one of %(company)s: choose one of the company's "
                        "accounts.",
                        company=row.company_id.name,
                    )
                )

    def _as_listed(self):
        """As the client gives them: a list of :class:`BankAccount`."""
        return [BankAccount(bank_account_id=row.code, label=row.name or "") for row in self]


class ChorusProConnection(models.Model):
    _inherit = "chorus.pro.connection"

    bank_account_ids = fields.One2many(
        "chorus.pro.bank.account", "connection_id", string="Bank Accounts at Chorus Pro", copy=False
    )
    bank_accounts_read_at = fields.Datetime(
        string="Bank Accounts Read On", readonly=True, copy=False
    )

    def _bank_account_code(self, bank, accounts):
        """Chorus Pro's number for an account of ours, or None (the invoice then goes without).

        The one that stands for it; else the only one; else the one that is named after it.

        :param bank: ``res.partner.bank`` of the invoice, may be empty
        :param accounts: what Chorus Pro lists, an iterable of :class:`BankAccount`
        """
        stands_for = {row.code: row.bank_id for row in self.bank_account_ids if row.bank_id}
        possible = [
            account
            for account in accounts
            if not bank or stands_for.get(account.bank_account_id, bank) == bank
        ]
        found = [each for each in possible if bank and each.bank_account_id in stands_for]
        if not found:
            is_only = len(accounts) == 1
            found = [each for each in possible if is_only or _is_named_after(each.label, bank)]
        return found[0].bank_account_id if len(found) == 1 else None

    def _keep_bank_accounts(self, accounts):
        """Write down which accounts Chorus Pro lists; those that are new are recognised.

        :param accounts: as for :meth:`_bank_account_code`
        """
        self.ensure_one()
        # First: of two senders that learn the same, the database stops the second one here.
        self._note_bank_accounts_read()
        listed = {account.bank_account_id: account.label for account in accounts}
        rows = self.bank_account_ids
        rows.filtered(lambda row: row.code not in listed).unlink()
        known = {row.code: row for row in self.bank_account_ids}
        for code, label in listed.items():
            with guarded_part(self.env, f"bank account {code!a} of {self}"):
                if code not in known:
                    rows.create({"connection_id": self.id, "code": code, "name": label})
                elif known[code].name != label:
                    known[code].name = label
        self._recognise_bank_accounts()

    def _note_bank_accounts_read(self):
        """They are read again tomorrow."""
        self.env.cr.execute(
            "UPDATE chorus_pro_connection SET bank_accounts_read_at = %s WHERE id = %s",
            [fields.Datetime.now(), self.id], log_exceptions=False,
        )
        self.invalidate_recordset(["bank_accounts_read_at"])

    def _recognise_bank_accounts(self):
        """Fill in which account of the company each one is, where its name leaves no doubt."""
        banks = self._own_banks() - self.bank_account_ids.bank_id
        rows = self.bank_account_ids.filtered(lambda row: not row.bank_id)
        for row in rows:
            named = [bank for bank in banks if _is_named_after(row.name, bank)]
            if len(named) == 1 and not any(
                _is_named_after(other.name, named[0]) for other in rows - row
            ):
                row.bank_id = named[0]

    def _own_banks(self):
        return self.env["res.partner.bank"].search(
            [("partner_id.ref_company_ids", "child_of", self.company_id.id)]
        )


def _is_named_after(name, bank):
    end = compact_account_number(bank)[-IBAN_END:]
    return len(end) == IBAN_END and end in re.sub(r"\W", "", name or "").upper()
