# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The demo's customers: the accountant types their SIRET, Odoo finds them at Chorus Pro."""

from collections import Counter

from ..console import Problem, say

GROUPS = (3, 6, 9, 14)  # where people put spaces in a SIRET
STATE = "chorus_pro_directory_state"
DEMANDS = {
    "chorus_pro_service_required": "service",
    "chorus_pro_engagement_required": "engagement number",
    "chorus_pro_service_or_engagement_required": "service or engagement number",
}


class Customers:
    """Adds them through a session of Odoo. recipients: those of the simulator's directory."""

    def __init__(self, session, recipients):
        self.session = session
        self.recipients = recipients

    def add(self):
        """Create, look up, and send by Chorus Pro those that it proposes. Raises Problem when what
        was found is not what the recipients demand."""
        say(f"the accountant adds {len(self.recipients)} customers by their SIRET")
        ids = self.session.call("res.partner", "create", [
            self._values(recipient) for recipient in self.recipients])
        self.session.call("res.partner", "action_chorus_pro_find_selected", ids)
        self.session.wait_until("Chorus Pro has sent the requirements of these customers",
                                lambda: self._are_answered(ids))
        found = self.session.call("res.partner", "read", ids, [
            "company_registry", STATE, "chorus_pro_is_proposed", *DEMANDS])
        self._check(found)
        proposed = [customer["id"] for customer in found if customer["chorus_pro_is_proposed"]]
        self.session.call("res.partner", "action_chorus_pro_use_selected", ids)
        states = Counter(customer[STATE] for customer in found)
        demands = Counter(word for customer in found for name, word in DEMANDS.items()
                          if customer[name])
        say(f"Chorus Pro knows them: {_counted(states)}; they require: {_counted(demands)}; "
            f"{len(proposed)} receive their invoices there")

    def _values(self, recipient):
        siret = recipient["siret"]
        parts = [siret[start:end] for start, end in zip((0, *GROUPS), GROUPS, strict=False)]
        return {
            "name": recipient["name"].title(), "is_company": True,
            "street": "1 place de la République", "zip": "75001", "city": "Paris",
            "country_id": self._france, "company_registry": " ".join(parts)}

    @property
    def _france(self):
        return self.session.search_read("res.country", [("code", "=", "FR")], ["id"])[0]["id"]

    def _are_answered(self, ids):
        rows = self.session.call("res.partner", "read", ids, [STATE])
        return all(row[STATE] not in (False, "wanted") for row in rows)

    def _check(self, found):
        by_siret = {customer["company_registry"]: customer for customer in found}
        for recipient in self.recipients:
            customer = by_siret.get(recipient["siret"])
            expected = "found" if recipient["active"] else "closed"
            if not customer or customer[STATE] != expected:
                raise Problem(f"the customer {recipient['siret']} should be {expected}: {customer}")
            wrong = [name for name in DEMANDS if recipient["active"] and customer[name] is not
                     recipient[name.removeprefix("chorus_pro_")]]
            if wrong:
                raise Problem(f"the demands of {recipient['siret']} differ: {', '.join(wrong)}")


def _counted(counts):
    return ", ".join(f"{count} {word}" for word, count in sorted(counts.items()))
