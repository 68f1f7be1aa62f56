# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""How invoices live: by time along a table, or by order.

By time an invoice walks the life of its recipient (see `recipients`; one table for all by default);
each event is dated at its own due time. An order of the control plane (the recipient, so to speak)
sets any status; statuses that need someone to act stop the walk until another order. Real
recipients skip and invert steps, so transitions are checked loosely: only what Chorus Pro could
never do is refused.
"""

import heapq
from datetime import timedelta

from .code_lists import INVOICE_STATUSES
from .recipients import LIVES, TACIT, WALK, rank_of

STEPS = {code: rank for rank, (code, _delay) in enumerate(WALK)}

# Who signs an event in the history; the platform itself signs the others with nobody
AUTHORS = {
    "MANDATEE": "Ordonnateur",
    "SERVICE_FAIT": "Ordonnateur",
    "MISE_A_DISPOSITION_COMPTABLE": "Ordonnateur",
    "SUSPENDUE": "Ordonnateur",
    "REJETEE": "Ordonnateur",
    "A_RECYCLER": "Ordonnateur",
    "COMPTABILISEE": "Comptable",
    "MISE_EN_PAIEMENT": "Comptable",
    "COMPLETEE": "Fournisseur",
    "VALIDEE_1": "Valideur",
    "REFUSEE_1": "Valideur",
    "VALIDEE_2": "Valideur",
    "REFUSEE_2": "Valideur",
}
ENDS = frozenset({"REJETEE", "MISE_EN_PAIEMENT", "ABANDONNEE", "SUPPRIMEE"})
_VALIDATIONS = frozenset(
    {"VALIDEE_1", "VALIDEE_2", "ABSENCE_VALIDATION_1_HORS_DELAI", "ABSENCE_VALIDATION_2_HORS_DELAI"}
)
REASON_COMPULSORY = frozenset({"REJETEE", "SUSPENDUE"})


class LifeCycle:
    """Moves the invoices of a store. `pace`: seconds between two steps instead of the table."""

    def __init__(self, clock, store, pace=None):
        self._clock = clock
        self._store = store
        self._pace = pace
        # (due, invoice id); an entry whose invoice has another due date is stale
        self._agenda = []

    def _delay(self, step):
        """Before this step; what the law gives a validator is never hurried."""
        is_hurried = self._pace is not None and step.code != TACIT
        return timedelta(seconds=self._pace if is_hurried else step.delay)

    def _schedule(self, invoice, since):
        following = LIVES[invoice.life][invoice.step + 1 : invoice.step + 2]
        told = [
            step
            for step in following
            if step.delay is not None
            and (step.code != "MISE_EN_PAIEMENT" or invoice.recipient.payment_reported)
        ]
        if not told:
            invoice.due = None
            return
        invoice.due = since + self._delay(told[0])
        heapq.heappush(self._agenda, (invoice.due, invoice.invoice_id))

    def start(self, invoice, until="DEPOSEE"):
        """Gives a new invoice its first events: from its deposit to `until`, on its table."""
        date = invoice.deposited
        for rank, step in enumerate(LIVES[invoice.life]):
            if rank:
                date += self._delay(step)
            self._record_step(invoice, rank, date)
            if step.code == until:
                break
        self._schedule(invoice, date)

    def _record_step(self, invoice, rank, date):
        step = LIVES[invoice.life][rank]
        invoice.step = rank
        self._store.record(invoice, step.code, date, step.comment, AUTHORS.get(step.code))

    def catch_up(self):
        """Does everything that is due by now, each event at its own date."""
        now = self._clock.now()
        while self._agenda and self._agenda[0][0] <= now:
            due, invoice_id = heapq.heappop(self._agenda)
            invoice = self._store.get(invoice_id)
            if invoice.due != due:
                continue
            self._record_step(invoice, invoice.step + 1, due)
            self._schedule(invoice, due)

    def order(self, invoice, code, comment=None):
        """Sets a status by order, dated now. ValueError says what Chorus Pro would never do."""
        if code not in INVOICE_STATUSES:
            raise ValueError(f"{code} is not one of the {len(INVOICE_STATUSES)} invoice statuses")
        if code in REASON_COMPULSORY and not comment:
            raise ValueError(f"a reason (comment) is compulsory for {code}")
        if comment and len(comment) > 2000:
            raise ValueError("a comment has 2000 characters at most")
        # Accounts kept through Hélios report the payment first and the order after it
        late_order = (invoice.status, code) == ("MISE_EN_PAIEMENT", "MANDATEE")
        if invoice.status in ENDS and not late_order:
            raise ValueError(f"{invoice.number} is {invoice.status}: this is the end of its life")
        if code == "COMPLETEE" and invoice.status != "SUSPENDUE":
            raise ValueError(f"only a SUSPENDUE invoice becomes COMPLETEE, not {invoice.status}")
        self.set_status(invoice, code, self._clock.now(), comment)
        if late_order:
            # It was paid: nothing follows
            invoice.due = None

    def set_status(self, invoice, code, date, comment=None, author=None):
        """Records any status, known or not, and plans what follows from it."""
        author = author or AUTHORS.get(code, "Ordonnateur")
        self._store.record(invoice, code, date, comment, author)
        rank = rank_of(invoice.life, code, invoice.step)
        if code == "COMPLETEE" and rank is None:
            # The platform returns it to the recipient automatically
            rank = rank_of(invoice.life, "MISE_A_DISPOSITION", -1) - 1
        if rank is None and code in _VALIDATIONS:
            # It goes on its way
            rank = rank_of(invoice.life, "EN_COURS_ACHEMINEMENT", -1) - 1
        if rank is None or code in ENDS:
            invoice.due = None
            return
        invoice.step = rank
        self._schedule(invoice, date)
