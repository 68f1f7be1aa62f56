# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What the OCA connector left in the database, read without its code.

An upgraded database keeps columns that no module declares any more, and it may keep only some of
them. One that is missing reads as NULL.
"""

from collections import defaultdict

from odoo.tools import SQL

from ...choruspro.oca_connector import PAID

TABLES = (
    "account_move", "res_partner", "res_company", "chorus_flow", "chorus_partner_service",
    "chorus_flow_initial_account_move_rel", "fr_chorus_api_expiry_remind_user_rel",
    "transmit_method", "ir_property",
)
# The columns that only this connector makes.
TRACES = {
    "account_move": ("chorus_flow_id", "chorus_identifier", "chorus_status"),
    "res_partner": ("fr_chorus_required", "fr_chorus_identifier", "fr_chorus_service_id"),
    "res_company": ("fr_chorus_api_login",),
    "chorus_flow": ("name",),
    "chorus_partner_service": ("code",),
}
METHOD = "customer_invoice_transmit_method_id"
# Its sending method: of a transmit method until 17.0, of Odoo's own field in 18.0.
METHOD_CODE, METHOD_VALUE = "fr-chorus", "fr_chorus"
CASTS = {name: SQL(name) for name in ("text", "integer", "timestamp", "date", "boolean", "jsonb")}


class FormerTables:
    """The tables of the former connector in the database of ``env``; others' data are in them, so
    who reads filters by company."""

    def __init__(self, env):
        self.env = env
        self._types = defaultdict(dict)
        for table, column, kind in env.execute_query(SQL(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND table_name IN %s",
            TABLES,
        )):
            self._types[table][column] = kind

    def exist(self):
        """Whether the database has anything of the former connector."""
        return any(self.has(table, name) for table, names in TRACES.items() for name in names)

    def has(self, table, *columns):
        """Whether this table has all of these columns."""
        return self._types[table].keys() >= set(columns)

    def column(self, table, name, alias, cast="text"):
        """The column as SQL of this type; NULL when it is missing."""
        kind = CASTS[cast]
        if not self.has(table, name):
            return SQL("NULL::%s", kind)
        return SQL("%s::%s", SQL.identifier(alias, name), kind)

    def rows(self, query):
        """List of dictionaries, one for each row."""
        self.env.flush_all()
        self.env.cr.execute(query)
        return self.env.cr.dictfetchall()

    def _method_ids(self):
        """Ids, as texts, of the transmit method that stood for Chorus Pro."""
        if not self.has("transmit_method", "id", "code"):
            return SQL("SELECT NULL WHERE FALSE")
        return SQL("SELECT id::text FROM transmit_method WHERE code = %s", METHOD_CODE)

    def move_is_for_chorus(self):
        """Condition on the invoice ``m``: its method was Chorus Pro."""
        column = self.column
        return SQL(
            "(%s = %s OR %s = %s OR %s IN (%s))",
            column("account_move", "invoice_sending_method", "m"), METHOD_VALUE,
            column("account_move", "transmit_method_code", "m"), METHOD_CODE,
            column("account_move", "transmit_method_id", "m"), self._method_ids(),
        )

    def partner_is_for_chorus(self, company):
        """Condition on the customer ``p``: its method was Chorus Pro in this company.

        Both fields are company dependent: a table of properties until 17.0, JSON by company since;
        a migration may have left a plain number.
        """
        key, conditions = str(company.id), []
        if self.has("res_partner", METHOD):
            is_json = self._types["res_partner"][METHOD] == "jsonb"
            value = self.column("res_partner", METHOD, "p", "jsonb" if is_json else "text")
            value = SQL("%s ->> %s", value, key) if is_json else value
            conditions.append(SQL("%s IN (%s)", value, self._method_ids()))
        if self.has("ir_property", "name", "res_id", "company_id", "value_reference"):
            conditions.append(SQL(
                "EXISTS (SELECT FROM ir_property i WHERE i.name = %s AND i.company_id = %s"
                " AND i.res_id = 'res.partner,' || p.id"
                " AND split_part(i.value_reference, ',', 2) IN (%s))",
                METHOD, company.id, self._method_ids(),
            ))
        conditions.append(SQL("p.invoice_sending_method ->> %s = %s", key, METHOD_VALUE))
        return SQL("(%s)", SQL(" OR ").join(conditions))

    def invoices(self, company, place, after, limit):
        """Invoices of this company after the id ``after`` that were not sent to ``place`` from
        here: all that have a trace of the former connector, and, of those confirmed and unpaid,
        also what a file once had, or what was for Chorus Pro. A list of dictionaries."""
        identifier = self.column("account_move", "chorus_identifier", "m")
        status = self.column("account_move", "chorus_status", "m")
        flow_id = self.column("account_move", "chorus_flow_id", "m", "integer")
        last_flow = self._last_flow()
        return self.rows(SQL(
            "SELECT m.id, %s AS identifier, %s AS status, %s AS status_date, m.payment_state,"
            " %s IS NOT NULL AS claims_flow, %s IS NOT NULL AS was_in_flow, %s"
            " FROM account_move m %s WHERE m.company_id = %s AND m.id > %s"
            " AND (NULLIF(%s, '0') IS NOT NULL OR %s IS NOT NULL OR %s <> ''"
            "  OR (m.state = 'posted' AND m.move_type IN ('out_invoice', 'out_refund')"
            "   AND COALESCE(m.payment_state, '') NOT IN %s AND (%s IS NOT NULL OR %s)))"
            " AND NOT EXISTS (SELECT FROM chorus_pro_submission s"
            "  WHERE s.move_id = m.id AND s.environment = %s)"
            " ORDER BY m.id LIMIT %s",
            identifier, status, self.column("account_move", "chorus_status_date", "m", "timestamp"),
            flow_id, last_flow, self._flow_columns(), self._flow_join(flow_id, last_flow),
            company.id, after, identifier, flow_id, status, PAID, last_flow,
            self.move_is_for_chorus(), place, limit,
        ))

    def _last_flow(self):
        """The last file among whose first invoices ``m`` was: it still is after its refusal."""
        if not self.has("chorus_flow_initial_account_move_rel", "chorus_flow_id", "move_id"):
            return SQL("NULL::integer")
        return SQL(
            "(SELECT max(r.chorus_flow_id) FROM chorus_flow_initial_account_move_rel r"
            " WHERE r.move_id = m.id)"
        )

    def _flow_columns(self):
        names = {"name": "text", "status": "text", "date": "date", "status_date": "timestamp",
                 "syntax": "text", "notes": "text"}
        if not self.has_flows:
            return SQL(", ").join(
                SQL("NULL AS %s", SQL.identifier(f"flow_{name}")) for name in names
            )
        return SQL(", ").join(
            SQL("%s AS %s", self.column("chorus_flow", name, "f", cast),
                SQL.identifier(f"flow_{name}"))
            for name, cast in names.items()
        )

    @property
    def has_flows(self):
        return self.has("chorus_flow", "id", "name")

    def _flow_join(self, flow_id, last_flow):
        """The file of ``m``, unless another company's."""
        if not self.has_flows:
            return SQL()
        own = SQL("TRUE")
        if self.has("chorus_flow", "company_id"):
            own = SQL("(f.company_id IS NULL OR f.company_id = m.company_id)")
        return SQL(
            "LEFT JOIN chorus_flow f ON f.id = COALESCE(%s, %s) AND %s", flow_id, last_flow, own
        )

    def shared_identifiers(self):
        """The ids at Chorus Pro that more than one invoice has, as a set of texts."""
        if not self.has("account_move", "chorus_identifier"):
            return set()
        rows = self.rows(SQL(
            "SELECT %s AS identifier FROM account_move m"
            " WHERE NULLIF(%s, '0') IS NOT NULL GROUP BY 1 HAVING count(*) > 1",
            *[self.column("account_move", "chorus_identifier", "m")] * 2,
        ))
        return {row["identifier"] for row in rows}
