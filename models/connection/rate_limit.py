# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import logging
import math
import time
from datetime import datetime, timedelta, timezone
from functools import partial

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...choruspro.auth import TOKEN
from ...choruspro.errors import CONNECTION_FAILED, PACE_REACHED, RateLimitedError, UnavailableError
from ...choruspro.rate_limit import Bucket, Pace, limited, take
from ..access.storage import aware, decide_apart, naive

_logger = logging.getLogger(__name__)

# Calls that a pause saves up: those of so many seconds.
BURST_SECONDS = 10
# A call that would have to wait longer is left to a later run.
LONGEST_WAIT = timedelta(seconds=10)
# With fewer, no two calls would ever come within the longest wait: an invoice needs several.
LEAST_PACE = 6
MOST_PACE = 60000
# Several workers want the row at once; of each collision one comes through.
TRIES = 20


class ChorusProPace(models.Model):
    """The bucket of permits of one connection, shared by all workers on all servers.

    Nobody has access rights on this model: only :class:`DatabaseGate` reads and writes it.
    """

    _name = "chorus.pro.pace"
    _description = "Chorus Pro Pace"
    _log_access = False

    connection_id = fields.Many2one(
        "chorus.pro.connection", required=True, index=True, ondelete="cascade"
    )
    full_at = fields.Datetime(groups=fields.NO_ACCESS, copy=False)
    closed_until = fields.Datetime(groups=fields.NO_ACCESS, copy=False)

    _one_per_connection = models.Constraint("UNIQUE (connection_id)", "A connection has one pace.")


class ChorusProConnection(models.Model):
    _inherit = "chorus.pro.connection"

    calls_per_minute = fields.Integer(
        help="How many calls of Chorus Pro all jobs together may make in a minute. 0: no limit. "
        "The quotas of PISTE are shown on its portal, on the page of your application."
    )

    @api.constrains("calls_per_minute")
    def _check_calls_per_minute(self):
        paces = set(self.mapped("calls_per_minute")) - {0}
        if any(not LEAST_PACE <= pace <= MOST_PACE for pace in paces):
            raise ValidationError(self.env._(
                "The calls per minute are between %(least)s and %(most)s, or 0 for no limit.",
                least=LEAST_PACE, most=MOST_PACE,
            ))

    def _client_options(self):
        options = super()._client_options()
        if self.calls_per_minute:
            options["gate"] = DatabaseGate(self.env.registry, self.id, self.calls_per_minute)
        return options


class DatabaseGate:
    """Gate of the Chorus Pro client (see ``choruspro/rate_limit.py``), its bucket a database row.

    The row is locked by a separate cursor for the moment of a decision: nobody waits inside.
    """

    def __init__(self, registry, connection_id, calls_per_minute):
        self._registry = registry
        self._connection_id = connection_id
        burst = max(1, calls_per_minute * BURST_SECONDS // 60)
        self._pace = Pace(calls_per_minute, burst)

    def enter(self, operation):
        """Wait for a permit; one for a token, asked for once an hour, is not counted.

        Without a decision nothing is sent: such a database would hardly take the answer.

        :raises RateLimitedError: the wait would be too long
        :raises UnavailableError: the database is out of reach, or the bucket stays locked
        """
        if operation == TOKEN:
            return
        left = LONGEST_WAIT
        try:
            while wait := self._decide(take):
                seconds = wait.total_seconds()
                if wait > left:
                    raise RateLimitedError(
                        PACE_REACHED, operation=operation, retry_after=math.ceil(seconds)
                    )
                left -= wait
                self._sleep(seconds)
        except psycopg2.Error as error:
            _logger.warning("Chorus Pro: the pace could not be read, nothing is sent: %s", error)
            raise UnavailableError(CONNECTION_FAILED, operation=operation) from None

    def limited(self, retry_after):
        """No worker calls before the moment that the platform asked for (seconds, or None)."""
        try:
            self._decide(lambda *state: (limited(*state, retry_after), timedelta(0)))
        except psycopg2.Error as error:
            _logger.warning("Chorus Pro: the pace could not be recorded: %s", error)

    def _decide(self, decision):
        """Apply ``decision`` (as :func:`take`) to the shared bucket; gives how long to wait."""
        return decide_apart(self._registry, partial(self._decide_locked, decision), TRIES)

    def _decide_locked(self, decision, cr):
        before = self._read(cr)
        if before is None:
            cr.execute(
                "INSERT INTO chorus_pro_pace (connection_id) VALUES (%s) ON CONFLICT DO NOTHING",
                [self._connection_id], log_exceptions=False,
            )
            before = self._read(cr) or Bucket()
        after, wait = decision(before, self._pace, datetime.now(timezone.utc))
        if after != before:
            moments = (naive(each, seconds=False) for each in (after.full_at, after.closed_until))
            cr.execute(
                "UPDATE chorus_pro_pace SET full_at = %s, closed_until = %s WHERE connection_id = "
                "%s",
                [*moments, self._connection_id], log_exceptions=False,
            )
        return wait

    def _read(self, cr):
        """The locked Bucket; None when there is none yet."""
        # Each holds the row for a moment only: whoever waits longer waits for something broken.
        cr.execute(
            "SET LOCAL lock_timeout = '2s'; SELECT full_at, closed_until FROM chorus_pro_pace "
            "WHERE connection_id = %s FOR UPDATE",
            [self._connection_id], log_exceptions=False,
        )
        row = cr.fetchone()
        return row and Bucket(*map(aware, row))

    def _sleep(self, seconds):
        time.sleep(seconds)
