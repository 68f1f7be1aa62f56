# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Requests to Chorus Pro and its answers, as frozen dataclasses.

Requests are strict: ``to_json()`` gives the JSON object, or raises MessageError when a limit, a
type or a code is not respected. Answers are tolerant: ``from_json(data)`` takes the JSON object and
raises ProtocolError only when it is useless. Identifiers are text, "" when absent as are other
texts; amounts are exact Decimals in the invoice's currency; dates with time are aware and UTC,
those without are days in Paris (what carries no offset is Paris time).
"""

from .actions import (
    CompletionReceipt, InvoiceCompletion, InvoiceRecycling, RecyclingReceipt, ValidatorCorrection,
    read_success, rejections_to_json,
)
from .codes import (
    WORKS_FRAMEWORKS, BillingFramework, FlowSyntax, IdentifierType, InvoiceType, PaymentMeans,
    VatRegime,
)
from .flows import FlowDeposit, FlowReceipt, FlowReport, InvoiceError, TechnicalError
from .invoices import (
    InvoiceDetails, InvoiceHistory, InvoicePage, InvoiceSummary, StatusEvent, SupplierInvoiceSearch,
)
from .structures import (
    AttachmentType, BankAccount, Commitment, Currency, Service, ServiceDetails, Space,
    StructureDetails, StructureSummary, VatRate,
)
from .submission import (
    AttachmentReference, FileReceipt, FileUpload, InvoiceSubmission, InvoiceTotals, PdfDeposit,
    PdfReceipt, SubmissionReceipt, VatLine,
)
from .validation import (
    InvoiceToValidate, InvoiceValidation, RefusalReason, ValidationReceipt, ValidatorInvoiceSearch,
    validator_statuses,
)
from .writing import MessageError, to_paris_json
