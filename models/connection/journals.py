# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..access.web_client import RELOAD, notify


class ChorusProConnection(models.Model):
    """Which connection serves which invoices.

    A company with several establishments has a connection for each, in use side by side: each names
    the journals that it serves, and the one that names none serves all others.
    """

    _inherit = "chorus.pro.connection"

    in_use = fields.Boolean(
        compute="_compute_in_use",
        store=True,
        readonly=False,
        copy=False,
        help="Invoices leave by this connection. Of the connections of a company that serve the "
        "same journals, one only can be in use at a time.",
    )
    journal_ids = fields.Many2many(
        "account.journal",
        "chorus_pro_connection_journal_rel",
        "connection_id",
        "journal_id",
        string="Journals",
        copy=False,
        # A connection that loses its last journal would serve all others: an archived journal
        # still counts, and none is deleted from under it.
        ondelete="restrict",
        context={"active_test": False},
        domain="[('type', '=', 'sale'), ('company_id', 'child_of', company_id)]",
        help="Sales journals whose invoices leave by this connection: those of one establishment, "
        "when your company has several at Chorus Pro. Empty: all journals that no other "
        "connection names.",
    )
    serves_others = fields.Boolean(
        compute="_compute_serves_others",
        store=True,
        help="Serves the journals that no other connection names.",
    )

    supplier_service_code = fields.Char(
        string="Supplier's Service",
        copy=False,
        help="Code of the service of your own structure that issues the invoices, if it has any "
        "at Chorus Pro. It is told in the PDF format.",
    )
    supplier_service_number = fields.Char(
        readonly=True,
        copy=False,
        help="Chorus Pro's own number of the supplier's service, found by its code.",
    )

    _one_in_use = models.UniqueIndex(
        "(company_id) WHERE in_use AND active AND serves_others",
        "Only one Chorus Pro connection of a company can be in use for the same journals. Use the "
        "button “Use This One”, or name the journals that each one serves.",
    )

    @api.depends("company_id")
    def _compute_in_use(self):
        """A company's first connection is used at once; another one waits to be chosen."""
        for connection in self:
            is_first = not connection._origin and self._is_first_of(connection.company_id)
            connection.in_use = connection.in_use or is_first

    @api.model
    def _is_first_of(self, company):
        """Whether ``company`` has no connection at all, archived ones included."""
        everything = self.sudo().with_context(active_test=False)
        return not everything.search_count([("company_id", "=", company._origin.id)], limit=1)

    @api.depends("journal_ids")
    def _compute_serves_others(self):
        for connection in self:
            connection.serves_others = not connection.journal_ids

    @api.constrains("journal_ids", "company_id")
    def _check_journals(self):
        for connection in self.sudo():
            company = connection.company_id
            for journal in connection.journal_ids:
                owner = journal.company_id
                is_ours = company in owner.parent_ids or owner in company.parent_ids
                if journal.type != "sale" or not is_ours:
                    raise ValidationError(
                        self.env._(
                            "%(journal)s is no sales journal of %(company)s: choose others.",
                            journal=journal.display_name,
                            company=company.name,
                        )
                    )

    @api.constrains("journal_ids", "in_use", "active", "company_id")
    def _check_one_connection_a_journal(self):
        for connection in self.sudo().filtered(lambda each: each.in_use and each.active):
            for other in connection._rivals().filtered("journal_ids"):
                journals = connection.journal_ids & other.journal_ids
                raise ValidationError(
                    self.env._(
                        "The journals %(journals)s are served by the connection “%(connection)s” "
                        "already. Take them out of one of the two.",
                        journals=", ".join(journals.mapped("display_name")),
                        connection=other.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Of several made at once for a new company one is used: the first, unless another one is
        said to be."""
        here = self.default_get(["company_id"]).get("company_id")
        owners = [vals.get("company_id") or here for vals in vals_list]
        served = {
            owner for owner, vals in zip(owners, vals_list, strict=True) if vals.get("in_use")
        }
        decided = []
        for owner, vals in zip(owners, vals_list, strict=True):
            company = self.env["res.company"].browse(owner)
            decided.append({"in_use": owner not in served and self._is_first_of(company), **vals})
            served.add(owner)
        return super().create(decided)

    def copy_data(self, default=None):
        """A duplicate is never used at once, not even as another company's first."""
        return super().copy_data({"in_use": False, **(default or {})})

    def write(self, vals):
        if "supplier_service_code" in vals:
            vals = {"supplier_service_number": False, **vals}
        return super().write(vals)

    def _rivals(self):
        """The other connections in use that serve what this one serves."""
        return self.company_id.chorus_pro_connection_ids.filtered(
            lambda other: other != self
            and other.in_use
            and (
                other.journal_ids & self.journal_ids
                or (other.serves_others and self.serves_others)
            )
        )

    def action_use(self):
        """From now on invoices leave by this connection; those that served the same are set aside.

        What was queued or deposited by them stays theirs.

        :raises UserError: this one is archived: it would serve nothing, and nobody else would
        """
        self.ensure_one()
        self.check_access("write")
        if not self.active:
            raise UserError(
                self.env._(
                    "“%s” is archived: unarchive this connection first, then use it.", self.name
                )
            )
        rivals = self.sudo()._rivals()
        rivals.in_use = False
        # The database allows one at a time.
        rivals.flush_recordset(["in_use"])
        self.in_use = True
        if not rivals:
            return True
        return notify(
            self.env._("Invoices leave by “%s”", self.name),
            self.env._("Not in use any more: %s.", ", ".join(rivals.mapped("name"))),
            then=RELOAD,
        )

    @api.model
    def _of_move(self, move):
        """The connection by which an invoice leaves (see :meth:`_of_journal`)."""
        return self._of_journal(move.journal_id, move.company_id)

    @api.model
    def _of_journal(self, journal, company=None):
        """The connection in use for the invoices of ``journal``: the one that names it, else the
        one that names none; of ``company``, by default the journal's, else of its nearest parent.

        Any user may ask: the record comes in sudo and must not be shown as a whole.
        """
        # Through the one2many: a list of invoices asks the database once for each company.
        company = (company or journal.company_id).sudo().with_context(active_test=False)
        while company:
            used = company.chorus_pro_connection_ids.filtered(lambda one: one.in_use and one.active)
            for connection in used:
                if journal._origin in connection.journal_ids:
                    return self.sudo().browse(connection.id)
            for connection in used:
                if connection.serves_others:
                    return self.sudo().browse(connection.id)
            company = company.parent_id
        return self.sudo().browse()

    @api.model
    def _of_company(self, company):
        """The connection in use for what belongs to no journal, such as looking customers up: the
        one that serves all other journals, else any of the company, else its parent's."""
        company = company.sudo().with_context(active_test=False)
        while company:
            used = company.chorus_pro_connection_ids.filtered(lambda one: one.in_use and one.active)
            if used:
                return self.sudo().browse(used.sorted("serves_others", reverse=True)[0].id)
            company = company.parent_id
        return self.sudo().browse()
