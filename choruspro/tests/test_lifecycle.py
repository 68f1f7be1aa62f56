# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import re
from datetime import timedelta
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from choruspro.lifecycle import (
    FLOW_STATES,
    INVOICE_STATUSES,
    TACIT,
    TO_VALIDATE,
    Actor,
    Phase,
    flow_state,
    invoice_status,
    next_poll_delay,
    validation_stage,
)


def test_there_are_56_statuses_with_codes_and_names_of_their_own():
    assert len(INVOICE_STATUSES) == 56
    assert len({status.code for status in INVOICE_STATUSES}) == 56
    assert len({status.name for status in INVOICE_STATUSES}) == 56
    assert len({status.label for status in INVOICE_STATUSES}) == 56
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", status.name) for status in INVOICE_STATUSES)
    assert "unknown" not in {status.name for status in INVOICE_STATUSES}


def test_terminal_statuses_are_those_after_which_nothing_comes():
    assert {status.code for status in INVOICE_STATUSES if status.terminal} == {
        "MISE_EN_PAIEMENT",
        "REJETEE",
        "ABANDONNEE",
        "SUPPRIMEE",
        "REMPLACEE_PAR_A22",
        "DUPLIQUE_APRES_REFUS",
    }


@pytest.mark.parametrize(
    "code, name, action",
    [
        ("SUSPENDUE", "suspended", "complete"),
        ("A_RECYCLER", "to_recycle", "recycle"),
        ("REJETEE", "rejected", "reissue"),
        ("ERREUR_FOURNISSEUR_SUR_VALIDEUR", "wrong_validator_by_supplier", "correct_validator"),
    ],
)
def test_the_supplier_must_act_on_these(code, name, action):
    status = invoice_status(code)
    assert (status.name, status.action, status.needs_action) == (name, action, True)


@pytest.mark.parametrize(
    "code, name",
    [
        ("DEPOSEE", "deposited"),
        ("EN_COURS_ACHEMINEMENT", "in_transit"),
        ("MISE_A_DISPOSITION", "made_available"),
        ("MANDATEE", "mandated"),
        ("MISE_EN_PAIEMENT", "payment_issued"),
        ("TECHNIQUE_INCONNU", "technical_unknown"),
    ],
)
def test_nobody_is_disturbed_by_these(code, name):
    assert (invoice_status(code).name, invoice_status(code).needs_action) == (name, False)


def test_invoice_is_delivered_once_its_recipient_has_had_it():
    nobody_has_it = """
        BROUILLON INTERPRETEE_OCR DEPOSEE EN_COURS_ACHEMINEMENT EN_COURS_TRAITEMENT_PIVOT_S
        A_VALIDER_1 ERREUR_FOURNISSEUR_SUR_VALIDEUR REFUSEE_1 VALIDEE_1
        ABSENCE_VALIDATION_1_HORS_DELAI
        A_VALIDER_2 ERREUR_COTRAITANT_SUR_VALIDEUR REFUSEE_2 VALIDEE_2
        ABSENCE_VALIDATION_2_HORS_DELAI
        ERREUR_FOURNISSEUR_SUR_MOE ERREUR_FOURNISSEUR_SUR_MOA ERREUR_DE_MOE ERREUR_DE_MOA
        ERREUR_DESTINATAIRE_PD ERREUR_DESTINATAIRE_EA
        ABANDONNEE SUPPRIMEE REMPLACEE_PAR_A22 DUPLIQUE_APRES_REFUS TECHNIQUE_INCONNU
    """.split()
    assert len(nobody_has_it) == 26
    for status in INVOICE_STATUSES:
        assert status.delivered is (status.code not in nobody_has_it), status.code


def test_only_the_supplier_is_asked_for_an_action():
    for status in INVOICE_STATUSES:
        assert status.actor is Actor.SUPPLIER or not status.needs_action
        assert status.phase is not Phase.PAID or status.terminal


@given(code=st.text())
def test_an_unknown_status_is_shown_raw_and_followed(code):
    known = {status.code for status in INVOICE_STATUSES}
    status = invoice_status(code)
    assert status.code == code
    assert code in known or (status.name, status.label) == ("unknown", code)
    assert code in known or not (status.terminal or status.needs_action or status.delivered)


def test_flow_states_tell_what_became_of_the_file():
    assert flow_state("IN_INTEGRE").integrated
    assert not flow_state("IN_INTEGRE").partial
    assert flow_state("IN_INTEGRE_PARTIEL").integrated
    assert flow_state("IN_INTEGRE_PARTIEL").partial
    assert flow_state("IN_REJETE").terminal and not flow_state("IN_REJETE").integrated
    assert not flow_state("IN_EN_ATTENTE_RETRAITEMENT_CPP").terminal
    assert all(state.terminal for state in FLOW_STATES if state.integrated)


def test_an_unknown_flow_state_is_shown_raw_and_followed():
    state = flow_state("IN_NOUVEAU")
    assert (state.label, state.terminal, state.integrated) == ("IN_NOUVEAU", False, False)


def test_questions_fall_2_5_15_and_60_minutes_after_the_deposit_then_every_hour():
    moments = list(accumulate(next_poll_delay(attempts) for attempts in range(7)))
    assert moments == [timedelta(minutes=minutes) for minutes in (2, 5, 15, 60, 120, 180, 240)]
    assert next_poll_delay(10**6) == timedelta(hours=1)


def test_each_status_about_a_validation_says_how_far_it_is():
    about = {status.code for status in INVOICE_STATUSES if validation_stage(status.code)}
    assert about == {
        status.code for status in INVOICE_STATUSES if status.phase is Phase.VALIDATION
    }
    assert validation_stage("A_VALIDER_2") == TO_VALIDATE
    assert validation_stage("ABSENCE_VALIDATION_1_HORS_DELAI") == TACIT
    assert validation_stage("DEPOSEE") is validation_stage("") is None
