# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Recipients that live their own way."""

from datetime import datetime, timedelta, timezone

import pytest

from simulator.control.plane import ControlError
from simulator.server import SimulatorServer
from simulator.world.code_lists import INVOICE_STATUSES
from simulator.world.life_cycle import REASON_COMPULSORY
from simulator.world.recipients import DAY, LIVES, rank_of, walked

NUMBER = "FA2026-00042"
RECIPIENT = "12345678200051"
YEAR = 365 * DAY


def codes(sim, number=NUMBER):
    (invoice,) = [row for row in sim.control.invoices() if row["number"] == number]
    return [event["code"] for event in invoice["events"]]


def walk(sim, caller, life, **changes):
    sim.control.set_life(RECIPIENT, life)
    return caller.invoice(**changes)


@pytest.mark.parametrize("life", LIVES)
def test_lives_are_made_of_statuses_of_the_platform(life):
    steps = LIVES[life]
    assert {step.code for step in steps} <= set(INVOICE_STATUSES)
    assert (steps[0].code, steps[0].delay) == ("DEPOSEE", 0)
    assert all(step.comment for step in steps if step.code in REASON_COMPULSORY)
    assert all(step.comment is None or len(step.comment) <= 2000 for step in steps)


WILLING = ["town_hall", "ministry", "helios", "silent", "forgets", "validates", "rejects"]


@pytest.mark.parametrize("life", WILLING)
def test_recipients_who_want_nothing_go_to_their_end(sim, caller, life):
    walk(sim, caller, life)
    sim.control.advance(YEAR)
    assert codes(sim) == [step.code for step in LIVES[life]]


def test_helios_orders_the_payment_after_it(sim, caller):
    walk(sim, caller, "helios")
    sim.control.advance(YEAR)
    assert codes(sim)[-2:] == ["MISE_EN_PAIEMENT", "MANDATEE"]


def test_a_silent_recipient_never_tells_the_payment(sim, caller):
    walk(sim, caller, "silent")
    sim.control.advance(YEAR)
    assert "MISE_EN_PAIEMENT" not in codes(sim)


def test_a_recipient_that_does_not_report_payments_tells_none_whatever_its_life(sim, caller):
    sim.control.set_life("12345678200085", "ministry")
    caller.invoice(destinataire__codeDestinataire="12345678200085")
    sim.control.advance(YEAR)
    assert codes(sim)[-1] == "COMPTABILISEE"


def test_who_suspends_waits_for_the_supplier_each_time(sim, caller):
    invoice_id = walk(sim, caller, "suspends")
    for times in (1, 2):
        sim.control.advance(30 * DAY)
        caller.renew()
        assert codes(sim)[-1] == "SUSPENDUE"
        assert codes(sim).count("SUSPENDUE") == times
        body = {"identifiantFactureCPP": invoice_id, "commentaire": "Voici"}
        caller.ok("factures/v1/completer", body)
    sim.control.advance(YEAR)
    assert codes(sim) == [step.code for step in LIVES["suspends"]]


def test_a_hospital_has_the_invoice_recycled_once(sim, caller):
    invoice_id = walk(sim, caller, "hospital")
    sim.control.advance(YEAR)
    assert codes(sim)[-1] == "A_RECYCLER"
    caller.renew()
    body = {"identifiantFactureCPP": invoice_id, "reference": {"numeroBonCommande": "BC-2"}}
    caller.ok("factures/v1/recycler", body)
    sim.control.advance(YEAR)
    assert codes(sim) == [step.code for step in LIVES["hospital"]]


def test_a_contractor_who_refuses_waits_for_another_validator(sim, caller):
    walk(sim, caller, "refuses_to_validate")
    sim.control.advance(30 * DAY)
    assert codes(sim)[-1] == "REFUSEE_1"
    sim.control.set_status(NUMBER, "A_VALIDER_1")
    sim.control.advance(YEAR)
    assert codes(sim) == [step.code for step in LIVES["refuses_to_validate"]]


