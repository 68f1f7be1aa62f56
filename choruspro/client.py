# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The Chorus Pro API, one method per operation; paging, token and errors are seen to inside.

Every method raises ChorusProError (see errors.py), and those that take a request MessageError when
the request breaks the contract: then nothing is sent.
"""

import logging
from dataclasses import replace
from urllib.parse import urljoin

from . import errors, limits, operations, wire
from .calls import PAGE_SIZE, page_numbers, page_request
from .errors import ConfigurationError, ProtocolError, RefusedError, UnavailableError
from .invoice_actions import InvoiceActions
from .messages import (
    FileReceipt,
    FlowReceipt,
    FlowReport,
    InvoiceDetails,
    InvoiceHistory,
    InvoicePage,
    PdfReceipt,
    SubmissionReceipt,
    reading,
    writing,
)
from .operations import Kind, Operation
from .reference_data import ReferenceData
from .structure_queries import StructureQueries
from .transport import GATEWAY_FAILURES

_logger = logging.getLogger(__name__)

MAXIMUM = 10_000
KNOCK = Operation("knock", "", Kind.QUERY)
# How a server says, in a page of its own, that its root is nothing
NOT_AT_ROOT = (404, 405)


class ChorusProClient(InvoiceActions, StructureQueries, ReferenceData):
    """A connection to one Chorus Pro for one technical account. To be used by one thread.

    environment: Environment; auth: PisteAuth, or CertificateAuth with an environment of the older
    access; transport: an HttpTransport to use instead of one made from user_agent and the options
    (proxies, ssl_context, timeouts, on_exchange…: see HttpTransport). Is a context manager.
    """

    def authenticate(self):
        """Prove the credentials now: to PISTE, even while an earlier token is still good; where
        there are no tokens, by the smallest query that there is."""
        if self._auth.proven(self._transport, self._environment.token_url) is None:
            self.vat_rates()

    @property
    def environment(self):
        return self._environment

    @property
    def addresses(self):
        """The URLs that are called: for tokens, where there are any, and the base of the API."""
        return tuple(filter(None, (self._environment.token_url, self._environment.api_url)))

    def takes_proxy(self, url):
        """Whether calls to ``url`` go through a proxy."""
        return self._transport.takes_proxy(url)

    def knock(self, url):
        """Raise ChorusProError unless a server answers at the host of ``url``: whatever it says,
        for it is not told who calls. A client certificate is shown, as to any server that asks.

        Only the root is looked at: PISTE would count a call of an API or of the token address
        without credentials as a failed authentication.
        """
        answer = self._transport.send(KNOCK, urljoin(url, "/"), {}, b"", method="HEAD")
        facts = {"operation": KNOCK, "http_status": answer.status}
        if answer.status == 407:
            raise ConfigurationError(errors.PROXY_REFUSED, **facts)
        if answer.is_proxy_page and answer.status not in NOT_AT_ROOT:
            raise ConfigurationError(errors.PROXY_PAGE, **facts)
        if answer.status in GATEWAY_FAILURES:
            raise UnavailableError(errors.SERVER_ERROR, **facts)

    def ask_again(self, key, payload):
        """Send a query as it was sent before, such as a journal has kept it, and give its answer as
        it is (a dict). key: of an Operation. Raises ValueError unless it is a query of the API."""
        operation = next((each for each in operations.OPERATIONS if each.key == key), None)
        if operation is None or operation.kind is not Kind.QUERY:
            raise ValueError(f"{key} is no query of the API")
        return self._ask(operation, payload, lambda data: data)

    # Deposits

    def deposit_pdf(self, deposit):
        """Send the PDF of an invoice (PdfDeposit) and give its PdfReceipt. Creates no invoice."""
        return self._ask(operations.DEPOSIT_PDF, deposit.to_json(), PdfReceipt.from_json)

    def submit_invoice(self, submission):
        """Create an invoice from a deposited PDF (InvoiceSubmission); give its SubmissionReceipt.

        Raises UnknownOutcomeError when the answer is lost: the invoice may exist, look it up.
        """
        return self._ask(
            operations.SUBMIT_INVOICE, submission.to_json(), SubmissionReceipt.from_json
        )

    def add_file(self, upload):
        """Send an attachment (FileUpload) and give its FileReceipt."""
        return self._ask(operations.ADD_FILE, upload.to_json(), FileReceipt.from_json)

    def deposit_flow(self, deposit):
        """Send a file with one invoice or many (FlowDeposit); give its FlowReceipt.

        Nothing is judged yet: read_flow_report tells later. Raises UnknownOutcomeError when the
        answer is lost: the flow may exist, look its invoices up. Raises OSError, before anything is
        sent, when the file cannot be read or copied.
        """
        payload = deposit.to_json()
        with wire.spool(payload, "fichierFlux", deposit.open_content()) as body:
            return self._answer(operations.DEPOSIT_FLOW, body, FlowReceipt.from_json)

    def read_flow_report(self, flow_number):
        """What became of a flow (FlowReport).

        Raises RefusedError (flow_unknown) for a number that the platform does not know, as it may
        say just after the deposit too (observed by clients).
        """
        number = _flow_number(flow_number)
        return self._ask(
            operations.READ_FLOW_REPORT,
            {"numeroFluxDepot": number},
            lambda data: FlowReport.from_json(data, number),
        )

    def download_flow_report(self, flow_number):
        """The report of a flow as a PDF (bytes), or None when Chorus Pro gives none.

        There is none before the flow has ended, and a refusal counts as none: observed by clients
        for Factur-X. read_flow_report tells what became of the invoices in any case.
        """
        payload = {"numeroFluxDepot": _flow_number(flow_number)}
        try:
            return self._ask(
                operations.DOWNLOAD_FLOW_REPORT,
                payload,
                lambda data: reading.pdf(data, "fichierCR"),
            )
        except RefusedError as refusal:
            if refusal.return_code is None:
                raise
            return None

    # Invoices

    def search_invoices_page(self, search, *, page=1, page_size=PAGE_SIZE, maximum=MAXIMUM):
        """One InvoicePage of the supplier's invoices, sorted by number.

        search: SupplierInvoiceSearch. maximum: how many results the platform may give in all; it
        gives 200 when nothing is asked. Raises ProtocolError (page_missing) for a page that is
        empty although the answer counts rows for it.
        """
        payload = search.to_json()
        payload["rechercheFactureParFournisseur"] = {
            **page_request(page, page_size, "NumeroFacture"),
            "nbResultatsMaximum": maximum,
        }
        found = self._ask(operations.SEARCH_INVOICES, payload, InvoicePage.from_json)
        got = len(found.invoices) + len(found.left_out)
        if found.left_out:
            _logger.warning("%d invoices without a usable identifier", len(found.left_out))
        if not got and (page - 1) * (found.page_size or page_size) < found.total:
            raise ProtocolError(errors.PAGE_MISSING, operation=operations.SEARCH_INVOICES)
        if not found.counted and got >= page_size:
            raise ProtocolError(
                errors.INCOMPLETE_ANSWER, operation=operations.SEARCH_INVOICES, label="total"
            )
        return found

    def search_invoices(self, search, *, page_size=PAGE_SIZE, maximum=MAXIMUM):
        """All invoices found, as a tuple of InvoiceSummary without repetition.

        Read page after page: where rows change meanwhile use changes.read_changes.
        """
        found = {}
        for number in page_numbers(operations.SEARCH_INVOICES):
            page = self.search_invoices_page(
                search, page=number, page_size=page_size, maximum=maximum
            )
            found.update((invoice.invoice_id, invoice) for invoice in page.invoices)
            if number >= page.pages:
                break
        return tuple(found.values())

    def read_invoice(self, invoice_id):
        """One invoice of the supplier (InvoiceDetails)."""
        payload = {"identifiantFactureCPP": writing.identifier("invoice_id", invoice_id)}
        return self._ask(operations.READ_INVOICE, payload, InvoiceDetails.from_json)

    def read_history(self, invoice_id):
        """All statuses of one invoice (InvoiceHistory), oldest first."""
        payload = {"idFacture": writing.identifier("invoice_id", invoice_id)}
        events = {}
        for number in page_numbers(operations.READ_HISTORY):
            payload["paramRechercheHistoStatuts"] = {
                "pageResultatDemandeeListeHistoStatut": number,
                "nbResultatsParPageListeHistoStatut": PAGE_SIZE,
                "triSensListeHistoStatut": "Ascendant",
                "triColonneListeHistoStatut": "HistoStatutDatePassage",
            }
            history = self._ask(operations.READ_HISTORY, payload, InvoiceHistory.from_json)
            events.update(
                ((event.event_id, event.code, event.date), event) for event in history.events
            )
            if number >= history.pages:
                break
        ordered = sorted(events.values(), key=lambda event: event.rank)
        return replace(history, events=tuple(ordered), page=1, pages=1)


def _flow_number(number):
    return writing.text("flow_number", number, limits.MAX_FLOW_NUMBER)
