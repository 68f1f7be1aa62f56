# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A record of every model of ours in each of two companies. Their texts and numbers are canaries:
each says to whom it belongs, so that one found in an answer tells what was given away."""

import base64
import json
import re
import zlib

from psycopg2 import sql

from odoo import Command, fields

from .access import our_models
from .access_table import KEPT_TEXTS
from .chorus_pro import BOTH, FREE, make_pdf

# Statuses at Chorus Pro in which something may be done about an invoice.
CODES = {
    "suspended": "SUSPENDUE",
    "to_recycle": "A_RECYCLER",
    "rejected": "REJETEE",
    "sent_back": "REFUSEE_1",
}
# Company by the sign of its canaries: SIRET of its customer, price of its invoices.
SIDES = {"A": (FREE, 7171.71), "B": (BOTH, 8282.82)}
CANARY = re.compile(r"CNRY([AB])-([a-z._]+?)-[a-z_0-9]+")
# By the code of the company's sales journal.
NUMBER = re.compile(r"CN([AB])[/-][0-9]{4}[/-][0-9]+")


def canary(side, model, field):
    return f"CNRY{side}-{model}-{field}"


def canary_number(side, model):
    """A whole number that nothing else has; some models share one."""
    return (71 if side == "A" else 82) * 10**6 + zlib.crc32(model.encode()) % 10**6


class TwoCompanies:
    """Mixed into a class with a simulator, the users and both companies of AccessCommon."""

    @classmethod
    def _build_sides(cls):
        cls.root = cls.env(su=True)
        cls.companies = {"A": cls.company, "B": cls.other_company}
        cls.records = {side: {} for side in SIDES}
        cls.moves = {side: {} for side in SIDES}
        for side in SIDES:
            cls._build_side(side)
            cls._plant(side)
        cls.root.flush_all()
        cls.root.invalidate_all()

    @classmethod
    def _build_side(cls, side):
        siret, price = SIDES[side]
        company, found = cls.companies[side], cls.records[side]
        company.name = canary(side, "res.company", "name")
        company.company_registry = cls.credentials["supplier"]["siret"]
        found["res.company"] = company
        found["res.users"] = cls.people[side]["invoicer"]
        found["res.partner"] = cls._create_customer(
            siret, company_id=company.id, ref=canary(side, "res.partner", "ref")
        )
        found["res.partner.bank"] = cls.root["res.partner.bank"].create(
            {
                "acc_number": f"{canary_number(side, 'res.partner.bank')}",
                "partner_id": company.partner_id.id,
                "company_id": company.id,
                "allow_out_payment": True,
            }
        )
        found["chorus.pro.connection"] = (
            cls.connection if side == "A" else cls._create_connection(company)
        )
        found["account.journal"] = cls.root["account.journal"].search(
            [("company_id", "=", company.id), ("type", "=", "sale")], limit=1
        )
        found["account.journal"].code = f"CN{side}"
        moves = cls.moves[side]
        for case in ("plain", "draft", "queued", "uncertain", *CODES):
            moves[case] = cls._build_move(side, case, price)
        found["account.move"] = moves["suspended"]
        found["account.move.line"] = moves["suspended"].invoice_line_ids
        found["ir.attachment"] = cls.root["ir.attachment"].create(
            {
                "name": canary(side, "ir.attachment", "name"),
                "raw": canary(side, "ir.attachment", "raw").encode(),
                "res_model": "account.move",
                "res_id": moves["suspended"].id,
            }
        )
        cls._build_rows(side)
        cls._build_dialogs(side)

    @classmethod
    def _build_move(cls, side, case, price):
        company, records = cls.companies[side], cls.records[side]
        move = cls.root["account.move"].with_company(company).create(
            {
                "move_type": "out_invoice",
                "company_id": company.id,
                "partner_id": records["res.partner"].id,
                "journal_id": records["account.journal"].id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": canary(side, "account.move", "line"),
                            "price_unit": price,
                            "tax_ids": [Command.set(company.account_sale_tax_id.ids)],
                        }
                    )
                ],
            }
        )
        if case != "draft":
            move.action_post()
            content = make_pdf() + f"\n% {canary(side, 'account.move', 'pdf')}\n".encode()
            cls._archive(move, content)
        if case not in ("plain", "draft"):
            cls._build_submission(side, case, move)
        return move

    @classmethod
    def _build_submission(cls, side, case, move):
        connection = cls.records[side]["chorus.pro.connection"]
        state = "deposited" if case in CODES else case
        submission = cls.root["chorus.pro.submission"].create(
            {
                "move_id": move.id,
                "name": move.name,
                "connection_id": connection.id,
                "environment": connection.environment,
                "author_id": cls.people[side]["user"].id,
                "state": state,
                "sent_at": False if state == "queued" else fields.Datetime.now(),
                "sent_date": fields.Date.today(),
                "sent_total": SIDES[side][1],
                "status_code": CODES.get(case),
                "status_date": fields.Datetime.now(),
                "deposit_date": fields.Date.today(),
                "needs_decision": state == "uncertain",
                "found": state == "uncertain"
                and {
                    "invoice_id": "5",
                    "number": canary(side, "chorus.pro.submission", "found"),
                    "status": "DEPOSEE",
                    "status_date": None,
                    "deposit_date": None,
                },
            }
        )
        cls.records[side].setdefault(f"submission {case}", submission)
        if case == "suspended":
            cls.records[side]["chorus.pro.submission"] = submission

    @classmethod
    def _build_rows(cls, side):
        """A row of each other model of ours; the directory and what Chorus Pro tells everyone
        belong to no company."""
        found = cls.records[side]
        company, submission = found["res.company"], found["chorus.pro.submission"]
        connection = {"connection_id": found["chorus.pro.connection"].id}
        place = {**connection, "environment": submission.environment}
        rows = {
            "chorus.pro.connection.check": {**connection, "step": "name", "verdict": "ok"},
            "chorus.pro.setup": connection,
            "chorus.pro.pace": connection,
            "chorus.pro.token": connection,
            "chorus.pro.bank.account": {
                **connection, "code": "1", "bank_id": found["res.partner.bank"].id,
            },
            "chorus.pro.commitment": {**connection, "name": "EJ"},
            "chorus.pro.flow": {
                **place,
                "company_id": company.id,
                "document_format": "cii",
                "file_name": "flow",
                "state": "deposited",
                "content": base64.b64encode(canary(side, "chorus.pro.flow", "content").encode()),
                "report_pdf": base64.b64encode(canary(side, "chorus.pro.flow", "pdf").encode()),
            },
            "chorus.pro.edi.file": {
                **place,
                "direction": "in",
                "name": "file",
                "kind": "report",
                "state": "unreadable",
                "content": base64.b64encode(canary(side, "chorus.pro.edi.file", "bytes").encode()),
            },
            "chorus.pro.batch": {"author_id": cls.people[side]["user"].id},
            "chorus.pro.status": {
                "submission_id": submission.id, "code": "DEPOSEE", "date": fields.Datetime.now(),
            },
            # Of an invoice about which nothing else is on its way.
            "chorus.pro.action": {
                **place,
                "submission_id": found["submission sent_back"].id,
                "kind": "retrieve",
                "state": "queued",
            },
            "chorus.pro.elsewhere": {
                **place, "name": "EX", "chorus_invoice_id": "70", "status_code": "SUSPENDUE",
            },
            "chorus.pro.validation": {
                **place, "name": "ST", "chorus_invoice_id": "71", "status_code": "A_VALIDER_1",
            },
            "chorus.pro.exchange": {
                **connection,
                "company_id": company.id,
                "submission_id": submission.id,
                "move_id": submission.move_id.id,
                "date": fields.Datetime.now(),
                "operation": "devises",
                "kind": "query",
                "request": "{}",
            },
        }
        for name, values in rows.items():
            found[name] = cls.root[name].create(values)
        found["chorus.pro.setup.entry"] = cls.root["chorus.pro.setup.entry"].create(
            {"setup_id": found["chorus.pro.setup"].id, "kind": "structure", "value": "1"}
        )
        decided = cls.root["chorus.pro.validation"].create(
            {**place, "name": "ST", "chorus_invoice_id": "72", "status_code": "A_VALIDER_1"}
        )
        found["chorus.pro.decision"] = cls.root["chorus.pro.decision"].create(
            {**place, "validation_id": decided.id, "kind": "accept"}
        )
        known = cls.credentials["certificate"]
        found["chorus.pro.certificate"] = cls.root["chorus.pro.certificate"].create(
            {**connection, "file": known["p12"], "password": known["password"]}
        )
        submission.write(
            {"flow_id": found["chorus.pro.flow"].id, "batch_id": found["chorus.pro.batch"].id}
        )

    @classmethod
    def _build_dialogs(cls, side):
        """Dialogs that are open where this company works."""
        owner = cls.people[side]["everything"]
        for name, model in sorted(our_models(cls.root).items()):
            if model._transient:
                values = cls._dialog_of(name, side)
                if name == "chorus.pro.triage.line":
                    values["triage_id"] = cls.records[side]["chorus.pro.triage"].id
                cls.records[side][name] = model.with_user(owner).create(values).sudo()

    @classmethod
    def _dialog_of(cls, name, side):
        """By what a dialog is made about a record of this company."""
        found = cls.records[side]
        return {
            "chorus.pro.comparison": {"submission_id": found["submission uncertain"].id},
            "chorus.pro.copy": {"connection_id": found["chorus.pro.connection"].id},
            "chorus.pro.triage": {},
            "chorus.pro.oca.import": {},
            "chorus.pro.handling": {"move_ids": found["account.move"].ids},
            "chorus.pro.validation.refusal": {
                "validation_id": found["chorus.pro.validation"].id,
            },
            "chorus.pro.name.search": {
                "partner_id": found["res.partner"].id, "company_id": found["res.company"].id,
                "name": "Mairie",
            },
            "chorus.pro.preview": {
                "move_id": found["account.move"].id, "document_format": "pdf",
            },
        }.get(name, {"move_id": found["account.move"].id})

    @classmethod
    def _plant(cls, side):
        """Canaries in all texts and numbers that are no switch for anything: as the database has
        them, past what would refuse them."""
        cls.root.flush_all()
        found = cls.records[side]
        ours = our_models(cls.root)
        for name in ours:
            rows = found.get(name)
            if name == "chorus.pro.submission":
                rows = cls.root[name].union(
                    *(found[key] for key in found if key.startswith("submission "))
                )
            if rows:
                cls._plant_in(side, rows, cls.root[name]._fields)
        summary = ("chorus_pro_reason", "narration", "payment_reference")
        cls._plant_in(side, cls.root["account.move"].union(*cls.moves[side].values()), summary)
        cls._plant_in(side, found["res.partner"], ("name", "complete_name", "email", "street"))

    @classmethod
    def _plant_in(cls, side, rows, names):
        values = {}
        for name in names:
            field = rows._fields[name]
            if not field.store or not field.column_type or name in KEPT_TEXTS.get(rows._name, ()):
                continue
            if field.type in ("char", "text", "html"):
                text = canary(side, rows._name, name)
                values[name] = json.dumps({"en_US": text}) if field.translate else text
            elif field.type == "integer" and name != "id":
                values[name] = canary_number(side, rows._name)
        if values:
            query = sql.SQL("UPDATE {} SET {} WHERE id = ANY(%s)").format(
                sql.Identifier(rows._table),
                sql.SQL(", ").join(
                    sql.SQL("{} = %s").format(sql.Identifier(name)) for name in values
                ),
            )
            cls.env.cr.execute(query, [*values.values(), rows.ids])
