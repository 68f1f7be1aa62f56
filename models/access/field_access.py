# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, models
from odoo.exceptions import AccessError

PREFIX = "chorus_pro_"


class ChorusProFieldAccess(models.AbstractModel):
    """Who reads and who writes the fields ``chorus_pro_…`` that this add-on gives a model of Odoo.

    Customers of the portal, who may read their own invoices and their own contact, read none of
    them. What is read-only is the system's: it comes from what Chorus Pro answered and from what
    was done there, and decisions rest on it. To Odoo ``readonly`` is a matter of screens, and a
    stored computed field can be written like any other: here nobody writes it by RPC, and no form
    in edition claims it.
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

    @api.model
    def _check_field_access(self, field, operation):
        if operation == "write" and not self.env.su and self._is_chorus_pro_fact(field):
            raise AccessError(
                self.env._(
                    "“%s” is filled in by Odoo, from what Chorus Pro answers and from what was "
                    "done there: nobody else writes it. Leave it out.",
                    field._description_string(self.env),
                )
            )
        return super()._check_field_access(field, operation)

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

    def _update_cache(self, values, validate=True):
        """Of a form in edition, also one that stands inside another."""
        if not self.env.su:
            values = {
                name: value
                for name, value in values.items()
                if name not in self._fields or not self._is_chorus_pro_fact(self._fields[name])
            }
        return super()._update_cache(values, validate)
