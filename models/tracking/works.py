# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Documents of a works contract, deposited on the portal and followed here: the pieces before and
after in the contract's file, the works supervisor (MOE) and the works owner (MOA)."""

from odoo import api, models

from ...choruspro.lifecycle import Phase, invoice_status
from ...choruspro.messages import WORKS_FRAMEWORKS
from ...choruspro.text import storable
from ..access.foreign_text import ForeignChar


class ChorusProSubmission(models.Model):
    _inherit = "chorus.pro.submission"

    preceding_piece = ForeignChar(readonly=True, copy=False)
    following_piece = ForeignChar(readonly=True, copy=False)
    works_supervisor = ForeignChar(readonly=True, copy=False)
    works_owner = ForeignChar(readonly=True, copy=False)

    def _is_works(self):
        """Whether this is a document of a works contract: by its framework or its status."""
        by_framework = self.move_id.chorus_pro_billing_framework in WORKS_FRAMEWORKS
        return by_framework or invoice_status(self.status_code or "").phase is Phase.WORKS

    def _take_works(self, details):
        """Write what Chorus Pro says of the contract's file (:class:`InvoiceDetails`)."""
        found = {
            "preceding_piece": storable(details.preceding_number) or False,
            "following_piece": storable(details.following_number) or False,
            "works_supervisor": storable(details.works_supervisor) or False,
            "works_owner": storable(details.works_owner) or False,
        }
        if any(self[name] != value for name, value in found.items()):
            self.write(found)


class ChorusProConnection(models.Model):
    _inherit = "chorus.pro.connection"

    @api.model
    def _read_history(self, session, submission, unread):
        unread = super()._read_history(session, submission, unread)
        if not unread and not session.stopped_by and submission._is_works():
            with (
                session.about(submission),
                session.forgoing(f"the pieces around {submission.name}"),
            ):
                submission._take_works(session.client.read_invoice(submission.chorus_invoice_id))
        return unread


class AccountMove(models.Model):
    _inherit = "account.move"

    chorus_pro_preceding_piece = ForeignChar(
        string="Preceding Piece", related="chorus_pro_submission_id.preceding_piece")
    chorus_pro_following_piece = ForeignChar(
        string="Following Piece", related="chorus_pro_submission_id.following_piece")
    chorus_pro_works_supervisor = ForeignChar(
        string="Works Supervisor", related="chorus_pro_submission_id.works_supervisor")
    chorus_pro_works_owner = ForeignChar(
        string="Works Owner", related="chorus_pro_submission_id.works_owner")
