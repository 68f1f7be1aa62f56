# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..choruspro.errors import ChorusProError
from .chorus_pro_sentence import error_sentence

PASSWORD_WARNING_DAYS = 30


class ChorusProConnectionCheck(models.Model):
    """One step of the last test of a connection, with its verdict."""

    _name = "chorus.pro.connection.check"
    _description = "Chorus Pro Connection Test Step"
    _order = "sequence, id"

    connection_id = fields.Many2one(
        "chorus.pro.connection", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    name = fields.Char(string="Step", required=True)
    verdict = fields.Selection(
        [("ok", "OK"), ("warning", "Warning"), ("error", "Error"), ("skipped", "Not tested")],
        required=True,
    )
    message = fields.Text()


class ChorusProConnection(models.Model):
    _inherit = "chorus.pro.connection"

    supplier_is_public = fields.Boolean(
        string="Public Body",
        copy=False,
        help="Your structure is itself a public body: it may invoice the services that are "
        "reserved to them. Filled in by the test of the connection.",
    )

    def action_test_connection(self):
        """Try each step that sending needs, and keep one verdict per step on the connection.

        Only questions are asked: nothing is created at Chorus Pro. After the first error the
        remaining steps are marked as not tested. What is learnt on the way (number of the
        supplier's structure, expiry of the technical password) is kept.
        """
        self.ensure_one()
        self.check_access("write")
        steps = [
            (self._access_step_name(), self._test_access),
            (self.env._("Technical account and supplier structure"), self._test_supplier),
            (self.env._("Technical password"), self._test_password),
            (self.env._("Bank accounts"), self._test_bank_accounts),
        ]
        rows = []
        failure = False
        try:
            with self._client() as client:
                for name, step in steps:
                    verdict, message = ("skipped", False) if failure else self._try(step, client)
                    failure = failure or verdict == "error"
                    rows.append({"name": name, "verdict": verdict, "message": message})
        except (UserError, ChorusProError) as error:
            is_ours = isinstance(error, UserError)
            sentence = str(error) if is_ours else error_sentence(self.env, error)
            rows.append({"name": self.env._("Settings"), "verdict": "error", "message": sentence})
            failure = True
        self.sudo().write(
            {
                "check_ids": [fields.Command.clear()]
                + [fields.Command.create(row | {"sequence": n}) for n, row in enumerate(rows)],
                "trouble": next(
                    (row["message"] for row in rows if row["verdict"] == "error"), False
                ),
            }
        )
        if not failure:
            # What waits need not wait for the end of a pause.
            self.sudo()._wake_up()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if failure else "success",
                "title": self.env._("Chorus Pro connection"),
                "message": (
                    self.env._("The test failed: see the verdict of each step.")
                    if failure
                    else self.env._("Chorus Pro answers and knows you.")
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _try(self, step, client):
        try:
            return step(client)
        except ChorusProError as error:
            return "error", error_sentence(self.env, error)

    def _access_step_name(self):
        if self.access_mode == "certificate":
            return self.env._("Access by certificate")
        return self.env._("Access to PISTE")

    def _test_access(self, client):
        client.authenticate()
        if self.access_mode == "piste":
            return "ok", self.env._("PISTE gave an access token.")
        return "ok", self.env._(
            "The gateway accepts the certificate of %(subject)s, valid until %(date)s.",
            subject=self.certificate_subject,
            date=format_date(self.env, self.certificate_expiry),
        )

    def _test_supplier(self, client):
        structures = client.search_structures(self.supplier_siret)
        if len(structures) != 1:
            return "error", self.env._(
                "Chorus Pro knows %(count)s structures with the SIRET %(siret)s that this "
                "technical account may see. Check the SIRET, and in Chorus Pro that the "
                "technical account is attached to your structure.",
                count=len(structures),
                siret=self.supplier_siret,
            )
        self.supplier_structure_id = structures[0].structure_id
        return "ok", self.env._(
            "%(name)s, structure number %(number)s.",
            name=structures[0].name,
            number=structures[0].structure_id,
        )

    def _test_password(self, client):
        details = client.read_structure(self.supplier_structure_id)
        self.supplier_is_public = details.public is True
        expiry = details.technical_password_expiry
        if not expiry:
            return "ok", self.env._(
                "Chorus Pro does not tell when the password expires (it lasts 424 days)."
            )
        self.technical_password_expiry = expiry
        sentence = self.env._(
            "Expires on %(date)s.", date=format_date(self.env, expiry)
        )
        soon = fields.Date.context_today(self) + timedelta(days=PASSWORD_WARNING_DAYS)
        return ("warning" if expiry <= soon else "ok"), sentence

    def _test_bank_accounts(self, client):
        accounts = client.bank_accounts(self.supplier_structure_id)
        self.sudo()._keep_bank_accounts(accounts)
        if not accounts:
            return "warning", self.env._(
                "Your structure has no valid bank account in Chorus Pro: add one there, or "
                "public bodies cannot pay by transfer."
            )
        return "ok", ", ".join(account.label for account in accounts)
