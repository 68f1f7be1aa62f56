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
        compute="_compute_in_use", store=True, readonly=False, copy=False,
        help="Invoices are sent through this connection. Of a company's connections that serve the "
        "same journals, only one can be in use at a time.",
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
        help="Sales journals whose invoices are sent through this connection: those of one "
        "establishment, when your company has several at Chorus Pro. Empty: all journals that no "
        "other connection names.",
    )
    serves_others = fields.Boolean(
        compute="_compute_serves_others", store=True,
        help="Serves the journals that no other connection names.",
    )

    supplier_service_code = fields.Char(
        string="Supplier's Service", copy=False,
        help="Code of the service of your structure that issues the invoices, if it has any at "
        "Chorus Pro. The PDF format carries it.",
    )
    supplier_service_number = fields.Char(
        readonly=True, copy=False,
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
                    raise ValidationError(self.env._(
                        "%(journal)s is no sales journal of %(company)s: choose others.",
                        journal=journal.display_name, company=company.name,
                    ))

    @api.constrains("journal_ids", "in_use", "active", "company_id")
    def _check_one_connection_a_journal(self):
        for connection in self.sudo().filtered(lambda each: each.in_use and each.active):
            for other in connection._rivals().filtered("journal_ids"):
                journals = connection.journal_ids & other.journal_ids
                raise ValidationError(self.env._(
                    "The journals %(journals)s are served by the connection “%(connection)s” "
                    "already. Take them out of one of the two.",
                    journals=", ".join(journals.mapped("display_name")), connection=other.name,
                ))

    @api.model_create_multi
    def create(self, vals_list):
        """Of several made at once for a new company the first is in use, unless the values say that
        another one is."""
        here = self.default_get(["company_id"]).get("company_id")
        served = {vals.get("company_id") or here for vals in vals_list if vals.get("in_use")}
        decided = []
        for vals in vals_list:
            owner = vals.get("company_id") or here
            company = self.env["res.company"].browse(owner)
            decided.append({"in_use": owner not in served and self._is_first_of(company), **vals})
            served.add(owner)
        return super().create(decided)

    def copy_data(self, default=None):
        """A duplicate is never used at once, not even as another company's first."""
        return super().copy_data({"in_use": False, **(default or {})})

    def _rivals(self):
        """The other connections in use that serve what this one serves."""
        others = self.company_id.chorus_pro_connection_ids.filtered("in_use") - self
        return others.filtered(
            lambda other: other.journal_ids & self.journal_ids
            or (other.serves_others and self.serves_others)
        )

    def action_use(self):
        """Send invoices through this connection from now on, and no longer through those that
        served the same journals. What was queued or deposited through them stays theirs.

        :raises UserError: this one is archived, and would serve nothing
        """
        self.ensure_one()
        self.check_access("write")
        if not self.active:
            raise UserError(self.env._(
                "“%s” is archived: unarchive this connection first, then use it.", self.name
            ))
        rivals = self.sudo()._rivals()
        rivals.in_use = False
        # The database allows one at a time.
        rivals.flush_recordset(["in_use"])
        self.in_use = True
        if not rivals:
            return True
        return notify(
            self.env._("Invoices are sent through “%s”", self.name),
            self.env._("No longer in use: %s.", ", ".join(rivals.mapped("name"))), then=RELOAD,
        )

    @api.model
    def _of_move(self, move):
        """The connection through which an invoice is sent (see :meth:`_of_journal`)."""
        return self._of_journal(move.journal_id, move.company_id)

    @api.model
    def _of_journal(self, journal, company=None):
        """The connection in use for the invoices of ``journal``: the one that names it, else the
        one that names none; of ``company``, by default the journal's, else of its nearest parent.

        For any user: the record is in sudo and must not be shown as a whole.
        """
        return self._nearest(
            company or journal.company_id,
            lambda used: used.filtered(lambda one: journal._origin in one.journal_ids)
            or used.filtered("serves_others"),
        )

    @api.model
    def _of_company(self, company):
        """The connection in use for what belongs to no journal, such as looking customers up: the
        one that serves all other journals, else any of the company, else its parent's."""
        return self._nearest(company, lambda used: used.sorted("serves_others", reverse=True))

    @api.model
    def _nearest(self, company, choose):
        """The first of what ``choose`` takes of a company's connections in use, in sudo; when it
        takes none, of its parent's."""
        # Through the one2many: a list of invoices asks the database once for each company.
        company = company.sudo().with_context(active_test=False)
        while company:
            used = company.chorus_pro_connection_ids.filtered(lambda one: one.in_use and one.active)
            if chosen := choose(used)[:1]:
                return self.sudo().browse(chosen.id)
            company = company.parent_id
        return self.sudo().browse()
