# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The demo's EDI mode: 20 invoices leave by SFTP in two formats; one file is refused, of another
Chorus Pro refuses one invoice, and files alone show how the rest are paid.
"""

import base64
import json

from ..console import say
from .batch import ROUNDED_LINES
from .invoices import PAID, DemoInvoice

FACTURX, UBL = 12, 8
WRONG_INTERFACE = "FSO9999A"
API = ("piste_client_id", "piste_client_secret", "technical_login", "technical_password")
CONNECTION, FILE = "chorus.pro.connection", "chorus.pro.edi.file"


def edi_settings(known):
    """Values of a connection that exchanges files and has no API, as its administrator fills them
    in.

    known: what the simulator tells of its EDI side.
    """
    partner = known["partners"][0]
    return {
        "access_mode": "edi",
        "edi_application": partner["application"],
        "edi_login": partner["login"],
        "edi_host": known["host"],
        "edi_port": known["port"],
        "edi_host_key": known["host_key"],
        "edi_key": base64.b64encode(known["private_key"].encode()).decode(),
        "edi_out": known["deposit"],
        "edi_in": known["retrieval"],
        **dict.fromkeys(API, False),
    }


class ByFiles:
    """Runs it as an accountant in Odoo, whose administrator changes the connection before and
    after; `failures` are sentences."""

    def __init__(self, session, administrator, simulator, accountant):
        self.session = session
        self.administrator = administrator
        self.simulator = simulator
        self.accountant = accountant
        rounded = DemoInvoice("its VAT is rounded line by line", format="facturx",
                              lines=ROUNDED_LINES)
        self.facturx = [*(_lesson(rank, "facturx") for rank in range(1, FACTURX)), rounded]
        ubl = [_lesson(FACTURX + rank, "ubl") for rank in range(UBL)]
        # The first leaves before its interface code is right.
        self.early, self.ubl = ubl[:1], ubl[1:]
        self.good = [*self.facturx[:-1], *self.ubl]
        self.failures = []

    @property
    def invoices(self):
        """All of them."""
        return [*self.facturx, *self.early, *self.ubl]

    def run(self):
        """From the change of the connection to the last payment, and back to the API. Raises
        Problem when something is stuck."""
        known = self.simulator.credentials()
        [connection] = self.session.search_read(CONNECTION, [], ["access_mode"])
        self._set(connection, edi_settings(known["edi"]))
        try:
            self._send_all(connection)
            self._tell()
        finally:
            self._set(connection, {
                "access_mode": connection["access_mode"],
                "piste_client_id": known["client_id"],
                "piste_client_secret": known["client_secret"],
                "technical_login": known["login"],
                "technical_password": known["password"],
            })

    def _set(self, connection, values):
        self.administrator.call(CONNECTION, "write", [connection["id"]], values)

    def _send_all(self, connection):
        say(f"the connection now exchanges files over SFTP, without the API: {FACTURX} invoices "
            f"leave as Factur-X, {UBL} as UBL")
        self.accountant.make_together(self.invoices)
        self._set(connection, {"edi_interface_ubl": WRONG_INTERFACE})
        self._send([*self.facturx, *self.early])
        bad = [self.facturx[-1], *self.early]
        self.session.wait_until("Chorus Pro refuses a file, and one invoice of the other", lambda: (
            self._refreshed(bad, "state") == {"refused"}), every_s=3)
        self._set(connection, {"edi_interface_ubl": False})
        self._send(self.ubl)
        self.session.wait_until(f"{len(self.good)} invoices are paid, as files say", lambda: (
            self._refreshed(self.good, "status_code") == {PAID}), every_s=3)

    def _send(self, invoices):
        ids = [invoice.move_id for invoice in invoices]
        self.session.call("account.move", "action_chorus_pro_send", ids)
        self.session.wait_until(f"{len(ids)} invoices have left in files", lambda: (
            not self._refreshed(invoices, "state") & {"queued", "sending"}))

    def _refreshed(self, invoices, name):
        """The values of a field of their submissions. The button wakes Odoo's jobs."""
        ids = [invoice.move_id for invoice in invoices]
        self.session.call("account.move", "action_chorus_pro_refresh", ids)
        return {row[name] for row in self._rows(invoices)}

    def _rows(self, invoices):
        return self.session.search_read(
            "chorus.pro.submission", [("move_id", "in", [each.move_id for each in invoices])],
            ["state", "status_code", "reason"])

    def _tell(self):
        rows, files = self._rows(self.invoices), self.session.search_read(
            FILE, [], ["direction", "state"])
        paid = [row for row in rows if row["status_code"] == PAID]
        refused = [row for row in rows if row["state"] == "refused"]
        sent = [file for file in files if file["direction"] == "out" and file["state"] == "sent"]
        read = [file for file in files if file["direction"] == "in" and file["state"] == "read"]
        [partner] = [each for each in json.loads(self.simulator.get("edi")) if each["received"]]
        at_chorus = self.simulator.invoices()
        there = {number for number, invoice in at_chorus.items() if invoice["status"] == PAID}
        ours = {invoice.number for invoice in self.good}
        self._expect(len(sent) == len(partner["received"]), "Chorus Pro received other files")
        self._expect(len(read) == len(partner["fetched"]) == len(files) - len(sent),
                     "a file that came back was not read")
        self._expect(len(paid) == len(ours) and ours <= there,
                     "the invoices that are paid are others")
        self._expect(len(refused) == 2 and all(row["reason"] for row in refused),
                     "the invoices that were refused are others, or do not say why")
        say(f"edi: files_out={len(sent)} files_in={len(read)} paid={len(paid)} "
            f"refused={len(refused)}")

    def _expect(self, is_so, sentence):
        if not is_so:
            self.failures.append(f"EDI: {sentence}")


def _lesson(rank, document_format):
    """A course that was given, for a customer that demands nothing."""
    return DemoInvoice(f"course {rank}", format=document_format,
                       lines=((f"Formation, séance {rank:02}", 150.0 + 7.5 * rank, 20.0),))
