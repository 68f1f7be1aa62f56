# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import contextlib
import os
import signal
import time

import pytest

from tools.chaos.scenario import KILL, STEPS, Order
from tools.chaos.shared_memory import ELSEWHERE, Board
from tools.chaos.workers import Crew
from tools.console import Problem


class Worker:
    """Passes every step for one invoice, and dies where an order says so."""

    def __init__(self, board, slot):
        self.board, self.slot = board, slot

    def serve(self, pipe):
        while True:
            try:
                orders = pipe.recv()
            except EOFError:
                return
            if orders == "end":
                raise SystemExit
            for step in STEPS:
                self.board.stand(self.slot, step, 0)
                for index, order in enumerate(orders):
                    if order.step == step and self.board.passed(index):
                        os.kill(os.getpid(), signal.SIGKILL)
            self.board.stand(self.slot, None, 0)
            pipe.send("done")


@contextlib.contextmanager
def crew_of(count):
    board = Board(count)
    crew = Crew(count, lambda slot: Worker(board, slot), board)
    crew.board = board
    try:
        yield crew
    finally:
        crew.stop()


@pytest.fixture
def crew():
    with crew_of(2) as crew:
        yield crew


@pytest.fixture
def lone():
    """One sender: an order's passes are counted by whoever holds its invoice, alone."""
    with crew_of(1) as crew:
        yield crew


def work(crew, orders):
    crew.command(orders)
    deadline = time.monotonic() + 20
    while not crew.is_idle and time.monotonic() < deadline:
        crew.wait(0.1)


def test_idle_senders_all_run_their_job_once(crew):
    work(crew, ())
    assert crew.answers == {"done": 2}
    assert crew.kills == {}


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_is_counted_at_its_step_and_the_sender_replaced(lone, step):
    orders = (Order(KILL, step, 0, 1),)
    lone.board.give(orders)
    work(lone, orders)
    assert lone.kills == {step: 1}
    assert lone.board.is_obeyed(0)
    work(lone, orders)
    assert lone.answers == {"done": 1}


def test_an_order_waits_for_its_pass(lone):
    orders = (Order(KILL, "after_row", 0, 3),)
    lone.board.give(orders)
    for _job in range(2):
        work(lone, orders)
    assert lone.kills == {}
    work(lone, orders)
    assert lone.kills == {"after_row": 1}


def test_a_kill_from_outside_between_two_jobs_is_counted_elsewhere(crew):
    crew.kill(0)
    deadline = time.monotonic() + 20
    while not crew.kills and time.monotonic() < deadline:
        crew.wait(0.1)
    assert crew.kills == {ELSEWHERE: 1}
    work(crew, ())
    assert crew.answers == {"done": 2}


def test_a_sender_that_ends_by_itself_is_a_problem(crew):
    with pytest.raises(Problem, match="ended by itself"):
        work(crew, "end")


def test_no_process_is_left_at_the_end():
    with crew_of(2) as crew:
        pids = [child.pid for child in crew._children.values()]
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
