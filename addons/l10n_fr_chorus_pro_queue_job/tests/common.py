# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Invoices whose jobs are trapped, then performed, beside a simulated Chorus Pro."""

from odoo.addons.l10n_fr_chorus_pro.tests.common.follow import FollowCommon


class QueueJobCommon(FollowCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel = f"root.chorus_pro.connection_{cls.connection.id}"

    def _click(self, moves):
        moves.with_user(self.accountant).action_chorus_pro_send()

    def _jobs(self, trap, name):
        """The trapped jobs of this name that wait."""
        return [job for job in trap.enqueued_jobs if job.method_name == f"_chorus_pro_job_{name}"]

    def _perform(self, trap):
        """Perform what is trapped so far, as the runner has it done; what that queues is trapped
        too."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            trap.perform_enqueued_jobs()
        self.env.invalidate_all()

    def _submitted(self):
        """Numbers of the invoices that Chorus Pro was asked to create, once for each request."""
        return sorted(
            request["body"]["numeroFactureSaisi"] for request in self._requests("soumettre")
        )
