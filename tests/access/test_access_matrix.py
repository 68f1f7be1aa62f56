# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The table of who may do what, and what really happens: roles, models, rights and methods."""

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common.access import AccessCommon, our_methods, our_models
from ..common.access_table import CALLS, RIGHTS, ROLES

QUIET = ("odoo.sql_db", "odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAccessMatrix(AccessCommon):
    def _is_allowed(self, call):
        """Whether a call is let through: what a rule of business or the database refuses is."""
        try:
            with mute_logger(*QUIET), self._undone():
                call()
        except AccessError:
            return False
        except (UserError, IntegrityError):
            # Rights come first: whoever hears why it cannot be done has the right to do it.
            self.env.invalidate_all()
        return True

    def _rights(self, model, user, record):
        """Rights that this user has on a record, as the letters of the table."""
        mine = record.with_user(user)
        values = self._values(record)
        first = next(iter(values))
        calls = {
            "r": lambda: mine.read(),
            "w": lambda: mine.write({first: values[first]}),
            "c": lambda: self._create_another(model.with_user(user), record, values),
            "u": lambda: mine.unlink(),
        }
        return "".join(letter for letter, call in calls.items() if self._is_allowed(call))

    def _create_another(self, model, record, values):
        # Only one connection of a company can be in use, and it has one guide.
        if "in_use" in model._fields:
            values = {**values, "in_use": False}
        if model._name == "chorus.pro.setup":
            record.sudo().unlink()
        model.create(values)

    def _values(self, record):
        """What a record of this model needs and copies, as this one has it."""
        known = record.sudo()
        needed = {
            name: field.convert_to_write(known[name], known)
            for name, field in record._fields.items()
            if field.store and not field.related and (field.required or name == "author_id")
        }
        return {**needed, **known.copy_data()[0]}

    def test_each_model_is_in_the_table(self):
        self.assertEqual(sorted(our_models(self.env)), sorted(RIGHTS))

    def test_rights_are_those_of_the_table(self):
        records = self._records()
        for name, model in our_models(self.env).items():
            if model._transient:
                continue
            record = records[name]
            for role, user in self.users.items():
                with self.subTest(model=name, role=role):
                    self.assertEqual(
                        self._rights(model, user, record), RIGHTS[name].get(role, "")
                    )

    def test_dialogs_are_for_the_roles_of_the_table_and_one_s_own(self):
        self._records()
        for name, model in our_models(self.env).items():
            if not model._transient:
                continue
            for role, user in self.users.items():
                with self.subTest(model=name, role=role), mute_logger(*QUIET):
                    rights = RIGHTS[name].get(role, "")
                    if not rights:
                        self.assertRaises(AccessError, self._dialog, name, user)
                        continue
                    dialog = self._dialog(name, user)
                    self.assertEqual(self._dialog_rights(dialog, user), rights)
                    for other in set(self.users.values()) - {user}:
                        self.assertEqual(self._dialog_rights(dialog, other), "")
                        theirs = model.with_user(other)
                        if theirs.has_access("read"):
                            self.assertFalse(theirs.search([("id", "=", dialog.id)]))

    def _dialog_rights(self, dialog, user):
        mine = dialog.with_user(user)
        value = self._dialog_values(dialog._name)
        calls = {
            "r": lambda: mine.read(),
            "w": lambda: mine.write(value),
            "c": lambda: mine.copy() if dialog.create_uid == user else mine.read(),
            "u": lambda: mine.unlink(),
        }
        return "".join(letter for letter, call in calls.items() if self._is_allowed(call))

    def test_each_method_that_can_be_called_by_rpc_is_in_the_table(self):
        names = {name for name in self.env.registry if our_methods(self.env[name])}
        found = {
            name: our_methods(self.env[name])
            for name in names
            if not self.env.registry[name]._abstract
        }
        self.assertEqual(found, {name: sorted(methods) for name, methods in CALLS.items()})

    def test_calls_are_let_through_for_the_roles_of_the_table(self):
        records = self._records()
        for name, methods in CALLS.items():
            for role, user in self.users.items():
                for method, roles in methods.items():
                    with self.subTest(model=name, role=role, method=method):
                        self.assertEqual(
                            self._may_call(name, records.get(name), user, method), role in roles
                        )

    def _may_call(self, name, record, user, method):
        def call():
            mine = self._dialog(name, user) if record is None else record.with_user(user)
            if getattr(getattr(type(mine), method), "_api_model", False):
                # A client names no record.
                mine = mine.browse()
            getattr(mine, method)()

        return self._is_allowed(call)

    def test_each_role_is_tried(self):
        self.assertEqual(len(self.users), len(ROLES))
