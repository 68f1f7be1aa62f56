# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from .models.connection import JOBS


def uninstall_hook(env):
    """Give the wishes of the jobs that have not begun back to the scheduled actions: without this
    add-on their methods are gone."""
    connections = env["chorus.pro.connection"]
    for job in JOBS:
        waiting = env["queue.job"].search(
            [
                ("model_name", "=", connections._name),
                ("method_name", "=", f"_chorus_pro_job_{job}"),
                ("state", "not in", ("started", "done", "cancelled")),
            ]
        )
        for cron in connections._chorus_pro_crons(job):
            for at in set(waiting.mapped("eta")):
                cron._trigger(at=at or None)
        waiting.unlink()
