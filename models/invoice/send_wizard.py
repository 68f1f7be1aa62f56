# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import logging

from odoo import api, models
from odoo.exceptions import UserError

from ...choruspro.checks import blocking
from ..access.roles import USER, has_role
from ..rules.rule_book import finding

_logger = logging.getLogger(__name__)

METHOD = "chorus_pro"


class AccountMoveSend(models.AbstractModel):
    """Chorus Pro as a sending method of Odoo's own Send wizard.

    After the PDF is archived the invoice joins the queue: the same as our own button.
    """

    _inherit = "account.move.send"

    @api.model
    def _is_applicable_to_company(self, method, company):
        applicable = super()._is_applicable_to_company(method, company)
        if method != METHOD:
            return applicable
        return (
            applicable
            and has_role(self.env, USER)
            and bool(self.env["chorus.pro.connection"]._of_company(company))
        )

    @api.model
    def _is_applicable_to_move(self, method, move, **move_data):
        applicable = super()._is_applicable_to_move(method, move, **move_data)
        if method != METHOD:
            return applicable
        return applicable and not move._chorus_pro_problems()

    @api.model
    def _get_default_invoice_edi_format(self, move, **kwargs):
        # What Chorus Pro receives is our document: core must not make one of its own.
        if METHOD in (kwargs.get("sending_methods") or {}):
            return False
        return super()._get_default_invoice_edi_format(move, **kwargs)

    @api.model
    def _get_alerts(self, moves, moves_data):
        alerts = super()._get_alerts(moves, moves_data)
        methods = {move: moves_data[move]["sending_methods"] for move in moves}
        concerned = moves.filtered(lambda move: METHOD in methods[move])
        twice = [finding("other_channel", channel="Peppol")]
        found = {
            move: twice if "peppol" in methods[move] else findings
            for move, findings in concerned._chorus_pro_findings().items()
        }
        is_batch = len(moves) > 1
        stopped = {
            move: stopping
            for move, findings in found.items()
            if (stopping := blocking(findings))
        }
        warned = {
            move: findings for move, findings in found.items() if findings and move not in stopped
        }
        if stopped:
            alert = alerts["l10n_fr_chorus_pro"] = self._chorus_pro_alert(stopped, is_batch)
            if is_batch:
                alert["message"] = self.env._(
                    "%(count)s invoice(s) will not be sent to Chorus Pro:\n%(problems)s",
                    count=len(stopped),
                    problems=alert["message"],
                )
            else:
                # Odoo raises on a danger alert: of several invoices, the good ones must leave.
                alert["level"] = "danger"
        if warned:
            alerts["l10n_fr_chorus_pro_warnings"] = self._chorus_pro_alert(warned, is_batch)
        return alerts

    @api.model
    def _chorus_pro_alert(self, found, is_batch):
        """An alert of Odoo's Send wizard that tells these findings, ``{move: [Finding, …]}``."""
        moves = self.env["account.move"].union(*found)
        texts = {move: [each.text(self.env) for each in all_] for move, all_ in found.items()}
        if is_batch:
            return {
                "level": "warning",
                "message": moves._chorus_pro_problem_list(texts),
                "action_text": self.env._("View Invoice(s)"),
                "action": moves._get_records_action(),
            }
        return {"level": "warning", "message": "\n".join(texts[moves])}

    @api.model
    def _hook_invoice_document_after_pdf_report_render(self, invoice, invoice_data):
        super()._hook_invoice_document_after_pdf_report_render(invoice, invoice_data)
        values = invoice_data.get("pdf_attachment_values")
        if values and METHOD in (invoice_data.get("sending_methods") or {}):
            values["raw"] = self._chorus_pro_pdf_to_archive(invoice, values["raw"])

    @api.model
    def _chorus_pro_pdf_to_archive(self, move, pdf):
        """The PDF to be archived: in Factur-X with our XML and the attachments inside, in other
        formats without any file.

        Core embeds its own Factur-X in every archived PDF, which Chorus Pro would read instead of
        what we declare. An invoice that has no document yet is archived without: the sender says
        what is wrong with it. What is not a PDF (Odoo renders HTML in its own tests) stays as it
        is.
        """
        if move._chorus_pro_document_format() == "facturx":
            try:
                return move._chorus_pro_embed(pdf)
            except UserError:
                _logger.info("The PDF of %s is archived without Factur-X", move.name)
        try:
            return move._chorus_pro_without_files(pdf)
        except UserError:
            _logger.info("The document of %s, no usable PDF, is archived as it is", move.name)
            return pdf

    @api.model
    def _hook_if_success(self, moves_data, from_cron=False):
        super()._hook_if_success(moves_data, from_cron=from_cron)
        for move, move_data in moves_data.items():
            if METHOD not in move_data["sending_methods"]:
                continue
            author = self.env["res.users"].browse(move_data["author_user_id"])
            move = move.with_user(author).with_company(move.company_id)
            if move._chorus_pro_alive_submission():
                continue
            if not (has_role(move.env, USER) and move.has_access("write")):
                move.sudo().message_post(
                    body=self.env._(
                        "Not sent to Chorus Pro: %s has no right to send there.", author.name
                    )
                )
                continue
            if problems := move._chorus_pro_problems():
                move.message_post(body=move._chorus_pro_problem_list({move: problems}))
            else:
                self.env["chorus.pro.submission"].with_user(author)._enqueue(move)
