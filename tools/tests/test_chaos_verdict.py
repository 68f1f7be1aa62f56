# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import pytest

from tools.chaos.verdict import Tally

AT_CHORUS = {"number": "F1", "invoice_id": 86}


def row(state, **values):
    return {"id": 1, "name": "F1", "state": state, "needs_decision": False,
            "is_said_known": False, "chorus_invoice_id": None, "status_code": "DEPOSEE",
            "reason": None, "unfinished": 0, "edi_accepted": False, **values}


def counts(found, at_chorus):
    tally = Tally()
    tally.compare([found], at_chorus)
    return tally.lost, tally.duplicated, tally.stuck


def test_deposited_under_the_id_of_chorus_pro_is_clean():
    tally = Tally()
    tally.compare([row("deposited", chorus_invoice_id="86")], [AT_CHORUS])
    assert tally.is_clean
    assert (tally.invoices, tally.deposited, tally.problems) == (1, 1, [])


def test_deposited_without_an_id_is_clean_when_a_file_said_that_it_was_taken():
    tally = Tally()
    tally.compare([row("deposited", edi_accepted=True)], [AT_CHORUS])
    assert (tally.is_clean, tally.deposited) == (True, 1)
    tally.follow([row("deposited", edi_accepted=True)], [{**AT_CHORUS, "status": "DEPOSEE"}])
    assert (tally.is_clean, tally.followed) == (True, 1)


@pytest.mark.parametrize(
    ("found", "at_chorus", "expected"),
    [
        (row("deposited", chorus_invoice_id="86"), [], (1, 0, 0)),
        (row("deposited", edi_accepted=True), [], (1, 0, 0)),
        (row("deposited", edi_accepted=True), [AT_CHORUS, AT_CHORUS], (0, 1, 0)),
        (row("refused"), [AT_CHORUS], (1, 0, 0)),
        (row("refused"), [], (1, 0, 0)),
        (row("queued"), [AT_CHORUS], (1, 0, 0)),
        (row("uncertain", needs_decision=True, is_said_known=True), [AT_CHORUS], (1, 0, 0)),
        (row("deposited", chorus_invoice_id="85"), [AT_CHORUS], (0, 1, 0)),
        (row("deposited", chorus_invoice_id="86"), [AT_CHORUS, AT_CHORUS], (0, 1, 0)),
        (row("queued"), [], (0, 0, 1)),
        (row("sending"), [], (0, 0, 1)),
        (row("uncertain"), [], (0, 0, 1)),
        (row("uncertain", needs_decision=True), [], (0, 0, 1)),
    ],
)
def test_each_disagreement_is_counted_once(found, at_chorus, expected):
    assert counts(found, at_chorus) == expected


def test_a_number_that_chorus_pro_claims_and_does_not_show_is_for_a_person():
    tally = Tally()
    tally.compare([row("uncertain", needs_decision=True, is_said_known=True)], [])
    assert tally.is_clean
    assert tally.decisions == 1


def test_an_invoice_sent_again_is_a_duplicate_although_it_was_refused():
    tally = Tally()
    tally.repeated(["F1", "F2"], explained=1)
    assert tally.duplicated == 1
    assert not tally.is_clean


def test_refusals_that_a_fault_made_are_no_duplicates():
    tally = Tally()
    tally.repeated(["F1"], explained=1)
    assert tally.is_clean


def test_an_invoice_that_ends_its_senders_is_set_aside_and_says_so():
    tally = Tally()
    tally.compare([row("refused", unfinished=3, reason="too large")], [], may_be_set_aside=[1])
    assert tally.is_clean
    assert tally.set_aside == 1


@pytest.mark.parametrize(
    ("values", "may"),
    [({"unfinished": 3, "reason": "too large"}, []),
     ({"unfinished": 2, "reason": "too large"}, [1]),
     ({"unfinished": 3}, [1])],
)
def test_an_invoice_that_is_set_aside_without_cause_or_reason_is_lost(values, may):
    tally = Tally()
    tally.compare([row("refused", **values)], [], may_be_set_aside=may)
    assert (tally.lost, tally.set_aside) == (1, 0)


def test_an_invoice_whose_status_is_not_brought_back_is_stuck():
    tally = Tally()
    there = {**AT_CHORUS, "status": "SUSPENDUE"}
    deposited = row("deposited", chorus_invoice_id="86")
    tally.follow([deposited], [there])
    assert (tally.followed, tally.stuck) == (0, 1)
    tally.follow([{**deposited, "status_code": "SUSPENDUE"}], [there])
    assert (tally.followed, tally.stuck) == (1, 1)


def test_an_invoice_that_is_not_there_has_no_status_to_follow():
    tally = Tally()
    tally.follow([row("queued")], [{**AT_CHORUS, "status": "SUSPENDUE"}])
    assert (tally.followed, tally.stuck) == (0, 0)
