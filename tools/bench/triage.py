# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What it costs to sort many invoices before sending, 20 of them with something to correct: SQL
statements for opening the dialog, compared with opening the invoices one by one."""

import importlib
import time

from ..chaos.database import ACCOUNTANT, DEMANDS
from ..console import Problem

INVOICES = 300
TO_FIX = 20
ENGAGEMENT_TOO_LONG = "BC-" + "0" * 60


def measure(bench):
    """Give the figures; the invoices are not kept."""
    api = importlib.import_module("odoo.api")
    with bench.registry.cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        user = env["res.users"].search([("login", "=", ACCOUNTANT["login"])])
        moves = _invoices(env, bench.simulator.credentials()).with_user(user)
        naive, _seconds, _found = _measured(env, lambda: _one_by_one(moves))
        opened, seconds, action = _measured(env, moves.action_chorus_pro_send_selected)
        triage = env[action["res_model"]].with_user(user).browse(action["res_id"])
        figures = {
            "invoices": len(moves), "sql": opened, "naive": naive, "seconds": round(seconds, 1),
            "ready": triage.ready_count, "to_fix": triage.to_fix_count,
        }
        if (triage.ready_count, triage.to_fix_count) != (INVOICES - TO_FIX, TO_FIX):
            raise Problem(f"{triage.ready_count} ready, {triage.to_fix_count} to fix: "
                          f"{set(triage.line_ids.mapped('cause'))}")
        sent, _seconds, _action = _measured(env, triage.action_send)
        figures |= {"sql_sending": sent, "left": triage.to_fix_count}
        queued = moves.filtered(lambda move: move.chorus_pro_state == "queued")
        if len(queued) != INVOICES - TO_FIX:
            raise Problem(f"{len(queued)} invoices are queued, not {INVOICES - TO_FIX}")
        yield "triage_300", figures
        cr.rollback()


def _invoices(env, chorus):
    siret = next(recipient["siret"] for recipient in chorus["recipients"]
                 if recipient["active"] and not any(recipient[name] for name in DEMANDS))
    tax = env["account.tax"].search(
        [("type_tax_use", "=", "sale"), ("amount", "=", 20.0), ("amount_type", "=", "percent"),
         ("price_include_override", "!=", "tax_included")], limit=1)
    customer = env["res.partner"].search([("company_registry", "=", siret)])
    customers = [customer.copy({"name": f"{customer.name} {rank}", "company_registry": siret,
                                "invoice_sending_method": "chorus_pro"})
                 for rank in range(INVOICES // 3)]
    moves = env["account.move"].create([
        {"move_type": "out_invoice", "partner_id": customers[rank % len(customers)].id,
         "invoice_date": env.cr.now().date(),
         "purchase_order_reference": ENGAGEMENT_TOO_LONG if rank < TO_FIX else f"BC-{rank}",
         "invoice_line_ids": [(0, 0, {"name": "Prestation", "price_unit": 100.0 + rank,
                                      "tax_ids": [(6, 0, tax.ids)]})]}
        for rank in range(INVOICES)])
    moves.action_post()
    return moves


def _one_by_one(moves):
    """As if each invoice were opened alone, with nothing prefetched."""
    for move in moves:
        move.env.invalidate_all()
        move.browse(move.id)._chorus_pro_problems()


def _measured(env, work):
    """(SQL statements, seconds, result) of ``work``, nothing being in memory."""
    env.flush_all()
    env.invalidate_all()
    before, started = env.cr.sql_log_count, time.monotonic()
    result = work()
    env.flush_all()
    return env.cr.sql_log_count - before, time.monotonic() - started, result
