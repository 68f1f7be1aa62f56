# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import models
from odoo.tools import SQL

from ...choruspro.oca_connector import document_format, is_same_place


class ChorusProOcaTakeover(models.AbstractModel):
    """The technical account, for who may enter secrets. Its password is read from the former
    connector's column, where it stands in clear, only when it is encrypted on the connection in the
    same breath; it is in no count, no sentence and no log."""

    _name = "chorus.pro.oca.takeover"
    _description = "Data of the OCA Connector"

    def _take_account(self, tables, company, report, options):
        """Fill in the technical account of ``company``, unless a connection of it has one."""
        former = self._former_account(tables, company)
        if not former.get("login") or not former["has_password"]:
            return
        connections = self.env["chorus.pro.connection"].sudo().search(
            [("company_id", "=", company.id)]
        )
        free = connections.filtered(
            lambda each: not each.technical_login and not each.has_technical_password
        )[:1]
        if connections and not free:
            return
        if not self.env["chorus.pro.connection"].has_access("write"):
            report.doubt(company.name, self.env._(
                "only an administrator of Odoo (Settings) can take over its technical account: ask "
                "one to open this window."
            ))
        elif free and not is_same_place(free.place, former["is_qualification"]):
            report.doubt(company.name, self.env._(
                "its technical account is of another environment than the connection “%s”: enter "
                "the right one there.",
                free.name,
            ))
        else:
            report.counts["account"] += 1
            self._doubt_reminders(tables, company, report)
            if not options.dry:
                self._fill_account(tables, company, free.with_env(self.env), former)

    def _fill_account(self, tables, company, connection, former):
        """Write it on ``connection``, or on that of a new set-up guide."""
        if not connection:
            guides = self.env["chorus.pro.setup"].with_company(company)
            connection = guides.browse(guides.action_start()["res_id"]).connection_id
            # Before the password: a secret does not follow a change of address.
            connection.write({
                "environment": "qualification" if former["is_qualification"] else "production",
                "default_format": document_format(former["format"]),
            })
        [password] = tables.env.execute_query(SQL(
            "SELECT %s FROM res_company c WHERE c.id = %s",
            tables.column("res_company", "fr_chorus_api_password", "c"), company.id,
        ))
        values = {"technical_login": former["login"].strip(), "technical_password": password[0]}
        if former["expiry"]:
            values["technical_password_expiry"] = former["expiry"]
        connection.write(values)

    def _former_account(self, tables, company):
        """All but the password, as a dictionary."""
        def column(name, cast="text"):
            return tables.column("res_company", f"fr_chorus_{name}", "c", cast)

        [row] = tables.rows(SQL(
            "SELECT %s AS login, COALESCE(%s, '') <> '' AS has_password, %s AS is_qualification,"
            " %s AS format, %s AS expiry FROM res_company c WHERE c.id = %s",
            column("api_login"), column("api_password"), column("qualif", "boolean"),
            column("invoice_format"), column("pwd_expiry_date", "date"), company.id,
        ))
        return row

    def _doubt_reminders(self, tables, company, report):
        """Those who were reminded of the password and no longer are."""
        table = "fr_chorus_api_expiry_remind_user_rel"
        if not tables.has(table, "company_id", "user_id"):
            return
        rows = tables.rows(SQL(
            "SELECT user_id AS id FROM %s WHERE company_id = %s", SQL.identifier(table), company.id
        ))
        users = self.env["res.users"].search([("id", "in", [row["id"] for row in rows])])
        for each in users.filtered(lambda one: not one.sudo().has_group("base.group_system")):
            report.doubt(each.name, self.env._(
                "got the reminders of the technical password. Administrators of Odoo get them now."
            ))
