# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Calls as a client makes them, and what is looked for afterwards: canaries of another company in
the answer, and rows of another company that were made or changed."""

import base64
import binascii
import contextlib
from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from itertools import cycle

from psycopg2 import Error as DatabaseError
from psycopg2 import sql

from odoo import Command
from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .access import ADDON, AccessCommon, our_methods, our_models
from .access_table import ARGUMENTS, CASES, FOREIGN_ROLES, ODOO_SHOWS, RIGHTS
from .chorus_pro import make_pdf
from .two_companies import CANARY, NUMBER, SIDES, TwoCompanies, canary_number

QUIET = (
    "odoo.sql_db",
    "odoo.models",
    "odoo.addons.base.models.ir_model",
    "odoo.addons.base.models.ir_rule",
)
# Whoever is none of the company's accounting sees none of its invoices either.
OUTSIDERS = ("portal", "public", "employee", "decider", "administrator")
# These change nothing of any company.
POWERLESS = ("portal", "public", "employee")
INVOICE_MODELS = (
    "account.move", "chorus.pro.submission", "chorus.pro.status", "chorus.pro.action",
    "chorus.pro.validation", "chorus.pro.decision", "chorus.pro.elsewhere",
)
REFUSED = object()


def is_ours(field):
    return ADDON in (field._modules or ())


class ForeignMatrixCommon(TwoCompanies, AccessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        companies = {"A": cls.company, "B": cls.other_company}
        cls.people = {
            side: {
                role: cls._person(side, role, groups, companies[side])
                for role, groups in FOREIGN_ROLES.items()
            }
            for side in SIDES
        }
        cls._build_sides()
        cls.held = {
            name: cls._watched_columns(cls.env[name])
            for name in {*our_models(cls.env), "account.move", "res.partner", "res.company"}
            # A query holds no row.
            if cls.env[name]._table_query is None
        }
        cls.numbers = cls._known_numbers()

    def setUp(self):
        super().setUp()
        # A client of Chorus Pro keeps its token by a cursor of its own.
        self.enterContext(self.enter_registry_test_mode())
        self.patch(self.env.registry["ir.actions.report"], "_run_wkhtmltopdf", _print)
        # A new Chorus Pro has given no token yet.
        for records in self.records.values():
            records["chorus.pro.token"] = self.env["chorus.pro.token"].sudo().create(
                {"connection_id": records["chorus.pro.connection"].id}
            )

    @classmethod
    def _person(cls, side, role, groups, company):
        user = new_test_user(
            cls.env,
            login=f"CNRY{side}-res.users-{role}",
            groups=groups,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        user.partner_id.company_id = company
        return user

    @classmethod
    def _known_numbers(cls):
        """Whose a number is: (company, model) by its text."""
        known = {}
        for side in SIDES:
            for move in cls.moves[side].values():
                for name in ("amount_untaxed", "amount_total"):
                    known[f"{move[name]:.2f}"] = (side, "account.move")
            known[SIDES[side][0]] = (side, "res.partner")
            for name in cls.records[side]:
                known[str(canary_number(side, name))] = (side, name)
        return known

    @contextmanager
    def _undone(self):
        with self.env.cr.savepoint() as savepoint:
            yield
            self.env.flush_all()
            savepoint.rollback()
        self.env.invalidate_all()

    # ------------------------------------------------------------------
    # Who is who
    # ------------------------------------------------------------------

    def _users(self):
        """(company, role, user): each role once, in the two companies by turns. Either company's
        records are as foreign to the other one."""
        sides = cycle(self.people)
        return [
            (side, role, self.people[side][role])
            for role, side in zip(self.people["A"], sides, strict=False)
        ]

    def _foreign_sides(self, side, role):
        """Companies whose invoices are foreign to this role."""
        other = "B" if side == "A" else "A"
        return (other, side) if role in OUTSIDERS else (other,)

    def _watched_sides(self, side, role):
        """Companies of which no row is changed by this role, or comes to belong to them."""
        return ("A", "B") if role in POWERLESS else ("B" if side == "A" else "A",)

    def _concerned_models(self):
        """Models of ours, and those of Odoo that have fields of ours."""
        ours = our_models(self.env)
        return {
            name: self.env[name]
            for name in sorted(self.env.registry)
            if name in ours
            or (
                not self.env[name]._abstract
                and self.env[name]._table_query is None
                and any(is_ours(field) for field in self.env[name]._fields.values())
            )
        }

    def _shown_fields(self, model):
        """Fields that are asked for: all of our models, ours of Odoo's."""
        ours = model._name in our_models(self.env)
        return [
            name
            for name, field in sorted(model._fields.items())
            if (ours or is_ours(field)) and model._has_field_access(field, "read")
        ]

    def _spec(self, model, names, depth=1):
        """As a form asks, with the names of the records and the rows of the lists."""
        spec = {}
        ours = our_models(self.env)
        for name in names:
            field = model._fields[name]
            if field.type == "many2one":
                spec[name] = {"fields": {"display_name": {}}}
            elif field.type in ("one2many", "many2many"):
                lines = model.env[field.comodel_name]
                shown = ["display_name"]
                if depth and field.comodel_name in ours:
                    shown += self._shown_fields(lines)
                spec[name] = {"fields": self._spec(lines, shown, depth - 1) if depth else {}}
            else:
                spec[name] = {}
        return spec

    def _links(self, model):
        """Relational fields of a model in which a record of a company can be named: all of our
        models; of Odoo's those of ours, and those from which something of ours is computed."""
        ours = model._name in our_models(self.env)
        return [
            field
            for name, field in sorted(model._fields.items())
            # What is inherited is tried where it comes from.
            if field.relational
            and not field.inherited
            and name not in ("create_uid", "write_uid")
            and (
                ours
                or is_ours(field)
                or any(map(is_ours, self.env.registry.get_dependent_fields(field)))
            )
        ]

    def _is_written(self, field):
        """Whether this field of ours is written for users: what only the jobs write, as the table
        of rights says, nobody forges."""
        model = self.env[field.model_name]
        is_open = any("w" in rights for rights in RIGHTS.get(field.model_name, {}).values())
        return is_open if model._name in our_models(self.env) else is_ours(field)

    def _named_links(self, model):
        """Of these, those that lead to a model of which each company has a record."""
        return [field for field in self._links(model) if field.comodel_name in self.records["A"]]

    def _case(self, side, model, method=None):
        """The record of this company with which a method has something to do."""
        case = CASES.get(method, "suspended")
        if model == "account.move":
            return self.moves[side][case]
        if model == "chorus.pro.submission":
            return self.records[side].get(f"submission {case}", self.records[side][model])
        return self.records[side][model]

    def _own(self, user, side, model):
        """A record of the user's own company, or a dialog that the user opens; None when there is
        none for this role."""
        if not self.env[model]._transient:
            if model == "account.move":
                return self.moves[side]["plain"]
            return self.records[side].get(model)
        if model not in our_models(self.env):
            return None
        values = self._dialog_of(model, side)
        if model == "chorus.pro.triage.line":
            triage = self._call(user, "chorus.pro.triage", "create", {})
            if is_refused(triage):
                return None
            values["triage_id"] = triage
        made = self._call(user, model, "create", values)
        return None if is_refused(made) else self.env[model].browse(made)

    def _name_it(self, field, foreign):
        """The value by which a form names a record in this field."""
        return foreign.id if field.type == "many2one" else [Command.link(foreign.id)]

    def _methods(self, model):
        """(method, arguments) to call, for each method of ours."""
        return [
            (method, arguments)
            for method in our_methods(self.env[model])
            for arguments in ({}, *ARGUMENTS.get(method, ()))
        ]

    # ------------------------------------------------------------------
    # Calls and what they give away
    # ------------------------------------------------------------------

    def _call(self, user, model, method, *args, **kwargs):
        """What a client gets: the answer, or (REFUSED, its sentence).

        A failure that is no refusal is one of the test: Odoo shows a client its message, and an
        operator a traceback.
        """
        self.env.invalidate_all()
        try:
            with mute_logger(*QUIET), self.env.cr.savepoint():
                answer = call_kw(self.env[model].with_user(user), method, args, kwargs)
                self.env.flush_all()
                return answer
        except UserError as refusal:
            return REFUSED, str(refusal)
        except DatabaseError:
            return REFUSED, ""

    def _given_away(self, answer, side, role):
        """Canaries in an answer that this role is not to see, as a sorted list of texts."""
        other = "B" if side == "A" else "A"
        found = set()
        for text in _texts(answer):
            owners = [(m[0], m[1], m[2]) for m in CANARY.finditer(text)]
            owners += [(m[0], m[1], "account.move") for m in NUMBER.finditer(text)]
            owners += [
                (number, *owner) for number, owner in self.numbers.items() if number in text
            ]
            for shown, whose, model in owners:
                is_outside = role in OUTSIDERS and model in INVOICE_MODELS
                if role in ODOO_SHOWS.get(model, ()):
                    continue
                if whose == other or is_outside:
                    found.add(shown)
        return sorted(found)

    def _foreign_rows(self, sides):
        """Whatever belongs to these companies, or names a record of theirs: what must stay."""
        self.env.flush_all()
        parts, parameters = [], []
        for name in sorted(self.held):
            model = self.env[name]
            tests, values = self._belonging(model, sides)
            if any(values):
                # Of a row that only names a foreign record it matters that there is one.
                parts.append(
                    sql.SQL(
                        "SELECT {}, t.id, CASE WHEN {} THEN md5(t::text) END FROM {} t WHERE {}"
                    ).format(
                        sql.Literal(name),
                        tests[0],
                        sql.Identifier(model._table),
                        sql.SQL(" OR ").join(tests),
                    )
                )
                parameters += [values[0], *values]
        moves = [move.id for side in sides for move in self.moves[side].values()]
        for table, column in (
            ("mail_message", "model"),
            ("mail_activity", "res_model"),
            ("ir_attachment", "res_model"),
        ):
            parts.append(
                sql.SQL(
                    "SELECT {}, t.id, '' FROM {} t WHERE t.{} = 'account.move' "
                    "AND t.res_id = ANY(%s)"
                ).format(sql.Literal(table), sql.Identifier(table), sql.Identifier(column))
            )
            parameters.append(moves)
        self.env.cr.execute(sql.SQL(" UNION ALL ").join(parts), parameters)
        return set(self.env.cr.fetchall())

    @classmethod
    def _watched_columns(cls, model):
        """Columns by which a row belongs to a company: (name, model that it leads to). Whoever
        names a foreign record in a dialog of their own has not written anything yet."""
        ours = model._name in our_models(cls.env)
        return [("id", model._name)] + [
            (name, field.comodel_name)
            for name, field in model._fields.items()
            if field.type == "many2one"
            and field.store
            and field.column_type
            and not model._transient
            and (ours or is_ours(field) or name == "company_id")
        ]

    def _belonging(self, model, sides):
        tests, values = [], []
        for name, kin in self.held[model._name]:
            tests.append(sql.SQL("t.{} = ANY(%s)").format(sql.Identifier(name)))
            values.append(self._ids(kin, sides))
        return tests, values

    def _ids(self, model, sides):
        """Ids of these companies' records of a model that is watched."""
        if model == "account.move":
            return [move.id for side in sides for move in self.moves[side].values()]
        if model == "res.company":
            return [self.companies[side].id for side in sides]
        if not model.startswith("chorus.pro.") and model != "res.partner":
            return []
        return [
            row.id
            for side in sides
            for name, rows in self.records[side].items()
            if rows._name == model
            for row in rows
        ]


def _print(_report, bodies, **_options):
    """A PDF at once, with the text as it is."""
    return make_pdf() + b"\n% " + " ".join(map(str, bodies)).encode()


def is_refused(answer):
    return isinstance(answer, tuple) and bool(answer) and answer[0] is REFUSED


def _texts(value):
    """All texts of an answer, those within base64 too."""
    if isinstance(value, bytes | str):
        text = value.decode("latin-1") if isinstance(value, bytes) else value
        yield text
        if len(text) > 20 and len(text) % 4 == 0:
            with contextlib.suppress(binascii.Error, ValueError):
                yield base64.b64decode(text, validate=True).decode("latin-1")
    elif isinstance(value, Mapping):
        for pair in value.items():
            yield from _texts(pair)
    elif isinstance(value, float):
        yield f"{value:.2f}"
    elif isinstance(value, Iterable):
        for each in value:
            yield from _texts(each)
    elif value is not None:
        yield str(value)
