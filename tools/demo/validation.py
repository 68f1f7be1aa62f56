# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The demo as a main contractor: a subcontractor deposits two invoices, one is accepted, the other
is left for whoever looks around afterwards."""

from ..console import say

MODEL = "chorus.pro.validation"
CIRCUIT = ("DEPOSEE", "A_VALIDER_1", "VALIDEE_1")


def subcontracted(simulator):
    """Have a subcontractor deposit two invoices that wait for our decision. Gives their numbers."""
    contractor, subcontractor = simulator.credentials()["suppliers"][:2]
    numbers = simulator.post(
        "invoices", count=2, prefix="ST", status="A_VALIDER_1", age_s=12 * 86400, total=4800,
        supplier=subcontractor["siret"], validator=contractor["siret"])
    say(f"{subcontractor['name']}, a subcontractor, deposits {' and '.join(numbers)}")
    return numbers


class Validation:
    """Runs it as an accountant in Odoo; `failures` are sentences."""

    def __init__(self, session, simulator):
        self.session = session
        self.simulator = simulator
        self.failures = []

    def run(self):
        numbers = subcontracted(self.simulator)
        self.session.call(MODEL, "action_read_now", [])
        self.session.wait_until("both wait for our decision", lambda: (
            len(self._rows(numbers, "to_validate")) == len(numbers)))
        [accepted] = self._rows(numbers[:1], "to_validate")
        self.session.call(MODEL, "action_accept", [accepted["id"]])
        self.session.wait_until(f"{numbers[0]} is accepted", lambda: (
            self._rows(numbers[:1], "validated")))
        events = self.simulator.invoices()[numbers[0]]["events"]
        if tuple(event["code"] for event in events[:3]) != CIRCUIT:
            self.failures.append(f"{numbers[0]} was not accepted at Chorus Pro")
        say(f"{numbers[0]}: accepted, goes on to the public body")
        say(f"Customers > Chorus Pro > To Validate, for you to try: {numbers[1]}")

    def _rows(self, numbers, stage):
        return self.session.search_read(
            MODEL, [("name", "in", numbers), ("stage", "=", stage)], ["id"])
