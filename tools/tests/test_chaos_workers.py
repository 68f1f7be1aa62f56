# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import contextlib
import os
import signal
import time

import pytest

from tools.chaos.scenario import KILL, STEPS, Order
from tools.chaos.shared_memory import ELSEWHERE, SharedMemory
from tools.chaos.workers import Workers
from tools.console import Problem


class Worker:
    """Passes every step for one invoice, and dies where an order says so."""

    def __init__(self, memory, slot):
        self.memory, self.slot = memory, slot

    def serve(self, pipe):
        while True:
            try:
                orders = pipe.recv()
            except EOFError:
                return
            if orders == "end":
                raise SystemExit
            for step in STEPS:
                self.memory.stand(self.slot, step, 0)
                for index, order in enumerate(orders):
                    if order.step == step and self.memory.passed(index):
                        os.kill(os.getpid(), signal.SIGKILL)
            self.memory.stand(self.slot, None, 0)
            pipe.send("done")


@contextlib.contextmanager
def workers_of(count):
    memory = SharedMemory(count)
    workers = Workers(count, lambda slot: Worker(memory, slot), memory)
    workers.memory = memory
    try:
        yield workers
    finally:
        workers.stop()


@pytest.fixture
def workers():
    with workers_of(2) as workers:
        yield workers


@pytest.fixture
def lone():
    """One sender: an order's passes are counted only by the sender that holds its invoice."""
    with workers_of(1) as workers:
        yield workers


def work(workers, orders):
    workers.command(orders)
    deadline = time.monotonic() + 20
    while not workers.is_idle and time.monotonic() < deadline:
        workers.wait(0.1)


def test_idle_senders_all_run_their_job_once(workers):
    work(workers, ())
    assert workers.answers == {"done": 2}
    assert workers.kills == {}


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_is_counted_at_its_step_and_the_sender_replaced(lone, step):
    orders = (Order(KILL, step, 0, 1),)
    lone.memory.give(orders)
    work(lone, orders)
    assert lone.kills == {step: 1}
    assert lone.memory.is_obeyed(0)
    work(lone, orders)
    assert lone.answers == {"done": 1}


def test_an_order_waits_for_its_pass(lone):
    orders = (Order(KILL, "after_row", 0, 3),)
    lone.memory.give(orders)
    for _job in range(2):
        work(lone, orders)
    assert lone.kills == {}
    work(lone, orders)
    assert lone.kills == {"after_row": 1}


def test_a_kill_from_outside_between_two_jobs_is_counted_elsewhere(workers):
    workers.kill(0)
    deadline = time.monotonic() + 20
    while not workers.kills and time.monotonic() < deadline:
        workers.wait(0.1)
    assert workers.kills == {ELSEWHERE: 1}
    work(workers, ())
    assert workers.answers == {"done": 2}


def test_a_sender_that_ends_by_itself_is_a_problem(workers):
    with pytest.raises(Problem, match="ended unexpectedly"):
        work(workers, "end")


def test_no_process_is_left_at_the_end():
    with workers_of(2) as workers:
        pids = [child.pid for child in workers._children.values()]
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
