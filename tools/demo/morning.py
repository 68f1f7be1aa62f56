# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The demo's morning round: three invoices came back overnight, and the accountant acts on each.

One is suspended and completed, one is sent to another service, one is rejected: acknowledged,
cancelled by a credit note, and issued again under a new number. Others are left for whoever looks
around afterwards.
"""

import base64

from ..console import say
from .invoices import DELIVERY_NOTE, SUSPENDED, SUSPENSION, DemoInvoice

TO_RECYCLE, REJECTED = "A_RECYCLER", "REJETEE"
AVAILABLE = "MISE_A_DISPOSITION"
WRONG_PLACE = "Ce service n'a pas passé la commande : adressez la facture au service demandeur."
REJECTION = "L'objet de la facture ne correspond pas au marché."
MINISTRY = "11000201100044"
FIRST_SERVICE, OTHER_SERVICE = "SFACETAT_01", "SFACETAT_02"


class Morning:
    """Runs it as an accountant in Odoo; `failures` are sentences.

    follow_until: refreshes until some invoices have a status.
    """

    def __init__(self, session, simulator, accountant, follow_until):
        self.session = session
        self.simulator = simulator
        self.accountant = accountant
        self.follow_until = follow_until
        self.completed = DemoInvoice("completed", lines=(("Pose de stores", 1430.0, 20.0),))
        self.recycled = DemoInvoice(
            "recycled", recipient={"siret": MINISTRY}, values={"buyer_reference": FIRST_SERVICE},
            lines=(("Papier recyclé", 275.0, 20.0),))
        self.rejected = DemoInvoice(
            "rejected", lines=(("Câblage du préau", 1875.5, 20.0),), end=REJECTED)
        self.corrected = DemoInvoice("issued again")
        self.left = [
            DemoInvoice("left for you, suspended", end=SUSPENDED,
                        lines=(("Remplacement de serrures", 640.0, 20.0),)),
            DemoInvoice("left for you, to recycle", end=TO_RECYCLE,
                        recipient={"siret": MINISTRY}, values={"buyer_reference": FIRST_SERVICE},
                        lines=(("Cartouches d'encre", 318.0, 20.0),))]
        self.failures = []

    @property
    def invoices(self):
        """Those that come back."""
        return [self.completed, self.recycled, self.rejected]

    def run(self):
        """From the night when they come back to the day when nothing is left to do."""
        sent = [*self.invoices, *self.left]
        self.accountant.make_together(sent)
        self._send(sent)
        self.follow_until(sent, AVAILABLE)
        say("overnight: two are suspended, two are for another service, one is rejected")
        suspended, to_recycle = self.left
        for invoice, code, comment in ((self.completed, SUSPENDED, SUSPENSION),
                                       (self.recycled, TO_RECYCLE, WRONG_PLACE),
                                       (self.rejected, REJECTED, REJECTION),
                                       (suspended, SUSPENDED, SUSPENSION),
                                       (to_recycle, TO_RECYCLE, WRONG_PLACE)):
            self.simulator.set_status(invoice.number, code, comment)
            self.follow_until([invoice], code)
        self._look(3)
        self._complete()
        self._recycle()
        self._reissue()
        self._look(0)

    def _look(self, expected):
        """What waits in *To Handle* of those that are handled here."""
        waiting = self.session.search_read(
            "account.move", [("chorus_pro_needs_action", "=", True),
                             ("id", "in", [invoice.move_id for invoice in self.invoices])],
            ["name", "chorus_pro_needed_action", "chorus_pro_reason"])
        self._expect(len(waiting) == expected,
                     f"{len(waiting)} invoices wait in the morning, not {expected}")
        say(f"to handle now: {len(waiting)}")
        for move in waiting:
            say(f"  {move['name']}  {move['chorus_pro_needed_action']}: "
                + " ".join((move["chorus_pro_reason"] or "").split()))

    def _complete(self):
        name, content = DELIVERY_NOTE
        file = self.session.call("ir.attachment", "create", {
            "name": name, "datas": base64.b64encode(content).decode()})
        self._call("complete", self.completed, comment="Le voici.", attachment_ids=[file])
        self.follow_until([self.completed], "COMPLETEE")
        arrived = self.simulator.invoices()[self.completed.number]
        self._expect(arrived["attachments"], f"{self.completed.number} came without its file")
        say(f"{self.completed.number}: completed with {name}")

    def _recycle(self):
        self._call("recycle", self.recycled, service_code=OTHER_SERVICE)
        self._wait("is recycled", lambda: self._service(self.recycled) == OTHER_SERVICE)
        move = self.session.read_one(
            "account.move", self.recycled.move_id, ["name", "buyer_reference"])
        self._expect(move["buyer_reference"] == OTHER_SERVICE,
                     f"{move['name']} says {move['buyer_reference']} in Odoo")
        self._expect(move["name"] == self.recycled.number, "recycling changed a number")
        say(f"{self.recycled.number}: sent to {OTHER_SERVICE} under the same number")

    def _reissue(self):
        self._call("reissue", self.rejected, reason="Rejetée par le destinataire")
        copy = self.session.search_read(
            "account.move", [("chorus_pro_reissue_of_id", "=", self.rejected.move_id)], ["id"])
        self.corrected.move_id = copy[0]["id"]
        self.accountant.confirm([self.corrected])
        self._send([self.corrected])
        self._wait("is acknowledged", lambda: (
            self.simulator.invoices()[self.rejected.number]["rejection_acknowledged"]))
        self._wait("is known as acknowledged", lambda: self.session.read_one(
            "account.move", self.rejected.move_id, ["chorus_pro_action_state"])
            ["chorus_pro_action_state"] not in ("queued", "sending", "uncertain"))
        self._expect(self.corrected.number != self.rejected.number,
                     "a rejected number was used again")
        move = self.session.read_one("account.move", self.rejected.move_id, ["payment_state"])
        self._expect(move["payment_state"] == "reversed",
                     f"{self.rejected.number} is not cancelled by a credit note")
        say(f"{self.rejected.number}: acknowledged, cancelled, issued again as "
            f"{self.corrected.number}")

    def _service(self, invoice):
        return self.simulator.invoices()[invoice.number]["service"]

    def _send(self, invoices):
        self.session.call("account.move", "action_chorus_pro_send",
                          [invoice.move_id for invoice in invoices])

    def _call(self, action, invoice, **values):
        self.session.call("account.move", f"action_chorus_pro_{action}", [invoice.move_id],
                          **values)

    def _wait(self, what, condition):
        self.session.wait_until(f"an invoice that came back {what}", condition)

    def _expect(self, right, sentence):
        if not right:
            self.failures.append(sentence)
