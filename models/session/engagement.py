# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import logging
from contextlib import suppress
from datetime import timedelta
from functools import cached_property

from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models
from odoo.fields import Domain

from ...choruspro.checks import BLOCKING, WARNING, Problem, check_references
from ...choruspro.errors import ChorusProError
from ...choruspro.messages import MessageError
from .row_guard import guarded_part, guarded_row

_logger = logging.getLogger(__name__)

FRESH = timedelta(days=1)
KEPT_DAYS = 90
# How many numbers that users typed one run of the job asks about.
ASKED_PER_RUN = 50


def is_askable(number):
    """Whether Chorus Pro can be asked about this engagement number; the invoice shows what is wrong
    with any other."""
    return bool(number) and not check_references(
        service_code=None, engagement_number=number, contract_number=None
    )


class CommitmentQuestions:
    """What one job asks Chorus Pro about engagement numbers (``session``: its
    :class:`ChorusProSession`).

    ``asked``: {number: whether Chorus Pro knows an order with it}, as this job learnt.
    """

    def __init__(self, session):
        self._session = session
        self._is_silent = False
        self.asked = {}

    @cached_property
    def _fresh(self):
        return self._session.connection._fresh_commitments()

    def problems(self, number):
        """List of :class:`Problem`: one when Chorus Pro knows no order with this number.

        A number is asked about once a day. Where an unknown one blocks it is asked about again: it
        may have been registered since. Where it only warns, a question that fails says nothing.

        :raises ChorusProError: Chorus Pro could not say, and an unknown number blocks; or it asks
            to wait, which holds for the invoice too
        """
        number = (number or "").strip()
        if not is_askable(number) or self._is_known(number) is not False:
            return []
        severity = BLOCKING if self._blocks else WARNING
        return [Problem("commitment_unknown", "engagement_number", severity, {"number": number})]

    @property
    def _blocks(self):
        return self._session.connection.blocks_unknown_commitments

    def _is_known(self, number):
        """True, False, or None when Chorus Pro could not say."""
        if number in self.asked:
            return self.asked[number]
        known = self._fresh.get(number)
        if known or self._is_silent or (known is False and not self._blocks):
            return known
        try:
            return self.ask(number)
        except ChorusProError as error:
            if self._blocks or self._session.is_asked_to_wait(error):
                raise
            # Such as an application without a right to this API: the invoice leaves all the same.
            _logger.info("Chorus Pro gives no engagement numbers: %s", error.code)
            self._is_silent = True
            return None

    def ask(self, number):
        """Whether Chorus Pro knows an order with this number for our structure.

        :raises ChorusProError: it could not say
        """
        session = self._session
        found = session.client.search_commitments(session.supplier_id, number)
        self.asked[number] = any(commitment.number == number for commitment in found)
        return self.asked[number]