def test_the_reason_of_a_scripted_step_is_told(sim, caller):
    walk(sim, caller, "rejects")
    sim.control.advance(YEAR)
    caller.renew()
    (row,) = caller.search()["listeFactures"]
    assert row["commentaireEtatCourant"] == "Prestation non commandée."


def test_an_order_of_somebody_else_goes_before_the_script(sim, caller):
    walk(sim, caller, "ministry")
    sim.control.advance(DAY)
    sim.control.set_status(NUMBER, "SUSPENDUE", "Bon manquant")
    sim.control.advance(YEAR)
    assert codes(sim)[-1] == "SUSPENDUE"
    sim.control.set_status(NUMBER, "COMPLETEE")
    sim.control.advance(YEAR)
    assert codes(sim)[-6:] == [step.code for step in LIVES["ministry"][-6:]]


def test_one_long_wait_equals_many_short_ones(sim):
    for life in LIVES:
        sim.control.reset()
        sim.control.seed(1, "A", status="DEPOSEE", age_s=0, life=life)
        for _day in range(60):
            sim.control.advance(DAY)
        short = [event["code"] for event in sim.control.invoices()[0]["events"]]
        sim.control.reset()
        sim.control.seed(1, "A", status="DEPOSEE", age_s=0, life=life)
        sim.control.advance(60 * DAY)
        assert [event["code"] for event in sim.control.invoices()[0]["events"]] == short


def test_seeded_invoices_may_be_far_on_their_way(sim):
    sim.control.seed(1, status="MANDATEE", age_s=5, life="town_hall")
    (invoice,) = sim.control.invoices()
    assert [event["code"] for event in invoice["events"]] == [
        "DEPOSEE", "EN_COURS_ACHEMINEMENT", "MISE_A_DISPOSITION", "MANDATEE",
    ]


@pytest.mark.parametrize(
    "order, match",
    [
        ({"life": "monastery"}, "unknown life"),
        ({"life": "hospital", "status": "MANDATEE"}, "before the supplier"),
        ({"life": "town_hall", "status": "SERVICE_FAIT"}, "status must be one of"),
    ],
)
def test_wrong_lives_are_told(sim, order, match):
    with pytest.raises(ControlError, match=match):
        sim.control.seed(**order)


def test_lives_of_unknown_recipients_are_told(sim):
    with pytest.raises(ControlError, match="no recipient"):
        sim.control.set_life("1", "hospital")
    with pytest.raises(ControlError, match="unknown life"):
        sim.control.set_life(RECIPIENT, "monastery")


def test_a_reset_gives_recipients_their_usual_life_back(sim, caller):
    sim.control.set_life(RECIPIENT, "rejects")
    sim.control.reset()
    caller.renew()
    caller.invoice()
    sim.control.advance(YEAR)
    assert codes(sim)[-1] == "MISE_EN_PAIEMENT"


def test_ranks_go_forward_first():
    again = rank_of("hospital", "DEPOSEE", 3)
    assert LIVES["hospital"][again].delay is None
    assert rank_of("hospital", "DEPOSEE", 0) == again
    assert rank_of("town_hall", "MISE_A_DISPOSITION", 4) == 2
    assert rank_of("town_hall", "SUSPENDUE", 2) is None


def test_walked_counts_the_pace_instead_when_there_is_one():
    assert walked("standard", "MANDATEE") == 3 * DAY
    assert walked("standard", "MANDATEE", 10) == 40


def test_a_travelling_clock_shows_what_it_stores():
    with SimulatorServer(travels=True) as sim:
        sim.control.seed(1, status="DEPOSEE", age_s=0, life="helios")
        sim.control.advance(40 * DAY)
        (invoice,) = sim.control.invoices()
        dates = [datetime.fromisoformat(event["date"]) for event in invoice["events"]]
        assert dates == sorted(dates)
        assert dates[-1] > datetime.now(timezone.utc) + timedelta(days=16)
