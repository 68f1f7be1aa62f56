# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""How many calls a minute allows, for all jobs together."""

from datetime import datetime, timedelta, timezone
from unittest.mock import Mock, patch

from psycopg2 import OperationalError
from psycopg2.errors import LockNotAvailable, SerializationFailure
from psycopg2.pool import PoolError

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ...choruspro.errors import Delivery, RateLimitedError, UnavailableError
from ...choruspro.operations import VAT_RATES
from ...models.connection.rate_limit import DatabaseGate
from ..common.chorus_pro import ChorusProCommon
from ..common.concurrency import ConcurrencyCase

PACE = "odoo.addons.l10n_fr_chorus_pro.models.connection.rate_limit"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPace(ChorusProCommon):
    def setUp(self):
        super().setUp()
        self.slept = []
        self.patch(DatabaseGate, "_sleep", lambda _gate, seconds: self.slept.append(seconds))

    def _bucket(self):
        self.env.cr.execute("SELECT full_at, closed_until FROM chorus_pro_pace")
        return self.env.cr.fetchall()

    def test_without_a_limit_nothing_is_counted(self):
        self.assertEqual(self._send(self._invoice()).state, "deposited")
        self.assertFalse(self._bucket())

    def test_each_call_takes_a_permit_and_those_beyond_the_burst_wait(self):
        # 60 a minute, ten of them at once: an invoice needs eight.
        self.connection.calls_per_minute = 60
        self.assertEqual(self._send(self._invoice()).state, "deposited")
        self.assertFalse(self.slept)
        [(full_at, closed_until)] = self._bucket()
        calls = len(self._requests()) - len(self._requests("token"))
        self.assertGreater(full_at, fields.Datetime.now() + timedelta(seconds=calls - 3))
        self.assertFalse(closed_until)

    def test_wait_that_is_too_long_pauses_the_connection_as_the_platform_would(self):
        self.connection.calls_per_minute = 60
        gate = self.connection._client_options()["gate"]
        with self.enter_registry_test_mode():
            gate.limited(300)
        submission = self._send(self._invoice())
        self.assertEqual(submission.state, "queued")
        self.assertIn("per minute", submission.reason)
        self.assertFalse(self.slept)
        self.assertFalse(self._requests("soumettre"))
        pause = self.connection.paused_until - fields.Datetime.now()
        self.assertGreater(pause, timedelta(seconds=290))
        self.assertLess(pause, timedelta(seconds=310))
        # Nothing is wrong: nobody is to be alarmed.
        self.assertFalse(self.connection.trouble)
        self.assertFalse(self.connection.failures)

    def test_pause_that_the_platform_asks_for_closes_the_bucket(self):
        self.connection.calls_per_minute = 6000
        self.simulator.control.fault("rate_limited", "soumettre", 1, retry_after=120)
        self._send(self._invoice())
        [(_full_at, closed_until)] = self._bucket()
        self.assertGreater(closed_until, fields.Datetime.now() + timedelta(seconds=110))
        # Another worker, which did not hear the platform.
        gate = self.connection._client_options()["gate"]
        with self.enter_registry_test_mode(), self.assertRaises(RateLimitedError) as caught:
            gate.enter(VAT_RATES)
        self.assertGreater(caught.exception.retry_after, 110)

    def test_short_wait_is_slept_through(self):
        self.connection.calls_per_minute = 60
        gate = self.connection._client_options()["gate"]
        with self.enter_registry_test_mode():
            for _call in range(10):
                gate.enter(VAT_RATES)
            self.assertFalse(self.slept)
            # Time does not pass here: what it sleeps is its share of the longest wait.
            with self.assertRaises(RateLimitedError):
                gate.enter(VAT_RATES)
        self.assertTrue(self.slept)
        self.assertLessEqual(max(self.slept), 1)

    def test_negative_limit_is_refused(self):
        for limit in (-1, 5, 60001):
            with self.assertRaisesRegex(ValidationError, "between 6"), self.cr.savepoint():
                self.connection.calls_per_minute = limit

    def test_database_that_fails_before_a_deposit_means_that_nothing_was_sent(self):
        self.connection.calls_per_minute = 6000
        enter = DatabaseGate.enter
        for failure in (PoolError, OperationalError, SerializationFailure, LockNotAvailable):
            with self.subTest(failure=failure.__name__):
                self._fresh_chorus()
                cursor = Mock(side_effect=failure("refused"))

                def broken(gate, operation, cursor=cursor):
                    if operation.key != "soumettre":
                        return enter(gate, operation)
                    with patch.object(gate, "_registry", Mock(cursor=cursor)):
                        return enter(gate, operation)

                with patch.object(DatabaseGate, "enter", broken), self.assertLogs(PACE, "WARNING"):
                    submission = self._send(self._invoice())
                self.assertTrue(cursor.called)
                self.assertEqual(submission.state, "queued", submission.reason)
                self.assertFalse(self._requests("soumettre"))
                self._make_due(submission)
                self._run_sender()
                self.assertEqual(submission.state, "deposited", submission.reason)
                self.assertEqual(len(self._requests("soumettre")), 1)

    def test_nobody_reads_the_bucket(self):
        with self.assertRaises(AccessError):
            self.env["chorus.pro.pace"].with_user(self.administrator).search([])


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSharedPace(ConcurrencyCase):
    def setUp(self):
        super().setUp()
        with self._env() as env:
            self.connection_id = env["chorus.pro.connection"].search(
                [("company_id", "=", self.company_id)]
            ).id

    def _gate(self, calls_per_minute):
        return DatabaseGate(self.registry, self.connection_id, calls_per_minute)

    def test_workers_share_one_bucket(self):
        waits = []

        def worker():
            gate = self._gate(60)
            for _call in range(10):
                try:
                    gate.enter(VAT_RATES)
                    waits.append(None)
                except RateLimitedError:
                    waits.append("later")

        def too_long(_gate, _seconds):
            raise RateLimitedError("pace_reached", retry_after=1)

        with patch.object(DatabaseGate, "_sleep", too_long):
            self._at_once(*[worker] * 3)
        # 30 wanted, 10 saved up, and one more for each second that this took.
        let_in = waits.count(None)
        self.assertGreaterEqual(let_in, 10)
        self.assertLess(let_in, 20)
        self.assertEqual(len(waits), 30)

    def test_no_permit_is_given_twice_by_workers_at_once(self):
        # A permit comes back after 10 ms: each one taken moves the moment at which all are there.
        began = datetime.now(timezone.utc).replace(tzinfo=None)
        gates = [self._gate(6000) for _n in range(4)]
        self._at_once(
            *[lambda gate=gate: [gate.enter(VAT_RATES) for _n in range(25)] for gate in gates]
        )
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT full_at FROM chorus_pro_pace WHERE connection_id = %s",
                [self.connection_id],
            )
            [full_at] = cr.fetchone()
        self.assertGreaterEqual(full_at, began + 100 * timedelta(milliseconds=10))

    def test_pause_heard_by_one_worker_holds_for_all(self):
        self._gate(60).limited(60)
        with self.assertRaises(RateLimitedError) as caught:
            self._gate(60).enter(VAT_RATES)
        self.assertGreater(caught.exception.retry_after, 50)

    def test_bucket_that_stays_locked_lets_nothing_through(self):
        gate = self._gate(60)
        gate.enter(VAT_RATES)
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT FROM chorus_pro_pace WHERE connection_id = %s FOR UPDATE",
                [self.connection_id],
            )
            with self.assertLogs(PACE, "WARNING"), self.assertRaises(UnavailableError) as caught:
                gate.enter(VAT_RATES)
        self.assertEqual(caught.exception.delivery, Delivery.NO)
        self.assertIsNone(caught.exception.__cause__)
        gate.enter(VAT_RATES)

    def test_journal_of_a_job_that_rolls_back_is_kept(self):
        with self.assertRaises(ZeroDivisionError), self._env() as env:
            connection = env["chorus.pro.connection"].browse(self.connection_id)
            with connection._client() as client:
                client.vat_rates()
                connection.name = "rolled back"
                env.flush_all()
                raise ZeroDivisionError
        with self._env() as env:
            rows = env["chorus.pro.exchange"].search(
                [("connection_id", "=", self.connection_id), ("operation", "=", "tauxtva")]
            )
            self.assertTrue(rows)
            self.assertNotEqual(rows.connection_id.name, "rolled back")
