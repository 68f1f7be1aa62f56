# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).

# After how many invoices or files of a job authors see how far their batches are.
SHOWN_EVERY = 10


class BatchProgress:
    """What one job has shown of the batches that are under way (``env``: the job's)."""

    def __init__(self, env):
        self._batches = env["chorus.pro.batch"]
        self._items = 0
        self._shown = {}

    def count(self):
        """One invoice or file more was dealt with: show it now and then."""
        self._items += 1
        if self._items % SHOWN_EVERY == 0:
            self.show()

    def show(self):
        """Show the authors of batches under way how far they are, unless they saw that already.

        It reaches them when the transaction is committed.
        """
        under_way = self._batches.search([("ended_at", "=", False)])
        for batch, figures in under_way._figures().items():
            if figures["done"] and self._shown.get(batch.id) != figures:
                self._shown[batch.id] = figures
                batch._show(figures)
