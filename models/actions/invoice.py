# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What is done about an invoice that came back from Chorus Pro: for buttons, and for integrators.

Each method checks that it is legal now, queues, and gives an action of the web client; the jobs ask
Chorus Pro. Those that need more than the invoice open their dialog when nothing is given.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...choruspro.checks import blocking, check_references, check_siret, normalise_siret
from ...choruspro.limits import ACCEPTED_EXTENSIONS, MAX_ATTACHMENT_BYTES, MAX_COMMENT
from ...documents.attachments import find_problems
from ..access.foreign_text import ForeignText
from ..access.roles import READER, USER, require_role
from ..access.web_client import CLOSE, notify, open_dialog
from ..document.render import document_findings
from ..document.submission_message import InvoiceTerms
from ..outbox.outbox import ON_ITS_WAY
from ..rules.rule_book import problem_sentences
from .action import KINDS
from .errand import STATES as ACTION_STATES


class AccountMove(models.Model):
    _inherit = "account.move"

    chorus_pro_legal_actions = fields.Char(
        string="Possible at Chorus Pro", compute="_compute_chorus_pro_legal_actions",
        compute_sudo=True, exportable=False,
        help="Names of what may be done now about this invoice, between spaces.",
    )
    chorus_pro_action_kind = fields.Selection(
        KINDS, string="Last Action at Chorus Pro", compute="_compute_chorus_pro_action",
        compute_sudo=True,
    )
    chorus_pro_action_state = fields.Selection(
        ACTION_STATES, string="State of the Action", compute="_compute_chorus_pro_action",
        compute_sudo=True,
    )
    chorus_pro_action_reason = ForeignText(
        string="Answer to the Action", compute="_compute_chorus_pro_action", compute_sudo=True
    )

    @api.depends(
        "payment_state", "chorus_pro_reissue_ids", "chorus_pro_submission_ids.state",
        "chorus_pro_submission_ids.status_code", "chorus_pro_submission_ids.handled_status",
        "chorus_pro_submission_ids.action_ids.state",
    )
    def _compute_chorus_pro_legal_actions(self):
        for move in self:
            submission = move._chorus_pro_last_submission()
            actions = sorted(submission._legal_actions()) if submission else []
            move.chorus_pro_legal_actions = " ".join(actions)

    @api.depends(
        "chorus_pro_submission_ids.action_ids.state", "chorus_pro_submission_ids.action_ids.reason"
    )
    def _compute_chorus_pro_action(self):
        for move in self:
            action = move._chorus_pro_last_action()
            move.chorus_pro_action_kind = action.kind
            move.chorus_pro_action_state = action.state
            move.chorus_pro_action_reason = action.reason

    def _chorus_pro_last_action(self):
        """The one on its way, else the last one; a PDF that is fetched beside hides no other."""
        submission = self._chorus_pro_last_submission()
        return submission.action_ids.sorted(
            lambda action: (action.state in ON_ITS_WAY, action.kind != "retrieve", action.id)
        )[-1:]

    # ------------------------------------------------------------------
    # Actions with a dialog
    # ------------------------------------------------------------------

    def action_chorus_pro_complete(self, comment=None, attachment_ids=(), attachment_type=None):
        """Complete a suspended invoice with a comment, with files, or with both.

        :param comment: at most 2,000 characters
        :param attachment_ids: ids of attachments that the user may read; 10 MB each
        :param attachment_type: code of Chorus Pro, such as RIB; by default DIVERS
        :raises UserError: it is not suspended any more, or what is given cannot be sent
        """
        self._chorus_pro_acting("complete")
        if not comment and not attachment_ids:
            return self._chorus_pro_open_dialog("chorus.pro.completion")
        self._chorus_pro_check_comment(comment)
        files = self.env["ir.attachment"].browse(attachment_ids)
        problems = find_problems(
            [(file.name, file.file_size) for file in files],
            extensions=ACCEPTED_EXTENSIONS, most_bytes=MAX_ATTACHMENT_BYTES)
        if problems:
            found = document_findings(self, problems)
            raise UserError("\n".join(each.text(self.env) for each in found))
        return self._chorus_pro_queue(
            "complete", comment=comment, attachment_ids=self._chorus_pro_own_files(files).ids,
            attachment_type=attachment_type,
        )

    def action_chorus_pro_recycle(
        self,
        recipient_siret=None,
        service_code=None,
        engagement_number=None,
        contract_number=None,
        comment=None,
    ):
        """Send an invoice to recycle to another place; its number stays.

        What is not given, or stays as it is, does not change at Chorus Pro.

        :param recipient_siret: another recipient; its service has to come with it, if it has any
        :param service_code: an empty text says that there is no service
        :raises UserError: it is not to be recycled any more, nothing changes, or a value is wrong
        """
        submission = self._chorus_pro_acting("recycle")
        asked = {
            "recipient_siret": normalise_siret(recipient_siret or ""),
            "service_code": None if service_code is None else service_code.strip(),
            "engagement_number": (engagement_number or "").strip(),
            "contract_number": (contract_number or "").strip(),
        }
        if not any(asked.values()):
            return self._chorus_pro_open_dialog("chorus.pro.recycling")
        asked = self._chorus_pro_difference(asked, self._chorus_pro_declared_place(submission))
        if not any(asked.values()):
            raise UserError(
                self.env._(
                    "Nothing changes: give another recipient, another service or another number."
                )
            )
        self._chorus_pro_check_place(asked)
        self._chorus_pro_check_comment(comment)
        return self._chorus_pro_queue("recycle", comment=comment, **asked)

    def action_chorus_pro_correct_validator(self, validator_id=None):
        """Name another validator of an invoice that the first one sent back.

        :param validator_id: id of the partner, whose company has a SIRET
        """
        self._chorus_pro_acting("correct_validator")
        if not validator_id:
            return self._chorus_pro_open_dialog("chorus.pro.validator.correction")
        validator = self.env["res.partner"].browse(validator_id)
        siret = validator._chorus_pro_siret()
        if blocking(check_siret(siret)):
            raise UserError(
                self.env._(
                    "%s has no SIRET of 14 digits: fill it in first.", validator.display_name
                )
            )
        return self._chorus_pro_queue(
            "correct_validator", validator_id=validator.id, validator_siret=siret
        )

    # ------------------------------------------------------------------
    # Actions at once
    # ------------------------------------------------------------------

    def action_chorus_pro_acknowledge(self):
        """Acknowledge the rejection of these invoices: they are not waited for any more.

        Of several, those that are not rejected are left out and counted.
        """
        require_role(self.env, USER)
        self.check_access("write")
        ready = self.filtered(
            lambda move: "acknowledge" in (move.chorus_pro_legal_actions or "").split()
        )
        if not ready:
            for move in self:
                move._chorus_pro_acting("acknowledge")
        return ready._chorus_pro_queue("acknowledge", left_out=len(self - ready))

    def action_chorus_pro_retrieve(self):
        """Fetch the PDF of these invoices as Chorus Pro has it, among their files."""
        require_role(self.env, USER)
        self.check_access("write")
        return self._chorus_pro_queue("retrieve")

    def action_chorus_pro_proof(self):
        """Print the proof of the deposit of these invoices, one page each."""
        require_role(self.env, USER, READER)
        self.check_access("read")
        for move in self:
            move._chorus_pro_check_submission()._check_legal("proof")
        report = self.env.ref("l10n_fr_chorus_pro.report_proof_action")
        return report.report_action(self._chorus_pro_last_submission().ids, config=False)

    def action_chorus_pro_cancel_action(self):
        """Take the last action of these invoices out of the queue."""
        require_role(self.env, USER)
        self.check_access("write")
        for move in self:
            move._chorus_pro_last_action().with_env(self.env).action_cancel()
        return True

    # ------------------------------------------------------------------
    # What they share
    # ------------------------------------------------------------------

    def _chorus_pro_acting(self, kind):
        """The submission about which this is done, in sudo.

        :raises AccessError: the user may not change the invoice, or not act at Chorus Pro
        :raises UserError: it is not legal now
        """
        self.ensure_one()
        require_role(self.env, USER)
        self.check_access("write")
        submission = self._chorus_pro_check_submission()
        submission._check_legal(kind)
        return submission

    def _chorus_pro_check_submission(self):
        """The last submission of this invoice, in sudo.

        :raises UserError: there is none
        """
        submission = self._chorus_pro_last_submission()
        if not submission:
            raise UserError(self.env._("%s was not sent to Chorus Pro.", self.display_name))
        return submission

    def _chorus_pro_check_comment(self, comment):
        if len(comment or "") > MAX_COMMENT:
            raise UserError(
                self.env._(
                    "The comment has %(length)s characters: Chorus Pro accepts %(limit)s. Shorten "
                    "it.",
                    length=len(comment), limit=MAX_COMMENT,
                )
            )

    def _chorus_pro_declared_place(self, submission):
        """Where this invoice was sent, as texts that may be empty."""
        return {
            "recipient_siret": (
                submission.recipient_siret or self.commercial_partner_id._chorus_pro_siret()
            ),
            **InvoiceTerms(self).references,
        }

    @api.model
    def _chorus_pro_difference(self, asked, now):
        """What of ``asked`` Chorus Pro has to learn: a recipient and its service together, and
        the numbers that change. Both are dictionaries as :meth:`_chorus_pro_declared_place`."""
        siret = asked["recipient_siret"] or now["recipient_siret"]
        service = asked["service_code"]
        if service is None:
            service = now["service_code"] if siret == now["recipient_siret"] else ""
        difference = {
            name: asked[name] if asked[name] != now[name] else ""
            for name in ("engagement_number", "contract_number")
        }
        is_same_place = (siret, service) == (now["recipient_siret"], now["service_code"])
        place = ("", "") if is_same_place else (siret, service)
        return {**difference, "recipient_siret": place[0], "service_code": place[1]}

    def _chorus_pro_check_place(self, asked):
        """:raises UserError: a value of a recycling breaks a rule that is known here"""
        problems = list(
            check_references(
                service_code=asked["service_code"] or None,
                engagement_number=asked["engagement_number"] or None,
                contract_number=asked["contract_number"] or None,
            )
        )
        if asked["recipient_siret"]:
            problems += check_siret(asked["recipient_siret"])
        if stopping := blocking(problems):
            raise UserError(problem_sentences(self.env, stopping))

    def _chorus_pro_open_dialog(self, model):
        dialog = self.env[model].create({"move_id": self.id})
        return open_dialog(dialog, dialog._dialog_title())

    def _chorus_pro_queue(self, kind, left_out=0, **values):
        """Queue an action about each of these invoices.

        :param left_out: of how many others this cannot be done
        :param values: of the fields that this kind needs
        :return: a notification of the web client, after which it shows the invoice as it is now
        :raises UserError: it is not legal now
        """
        for move in self:
            submission = move._chorus_pro_check_submission()
            self.env["chorus.pro.action"]._queue(submission, kind, **values)
        message = self.env._("You will be notified when the answer arrives.")
        if left_out:
            message += "\n" + self.env._(
                "Left out, because this cannot be done about them now: %s.", left_out
            )
        kind = "warning" if left_out else "success"
        return notify(self.env._("Request queued for Chorus Pro"), message, kind, CLOSE)
