# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What jobs and screens cost beside very many invoices, while few or many are followed: the cost
should follow what changed.

Each figure is measured in a process of its own, forked before it has done anything.
"""

import contextlib
import importlib
import json
import time

from ..chaos.workers import Child
from ..console import Problem, say
from ..processes import MEGABYTE, forget_peak, peak
from .stock import invoices, multiply

CHANGED = 100
AGE_S = 600
# Of the followed ones, one in so many waits for the accountant.
TO_HANDLE_OF = 100
MOVED_ON = "MISE_A_DISPOSITION"
SUBMISSION, CONNECTION = "chorus.pro.submission", "chorus.pro.connection"
TO_HANDLE = [("chorus_pro_needs_action", "=", True)]
CARD = ("name", "commercial_partner_id", "amount_total_in_currency_signed", "chorus_pro_reason",
        "chorus_pro_remedy", "chorus_pro_days_waiting", "chorus_pro_handle_label")
# Columns of a submission, then of its invoice, in each kind of stock.
ENDED = ("status_code = 'MISE_EN_PAIEMENT', status = 'payment_issued', is_followed = FALSE, "
         "needs_action = FALSE, needed_action = NULL, status_date = now() - {age}")
FOLLOWED = ("status_code = 'SERVICE_FAIT', status = 'service_done', is_followed = TRUE, "
            "status_date = now() - interval '5 days'")
WAITING = ("status_code = 'SUSPENDUE', status = 'suspended', is_followed = TRUE, "
           "needs_action = TRUE, needed_action = 'complete', told_about = 'deposited SUSPENDUE'")
SUMMARY = """UPDATE account_move
                SET chorus_pro_state = submission.status,
                    chorus_pro_status_date = submission.status_date,
                    chorus_pro_needs_action = submission.needs_action
               FROM chorus_pro_submission submission
              WHERE submission.id = account_move.chorus_pro_submission_id
                AND chorus_pro_state IS DISTINCT FROM submission.status"""


def measure(bench):
    """Give the figures with few, then with many followed invoices."""
    total = invoices()
    say(f"making {total} invoices by SQL ...")
    first = bench.queue(1)[0]
    _fill(bench.registry, first, total)
    for followed in (max(2 * CHANGED, total // 400), total // 4):
        yield from _with_followed(bench, followed)


def _fill(registry, first, total):
    """Have that many submissions: half ended long ago, a quarter lately; a quarter is to be
    followed."""
    with registry.cursor() as cr:
        cr.execute("SELECT move_id FROM chorus_pro_submission WHERE id = %s", [first])
        [move] = cr.fetchone()
        cr.execute("""UPDATE chorus_pro_submission
                         SET state = 'deposited', next_try = NULL, chorus_invoice_id = '1'
                       WHERE id = %s""", [first])
        cr.execute(f"UPDATE chorus_pro_submission SET {ENDED} WHERE id = %s".format(
            age="interval '200 days'"), [first])
        multiply(cr, "account_move", move, {
            "name": "'STOCK/' || rank", "sequence_number": "rank"},
            f"generate_series(2, {total}) AS rank")
        multiply(cr, "chorus_pro_submission", first, {
            "name": "move.name", "move_id": "move.id", "chorus_invoice_id": "'9' || move.id"},
            "(SELECT id, name FROM account_move WHERE name LIKE 'STOCK/%%') AS move")
        cr.execute("""UPDATE account_move SET chorus_pro_submission_id = submission.id
                        FROM chorus_pro_submission submission
                       WHERE submission.move_id = account_move.id""")
        cr.execute(f"UPDATE chorus_pro_submission SET {ENDED} WHERE id % 4 = 0".format(
            age="interval '5 days'"))
        cr.execute(SUMMARY)
        for table in ("account_move", "chorus_pro_submission"):
            cr.execute(f"ANALYZE {table}")


def _with_followed(bench, followed):
    _follow(bench, followed)
    _settle_down(bench)
    yield f"follow_unchanged_{followed}", _apart(bench, _look)
    numbers = _move_on(bench, followed)
    yield f"follow_{CHANGED}_changed_{followed}", _apart(bench, _look)
    _check(bench.registry, numbers)
    yield f"queue_idle_{followed}", _apart(bench, lambda env: env[SUBMISSION]._cron_send)
    yield f"follow_up_{followed}", _apart(bench, lambda env: env[SUBMISSION]._cron_follow_up)
    yield f"to_handle_{followed}", _apart(bench, _to_handle)
    yield f"digest_{followed}", _apart(bench, _digest)
    yield f"search_reference_{followed}", _apart(bench, _search_reference)
    yield f"dashboard_{followed}", _apart(bench, _dashboard)


def _follow(bench, followed):
    """That many are followed, the rest of them ended long ago."""
    with bench.registry.cursor() as cr:
        cr.execute("""SELECT id FROM chorus_pro_submission WHERE id %% 4 = 1
                       ORDER BY id LIMIT %s""", [followed])
        rows = [row for [row] in cr.fetchall()]
        cr.execute(f"UPDATE chorus_pro_submission SET {FOLLOWED} WHERE id = ANY(%s)", [rows])
        cr.execute(f"UPDATE chorus_pro_submission SET {WAITING} WHERE id = ANY(%s)",
                   [rows[::TO_HANDLE_OF]])
        cr.execute(SUMMARY)
        for table in ("account_move", "chorus_pro_submission"):
            cr.execute(f"ANALYZE {table}")


def _settle_down(bench):
    """Have one look: a token, and what is read once."""
    bench.simulator.post("reset")
    bench.database.forget_tokens()
    with bench.registry.cursor() as cr:
        cr.execute("UPDATE chorus_pro_connection SET followed_until = now(), "
                   "fully_followed_at = now(), paused_until = NULL")
    with _job(bench.registry) as env:
        _look(env)()


def _move_on(bench, followed):
    """Let a hundred of the followed ones move on at Chorus Pro; gives their numbers."""
    bench.simulator.post("invoices", count=CHANGED, prefix=f"S{followed}-", status=MOVED_ON,
                         age_s=AGE_S)
    at_chorus = json.loads(bench.simulator.get("invoices"))
    numbers = [each["number"] for each in at_chorus]
    with bench.registry.cursor() as cr:
        cr.execute("""UPDATE chorus_pro_submission submission
                         SET chorus_invoice_id = there.id, name = there.number
                        FROM (SELECT id AS row, row_number() OVER (ORDER BY id) AS rank
                                FROM chorus_pro_submission
                               WHERE is_followed AND NOT needs_action) AS ours
                        JOIN unnest(%s, %s) WITH ORDINALITY AS there (id, number, rank)
                          ON there.rank = ours.rank
                       WHERE ours.row = submission.id""",
                   [[str(each["invoice_id"]) for each in at_chorus], numbers])
    return numbers


def _check(registry, numbers):
    with registry.cursor() as cr:
        cr.execute("""SELECT count(*) FROM chorus_pro_submission
                       WHERE name = ANY(%s) AND status_code = %s""", [numbers, MOVED_ON])
        [found] = cr.fetchone()
    if found != len(numbers):
        raise Problem(f"{found} of {len(numbers)} invoices were followed")


def _look(env):
    env[CONNECTION].search([]).follow_wanted_at = env.cr.now()
    env.cr.commit()
    return env[CONNECTION]._cron_follow


def _as_accountant(env):
    return env(user=env["res.users"].search([("login", "=", "camille")]).id)


def _to_handle(env):
    moves = _as_accountant(env)["account.move"]

    def open_screen():
        moves._read_group(TO_HANDLE, ["chorus_pro_needed_action"], ["__count"])
        moves.web_search_read(TO_HANDLE, {name: {} for name in CARD}, limit=80)

    return open_screen


def _digest(env):
    env.company.chorus_pro_digest_user_ids = _as_accountant(env).user
    env.cr.commit()
    return env["res.company"]._cron_chorus_pro_digest


def _search_reference(env):
    moves = _as_accountant(env)["account.move"]

    def search():
        for domain in (
            [("chorus_pro_submission_ids.chorus_invoice_id", "=", "123456789")],
            [("chorus_pro_submission_ids.flow_id.name", "ilike", "CPP-1234")],
        ):
            moves.search(domain, limit=80)

    return search


def _dashboard(env):
    """The graphs and the pivot of the analysis, and the cards of the journals."""
    mine = _as_accountant(env)
    analysis = mine["chorus.pro.analysis"]

    def open_screens():
        analysis.formatted_read_group([], ["phase"], ["amount_open:sum", "__count"])
        analysis.formatted_read_grouping_sets(
            [], [[], ["partner_id"]], ["amount_open:sum", "days_to_paid:avg", "late_days:avg"])
        analysis.formatted_read_group(
            [("expected_on", "!=", False)], ["expected_on:week"], ["amount_open:sum"])
        journals = mine["account.journal"].search([("type", "=", "sale")])
        journals._fill_chorus_pro_card({journal.id: {} for journal in journals})

    return open_screens


@contextlib.contextmanager
def _job(registry):
    api = importlib.import_module("odoo.api")
    with registry.cursor() as cr:
        yield api.Environment(cr, api.SUPERUSER_ID, {})


def _apart(bench, prepare):
    """The figures of a function in a process of its own; prepare(env) gives the function."""
    importlib.import_module("odoo.sql_db").close_all()
    child = Child(lambda pipe: pipe.send(_measured(bench, prepare)), [bench.database.pipe])
    try:
        return child.pipe.recv()
    except EOFError as error:
        raise Problem("a measurement failed: see the log") from error
    finally:
        child.reap()


def _measured(bench, prepare):
    sql_db = importlib.import_module("odoo.sql_db")
    with _job(bench.registry) as env:
        function = prepare(env)
        env.flush_all()
        env.invalidate_all()
        calls, statements = bench.requests(), sql_db.sql_counter
        base, started = forget_peak(), time.monotonic()
        function()
        env.flush_all()
        seconds, sql = time.monotonic() - started, sql_db.sql_counter - statements
        return {"calls": bench.requests() - calls, "sql": sql,
                "peak_mb": round((peak() - base) / MEGABYTE, 1), "seconds": round(seconds, 2)}
