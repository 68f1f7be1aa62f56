# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What is said to Chorus Pro and what it answers, as frozen dataclasses.

Requests are strict: ``to_json()`` gives the JSON object, or raises MessageError when a limit, a
type or a code is not respected. Answers are tolerant: ``from_json(data)`` takes the JSON object and
raises ProtocolError only when it is useless. Identifiers are text; amounts are exact Decimals in
the invoice's currency; dates with time are aware and UTC (what carries no offset is Paris time).
"""

from .actions import (
    CompletionReceipt,
    InvoiceCompletion,
    InvoiceRecycling,
    RecyclingReceipt,
    ValidatorCorrection,
    read_success,
    rejections_to_json,
)
from .codes import (
    BillingFramework,
    FlowSyntax,
    IdentifierType,
    InvoiceType,
    PaymentMeans,
    VatRegime,
)
from .commitments import Commitment
from .files import FileReceipt, FileUpload, PdfDeposit, PdfReceipt
from .flows import FlowDeposit, FlowReceipt, FlowReport, InvoiceError, TechnicalError
from .history import InvoiceHistory, StatusEvent
from .invoices import InvoiceDetails, InvoicePage, InvoiceSummary, SupplierInvoiceSearch
from .reference import AttachmentType, BankAccount, Currency, VatRate
from .structures import Service, ServiceDetails, Space, StructureDetails, StructureSummary
from .submission import (
    AttachmentReference,
    InvoiceSubmission,
    InvoiceTotals,
    SubmissionReceipt,
    VatLine,
)
from .writing import MessageError, to_paris_json

__all__ = [
    "AttachmentReference",
    "AttachmentType",
    "BankAccount",
    "BillingFramework",
    "Commitment",
    "CompletionReceipt",
    "Currency",
    "FileReceipt",
    "FileUpload",
    "FlowDeposit",
    "FlowReceipt",
    "FlowReport",
    "FlowSyntax",
    "IdentifierType",
    "InvoiceCompletion",
    "InvoiceDetails",
    "InvoiceError",
    "InvoiceHistory",
    "InvoicePage",
    "InvoiceRecycling",
    "InvoiceSubmission",
    "InvoiceSummary",
    "InvoiceTotals",
    "InvoiceType",
    "MessageError",
    "PaymentMeans",
    "PdfDeposit",
    "PdfReceipt",
    "RecyclingReceipt",
    "Service",
    "ServiceDetails",
    "Space",
    "StatusEvent",
    "StructureDetails",
    "StructureSummary",
    "SubmissionReceipt",
    "SupplierInvoiceSearch",
    "TechnicalError",
    "ValidatorCorrection",
    "VatLine",
    "VatRate",
    "VatRegime",
    "read_success",
    "rejections_to_json",
    "to_paris_json",
]
