# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The Chorus Pro API, one method per operation; paging, token and errors are seen to inside.

Every method raises ChorusProError (see errors.py), and those that take a request MessageError when
the request breaks the contract: then nothing is sent.
"""

from dataclasses import replace

from . import errors, limits, operations, verdict, wire
from .errors import CredentialsError, Delivery, ProtocolError
from .messages import (
    BankAccount,
    FileReceipt,
    FlowReceipt,
    FlowReport,
    IdentifierType,
    InvoiceDetails,
    InvoiceHistory,
    InvoicePage,
    PdfReceipt,
    Service,
    StructureDetails,
    StructureSummary,
    SubmissionReceipt,
    VatRate,
    reading,
    writing,
)
from .transport import HttpTransport

USER_AGENT = "l10n_fr_chorus_pro"
PAGE_SIZE = 100
MAXIMUM = 10_000
MOST_PAGES = 10_000
CONTENT_TYPE = "application/json;charset=utf-8"


class ChorusProClient:
    """A connection to one Chorus Pro for one technical account. To be used by one thread.

    environment: Environment; auth: PisteAuth, or CertificateAuth with an environment of the older
    access; transport: an HttpTransport to use instead of one made from proxies, ca_bundle,
    ssl_context and user_agent (see HttpTransport). Is a context manager.
    """

    def __init__(
        self,
        environment,
        auth,
        *,
        transport=None,
        proxies=None,
        ca_bundle=None,
        ssl_context=None,
        user_agent=USER_AGENT,
    ):
        self._environment = environment
        self._auth = auth
        self._transport = transport or HttpTransport(
            user_agent, proxies=proxies, ca_bundle=ca_bundle, ssl_context=ssl_context
        )

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.close()

    def close(self):
        self._transport.close()

    def authenticate(self):
        """Prove the credentials now: to PISTE, even while an earlier token is still good; where
        there are no tokens, by the smallest query that there is."""
        if self._auth.proven(self._transport, self._environment.token_url) is None:
            self.vat_rates()

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
        number = writing.text("flow_number", flow_number, limits.MAX_FLOW_NUMBER)
        return self._ask(
            operations.READ_FLOW_REPORT,
            {"numeroFluxDepot": number},
            lambda data: FlowReport.from_json(data, number),
        )

    # Invoices

    def search_invoices_page(self, search, *, page=1, page_size=PAGE_SIZE, maximum=MAXIMUM):
        """One InvoicePage of the supplier's invoices, sorted by number.

        search: SupplierInvoiceSearch. maximum: how many results the platform may give in all; it
        gives 200 when nothing is asked. Raises ProtocolError (page_missing) for a page that is
        empty although the answer counts rows for it.
        """
        payload = search.to_json()
        payload["rechercheFactureParFournisseur"] = {
            **_page(page, page_size, "NumeroFacture"),
            "nbResultatsMaximum": maximum,
        }
        found = self._ask(operations.SEARCH_INVOICES, payload, InvoicePage.from_json)
        if not found.invoices and (page - 1) * (found.page_size or page_size) < found.total:
            raise ProtocolError(errors.PAGE_MISSING, operation=operations.SEARCH_INVOICES)
        if not found.counted and len(found.invoices) >= page_size:
            raise ProtocolError(
                errors.INCOMPLETE_ANSWER, operation=operations.SEARCH_INVOICES, label="total"
            )
        return found

    def search_invoices(self, search, *, page_size=PAGE_SIZE, maximum=MAXIMUM):
        """All invoices found, as a tuple of InvoiceSummary without repetition.

        Read page after page: where rows change meanwhile use changes.read_changes.
        """
        found = {}
        for number in _page_numbers(operations.SEARCH_INVOICES):
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
        for number in _page_numbers(operations.READ_HISTORY):
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

    # Structures

    def search_structures(self, identifier, identifier_type="SIRET"):
        """The structures with this identifier (tuple of StructureSummary), usually one or none."""
        structure = {
            "identifiantStructure": writing.text(
                "identifier", identifier, limits.MAX_STRUCTURE_CODE
            ),
            "typeIdentifiantStructure": writing.choice(
                "identifier_type", identifier_type, IdentifierType
            ),
        }
        return self._all_pages(
            operations.SEARCH_STRUCTURES,
            {"structure": structure},
            ("parametres", "IdentifiantStructure"),
            lambda data: _rows(data, "listeStructures", StructureSummary),
        )

    def read_structure(self, structure_id):
        """What a structure demands of its suppliers (StructureDetails)."""
        payload = {
            "idStructureCPP": writing.identifier("structure_id", structure_id),
            "codeLangue": "FR",
        }
        return self._ask(operations.READ_STRUCTURE, payload, StructureDetails.from_json)

    def search_services(self, structure_id):
        """All services of a structure (tuple of Service), the closed ones too."""
        return self._all_pages(
            operations.SEARCH_SERVICES,
            {"idStructure": writing.identifier("structure_id", structure_id)},
            ("parametresRechercherServicesStructure", "CodeService"),
            lambda data: _rows(data, "listeServices", Service),
        )

    # Reference data

    def bank_accounts(self, structure_id):
        """The valid bank accounts of one's own structure (tuple of BankAccount)."""
        payload = {"idStructure": writing.identifier("structure_id", structure_id)}
        return self._ask(
            operations.BANK_ACCOUNTS,
            payload,
            lambda data: _rows(data, "listeCoordonneeBancaire", BankAccount),
        )

    def vat_rates(self):
        """The codes of VAT rates (tuple of VatRate)."""
        return self._ask(
            operations.VAT_RATES,
            {"codeLangue": "FR"},
            lambda data: _rows(data, "listeTauxTva", VatRate),
        )

    # One call

    def _all_pages(self, operation, payload, paging, read):
        """The rows of all pages. paging: key of the paging object, and column to sort by."""
        key, column = paging
        found = []
        for number in _page_numbers(operation):
            payload[key] = _page(number, PAGE_SIZE, column)
            rows, pages = self._ask(operation, payload, lambda data: (read(data), _pages(data)))
            found += rows
            if not rows and number > 1 and pages is not None and number <= pages:
                raise ProtocolError(errors.PAGE_MISSING, operation=operation)
            if number >= pages if pages is not None else len(rows) < PAGE_SIZE:
                break
        return tuple(found)

    def _ask(self, operation, payload, read):
        return self._answer(operation, wire.encode(payload), read)

    def _answer(self, operation, body, read):
        """Call, and give what ``read`` makes of the answer's data."""
        answer = self._call(operation, body)
        try:
            return read(answer.data)
        except ProtocolError as error:
            raise verdict.unreadable(
                operation,
                error.code,
                answer.status,
                label=error.label,
                delivery=Delivery.YES if answer.return_code == 0 else None,
            ) from None

    def _call(self, operation, body):
        """The answer, a successful one. What is unreadable is a ProtocolError for a query only, and
        a query is asked twice."""
        for last in (False, True):
            token, answer = self._send(operation, body)
            try:
                verdict.require_success(operation, answer, self._auth.secrets(token))
                return answer
            except ProtocolError:
                if last:
                    raise

    def _send(self, operation, body):
        """The token used and the answer. A call that was not let in is sent again, once, with a new
        token: nothing of it was delivered. Without tokens there is nothing to try again with."""
        url = self._environment.address(operation)
        token_url = self._environment.token_url
        token = self._auth.token(self._transport, token_url)
        answer = self._transport.send(operation, url, self._headers(token), body)
        if verdict.is_unauthorised(answer) and token is not None:
            token = self._auth.renewed(self._transport, token_url, token)
            answer = self._transport.send(operation, url, self._headers(token), body)
        if verdict.is_unauthorised(answer):
            raise CredentialsError(
                errors.TECHNICAL_ACCOUNT,
                operation=operation,
                http_status=answer.status,
                label=verdict.reason(answer, self._auth.secrets(token)),
            )
        return token, answer

    def _headers(self, token):
        return {"Content-Type": CONTENT_TYPE, "Accept": CONTENT_TYPE, **self._auth.headers(token)}


def _page_numbers(operation):
    """1, 2, 3…: more pages than any result has are an error, not an endless loop."""
    yield from range(1, MOST_PAGES + 1)
    raise ProtocolError(errors.WINDOW_OVERFLOW, operation=operation)


def _page(number, size, column):
    return {
        "pageResultatDemandee": number,
        "nbResultatsParPage": size,
        "triSens": "Ascendant",
        "triColonne": column,
    }


def _pages(data):
    return reading.number(reading.part(data, "parametresRetour"), "pages")


def _rows(data, key, message):
    return tuple(message.from_json(row) for row in reading.rows(data, key))
