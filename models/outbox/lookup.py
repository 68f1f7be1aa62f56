# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from ...choruspro.limits import LARGE_PAGE
from ...choruspro.messages import SupplierInvoiceSearch
from ..access.roles import MANAGER, require_role
from ..access.web_client import open_dialog

# Chorus Pro creates the invoice within the call: when it answers this long that it has no such
# invoice, it does not have it. A used number is refused, so one more attempt cannot pay
# twice.
PATIENCE = timedelta(minutes=30)
# From so many look-ups on, pages of all that the supplier deposited are read instead.
MANY = 20


class ChorusProSubmission(models.Model):
    """What is at Chorus Pro under our number: taken for this invoice when all agrees, else shown to
    a person who decides."""

    _inherit = "chorus.pro.submission"

    found = fields.Json(
        readonly=True, copy=False, help="What Chorus Pro has under this number, if it is not this."
    )

    def _look_up(self, session):
        """Ask Chorus Pro whether it has this invoice, and settle the row by the answer."""
        # Why it is looked for says more than why it cannot be looked for now.
        reason = self.is_said_known and self.reason
        found = session.found_by_number.get(self.name)
        if found is None:
            found = self._search_sent(session, reason, number=self.name)
        if found is None:
            return
        same_number = [summary for summary in found if summary.number == self.name]
        ours = [summary for summary in same_number if self._is_ours(summary)]
        if len(ours) == 1:
            self._adopt(ours[0])
        elif same_number:
            self._ask_a_person(self._describe(same_number[0]), same_number[0])
        else:
            self._take_as_missing()

    @api.model
    def _look_up_together(self, session, rows):
        """Read in pages what Chorus Pro has, when that answers for many of these rows at once: they
        were deposited by hand, and are looked for since. A number that no page has is asked alone.
        """
        wanted = rows.filtered(
            lambda row: row.state == "uncertain" and row.is_said_known and row.sent_date
        )
        if len(wanted) < MANY or session.stopped_by:
            return
        search = SupplierInvoiceSearch(
            supplier_id=session.supplier_id, deposited_from=min(wanted.mapped("sent_date")),
        )
        found = defaultdict(list)
        with session.forgoing("what was deposited by hand"):
            number = pages = 1
            while number <= pages:
                page = session.client.search_invoices_page(
                    search, page=number, page_size=LARGE_PAGE
                )
                # Questions about each are cheaper than so many pages.
                pages = page.pages if page.pages <= len(wanted) // 2 else 0
                for summary in page.invoices:
                    found[summary.number].append(summary)
                number += 1
            session.found_by_number = {
                row.name: found[row.name] for row in wanted if row.name in found
            }

    def _is_ours(self, summary):
        """Number, recipient, date and total with tax, as they were sent, must all agree, and no
        other invoice of ours may hold it (two companies can share a SIRET)."""
        return (
            not self._is_held(summary.invoice_id)
            and summary.recipient_identifier == self.recipient_siret
            and summary.invoice_date == self.sent_date
            and summary.total is not None
            and abs(summary.total) == abs(Decimal(f"{self.sent_total:.2f}"))
        )

    def _is_held(self, invoice_id):
        """Whether another invoice of ours is the one that Chorus Pro has under this id."""
        others = self.search(
            [("chorus_invoice_id", "=", invoice_id), ("state", "=", "deposited"),
             ("name", "=", self.name), ("environment", "=", self.environment)]
        )
        return bool(others.filtered(lambda row: row.move_id != self.move_id))

    def _adopt(self, summary):
        """What was found is this invoice; its history is read next."""
        self._deposit_found(summary)
        self.history_wanted = True

    def _deposit_found(self, summary):
        self._deposit(summary.invoice_id, summary.status, summary.status_date, summary.deposit_date)

    def _describe(self, summary):
        total = summary.total
        if total is not None:
            total = format_amount(self.env, float(total), self.move_id.currency_id)
        return self.env._(
            "Chorus Pro has an invoice %(number)s of your structure that is not this one: dated "
            "%(date)s, for the recipient %(siret)s, total %(total)s. Compare both, and give this "
            "invoice another number if it is a different one.",
            number=summary.number, date=format_date(self.env, summary.invoice_date) or "?",
            siret=summary.recipient_identifier or "?", total=total or "?",
        )

    def _take_as_missing(self):
        """Not there: patience, then one more attempt."""
        if not self._is_missing_after(PATIENCE, reason=self.is_said_known and self.reason):
            return
        if self.is_said_known:
            hidden = self.env._(
                "Chorus Pro says that it has an invoice with this number, but does not show it to "
                "your technical account. Look for it on the portal."
            )
            known = [line for line in (self.reason or "").split("\n") if line != hidden]
            self._ask_a_person("\n".join([*filter(None, known), hidden]))
        else:
            self._send_again(
                self.env._("Chorus Pro does not have this invoice: it is sent once more.")
            )

    def _ask_a_person(self, reason, summary=None):
        """Stop, until a person has decided.

        :param summary: :class:`InvoiceSummary` of what was found, if anything was
        """
        self.write(
            {
                "needs_decision": True,
                "next_try": False,
                "reason": reason,
                "found": summary and {
                    "invoice_id": summary.invoice_id,
                    "number": summary.number,
                    "date": summary.invoice_date and summary.invoice_date.isoformat(),
                    "recipient": summary.recipient_identifier,
                    "total": None if summary.total is None else str(summary.total),
                    "status": summary.status,
                    "status_date": summary.status_date and summary.status_date.isoformat(),
                    "deposit_date": summary.deposit_date and summary.deposit_date.isoformat(),
                    "flow_number": summary.flow_number,
                },
            }
        )

    def action_adopt(self):
        """A person decided that what Chorus Pro has under this number is this invoice."""
        require_role(self.env, MANAGER)
        self.move_id.check_access("write")
        for row in self.sudo():
            if "adopt" not in row._legal_actions():
                raise UserError(row.env._("There is nothing at Chorus Pro to compare with."))
            found = row.found
            if row._is_held(found["invoice_id"]):
                raise UserError(
                    row.env._(
                        "Another invoice of this database is already the one that Chorus Pro has "
                        "under this number. Decide that it is another one, and give this invoice "
                        "another number."
                    )
                )
            date = found["status_date"] and datetime.fromisoformat(found["status_date"])
            row._deposit(found["invoice_id"], found["status"], date, found["deposit_date"])
            row.write({"found": False, "history_wanted": True})
            row.move_id.message_post(
                body=row.env._(
                    "%(user)s decided that the invoice %(id)s at Chorus Pro is this one.",
                    user=self.env.user.name, id=row.chorus_invoice_id,
                )
            )
        self.sudo().connection_id._chorus_pro_dispatch("follow")
        return True

    def action_compare(self):
        """Show both sides to the person who decides."""
        require_role(self.env, MANAGER)
        if not self.found:
            raise UserError(self.env._("There is nothing at Chorus Pro to compare with."))
        self.ensure_one()
        self.check_access("read")
        comparison = self.env["chorus.pro.comparison"].create({"submission_id": self.id})
        return open_dialog(comparison, self.env._("Is it the same invoice?"))
