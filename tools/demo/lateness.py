# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The demo of late payment: invoices that somebody deposited on the portal weeks ago are found
again by their number, and what their public body owes by now is claimed by a letter."""

from datetime import date, timedelta

from ..console import say
from .invoices import DemoInvoice

DAY = 86400
AGES = (85, 62)  # days; a public body pays within 30
PRICES = (3600, 7450)
LIFE = "forgets"


class Lateness:
    """Runs it as an accountant in Odoo; `failures` are sentences."""

    def __init__(self, session, simulator, accountant):
        self.session = session
        self.simulator = simulator
        self.accountant = accountant
        self.failures = []

    def run(self):
        moves = self.look_for_earlier_ones()
        self.session.wait_until("they are found again at Chorus Pro", lambda: all(
            one["start"] for one in self._late_payments(moves)))
        found = self._late_payments(moves)
        if problems := [one["problem"] for one in found if one["problem"]]:
            self.failures += problems
            return
        letters = self.session.call("account.move", "action_chorus_pro_claim_interest", moves)
        claimed = self.session.search_read(
            "account.move", [("id", "in", moves)], ["name", "chorus_pro_claimed_on"])
        if letters.get("type") != "ir.actions.report" or not all(
                move["chorus_pro_claimed_on"] for move in claimed):
            self.failures.append("the interest was not claimed")
        for move, one in zip(sorted(claimed, key=lambda move: moves.index(move["id"])), found,
                             strict=True):
            say(f"{move['name']}: {one['days']} days late, {one['rate']:.2f} % a year: "
                f"{one['interest']:.2f} EUR of interest, {one['indemnity']:.2f} EUR of indemnity")
        say("one letter claims both: Invoicing > Reporting > Chorus Pro shows who pays late")

    def look_for_earlier_ones(self):
        """Make invoices that were deposited on the portal weeks ago, and have Odoo look for them
        there. Gives their ids."""
        free = {"service_required": False, "engagement_required": False,
                "service_or_engagement_required": False, "active": True}
        recipient = next(each["siret"] for each in self.accountant.recipients
                         if all(each[flag] == value for flag, value in free.items()))
        return [self._deposited_earlier(recipient, *terms)
                for terms in zip(AGES, PRICES, strict=True)]

    def _deposited_earlier(self, recipient, age, price):
        day = (date.today() - timedelta(days=age)).isoformat()
        late = DemoInvoice(
            "typed in the portal", lines=(("Entretien des ascenseurs", price, 0.0),),
            recipient={"siret": recipient}, values={"invoice_date": day})
        self.accountant.make_together([late])
        self.simulator.post(
            "invoices", number=late.number, invoice_date=day, age_s=age * DAY, total=price,
            recipient=recipient, life=LIFE)
        self.session.call("account.move", "action_chorus_pro_adopt", [late.move_id])
        say(f"{late.number} was typed in the portal {age} days ago")
        return late.move_id

    def _late_payments(self, moves):
        return self.session.call("account.move", "chorus_pro_late_payment", moves)
