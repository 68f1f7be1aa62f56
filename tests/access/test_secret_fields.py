# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Each field of each model of ours: a secret is out of reach, and a new one is not forgotten."""

from odoo import fields
from odoo.exceptions import AccessError
from odoo.models import MAGIC_COLUMNS
from odoo.tests import tagged

from ..common.access import ADDON, our_models
from ..common.secret import SecretScan
from ..common.secret_table import HARMLESS, KEPT, SMELL, TYPED_ONLY


def doubtful(env):
    """Fields of ours that may hold a secret and that no table names, as "model.field"."""
    return sorted(
        f"{name}.{field.name}"
        for name, model in env.items()
        for field in model._fields.values()
        if _is_ours(name, model, field) and _may_be_secret(field) and not _is_known(name, field)
    )


def _is_ours(name, model, field):
    if model._abstract or field.name in MAGIC_COLUMNS:
        return False
    # What an administrator adds by hand to a model of ours counts too.
    return name in our_models(model.env) or ADDON in (field._modules or ())


def _may_be_secret(field):
    return field.type == "binary" or bool(SMELL.search(field.name.removeprefix("chorus_pro_")))


def _is_known(name, field):
    kept = KEPT.get(name, {})
    known = (*kept, *kept.values(), *TYPED_ONLY.get(name, ()), *HARMLESS.get(name, ()))
    return field.name in known


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSecretFields(SecretScan):
    def test_each_field_that_may_be_a_secret_is_in_a_table(self):
        self.assertEqual(doubtful(self.env), [])

    def test_new_secret_field_that_nobody_protects_is_found(self):
        self.addCleanup(self.registry.reset_changes)
        self.env["ir.model.fields"].create(
            {
                "model_id": self.env["ir.model"]._get_id("chorus.pro.connection"),
                "name": "x_gateway_api_key",
                "ttype": "char",
            }
        )
        self.assertEqual(doubtful(self.env), ["chorus.pro.connection.x_gateway_api_key"])

    def test_tables_name_fields_that_exist(self):
        for table in (KEPT, TYPED_ONLY, HARMLESS):
            for name, known in table.items():
                self.assertFalse(set(known) - self.env[name]._fields.keys(), name)

    def test_columns_of_secrets_are_out_of_reach(self):
        for name, columns in KEPT.items():
            for column in columns:
                field = self.env[name]._fields[column]
                with self.subTest(model=name, column=column):
                    self.assertEqual(field.groups, fields.NO_ACCESS)
                    self.assertFalse(field.copy)
                    self.assertTrue(field.store)
                    self.assertFalse(getattr(field, "attachment", False), "no file beside")

    def test_each_column_that_the_mixin_keeps_is_in_the_table(self):
        for name in self.env.registry.descendants(["chorus.pro.secret"], "_inherit"):
            model = self.env[name]
            if not model._abstract:
                kept = {column: typed for typed, column in model._secret_columns.items()}
                self.assertEqual(KEPT[name], kept)

    def test_what_is_typed_is_kept_nowhere_and_never_given_back(self):
        typed = {name: [t for t in columns.values() if t] for name, columns in KEPT.items()}
        for name, more in TYPED_ONLY.items():
            typed[name] = [*typed.get(name, []), *more]
        records = {
            "chorus.pro.connection": self.connection,
            "chorus.pro.certificate": self.certificate,
            "chorus.pro.setup": self.env["chorus.pro.setup"].create(
                {"connection_id": self.connection.id}
            ),
        }
        for name, names in typed.items():
            for each in names:
                field = self.env[name]._fields[each]
                mine = records[name].with_user(self.administrator)
                with self.subTest(model=name, field=each):
                    self.assertEqual(field.groups, "base.group_system")
                    self.assertFalse(field.store or field.copy)
                    self.assertFalse(mine.read([each])[0][each])

    def test_no_role_searches_sorts_groups_or_exports_a_secret(self):
        for name, columns in KEPT.items():
            for column in columns:
                for role, user in self.users.items():
                    model = self.env[name].with_user(user)
                    calls = {
                        "read": lambda m=model, c=column: m.search([]).read([c])
                        and self.fail("it was read"),
                        "search": lambda m=model, c=column: m.search([(c, "!=", False)]),
                        "sort": lambda m=model, c=column: m.search([], order=c),
                        "group": lambda m=model, c=column: m.formatted_read_group([], [c]),
                        "add up": lambda m=model, c=column: m.formatted_read_group(
                            [], [], [f"{c}:max"]
                        ),
                        "export": lambda m=model, c=column: m.search([]).export_data([c])["datas"]
                        and self.fail("it was exported"),
                        "write": lambda m=model, c=column: m.search([]).write({c: "x"})
                        and m.search([])
                        and self.fail("it was written"),
                    }
                    for words, call in calls.items():
                        with self.subTest(column=column, role=role, call=words):
                            self._is_refused(call, model)

    def _is_refused(self, call, model):
        """Refused, or done on nothing by who sees no record."""
        try:
            with self.cr.savepoint():
                call()
        except (AccessError, ValueError):
            return
        self.assertFalse(model.search([]) if model.has_access("read") else False)
