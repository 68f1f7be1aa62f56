# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What the client does about invoices that came back, and their PDF."""

from . import operations
from .calls import Calls
from .messages import (
    CompletionReceipt,
    RecyclingReceipt,
    read_success,
    rejections_to_json,
)


class InvoiceActions(Calls):
    """Changes of invoices that exist.

    Each raises UnknownOutcomeError when the answer is lost: read_invoice tells what became of it.
    Each raises RefusedError when the invoice is not, or no longer, in the status that it needs.
    """

    def complete_invoice(self, completion):
        """Complete a suspended invoice (InvoiceCompletion); give its CompletionReceipt.

        The invoice goes back to its recipient. The refusal of one that is not suspended has the
        return_code 20002 (observed by clients).
        """
        return self._ask(
            operations.COMPLETE_INVOICE, completion.to_json(), CompletionReceipt.from_json
        )

    def recycle_invoice(self, recycling):
        """Send an invoice to recycle to the right place (InvoiceRecycling); give its
        RecyclingReceipt."""
        return self._ask(
            operations.RECYCLE_INVOICE, recycling.to_json(), RecyclingReceipt.from_json
        )

    def acknowledge_rejection(self, *invoice_ids):
        """Acknowledge the rejection of these invoices, all together.

        InvoiceDetails.rejection_acknowledged tells afterwards. The AIFE Swagger describes this
        operation with the words of another one: to confirm in qualification.
        """
        self._ask(operations.ACKNOWLEDGE_REJECTION, rejections_to_json(invoice_ids), read_success)
