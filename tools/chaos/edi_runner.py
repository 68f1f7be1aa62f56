# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Runs scenarios of `make chaos EDI=1` in Odoo's Python: `python -m tools.chaos.edi_runner
SETTINGS`, with the settings of tools.chaos.runner.

There is no API: files alone say what became of the invoices. Time passes at Chorus Pro by dates
that get later and later, for a file that lies ready keeps those it was written with.
"""

import json

from .. import processes
from ..demo.edi import edi_settings
from .edi_scenario import draw
from .edi_sender import EdiSender
from .runner import DAY_S, Runner, play
from .scenario import EDI_STEPS, MOST_UNFINISHED


class EdiRunner(Runner):
    """As Runner."""

    sender = EdiSender
    draw = staticmethod(draw)
    places = EDI_STEPS

    @classmethod
    def _settings(cls, known):
        return {**super()._settings(known), **edi_settings(known["edi"])}

    def _is_due(self, rows):
        if self.database.due(rows):
            return True
        return not self.database.is_paused() and bool(self.database.unread() or self._ready())

    def _ready(self):
        return any(each["ready"] for each in json.loads(self.simulator.get("edi")))

    def _pass_time(self, rows, seconds):
        if seconds:
            self.database.pass_time(rows, seconds, False)
            self.simulator.post("clock", advance_s=seconds)

    def _follow(self, scenario, invoices):
        """Have the statuses of two more days fetched, twice: Odoo must show what is there."""
        rows = [invoice["row"] for invoice in invoices]
        self.simulator.delete("faults")
        if scenario.kills + 1 >= MOST_UNFINISHED:
            # A file whose reading ended so many processes waits for a person.
            self.database.read_again()
        for _time in range(2):
            self._pass_time(rows, 2 * DAY_S)
            self._work(rows, (), ())
            at_chorus = json.loads(self.simulator.get("invoices"))
            self.tally.follow(self.database.look(rows), at_chorus)


def main(settings):
    """Run and report; returns the exit code."""
    return play(settings, EdiRunner)


if __name__ == "__main__":
    processes.run_program(main)
