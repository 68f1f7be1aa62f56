# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_datetime

from ...choruspro.errors import ChorusProError
from ...choruspro.limits import LIMITS
from ...choruspro.messages import MessageError
from ..access.odoo_fields import SIRET_FIELD
from ..access.roles import USER, require_role
from ..access.web_client import CLOSE, notify, open_dialog, show_answer
from ..session.row_guard import LOST_RACES, guarded_row

LONGEST_NAME = LIMITS["raisonSocialeStructure"].length
SHORTEST_NAME = 3
# More than anybody reads through.
MOST_FOUND = 40


class ChorusProNameSearch(models.TransientModel):
    """A customer whose SIRET nobody has at hand: the public bodies with its name, of which the user
    chooses one. Only the job asks Chorus Pro."""

    _name = "chorus.pro.name.search"
    _inherit = "chorus.pro.named.record"
    _description = "Search of a Public Body by Name"

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    name = fields.Char(help="A part of its name, as Chorus Pro writes it.")
    wanted = fields.Boolean(readonly=True, help="Chorus Pro is being asked.")
    is_answered = fields.Boolean(readonly=True)
    trouble = fields.Text(readonly=True, help="Why there is no answer.")
    found_ids = fields.Many2many(
        "chorus.pro.structure", "chorus_pro_name_search_structure_rel", "search_id",
        "structure_id", string="Public Bodies Found", readonly=True,
    )
    has_more = fields.Boolean(readonly=True, help="Chorus Pro knows others with this name.")
    structure_id = fields.Many2one("chorus.pro.structure", string="Which One?")

    def action_search(self):
        """Have the job search for this name; the dialog shows the answer when it arrives."""
        require_role(self.env, USER)
        self.ensure_one()
        self.env["account.move"].check_access("write")
        name = (self.name or "").strip()
        if len(name) < SHORTEST_NAME:
            raise UserError(self.env._("Type at least three letters of the name."))
        if len(name) > LONGEST_NAME:
            raise UserError(self.env._(
                "The name has %(length)s characters: search for %(limit)s at most.",
                length=len(name), limit=LONGEST_NAME,
            ))
        connection = self.partner_id._chorus_pro_connection_to_ask()
        if connection in connection._paused():
            until = format_datetime(self.env, connection.paused_until)
            raise UserError(self.env._("Chorus Pro cannot be asked before %s.", until))
        self.write({
            "wanted": True, "is_answered": False, "trouble": False, "has_more": False,
            "found_ids": [Command.clear()], "structure_id": False,
        })
        self.env["chorus.pro.connection"]._chorus_pro_dispatch("directory")
        return self._show()

    def _show(self):
        return open_dialog(self, self.env._("Find a Public Body by Name"))

    def action_choose(self):
        """Give the customer the SIRET of the one that was chosen, and have that looked up.

        :raises AccessError: the user may not change the customer
        """
        require_role(self.env, USER)
        self.ensure_one()
        self.partner_id.check_access("write")
        if not self.structure_id:
            raise UserError(self.env._("Choose one of the public bodies found."))
        self.partner_id[SIRET_FIELD] = self.structure_id.siret
        self.partner_id._chorus_pro_fill(self.structure_id)
        self.partner_id.action_chorus_pro_find()
        return notify(
            self.env._("Looking up %s at Chorus Pro", self.partner_id.display_name),
            self.env._("You will be notified when the answer arrives."), "info", CLOSE,
        )

    # ------------------------------------------------------------------
    # The job
    # ------------------------------------------------------------------

    @api.model
    def _wanted_of(self, connection):
        """The searches that wait for an answer through this connection, in sudo."""
        connections = self.env["chorus.pro.connection"]
        wanted = self.sudo().search([("wanted", "=", True)], order="id")
        return wanted.filtered(
            lambda search: connections._of_company(search.company_id) == connection
        )

    def _answer(self, session):
        """Ask about each, and show its author the answer, or why there is none."""
        for search in self:
            with guarded_row(self.env, search, put_off=search._give_up, races=LOST_RACES):
                author = search.create_uid
                search.with_context(lang=author.lang, tz=author.tz)._ask(session)
                show_answer(author, search)
                self.env["ir.cron"]._commit_progress()

    def _ask(self, session):
        found, has_more, trouble = (), False, session.stopped_by and session.stopped_by[0]
        if not trouble:
            try:
                found, has_more = session.client.find_structures(self.name.strip())
                session.note_success()
            except MessageError:
                trouble = self.env._("Chorus Pro cannot search for these characters.")
            except ChorusProError as error:
                trouble = session.note_failure(error, self.env)
        self.write({
            "wanted": False, "is_answered": not trouble, "trouble": trouble,
            "has_more": has_more or len(found) > MOST_FOUND,
            "found_ids": [Command.set(self._kept(session, found[:MOST_FOUND]).ids)],
        })

    def _kept(self, session, found):
        """The open rows of the directory for these (:class:`StructureSummary`). Of those that it
        does not have yet, nothing but their name is known."""
        place = session.connection.place
        directory = self.env["chorus.pro.structure"]
        rows = directory._of_sirets(place, [one.identifier for one in found])
        known = set(rows.mapped("siret"))
        rows |= directory.sudo().create([
            {
                "environment": place, "siret": one.identifier, "chorus_id": one.structure_id,
                "name": one.name, "is_public": True,
            }
            for one in found if one.identifier not in known
        ])
        return rows.filtered(lambda row: row.active and row.chorus_id)

    def _give_up(self):
        self.exists().write({
            "wanted": False, "trouble": self.env._("Unexpected error (see the server log)."),
        })


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_chorus_pro_find_by_name(self):
        """Open the search for the public body with this customer's name, which has no SIRET."""
        self._chorus_pro_check_may_find()
        self.ensure_one()
        customer = self.commercial_partner_id
        search = self.env["chorus.pro.name.search"].create(
            {"partner_id": customer.id, "name": customer.name}
        )
        return search.action_search()
