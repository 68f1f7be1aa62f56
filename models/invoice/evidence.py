# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The archived PDF of an invoice that Chorus Pro holds is evidence of what was deposited."""

import base64
import binascii
import hashlib
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..access.odoo_fields import content_of

ARCHIVED = ("account.move", "invoice_pdf_report_file")
PLACE_KEYS = {"res_model", "res_id", "res_field"}
# With where it stands: what Odoo would give instead of its bytes.
KEPT_KEYS = PLACE_KEYS | {"type", "url", "db_datas"}


class AccountMove(models.Model):
    _inherit = "account.move"

    chorus_pro_evidence_warning = fields.Text(
        string="Archived PDF and Chorus Pro", compute="_compute_chorus_pro_evidence_warning")

    @api.depends_context("lang")
    @api.depends("chorus_pro_state", "invoice_pdf_report_file")
    def _compute_chorus_pro_evidence_warning(self):
        """What is wrong with the archived PDF: it was changed by other means than Odoo's."""
        for move in self:
            sent = move._chorus_pro_held_submissions().sorted("id")[-1:].archived_sha256
            found = sent and move._chorus_pro_archived_digest()
            move.chorus_pro_evidence_warning = False
            if sent and not found:
                move.chorus_pro_evidence_warning = self.env._(
                    "The archived PDF of this invoice is missing: it is what Chorus Pro got. Have "
                    "it restored from a backup, or retrieve it from Chorus Pro.")
            elif sent != found:
                move.chorus_pro_evidence_warning = self.env._(
                    "The archived PDF of this invoice is not the one that was sent to Chorus Pro: "
                    "it was changed since. Have it restored from a backup, or retrieve it from "
                    "Chorus Pro.")

    def _chorus_pro_archived_digest(self):
        """SHA-256 of the bytes of the archived PDF, read now; False when there are none."""
        pdf = content_of(self._origin.sudo().invoice_pdf_report_id)
        return bool(pdf) and hashlib.sha256(pdf).hexdigest()


class IrAttachment(models.Model):
    """The archived PDF of an invoice that Chorus Pro holds is neither replaced, nor moved, nor
    deleted, by anybody: a correction of the invoice makes another PDF once nothing is held."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        files = super().create(vals_list)
        # As they stand now: the context may give a place too.
        places = files.sudo().filtered(lambda file: (file.res_model, file.res_field) == ARCHIVED)
        evidence = self._chorus_pro_archived(places.mapped("res_id"))
        at = Counter(evidence.mapped("res_id"))
        self._chorus_pro_refuse(
            evidence.filtered(lambda file: file not in files or at[file.res_id] > 1))
        return files

    def write(self, vals):
        if vals.keys() & KEPT_KEYS or vals.keys() & {"raw", "datas"}:
            evidence = self._chorus_pro_evidence()
            self._chorus_pro_refuse(
                evidence.filtered(lambda file: file._chorus_pro_is_changed_by(vals)))
        if PLACE_KEYS & vals.keys():
            self._chorus_pro_check_arrival(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_chorus_pro_evidence(self):
        self._chorus_pro_refuse(self._chorus_pro_evidence())

    def _chorus_pro_check_arrival(self, vals):
        """Refuse that another file takes the place of an archived PDF."""
        for file in self.sudo():
            model, field, res_id = (
                vals.get(name, file[name]) for name in ("res_model", "res_field", "res_id"))
            if (model, field) == ARCHIVED and res_id:
                self._chorus_pro_refuse(self._chorus_pro_archived([res_id]) - file)

    def _chorus_pro_evidence(self):
        """Those of these files that are the archived PDF of an invoice that Chorus Pro holds."""
        archived = self.sudo().filtered(lambda file: (file.res_model, file.res_field) == ARCHIVED)
        moves = self.env["account.move"].sudo().browse(archived.mapped("res_id")).exists()
        held = set(moves.filtered(lambda move: move._chorus_pro_holds()).ids)
        return archived.filtered(lambda file: file.res_id in held)

    @api.model
    def _chorus_pro_archived(self, move_ids):
        """The archived PDFs of those of these invoices that Chorus Pro holds."""
        if not move_ids:
            return self.sudo().browse()
        model, field = ARCHIVED
        found = self.sudo().search(
            [("res_model", "=", model), ("res_field", "=", field), ("res_id", "in", move_ids)])
        return found._chorus_pro_evidence()

    def _chorus_pro_is_changed_by(self, vals):
        """Whether these values change where this file stands, or its bytes; Odoo writes them as
        they are when it moves its store."""
        if any(name in vals and vals[name] != self[name] for name in KEPT_KEYS):
            return True
        contents = [vals["raw"]] if "raw" in vals else []
        if "datas" in vals:
            contents.append(_decoded(vals["datas"]))
        return any((content or b"") != content_of(self) for content in contents)

    def _chorus_pro_refuse(self, evidence):
        """:raises UserError: there is any in ``evidence``"""
        if evidence:
            moves = self.env["account.move"].sudo().browse(evidence.mapped("res_id"))
            raise UserError(self.env._(
                "%s is at Chorus Pro, or on its way there: its archived PDF is the evidence of "
                "what was deposited, and stays as it is. Add another file beside it.",
                ", ".join(moves.mapped("name"))))


def _decoded(datas):
    try:
        return base64.b64decode(datas or b"")
    except (binascii.Error, ValueError):
        return None
