# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from ...choruspro.checks import blocking, check_siret
from ...choruspro.messages.writing import is_identifier
from ...choruspro.oca_connector import requirements
from .tables import METHOD_VALUE


class ChorusProOcaTakeover(models.AbstractModel):
    """Customers and what they require. What this database knows from Chorus Pro itself, or what
    somebody chose here, is worth more: only what is missing is filled in."""

    _inherit = "chorus.pro.oca.takeover"

    def _take_customers(self, tables, company, report, options):
        """The sending method of this company's customers."""
        rows = tables.rows(SQL(
            "SELECT p.id FROM res_partner p WHERE %s"
            " AND (p.invoice_sending_method ->> %s) IS DISTINCT FROM 'chorus_pro' ORDER BY p.id",
            tables.partner_is_for_chorus(company), str(company.id),
        ))
        customers = self._own_partners([row["id"] for row in rows], company)
        free = customers.filtered(lambda one: one.invoice_sending_method in (False, METHOD_VALUE))
        for customer in customers - free:
            report.doubt(customer.display_name, self.env._(
                "another sending method was chosen since; it stays."
            ))
        free = self._writable(free, report)
        report.counts["customer"] += len(free)
        if not options.dry:
            free.invoice_sending_method = "chorus_pro"

    def _own_partners(self, ids, company):
        """Those of these partners that the user sees in this company."""
        partners = self.env["res.partner"].with_company(company).with_context(active_test=False)
        found = partners.search([("id", "in", list(ids))], order="id")
        return found.filtered(lambda one: not one.company_id or one.company_id == company)

    def _writable(self, partners, report):
        """Those of these that the user may change."""
        mine = partners._filtered_access("write")
        if others := len(partners - mine):
            report.doubt(self.env._("Contacts"), self.env._(
                "you may not change %s of them. Ask somebody who may, such as an administrator, to "
                "open this window.",
                others,
            ))
        return mine

    def _take_directory(self, tables, company, connection, report, options):
        """Public bodies that Chorus Pro was not asked about here yet, with their services: to be
        read again like any that was read long ago."""
        if not tables.has("res_partner", "fr_chorus_identifier"):
            return
        rows = tables.rows(SQL(
            "SELECT p.id, %s AS identifier, %s AS required FROM res_partner p WHERE %s <> ''"
            " ORDER BY p.id",
            tables.column("res_partner", "fr_chorus_identifier", "p"),
            tables.column("res_partner", "fr_chorus_required", "p"),
            tables.column("res_partner", "fr_chorus_identifier", "p"),
        ))
        by_id = {row["id"]: row for row in rows if row["identifier"] != "0"}
        partners = self._own_partners(by_id, company)
        directory = self.env["chorus.pro.structure"]
        sirets = {one: one._chorus_pro_siret() for one in partners}
        known = set(directory._of_sirets(connection.place, sirets.values()).mapped("siret"))
        services_of = self._former_services(tables, partners)
        for partner, siret in sirets.items():
            if siret in known:
                continue
            row = by_id[partner.id]
            required = requirements(row["required"])
            if blocking(check_siret(siret)) or not is_identifier(row["identifier"]):
                report.doubt(partner.display_name, self.env._(
                    "its SIRET or its ID at Chorus Pro cannot be right: what it requires is not "
                    "taken over. Correct the SIRET, then use Find in Chorus Pro."
                ))
                continue
            known.add(siret)
            if required is None:
                report.doubt(partner.display_name, self.env._(
                    "what it requires is unknown: use Find in Chorus Pro."
                ))
                continue
            services = self._usable_services(services_of[partner.id], partner, report)
            report.counts["structure"] += 1
            report.counts["service"] += len(services)
            report.services[siret] = {each["code"] for each in services}
            if not options.dry:
                self._make_structure(connection.place, siret, row["identifier"], required, services)

    def _make_structure(self, place, siret, identifier, required, services):
        service, engagement, either = required
        structure = self.env["chorus.pro.structure"].sudo().create({
            "environment": place,
            "siret": siret,
            "chorus_id": identifier,
            "is_public": True,
            "service_required": service,
            "engagement_required": engagement,
            "service_or_engagement_required": either,
        })
        self.env["chorus.pro.service"].sudo().create(
            [{**values, "structure_id": structure.id} for values in services]
        )

    def _former_services(self, tables, partners):
        """Rows of the services of these customers, as lists by the customer's id."""
        found = defaultdict(list)
        if not tables.has("chorus_partner_service", "partner_id", "code", "chorus_identifier"):
            return found
        def column(name, cast="text"):
            return tables.column("chorus_partner_service", name, "s", cast)

        rows = tables.rows(SQL(
            "SELECT s.partner_id, %s AS chorus_id, %s AS code, %s AS name,"
            " COALESCE(%s, TRUE) AS active, COALESCE(%s, FALSE) AS engagement_required"
            " FROM chorus_partner_service s WHERE s.partner_id = ANY(%s) ORDER BY s.id",
            column("chorus_identifier"), column("code"), column("name"),
            column("active", "boolean"), column("engagement_required", "boolean"), partners.ids,
        ))
        for row in rows:
            found[row.pop("partner_id")].append(row)
        return found

    def _usable_services(self, rows, partner, report):
        """Values of these services of a customer; those without Chorus Pro's own id are found when
        the directory is refreshed."""
        found = {row["chorus_id"]: row for row in rows
                 if is_identifier(row["chorus_id"] or "") and row["chorus_id"] != "0"}
        if len(found) < len(rows):
            report.doubt(partner.display_name, self.env._(
                "%s of its services have no valid ID at Chorus Pro: they arrive with the next "
                "refresh of the directory.",
                len(rows) - len(found),
            ))
        return list(found.values())

    def _take_default_services(self, tables, company, connection, report, options):
        """The default services of contacts, as far as the directory has them."""
        if not (tables.has("res_partner", "fr_chorus_service_id")
                and tables.has("chorus_partner_service", "id", "code")):
            return
        rows = tables.rows(SQL(
            "SELECT p.id, s.code FROM res_partner p"
            " JOIN chorus_partner_service s ON s.id = p.fr_chorus_service_id"
            " WHERE p.chorus_pro_service_id IS NULL ORDER BY p.id",
        ))
        codes = {row["id"]: row["code"] for row in rows}
        contacts = self._writable(self._own_partners(codes, company), report)
        sirets = {contact: contact._chorus_pro_siret() for contact in contacts}
        structures = self.env["chorus.pro.structure"].with_company(company)
        by_siret = structures._by_siret(connection, sirets.values())
        for contact, siret in sirets.items():
            code = codes[contact.id]
            service = by_siret[siret]._recipient()._service(code)
            # A dry run has made none.
            if not service and code not in report.services.get(siret, ()):
                report.doubt(contact.display_name, self.env._(
                    "Chorus Pro's directory has no service “%s” of this customer: choose the "
                    "default service again.",
                    code,
                ))
                continue
            report.counts["contact"] += 1
            if not options.dry:
                contact.chorus_pro_service_id = service
