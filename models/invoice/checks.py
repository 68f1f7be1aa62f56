# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The list of rules applied to invoices: the same for the strip on the invoice, the click, the
Send wizard, a selection and integrators. Nothing here asks Chorus Pro anything."""

from odoo import api, fields, models
from odoo.tools import format_date

from ...choruspro.checks import blocking, check_currency, check_number, check_references
from ..rules.rule_book import finding, finding_of

# Of the invoices' lines, what Odoo's tax engine would else read invoice by invoice.
LINE_FIELDS = ("tax_ids", "tax_tag_ids", "matched_credit_ids", "matched_debit_ids")
# Not said on a draft, which lacks them until it is confirmed.
OF_DRAFTS = ("not_confirmed",)


class AccountMove(models.Model):
    _inherit = "account.move"

    chorus_pro_findings = fields.Json(
        string="Checks for Chorus Pro", compute="_compute_chorus_pro_findings"
    )
    chorus_pro_problems = fields.Text(
        string="To Complete Before Sending", compute="_compute_chorus_pro_findings"
    )
    chorus_pro_warnings = fields.Text(
        string="To Check Before Sending", compute="_compute_chorus_pro_findings"
    )

    @api.depends_context("lang", "tz")
    @api.depends(
        "name",
        "state",
        "journal_id",
        "currency_id",
        "invoice_date",
        "commercial_partner_id",
        "partner_bank_id",
        "buyer_reference",
        "purchase_order_reference",
        "contract_reference",
        "chorus_pro_structure_ids",
        "chorus_pro_state",
        "chorus_pro_format",
        "chorus_pro_billing_framework",
        "chorus_pro_validator_id",
        "chorus_pro_attachment_ids",
    )
    def _compute_chorus_pro_findings(self):
        shown = self.filtered(
            lambda move: move.chorus_pro_can_send
            or (move.chorus_pro_is_concerned and move.state == "draft")
        )
        found = shown._chorus_pro_findings()
        for move in self:
            said = [each for each in found.get(move, ()) if each.id not in OF_DRAFTS]
            problems = [each.text(self.env) for each in blocking(said)]
            warnings = [each.text(self.env) for each in said if not each.blocking]
            move.chorus_pro_findings = [each.as_dict(move) for each in said]
            move.chorus_pro_problems = "\n".join(problems)
            move.chorus_pro_warnings = "\n".join(warnings)

    def chorus_pro_check(self):
        """What stands between these invoices and Chorus Pro, for integrators; nothing is sent.

        :return: a list of one dictionary an invoice: ``move_id``, ``is_ready`` (it may be sent)
            and ``findings``, dictionaries as :meth:`Finding.as_dict` gives them
        """
        self.check_access("read")
        return [
            {
                "move_id": move.id,
                "is_ready": not blocking(found),
                "findings": [each.as_dict(move) for each in found],
            }
            for move, found in self._chorus_pro_findings().items()
        ]

    def _chorus_pro_problems(self):
        """Texts about what forbids to send this invoice now; empty when it may leave."""
        found = self._chorus_pro_findings()[self]
        return [each.text(self.env) for each in blocking(found)]

    def _chorus_pro_findings(self):
        """What these invoices do not meet, from what Odoo knows: the directory, what the jobs have
        learnt, the invoices themselves. The number of reads does not grow with the invoices.

        :return: ``{move: [Finding, …]}``, the blocking ones first; empty lists for those that may
            leave without a word
        """
        self.line_ids.fetch(LINE_FIELDS)
        found = {}
        connections = self.env["chorus.pro.connection"]
        for connection, moves in self.grouped(connections._of_move).items():
            commitments = moves._chorus_pro_unknown_commitments(connection)
            for move in moves:
                obstacle = move._chorus_pro_obstacle(connection)
                found[move] = [obstacle] if obstacle else sorted(
                    (
                        *move._chorus_pro_own_findings(),
                        *move._chorus_pro_recipient_findings(connection),
                        *move._chorus_pro_learnt_findings(connection, commitments),
                        *move._chorus_pro_content_findings(connection),
                    ),
                    key=lambda each: not each.blocking,
                )
        return {move: found[move] for move in self}

    def _chorus_pro_obstacle(self, connection):
        """Why this is nothing to be sent through ``connection`` at all, else None."""
        if self.move_type not in ("out_invoice", "out_refund"):
            return finding("not_customer_invoice")
        if self.state == "cancel":
            return finding("cancelled")
        if self._chorus_pro_alive_submission():
            return finding("already_there")
        if channels := self._chorus_pro_other_channels():
            return finding("other_channel", channel=", ".join(channels))
        if not connection:
            return finding("connection_missing", company=self.company_id.name)
        if missing := connection._missing_settings():
            return finding("connection_incomplete", missing=", ".join(missing))
        return None

    def _chorus_pro_own_findings(self):
        """About its state, its number and its date."""
        if self.state != "posted":
            yield finding("not_confirmed")
        else:
            yield from map(finding_of, check_number(self.name))
        if self.invoice_date and self.invoice_date > fields.Date.context_today(self):
            yield finding("date_in_future", date=format_date(self.env, self.invoice_date))
        if self.move_type == "out_refund" and not self._chorus_pro_original_number():
            yield finding("original_missing")

    def _chorus_pro_content_findings(self, connection):
        """About what it declares, and about its document."""
        yield from map(
            finding_of,
            check_references(
                service_code=(self.buyer_reference or "").strip(),
                engagement_number=(self.purchase_order_reference or "").strip(),
                contract_number=(self.contract_reference or "").strip(),
                original_number=self._chorus_pro_original_number(),
            ),
        )
        # Unless Chorus Pro said which ones it takes, the job will ask.
        if known := connection.known_currencies:
            yield from map(finding_of, check_currency(self.currency_id.name, known.split()))
        if self._chorus_pro_framework().needs_validator and not self._chorus_pro_has_validator():
            yield finding("validator_required")
        # A form in edition has no settled taxes yet: its document is checked once it is saved.
        if self.id:
            yield from self._chorus_pro_document_findings(self._chorus_pro_document_format())
