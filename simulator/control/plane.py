# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The control plane as Python methods: what tests and demos order and look at.

The same verbs are served over HTTP at ``/_sim`` (see routes). Dates are shown dates,
ISO 8601 in Paris time. Wrong orders raise `ControlError` with a sentence.
"""

import base64
from datetime import timedelta

from ..api.operations import API_PATH, TOKEN_PATH
from ..world.directory_data import CLIENT_ID, CLIENT_SECRET
from ..world.invoices import Invoice
from ..world.recipients import LIVES, STANDARD, VALIDATED, walked
from .serialise import show_flow, show_invoice, show_recipient, show_supplier

MAX_SEED = 100_000


class ControlError(ValueError):
    """`status`: the HTTP status that says the same."""

    def __init__(self, sentence, status=400):
        self.status = status
        super().__init__(sentence)


def _whole(name, value, least, most):
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ControlError(f"{name} must be a whole number from {least} to {most}")


def _framework(validator):
    if not validator:
        return {"codeCadreFacturation": "A1_FACTURE_FOURNISSEUR"}
    return {
        "codeCadreFacturation": "A9_FACTURE_SOUSTRAITANT",
        "codeStructureValideur": validator,
    }


class Control:
    """`base_url`: where the platform is served, for the credentials; no slash at its end.

    `certificate`: what clients need for the older access, where it is served, else None; `edi`: the
    same for the EDI mode.
    """

    def __init__(self, platform, base_url="", certificate=None, edi=None):
        self._platform = platform
        self.base_url = base_url
        self._certificate = certificate
        self._edi = edi

    # Orders

    def reset(self):
        """Forgets what happened; credentials and the data set stay."""
        self._platform.reset()

    def advance(self, seconds):
        """Makes the world `seconds` older (0 or more), then does what is due by now."""
        if not isinstance(seconds, (int, float)) or isinstance(seconds, bool):
            raise ControlError("advance_s must be a number of seconds")
        with self._platform.lock:
            try:
                self._platform.clock.advance(seconds)
            except (ValueError, OverflowError) as error:
                raise ControlError(str(error)) from None
            self._platform.catch_up()

    def set_status(self, number, code, comment=None, supplier=None):
        """Sets the status of an invoice, dated now; `supplier` (SIRET) when two share a number."""
        with self._platform.lock:
            self._platform.catch_up()
            invoice = self._named(number, supplier)
            try:
                self._platform.life.order(invoice, code, comment)
            except ValueError as error:
                raise ControlError(str(error), 409) from None

    def set_works(self, number, **facts):
        """Makes an invoice a document of a works contract, as if it were deposited on the portal:
        `framework`, numbers of the `preceding` and `following` pieces, names of the `supervisor`
        and of the `owner`."""
        unknown = facts.keys() - {"framework", "preceding", "following", "supervisor", "owner"}
        if unknown:
            raise ControlError(f"unknown fact of a works contract: {', '.join(sorted(unknown))}")
        with self._platform.lock:
            self._named(number, None).works = facts

    def set_service(self, recipient, code, active):
        """Opens or closes a service of a recipient (SIRET)."""
        if not isinstance(active, bool):
            raise ControlError("active must be true or false")
        with self._platform.lock:
            # What was due before is judged by the directory of before
            self._platform.catch_up()
            try:
                self._platform.directory.set_service(recipient, code, active)
            except LookupError as error:
                raise ControlError(error.args[0], 404) from None

    def set_life(self, recipient, life):
        """Has a recipient (SIRET) treat the invoices that it gets from now on as this life says."""
        if life not in LIVES:
            raise ControlError(f"unknown life {life}; known: {', '.join(LIVES)}")
        with self._platform.lock:
            if self._platform.directory.recipient(recipient) is None:
                raise ControlError(f"no recipient {recipient}", 404)
            self._platform.lives[recipient] = life

    def _named(self, number, supplier):
        found = [
            invoice
            for invoice in self._platform.invoices.named(number)
            if supplier in (None, invoice.supplier.structure.siret)
        ]
        if not found:
            raise ControlError(f"no invoice {number}", 404)
        if len(found) > 1:
            raise ControlError(f"several suppliers have {number}: give supplier (a SIRET)", 409)
        return found[0]

    def fault(self, name, operation=None, times=1, **options):
        """Arms a fault for the next `times` answers of an operation, of any when None."""
        with self._platform.lock:
            try:
                self._platform.faults.arm(name, operation, times, **options)
            except ValueError as error:
                raise ControlError(str(error)) from None

    def clear_faults(self):
        """What is armed does not happen."""
        with self._platform.lock:
            self._platform.faults.clear()

    def switch(self, **values):
        """Chooses sides: ``switch(refusal_status=400)``."""
        with self._platform.lock:
            try:
                self._platform.switches.set(**values)
            except ValueError as error:
                raise ControlError(str(error)) from None

    def lack(self, **lacking):
        """Takes away and gives back: ``lack(bank_accounts=True)``."""
        with self._platform.lock:
            try:
                self._platform.missing_rights.set(**lacking)
            except ValueError as error:
                raise ControlError(str(error)) from None

    def seed(
        self,
        count=1,
        prefix="SIM",
        status="MISE_A_DISPOSITION",
        age_s=7200,
        supplier=None,
        recipient=None,
        total=120,
        flow_number=None,
        life=STANDARD,
        validator=None,
        number=None,
        invoice_date=None,
    ):
        """Adds invoices that were deposited earlier, numbered prefix + 5 digits; or one with this
        `number`. Their `invoice_date` is the day of their deposit unless given.

        Their current status (one of their life by time) dates from `age_s` seconds ago. They have
        no PDF. With a `validator` (SIRET) they are a subcontractor's, and their life begins as
        theirs do. Returns their numbers.
        """
        if validator:
            life = VALIDATED if life == STANDARD else life
        _whole("count", count, 1, MAX_SEED)
        _whole("age_s", age_s, 0, 10**9)
        _whole("total", total, 0, 10**9)
        try:
            age_s += walked(life, status, self._platform.pace)
        except ValueError as error:
            raise ControlError(str(error)) from None
        with self._platform.lock:
            directory = self._platform.directory
            seller = directory.supplier_by_siret(supplier or directory.suppliers[0].structure.siret)
            buyer = directory.recipient(recipient or directory.recipients[0].siret)
            if seller is None or buyer is None:
                raise ControlError("supplier and recipient must be SIRETs of the data set")
            if validator and directory.by_siret(validator) is None:
                raise ControlError("validator must be a SIRET of the data set")
            if flow_number is not None and self._platform.flows.get(flow_number) is None:
                raise ControlError(f"no flow {flow_number}", 404)
            first = len(self._platform.invoices) + 1
            numbers = [number] if number else [
                f"{prefix}{rank:05}" for rank in range(first, first + count)]
            for each in numbers:
                invoice = self._seed_one(
                    each, seller, buyer, status, age_s, total, flow_number, life, validator
                )
                if invoice_date:
                    invoice.body["dateFacture"] = invoice_date
            return numbers

    def _seed_one(
        self, number, seller, buyer, status, age_s, total, flow_number, life, validator
    ):
        platform = self._platform
        deposited = platform.clock.now() - timedelta(seconds=age_s)
        if platform.invoices.by_number(seller, number):
            raise ControlError(f"the number {number} exists already: choose another prefix", 409)
        service = next((item.code for item in buyer.services if item.active), None)
        body = {
            "modeDepot": "DEPOT_PDF_API",
            "dateFacture": platform.clock.day(deposited),
            "destinataire": {"codeDestinataire": buyer.siret, "codeServiceExecutant": service},
            "fournisseur": {"idFournisseur": seller.structure.structure_id},
            "cadreDeFacturation": _framework(validator),
            "references": {
                "deviseFacture": "EUR",
                "typeFacture": "FACTURE",
                "typeTva": "SANS_TVA",
                "modePaiement": "VIREMENT",
            },
            "montantTotal": {
                "montantHtTotal": total,
                "montantTVA": 0,
                "montantTtcTotal": total,
                "montantAPayer": total,
            },
        }
        invoice = Invoice(
            invoice_id=platform.invoices.next_id(),
            number=number,
            supplier=seller,
            recipient=buyer,
            body=body,
            deposited=deposited,
            flow_number=flow_number,
            deposit_mode=platform.switches.flow_mode if flow_number else "DEPOT_PDF_API",
            life=life,
        )
        platform.invoices.add(invoice)
        platform.life.start(invoice, until=status)
        return invoice

    # Looks

    def credentials(self):
        """Everything a client needs to connect, and whom it may invoice."""
        suppliers = [show_supplier(item) for item in self._platform.directory.suppliers]
        older = {"certificate": self._certificate} if self._certificate else {}
        edi = {"edi": self._edi} if self._edi else {}
        return {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "login": suppliers[0]["login"],
            "password": suppliers[0]["password"],
            "token_url": self.base_url + TOKEN_PATH,
            "api_url": self.base_url + API_PATH,
            "supplier": suppliers[0],
            "suppliers": suppliers,
            "recipients": [show_recipient(item) for item in self._platform.directory.recipients],
            **older,
            **edi,
        }

    def invoices(self, prefix=""):
        """Those whose numbers begin so."""
        with self._platform.lock:
            self._platform.catch_up()
            clock, found = self._platform.clock, self._platform.invoices
            return [show_invoice(clock, item) for item in found if item.number.startswith(prefix)]

    def flows(self):
        with self._platform.lock:
            self._platform.catch_up()
            clock = self._platform.clock
            return [show_flow(clock, item, self._platform.pace) for item in self._platform.flows]

    def edi(self):
        """The folders of each partner of the EDI mode, and what was received and fetched."""
        with self._platform.lock:
            self._platform.edi.catch_up()
            return self._platform.edi.to_json()

    def edi_ready(self, application, name, content):
        """Lays any file ready for a partner; `content`: its bytes in base64."""
        with self._platform.lock:
            partner = self._platform.edi.partners.get(application)
            if partner is None:
                raise ControlError(f"no partner {application}", 404)
            try:
                whole = base64.b64decode(content, validate=True)
            except (ValueError, TypeError):
                raise ControlError("content is not base64") from None
            self._platform.edi.put_ready(partner, name, whole)

    def requests(self, operation=None):
        """What was received, newest last, without secrets and without the bytes of files."""
        with self._platform.lock:
            return [dict(entry) for entry in self._platform.request_log.to_json(operation)]

    def request_counts(self):
        """How many requests each operation has received; "" for what is no operation."""
        with self._platform.lock:
            return self._platform.request_log.counts()

    def clear_requests(self):
        with self._platform.lock:
            self._platform.request_log.clear()

    def file(self, attachment_id):
        """The exact bytes that were deposited."""
        with self._platform.lock:
            found = self._platform.files.get(attachment_id)
        if found is None:
            raise ControlError(f"no file {attachment_id}", 404)
        return found.content

    def faults(self):
        with self._platform.lock:
            return self._platform.faults.to_json()

    def missing_rights(self):
        with self._platform.lock:
            return self._platform.missing_rights.to_json()

    def switches(self):
        with self._platform.lock:
            return self._platform.switches.to_json()
