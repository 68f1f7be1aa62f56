# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The part of `make chaos` that works in Odoo's database: makes invoices, ages and reads rows.

Runs in its own process (see workers), called by name through a pipe.
"""

import contextlib
import importlib
import io
import math
import random
import traceback
from datetime import timedelta

from psycopg2.extensions import TransactionRollbackError

from ..console import Problem
from ..demo.company import set_up
from ..odoo.job import OdooJob
from .sender import MODEL
from .workers import Child

DUE = "coalesce(next_try, '-infinity') <= now() AT TIME ZONE 'UTC'"
OPEN = "('queued', 'sending', 'uncertain', 'deposited')"
# Rows that settle on their own, and rows whose file settles them.
ALONE = f"""NOT EXISTS (SELECT FROM chorus_pro_flow flow
                         WHERE flow.id = submission.flow_id AND flow.state IN {OPEN})"""
WAITING = "state IN ('queued', 'uncertain') AND NOT coalesce(needs_decision, FALSE)"
COLUMNS = ("id", "name", "state", "needs_decision", "is_said_known", "chorus_invoice_id",
           "status_code", "reason", "document_format", "coalesce(unfinished, 0) AS unfinished",
           "coalesce(edi_accepted, FALSE) AS edi_accepted")
ACCOUNTANT = {"login": "camille", "password": "camille"}
PRICE = 100.0
EDIT_TRIES = 5
DEMANDS = ("service_required", "engagement_required", "service_or_engagement_required")


class Database:
    """What the process does; each method is one transaction."""

    def __init__(self, registry):
        self.registry = registry
        self._odoo = importlib.import_module("odoo.api")
        self._siret = None

    def serve(self, pipe):
        """Answer calls ("name", arguments) with (True, result) or (False, what went wrong)."""
        with contextlib.suppress(EOFError, BrokenPipeError):  # the parent is gone
            while True:
                name, arguments = pipe.recv()
                pipe.send(self._answer(name, arguments))

    def _answer(self, name, arguments):
        try:
            return True, getattr(self, name)(*arguments)
        except Exception:  # noqa: BLE001 (reported to the parent, which stops)
            return False, traceback.format_exc()

    @contextlib.contextmanager
    def _env(self):
        with self.registry.cursor() as cr:
            yield self._odoo.Environment(cr, self._odoo.SUPERUSER_ID, {})

    def set_up(self, chorus):
        """The demo's company, customers and connection, unless they are there; chorus: see
        demo.company."""
        self._siret = next(
            recipient["siret"] for recipient in chorus["recipients"]
            if recipient["active"] and not any(recipient[demand] for demand in DEMANDS))
        with self._env() as env, contextlib.redirect_stdout(io.StringIO()):
            if not env["chorus.pro.connection"].search_count([]):
                set_up(env, odoo_url="http://127.0.0.1", accountant=ACCOUNTANT, chorus=chorus,
                       customers=chorus["recipients"])

    def configure(self, values):
        """Write these values on the connection."""
        with self._env() as env:
            env["chorus.pro.connection"].search([]).write(values)

    def count_statuses(self):
        """How many statuses of invoices are kept."""
        with self._env() as env:
            return env["chorus.pro.status"].search_count([])

    def queue(self, formats, weight=0):
        """Post one invoice for each format and queue it as the accountant does.

        weight: bytes of the picture in its PDF, as fonts and a logo weigh.

        Gives {"row": id of its submission, "number": its number}, in that order.
        """
        with self._env() as env:
            tax = env["account.tax"].search(
                [("type_tax_use", "=", "sale"), ("amount", "=", 20.0),
                 ("amount_type", "=", "percent"), ("price_include_override", "!=", "tax_included")],
                limit=1)
            customer = env["res.partner"].search([("company_registry", "=", self._siret)])
            moves = env["account.move"].create([
                {"move_type": "out_invoice", "partner_id": customer.id,
                 "invoice_date": env.cr.now().date(), "chorus_pro_format": document_format,
                 "invoice_line_ids": [(0, 0, {"name": "Prestation", "price_unit": PRICE + rank,
                                              "tax_ids": [(6, 0, tax.ids)]})]}
                for rank, document_format in enumerate(formats)])
            moves.action_post()
            archive(moves, weight)
            accountant = env["res.users"].search([("login", "=", ACCOUNTANT["login"])])
            moves.with_user(accountant).action_chorus_pro_send()
            return [{"row": move.chorus_pro_submission_ids.id, "number": move.name}
                    for move in moves]

    def edit(self, row):
        """Write on the invoice of a submission, as an accountant does, unless the sender is
        faster each time; Odoo tries a user's request again as often."""
        for _attempt in range(EDIT_TRIES):
            try:
                with self._env() as env:
                    move = env[MODEL].browse(row).move_id
                    move.narration = f"{move.narration or ''}."
                return
            except TransactionRollbackError:
                continue

    def due(self, rows):
        """How many of these submissions, and of the files, the job has to work on now."""
        if self.is_paused():
            return 0
        with self.registry.cursor() as cr:
            cr.execute(f"""SELECT count(*) FROM chorus_pro_submission submission
                            WHERE id = ANY(%s) AND {ALONE}
                              AND (state = 'sending' OR {WAITING} AND {DUE})""", [rows])
            [alone] = cr.fetchone()
            cr.execute(f"""SELECT count(*) FROM chorus_pro_flow
                            WHERE state = 'sending' OR state IN {OPEN} AND {DUE}""")
            return alone + cr.fetchone()[0]

    def is_paused(self):
        """Whether no job may use the connection now."""
        with self.registry.cursor() as cr:
            cr.execute("""SELECT FROM chorus_pro_connection
                           WHERE paused_until > now() AT TIME ZONE 'UTC'""")
            return bool(cr.rowcount)

    def unread(self):
        """How many files that were fetched by EDI are still to be read."""
        with self.registry.cursor() as cr:
            cr.execute("SELECT count(*) FROM chorus_pro_edi_file WHERE state = 'new'")
            return cr.fetchone()[0]

    def read_again(self):
        """Press the button on the files whose reading ended too many processes."""
        with self._env() as env:
            files = env["chorus.pro.edi.file"].search(
                [("state", "=", "unreadable"), ("content", "!=", False)])
            files.action_read_again()

    def pass_time(self, rows, seconds, ages=True):
        """Move every date of these submissions, the files, the connection and the tokens that far
        into the past; without `ages`, not those that Chorus Pro gave."""
        with self.registry.cursor() as cr:
            older = """SET next_try = next_try - %(age)s * interval '1 second',
                           missing_since = missing_since - %(age)s * interval '1 second'"""
            values = {"age": seconds, "rows": rows, "shown": seconds if ages else 0}
            cr.execute(f"""UPDATE chorus_pro_submission {older},
                                  status_date = status_date - %(shown)s * interval '1 second'
                            WHERE id = ANY(%(rows)s)""", values)
            cr.execute(f"UPDATE chorus_pro_flow {older} WHERE state IN {OPEN}", values)
            cr.execute("""UPDATE chorus_pro_connection
                             SET paused_until = paused_until - %(age)s * interval '1 second'""",
                       values)
            cr.execute("""UPDATE chorus_pro_token
                             SET expires_at = expires_at - %s * interval '1 second'""", [seconds])

    def look(self, rows):
        """These submissions, each a dictionary of COLUMNS, in the order of their ids."""
        with self.registry.cursor() as cr:
            cr.execute(f"""SELECT {", ".join(COLUMNS)} FROM chorus_pro_submission
                            WHERE id = ANY(%s) ORDER BY id""", [rows])
            return cr.dictfetchall()

    def follow(self):
        """Make Odoo read the status of all invoices again from the beginning; returns what
        OdooJob.run does."""
        with self.registry.cursor() as cr:
            cr.execute("""UPDATE chorus_pro_connection
                             SET follow_wanted_at = now() AT TIME ZONE 'UTC',
                                 followed_until = NULL, fully_followed_at = NULL,
                                 paused_until = NULL, following_put_off_until = NULL""")
        return OdooJob(self.registry, "ir_cron_follow").run()

    def end_backend(self, backend):
        """Make PostgreSQL close a connection, named by its backend's process id."""
        with self.registry.cursor() as cr:
            cr.execute("SELECT pg_terminate_backend(%s)", [backend])

    def forget_tokens(self):
        """Make the next call request a token."""
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM chorus_pro_token")

    def mark_deposited(self, rows, ids, seconds):
        """Mark these submissions as deposited that many seconds ago, with these ids at Chorus Pro,
        in the same order."""
        with self._env() as env:
            since = env.cr.now() - timedelta(seconds=seconds)
            submissions = env[MODEL].browse(rows)
            submissions.write({"state": "deposited", "status_code": "DEPOSEE", "next_try": False,
                               "status_date": since.replace(microsecond=0)})
            for submission, chorus_id in zip(submissions, ids, strict=True):
                submission.chorus_invoice_id = chorus_id

    def set_aside(self, rows):
        """Take what did not settle out of the way of the next run."""
        with self.registry.cursor() as cr:
            cr.execute(f"""UPDATE chorus_pro_flow SET state = 'dissolved'
                            WHERE state IN {OPEN}""")
            cr.execute("UPDATE chorus_pro_connection SET paused_until = NULL, failures = 0")
            cr.execute("""UPDATE chorus_pro_submission SET state = 'cancelled'
                           WHERE id = ANY(%s) AND state IN ('queued', 'sending', 'uncertain')
                       """, [rows])
            # The next run's invoices get the same ids at Chorus Pro.
            cr.execute("""UPDATE chorus_pro_submission
                             SET chorus_invoice_id = NULL, is_followed = FALSE,
                                 history_wanted = FALSE
                           WHERE id = ANY(%s)""", [rows])


