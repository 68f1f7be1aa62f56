# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from collections import Counter

from odoo.tools import LazyTranslate

from ...choruspro.oca_connector import KNOWN, LOOK_UP, UNSENT

_lt = LazyTranslate(__name__)

# What is counted, in the order in which it is shown.
COUNTED = {
    KNOWN: _lt("Invoices whose ID at Chorus Pro is known"),
    "followed": _lt("of these, followed until their end"),
    LOOK_UP: _lt("Invoices to look up at Chorus Pro"),
    UNSENT: _lt("Invoices for Chorus Pro that were never sent, to look up too"),
    "flow": _lt("Files (flows)"),
    "customer": _lt("Customers who get their invoices by Chorus Pro"),
    "contact": _lt("Contacts with a default service"),
    "structure": _lt("Public bodies"),
    "service": _lt("Services of public bodies"),
    "account": _lt("Technical accounts"),
}
# About each invoice. What the former connector kept is not enough: Chorus Pro has the last word.
DOUBT_TEXTS = {
    "identifier_invalid": _lt("its ID at Chorus Pro is not valid: it is looked up by its number."),
    "identifier_shared": _lt(
        "another invoice has the same ID at Chorus Pro: it is looked up by its number."
    ),
    "identifier_missing": _lt(
        "it was sent, but its ID at Chorus Pro was never read: it is looked up by its number."
    ),
    "flow_missing": _lt(
        "the file in which it was sent is gone: it is looked up by its number."
    ),
    "flow_rejected": _lt(
        "the file in which it was sent, or this invoice in it, was rejected: it is looked up, in "
        "case it was deposited in another way."
    ),
    "status_missing": _lt("it has no status: Odoo reads it from Chorus Pro."),
    "status_unknown": _lt(
        "its status is unknown: it is kept, and Odoo reads the current one from Chorus Pro."
    ),
}
MOST_SHOWN = 200


class ImportReport:
    """What an import does, or would do: numbers, and what is doubtful."""

    def __init__(self, env):
        self.env = env
        self.counts = Counter()
        # (company's id, number) of the files that are counted.
        self.files = set()
        # Codes of the services that it makes, by SIRET.
        self.services = {}
        self.doubts = []

    def doubt(self, subject, sentence):
        """Note a sentence about ``subject``, a name."""
        self.doubts.append(
            self.env._("%(number)s: %(sentence)s", number=subject, sentence=sentence)
        )

    def count_file(self, company, number):
        """Count a file once, however many of its invoices are taken over."""
        if (company.id, number) not in self.files:
            self.files.add((company.id, number))
            self.counts["flow"] += 1

    def found(self):
        """The numbers as text, one line for each; "" when there is nothing."""
        return "\n".join(
            self.env._("%(what)s: %(count)s", what=self.env._(label), count=self.counts[what])
            for what, label in COUNTED.items() if self.counts[what]
        )

    def doubtful(self):
        """The sentences as text, one line for each, no more than a person reads."""
        shown = self.doubts[:MOST_SHOWN]
        if more := len(self.doubts) - len(shown):
            shown.append(self.env._("And %s more.", more))
        return "\n".join(shown)
