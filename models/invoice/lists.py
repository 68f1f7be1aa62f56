# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The lists of invoices: how an invoice is found by typing, in which order statuses stand, and who
sees Chorus Pro in them."""

import re

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..access.odoo_fields import SIRET_FIELD
from ..rules.statuses import IN_ORDER_OF_LIFE
from .invoice import BEFORE_DEPOSIT

STATES_IN_ORDER = [name for name, _label in BEFORE_DEPOSIT] + IN_ORDER_OF_LIFE + ["unknown"]
# A shorter text is no word of a status: it begins many others.
SHORTEST_STATUS = 4
SIREN_DIGITS = 9
OURS = ("chorus_pro_", "group_by_chorus_pro_", "action_chorus_pro_")


class AccountMove(models.Model):
    _inherit = "account.move"

    chorus_pro_recipient_siret = fields.Char(
        string="Recipient SIRET", compute="_compute_chorus_pro_recipient_siret",
        help="Where the invoice went; until then, that of its customer.")
    chorus_pro_found_by = fields.Char(
        string="Reference at Chorus Pro", compute="_compute_chorus_pro_found_by",
        search="_search_chorus_pro_found_by", exportable=False,
        help="Engagement number, contract number, service code, SIRET, Chorus Pro ID or status.")

    @api.depends(f"commercial_partner_id.{SIRET_FIELD}", "chorus_pro_submission_id.recipient_siret")
    def _compute_chorus_pro_recipient_siret(self):
        for move in self:
            sent_to = move._chorus_pro_last_submission().recipient_siret
            own = move.chorus_pro_is_concerned and move.commercial_partner_id._chorus_pro_siret()
            move.chorus_pro_recipient_siret = sent_to or own

    @api.depends("purchase_order_reference")
    def _compute_chorus_pro_found_by(self):
        for move in self:
            move.chorus_pro_found_by = move.purchase_order_reference

    @api.model
    def _search_chorus_pro_found_by(self, operator, value):
        if operator not in ("ilike", "=", "in"):
            return NotImplemented
        self._check_field_access(self._fields["chorus_pro_found_by"], "read")
        texts = [value] if isinstance(value, str) else value
        return Domain.OR(self._chorus_pro_found_domain(text) for text in texts if text)

    @api.model
    def _chorus_pro_found_domain(self, text):
        """Domain of the invoices that somebody means who types this."""
        text = text.strip()
        found = Domain.OR(
            Domain(name, "ilike", text)
            for name in ("purchase_order_reference", "contract_reference", "buyer_reference"))
        if states := self._chorus_pro_states_called(text):
            found |= Domain("chorus_pro_state", "in", states)
        digits = re.sub(r"\s", "", text)
        if digits.isdigit() and len(digits) >= SHORTEST_STATUS:
            found |= Domain("chorus_pro_submission_id.chorus_invoice_id", "=", digits)
        if digits.isdigit() and len(digits) >= SIREN_DIGITS:
            found |= Domain("chorus_pro_submission_id.recipient_siret", "=like", f"{digits}%")
            found |= Domain(f"commercial_partner_id.{SIRET_FIELD}", "=like", f"{digits}%")
        return found

    @api.model
    def _chorus_pro_states_called(self, text):
        """The states with a word that begins like ``text``, in the user's language."""
        if len(text) < SHORTEST_STATUS:
            return []
        typed = text.casefold()
        labels = self._fields["chorus_pro_state"]._description_selection(self.env)
        return [
            name for name, label in labels
            if label.casefold().startswith(typed)
            or any(word.startswith(typed) for word in label.casefold().split())]

    def _read_group_orderby(self, order, groupby_terms, query):
        """Statuses stand in the order of an invoice's life."""
        state = groupby_terms.get("chorus_pro_state")
        if not state:
            return super()._read_group_orderby(order, groupby_terms, query)
        rank = SQL("array_position(%s, %s::text)", STATES_IN_ORDER, state)
        ranked = groupby_terms | {"chorus_pro_state": rank}
        terms = super()._read_group_orderby(order, ranked, query)
        groupby_terms.update(ranked, chorus_pro_state=state)
        return terms

    # ------------------------------------------------------------------
    # Companies that have nothing to do with Chorus Pro
    # ------------------------------------------------------------------

    @api.model
    def _chorus_pro_is_of_interest(self):
        """Whether one of the user's companies is French, or sends by Chorus Pro."""
        french = self.env["res.company"]._get_france_country_codes()
        companies = self.env.companies.sudo()
        if any(company.account_fiscal_country_id.code in french for company in companies):
            return True
        connections = self.env["chorus.pro.connection"].sudo()
        return bool(connections.search_count([("company_id", "in", companies.ids)], limit=1))

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, self._chorus_pro_is_of_interest())

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type in ("search", "list", "form") and not self._chorus_pro_is_of_interest():
            attribute = "column_invisible" if view_type == "list" else "invisible"
            kinds = {"search": "filter", "list": "field", "form": "page"}
            for node in arch.iter(kinds[view_type], "button"):
                if (node.get("name") or "").startswith(OURS) or node.get("name") == "chorus_pro":
                    name = "invisible" if node.tag == "button" else attribute
                    node.set(name, "1")
        return arch, view


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, self.env["account.move"]._chorus_pro_is_of_interest())

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "search" and not self.env["account.move"]._chorus_pro_is_of_interest():
            for node in arch.iter("filter"):
                if (node.get("name") or "").startswith(OURS):
                    node.set("invisible", "1")
        return arch, view
