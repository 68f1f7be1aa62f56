# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The list of rules applied to invoices: the same for the strip on the invoice, the click, the
Send wizard, a selection and integrators. Nothing here asks Chorus Pro anything."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...choruspro.checks import (
    BLOCKING,
    WARNING,
    blocking,
    check_currency,
    check_number,
    check_siret,
)
from ...choruspro.messages import WORKS_FRAMEWORKS
from ..access.odoo_fields import account_number
from ..access.roles import USER, require_role
from ..access.storage import paris_today
from ..document.already_paid import credit_notes_applied
from ..document.render import items, line_title
from ..document.submission_message import InvoiceTerms
from ..rules.rule_book import finding, finding_of

# Of the invoices' lines, what Odoo's tax engine would else read invoice by invoice.
LINE_FIELDS = ("tax_ids", "tax_tag_ids", "matched_credit_ids", "matched_debit_ids")
# Not shown on a draft, which lacks them until it is confirmed.
OF_DRAFTS = ("not_confirmed",)
# Lines that one sentence names.
MOST_LINES = 3


class AccountMove(models.Model):
    _inherit = "account.move"

    chorus_pro_findings = fields.Json(
        string="Checks for Chorus Pro", compute="_compute_chorus_pro_findings", exportable=False)
    chorus_pro_problems = fields.Text(
        string="To Complete Before Sending", compute="_compute_chorus_pro_findings")
    chorus_pro_warnings = fields.Text(
        string="To Check Before Sending", compute="_compute_chorus_pro_findings")

    @api.depends_context("lang", "tz")
    @api.depends(
        "name", "state", "journal_id", "currency_id", "invoice_date", "commercial_partner_id",
        "partner_bank_id", "buyer_reference", "purchase_order_reference", "contract_reference",
        "chorus_pro_structure_ids", "chorus_pro_state", "chorus_pro_format",
        "chorus_pro_billing_framework", "chorus_pro_validator_id", "chorus_pro_attachment_ids",
        "commercial_partner_id.chorus_pro_orders_unchecked", "narration", "reversed_entry_id",
        "invoice_line_ids.tax_ids")
    def _compute_chorus_pro_findings(self):
        shown = self.filtered(
            lambda move: move.chorus_pro_can_send
            or (move.chorus_pro_is_concerned and move.state == "draft"))
        found = shown._chorus_pro_findings()
        for move in self:
            mine = [each for each in found.get(move, ()) if each.id not in OF_DRAFTS]
            problems = [each.text(self.env) for each in blocking(mine)]
            warnings = [each.text(self.env) for each in mine if not each.blocking]
            move.chorus_pro_findings = [each.as_dict(move) for each in mine]
            move.chorus_pro_problems = "\n".join(problems)
            move.chorus_pro_warnings = "\n".join(warnings)

    def chorus_pro_check(self):
        """What stands between these invoices and Chorus Pro, for integrators; nothing is sent.

        :return: a list with one dictionary per invoice: ``move_id``, ``is_ready`` (it may be sent)
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
        """Texts about what prevents sending this invoice now; empty when it may leave."""
        return [each.text(self.env) for each in blocking(self._chorus_pro_findings()[self])]

    def _chorus_pro_findings(self):
        """The rules that these invoices break, from what Odoo knows: the directory, the answers
        that the jobs keep, the invoices themselves. The number of reads does not grow with the
        invoices.

        :return: ``{move: [Finding, …]}``, the blocking ones first; empty lists where nothing is
            found
        """
        self.line_ids.fetch(LINE_FIELDS)
        found = {}
        connections = self.env["chorus.pro.connection"]
        for connection, moves in self.grouped(connections._of_move).items():
            unknown = moves._chorus_pro_unknown_engagements(connection)
            for move in moves:
                obstacle = move._chorus_pro_way_obstacle(connection)
                found[move] = [obstacle] if obstacle else sorted(
                    (
                        *move._chorus_pro_own_findings(),
                        *move._chorus_pro_recipient_findings(connection),
                        *move._chorus_pro_kept_findings(connection, unknown),
                        *move._chorus_pro_bank_findings(),
                        *move._chorus_pro_content_findings(connection)),
                    key=lambda each: not each.blocking)
        return {move: found[move] for move in self}

    # ------------------------------------------------------------------
    # Whether it is an invoice for Chorus Pro at all
    # ------------------------------------------------------------------

    def _chorus_pro_obstacle(self):
        """The :class:`Finding` that says why this is no invoice to send, else None: only posted
        customer invoices and credit notes are, neither receipts nor bills."""
        self.ensure_one()
        if self.move_type not in ("out_invoice", "out_refund"):
            return finding("not_customer_invoice")
        if self.state != "posted":
            return finding("not_confirmed" if self.state == "draft" else "cancelled")
        return None

    def _chorus_pro_way_obstacle(self, connection):
        """Why this cannot go through ``connection``, else None; a draft can once confirmed."""
        obstacle = self._chorus_pro_obstacle()
        if obstacle and obstacle.id not in OF_DRAFTS:
            return obstacle
        if self._chorus_pro_alive_submission():
            return finding("already_there")
        if other_way := self._chorus_pro_other_way():
            return other_way
        if not connection:
            return finding("connection_missing", company=self.company_id.name)
        if missing := connection._missing_settings():
            return finding("connection_incomplete", missing=", ".join(missing))
        return None

    def _chorus_pro_not_concerned(self):
        """The :class:`Finding` that says why this is nothing for Chorus Pro, else None."""
        if obstacle := self._chorus_pro_obstacle():
            return obstacle
        country = self.commercial_partner_id.country_id
        if (
            country
            and country.code not in self.env["res.company"]._get_france_country_codes()
            # A service of the State abroad, such as an embassy, has one.
            and blocking(check_siret(self.commercial_partner_id._chorus_pro_siret()))
        ):
            return finding("customer_abroad")
        return None if self.chorus_pro_is_concerned else finding("other_method")

    # ------------------------------------------------------------------
    # The rules
    # ------------------------------------------------------------------

    def _chorus_pro_own_findings(self):
        """About its state, its number and its date."""
        if self.state != "posted":
            yield finding("not_confirmed")
        else:
            yield from map(finding_of, check_number(self.name))
        if self.invoice_date and self.invoice_date > paris_today():
            yield finding("date_in_future", date=format_date(self.env, self.invoice_date))
        if self.move_type == "out_refund" and not InvoiceTerms(self).original_number:
            yield finding("original_missing")

    def _chorus_pro_kept_findings(self, connection, unknown):
        """About what Chorus Pro answered earlier: these are warnings, the invoice may leave.

        :param unknown: engagement numbers that Chorus Pro does not know
        """
        number = self._chorus_pro_engagement_number()
        if number in unknown and self._chorus_pro_checks_order(connection):
            yield finding("commitment_unknown", number=number)
        if self._chorus_pro_has_unknown_bank(connection):
            yield finding("bank_account_unknown", account=account_number(self.partner_bank_id))

    def _chorus_pro_content_findings(self, connection):
        """About what it declares, and about its document."""
        if self.chorus_pro_billing_framework in WORKS_FRAMEWORKS:
            yield finding("works_framework", framework=self.chorus_pro_billing_framework)
            return
        terms = InvoiceTerms(self)
        yield from map(finding_of, terms.reference_problems())
        if self._chorus_pro_document_format() == "pdf":
            # In the other formats a long note is split.
            yield from map(finding_of, terms.comment_problems())
        yield from self._chorus_pro_tax_findings()
        # Unless Chorus Pro said which ones it takes, the job will ask.
        if known := connection.known_currencies:
            yield from map(finding_of, check_currency(self.currency_id.name, known.split()))
        if terms.framework.needs_validator and blocking(
            check_siret(self.chorus_pro_validator_id._chorus_pro_siret())
        ):
            yield finding("validator_required")
        for refund in credit_notes_applied(self):
            if self.move_type == "out_invoice" and not refund._chorus_pro_alive_submission():
                yield finding("credit_note_not_sent", number=refund.name)
        if group := terms.early_discount_group:
            yield finding("early_discount_group", tax=group.display_name)
        check = self._chorus_pro_document_findings if self.id else self._chorus_pro_edited_findings
        yield from check(self._chorus_pro_document_format())

    def _chorus_pro_tax_findings(self):
        """About a tax that was forgotten: nobody hears of it before the tax office. A single line
        may stand outside VAT, such as expenses advanced for the customer."""
        lines = items(self)
        bare = [(place, line) for place, line in enumerate(lines)
                if not line.tax_ids and not self.currency_id.is_zero(line.price_subtotal)]
        if not bare:
            return
        is_taxed = any(line.tax_ids for line in lines)
        # Of a credit note the original is what went wrong.
        severity = WARNING if is_taxed or self.move_type == "out_refund" else BLOCKING
        titles = [line_title(self.env, place, line) for place, line in bare[:MOST_LINES]]
        more = ["…"] if len(bare) > MOST_LINES else []
        yield finding("tax_missing", severity=severity, lines=", ".join([*titles, *more]))

    def _chorus_pro_has_unknown_bank(self, connection):
        """Whether it is to be paid to an account that is not among those listed by Chorus Pro."""
        bank = self.partner_bank_id
        if not (bank and connection.bank_accounts_read_at and self._chorus_pro_is_paid_to_bank()):
            return False
        listed = connection.bank_account_ids._as_listed()
        return not connection._bank_account_code(bank.sudo(), listed)

    # ------------------------------------------------------------------
    # Engagement numbers: the job asks about them once they are typed
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        if any(vals.get("purchase_order_reference") for vals in vals_list):
            moves._chorus_pro_ask_about_engagements()
        return moves

    def write(self, vals):
        result = super().write(vals)
        if vals.get("purchase_order_reference"):
            self._chorus_pro_ask_about_engagements()
        return result

    def _chorus_pro_ask_about_engagements(self):
        concerned = self.filtered("chorus_pro_is_concerned")
        connections = self.env["chorus.pro.connection"]
        for connection, moves in concerned.grouped(connections._of_move).items():
            if connection and not connection._missing_settings():
                numbers = {
                    move._chorus_pro_engagement_number()
                    for move in moves if move._chorus_pro_checks_order(connection)
                }
                self.env["chorus.pro.commitment"].sudo()._want(connection, numbers)

    def _chorus_pro_engagement_number(self):
        return InvoiceTerms(self).references["engagement_number"]

    def _chorus_pro_unknown_engagements(self, connection):
        """Set of the engagement numbers that Chorus Pro said it does not know."""
        numbers = [number for move in self if (number := move._chorus_pro_engagement_number())]
        rows = self.env["chorus.pro.commitment"].sudo().search(
            Domain("connection_id", "=", connection.id) & Domain("name", "in", numbers)
            & Domain("asked_at", "!=", False) & Domain("is_known", "=", False))
        return set(rows.mapped("name"))

    # ------------------------------------------------------------------
    # Many invoices at once: which may leave, which need a correction, which do not go
    # ------------------------------------------------------------------

    def action_chorus_pro_send_selected(self):
        """Queue one invoice at once; of several, of one that is nothing for Chorus Pro, and of one
        that was refused, show first which can leave and which cannot."""
        is_alone = len(self) == 1 and self.chorus_pro_state != "refused"
        if is_alone and not self._chorus_pro_not_concerned():
            return self.action_chorus_pro_send()
        return self.action_chorus_pro_correct()

    def action_chorus_pro_correct(self):
        """Show these invoices in the dialog where they are corrected and sent; one that was refused
        leaves only after a correction."""
        require_role(self.env, USER)
        self.check_access("write")
        return self.env["chorus.pro.triage"]._open(self)

    def _chorus_pro_triage(self, corrected=()):
        """Where each of these invoices stands before it is sent.

        :param corrected: invoices refused earlier that a person marked as corrected
        :return: ``{move: (kind, [Finding, …])}``; kind is ``ready`` (the findings are warnings),
            ``to_fix``, ``there`` (on its way, or at Chorus Pro) or ``other`` (not for Chorus Pro)
        """
        found = {}
        for move, findings in self._chorus_pro_findings().items():
            reason = move._chorus_pro_not_concerned()
            if reason and reason.id in OF_DRAFTS and move.chorus_pro_is_concerned:
                others = [each for each in blocking(findings) if each.id not in OF_DRAFTS]
                found[move] = "to_fix", [reason, *others]
            elif reason:
                found[move] = "other", [reason]
            elif findings and findings[0].id == "already_there":
                found[move] = "there", findings
            elif findings and findings[0].id == "other_channel_has_it":
                found[move] = "other", findings
            elif problems := blocking(findings):
                found[move] = "to_fix", problems
            elif refusal := move._chorus_pro_refusal(corrected):
                found[move] = "to_fix", [refusal]
            else:
                found[move] = "ready", findings
        return found

    def _chorus_pro_refusal(self, corrected):
        """The :class:`Finding` about an earlier deposit that was refused, when nothing was
        corrected since; else None.

        A correction on the invoice has its PDF made again; of one made elsewhere, such as on the
        customer, only a person knows.
        """
        is_same = self.chorus_pro_state == "refused" and self.invoice_pdf_report_id
        if not is_same or self in corrected:
            return None
        return finding("refused_before", reason=self.chorus_pro_reason or "")