def archive(moves, weight=0):
    """Give these posted invoices the document that printing them would, in no time."""
    moves.env["ir.attachment"].create([
        {"name": "facture.pdf", "raw": _document(move, weight), "mimetype": "application/pdf",
         "res_model": "account.move", "res_id": move.id, "res_field": "invoice_pdf_report_file"}
        for move in moves])
    moves.invalidate_recordset()


def _document(move, weight):
    """What would be archived: a small PDF, as Factur-X where that is the format."""
    pdf = _pdf(move.name, weight)
    return move._chorus_pro_embed(pdf) if move.chorus_pro_format == "facturx" else pdf


def _pdf(text, weight):
    """A small real PDF, with a noise picture of that many bytes, if any."""
    canvas = importlib.import_module("reportlab.pdfgen.canvas")
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer)
    page.drawString(100, 700, text)
    if weight:
        pictures = importlib.import_module("PIL.Image")
        side = math.isqrt(weight)
        noise = random.Random(text).randbytes(side * side)
        page.drawInlineImage(pictures.frombytes("L", (side, side), noise), 100, 300)
    page.save()
    return buffer.getvalue()


class DatabaseProcess:
    """A Database in its own process: its methods, called through the pipe."""

    def __init__(self, registry):
        self._child = Child(lambda pipe: Database(registry).serve(pipe), ())

    @property
    def pipe(self):
        return self._child.pipe

    def stop(self):
        """End the process."""
        self._child.kill()
        self._child.reap()

    def __getattr__(self, name):
        def call(*arguments):
            self.pipe.send((name, arguments))
            done, result = self.pipe.recv()
            if not done:
                raise Problem(f"Odoo: {result}")
            return result
        return call
