# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A simulated Chorus Pro with every kind of recipient, and what the directory keeps of them."""

from datetime import timedelta

from ...models.access.storage import paris_today
from ...simulator.world.large_directory import COMBINATIONS, large_directory
from .chorus_pro import ChorusProCommon

# A SIRET that this Chorus Pro does not know.
UNKNOWN = "20000000100009"
STRUCTURE_DATES = ("searched_at", "refreshed_at", "services_at")


class DirectoryCommon(ChorusProCommon):
    """The recipients are those of the large directory, each combination once."""

    simulator_options = {"directory_size": len(COMBINATIONS)}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.directory = large_directory(len(COMBINATIONS))

    def _recipient(self, demand, services="none", state="plain"):
        """The simulator's structure of this combination."""
        return self.directory[COMBINATIONS.index((demand, services, state))]

    def _structures(self, siret):
        self.env.invalidate_all()
        return self.env["chorus.pro.structure"]._of_sirets(self.connection.environment, [siret])

    def _look_up(self, siret):
        """Have the job look it up; what the directory then has."""
        self.env["chorus.pro.structure"].sudo()._want(
            self.connection.environment, siret, self.accountant
        )
        self._refresh()
        return self._structures(siret)

    def _refresh(self):
        self.env.flush_all()
        self._run(self.env.ref("l10n_fr_chorus_pro.ir_cron_directory"))
        self.env.invalidate_all()

    def _age(self, structures, *names, **delay):
        """As if these dates (all by default) lay so far back."""
        for name in names or STRUCTURE_DATES:
            for structure in structures.filtered(name):
                structure[name] -= timedelta(**delay)
        if not names:
            for service in structures.service_ids.filtered("details_at"):
                service.details_at -= timedelta(**delay)
        self.env.flush_all()

    def _calls(self):
        """How many requests each operation about structures got since the last time."""
        counts = self.simulator.control.request_counts()
        self.simulator.control.clear_requests()
        return {name: n for name, n in counts.items() if name.startswith("structures_")}

    def _day(self, days=0):
        return paris_today() + timedelta(days=days)
