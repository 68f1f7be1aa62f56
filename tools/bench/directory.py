# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What it costs per day to know the requirements of 300 customers with 40 services each, compared
with the naive way, which reads each customer, its services and the details of each of them."""

import importlib
import json
import time
from collections import Counter

from ..console import Problem

CUSTOMERS = 300
SERVICES = 40
IN_USE_EVERY = 3  # every how many invoices one names a service
SERVICE = "SERVICE_000"
# Enough for CUSTOMERS of them to have SERVICES services or more.
SIMULATOR_OPTIONS = ("--directory-size", 2400)
A_DAY_LATER = """
    UPDATE chorus_pro_structure SET searched_at = searched_at - interval '1 day',
                                    refreshed_at = refreshed_at - interval '1 day',
                                    services_at = services_at - interval '1 day';
    UPDATE chorus_pro_service SET details_at = details_at - interval '1 day'
"""


def measure(bench):
    """Return the figures of the first day, when nothing is known yet, and of the next."""
    recipients = _recipients(bench.simulator.credentials()["recipients"])
    used = _invoice(bench.registry, recipients)
    first, _seconds = _refresh(bench)
    _check(bench.registry)
    with bench.registry.cursor() as cr:
        cr.execute(A_DAY_LATER)
    calls, seconds = _refresh(bench)
    if calls > CUSTOMERS + used:
        raise Problem(f"{calls} calls for {CUSTOMERS} customers and {used} services in use")
    naive = _naive(bench)
    yield f"directory_{CUSTOMERS}", {
        "calls": calls, "naive": naive, "services_in_use": used, "first_day": first,
        "seconds": round(seconds, 1), "ratio": round(naive / calls, 1)}


def _recipients(known):
    """Those of the simulator with enough services, whose SIRET nobody else has."""
    uses = Counter(one["siret"] for one in known)
    fit = [one["siret"] for one in known
           if one["active"] and uses[one["siret"]] == 1 and len(one["services"]) >= SERVICES]
    if len(fit) < CUSTOMERS:
        raise Problem(f"the simulator has {len(fit)} recipients with {SERVICES} services")
    return fit[:CUSTOMERS]


def _invoice(registry, sirets):
    """A queued invoice to each; gives how many name a service."""
    api = importlib.import_module("odoo.api")
    with registry.cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        customers = env["res.partner"].create([
            {"name": f"Commune {siret}", "is_company": True, "company_registry": siret,
             "country_id": env.ref("base.fr").id, "invoice_sending_method": "chorus_pro"}
            for siret in sirets])
        moves = env["account.move"].create([
            {"move_type": "out_invoice", "partner_id": customer.id,
             "invoice_date": cr.now().date(),
             "buyer_reference": False if rank % IN_USE_EVERY else SERVICE,
             "invoice_line_ids": [(0, 0, {"name": "Prestation", "price_unit": 100.0})]}
            for rank, customer in enumerate(customers)])
        moves.action_post()
        env["chorus.pro.submission"]._enqueue(moves)
        return len(moves.filtered("buyer_reference"))


def _refresh(bench):
    """(calls, seconds) of the daily job."""
    api = importlib.import_module("odoo.api")
    before, started = _calls(bench), time.monotonic()
    with bench.registry.cursor() as cr:
        api.Environment(cr, api.SUPERUSER_ID, {})["chorus.pro.structure"]._cron_refresh()
    return _calls(bench) - before, time.monotonic() - started


def _calls(bench):
    """Calls about structures, without those for an access token."""
    counts = json.loads(bench.simulator.get("request_counts"))
    return sum(count for name, count in counts.items() if name.startswith("structures_"))


def _check(registry):
    with registry.cursor() as cr:
        cr.execute("""SELECT count(DISTINCT structure.id), count(service.id)
                        FROM chorus_pro_structure structure
                        JOIN chorus_pro_service service ON service.structure_id = structure.id
                       WHERE structure.refreshed_at IS NOT NULL""")
        structures, services = cr.fetchone()
    if structures != CUSTOMERS or services < CUSTOMERS * SERVICES:
        raise Problem(f"{structures} structures with {services} services are known")


def _naive(bench):
    """Calls of reading everything about each customer."""
    api = importlib.import_module("odoo.api")
    before = _calls(bench)
    with bench.registry.cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        structures = env["chorus.pro.structure"].search([("chorus_id", "!=", False)])
        with env["chorus.pro.connection"].search([])._client() as client:
            for chorus_id in structures.mapped("chorus_id"):
                client.read_structure(chorus_id)
                for service in client.search_services(chorus_id):
                    client.read_service(chorus_id, service.service_id)
    return _calls(bench) - before
