# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A database upgraded with OCA's `l10n_fr_chorus_account`, in the shape of each version."""

import json
from datetime import datetime, timedelta

from psycopg2 import sql

from odoo import Command, fields
from odoo.tools import SQL

from .chorus_pro import FREE, SERVICE
from .follow import FollowCommon

COLUMNS = {
    "account_move": {
        # An integer there, which is too short for the ids of the simulator.
        "chorus_flow_id": "integer", "chorus_identifier": "bigint", "chorus_status": "varchar",
        "chorus_status_date": "timestamp",
    },
    "res_partner": {
        "fr_chorus_required": "varchar", "fr_chorus_identifier": "integer",
        "fr_chorus_service_id": "integer",
    },
    "res_company": {
        "fr_chorus_api_login": "varchar", "fr_chorus_api_password": "varchar",
        "fr_chorus_invoice_format": "varchar", "fr_chorus_pwd_expiry_date": "date",
    },
}
TABLES = {
    "chorus_flow": {
        "id": "serial PRIMARY KEY", "name": "varchar NOT NULL", "date": "date", "status": "varchar",
        "status_date": "timestamp", "syntax": "varchar", "notes": "text", "company_id": "integer",
        "invoice_identifiers": "boolean",
    },
    "chorus_flow_initial_account_move_rel": {"chorus_flow_id": "integer", "move_id": "integer"},
    "chorus_partner_service": {
        "id": "serial PRIMARY KEY", "partner_id": "integer", "code": "varchar", "name": "varchar",
        "active": "boolean", "chorus_identifier": "integer", "engagement_required": "boolean",
    },
    "fr_chorus_api_expiry_remind_user_rel": {"company_id": "integer", "user_id": "integer"},
}
TRANSMIT = {"transmit_method": {"id": "serial PRIMARY KEY", "code": "varchar", "name": "varchar"}}
PROPERTIES = {
    "ir_property": {
        "id": "serial PRIMARY KEY", "name": "varchar", "res_id": "varchar", "company_id": "integer",
        "value_reference": "varchar",
    },
}
UNTIL_17 = {
    "account_move": {"transmit_method_id": "integer", "transmit_method_code": "varchar"},
    "res_company": {"fr_chorus_qualif": "boolean"},
}
METHOD = "customer_invoice_transmit_method_id"
# Version -> tables and columns that it has besides those of all.
SHAPES = {
    "14.0": ({**TRANSMIT, **PROPERTIES}, UNTIL_17),
    "15.0": ({**TRANSMIT, **PROPERTIES}, UNTIL_17),
    # Migrated by hand: the property became a plain column.
    "16.0": (TRANSMIT, {**UNTIL_17, "res_partner": {METHOD: "integer"}}),
    # As Odoo 18 keeps what depends on the company.
    "17.0": (TRANSMIT, {**UNTIL_17, "res_partner": {METHOD: "jsonb"}}),
    "18.0": ({}, {"account_move": {"invoice_sending_method": "varchar",
                                   "chorus_service_code": "varchar"}}),
}
PASSWORD = "Mot-de-passe-technique-2024"
LOGIN = "TECH_1_999999@cpro.fr"
TOTAL = 120
MOMENT = datetime(2026, 3, 2, 9, 30)


