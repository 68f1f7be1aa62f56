# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""How invoices live: by time, by order, and what an order may not do."""

from datetime import datetime, timezone

import pytest

from simulator.control.plane import ControlError
from simulator.server import SimulatorServer
from simulator.world.code_lists import INVOICE_STATUSES
from simulator.world.recipients import DAY, WALK


def events(sim, number="FA2026-00042"):
    (invoice,) = [row for row in sim.control.invoices() if row["number"] == number]
    return [(event["code"], datetime.fromisoformat(event["date"])) for event in invoice["events"]]


def codes(sim, number="FA2026-00042"):
    return [code for code, _date in events(sim, number)]


@pytest.mark.parametrize("step", range(1, len(WALK)))
def test_each_step_happens_when_it_is_due_and_not_before(sim, caller, step):
    caller.invoice()
    sim.control.advance(WALK[step][1] - 1)
    assert codes(sim) == [code for code, _delay in WALK[:step]]
    sim.control.advance(1)
    assert codes(sim) == [code for code, _delay in WALK[: step + 1]]


def test_events_are_dated_at_their_due_time_in_the_past(sim, caller):
    caller.invoice()
    sim.control.advance(30 * DAY)
    happened = events(sim)
    start = happened[0][1]
    assert [(code, (date - start).total_seconds()) for code, date in happened] == list(WALK)
    assert all(date <= datetime.now(timezone.utc) for _code, date in happened)
    age = datetime.now(timezone.utc) - start
    assert 30 * DAY <= age.total_seconds() < 30 * DAY + 60


def test_one_long_advance_equals_many_short_ones(sim, caller):
    caller.invoice("LONG")
    sim.control.advance(7 * DAY)
    long = [code for code, _date in events(sim, "LONG")]
    caller.renew()
    caller.invoice("SHORT")
    for _day in range(7):
        sim.control.advance(DAY)
    assert codes(sim, "SHORT") == long


def test_ids_and_numbers_do_not_age(sim, caller):
    invoice_id = caller.invoice()
    sim.control.advance(8 * DAY)
    (invoice,) = sim.control.invoices()
    assert (invoice["invoice_id"], invoice["number"]) == (invoice_id, "FA2026-00042")


@pytest.mark.parametrize(
    "code, comment", [("SUSPENDUE", "Bon manquant"), ("REJETEE", "Doublon"), ("A_RECYCLER", None)]
)
def test_some_statuses_stop_the_walk(sim, caller, code, comment):
    caller.invoice()
    sim.control.advance(300)
    sim.control.set_status("FA2026-00042", code, comment)
    sim.control.advance(30 * DAY)
    assert codes(sim)[-1] == code


def test_an_order_lets_a_stopped_invoice_walk_on(sim, caller):
    caller.invoice()
    sim.control.set_status("FA2026-00042", "SUSPENDUE", "Bon manquant")
    sim.control.advance(DAY)
    sim.control.set_status("FA2026-00042", "MISE_A_DISPOSITION")
    sim.control.advance(7 * DAY)
    assert codes(sim) == ["DEPOSEE", "SUSPENDUE"] + [code for code, _delay in WALK[2:]]


def test_a_completed_invoice_goes_back_to_the_recipient_by_itself(sim, caller):
    caller.invoice()
    sim.control.set_status("FA2026-00042", "SUSPENDUE", "Bon manquant")
    sim.control.set_status("FA2026-00042", "COMPLETEE")
    sim.control.advance(240)
    assert codes(sim)[-2:] == ["COMPLETEE", "MISE_A_DISPOSITION"]


def test_an_order_is_dated_now_with_its_reason(sim, caller):
    invoice_id = caller.invoice()
    sim.control.set_status("FA2026-00042", "REJETEE", "Mauvais destinataire")
    (row,) = caller.search()["listeFactures"]
    assert (row["statut"], row["commentaireEtatCourant"]) == ("REJETEE", "Mauvais destinataire")
    date = datetime.fromisoformat(row["dateHeureEtatCourant"])
    assert abs((datetime.now(timezone.utc) - date).total_seconds()) < 5
    history = caller.history(invoice_id)
    last = history["historiquesDesStatuts"]["histoStatut"][-1]
    assert last["histoStatutCommentaire"] == "Mauvais destinataire"


@pytest.mark.parametrize("code", ["REJETEE", "SUSPENDUE"])
def test_a_reason_is_compulsory(sim, caller, code):
    caller.invoice()
    for empty in (None, ""):
        with pytest.raises(ControlError, match="compulsory"):
            sim.control.set_status("FA2026-00042", code, empty)
    assert codes(sim) == ["DEPOSEE"]


@pytest.mark.parametrize("end", ["REJETEE", "MISE_EN_PAIEMENT", "ABANDONNEE", "SUPPRIMEE"])
def test_an_ended_invoice_does_not_move(sim, caller, end):
    caller.invoice()
    sim.control.set_status("FA2026-00042", end, "fin")
    with pytest.raises(ControlError, match="end of its life"):
        sim.control.set_status("FA2026-00042", "MISE_A_DISPOSITION")


def test_an_order_to_pay_may_come_after_the_payment(sim, caller):
    caller.invoice()
    sim.control.set_status("FA2026-00042", "MISE_EN_PAIEMENT")
    sim.control.set_status("FA2026-00042", "MANDATEE")
    sim.control.advance(30 * DAY)
    assert codes(sim) == ["DEPOSEE", "MISE_EN_PAIEMENT", "MANDATEE"]


def test_only_a_suspended_invoice_is_completed(sim, caller):
    caller.invoice()
    with pytest.raises(ControlError, match="only a SUSPENDUE"):
        sim.control.set_status("FA2026-00042", "COMPLETEE")


def test_unknown_statuses_are_no_orders(sim, caller):
    caller.invoice()
    with pytest.raises(ControlError, match="not one of the 56"):
        sim.control.set_status("FA2026-00042", "PAYEE")


def test_every_status_of_the_platform_can_be_ordered(sim, caller):
    for rank, code in enumerate(INVOICE_STATUSES):
        number = f"N{rank}"
        sim.control.seed(1, prefix=number)
        (name,) = [row["number"] for row in sim.control.invoices() if row["number"][:-5] == number]
        if code == "COMPLETEE":
            sim.control.set_status(name, "SUSPENDUE", "pour compléter")
        sim.control.set_status(name, code, "motif")
        assert codes(sim, name)[-1] == code


def test_a_recipient_that_does_not_report_payment_ends_before_it(sim, caller):
    caller.invoice(destinataire__codeDestinataire="12345678200085")
    sim.control.advance(30 * DAY)
    assert codes(sim)[-1] == "COMPTABILISEE"


def test_pace_replaces_the_table():
    with SimulatorServer(pace=100) as sim:
        sim.control.seed(1, status="DEPOSEE", age_s=0)
        sim.control.advance(250)
        (invoice,) = sim.control.invoices()
        assert invoice["status"] == "MISE_A_DISPOSITION"
        sim.control.advance(500)
        (invoice,) = sim.control.invoices()
        assert invoice["status"] == "MISE_EN_PAIEMENT"


def test_invoices_move_with_real_time_too():
    with SimulatorServer(pace=0.0005) as sim:
        sim.control.seed(1, status="DEPOSEE", age_s=0)
        for _look in range(10_000):
            (invoice,) = sim.control.invoices()
            if invoice["status"] == "MISE_EN_PAIEMENT":
                break
        assert [event["code"] for event in invoice["events"]] == [code for code, _delay in WALK]
