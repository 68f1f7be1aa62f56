# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The demo's story: an accountant sends invoices and follows them until they are paid.

Everything goes through Odoo as the accountant would do it, and Odoo's jobs do the work. Only the
other side, Chorus Pro and its recipients, comes from the simulator.
"""

from datetime import datetime, timezone

from ..console import Problem, say
from .batch import Batch
from .customers import Customers
from .edi import ByFiles
from .evidence import Evidence
from .invoices import (
    PAID,
    STOPPED,
    SUSPENDED,
    SUSPENSION,
    Accountant,
    in_flows,
    in_pdf_format,
)
from .lateness import Lateness
from .morning import Morning
from .validation import Validation


class Story:
    """Runs it on a session of Odoo and a simulator; `failures` are sentences.

    administrator: a session of somebody who may change the connection.
    """

    def __init__(self, session, administrator, simulator, python):
        self.session = session
        self.simulator = simulator
        self.evidence = Evidence(session, simulator, python)
        recipients = simulator.credentials()["recipients"]
        self.customers = Customers(session, recipients)
        self.accountant = Accountant(session, recipients)
        self.batch = Batch(session, simulator, self.accountant)
        self.morning = Morning(session, simulator, self.accountant, self._follow_until)
        self.validation = Validation(session, simulator)
        self.lateness = Lateness(session, simulator, self.accountant)
        self.by_files = ByFiles(session, administrator, simulator, self.accountant)
        self.pdfs, self.flows = in_pdf_format(), in_flows()
        self.failures = []

    @property
    def invoices(self):
        """All of them."""
        return self._by_api

    @property
    def _by_api(self):
        return [*self.pdfs, *self.flows, *self.batch.invoices, *self.morning.invoices,
                self.morning.corrected, *self.morning.left]

    def run(self):
        """From the first invoice to the last payment. Raises Problem when something is stuck."""
        self.customers.add()
        say(f"the accountant makes {len(self.pdfs)} invoices and sends them, as PDF")
        for invoice in self.pdfs:
            self.accountant.make(invoice, self.pdfs[0])
            self._send(invoice)
        for invoice in self.flows:
            self.accountant.make(invoice, self.flows[0])
        self.batch.make()
        say("Chorus Pro carries them to the recipients; one of them suspends an invoice")
        suspended = next(i for i in self.pdfs if i.end == SUSPENDED)
        self._follow_until([suspended], "MISE_A_DISPOSITION")
        self.simulator.set_status(suspended.number, SUSPENDED, SUSPENSION)
        self._follow_until([suspended], SUSPENDED)
        self._send_in_flows()
        self.batch.run()
        self.morning.run()
        self.validation.run()
        self.lateness.run()
        for part in (self.batch, self.morning, self.validation, self.lateness):
            self.failures += part.failures
        say("all go on until they are paid (a week of real life, faster here)")
        paid = [invoice for invoice in self._by_api if invoice.end == PAID]
        self._follow_until(paid, PAID)
        # A search returns the last status only: earlier ones come from the history
        self.session.wait_until("Odoo has the whole history of the paid invoices",
                                lambda: self._is_whole_life_known(paid))
        for invoice in (*self.pdfs, *self.flows, *self.morning.invoices, self.morning.corrected,
                        *self.morning.left):
            self._tell(invoice)
        self._tell_batch()
        waiting = self.session.search_read(
            "account.move", [("chorus_pro_needs_action", "=", True)], ["name"])
        say("Customers > Chorus Pro > To Handle, for you to try: "
            + ", ".join(sorted(move["name"] for move in waiting)))
        self.failures += self.evidence.look_inside()

    def _send_in_flows(self):
        say(f"{len(self.flows)} more go one by one in other formats, each in its own file")
        for invoice in self.flows:
            self._send(invoice)
            self.session.wait_until(f"{invoice.number} is deposited", lambda invoice=invoice: (
                self._flow_number(invoice)))

    def _send(self, invoice):
        try:
            self.session.call("account.move", "action_chorus_pro_send", [invoice.move_id])
        except Problem:
            # What is known of the recipient stops it: _tell looks at the reason.
            if invoice.end != STOPPED:
                raise

    def _flow_number(self, invoice):
        """The number that Chorus Pro gave to the file of this invoice, if it has one."""
        flows = self.session.search_read(
            "chorus.pro.flow", [("submission_ids.move_id", "=", invoice.move_id)], ["name"],
            limit=1)
        return flows and flows[0]["name"]

    def _follow_until(self, invoices, code):
        """Refresh, as the button does, until each of these has the status."""
        ids = [invoice.move_id for invoice in invoices]

        def reached():
            self.session.call("account.move", "action_chorus_pro_refresh", ids)
            recorded = self._recorded(invoices)
            return all(code in {known for known, _minute in recorded[each]} for each in ids)

        self.session.wait_until(f"{len(ids)} invoices reach {code}", reached, every_s=3)

    def _is_whole_life_known(self, invoices):
        at_chorus, recorded = self.simulator.invoices(), self._recorded(invoices)
        return all(recorded[invoice.move_id] == _life(at_chorus[invoice.number])
                   for invoice in invoices)

    def _recorded(self, invoices):
        """By invoice id, the set of (code, its minute in UTC) that Odoo knows."""
        found = {invoice.move_id: set() for invoice in invoices}
        submissions = {row["id"]: row["move_id"][0] for row in self.session.search_read(
            "chorus.pro.submission", [("move_id", "in", list(found))], ["move_id"])}
        for row in self.session.search_read(
                "chorus.pro.status", [("submission_id", "in", list(submissions))],
                ["code", "date", "submission_id"]):
            # Chorus Pro's history gives minutes, its searches give more
            found[submissions[row["submission_id"][0]]].add((row["code"], row["date"][:16]))
        return found

    def _tell(self, invoice):
        """One line about an invoice, and what is wrong about it into `failures`."""
        move = self.session.read_one("account.move", invoice.move_id, [
            "chorus_pro_state", "chorus_pro_reason", "chorus_pro_invoice_id",
            "chorus_pro_problems"])
        line = f"{invoice.number}  {invoice.what}"
        if invoice.end == STOPPED:
            if move["chorus_pro_state"] or not move["chorus_pro_problems"]:
                self.failures.append(f"{invoice.number} should have been stopped with a reason, "
                                     f"it is {move['chorus_pro_state']}")
            say(f"{line}: {_one_line(move['chorus_pro_problems'])}")
            return
        if invoice.format != "pdf":
            line += f"  flow {self._flow_number(invoice)}"
        codes, _current, digest = self._check(invoice)
        line += f"  id {move['chorus_pro_invoice_id']}: {' > '.join(codes)}"
        if invoice.end == SUSPENDED:
            line += f": {_one_line(move['chorus_pro_reason'])}"
            if SUSPENSION not in (move["chorus_pro_reason"] or ""):
                self.failures.append(f"{invoice.number} does not show why it was suspended")
        say(line)
        say(f"  archived PDF {'=' if digest else 'IS NOT'} deposited PDF {digest[:16]}")

    def _check(self, invoice):
        """What is wrong with an invoice that Chorus Pro took, into `failures`. Gives the codes of
        its life at Chorus Pro, oldest first, the current one in Odoo, and the sha256 of its
        archived PDF, empty when another one was deposited."""
        at_chorus = self.simulator.invoices()[invoice.number]
        codes = [event["code"] for event in at_chorus["events"]]
        if codes[:1] != ["DEPOSEE"] or codes[-1:] != [invoice.end]:
            self.failures.append(f"{invoice.number} should go from DEPOSEE to {invoice.end}: "
                                 f"{', '.join(codes)}")
        [submission] = self.session.search_read(
            "chorus.pro.submission", [("move_id", "=", invoice.move_id)], ["status_code"],
            limit=1, order="id desc")
        if submission["status_code"] != invoice.end:
            self.failures.append(f"{invoice.number} is {submission['status_code']} in Odoo, "
                                 f"not {invoice.end}")
        recorded = self._recorded([invoice])[invoice.move_id]
        if recorded != _life(at_chorus):
            self.failures.append(f"{invoice.number}: Odoo recorded other statuses: "
                                 f"{', '.join(sorted(code for code, _minute in recorded))}")
        if not at_chorus["framework"].startswith(f"{invoice.framework}_"):
            self.failures.append(f"{invoice.number} left as {at_chorus['framework']}, "
                                 f"not {invoice.framework}")
        digest, wrong = self.evidence.look_at(invoice, at_chorus["attachment_id"])
        self.failures += wrong
        return codes, submission["status_code"], "" if wrong else digest

    def _tell_batch(self):
        invoices = self.batch.invoices
        checked = [self._check(invoice) for invoice in invoices]
        say(f"the batch, {invoices[0].number} to {invoices[-1].number}: "
            f"{sum(current == PAID for _codes, current, _digest in checked)} of {len(invoices)} "
            f"paid, archived PDF = deposited PDF (sha256): "
            f"{sum(bool(digest) for _codes, _current, digest in checked)} of {len(invoices)}")


def _one_line(text):
    return " ".join((text or "no reason").split())


def _life(at_chorus):
    """The set of (code, its minute in UTC) of an invoice of the simulator, whose dates have their
    offset."""
    return {(event["code"], datetime.fromisoformat(event["date"]).astimezone(timezone.utc)
             .strftime("%Y-%m-%d %H:%M")) for event in at_chorus["events"]}
