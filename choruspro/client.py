# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The Chorus Pro API, one method per operation; paging, token and errors are handled inside.

Every method raises ChorusProError (see errors.py), and those that take a request MessageError when
the request breaks the contract: then nothing is sent.
"""

import logging
from dataclasses import replace
from urllib.parse import urljoin

from . import errors, limits, messages, operations, wire
from .calls import PAGE_SIZE, Calls, page_numbers, page_request
from .errors import ConfigurationError, ProtocolError, RefusedError, UnavailableError
from .messages import read_success, reading, rejections_to_json, writing
from .operations import Kind, Operation
from .transport import GATEWAY_FAILURES

_logger = logging.getLogger(__name__)

MAXIMUM = 10_000
PROBE = Operation("knock", "", Kind.QUERY)
# What a server may answer, with a page, when there is nothing at its root
NOT_AT_ROOT = (404, 405)
# The state of an order that can be invoiced (observed by clients)
_ORDERED = "COMMANDE"
_FRENCH = {"codeLangue": "FR"}


class ChorusProClient(Calls):
    """A connection to one Chorus Pro for one technical account; a context manager, for one thread.

    :param environment: Environment
    :param auth: PisteAuth, or CertificateAuth with an environment of the older access
    :param transport: an HttpTransport to use instead of one made from the user agent and the
        options (proxies, ssl_context, timeouts, on_exchange…: see HttpTransport)
    """

    def authenticate(self):
        """Prove the credentials now: to PISTE, even while an earlier token is valid; where there
        are no tokens, by the smallest query."""
        if self._auth.proven(self._transport, self._environment.token_url) is None:
            self.vat_rates()

    @property
    def environment(self):
        return self._environment

    @property
    def addresses(self):
        """The URLs that are called: that of tokens, if there are any, and the base of the API."""
        return tuple(filter(None, (self._environment.token_url, self._environment.api_url)))

    def takes_proxy(self, url):
        """Whether calls to ``url`` go through a proxy."""
        return self._transport.takes_proxy(url)

    def probe(self, url):
        """Check that a server answers at the host of ``url``, with any answer: no credentials are
        sent, but a client certificate is shown to a server that requests one.

        Only the root is called: PISTE would count a call of an API or of the token address without
        credentials as a failed authentication.

        :raises ChorusProError: no server answers
        """
        answer = self._transport.send(PROBE, urljoin(url, "/"), {}, b"", method="HEAD")
        facts = {"operation": PROBE, "http_status": answer.status}
        if answer.status == 407:
            raise ConfigurationError(errors.PROXY_REFUSED, **facts)
        if answer.is_proxy_page and answer.status not in NOT_AT_ROOT:
            raise ConfigurationError(errors.PROXY_PAGE, **facts)
        if answer.status in GATEWAY_FAILURES:
            raise UnavailableError(errors.SERVER_ERROR, **facts)

    def ask_again(self, key, payload):
        """Send a query again as the log of exchanges has kept it.

        :param key: that of its Operation
        :return: the JSON object of the answer
        :raises ValueError: this is no query of the API
        """
        operation = next((each for each in operations.OPERATIONS if each.key == key), None)
        if operation is None or operation.kind is not Kind.QUERY:
            raise ValueError(f"{key} is no query of the API")
        return self._ask(operation, payload, lambda data: data)

    # Deposits

    def deposit_pdf(self, deposit):
        """Send the PDF of an invoice (PdfDeposit) and give its PdfReceipt. Creates no invoice."""
        return self._ask(operations.DEPOSIT_PDF, deposit.to_json(), messages.PdfReceipt.from_json)

    def submit_invoice(self, submission):
        """Create an invoice from a deposited PDF (InvoiceSubmission); give its SubmissionReceipt.

        :raises UnknownOutcomeError: the answer is lost; the invoice may exist, look it up
        """
        return self._ask(
            operations.SUBMIT_INVOICE, submission.to_json(), messages.SubmissionReceipt.from_json
        )

    def add_file(self, upload):
        """Send an attachment (FileUpload) and give its FileReceipt."""
        return self._ask(operations.ADD_FILE, upload.to_json(), messages.FileReceipt.from_json)

    def deposit_flow(self, deposit):
        """Send a file with one invoice or many (FlowDeposit); give its FlowReceipt.

        The file is only received: see read_flow_report for what becomes of it.

        :raises UnknownOutcomeError: the answer is lost; the flow may exist, look its invoices up
        :raises OSError: the file cannot be read or copied; nothing was sent
        """
        payload = deposit.to_json()
        with wire.spool(payload, "fichierFlux", deposit.open_content()) as body:
            return self._answer(operations.DEPOSIT_FLOW, body, messages.FlowReceipt.from_json)

    def read_flow_report(self, flow_number):
        """What became of a flow (FlowReport).

        :raises RefusedError: `flow_unknown`, the platform does not know this number, or not yet,
            just after the deposit (observed by clients)
        """
        number = _flow_number(flow_number)
        return self._ask(
            operations.READ_FLOW_REPORT, {"numeroFluxDepot": number},
            lambda data: messages.FlowReport.from_json(data, number),
        )

    def download_flow_report(self, flow_number):
        """The report of a flow as a PDF (bytes), or None when Chorus Pro gives none.

        There is none before the flow has ended, and a refusal counts as none: observed by clients
        for Factur-X. read_flow_report is reliable in any case.
        """
        payload = {"numeroFluxDepot": _flow_number(flow_number)}
        operation = operations.DOWNLOAD_FLOW_REPORT
        try:
            return self._ask(operation, payload, lambda data: reading.pdf(data, "fichierCR"))
        except RefusedError as refusal:
            if refusal.return_code is None:
                raise
            return None

    # Invoices

    def search_invoices_page(self, search, *, page=1, page_size=PAGE_SIZE, maximum=MAXIMUM):
        """One InvoicePage of the supplier's invoices, sorted by number.

        :param search: SupplierInvoiceSearch
        :param maximum: how many results the platform may give in all; its own default is 200
        :raises ProtocolError: `page_missing`, the page is empty although the answer counts rows
            for it
        """
        payload = search.to_json()
        payload["rechercheFactureParFournisseur"] = {
            **page_request(page, page_size, "NumeroFacture"),
            "nbResultatsMaximum": maximum,
        }
        found = self._ask(operations.SEARCH_INVOICES, payload, messages.InvoicePage.from_json)
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

        Pages are read one after the other: use changes.read_changes where rows change meanwhile.
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

    def search_to_handle(self, supplier_id, *, page=1, page_size=PAGE_SIZE):
        """One InvoicePage of what the supplier can still act on, wherever it was deposited, the
        last deposited first: to complete, to recycle, to finish, to send to another validator, and
        what is only on its way.

        Rejections are left out: nothing can be done about them at Chorus Pro.
        """
        paging = page_request(page, page_size, "DateDepot")
        payload = {
            "idStructure": _structure(supplier_id),
            "masquerRejetee": True,
            "rechercheFactureATraiterParFournisseur": {**paging, "triSens": "Descendant"},
        }
        found = self._ask(operations.SEARCH_TO_HANDLE, payload, messages.InvoicePage.from_json)
        if found.left_out:
            _logger.warning("%d invoices without a usable identifier", len(found.left_out))
        return found

    def read_invoice(self, invoice_id):
        """One invoice of the supplier (InvoiceDetails)."""
        payload = {"identifiantFactureCPP": writing.identifier("invoice_id", invoice_id)}
        return self._ask(operations.READ_INVOICE, payload, messages.InvoiceDetails.from_json)

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
            history = self._ask(operations.READ_HISTORY, payload, messages.InvoiceHistory.from_json)
            events.update(
                ((event.event_id, event.code, event.date), event) for event in history.events
            )
            if number >= history.pages:
                break
        ordered = sorted(events.values(), key=lambda event: event.rank)
        return replace(history, events=tuple(ordered), page=1, pages=1)

    # Changes of invoices that exist. Each raises UnknownOutcomeError when the answer is lost, then
    # read_invoice shows what became of the invoice; and RefusedError when the invoice is not, or no
    # longer, in the status that the change requires.

    def complete_invoice(self, completion):
        """Complete a suspended invoice (InvoiceCompletion); give its CompletionReceipt.

        The invoice goes back to its recipient. The refusal of one that is not suspended has the
        return_code 20002 (observed by clients).
        """
        return self._ask(
            operations.COMPLETE_INVOICE, completion.to_json(), messages.CompletionReceipt.from_json
        )

    def recycle_invoice(self, recycling):
        """Send an invoice to the right place (InvoiceRecycling); give its RecyclingReceipt."""
        return self._ask(
            operations.RECYCLE_INVOICE, recycling.to_json(), messages.RecyclingReceipt.from_json
        )

    def acknowledge_rejection(self, *invoice_ids):
        """Acknowledge the rejection of these invoices, all together.

        See InvoiceDetails.rejection_acknowledged afterwards. The AIFE Swagger describes this
        operation with the words of another one: to confirm in qualification.
        """
        self._ask(operations.ACKNOWLEDGE_REJECTION, rejections_to_json(invoice_ids), read_success)

    def correct_validator(self, correction):
        """Name another validator (ValidatorCorrection) of an invoice that the first one returned.

        See InvoiceDetails.validator_identifier afterwards.
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

    # As a main contractor, who validates what subcontractors and co-contractors deposit

    def search_to_validate(self, structure_id):
        """The invoices that wait for the decision of our own structure (tuple of
        InvoiceToValidate)."""
        payload = {"idStructure": _structure(structure_id)}
        return self._to_validate(operations.SEARCH_TO_VALIDATE, payload)

    def search_as_validator(self, search):
        """The invoices that our own structure validates or has validated (tuple of
        InvoiceToValidate).

        :param search: ValidatorInvoiceSearch
        """
        return self._to_validate(operations.SEARCH_AS_VALIDATOR, search.to_json())

    def read_as_validator(self, invoice_id):
        """One invoice that our own structure validates (InvoiceDetails)."""
        payload = {"identifiantFactureCPP": writing.identifier("invoice_id", invoice_id)}
        return self._ask(operations.READ_AS_VALIDATOR, payload, messages.InvoiceDetails.from_json)

    def validate_invoice(self, validation):
        """Accept or refuse an invoice (InvoiceValidation); give its ValidationReceipt.

        :raises UnknownOutcomeError: the answer is lost: read_as_validator shows what became of it
        :raises RefusedError: it does not wait for this decision, or not any more
        """
        return self._ask(
            operations.VALIDATE_INVOICE, validation.to_json(), messages.ValidationReceipt.from_json
        )

    def validator_statuses(self):
        """The statuses (tuple of raw codes) of the invoices that a validator may search."""
        return self._ask(operations.VALIDATOR_STATUSES, {}, messages.validator_statuses)

    def _to_validate(self, operation, payload):
        found = self._all_pages(
            operation, payload, "listeFactures", messages.InvoiceToValidate,
            paging="pagination", column="IdFacture",
        )
        usable = tuple(row for row in found if row.invoice_id)
        if len(usable) < len(found):
            _logger.warning("%d invoices without an identifier", len(found) - len(usable))
        return usable

    # Structures, their services and their orders

    def search_structures(self, siret):
        """The structures with this SIRET (tuple of StructureSummary), usually one or none."""
        limit = limits.LIMITS["identifiantStructure"]
        structure = {
            "identifiantStructure": writing.kept("siret", siret, limit),
            "typeIdentifiantStructure": messages.IdentifierType.SIRET.value,
        }
        return self._all_pages(
            operations.SEARCH_STRUCTURES, {"structure": structure},
            "listeStructures", messages.StructureSummary,
            paging="parametres", column="IdentifiantStructure",
        )

    def find_structures(self, name):
        """(tuple of StructureSummary, whether there are more): the first of the open public
        structures whose names contain this text."""
        limit = limits.LIMITS["raisonSocialeStructure"]
        payload = {
            "structure": {
                "raisonSocialeStructure": writing.kept("name", name, limit),
                "statutStructure": "ACTIF",
                "typeStructure": "PUBLIQUE",
            },
            "parametres": page_request(1, PAGE_SIZE, "DesignationStructure"),
        }
        return self._ask(operations.SEARCH_STRUCTURES, payload, _first_structures)

    def read_structure(self, structure_id):
        """What a structure requires from its suppliers (StructureDetails)."""
        payload = {"idStructureCPP": _structure(structure_id), **_FRENCH}
        return self._ask(operations.READ_STRUCTURE, payload, messages.StructureDetails.from_json)

    def search_services(self, structure_id):
        """All services of a structure (tuple of Service), the closed ones too."""
        return self._all_pages(
            operations.SEARCH_SERVICES, {"idStructure": _structure(structure_id)},
            "listeServices", messages.Service,
            paging="parametresRechercherServicesStructure", column="CodeService",
        )

    def read_service(self, structure_id, service_id):
        """What a service requires, beyond its structure (ServiceDetails)."""
        service = writing.identifier("service_id", service_id)
        payload = {"idStructure": _structure(structure_id), "idService": service, **_FRENCH}
        return self._ask(operations.READ_SERVICE, payload, messages.ServiceDetails.from_json)

    def search_spaces(self, structure_id):
        """The spaces of our own structure (tuple of Space), the closed ones too.

        The AIFE Swagger marks the operation as deprecated: be ready for a refusal.
        """
        return self._all_pages(
            operations.SEARCH_SPACES, {"structure": {"idStructure": _structure(structure_id)}},
            "listeEspace", messages.Space,
            paging="parametresRechercherEspaces", column="CodeEspace",
        )

    def search_commitments(self, structure_id, number):
        """The orders with this engagement number that can be invoiced (tuple of Commitment).

        None found means that Chorus Pro does not know the number: not every public body registers
        its orders there.

        :param structure_id: that of our own structure, to which the order was sent
        """
        payload = {
            # A text, unlike elsewhere (observed by clients)
            "structureReceptriceEngagementJuridique": str(_structure(structure_id)),
            "numeroEngagementJuridique": writing.kept(
                "number", number, limits.LIMITS["numeroEngagementJuridique"]
            ),
            "etatCourantEngagementJuridique": _ORDERED,
        }
        return self._rows(
            operations.SEARCH_COMMITMENTS, payload, "listeEngagementJuridique", messages.Commitment
        )

    def bank_accounts(self, structure_id):
        """The valid bank accounts of our own structure (tuple of BankAccount)."""
        payload = {"idStructure": _structure(structure_id)}
        return self._rows(
            operations.BANK_ACCOUNTS, payload, "listeCoordonneeBancaire", messages.BankAccount
        )

    # Codes of the platform, which rarely change

    def vat_rates(self):
        """The codes of VAT rates (tuple of VatRate)."""
        return self._rows(operations.VAT_RATES, _FRENCH, "listeTauxTva", messages.VatRate)

    def currencies(self):
        """The currencies in which Chorus Pro takes invoices (tuple of Currency)."""
        return self._rows(operations.CURRENCIES, _FRENCH, "listeDevises", messages.Currency)

    def attachment_types(self):
        """What attachments may be, of invoices and of other things (tuple of AttachmentType)."""
        return self._rows(
            operations.ATTACHMENT_TYPES, _FRENCH, "listeTypePieceJointe", messages.AttachmentType
        )


def _first_structures(data):
    found = reading.all_of(messages.StructureSummary)(data, "listeStructures")
    pages = reading.number(reading.part(data, "parametresRetour"), "pages")
    sirets = messages.IdentifierType.SIRET.value
    return tuple(one for one in found if one.identifier_type == sirets), (pages or 1) > 1


def _structure(structure_id):
    return writing.identifier("structure_id", structure_id)


def _invoice_file(data):
    content = reading.pdf(data, "fichierResultat")
    if content is None:
        raise ProtocolError(errors.INCOMPLETE_ANSWER, label="fichierResultat")
    return content


def _flow_number(number):
    return writing.kept("flow_number", number, limits.LIMITS["numeroFluxDepot"])
