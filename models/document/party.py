# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Who sells, who buys and where to: partners as the parties of a document."""

import re

from odoo import models
from odoo.tools import html2plaintext, is_html_empty

from ...choruspro.checks import normalise_siret
from ...documents.invoice import Address, Contact, Identifier, IdentifierType, Party

# Identifiers of the two territories whose companies have no SIRET; public bodies there have one.
OWN_IDENTIFIERS = {"NC": IdentifierType.RIDET, "PF": IdentifierType.TAHITI}
SIRET_LENGTH = 14
# A foreign structure outside the Union: its country, then this many letters of its name.
FOREIGN_NAME = 16


class AccountMove(models.Model):
    _inherit = "account.move"

    def _chorus_pro_seller(self):
        """Our company as :class:`Party`: with the SIRET that Chorus Pro knows us by."""
        partner = self.company_id.partner_id
        connection = self.env["chorus.pro.connection"]._of_move(self)
        footer = self.company_id.report_footer
        return Party(
            name=self.company_id.name or "",
            address=_address(partner),
            identifier=self._chorus_pro_identifier(
                partner, connection.supplier_siret or self.company_id.company_registry
            ),
            vat_number=_vat_number(partner),
            legal_information="" if is_html_empty(footer) else html2plaintext(footer),
            contact=_contact(partner),
        )

    def _chorus_pro_buyer(self):
        """The customer: its company's name and numbers, the invoice's own address."""
        company = self.commercial_partner_id
        return Party(
            name=company.name or "",
            address=_address(self.partner_id if self.partner_id.country_id else company),
            identifier=self._chorus_pro_identifier(company, company._chorus_pro_siret()),
            vat_number=_vat_number(company),
            contact=_contact(self.partner_id, with_name=self.partner_id != company),
        )

    def _chorus_pro_delivery_place(self, compulsory=False):
        """Where the goods go, when it is another address or ``compulsory``; else None."""
        partner = self.partner_shipping_id or self.partner_id
        is_elsewhere = partner.country_id and partner not in (
            self.partner_id | self.commercial_partner_id
        )
        if not is_elsewhere and not compulsory:
            return None
        place = partner if partner.country_id else self.commercial_partner_id
        return Party(
            name=place.name or self.commercial_partner_id.name or "", address=_address(place)
        )

    def _chorus_pro_identifier(self, partner, registry):
        """What identifies ``partner`` at Chorus Pro, by its country; None when it has nothing.

        :param registry: its number of registration: SIRET, RIDET, TAHITI
        """
        country = partner.country_id
        registry = normalise_siret(registry or "")
        is_siret = len(registry) == SIRET_LENGTH and registry.isdigit()
        if is_siret or not country or country.code in self._chorus_pro_french_countries():
            kind = IdentifierType.SIRET
            if not is_siret:
                kind = OWN_IDENTIFIERS.get(country.code, kind)
            return Identifier(type=kind, value=registry) if registry else None
        if country in self.env.ref("base.europe").country_ids:
            number = _vat_number(partner)
            return Identifier(type=IdentifierType.EUROPEAN, value=number) if number else None
        letters = re.sub(r"[^A-Z0-9]", "", (partner.name or "").upper())
        return Identifier(type=IdentifierType.FOREIGN, value=country.code + letters[:FOREIGN_NAME])

    def _chorus_pro_french_countries(self):
        """Codes of France and of its territories that have one of their own."""
        return self.env["res.company"]._get_france_country_codes()


def _address(partner):
    return Address(
        country=partner.country_id.code or "",
        line1=partner.street or "",
        line2=partner.street2 or "",
        postcode=partner.zip or "",
        city=partner.city or "",
        subdivision=partner.state_id.name or "",
    )


def _contact(partner, with_name=False):
    return Contact(
        name=partner.name or "" if with_name else "",
        phone=partner.phone or "",
        email=partner.email or "",
    )


def _vat_number(partner):
    """"/" is how Odoo says that a partner has none."""
    vat = (partner.vat or "").strip()
    return "" if vat == "/" else vat