class ChorusProCommitment(models.Model):
    """Whether Chorus Pro knows an order with an engagement number, as it answered last.

    Asked for our own structure, which the order is for, whoever made it: the question names no
    recipient (observed by clients). Only jobs ask; a row without date waits for its answer.
    """

    _name = "chorus.pro.commitment"
    _description = "Engagement Number at Chorus Pro"
    _order = "asked_at desc, id desc"

    connection_id = fields.Many2one(
        "chorus.pro.connection", required=True, readonly=True, index=True, ondelete="cascade"
    )
    name = fields.Char(string="Engagement Number", required=True, readonly=True)
    is_known = fields.Boolean(string="Known to Chorus Pro", readonly=True)
    asked_at = fields.Datetime(string="Asked On", readonly=True)

    _one_number = models.UniqueIndex("(connection_id, name)")
    _waiting = models.Index("(connection_id) WHERE asked_at IS NULL")

    @api.autovacuum
    def _gc_commitments(self):
        before = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.search([("asked_at", "<", before)]).unlink()

    @api.model
    def _want(self, connection, numbers):
        """Have the job ask about these numbers, unless it did within a day or is about to."""
        numbers = {number for number in numbers if is_askable(number)}
        rows = self.search([("connection_id", "=", connection.id), ("name", "in", list(numbers))])
        since = fields.Datetime.now() - FRESH
        stale = rows.filtered(lambda row: row.asked_at and row.asked_at < since)
        stale.asked_at = False
        new = sorted(numbers - set(rows.mapped("name")))
        if new:
            self._add_wanted(connection, new)
        if new or stale:
            connection._start_jobs()

    @api.model
    def _add_wanted(self, connection, numbers):
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(
                    """INSERT INTO chorus_pro_commitment (connection_id, name)
                            SELECT %s, unnest(%s) ON CONFLICT (connection_id, name) DO NOTHING""",
                    [connection.id, numbers], log_exceptions=False,
                )
        except TransactionRollbackError:
            # Another user wants one of them at this moment: nobody's invoice may fail for that,
            # and the sender asks about the others.
            _logger.info("Engagement numbers are wanted by two users at once")

    @api.model
    def _ask_wanted(self):
        """Ask about what users typed, a bounded number at a time. Called by the job only."""
        cron = self.env["ir.cron"]
        cron._commit_progress()
        connections = self.env["chorus.pro.connection"]
        usable = connections._usable_domain()
        wanted = self.search(Domain("asked_at", "=", False) & usable, order="id")
        for connection, rows in wanted.grouped("connection_id").items():
            # Another sender may ask about the same.
            with guarded_row(self.env, rows, put_off=rows._drop):
                with connection._session() as session:
                    rows._lock_some()._ask(session)
                    cron._commit_progress()
                if session.client:
                    connection._conclude(session)
        if len(wanted) > ASKED_PER_RUN:
            connections._start_jobs()

    def _lock_some(self):
        """Those of these rows that are locked now: as many as one run asks about, and that no other
        sender has.

        :raises TransactionRollbackError: another sender just asked; that is no error for the log
        """
        self.env.cr.execute(
            """SELECT id FROM chorus_pro_commitment WHERE id = ANY(%s) AND asked_at IS NULL
             ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED""",
            [self.ids, ASKED_PER_RUN], log_exceptions=False,
        )
        return self.browse([row_id for [row_id] in self.env.cr.fetchall()])

    def _ask(self, session):
        """Ask about these; when that fails they are asked about once an invoice leaves."""
        with session.forgoing("engagement numbers"):
            for row in self:
                if session.stopped_by or not session.supplier_id:
                    break
                # A number that cannot be asked about may wait since before those were left out.
                with (
                    guarded_part(self.env, row, through=(ChorusProError,)), suppress(MessageError)
                ):
                    session.commitments.ask(row.name)
        answered = self.filtered(lambda row: row.name in session.commitments.asked)
        session.connection._keep_commitments(session.commitments.asked)
        (self - answered)._drop()

    def _drop(self):
        """Ask nothing about these."""
        self.exists().unlink()


class ResPartner(models.Model):
    _inherit = "res.partner"

    chorus_pro_orders_unchecked = fields.Boolean(
        string="Registers No Orders", company_dependent=True,
        help="This customer does not register its orders at Chorus Pro: its engagement numbers are "
        "not looked up there, and no warning says that they are unknown. Where the connection "
        "requires known numbers, they are looked up all the same.",
    )


class AccountMove(models.Model):
    _inherit = "account.move"

    def _chorus_pro_checks_order(self, connection):
        """Whether Chorus Pro is asked about the engagement number of this invoice, which leaves
        through ``connection``."""
        customer = self.commercial_partner_id.with_company(self.company_id)
        return connection.blocks_unknown_commitments or not customer.chorus_pro_orders_unchecked


class ChorusProConnection(models.Model):
    _inherit = "chorus.pro.connection"

    blocks_unknown_commitments = fields.Boolean(
        string="Engagement Number Must Be Known",
        help="An invoice is not sent when Chorus Pro knows no order with its engagement number. "
        "Left off, it leaves with a warning: not every public body registers its orders there.",
    )
    commitment_ids = fields.One2many("chorus.pro.commitment", "connection_id", copy=False)

    def _fresh_commitments(self):
        """{number: whether Chorus Pro knows it}, of what was asked within a day."""
        since = fields.Datetime.now() - FRESH
        rows = self.env["chorus.pro.commitment"].sudo().search(
            [("connection_id", "in", self.ids), ("asked_at", ">=", since)]
        )
        return {row.name: row.is_known for row in rows}

    def _keep_commitments(self, asked):
        """Keep what Chorus Pro answered: {number: whether it knows it}."""
        now = fields.Datetime.now()
        for number, is_known in sorted(asked.items()):
            self.env.cr.execute(
                """INSERT INTO chorus_pro_commitment
                               (connection_id, name, is_known, asked_at, create_date)
                        VALUES (%s, %s, %s, %s, %s)
                   ON CONFLICT (connection_id, name) DO UPDATE
                           SET is_known = EXCLUDED.is_known, asked_at = EXCLUDED.asked_at""",
                [self.id, number, is_known, now, now], log_exceptions=False,
            )
        self.env["chorus.pro.commitment"].invalidate_model()
