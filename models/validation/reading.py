# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...choruspro.messages import ValidatorInvoiceSearch
from ...choruspro.text import storable
from ..session.row_guard import LOST_RACES, guarded_part, guarded_row

# Invoices whose PDF and comment one run reads, and those looked at one by one because no list has
# them any more.
DETAILS_PER_RUN = 20
MOST_TRIES = 5


class ChorusProConnection(models.Model):
    """The job that reads what waits for our decision; it asks nothing for a company that never
    validates."""

    _inherit = "chorus.pro.connection"

    validates = fields.Boolean(
        string="Validates Subcontractors' Invoices", copy=False,
        help="For a main contractor: reads from Chorus Pro every four hours which invoices of "
        "subcontractors and co-contractors wait for your decision, and shows them under To "
        "Validate. Leave it off if you have none: nothing is asked.",
    )
    validations_read_at = fields.Datetime(readonly=True, copy=False)
    validation_trouble = fields.Text(
        readonly=True, copy=False, help="Why what waits for your decision cannot be read."
    )

    @api.model_create_multi
    def create(self, vals_list):
        connections = super().create(vals_list)
        connections.filtered("validates")._begin_to_validate()
        return connections

    def write(self, vals):
        beginning = self.filtered(lambda each: not each.validates) if "validates" in vals else self
        result = super().write(vals)
        if "validates" in vals:
            beginning.filtered("validates")._begin_to_validate()
        return result

    def _begin_to_validate(self):
        if self:
            self._chorus_pro_dispatch("validation")

    @api.model
    def _cron_validation(self):
        """Read what waits for the decision of each of these connections that validates; of every
        one when there are none. No exception leaves the job."""
        mine = Domain("id", "in", self.ids) if self else Domain.TRUE
        connections = self.search(mine & Domain("validates", "=", True))
        self.env["ir.cron"]._commit_progress(remaining=len(connections))
        for connection in connections:
            with guarded_row(self.env, f"invoices to validate by {connection}", races=LOST_RACES):
                connection._read_beside(connection._read_validations, "validation_trouble")
            self.env["ir.cron"]._commit_progress(1)

    def _read_validations(self, session):
        """Read the list, then what became of those that it has no more, then details.

        :raises ChorusProError: what was written until then is kept
        :raises UserError: Chorus Pro does not know our structure
        """
        if not session.supplier_id:
            raise UserError(self.env["chorus.pro.submission"]._unknown_supplier(session))
        found = session.client.search_to_validate(session.supplier_id)
        self.env["ir.cron"]._commit_progress()
        self._keep_validations(found)
        self.validations_read_at = fields.Datetime.now()
        self.env["ir.cron"]._commit_progress()
        self._read_decided(session, {storable(each.invoice_id) for each in found})
        self._read_details(session)

    def _our_validations(self):
        return Domain("company_id", "=", self.company_id.id) & Domain(
            "environment", "=", self.place)

    def _keep_validations(self, found):
        """Write these rows (:class:`InvoiceToValidate`); one that fails leaves the others."""
        rows = self.env["chorus.pro.validation"]
        ids = [storable(each.invoice_id) for each in found]
        known = rows.search(self._our_validations() & Domain("chorus_invoice_id", "in", ids))
        known = known.grouped("chorus_invoice_id")
        for summary in found:
            with guarded_part(self.env, f"invoice to validate {summary.invoice_id}"):
                row = known.get(storable(summary.invoice_id))
                values = rows._facts(summary)
                if row:
                    row.write({**values, "connection_id": self.id})
                else:
                    row = rows.create(
                        {
                            **values,
                            "connection_id": self.id,
                            "environment": self.place,
                            "chorus_invoice_id": storable(summary.invoice_id),
                        }
                    )
                row._take_status(summary.status)

    def _read_decided(self, session, listed):
        """What became of those that waited, and wait no more: somebody decided on the portal, or
        nobody in time.

        :param listed: ids of the invoices that still wait
        """
        rows = self.env["chorus.pro.validation"].search(
            self._our_validations() & Domain("stage", "=", "to_validate")
            & Domain("chorus_invoice_id", "not in", list(listed)))
        if not rows:
            return
        days = [day for day in rows.mapped("deposit_date") if day]
        search = ValidatorInvoiceSearch(
            validator_id=session.supplier_id, statuses=session.client.validator_statuses(),
            deposited_from=min(days) if days else None,
        )
        there = {
            storable(each.invoice_id): each.status
            for each in session.client.search_as_validator(search)
        }
        for row in rows.filtered(lambda each: each.chorus_invoice_id in there):
            row._take_status(there[row.chorus_invoice_id])
        self.env["ir.cron"]._commit_progress()
        others = rows.filtered(lambda each: each.chorus_invoice_id not in there)
        for row in others[:DETAILS_PER_RUN]:
            with session.forgoing(f"what became of {row.name}"):
                row._take_status(session.client.read_as_validator(row.chorus_invoice_id).status)
                self.env["ir.cron"]._commit_progress()
            if session.stopped_by:
                return

    def _read_details(self, session):
        """The PDF, the framework and the comment of those that are new: some in each run."""
        wanted = (
            self._our_validations() & Domain("details_wanted", "=", True)
            & Domain("details_tries", "<", MOST_TRIES)
        )
        rows = self.env["chorus.pro.validation"].search(
            wanted, order="details_tries, id", limit=DETAILS_PER_RUN + 1)
        for row in rows[:DETAILS_PER_RUN]:
            row.details_tries += 1
            self.env["ir.cron"]._commit_progress()
            with session.forgoing(f"the details of {row.name}"):
                details = session.client.read_as_validator(row.chorus_invoice_id)
                row.write({
                    # As the portal names it: A9
                    "billing_framework": storable(details.billing_framework).partition("_")[0],
                    "note": storable(details.comment) or False,
                })
                row.pdf = base64.b64encode(session.client.download_invoice(row.chorus_invoice_id))
                row.details_wanted = False
            self.env["ir.cron"]._commit_progress()
            if session.stopped_by:
                return
        if len(rows) > DETAILS_PER_RUN:
            self._chorus_pro_dispatch("validation")
