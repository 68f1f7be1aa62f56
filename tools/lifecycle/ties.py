# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The second part of `make upgrade`: the add-ons that tie the main one to others are uninstalled
while there is work for them; the scheduled actions then send and follow what waited."""

from .. import simulator_process
from ..console import Problem, say
from ..demo import command as demo
from ..odoo import shell as odoo_shell
from ..odoo.server import OdooServer
from .database_copy import SHELL_SCRIPT, plain_recipient, run_jobs

DATABASE = "chorus_pro_ties"
# What each add-on ties to.
TIES = {"l10n_fr_chorus_pro_queue_job": "queue_job", "l10n_fr_chorus_pro_sale": "sale"}
INVOICES = 3
STATUS = "SUSPENDUE"


class TiedServer(OdooServer):
    """Odoo that finds the add-ons of the OCA whatever it is called for."""

    def environment(self, modules=()):
        return super().environment((*modules, *TIES.values()))


def uninstall(databases):
    """Uninstall each where it is; print one line. Raises Problem."""
    ties = {name: app for name, app in TIES.items() if databases.server.has(app)}
    if missing := TIES.keys() - ties.keys():
        say(f"left out, for want of what they tie to: {', '.join(missing)}")
    home, source = databases.home, databases.server.source
    server = TiedServer(home, source, databases.server.access)
    with simulator_process.running(home, ("--latency", 0)) as simulator:
        databases.fresh(DATABASE, also=tuple(ties.values()))
        chorus = simulator.credentials()
        demo.set_up_company(server, DATABASE, "http://127.0.0.1", chorus,
                            customers=chorus["recipients"])

        def call(function, **arguments):
            return odoo_shell.call(server, DATABASE, SHELL_SCRIPT, function, **arguments)

        numbers = call("fill", siret=plain_recipient(chorus), invoices=INVOICES)
        jobs = call("waiting_jobs")
        _require(bool(jobs) == ("l10n_fr_chorus_pro_queue_job" in ties), f"{jobs} jobs wait")
        for name in ties:
            say(f"uninstalling {name} ...")
            call("uninstall", addon=name)
            left = call("left_of", addon=name)
            _require(not left, f"left of {name}: {'; '.join(left)}")
        _require(call("waiting_jobs") == 0, "jobs wait that nothing can do any more")
        _require(call("states") == dict.fromkeys(numbers, "queued"), "what waited is not queued")
        _require(call("is_wanted", job="ir_cron_send"), "no scheduled action is to send it")
        run_jobs(databases, DATABASE, server)
        _require(call("states") == dict.fromkeys(numbers, "deposited"), "not all is deposited")
        for number in numbers:
            simulator.set_status(number, STATUS, "Bon de livraison")
        call("ask_again")
        run_jobs(databases, DATABASE, server)
        statuses = call("statuses")
        _require(statuses == dict.fromkeys(numbers, STATUS), f"not followed: {statuses}")
        deposits = sorted(simulator.invoices())
        _require(deposits == sorted(numbers), f"at Chorus Pro: {deposits}")
    print(f"uninstalled: {'+'.join(ties)} waiting_jobs={jobs} sent={len(numbers)} "
          f"followed={len(statuses)} lost=0 left_over=0", flush=True)


def _require(holds, sentence):
    if not holds:
        raise Problem(sentence)
