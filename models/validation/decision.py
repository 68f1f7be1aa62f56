# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models

from ...choruspro.lifecycle import NOT_VALIDATED, TACIT, TO_VALIDATE, validation_stage
from ...choruspro.messages import InvoiceValidation, RefusalReason
from ..access.roles import USER, has_role, require_role

KINDS = [("accept", "Accept"), ("refuse", "Refuse")]
REASONS = [("other", "Something to correct"), ("wrong_validator", "Not ours to validate")]
REASON_CODES = {"other": RefusalReason.OTHER, "wrong_validator": RefusalReason.WRONG_VALIDATOR}
# What a decision leads to, where the answer does not say.
EXPECTED = {"accept": "VALIDEE_1", "refuse": "REFUSEE_1"}


class ChorusProDecision(models.Model):
    """What a user has decided about a subcontractor's invoice: taken at Chorus Pro once."""

    _name = "chorus.pro.decision"
    _inherit = "chorus.pro.errand"
    _description = "Decision on an Invoice to Validate"
    _order = "id desc"

    _advisory_class = 0x43505244

    validation_id = fields.Many2one(
        "chorus.pro.validation", required=True, readonly=True, index=True, ondelete="restrict"
    )
    name = fields.Char(string="Invoice Number", related="validation_id.name")
    company_id = fields.Many2one(related="validation_id.company_id", store=True, index=True)
    kind = fields.Selection(KINDS, string="Decision", required=True, readonly=True)
    refusal_reason = fields.Selection(REASONS, readonly=True)
    status_before = fields.Char(
        readonly=True, copy=False, help="The status in which the invoice waited for this."
    )

    # The last guard, whatever runs.
    _one_alive = models.UniqueIndex(
        "(validation_id) WHERE state IN ('queued', 'sending', 'uncertain')",
        "This is already on its way to Chorus Pro.",
    )
    _to_settle_index = models.Index(
        "(next_try, id) WHERE state IN ('queued', 'sending', 'uncertain')"
    )

    @api.depends("kind", "name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for decision in self:
            decision.display_name = self.env._(
                "%(number)s: %(action)s", number=decision.name, action=decision._label("kind"))

    @api.model
    def _queue(self, validation, kind, **values):
        """Queue one decision in the current transaction; Chorus Pro is not called here.

        :param values: of the fields that this kind needs
        :raises AccessError: the user may not decide: the last guard, whoever called
        """
        require_role(self.env, USER)
        validation.with_env(self.env).check_access("read")
        validation = validation.sudo()
        decision = self.sudo().create(
            {
                "validation_id": validation.id,
                "connection_id": validation.connection_id.id,
                "environment": validation.environment,
                "kind": kind,
                "author_id": self.env.user.id,
                "next_try": fields.Datetime.now(),
                **values,
            }
        )
        decision.connection_id._chorus_pro_dispatch("send")
        return decision

    def _author_may_act(self):
        """The author decides on what they may read, by their company's own connection: somebody may
        have led the row elsewhere since, or taken the role away."""
        author, validation = self.author_id, self.validation_id
        if not author or self.connection_id.company_id != validation.company_id:
            return False
        theirs = validation.with_user(author)
        return has_role(theirs.env, USER) and theirs.has_access("read")

    def _check_may_take_back(self):
        self.validation_id.with_env(self.env).check_access("read")

    def _forbidden_sentence(self):
        return self.env._(
            "Whoever decided this may not decide on the invoice, or not any more: nothing is sent "
            "to Chorus Pro. Have somebody who may decide do so."
        )

    def _too_late_sentence(self):
        return self.validation_id.with_env(self.env)._too_late_sentence()

    def _told_about(self):
        return self.validation_id

    def _done_text(self):
        if self.kind == "accept":
            return self.env._("accepted at Chorus Pro")
        return self.env._("refused at Chorus Pro")

    def _situation(self, session):
        details = session.client.read_as_validator(self.validation_id.chorus_invoice_id)
        self.validation_id._take_status(details.status)
        if self.was_uncertain and self._is_done(details.status):
            return "done"
        if validation_stage(details.status) != TO_VALIDATE:
            return "changed"
        if not self.status_before:
            self.status_before = details.status
        return "open" if details.status == self.status_before else "changed"

    def _is_done(self, code):
        """Whether this raw status is what an attempt without answer leads to."""
        stage = validation_stage(code)
        if self.kind == "refuse":
            return stage == NOT_VALIDATED
        if stage == TO_VALIDATE:
            # The next validator's turn comes after ours.
            return code > (self.status_before or code)
        return bool(code) and stage not in (NOT_VALIDATED, TACIT)

    def _ask(self, session):
        refusal = REASON_CODES[self.refusal_reason or "other"] if self.kind == "refuse" else None
        return session.client.validate_invoice(
            InvoiceValidation(
                invoice_id=self.validation_id.chorus_invoice_id, validator_id=session.supplier_id,
                refusal=refusal, comment=self.comment or None,
            )
        )

    def _finish(self, result=None):
        super()._finish(result)
        if result:
            self.validation_id._take_status(result.status or EXPECTED[self.kind])


class ChorusProSubmission(models.Model):
    _inherit = "chorus.pro.submission"

    @api.model
    def _errands(self):
        return [*super()._errands(), self.env["chorus.pro.decision"]]
