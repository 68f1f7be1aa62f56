# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Processes forked from one that has loaded Odoo's registry, and replaced when they are killed.

The parent has one thread and no connection to the database, so that its children share nothing
that must not be shared. A child sees from the end of its pipe that its parent is gone.
"""

import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import time
import traceback

from ..console import Problem

PATIENCE_S = 60


class Child:
    """A forked process that runs `work(pipe)`; `pipe` is our end of its pipe.

    others: pipes of our other children, which it must not hold open.
    """

    def __init__(self, work, others):
        self.pipe, theirs = multiprocessing.Pipe()
        self.pid = os.fork()
        if not self.pid:
            for pipe in (self.pipe, *others):
                pipe.close()
            _work_and_end(work, theirs)
        theirs.close()

    def kill(self):
        """SIGKILL; to a process waiting for it, an end like any other."""
        os.kill(self.pid, signal.SIGKILL)

    def reap(self):
        """Wait for its end; gives the number of the signal that ended it, 0 for none."""
        self.pipe.close()
        _pid, status = os.waitpid(self.pid, 0)
        return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def _work_and_end(work, pipe):
    """The rest of a forked child: never returns into the parent's code."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends us
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        work(pipe)
        code = 0
    except BaseException:  # noqa: BLE001 (nothing above can handle it: print it, then end)
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


class Workers:
    """Senders at work. `make_sender(slot)` gives, in the child, an object with `serve(pipe)`.

    memory: the SharedMemory where senders note their step. keep_closed: pipes of other children.
    """

    def __init__(self, count, make_sender, memory, keep_closed=()):
        self._make_sender = make_sender
        self._memory = memory
        self._keep_closed = tuple(keep_closed)
        self._children = {}
        self._busy = {}
        self.kills = {}
        self.answers = {}
        for slot in range(count):
            self._start(slot)

    def _start(self, slot):
        self._memory.stand(slot, None, 0)
        others = [child.pipe for child in self._children.values()]
        self._children[slot] = Child(lambda pipe: self._make_sender(slot).serve(pipe),
                                     (*others, *self._keep_closed))

    @property
    def is_idle(self):
        return not self._busy

    def command(self, orders):
        """Make every idle sender run its job once; orders: see Sender."""
        for slot in self._children.keys() - self._busy.keys():
            self._busy[slot] = time.monotonic()
            try:
                self._children[slot].pipe.send(orders)
            except BrokenPipeError:
                continue  # it was killed while idle: its end is seen by wait

    def wait(self, timeout_s):
        """Take what senders answer within that time, at least one; replace those that ended.

        Raises Problem when one answers nothing for PATIENCE_S seconds, or ended unexpectedly.
        """
        pipes = {child.pipe: slot for slot, child in self._children.items()}
        for pipe in multiprocessing.connection.wait(list(pipes), timeout_s):
            slot = pipes[pipe]
            try:
                answer = pipe.recv()
                self.answers[answer] = self.answers.get(answer, 0) + 1
                self._busy.pop(slot)
            except (EOFError, ConnectionResetError):
                self._replace(slot)
        started = min(self._busy.values(), default=None)
        if started is not None and time.monotonic() - started > PATIENCE_S:
            raise Problem(f"a sender has not ended its job for {PATIENCE_S} s")

    def _replace(self, slot):
        child = self._children.pop(slot)
        self._busy.pop(slot, None)
        if child.reap() != signal.SIGKILL:
            raise Problem("a sender ended unexpectedly: see the log")
        step = self._memory.step(slot)
        self.kills[step] = self.kills.get(step, 0) + 1
        self._start(slot)

    def kill(self, slot):
        """SIGKILL the sender of this slot, whatever it does."""
        self._children[slot].kill()

    def stop(self):
        """End all senders."""
        for child in self._children.values():
            child.kill()
        for child in self._children.values():
            child.reap()
        self._children.clear()
