# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models

from ...choruspro.data_set import read_data_set

# More would be no data set.
MOST_CHARACTERS = 500_000


class ChorusProSetupEntry(models.Model):
    """A technical account or a structure that was recognised in a qualification data set."""

    _name = "chorus.pro.setup.entry"
    _inherit = "chorus.pro.named.record"
    _description = "Chorus Pro Data Set Entry"
    _order = "kind, id"

    setup_id = fields.Many2one("chorus.pro.setup", required=True, index=True, ondelete="cascade")
    kind = fields.Selection(
        [("account", "Technical Account"), ("structure", "Structure")], required=True
    )
    value = fields.Char(required=True)
    name = fields.Char()

    def action_choose(self):
        """Take it for the connection."""
        self.ensure_one()
        target = {"account": "technical_login", "structure": "supplier_siret"}[self.kind]
        return self.setup_id.write({target: self.value})


class ChorusProSetup(models.Model):
    """The qualification data set (matelas de données): what the portal shows is pasted, and what
    is recognised in it is proposed. Nothing of the text itself is kept."""

    _inherit = "chorus.pro.setup"

    pasted = fields.Text(
        string="Data Set",
        compute="_compute_pasted",
        readonly=False,
        groups="base.group_system",
        copy=False,
        help="Paste what the portal shows, or the lines of its CSV file: it is read at once, and "
        "not kept.",
    )
    recognised = fields.Char(compute="_compute_pasted", readonly=False)
    entry_ids = fields.One2many("chorus.pro.setup.entry", "setup_id", string="Data Set Entries")

    def _compute_pasted(self):
        self.pasted = False
        self.recognised = False

    @api.model
    def _pop_settings(self, vals):
        own, settings = super()._pop_settings(vals)
        for name in ("pasted", "recognised"):
            own.pop(name, None)
        return own, settings

    @api.onchange("pasted")
    def _onchange_pasted(self):
        if not self.pasted:
            return
        found = read_data_set(self.pasted[:MOST_CHARACTERS])
        self.pasted = False
        self.recognised = self.env._(
            "Recognised: %(accounts)s technical account(s), %(structures)s structure(s).",
            accounts=len(found.accounts),
            structures=len(found.structures),
        )
        suppliers = [each for each in found.structures if not each.public]
        self.entry_ids = [
            fields.Command.clear(),
            *(
                fields.Command.create({"kind": "account", "value": account.login})
                for account in found.accounts
            ),
            *(
                fields.Command.create(
                    {"kind": "structure", "value": each.siret, "name": each.label}
                )
                for each in suppliers
            ),
        ]
        if len(found.accounts) == 1:
            self.technical_login = found.accounts[0].login
            if found.accounts[0].password:
                self.technical_password = found.accounts[0].password
                self._onchange_technical_password()
        if len(suppliers) == 1:
            self.supplier_siret = suppliers[0].siret