class OcaCommon(FollowCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Who changes customers too.
        cls.manager.group_ids += cls.env.ref("base.group_partner_manager")

    def _shape(self, version):
        """Make what the former connector of this version leaves in an upgraded database."""
        self.env.flush_all()
        self.version = version
        tables, columns = SHAPES[version]
        for table, names in {**TABLES, **tables}.items():
            kinds = [SQL("%s %s", SQL.identifier(name), SQL(kind)) for name, kind in names.items()]
            self._sql("CREATE TABLE %s (%s)", table, raw=SQL(", ").join(kinds))
        for more in (COLUMNS, columns):
            for table, names in more.items():
                for name, kind in names.items():
                    self._sql("ALTER TABLE %s ADD COLUMN %s %s", table, name, raw=SQL(kind))
        if "transmit_method" in tables:
            self.method = self._insert("transmit_method", code="fr-chorus", name="Chorus")
            self._insert("transmit_method", code="mail", name="E-mail")

    def _sql(self, text, *names, raw=None):
        """Change tables; ``raw``: a part of SQL that follows the names."""
        parts = [*map(SQL.identifier, names), *([raw] if raw else [])]
        self.env.cr.execute(SQL(text, *parts))

    def _insert(self, table, **values):
        names = sql.SQL(", ").join(map(sql.Identifier, values))
        marks = sql.SQL(", ").join(sql.Placeholder() * len(values))
        returned = sql.SQL("1") if table.endswith("_rel") else sql.Identifier("id")
        self.env.cr.execute(
            sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING {}").format(
                sql.Identifier(table), names, marks, returned
            ),
            [*values.values()],
        )
        return self.env.cr.fetchone()[0]

    def _set(self, record, **values):
        """Write columns of the former connector on a record."""
        self.env.flush_all()
        names = sql.SQL(", ").join(
            sql.SQL("{} = %s").format(sql.Identifier(name)) for name in values
        )
        self.env.cr.execute(
            sql.SQL("UPDATE {} SET {} WHERE id = %s").format(
                sql.Identifier(record._table), names
            ),
            [*values.values(), record.id],
        )
        record.invalidate_recordset()

    # ------------------------------------------------------------------
    # What was in it
    # ------------------------------------------------------------------

    def _flow(self, name, moves=(), status="IN_INTEGRE", **values):
        values = {
            "name": name, "status": status, "date": "2026-03-01", "status_date": MOMENT,
            "syntax": "pdf_factur-x", "company_id": self.company.id, **values,
        }
        flow = self._insert("chorus_flow", **values)
        for move in moves:
            self._insert(
                "chorus_flow_initial_account_move_rel", chorus_flow_id=flow, move_id=move.id
            )
            self._set(move, chorus_flow_id=flow)
        return flow

    def _former(self, number, flow=None, **columns):
        """A confirmed invoice of the former connector."""
        move = self._invoice(pdf=False, name=number)
        self.assertEqual(move.name, number)
        method = (
            {"invoice_sending_method": "fr_chorus"} if self.version == "18.0"
            else {"transmit_method_id": self.method, "transmit_method_code": "fr-chorus"}
        )
        self._set(move, **method, **columns)
        return move

    def _there(self, count, status="MISE_A_DISPOSITION", prefix="OCA", **options):
        """Invoices that are at the simulated Chorus Pro: [(number, id)]."""
        numbers = self.simulator.control.seed(
            count=count, prefix=prefix, status=status, total=TOTAL, recipient=FREE, **options
        )
        ids = {each["number"]: each["invoice_id"] for each in self._at_chorus()}
        return [(number, ids[number]) for number in numbers]

    def _former_customer(self, customer):
        """This customer got its invoices by the former connector."""
        key = str(self.company.id)
        if self.version == "18.0":
            self._set(customer, invoice_sending_method=json.dumps({key: "fr_chorus"}))
            return
        self._set(customer, invoice_sending_method=None)
        if self.version in ("14.0", "15.0"):
            self._insert(
                "ir_property", name=METHOD, res_id=f"res.partner,{customer.id}",
                company_id=self.company.id, value_reference=f"transmit.method,{self.method}",
            )
        else:
            is_json = self.version == "17.0"
            value = json.dumps({key: self.method}) if is_json else self.method
            self._set(customer, **{METHOD: value})

    def _former_body(self, siret=SERVICE, required="service_or_engagement", identifier=41000003):
        """A public body with a service, and a contact whose default it is."""
        body = self._create_customer(siret)
        self._former_customer(body)
        self._set(body, fr_chorus_required=required, fr_chorus_identifier=identifier)
        service = self._insert(
            "chorus_partner_service", partner_id=body.id, code="CTX", name="Culture", active=True,
            chorus_identifier=71, engagement_required=True,
        )
        contact = self.env["res.partner"].create({"name": "Mme Martin", "parent_id": body.id})
        self._set(contact, fr_chorus_service_id=service)
        return body, contact

    def _former_account(self, **values):
        self._set(
            self.company, fr_chorus_api_login=LOGIN, fr_chorus_api_password=PASSWORD,
            fr_chorus_invoice_format="xml_cii", fr_chorus_pwd_expiry_date="2027-01-31", **values,
        )

    # ------------------------------------------------------------------
    # The import
    # ------------------------------------------------------------------

    def _import(self, user=None, **options):
        """One click on Import, in a cursor that is committed and rolled back as in a server; gives
        (outcome, what is left, what is doubtful)."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            dialogs = self.env(cr=cr, user=user or self.manager)["chorus.pro.oca.import"]
            dialog = dialogs.create(options)
            dialog.action_import()
            seen = dialog.outcome, dialog.found, dialog.doubtful
        self.env.invalidate_all()
        return seen

    def _preview(self, user=None, **options):
        dialog = self.env["chorus.pro.oca.import"].with_user(user or self.manager).create(options)
        return dialog.found, dialog.doubtful

    def _rows(self, moves):
        """What is here of these invoices: {number: (state, id, status, since, file)}."""
        rows = moves.chorus_pro_submission_ids.sudo()
        self.assertTrue(all(rows.mapped("is_imported")))
        return {
            row.name: (
                row.state, row.chorus_invoice_id, row.status_code, row.status_date,
                row.flow_id.name,
            )
            for row in rows
        }

    def _everything(self):
        """All that an import may write, without ids and the moments of writing."""
        self.env.flush_all()
        found = {}
        for table in (
            "chorus_pro_submission", "chorus_pro_flow", "chorus_pro_status", "chorus_pro_structure",
            "chorus_pro_service", "chorus_pro_connection", "res_partner", "account_move",
        ):
            self.env.cr.execute(
                sql.SQL("SELECT to_jsonb(t) FROM {} t").format(sql.Identifier(table))
            )
            dropped = {"id", "create_date", "write_date", "write_uid", "next_try", "flow_id",
                       "submission_id", "chorus_pro_submission_id", "structure_id",
                       "follow_wanted_at", "state_date", "chorus_pro_service_id"}
            found[table] = sorted(
                json.dumps({key: row[key] for key in row if key not in dropped}, sort_keys=True)
                for [row] in self.env.cr.fetchall()
            )
        return found

    def _let_half_an_hour_pass(self, moves):
        rows = moves.chorus_pro_submission_ids.sudo()
        rows.missing_since = fields.Datetime.now() - timedelta(minutes=31)
        self._make_due(rows.filtered(lambda row: row.state == "uncertain"))

    def _other_manager(self):
        """A manager of another company, and that company."""
        other = self.setup_other_company()["company"]
        return other, self.env["res.users"].create({
            "name": "Elsewhere", "login": "oca_elsewhere", "company_id": other.id,
            "company_ids": [Command.set(other.ids)],
            "group_ids": [Command.set(self.manager.group_ids.ids)],
        })
