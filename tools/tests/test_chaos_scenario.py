# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from collections import Counter

from simulator.api.operations import OPERATIONS
from simulator.world.faults import EDI_FAULTS
from simulator.world.faults import FAULTS as KNOWN
from tools.chaos.edi_scenario import draw as draw_edi
from tools.chaos.scenario import (
    DOCUMENT,
    EDI_STEPS,
    END_DATABASE,
    FAULTS,
    KILL,
    MOST_UNFINISHED,
    ODD_TEXT,
    POISON,
    RARE_FAULT,
    STEPS,
    TOGETHER,
    Order,
    Scenario,
    draw,
)


def test_a_seed_gives_the_same_scenario_again():
    assert draw(7) == draw(7)
    assert draw(7) != draw(8)


def test_a_run_has_five_to_ten_invoices_and_every_count_occurs():
    assert {len(draw(seed).formats) for seed in range(200)} == set(range(5, 11))


def test_two_hundred_runs_order_a_kill_at_every_step_and_many_in_all():
    orders = [order for seed in range(200) for order in draw(seed).orders]
    kills = Counter(
        order.step for order in orders if order.action not in (END_DATABASE, POISON)
    )
    assert kills.keys() == {*STEPS, TOGETHER}
    assert min(kills.values()) >= 30
    assert kills.total() >= 300


def test_every_order_names_an_invoice_of_its_run():
    for seed in range(50):
        scenario = draw(seed)
        assert all(order.rank < len(scenario.formats) for order in scenario.orders)


def test_every_fault_can_be_ordered_of_the_simulator():
    for name, options, operations in (*FAULTS, RARE_FAULT):
        allowed = KNOWN[name].operations or {*OPERATIONS}
        assert {*operations} <= {*allowed}, name
        assert {*options} <= {*KNOWN[name].options}, name


def test_both_poisons_occur_and_not_in_every_run():
    scenarios = [draw(seed) for seed in range(100)]
    poisoned = [any(order.action == POISON for order in each.orders) for each in scenarios]
    assert {True, False} == set(poisoned)
    assert {len(each.odd) for each in scenarios} == {0, 1, 2}
    assert ODD_TEXT in KNOWN


def test_kills_of_poison_are_not_counted_with_the_others():
    scenarios = [draw(seed) for seed in range(50)]
    assert {each.kills >= MOST_UNFINISHED for each in scenarios} == {True, False}
    assert all(each.kills < len(each.orders) + 2 * len(each.waves) for each in scenarios)


def test_only_who_can_have_ended_so_many_senders_may_be_set_aside():
    formats = ("pdf", "cii", "cii", "ubl")
    poison = Order(POISON, DOCUMENT, 1, 1)
    kill = Order(KILL, STEPS[0], 2, 1)
    alone = Scenario(0, {}, formats, (poison,), ())
    assert [alone.can_be_set_aside(rank) for rank in range(4)] == [False, True, False, False]
    with_a_kill = Scenario(0, {}, formats, (poison, kill), ())
    assert [with_a_kill.can_be_set_aside(rank) for rank in range(4)] == [False, True, True, False]
    many = Scenario(0, {}, formats, (kill,) * MOST_UNFINISHED, ())
    assert all(many.can_be_set_aside(rank) for rank in range(4))


def test_a_seed_of_edi_gives_the_same_scenario_again():
    assert draw_edi(7) == draw_edi(7)
    assert draw_edi(7) != draw_edi(8)


def test_two_hundred_runs_of_edi_kill_at_every_step_and_use_every_fault():
    scenarios = [draw_edi(seed) for seed in range(200)]
    kills = Counter(
        order.step for each in scenarios for order in each.orders if order.action == KILL
    )
    assert kills.keys() == set(EDI_STEPS)
    assert min(kills.values()) >= 15
    faults = {fault["name"] for each in scenarios for wave in each.waves for fault in wave.faults}
    assert faults == EDI_FAULTS.keys()
