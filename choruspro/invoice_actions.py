# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What the client does about invoices that came back, and their PDF."""

from . import operations
from .calls import Calls
from .errors import INCOMPLETE_ANSWER, ProtocolError
from .messages import (
    CompletionReceipt,
    RecyclingReceipt,
    read_success,
    reading,
    rejections_to_json,
    writing,
)


class InvoiceActions(Calls):
    """Changes of invoices that exist, and their PDF.

    Each change raises UnknownOutcomeError when the answer is lost: read_invoice tells what became
    of it; and RefusedError when the invoice is not, or no longer, in the status that it needs.
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

    def correct_validator(self, correction):
        """Name another validator (ValidatorCorrection) of an invoice that the first one sent back.

        InvoiceDetails.validator_identifier tells afterwards.
        """
        self._ask(operations.CORRECT_VALIDATOR, correction.to_json(), read_success)

    def download_invoice(self, invoice_id):
        """The PDF of an invoice as Chorus Pro keeps or makes it (bytes), without attachments."""
        payload = {
            "format": "PDF",
            "avecPiecesJointesComplementaires": "NON",
            "listeFacture": [{"idFacture": writing.identifier("invoice_id", invoice_id)}],
        }
        return self._ask(operations.DOWNLOAD_INVOICES, payload, _invoice_file)


def _invoice_file(data):
    content = reading.pdf(data, "fichierResultat")
    if content is None:
        raise ProtocolError(INCOMPLETE_ANSWER, label="fichierResultat")
    return content
