# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A record of another company, named in every field that leads to one: nothing of it is told,
changed or queued, whatever is asked and whoever asks."""

from inspect import signature

from psycopg2 import errors, sql

from odoo import Command
from odoo.tests import tagged

from ..common.access import our_methods, our_models
from ..common.access_table import ARGUMENTS, CALLS, CASES, FORMS, NOT_FOREIGN, ODOO_FAILS
from ..common.foreign import (
    INVOICE_MODELS,
    ForeignMatrixCommon,
    is_ours,
    is_refused,
)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestForeignMatrix(ForeignMatrixCommon):
    def setUp(self):
        super().setUp()
        self.found = {}

    def _note(self, what, side, role, given=(), rows=()):
        """Keep what went wrong, to say it once for all roles."""
        if given or rows:
            entry = self.found.setdefault(what, (set(), set()))
            entry[0].add(f"{role} {side}")
            entry[1].update(given, map(str, rows))

    def _assert_nothing_found(self):
        self.assertFalse(
            self.found,
            "\n".join(
                f"{' '.join(what)}: {', '.join(sorted(facts))} (as {', '.join(sorted(roles))})"
                for what, (roles, facts) in sorted(self.found.items())
            ),
        )

    def _try(self, what, who, model, method, *args, named=None, before=None, **kwargs):
        """Call, and note what was given away or changed; gives the answer.

        :param before: companies that are foreign, and their rows, when they are looked at again
        """
        side, role, user = who
        try:
            answer = self._call(user, model, method, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is no refusal
            if ODOO_FAILS.get(model) != type(error).__name__:
                self._note(what, side, role, [f"{type(error).__name__}: {error}"])
            self.env.invalidate_all()
            return None
        checked_by_odoo = named and self.env[model]._fields[named].check_company
        if not (checked_by_odoo and is_refused(answer) and method in ("create", "write")):
            # Odoo's own refusal of a record of another company says its name; ours do not.
            self._note(what, side, role, self._given_away(_without(answer, named), side, role))
        if before and not is_refused(answer):
            sides, rows = before
            now = self._foreign_rows(sides)
            # A row that names a foreign record no more was put right.
            gone = {row for row in rows - now if row[2] is not None}
            self._note(what, side, role, rows=(now - rows) | gone)
        return answer

    def _before(self, sides):
        """What is foreign before a call."""
        return sides, self._foreign_rows(sides)

    # ------------------------------------------------------------------
    # The tables
    # ------------------------------------------------------------------

    def test_each_link_leads_to_a_foreign_record_or_says_why_not(self):
        open_ends = set()
        for model in self._concerned_models().values():
            for name in {field.comodel_name for field in self._links(model)}:
                bound = {"company_id", "company_ids"} & self.env[name]._fields.keys()
                if name not in self.records["A"] and (bound or name in our_models(self.env)):
                    open_ends.add(name)
        self.assertEqual(open_ends, set(NOT_FOREIGN))
        self.assertTrue(all(NOT_FOREIGN.values()))

    def test_each_parameter_of_each_method_is_given(self):
        for model in CALLS:
            for method in our_methods(self.env[model]):
                parameters = [*signature(getattr(type(self.env[model]), method)).parameters][1:]
                given = {name for values in ARGUMENTS.get(method, ()) for name in values}
                with self.subTest(model=model, method=method):
                    self.assertEqual(given, set(parameters))
        known = {method for methods in CALLS.values() for method in methods}
        self.assertLessEqual({*ARGUMENTS, *CASES}, known)

    def test_each_record_belongs_to_one_company(self):
        """Whatever looks for canaries finds them, and each row is watched."""
        for side, records in self.records.items():
            for name in our_models(self.env):
                # A query has no rows of its own.
                if name in records and not self.env[name]._table_query:
                    row = (name, records[name].id)
                    for other in self.records:
                        rows = {each[:2] for each in self._foreign_rows((other,))}
                        with self.subTest(side=side, model=name, other=other):
                            self.assertEqual(row in rows, side == other)

    def test_one_s_own_records_are_told(self):
        """The same calls about a record of one's own company do give its canaries."""
        mine = self.records["A"]
        wanted = {
            ("chorus.pro.submission", "user"): "CNRYA-chorus.pro.submission-reason",
            ("chorus.pro.flow", "reader"): "CNRYA-chorus.pro.flow-content",
            ("chorus.pro.connection", "administrator"): "CNRYA-chorus.pro.connection-technical",
            ("account.move", "user"): "CNRYA-account.move-narration",
            ("chorus.pro.preview", "everything"): "CNRYA-chorus.pro.preview-xml",
        }
        for (name, role), text in wanted.items():
            # Other modules of Odoo may have fields of an invoice that not everybody reads.
            names = ["narration"] if name == "account.move" else []
            answer = self._call(self.people["A"][role], name, "read", mine[name].ids, names)
            with self.subTest(model=name, role=role):
                self.assertIn(text, str(self._given_away(answer, "B", "user")))

    # ------------------------------------------------------------------
    # onchange
    # ------------------------------------------------------------------

    def test_onchange_tells_nothing_of_a_foreign_record(self):
        for name in self._concerned_models():
            for who in self._users():
                self._onchanges(name, who)
        self._assert_nothing_found()

    def _onchanges(self, name, who):
        side, role, user = who
        model = self.env[name].with_user(user)
        ways = []
        if model.has_access("create"):
            ways.append([])
        own = self._own_draft(user, side, name) if model.has_access("write") else None
        if own and own.with_user(user).has_access("write"):
            ways.append(own.ids)
        if not ways:
            answer = self._call(user, name, "onchange", [], {}, [], {})
            self.assertTrue(is_refused(answer) or name == "res.users", (name, role, side))
            return
        shown = self._shown_fields(model)
        ours = our_models(self.env)
        for ids in ways:
            for form in FORMS.get(name, ({},)):
                self._try((name, "onchange of nothing"), who, name, "onchange", ids, dict(form),
                          [], self._spec(model, shown))
                for field in self._named_links(model):
                    # What Odoo's own fields lead to is the same in an invoice that is there.
                    is_new = not ids or name in ours or is_ours(field)
                    if is_new and model._has_field_access(field, "read"):
                        self._onchange_of(field, who, ids, form, shown)

    def _own_draft(self, user, side, name):
        return self.moves[side]["draft"] if name == "account.move" else self._own(user, side, name)

    def _onchange_of(self, field, who, ids, form, shown):
        side, role, user = who
        name = field.model_name
        model = self.env[name].with_user(user)
        for foreign_side in self._foreign_sides(side, role):
            if foreign_side == side and field.comodel_name not in INVOICE_MODELS:
                continue
            for value in self._values_of(field, foreign_side):
                values = {**form, field.name: value}
                self._halved(field, who, model, ids, values, [field.name], shown)
                if name in our_models(self.env):
                    # As a form does that opens.
                    self._onchange_once(field, who, model, ids, values, [], shown)
        # No form gives False for a list.
        nothing = [] if field.type in ("one2many", "many2many") else False
        emptied = {**form, field.name: nothing}
        self._onchange_once(field, who, model, ids, emptied, [field.name], shown)

    def _values_of(self, field, side):
        """How a form names the foreign record: itself, and in a new line."""
        foreign = self.records[side][field.comodel_name]
        yield self._name_it(field, foreign)
        lines = self.env[field.comodel_name]
        if field.type == "many2one" or lines._name not in our_models(self.env):
            return
        for link in self._named_links(lines):
            if link.type == "many2one" and link.comodel_name != field.model_name:
                value = self.records[side][link.comodel_name].id
                yield [Command.create({link.name: value})]

    def _onchange_once(self, field, who, model, ids, values, names, shown):
        # A form that sends the lines of a list has asked for it.
        asked = {*shown, field.name} if field.type in ("one2many", "many2many") else shown
        return self._try(
            (model._name, "onchange", field.name), who, model._name, "onchange",
            ids, dict(values), list(names), self._spec(model, asked), named=field.name,
        )

    def _halved(self, field, who, model, ids, values, names, shown):
        """A refusal about one field would hide what another one tells."""
        answer = self._onchange_once(field, who, model, ids, values, names, shown)
        if is_refused(answer) and len(shown) > 1:
            if is_refused(self._onchange_once(field, who, model, ids, values, names, [])):
                # The form itself is refused, whatever it asks for.
                return
            middle = len(shown) // 2
            self._halved(field, who, model, ids, values, names, shown[:middle])
            self._halved(field, who, model, ids, values, names, shown[middle:])

    # ------------------------------------------------------------------
    # create, write
    # ------------------------------------------------------------------

    def test_foreign_record_named_by_create_tells_nothing(self):
        for model in our_models(self.env).values():
            for who in self._users():
                if not model.with_user(who[2]).has_access("create"):
                    continue
                for field in self._named_links(model):
                    if field.store or field.inverse:
                        self._create_naming(field, who)
        self._assert_nothing_found()

    def _create_naming(self, field, who):
        side, role, user = who
        name = field.model_name
        for foreign_side in self._foreign_sides(side, role):
            if foreign_side == side and field.comodel_name not in INVOICE_MODELS:
                continue
            for value in self._values_of(field, foreign_side):
                with self._undone():
                    what = (name, "create with", field.name)
                    values = {**self._needed(user, side, name), field.name: value}
                    if name == "chorus.pro.setup":
                        self.records[side][name].unlink()
                    sides = self._watched_sides(side, role)
                    made = self._try(what, who, name, "create", values, named=field.name,
                                     before=self._before(sides))
                    if made and not is_refused(made):
                        self._use(what, who, self.env[name].browse(made), field, sides)

    def _needed(self, user, side, name):
        """What a record of one's own company is made of."""
        if self.env[name]._transient:
            values = self._dialog_of(name, side)
            if name == "chorus.pro.triage.line":
                triage = self._call(user, "chorus.pro.triage", "create", {})
                values["triage_id"] = triage if not is_refused(triage) else False
            return values
        known = self.records[side][name].sudo()
        values = {
            each: field.convert_to_write(known[each], known)
            for each, field in known._fields.items()
            if field.store and field.required
        }
        if name == "chorus.pro.certificate":
            certificate = self.credentials["certificate"]
            values.update(file=certificate["p12"], password=certificate["password"])
        if name == "chorus.pro.connection":
            values.update(name="Another", journal_ids=[Command.clear()])
        return values

    def _use(self, what, who, record, field, sides):
        """Read everything of a record that names a foreign one, and call all its methods."""
        user = who[2]
        shown = self._derived_fields(record.with_user(user))
        self._read_halved((*what, "then read"), who, record, field, shown)
        before = self._before(sides)
        for method, arguments in self._methods(record._name):
            if getattr(getattr(type(record), method), "_api_model", False):
                continue
            with self._undone():
                self._try((*what, "then", method), who, record._name, method, record.ids,
                          before=before,
                          **self._given(arguments, self._foreign_sides(*who[:2])[0]))

    def _derived_fields(self, record):
        """What may come from another record: a column of its own does not."""
        return [
            name
            for name in self._shown_fields(record)
            if record._fields[name].compute or not record._fields[name].column_type
        ]

    def _read_halved(self, what, who, record, field, shown):
        answer = self._try(what, who, record._name, "read", record.ids, shown, named=field.name)
        if is_refused(answer) and len(shown) > 1:
            if is_refused(self._try(what, who, record._name, "read", record.ids, ["id"])):
                return
            middle = len(shown) // 2
            self._read_halved(what, who, record, field, shown[:middle])
            self._read_halved(what, who, record, field, shown[middle:])

    def _given(self, arguments, side):
        """Arguments of a method: the name of a model stands for the foreign record of it."""
        return {
            name: self.records[side][value].id
            if isinstance(value, str) and value in self.records[side]
            else value
            for name, value in arguments.items()
        }

    def test_foreign_record_named_by_write_tells_nothing_and_is_not_touched(self):
        for name, model in self._concerned_models().items():
            for who in self._users():
                for field in self._named_links(model):
                    # Where a field of Odoo's may lead is for Odoo to say.
                    if (field.store or field.inverse) and (
                        name in our_models(self.env) or is_ours(field)
                    ):
                        self._write_naming(field, who)
        self._assert_nothing_found()

    def _write_naming(self, field, who):
        side, role, user = who
        name = field.model_name
        sides = self._watched_sides(side, role)
        if not self.env[name].with_user(user).has_access("write"):
            return
        with self._undone():
            own = self._own(user, side, name)
            if not own or not own.with_user(user).has_access("write"):
                return
            for value in self._values_of(field, self._foreign_sides(side, role)[0]):
                with self._undone():
                    what = (name, "write of", field.name)
                    written = self._try(what, who, name, "write", own.ids, {field.name: value},
                                        named=field.name, before=self._before(sides))
                    if written is True:
                        self._use(what, who, own, field, sides)

    # ------------------------------------------------------------------
    # Methods
    # ------------------------------------------------------------------

    def test_method_on_a_foreign_record_tells_and_changes_nothing(self):
        self.simulator.control.clear_requests()
        before = {
            sides: self._before(sides) for sides in (("A",), ("B",), ("A", "B"))
        }
        for name in CALLS:
            if name not in self.records["A"]:
                continue
            for who in self._users():
                for method, arguments in self._methods(name):
                    self._method_on_foreign(name, who, method, arguments, before)
        self._assert_nothing_found()
        self.assertFalse(self._requests())

    def _method_on_foreign(self, name, who, method, arguments, before):
        side, role, _user = who
        for foreign_side in self._foreign_sides(side, role):
            if foreign_side == side and name not in INVOICE_MODELS:
                continue
            is_own = foreign_side == side
            sides = ("A", "B") if is_own else self._watched_sides(side, role)
            is_free = getattr(getattr(self.env.registry[name], method), "_api_model", False)
            ids = [] if is_free else [self._case(foreign_side, name, method).ids]
            with self._undone():
                self._try((name, method, "on it"), who, name, method, *ids, before=before[sides],
                          **self._given(arguments, foreign_side))

    def test_method_does_not_trust_a_link_that_was_forged(self):
        """As if some other way had been found to write it. Who could write the database past Odoo
        could read it too: what reading the row gives then is not asked."""
        self.simulator.control.clear_requests()
        for model in self._concerned_models().values():
            for who in self._users():
                for field in self._named_links(model):
                    if field.type == "many2one" and field.store and self._is_written(field):
                        self._forged(field, who)
        self._assert_nothing_found()

    def _forged(self, field, who):
        side, role, user = who
        name = field.model_name
        if not self.env[name].with_user(user).has_access("read"):
            return
        sides = self._watched_sides(side, role)
        foreign_side = self._foreign_sides(side, role)[0]
        with self._undone():
            own = self._own(user, side, name)
            if not own:
                return
            what = (name, "with forged", field.name)
            self._forge(own, field, self._case(foreign_side, field.comodel_name))
            before = {}
            for method, arguments in self._methods(name):
                if getattr(getattr(type(own), method), "_api_model", False):
                    continue
                foreign = self._case(foreign_side, field.comodel_name, method)
                with self._undone():
                    self._forge(own, field, foreign)
                    if foreign not in before:
                        before[foreign] = self._before(sides)
                    self._try((*what, "then", method), who, name, method, own.ids,
                              before=before[foreign], **self._given(arguments, foreign_side))

    def _forge(self, own, field, foreign):
        self.env.flush_all()
        # Of a company, or of a connection, one can be in use: it has one.
        beside = sql.SQL(", in_use = FALSE" if "in_use" in own._fields else "")
        query = sql.SQL("UPDATE {} SET {} = %s{} WHERE id = ANY(%s)").format(
            sql.Identifier(own._table), sql.Identifier(field.name), beside
        )
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute(query, [foreign.id, own.ids])
        except errors.UniqueViolation:
            # There is one of each: ours takes its place.
            self.env.cr.execute(
                sql.SQL("DELETE FROM {} WHERE {} = %s").format(
                    sql.Identifier(own._table), sql.Identifier(field.name)
                ),
                [foreign.id],
            )
            self.env.cr.execute(query, [foreign.id, own.ids])
        self.env.invalidate_all()


def _without(answer, name):
    """An answer without the field in which the record was named: whoever names it knows it, and
    Odoo gives the name of any record that is named in a form."""
    if not name or is_refused(answer):
        return answer
    if isinstance(answer, list):
        return [_without(each, name) for each in answer]
    if isinstance(answer, dict):
        if "value" in answer and isinstance(answer["value"], dict):
            return {**answer, "value": _without(answer["value"], name)}
        return {
            key: value
            for key, value in answer.items()
            if key != name or not isinstance(value, tuple | dict)
        }
    return answer
