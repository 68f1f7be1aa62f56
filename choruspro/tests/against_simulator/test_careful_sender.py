# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Deposits, look-ups, news and faults in any order: a careful sender never deposits twice.

The same runs each time, and a failure is shown as it came. CHORUS_PRO_STATE_EXAMPLES=5000 makes so
many random runs instead, and looks minutes long for the shortest failure.
"""

import os

import pytest
from careful_sender import CALLED, NO, WRONG_SERVICE, CarefulSender
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from invoice_files import cii, tar_gz

from choruspro.errors import Delivery
from choruspro.lifecycle import flow_state, invoice_status
from choruspro.messages import FlowDeposit, FlowSyntax
from simulator.server import SimulatorServer
from simulator.world.code_lists import INVOICE_STATUSES
from simulator.world.faults import FAULTS
from simulator.world.life_cycle import STEPS

EXAMPLES = int(os.environ.get("CHORUS_PRO_STATE_EXAMPLES", 0))
RUNS = settings(
    max_examples=EXAMPLES or 80,
    derandomize=not EXAMPLES,
    phases=list(Phase) if EXAMPLES else [Phase.generate],
    stateful_step_count=40,
    print_blob=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module", autouse=True)
def running():
    with SimulatorServer() as server:
        CarefulSender.control = server.control
        yield


def test_a_careful_sender_never_deposits_twice_and_loses_nothing():
    CarefulSender.met.clear()
    run_state_machine_as_test(CarefulSender, settings=RUNS)
    met = {what for what, times in CarefulSender.met.items() if times}
    assert {"accepted", "not found", Delivery.UNKNOWN} <= met
    # Most faults; each of them alone: see below
    assert len(met & FAULTS.keys()) > len(FAULTS) / 2


@pytest.mark.parametrize(
    "name, operation",
    [
        (name, operation)
        for name, fault in FAULTS.items()
        for operation in fault.operations or CALLED
        if operation in ("token", *CALLED)
    ],
)
def test_a_careful_sender_gets_over_each_fault(name, operation):
    CarefulSender.met.clear()
    sender = CarefulSender()
    sender.go_wrong((name, operation, 1))
    steps = (
        lambda: sender.deposit_pdf(0, None),
        lambda: sender.deposit_pdf(0, None),
        lambda: sender.deposit_flow(0, FlowSyntax.CII, True, None),
        lambda: sender.wait(200),
        lambda: sender.ask_for_report(0, None),
        lambda: sender.wait(200),
        *(lambda: sender.look_up(0, None),) * 3,
        lambda: sender.read_news(0, None),
        lambda: sender.read_everything(None),
        lambda: sender.deposit_flow(0, FlowSyntax.UBL, True, None),
        lambda: sender.deposit_pdf(0, None),
    )
    for step in steps:
        step()
        sender.what_is_known_agrees_with_chorus_pro()
    sender.teardown()
    assert CarefulSender.met[name] == 1


def test_every_status_that_the_simulator_plays_is_known():
    played = {*INVOICE_STATUSES, *STEPS}
    assert [code for code in played if invoice_status(code).name == "unknown"] == []


@pytest.mark.parametrize(
    "content, incident, end",
    [
        ({"1.xml": cii("F1")}, False, "IN_INTEGRE"),
        ({"1.xml": cii("F1"), "2.xml": cii("F1")}, False, "IN_INTEGRE_PARTIEL"),
        ({"1.xml": cii("F1", WRONG_SERVICE)}, False, "IN_REJETE"),
        ({"1.xml": b"<a>"}, False, "IN_REJETE"),
        ({"1.xml": cii("F1")}, True, "IN_INCIDENTE"),
    ],
)
def test_every_state_of_a_flow_that_the_simulator_plays_is_known(
    simulator, client, content, incident, end
):
    if incident:
        simulator.fault("flow_incident")
    flow = FlowDeposit(content=tar_gz(content), file_name="lot.tgz", syntax=FlowSyntax.CII)
    number = client.deposit_flow(flow).flow_number
    states = []
    for _step in range(7):
        states.append(flow_state(client.read_flow_report(number).state))
        simulator.advance(30)
    assert "unknown" not in {state.name for state in states}
    assert len(set(states)) == 5
    assert [state.terminal for state in states] == [False] * 6 + [True]
    assert states[-1].code == end


class Hasty(CarefulSender):
    """Takes what it does not find at once for what is not there."""

    patience = 0


class Blind(CarefulSender):
    """Takes a lost answer for a no."""

    def _after_failure(self, doubtful):
        return NO


@pytest.mark.parametrize("sender", [Hasty, Blind])
def test_a_careless_sender_is_found_out(sender):
    with pytest.raises(AssertionError, match="Chorus Pro has"):
        run_state_machine_as_test(sender, settings=settings(RUNS, phases=[Phase.generate]))
