# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A sender that dies at a chosen step of its work."""

from contextlib import contextmanager
from unittest.mock import patch

# Runs in which a job would come to its end, if it ever does.
MANY = 12


class Killed(BaseException):
    """The process ends here: no handler of the product may see it as an error to treat."""


class Killing:
    """For test classes of the ORM: end the sending job between two steps."""

    def _kill(self, owner, name, *, after):
        """Die once, before or after the method ``name`` of ``owner`` does its work."""
        method = getattr(owner, name)
        calls = []

        def die(*args, **kwargs):
            if calls:
                return method(*args, **kwargs)
            calls.append(name)
            if after:
                method(*args, **kwargs)
            raise Killed

        return patch.object(owner, name, die), calls

    @contextmanager
    def _killed_at(self, owner, name, after):
        """A sub-test in which the job dies at this step of sending the invoice that is given."""
        with self.subTest(step=name, after=after):
            self._fresh_chorus()
            move = self._invoice()
            move.with_user(self.accountant).action_chorus_pro_send()
            killer, calls = self._kill(owner, name, after=after)
            with killer:
                self._die_in_the_job()
            self.assertEqual(calls, [name])
            yield move

    def _die_in_the_job(self):
        """Run the job in a cursor of its own that is lost with the process."""
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            job = self.env(cr=cr, user=self.env.ref("base.user_root"))["chorus.pro.submission"]
            # Not assertRaises: Odoo's opens a savepoint, which the commits of the job end.
            try:
                job._cron_send()
            except Killed:
                cr.rollback()
            else:
                self.fail("the job was not killed")


class Poison(Killing):
    """A method that ends the process each time for the records of ``bad``."""

    @contextmanager
    def _poisoned(self, owner, name, bad):
        method, deaths = getattr(owner, name), []

        def die(record, *args, **options):
            if record.id in bad.ids:
                deaths.append(record.id)
                raise Killed
            return method(record, *args, **options)

        with patch.object(owner, name, die):
            yield deaths

    def _run_until_alive(self, rows):
        """Run the job, as Odoo does after each end of a process, until it comes to its end."""
        for run in range(MANY):
            self._make_due(rows.filtered(lambda row: row.state in ("queued", "uncertain")))
            if self._lives():
                return run
        return self.fail("the job was killed again and again")

    def _lives(self):
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            job = self.env(cr=cr, user=self.env.ref("base.user_root"))["chorus.pro.submission"]
            try:
                job._cron_send()
            except Killed:
                cr.rollback()
                return False
        self.env.invalidate_all()
        return True
