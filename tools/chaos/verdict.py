# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What a run of `make chaos` has done: Odoo's rows compared with Chorus Pro. Independent of Odoo.

All invoices of a run are good ones, so after patience each of them is at Chorus Pro, once, and its
row holds the id that Chorus Pro gave; by EDI alone, which tells no ids, that a file said so.

The exception: an invoice that ended several senders in a row is set aside, and says why.

* lost: Chorus Pro has the invoice and Odoo does not say so, or has it not and Odoo says it has;
  also a good invoice that ended refused or cancelled.
* duplicated: Chorus Pro accepted the number more than once, or under another id than the row's; or
  a sender tried to create a number that it already had. It refuses that (so does the simulator),
  but the sender must not count on it.
* stuck: neither deposited nor refused after patience, and not left to a person. Leaving it to a
  person is right only if Chorus Pro says it has a number that it does not show. Also one whose
  status was not followed.
"""

from dataclasses import dataclass

from .scenario import MOST_UNFINISHED

ENDED_WRONG = ("refused", "cancelled")
FOUND = 3  # exit code when something was lost, duplicated or stuck


@dataclass
class Tally:
    """Counts of invoices over runs. `decisions`: those rightly left to a person;
    `set_aside`: those that rightly are; `followed`: how often a status was brought back;
    `problems`: a sentence for each of the last three counts."""

    invoices: int = 0
    deposited: int = 0
    decisions: int = 0
    set_aside: int = 0
    followed: int = 0
    lost: int = 0
    duplicated: int = 0
    stuck: int = 0

    def __post_init__(self):
        self.problems = []

    @property
    def is_clean(self):
        return not (self.lost or self.duplicated or self.stuck)

    def compare(self, rows, at_chorus, may_be_set_aside=()):
        """Add a run. rows: see Database.look; at_chorus: what the simulator's invoices are;
        may_be_set_aside: ids of the rows that can have ended so many senders."""
        by_number = {}
        for invoice in at_chorus:
            by_number.setdefault(invoice["number"], []).append(str(invoice["invoice_id"]))
        for row in rows:
            self.invoices += 1
            ids = by_number.get(row["name"], [])
            is_aside = row["state"] == "refused" and row["unfinished"] >= MOST_UNFINISHED
            if is_aside and not ids and row["reason"] and row["id"] in may_be_set_aside:
                self.set_aside += 1
            else:
                self._compare_one(row, ids)

    def follow(self, rows, at_chorus):
        """Add a check of the followed invoices: those that have their id there show their
        status. at_chorus: the simulator's invoices just before and just after."""
        for row in rows:
            statuses = {invoice["status"] for invoice in at_chorus if _is_of(row, invoice)}
            if row["status_code"] in statuses:
                self.followed += 1
            elif statuses:
                self._problem("stuck", row, f"it is {' or '.join(sorted(statuses))} there and "
                                            f"{row['status_code']} here")

    def _compare_one(self, row, ids):
        if len(ids) > 1:
            self._problem("duplicated", row, f"Chorus Pro has it {len(ids)} times")
        if row["state"] == "deposited":
            self._compare_deposited(row, ids)
        elif ids:
            self._problem("lost", row, f"Chorus Pro has it as {ids[0]}")
        elif row["state"] in ENDED_WRONG:
            self._problem("lost", row, "a good invoice that Chorus Pro does not have")
        elif row["needs_decision"] and row["is_said_known"]:
            self.decisions += 1
        else:
            self._problem("stuck", row, "Chorus Pro does not have it")

    def _compare_deposited(self, row, ids):
        if not ids:
            self._problem("lost", row, "Chorus Pro does not have it")
        elif not row["chorus_invoice_id"] and row["edi_accepted"]:
            self.deposited += 1
        elif row["chorus_invoice_id"] not in ids:
            self._problem("duplicated", row, f"Chorus Pro has it as {ids[0]}")
        else:
            self.deposited += 1

    def repeated(self, numbers, explained):
        """Add the creations that Chorus Pro refused in a run, by number; `explained` of them were
        refused by a fault."""
        count = max(0, len(numbers) - explained)
        if count:
            self.duplicated += count
            self.problems.append(f"{count} of these were sent although Chorus Pro had them: "
                                 + ", ".join(numbers))

    def _problem(self, kind, row, what):
        setattr(self, kind, getattr(self, kind) + 1)
        self.problems.append(
            f"{kind}: {row['name']}: {what}; Odoo says {row['state']}"
            f"{' and asks a person' if row['needs_decision'] else ''}"
            f" ({row['chorus_invoice_id'] or 'no id'}, {row['reason'] or 'no reason'})")


def _is_of(row, invoice):
    """Whether an invoice of the simulator is the one that this row says was taken."""
    if row["chorus_invoice_id"]:
        return str(invoice["invoice_id"]) == row["chorus_invoice_id"]
    return row["edi_accepted"] and invoice["number"] == row["name"]
