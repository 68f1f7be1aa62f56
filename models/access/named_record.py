# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from collections import defaultdict

from odoo import api, models
from odoo.fields import Command


class ChorusProNamedRecord(models.AbstractModel):
    """A dialog, or a setting, names records, and shows or does something about them: its user names
    only those that they may use.

    A dialog belongs to whoever opens it, so the rights on the dialog say nothing of the records.
    The right to each is checked whenever it is named: when the dialog is created or written, by
    default values, and before a form in edition computes anything.
    """

    _name = "chorus.pro.named.record"
    _description = "Dialog That Names Records"

    # Field -> the right that its user needs on what it names; of any other field "read".
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
        """
        :param vals_list: values as ``create``, ``write`` and ``onchange`` take them
        :raises AccessError: the user has not the right to a record that is named in them
        """
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
    """(ids, values of lines) in the value of a relational field, in any of the forms that Odoo
    takes: a record, an id, a pair of id and name, a dictionary, a list of ids or of commands."""
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
    """The id of a record, also as the text or decimal number that a database takes for one; 0 for
    that of a line in edition, and for a name."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0
