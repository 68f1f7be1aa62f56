# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Invoices at Chorus Pro with the history that a test gives them, without a call."""

from datetime import datetime, time

from odoo import fields

from ...choruspro.messages import InvoiceHistory, StatusEvent
from ...choruspro.messages.writing import PARIS
from .chorus_pro import ChorusProCommon


class LateCommon(ChorusProCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax_0 = cls._vat(0.0)

    @classmethod
    def _at_chorus_pro(cls, total, *events, date=None, **values):
        """An invoice of ``total`` with VAT whose history is ``events``: code, day and perhaps a
        comment, at noon in Paris.

        :param date: of the invoice; the day of the first event unless given
        """
        date = fields.Date.to_date(date or events[0][1])
        move = cls._invoice([(total, cls.tax_0)], pdf=False, invoice_date=date, **values)
        cls.env["chorus.pro.submission"].sudo().create(
            {
                "move_id": move.id,
                "name": move.name,
                "connection_id": cls.connection.id,
                "environment": "custom",
                "state": "deposited",
                "sent_at": datetime.combine(date, time.min),
                "deposit_date": date,
                "chorus_invoice_id": str(10**9 + move.id),
            }
        )
        cls._happened(move, *events)
        return move

    @classmethod
    def _happened(cls, move, *events):
        """Chorus Pro gives these events as the history of the invoice."""
        read = [
            StatusEvent(
                event_id=str(number),
                code=code,
                date=datetime.combine(fields.Date.to_date(day), time(12), PARIS),
                comment=" ".join(comment),
                author="",
            )
            for number, (code, day, *comment) in enumerate(events)
        ]
        submission = move.chorus_pro_submission_id.sudo()
        submission._take_history(
            InvoiceHistory(
                invoice_id=submission.chorus_invoice_id,
                number=move.name,
                current_status=read[-1].code if read else "",
                events=tuple(read),
            )
        )

    @classmethod
    def _pay(cls, move, day, amount=None):
        """The payment of an invoice, as the books have it."""
        values = {"payment_date": fields.Date.to_date(day)}
        if amount:
            values["amount"] = amount
        context = {"active_model": "account.move", "active_ids": move.ids}
        cls.env["account.payment.register"].with_context(**context).create(
            values
        ).action_create_payments()
