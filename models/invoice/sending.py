# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The ways to send besides the button: Odoo's Send wizard, and confirming for those who chose it.
"""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...choruspro.checks import blocking
from ..access.roles import USER, has_role
from ..document.render import without_files
from ..rules.rule_book import finding
from .channel import PLATFORM_METHOD, PLATFORM_NAME

_logger = logging.getLogger(__name__)

METHOD = "chorus_pro"
# In the context of a sending that is Chorus Pro's alone: no other platform is asked anything.
ALONE = "chorus_pro_only"


class ChorusProConnection(models.Model):
    _inherit = "chorus.pro.connection"

    sends_when_confirmed = fields.Boolean(
        help="Invoices of customers served by Chorus Pro join the queue as soon as they are "
        "confirmed. A customer can be set otherwise.")
    undo_minutes = fields.Integer(
        string="Time to Undo (minutes)", default=15,
        help="An invoice sent automatically waits this long in the queue: until then you can "
        "remove it.")

    @api.constrains("undo_minutes")
    def _check_undo_minutes(self):
        if not all(0 <= connection.undo_minutes <= 10080 for connection in self):
            raise ValidationError(self.env._("The time to undo is between 0 and 7 days."))


class ResPartner(models.Model):
    _inherit = "res.partner"

    chorus_pro_when_confirmed = fields.Selection(
        [("yes", "When confirmed"), ("no", "On click only")], string="Sent to Chorus Pro",
        company_dependent=True, help="Left empty: same as the connection of the company.")


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft)
        posted.filtered("chorus_pro_is_concerned")._chorus_pro_send_when_confirmed()
        return posted

    def _chorus_pro_send_when_confirmed(self):
        """Queue those that are sent automatically.

        Confirming never fails for it, and nothing is asked of Chorus Pro here.
        """
        for move in self:
            connection = self.env["chorus.pro.connection"]._of_move(move)
            customer = move.commercial_partner_id.with_company(move.company_id)
            wanted = customer.chorus_pro_when_confirmed or (
                "yes" if connection.sends_when_confirmed else "no")
            if connection and wanted == "yes" and not move._chorus_pro_obstacle():
                move._chorus_pro_queue_or_note(
                    delay=timedelta(minutes=connection.undo_minutes),
                    reason=self.env._(
                        "It will be sent automatically; until then you can remove it from the "
                        "queue."))

    def _chorus_pro_queue_or_note(self, **how):
        """Queue this invoice, or note on it what prevents that; ``how``: as ``_enqueue``."""
        if problems := self._chorus_pro_problems():
            self.message_post(body=self._chorus_pro_problem_list({self: problems}))
        else:
            self.env["chorus.pro.submission"]._enqueue(self, **how)


class AccountMoveSend(models.AbstractModel):
    """Chorus Pro as a sending method of Odoo's Send wizard: once the PDF is archived the invoice
    joins the queue, as with our button."""

    _inherit = "account.move.send"

    @api.model
    def _is_applicable_to_company(self, method, company):
        applicable = super()._is_applicable_to_company(method, company)
        if method != METHOD:
            return applicable
        connection = self.env["chorus.pro.connection"]._of_company(company)
        return applicable and has_role(self.env, USER) and bool(connection)

    @api.model
    def _get_default_sending_methods(self, move):
        if self._chorus_pro_is_alone(move):
            return self._chorus_pro_alone()
        return super()._get_default_sending_methods(move)

    @api.model
    def _chorus_pro_is_alone(self, move):
        """Whether this invoice goes by Chorus Pro and by nothing that other modules would add: so
        its customer's sending method says, or who sends it now."""
        customer = move.commercial_partner_id.with_company(move.company_id)
        return bool(self.env.context.get(ALONE)) or customer.invoice_sending_method == METHOD

    @api.model
    def _chorus_pro_alone(self):
        """The default methods of such an invoice: a module that stands outside this one, for
        another platform, gives them too."""
        return {METHOD}

    @api.model
    def _is_applicable_to_move(self, method, move, **move_data):
        # First: the platform's module asks a directory on the network about the customer.
        if method == PLATFORM_METHOD and move._chorus_pro_alive_submission():
            return False
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
        by_platform = moves.filtered(lambda move: PLATFORM_METHOD in methods[move])
        twice = [finding("other_channel", channel=self.env._(PLATFORM_NAME))]
        found = {
            move: twice if move in by_platform else findings
            for move, findings in concerned._chorus_pro_findings().items()
        }
        is_batch = len(moves) > 1
        stopped = {
            move: stopping for move, findings in found.items() if (stopping := blocking(findings))
        }
        warned = {
            move: findings for move, findings in found.items() if findings and move not in stopped
        }
        if stopped:
            alert = alerts["l10n_fr_chorus_pro"] = self._chorus_pro_alert(stopped, is_batch)
            if is_batch:
                alert["message"] = self.env._(
                    "Not sent to Chorus Pro (%(count)s of %(total)s):\n%(problems)s",
                    count=len(stopped), total=len(moves),
                    problems=alert["message"])
            else:
                # Odoo raises on a danger alert: of several invoices, the good ones must leave.
                alert["level"] = "danger"
        if warned:
            alerts["l10n_fr_chorus_pro_warnings"] = self._chorus_pro_alert(warned, is_batch)
        there = {
            move: [finding("already_there")]
            for move in by_platform - concerned
            if move._chorus_pro_alive_submission()
        }
        if there:
            alert = alerts["l10n_fr_chorus_pro_there"] = self._chorus_pro_alert(there, is_batch)
            if not is_batch:
                alert["level"] = "danger"
        return alerts

    @api.model
    def _chorus_pro_alert(self, found, is_batch):
        """An alert of Odoo's Send wizard about these findings, ``{move: [Finding, …]}``."""
        moves = self.env["account.move"].union(*found)
        texts = {move: [each.text(self.env) for each in all_] for move, all_ in found.items()}
        if is_batch:
            return {
                "level": "warning",
                "message": moves._chorus_pro_problem_list(texts),
                "action_text": self.env._("View Invoices"),
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
        what we declare. An invoice that has no document yet is archived without: the sender
        reports what is wrong. What is not a PDF (Odoo renders HTML in its tests) stays as it is.
        """
        if move._chorus_pro_document_format() == "facturx":
            try:
                return move._chorus_pro_embed(pdf)
            except UserError:
                _logger.info("The PDF of %s is archived without Factur-X", move.name)
        try:
            return without_files(move, pdf)
        except UserError:
            _logger.info("The document of %s, no usable PDF, is archived as it is", move.name)
            return pdf

    @api.model
    def _call_web_service_after_invoice_pdf_render(self, invoices_data):
        self._chorus_pro_keep_from_platform(invoices_data)
        leaving = {move: data for move, data in invoices_data.items() if not data.get("error")}
        if leaving:
            super()._call_web_service_after_invoice_pdf_render(leaving)

    @api.model
    def _chorus_pro_keep_from_platform(self, invoices_data):
        """The last look before the platform has these invoices, under their locks: an invoice that
        was queued for Chorus Pro meanwhile stays here, and its sender hears why.

        Queueing writes the invoice. So a lock that is taken shows what was queued before this
        transaction, and fails for what was queued since. Of several invoices the others leave: an
        error would have Odoo raise after they have left.
        """
        leaving = self.env["account.move"].union(
            *(move for move, data in invoices_data.items()
              if PLATFORM_METHOD in (data.get("sending_methods") or ()))
        )
        locked = leaving.try_lock_for_update(allow_referencing=True)
        busy = self.env._("It is being sent by somebody else: try again later.")
        kept = {move: busy for move in leaving - locked}
        for move in locked:
            if move._chorus_pro_alive_submission():
                kept[move] = finding("already_there").text(self.env)
                move._chorus_pro_leave_platform_queue()
        for move, reason in kept.items():
            data = invoices_data[move]
            if len(invoices_data) == 1:
                data["error"] = {"error_title": reason}
            else:
                data["sending_methods"] = {*data["sending_methods"]} - {PLATFORM_METHOD}
                move.message_post(body=reason)

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
                move.sudo().message_post(body=self.env._(
                    "Not sent to Chorus Pro: %s has no right to send there.", author.name))
                continue
            move._chorus_pro_queue_or_note()
