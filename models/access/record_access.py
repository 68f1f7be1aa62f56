# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from collections import defaultdict

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Command

PREFIX = "chorus_pro_"


class ChorusProFieldAccess(models.AbstractModel):
    """Who reads and who writes the fields ``chorus_pro_…`` that this add-on gives a model of Odoo.

    Portal users, who may read their own invoices and contact, read none of them. Read-only ones
    hold what Chorus Pro answered and what was done there, and decisions rest on them. To Odoo
    ``readonly`` concerns screens only: here nobody writes such a field by RPC, and no form being
    edited claims it.
    """

    _name = "chorus.pro.field.access"
    _description = "Access to Fields of Chorus Pro"

    @api.model
    def _is_chorus_pro_fact(self, field):
        """Whether only the system writes this field."""
        return field.readonly and field.name.startswith(PREFIX)

    def _has_field_access(self, field, operation):
        allowed = super()._has_field_access(field, operation)
        if not allowed or self.env.su or not field.name.startswith(PREFIX):
            return allowed
        if operation == "write" and self._is_chorus_pro_fact(field):
            return False
        return self.env.user._is_internal()

    # Of a related field Odoo reads the column at its end, and asks for the right to that one only.
    def _field_to_sql(self, alias, field_expr, query=None):
        self._check_named_field(field_expr)
        return super()._field_to_sql(alias, field_expr, query)

    def _read_group_groupby(self, alias, groupby_spec, query):
        self._check_named_field(groupby_spec)
        return super()._read_group_groupby(alias, groupby_spec, query)

    @api.model
    def _check_named_field(self, expression):
        """
        :param expression: begins with the name of a field, as "name", "name:month", "name.name"
        :raises AccessError: it is one of ours, and the user may not read it
        """
        if expression.startswith(PREFIX) and not self.env.su:
            name = expression.partition(":")[0].partition(".")[0]
            if name in self._fields:
                self._check_field_access(self._fields[name], "read")

    @api.model
    def _check_field_access(self, field, operation):
        if operation == "write" and not self.env.su and self._is_chorus_pro_fact(field):
            raise AccessError(self.env._(
                "Odoo fills in “%s” from Chorus Pro's answers and from what was done there: it "
                "cannot be written. Leave it out.",
                field._description_string(self.env),
            ))
        return super()._check_field_access(field, operation)

    def _update_cache(self, values, validate=True):
        """Of a form being edited, also inside another one."""
        if not self.env.su:
            values = {
                name: value
                for name, value in values.items()
                if name not in self._fields or not self._is_chorus_pro_fact(self._fields[name])
            }
        return super()._update_cache(values, validate)


class ChorusProNamedRecord(models.AbstractModel):
    """A dialog, or a setting, that names records and shows or does something about them: users name
    only those that they may use.

    A dialog belongs to whoever opens it: rights on the dialog are no rights on the records. The
    right to each is checked whenever it is named: when the dialog is created or written, by default
    values, and before a form being edited computes anything.
    """

    _name = "chorus.pro.named.record"
    _description = "Dialog That Names Records"

    # Field -> the right needed on what it names; "read" for any other field.
    _right_by_field = {}

    @api.model_create_multi
    def create(self, vals_list):
        self._check_named(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_named([vals])
        return super().write(vals)

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        self._check_named([values])
        return values

    def onchange(self, values, field_names, fields_spec):
        self._check_named([values])
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def _check_named(self, vals_list):
        """:raises AccessError: the user has no right to a record that is named in these values, as
        ``create``, ``write`` and ``onchange`` take them"""
        ids, lines = defaultdict(set), defaultdict(list)
        for vals in vals_list:
            for name in vals.keys() & self._fields.keys():
                if self._fields[name].relational:
                    named, inside = _named(vals[name])
                    ids[name].update(named)
                    lines[name] += inside
        for name in sorted(ids):
            model = self.env[self._fields[name].comodel_name]
            model.browse(ids[name]).check_access(self._right_by_field.get(name, "read"))
            # Lines of a dialog name records too.
            if hasattr(model, "_check_named"):
                model._check_named(lines[name])


def _named(value):
    """(ids, values of lines) in the value of a relational field, in any form that Odoo takes: a
    record, an id, a pair of id and name, a dictionary, a list of ids or of commands."""
    if isinstance(value, models.BaseModel):
        return value.ids, []
    if isinstance(value, dict):
        return _named(value.get("id"))
    if not isinstance(value, (list, tuple)):
        id_ = _as_id(value)
        return ([id_] if id_ else []), []
    ids, lines = set(), []
    for each in value:
        if isinstance(each, (list, tuple)) and each and each[0] == Command.SET:
            ids.update(map(_as_id, each[2]))
        elif isinstance(each, (list, tuple)):
            ids.update(map(_as_id, each[1:2]))
            lines += [line for line in each[2:3] if isinstance(line, dict)]
        else:
            ids.update(_named(each)[0])
    return sorted(ids - {0}), lines


def _as_id(value):
    """The id of a record, also as the text or decimal number that a database takes for one; 0 for a
    line being edited, and for a name."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0
