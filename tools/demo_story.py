# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The demo's story: an accountant sends invoices and follows them until they are paid.

Everything goes through Odoo's own door, as the accountant; Odoo's jobs do the work by themselves.
Only the other side, Chorus Pro and its recipients, is played through the simulator.
"""

import base64
import hashlib
import subprocess
from pathlib import Path

from .console import Problem, say
from .demo_invoices import PAID, REFUSED, SUSPENDED, SUSPENSION, Accountant, story


class Story:
    """Plays it on a session of Odoo and a simulator; `failures` are sentences."""

    def __init__(self, session, simulator, python):
        self.session = session
        self.simulator = simulator
        self.python = python
        self.invoices = story()
        self.failures = []

    def play(self):
        """From the first invoice to the last payment. Raises Problem when something is stuck."""
        self._make_and_send()
        say("Chorus Pro carries them to the recipients; one of them suspends an invoice")
        suspended = next(i for i in self.invoices if i.end == SUSPENDED)
        self._follow_until([suspended], "MISE_A_DISPOSITION")
        self.simulator.set_status(suspended.number, SUSPENDED, SUSPENSION)
        self._follow_until([suspended], SUSPENDED)
        say("the others go on until they are paid (a week of real life, faster here)")
        self._follow_until([i for i in self.invoices if i.end == PAID], PAID)
        refused = [i.move_id for i in self.invoices if i.end == REFUSED]
        self.session.wait_until("Chorus Pro refuses an invoice", lambda: self.session.call(
            "account.move", "search_count",
            [("id", "in", refused), ("chorus_pro_state", "not in", ("queued", "sending"))]))
        for invoice in self.invoices:
            self._tell(invoice)

    def _make_and_send(self):
        accountant = Accountant(self.session, self.simulator.credentials()["recipients"])
        say(f"the accountant makes {len(self.invoices)} invoices and sends them")
        for invoice in self.invoices:
            accountant.make(invoice, self.invoices[0])
            self.session.call("account.move", "action_chorus_pro_send", [invoice.move_id])

    def _follow_until(self, invoices, code):
        """Ask for news, as the button does, until each of these has the status."""
        ids = [invoice.move_id for invoice in invoices]

        def reached():
            self.session.call("account.move", "action_chorus_pro_refresh", ids)
            return all(code in self._codes(invoice) for invoice in invoices)

        self.session.wait_until(f"{len(ids)} invoices reach {code}", reached, every_s=3)

    def _codes(self, invoice):
        """The codes that Odoo recorded, oldest first. Chorus Pro's history gives minutes: within
        a minute the order is that of the history, which is that of the rows."""
        rows = self.session.search_read(
            "chorus.pro.status", [("submission_id.move_id", "=", invoice.move_id)],
            ["code", "date"])
        rows.sort(key=lambda row: (row["date"][:len("2026-01-01 00:00")], row["id"]))
        return [row["code"] for row in rows]

    def _tell(self, invoice):
        """One line about an invoice, and what is wrong about it into `failures`."""
        move = self.session.read_one("account.move", invoice.move_id, [
            "chorus_pro_state", "chorus_pro_reason", "chorus_pro_invoice_id"])
        codes = self._codes(invoice)
        line = f"{invoice.number}  {invoice.what}"
        if invoice.end == REFUSED:
            if move["chorus_pro_state"] != REFUSED or not move["chorus_pro_reason"]:
                self.failures.append(f"{invoice.number} should have been refused with a reason, "
                                     f"it is {move['chorus_pro_state']}")
            say(f"{line}: {move['chorus_pro_state']}: {_one_line(move['chorus_pro_reason'])}")
            return
        line += f"  id {move['chorus_pro_invoice_id']}: {' > '.join(codes)}"
        if invoice.end == SUSPENDED:
            line += f": {_one_line(move['chorus_pro_reason'])}"
            if SUSPENSION not in (move["chorus_pro_reason"] or ""):
                self.failures.append(f"{invoice.number} does not show why it was suspended")
        if codes[:1] != ["DEPOSEE"] or codes[-1:] != [invoice.end]:
            self.failures.append(f"{invoice.number} should go from DEPOSEE to {invoice.end}: "
                                 f"{', '.join(codes) or 'nothing'}")
        framework = self.simulator.invoices()[invoice.number]["framework"]
        if not framework.startswith(f"{invoice.framework}_"):
            self.failures.append(f"{invoice.number} left as {framework}, not {invoice.framework}")
        say(line)
        self._compare_pdf(invoice)

    def _compare_pdf(self, invoice):
        """The file that arrived must be the one that Odoo archived, with nothing embedded."""
        submission = self.session.search_read(
            "chorus.pro.submission", [("move_id", "=", invoice.move_id)],
            ["attachment_id_at_chorus"], limit=1)[0]
        received = self.simulator.get(f"files/{submission['attachment_id_at_chorus']}")
        report = self.session.read_one("account.move", invoice.move_id, ["invoice_pdf_report_id"])
        archived = base64.b64decode(self.session.read_one(
            "ir.attachment", report["invoice_pdf_report_id"][0], ["datas"])["datas"])
        if hashlib.sha256(received).digest() != hashlib.sha256(archived).digest():
            self.failures.append(f"{invoice.number}: the PDF that arrived is not the archived one")
        embedded = self._embedded_files(received)
        if embedded:
            self.failures.append(f"{invoice.number}: its PDF holds {embedded}")

    def _embedded_files(self, pdf):
        done = subprocess.run(
            [self.python, Path(__file__).with_name("pdf_embedded_files.py")], input=pdf,
            capture_output=True, check=False)
        if done.returncode:
            raise Problem("a PDF that arrived cannot be read: "
                          + done.stderr.decode(errors="replace").strip().splitlines()[-1])
        return done.stdout.decode().strip()


def _one_line(text):
    return " ".join((text or "no reason").split())
