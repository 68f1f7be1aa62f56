# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A sender that deposits, looks up and reads news while anything goes wrong, and its model.

It knows of each invoice whether Chorus Pro has it: yes, no, or unknown. It deposits only what is
not there, looks up what is unknown, and takes "not found" for a no only after PATIENCE. The
simulator accepts a number again, so a second deposit shows.
"""

from collections import Counter
from datetime import date
from decimal import Decimal

from clients import Waiting, connected
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from invoice_files import cii, ubl

from choruspro import errors
from choruspro.errors import ChorusProError, Delivery
from choruspro.lifecycle import flow_state, invoice_status
from choruspro.messages import (
    BillingFramework,
    FlowDeposit,
    FlowSyntax,
    InvoiceSubmission,
    InvoiceTotals,
    InvoiceType,
    PaymentMeans,
    PdfDeposit,
    SupplierInvoiceSearch,
    VatLine,
    VatRegime,
)
from simulator.control.plane import ControlError
from simulator.world.code_lists import INVOICE_STATUSES
from simulator.world.faults import FAULTS

NUMBERS = ("F1", "F2", "F3", "F4", "F5")
YES, NO, UNKNOWN = "yes", "no", "unknown"
PATIENCE = 300  # seconds: by then a flow has ended
# What a failed deposit may have made
MADE = {Delivery.NO: (0,), Delivery.UNKNOWN: (0, 1), Delivery.YES: (1,)}
# How many invoices Chorus Pro may have of a number
HELD = {YES: (1,), NO: (0,), UNKNOWN: (0, 1)}
CALLED = (
    "deposer_pdf",
    "soumettre",
    "deposer_flux",
    "rechercher_fournisseur",
    "consulter_cr_detaille",
    "consulter_historique",
    "consulter_fournisseur",
)
# More uses of faults than a run can arm
MOST_TRIES = 200
SYNTAXES = {FlowSyntax.CII: cii, FlowSyntax.UBL: ubl}
WRONG_SERVICE = ("SERVICE_DEST_TOUT_OBL", "AILLEURS")
# A status that no list has: see the fault unknown_status
INVENTED = "NOUVEAU_STATUT_2027"
ranks = st.integers(0, len(NUMBERS) - 1)


def trouble(*operations):
    """Nothing, or a fault of one of these operations or of the token: (name, operation, times)."""

    def of(operation):
        names = [n for n, fault in FAULTS.items() if operation in (fault.operations or operations)]
        return st.tuples(st.sampled_from(names), st.just(operation), st.integers(1, 2))

    return st.one_of(st.none(), *map(of, operations), of("token"))


class CarefulSender(RuleBasedStateMachine):
    patience = PATIENCE
    # What the runs have met: outcomes of deposits, faults
    met = Counter()

    def __init__(self):
        super().__init__()
        self.control.reset()
        self.control.switch(duplicates="accepted")
        self.credentials = self.control.credentials()
        self.client = connected(self.credentials, Waiting(self.control))
        self.now = 0
        # The model: what is known of each invoice, when it was sent, and in which flow
        self.known = dict.fromkeys(NUMBERS, NO)
        self.sent_at, self.flow = {}, {}
        self.armed = Counter()

    def _some(self, knowledge, rank):
        """One of the invoices of which this is known, or None."""
        numbers = [number for number in NUMBERS if self.known[number] == knowledge]
        return numbers[rank % len(numbers)] if numbers else None

    def _held(self, number):
        return sum(row["number"] == number for row in self.control.invoices())

    # What happens at Chorus Pro

    def go_wrong(self, wrong):
        """Before a call of the sender: see trouble. What is not met waits for the next call."""
        if wrong:
            name, operation, times = wrong
            options = {"seconds": 30} if name == "slow" else {}
            self.control.fault(name, operation, times, **options)
            self.armed[name] += times

    @rule(seconds=st.sampled_from((30, 100, 200, 4000, 86400)))
    def wait(self, seconds):
        self.control.advance(seconds)
        self.now += seconds

    @rule(rank=ranks, code=st.sampled_from(INVOICE_STATUSES))
    def be_treated(self, rank, code):
        try:
            self.control.set_status(NUMBERS[rank], code, "motif")
        except ControlError as refusal:
            assert refusal.status in (404, 409)  # not there, or at the end of its life

    # What the sender does

    @rule(rank=ranks, wrong=trouble("deposer_pdf", "soumettre"))
    def deposit_pdf(self, rank, wrong):
        number = self._some(NO, rank)
        if not number:
            return
        self.go_wrong(wrong)
        try:
            upload = PdfDeposit(content=b"%PDF-1.7", file_name="F.pdf")
            attachment_id = self.client.deposit_pdf(upload).attachment_id
        except ChorusProError as error:
            assert error.delivery is Delivery.NO
            return
        sent = self._submission(number, attachment_id)
        receipt = self._send(
            number, lambda: self.client.submit_invoice(sent), lambda: self._held(number)
        )
        if receipt:
            self.known[number] = YES
            (row,) = [row for row in self.control.invoices() if row["number"] == number]
            assert (receipt.number, receipt.invoice_id) == (number, str(row["invoice_id"]))

    @rule(
        rank=ranks,
        syntax=st.sampled_from(list(SYNTAXES)),
        sound=st.booleans(),
        wrong=trouble("deposer_flux"),
    )
    def deposit_flow(self, rank, syntax, sound, wrong):
        number = self._some(NO, rank)
        if not number:
            return
        self.go_wrong(wrong)
        content = SYNTAXES[syntax](number, *([] if sound else [WRONG_SERVICE]))
        flow = FlowDeposit(content=content, file_name=f"{number}.xml", syntax=syntax)
        receipt = self._send(
            number, lambda: self.client.deposit_flow(flow), lambda: len(self.control.flows())
        )
        if receipt:
            self.known[number] = UNKNOWN  # its report will tell
            self.flow[number] = receipt.flow_number

    def _send(self, number, call, count):
        """What the call gives; when it fails, what is known then. It agrees with Chorus Pro."""
        self.sent_at[number], before = self.now, count()
        self.flow.pop(number, None)
        try:
            receipt = call()
        except ChorusProError as error:
            self.met[error.delivery] += 1
            made = count() - before
            assert made in MADE[error.delivery]
            doubtful = error.delivery is not Delivery.NO
            assert isinstance(error, errors.UnknownOutcomeError) == doubtful
            # A number that is there already: perhaps an earlier deposit of ours
            duplicate = error.code == errors.DUPLICATE
            self.known[number] = self._after_failure(doubtful or duplicate)
            return None
        assert count() == before + 1
        self.met["accepted"] += 1
        return receipt

    def _after_failure(self, doubtful):
        return UNKNOWN if doubtful else NO

    @rule(rank=ranks, wrong=trouble("rechercher_fournisseur"))
    def look_up(self, rank, wrong):
        number = self._some(UNKNOWN, rank)
        if not number:
            return
        self.go_wrong(wrong)
        try:
            found = self.client.search_invoices(SupplierInvoiceSearch(number=number))
        except ChorusProError as error:
            assert error.delivery is Delivery.NO
            return
        assert len(found) == self._held(number)
        if found:
            self.known[number] = YES
        elif self.now - self.sent_at[number] >= self.patience:
            self.met["not found"] += 1
            self.known[number] = NO

    @rule(rank=ranks, wrong=trouble("consulter_cr_detaille"))
    def ask_for_report(self, rank, wrong):
        number = self._some(UNKNOWN, rank)
        if number not in self.flow:
            return
        self.go_wrong(wrong)
        try:
            report = self.client.read_flow_report(self.flow[number])
        except ChorusProError as error:
            assert error.delivery is Delivery.NO
            return
        state = flow_state(report.state)
        assert state.name != "unknown", report.state
        if state.terminal:
            refused = number in {error.number for error in report.invoice_errors}
            self.known[number] = YES if state.integrated and not refused else NO

    @rule(rank=ranks, wrong=trouble("consulter_fournisseur", "consulter_historique"))
    def read_news(self, rank, wrong):
        number = self._some(YES, rank)
        if not number:
            return
        self.go_wrong(wrong)
        (row,) = [row for row in self.control.invoices() if row["number"] == number]
        try:
            status = self.client.read_invoice(row["invoice_id"]).status
            history = self.client.read_history(row["invoice_id"])
        except ChorusProError as error:
            assert error.delivery is Delivery.NO
            return
        for code in (status, history.current_status, *(event.code for event in history.events)):
            assert (invoice_status(code).name == "unknown") == (code == INVENTED), code
        assert history.events[0].code == "DEPOSEE"

    @rule(wrong=trouble("rechercher_fournisseur"))
    def read_everything(self, wrong):
        """In pages of one, as many as the answers announce: all invoices, or an error."""
        self.go_wrong(wrong)
        try:
            found = self.client.search_invoices(SupplierInvoiceSearch(), page_size=1)
        except ChorusProError as error:
            assert error.delivery is Delivery.NO
            return
        assert sorted(row.number for row in found) == sorted(
            row["number"] for row in self.control.invoices()
        )

    def _submission(self, number, attachment_id):
        supplier = self.credentials["supplier"]
        return InvoiceSubmission(
            number=number,
            invoice_date=date(2026, 11, 20),
            invoice_type=InvoiceType.INVOICE,
            recipient_siret="12345678200051",
            supplier_id=str(supplier["structure_id"]),
            billing_framework=BillingFramework.A1,
            vat_regime=VatRegime.ON_DEBITS,
            payment_means=PaymentMeans.TRANSFER,
            vat_lines=(VatLine(base=Decimal(100), amount=Decimal(20), rate_code="TVA4"),),
            totals=InvoiceTotals(
                untaxed=Decimal(100), tax=Decimal(20), total=Decimal(120), payable=Decimal(120)
            ),
            main_attachment_id=attachment_id,
            main_attachment_label="Facture",
        )

    # What is always so

    @invariant()
    def what_is_known_agrees_with_chorus_pro(self):
        for number, knowledge in self.known.items():
            held = self._held(number)
            assert held in HELD[knowledge], f"{number}: {knowledge}, Chorus Pro has {held}"

    def teardown(self):
        """In the end everything is known, and every invoice can be paid."""
        try:
            self.wait(PATIENCE)
            for _try in range(MOST_TRIES):
                if UNKNOWN in self.known.values():
                    self.look_up(0, None)
            assert UNKNOWN not in self.known.values()
            self.what_is_known_agrees_with_chorus_pro()
            for row in self.control.invoices():
                self._is_paid(row)
            for fault in self.control.faults():
                left = sum(use["times"] for use in fault["armed"])
                self.met[fault["name"]] += self.armed[fault["name"]] - left
        finally:
            self.client.close()

    def _is_paid(self, row):
        """Unless its life has ended otherwise; an invented status is no end."""
        ended = invoice_status(row["status"]).terminal
        if not ended:
            self.control.set_status(row["number"], "MISE_EN_PAIEMENT")
        for _try in range(MOST_TRIES):
            try:
                history = self.client.read_history(row["invoice_id"])
            except ChorusProError as error:
                assert error.delivery is Delivery.NO
                continue
            last = invoice_status(history.current_status)
            if last.code == INVENTED:
                self.control.set_status(row["number"], "MISE_EN_PAIEMENT")
                continue
            assert last.name != "unknown"
            return
        raise AssertionError(f"{row['number']} has no readable history")
