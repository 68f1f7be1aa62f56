# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The demo's batch: 30 Factur-X invoices in one flow; Chorus Pro refuses two of them.

Both have passed our own checks. The recipient of one closes its service while the flow is in
transit; Chorus Pro wants the VAT of the other one to the cent, while the standard lets it be
rounded line by line.
"""

from ..console import say
from .invoices import DemoInvoice

SIZE = 30
STATE = "11000201100044"
CLOSING, REPLACING = "SFACETAT_07", "SFACETAT_08"
CLOSED_REASON = "Le code service est inconnu ou inactif pour la structure destinataire."
VAT_REASON = "Le montant de TVA à 20 % n'est pas égal à la base par le taux."
NEITHER = {"service_required": False, "engagement_required": False}
SERVICE = {"service_required": True, "engagement_required": False}
ENGAGEMENT = {"service_required": False, "engagement_required": True}
# Twice 2.006 is 4.02 line by line, and 4.01 for the sum
ROUNDED_LINES = (("Dérouleur de câble", 10.03, 20.0), ("Rallonge", 10.03, 20.0))
RATES = (20.0, 10.0, 5.5)


def batch():
    """(the invoices, the one whose service closes, the one whose VAT is rounded by line)."""
    invoices = [_site(number) for number in range(1, SIZE - 1)]
    closing = DemoInvoice(
        "its service closes", format="facturx", recipient={"siret": STATE},
        values={"buyer_reference": CLOSING}, lines=(("Maintenance, ministère", 870.0, 20.0),))
    rounded = DemoInvoice("its VAT is rounded line by line", format="facturx",
                          lines=ROUNDED_LINES)
    return [*invoices[:11], closing, *invoices[11:19], rounded, *invoices[19:]], closing, rounded


def _site(number):
    """The invoice of one site, for one of three customers in turn."""
    recipient, values = (
        (NEITHER, {}),
        (SERVICE, {"buyer_reference": "SERVICE_DEST_SERV_OBL"}),
        (ENGAGEMENT, {"purchase_order_reference": f"BC-2026-1{number:03}"}),
    )[number % 3]
    rate = RATES[number % len(RATES)]
    return DemoInvoice(
        f"site {number}", format="facturx", recipient=recipient, values=values,
        lines=((f"Maintenance, site {number:02}", 80.0 + 12.35 * number, rate),))


class Batch:
    """Runs it as an accountant in Odoo; `failures` are sentences."""

    def __init__(self, session, simulator, accountant):
        self.session = session
        self.simulator = simulator
        self.accountant = accountant
        self.invoices, self.closing, self.rounded = batch()
        self.failures = []

    @property
    def ids(self):
        return [invoice.move_id for invoice in self.invoices]

    def make(self):
        """Create the invoices as the accountant."""
        self.accountant.make_together(self.invoices)

    def run(self):
        """From the click on 30 invoices to the day when Chorus Pro has them all. Raises Problem
        when something is stuck."""
        self.simulator.post("switches", flow_vat="exact")
        say(f"the accountant selects {SIZE} invoices and sends them, as Factur-X")
        self.session.call("account.move", "action_chorus_pro_send", self.ids)
        self.session.wait_until("the batch is deposited", self._is_deposited)
        # Our checks are behind; the judgement is still to come
        self.simulator.close_service(STATE, CLOSING)
        flow = self._flow()
        arrived = self.simulator.flows()[flow["name"]]
        self._expect(flow["invoice_count"] == SIZE,
                     f"the batch should travel in one flow, not {flow['invoice_count']} of it")
        self._expect(arrived["sha256"] == flow["sha256"], "the archive that arrived is another one")
        say(f"flow {flow['name']}: {flow['invoice_count']} invoices in one file of "
            f"{flow['size']} bytes, sha256 {flow['sha256'][:16]}... as it arrived")
        self.session.wait_until("the batch is judged", self._is_judged, every_s=2)
        self._tell_the_report()
        self._send_again()

    def _flow(self):
        """The file that carries the batch, as Odoo has it; None when it is not made yet."""
        found = self.session.search_read(
            "chorus.pro.flow", [("submission_ids.move_id", "in", self.ids)],
            ["name", "state", "invoice_count", "size", "sha256", "report"], limit=1, order="id")
        return found[0] if found else None

    def _is_deposited(self):
        # The button wakes Odoo's jobs, which else look at the clock once a minute
        self.session.call("account.move", "action_chorus_pro_refresh", self.ids)
        flow = self._flow()
        return flow and flow["name"]

    def _is_judged(self):
        self.session.call("account.move", "action_chorus_pro_refresh", self.ids)
        return self._flow()["state"] != "deposited"

    def _tell_the_report(self):
        flow = self._flow()
        moves = {move["id"]: move for move in self.session.call(
            "account.move", "read", self.ids,
            ["chorus_pro_state", "chorus_pro_reason", "chorus_pro_invoice_id"])}
        refused = [i for i in self.invoices if moves[i.move_id]["chorus_pro_state"] == "refused"]
        integrated = [i for i in self.invoices if moves[i.move_id]["chorus_pro_invoice_id"]]
        say(f"flow {flow['name']}: {flow['state']}: {len(integrated)} integrated, "
            f"{len(refused)} refused")
        self._expect(flow["state"] == "partial", f"the flow should be partial: {flow['state']}")
        self._expect(len(integrated) == SIZE - 2, f"{len(integrated)} were integrated")
        for invoice in refused:
            reason = " ".join(moves[invoice.move_id]["chorus_pro_reason"].split())
            say(f"  {invoice.number}  {reason}")
        for invoice, reason in ((self.closing, CLOSED_REASON), (self.rounded, VAT_REASON)):
            self._expect(reason in (moves[invoice.move_id]["chorus_pro_reason"] or ""),
                         f"{invoice.number} should be refused because {invoice.what}")
            self._expect(f"{invoice.number}: {reason}" in (flow["report"] or ""),
                         f"the report should name {invoice.number}")

    def _send_again(self):
        closing, rounded = self.closing, self.rounded
        say(f"{closing.number}: the accountant corrects the service ({REPLACING}), sends it again")
        self.session.call("account.move", "write", [closing.move_id],
                          {"buyer_reference": REPLACING})
        self.session.call("account.move", "action_chorus_pro_send", [closing.move_id])
        say(f"{rounded.number}: the accountant sends it again as PDF")
        self.session.call("account.move", "action_chorus_pro_send_as_pdf", [rounded.move_id])
        both = [closing.move_id, rounded.move_id]

        def taken():
            self.session.call("account.move", "action_chorus_pro_refresh", both)
            return all(move["chorus_pro_invoice_id"] for move in self.session.call(
                "account.move", "read", both, ["chorus_pro_invoice_id"]))

        self.session.wait_until("Chorus Pro takes the two refused invoices", taken, every_s=2)
        at_chorus = self.simulator.invoices()
        for invoice in (closing, rounded):
            move = self.session.read_one("account.move", invoice.move_id, [
                "name", "chorus_pro_invoice_id", "chorus_pro_sent_format", "chorus_pro_flow_id"])
            way = move["chorus_pro_flow_id"]
            say(f"  {invoice.number}  id {move['chorus_pro_invoice_id']}, "
                + (f"flow {way[1]}" if way else "deposited as PDF"))
            self._expect(move["name"] == invoice.number, f"{invoice.number} changed its number")
        self._expect(at_chorus[closing.number]["service"] == REPLACING,
                     f"{closing.number} did not arrive for {REPLACING}")
        self._expect(at_chorus[rounded.number]["flow_number"] is None,
                     f"{rounded.number} did not go as PDF")

    def _expect(self, right, sentence):
        if not right:
            self.failures.append(sentence)
