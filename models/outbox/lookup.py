# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import timedelta
from decimal import Decimal

from odoo import fields, models
from odoo.tools import format_amount, format_date

from ...choruspro.errors import ChorusProError
from ...choruspro.messages import SupplierInvoiceSearch
from ..rules.error_texts import error_sentence

# Chorus Pro creates the invoice within the call: when it answers this long that it has no such
# invoice, it does not have it. A used number is refused, so one more attempt cannot pay
# twice.
PATIENCE = timedelta(minutes=30)


class ChorusProSubmission(models.Model):
    _inherit = "chorus.pro.submission"

    def _look_up(self, session):
        """Ask Chorus Pro whether it has this invoice, and settle the row by the answer."""
        if not session.supplier_id:
            self._postpone(self._unknown_supplier(session))
            return
        try:
            found = session.client.search_invoices(
                SupplierInvoiceSearch(supplier_id=session.supplier_id, number=self.name)
            )
        except ChorusProError as error:
            sentence = error_sentence(self.env, error)
            session.stop_if_useless(error, sentence)
            # Why this is looked for tells more than that it could not be looked for now.
            self._postpone((self.is_said_known and self.reason) or sentence, error.retry_after)
            return
        session.note_success()
        same_number = [summary for summary in found if summary.number == self.name]
        ours = [summary for summary in same_number if self._is_ours(summary)]
        if len(ours) == 1:
            self._adopt(ours[0])
        elif same_number:
            self._ask_a_person(self._describe(same_number[0]), same_number[0])
        else:
            self._not_found()

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
        return bool(
            self.search_count(
                [
                    ("chorus_invoice_id", "=", invoice_id),
                    ("environment", "=", self.environment),
                    ("name", "=", self.name),
                    ("move_id", "!=", self.move_id.id),
                    ("state", "=", "deposited"),
                ],
                limit=1,
            )
        )

    def _adopt(self, summary):
        """What was found is this invoice; what happened to it meanwhile is asked next."""
        self._deposit_found(summary)
        self.history_wanted = True

    def _deposit_found(self, summary):
        self._deposit(
            summary.invoice_id,
            summary.status,
            (summary.status_date or fields.Datetime.now()).replace(tzinfo=None, microsecond=0),
            summary.deposit_date,
        )

    def _describe(self, summary):
        total = summary.total
        if total is not None:
            total = format_amount(self.env, float(total), self.move_id.currency_id)
        return self.env._(
            "Chorus Pro has an invoice %(number)s of your structure that is not this one: dated "
            "%(date)s, for the recipient %(siret)s, total %(total)s. Compare both, and give this "
            "invoice another number if it is a different one.",
            number=summary.number,
            date=format_date(self.env, summary.invoice_date) or "?",
            siret=summary.recipient_identifier or "?",
            total=total or "?",
        )

    def _not_found(self):
        """Not there yet: patience, then one more attempt."""
        now = fields.Datetime.now()
        self.missing_since = self.missing_since or now
        if now - self.missing_since >= PATIENCE:
            if self.is_said_known:
                hidden = self.env._(
                    "Chorus Pro says that it has an invoice with this number, but does not "
                    "show it to your technical account. Look for it on the portal."
                )
                said = [line for line in (self.reason or "").split("\n") if line != hidden]
                self._ask_a_person("\n".join([*filter(None, said), hidden]))
                return
            self._send_again(
                self.env._("Chorus Pro does not have this invoice: it is sent once more.")
            )
            return
        self.lookups += 1
        self._doubt(
            # What Chorus Pro said tells more than that it is still being looked for.
            (self.is_said_known and self.reason)
            or self.env._(
                "No answer came and Chorus Pro does not have this invoice yet: it is looked up "
                "again."
            )
        )
