# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Memory that senders share with their parent: it stays readable after a SIGKILL.

Each byte has one writer at a time: a sender writes its own place, and the count of an order is
only touched by the sender that holds the order's invoice.
"""

import mmap
import struct

from .scenario import DOCUMENT, EDI_STEPS, STEPS, TOGETHER

MOST_ORDERS = 64
_PLACE = struct.Struct("=BI")  # rank of the step from 1, 0 for none; process id at PostgreSQL
ELSEWHERE = "elsewhere"
PLACES = (*STEPS, DOCUMENT, TOGETHER, *(step for step in EDI_STEPS if step not in STEPS))


class SharedMemory:
    """Where each of `senders` senders is, and how often each order must still be passed by.

    To be made before the senders are forked.
    """

    def __init__(self, senders):
        self._senders = senders
        self._memory = mmap.mmap(-1, senders * _PLACE.size + MOST_ORDERS)

    def stand(self, slot, step, backend):
        """Sender `slot` is at `step` (one of PLACES, or None for elsewhere); `backend`:
        process id of its connection at the server, 0 for none."""
        rank = PLACES.index(step) + 1 if step else 0
        _PLACE.pack_into(self._memory, slot * _PLACE.size, rank, backend)

    def step(self, slot):
        """The name of the step at which a sender is, or was when it ended."""
        rank = self._place(slot)[0]
        return PLACES[rank - 1] if rank else ELSEWHERE

    def backend(self, slot):
        """The process id at PostgreSQL of a sender's connection, 0 when it has none."""
        return self._place(slot)[1]

    def _place(self, slot):
        return _PLACE.unpack_from(self._memory, slot * _PLACE.size)

    def give(self, orders):
        """Start counting for the orders of a run; the earlier ones are forgotten."""
        if len(orders) > MOST_ORDERS:
            raise ValueError(f"at most {MOST_ORDERS} orders a run")
        for index in range(MOST_ORDERS):
            passes = orders[index].passes if index < len(orders) else 0
            self._memory[self._senders * _PLACE.size + index] = passes

    def passed(self, index):
        """Count one pass for the order `index`; True when it is the one to obey."""
        place = self._senders * _PLACE.size + index
        left = self._memory[place]
        if left:
            self._memory[place] = left - 1
        return left == 1

    def is_obeyed(self, index):
        """Whether the order `index` of this run has been obeyed."""
        return not self._memory[self._senders * _PLACE.size + index]
