# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""deposer/flux and its report."""

import base64
import hashlib
import re

import pytest

from simulator.code_lists import FLOW_SYNTAXES
from simulator.files import MAX_FILE_BYTES

DEPOSIT = "factures/v1/deposer/flux"
REPORT = "transverses/v1/consulterCRDetaille"


def deposit(caller, content=b"%PDF-1.7 factur-x", name="f.pdf", syntax="IN_DP_E2_CII_FACTURX"):
    return caller.post(
        DEPOSIT,
        {
            "fichierFlux": base64.b64encode(content).decode(),
            "nomFichier": name,
            "syntaxeFlux": syntax,
            "avecSignature": False,
        },
    ).json()


def report(caller, number):
    return caller.post(REPORT, {"numeroFluxDepot": number}).json()


@pytest.mark.parametrize("syntax", FLOW_SYNTAXES)
def test_each_syntax_gets_a_flow_number_of_25_characters(caller, syntax):
    answer = deposit(caller, syntax=syntax)
    assert answer["syntaxeFlux"] == syntax
    assert re.fullmatch(r"CPP0011\d{18}", answer["numeroFluxDepot"])
    assert len(answer["numeroFluxDepot"]) == 25


def test_the_number_names_the_interface(caller):
    number = deposit(caller)["numeroFluxDepot"]
    assert number.startswith("CPP0011117")
    answer = report(caller, number)
    assert answer["codeInterfaceDepotFlux"] == "FSO1117A"
    assert answer["nomFichier"] == f"FSO1117A_CPP001_{number}"


def test_invented_syntaxes_are_refused(caller):
    assert deposit(caller, syntax="IN_DP_E3_FACTUR_X_10")["codeRetour"] == 20105


def test_a_flow_walks_to_its_end_on_the_clock(sim, caller):
    number = deposit(caller)["numeroFluxDepot"]
    states = []
    for seconds in (0, 30, 30, 30, 90):
        sim.control.advance(seconds)
        states.append(report(caller, number)["etatCourantDepotFlux"])
    assert states == [
        "IN_DEPOT_PORTAIL_EN_ATTENTE_TRAITEMENT_SE_CPP",
        "IN_RECU",
        "IN_TRAITE_SE_CPP",
        "IN_EN_COURS_TRAITEMENT_CPP",
        "IN_INTEGRE",
    ]
    (flow,) = sim.control.flows()
    assert (flow["number"], flow["state"]) == (number, "IN_INTEGRE")
    assert flow["sha256"] == hashlib.sha256(b"%PDF-1.7 factur-x").hexdigest()


def test_report_dates_are_iso_with_milliseconds_and_offset(caller):
    answer = report(caller, deposit(caller)["numeroFluxDepot"])
    for name in ("dateDepotFlux", "dateHeureEtatCourantFlux"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0[12]:00", answer[name])


def test_no_invoice_comes_from_a_flow_by_itself(sim, caller):
    deposit(caller)
    sim.control.advance(600)
    assert sim.control.invoices() == []


@pytest.mark.parametrize("end", ["IN_REJETE", "IN_INTEGRE_PARTIEL"])
@pytest.mark.parametrize("shape, kind", [("array", list), ("object", dict)])
def test_switches_flow_end_and_flow_errors(sim, caller, end, shape, kind):
    sim.control.switch(flow_end=end, flow_errors=shape)
    number = deposit(caller)["numeroFluxDepot"]
    assert report(caller, number)["listeErreurDP"] == []
    sim.control.advance(180)
    answer = report(caller, number)
    assert answer["etatCourantDepotFlux"] == end
    assert type(answer["listeErreurDP"]) is kind


def test_a_flow_is_unknown_just_after_its_deposit_when_switched(sim, caller):
    sim.control.switch(flow_unknown_s=20)
    number = deposit(caller)["numeroFluxDepot"]
    assert report(caller, number) == {"codeRetour": 20001, "libelle": "POQ_MSG_01.003"}
    sim.control.advance(20)
    assert report(caller, number)["codeRetour"] == 0


def test_unknown_and_foreign_flows_are_refused_alike(caller, other_caller):
    foreign = deposit(other_caller)["numeroFluxDepot"]
    for number in ("CPP0011117000000000000001", foreign):
        assert report(caller, number)["codeRetour"] == 20001


def test_a_file_has_ten_megabytes_at_most_and_an_archive_thirty(caller):
    content = b"x" * (MAX_FILE_BYTES + 1)
    too_large = {"codeRetour": 20001, "libelle": "GDP_MSG_11.022"}
    assert deposit(caller, content) == too_large
    assert deposit(caller, content, name="lot.tar.gz")["codeRetour"] == 0
    assert deposit(caller, b"x" * 30_000_001, name="lot.zip") == too_large
    assert deposit(caller, b"x" * 30_000_000, name="lot.zip")["codeRetour"] == 0


def test_a_flow_needs_a_file_name_with_an_extension(caller):
    assert deposit(caller, name="lot")["codeRetour"] == 20109
