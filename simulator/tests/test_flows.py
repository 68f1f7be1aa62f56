# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""deposer/flux and its report: numbers, sizes, states, and how a flow ends."""

import hashlib
import re

import pytest
from invoice_files import CII, FACTURX, UBL, cii, factur_x, tar_gz, ubl, ubl_credit_note, zipped

from simulator.server import SimulatorServer
from simulator.world.code_lists import FLOW_SYNTAXES
from simulator.world.files import MAX_FILE_BYTES

UNKNOWN = ("<ram:IssuerAssignedID>BC-7781</ram:IssuerAssignedID>", "")


@pytest.mark.parametrize("syntax", FLOW_SYNTAXES)
def test_each_syntax_gets_a_flow_number_of_25_characters(caller, syntax):
    answer = caller.deposit_flow(b"anything", syntax=syntax)
    assert answer["syntaxeFlux"] == syntax
    assert re.fullmatch(r"CPP0011\d{18}", answer["numeroFluxDepot"])
    assert len(answer["numeroFluxDepot"]) == 25


def test_the_number_names_the_interface(caller):
    number = caller.deposit_flow(cii())["numeroFluxDepot"]
    assert number.startswith("CPP0011106")
    answer = caller.report(number)
    assert answer["codeInterfaceDepotFlux"] == "FSO1106A"
    assert answer["nomFichier"] == f"FSO1106A_CPP001_{number}"


def test_invented_syntaxes_are_refused(caller):
    assert caller.deposit_flow(cii(), syntax="IN_DP_E3_FACTUR_X_10")["codeRetour"] == 20105


def test_a_flow_walks_to_its_end_on_the_clock(sim, caller):
    number = caller.deposit_flow(cii())["numeroFluxDepot"]
    states = []
    for seconds in (0, 30, 30, 30, 90):
        sim.control.advance(seconds)
        states.append(caller.report(number)["etatCourantDepotFlux"])
    assert states == [
        "IN_DEPOT_PORTAIL_EN_ATTENTE_TRAITEMENT_SE_CPP",
        "IN_RECU",
        "IN_TRAITE_SE_CPP",
        "IN_EN_COURS_TRAITEMENT_CPP",
        "IN_INTEGRE",
    ]
    (flow,) = sim.control.flows()
    assert (flow["number"], flow["state"]) == (number, "IN_INTEGRE")
    assert flow["sha256"] == hashlib.sha256(cii()).hexdigest()
    assert flow["invoices"] == ["FA2026-00042"]


def test_a_flow_has_no_end_before_its_time(sim, caller):
    number = caller.deposit_flow(b"not XML")["numeroFluxDepot"]
    sim.control.advance(179)
    answer = caller.report(number)
    assert answer["etatCourantDepotFlux"] == "IN_EN_COURS_TRAITEMENT_CPP"
    assert answer["listeErreurTechnique"] == answer["listeErreurDP"] == []
    assert sim.control.flows()[0]["state"] == "IN_EN_COURS_TRAITEMENT_CPP"
    sim.control.advance(1)
    assert caller.report(number)["etatCourantDepotFlux"] == "IN_REJETE"


def test_a_pace_makes_each_step_of_a_flow_as_long(caller):
    with SimulatorServer(pace=10) as paced:
        other = type(caller)(paced)
        number = other.deposit_flow(cii())["numeroFluxDepot"]
        paced.control.advance(39)
        assert other.report(number)["etatCourantDepotFlux"] == "IN_EN_COURS_TRAITEMENT_CPP"
        paced.control.advance(1)
        assert other.report(number)["etatCourantDepotFlux"] == "IN_INTEGRE"


def test_report_dates_are_iso_with_milliseconds_and_offset(caller):
    answer = caller.report(caller.deposit_flow(cii())["numeroFluxDepot"])
    for name in ("dateDepotFlux", "dateHeureEtatCourantFlux"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0[12]:00", answer[name])


@pytest.mark.parametrize(
    "content, name, syntax, kind",
    [
        (cii(), "f.xml", CII, "FACTURE"),
        (ubl(), "f.xml", UBL, "FACTURE"),
        (factur_x(), "f.pdf", FACTURX, "FACTURE"),
        (ubl_credit_note("FA2026-00042"), "f.xml", UBL, "AVOIR"),
    ],
)
def test_an_invoice_of_a_flow_lives_like_any_other(sim, caller, content, name, syntax, kind):
    number = caller.deposit_flow(content, name, syntax)["numeroFluxDepot"]
    sim.control.advance(179)
    assert caller.search(numeroFluxDepot=number)["listeFactures"] == []
    sim.control.advance(1)
    (row,) = caller.search(numeroFluxDepot=number)["listeFactures"]
    assert (row["statut"], row["typeFacture"], row["numeroFluxDepot"]) == ("DEPOSEE", kind, number)
    assert (row["numeroFacture"], row["dateFacture"]) == ("FA2026-00042", "2026-11-20")
    assert (row["montantHT"], row["montantTTC"], row["montantAPayer"]) == (1000.1, 1200.12, 1200.12)
    assert (row["codeDestinataire"], row["codeServiceExecutant"]) == (
        "12345678200044",
        "SERVICE_DEST_TOUT_OBL",
    )
    assert (row["numeroBonCommande"], row["numeroMarche"]) == ("BC-7781", "MARCHE-1")
    details = caller.ok(
        "factures/v1/consulter/fournisseur",
        {"identifiantFactureCPP": row["identifiantFactureCPP"]},
    )["facture"]
    assert details["cadreDeFacturation"]["codeCadreFacturation"] == "A1_FACTURE_FOURNISSEUR"
    assert details["references"]["modePaiement"] == "VIREMENT"
    assert details["references"]["typeTva"] == "TVA_SUR_DEBIT"
    assert details["fournisseur"]["coordBancairesFournisseurLibelle"].startswith("Compte principal")
    sim.control.advance(7 * 86400)
    caller.renew()
    (row,) = caller.search(numeroFluxDepot=number)["listeFactures"]
    assert row["statut"] == "MISE_EN_PAIEMENT"
    (invoice,) = sim.control.invoices()
    assert sim.control.file(invoice["attachment_id"]) == content


def test_the_file_of_a_flow_cannot_be_submitted(sim, caller):
    caller.flow(factur_x(), "f.pdf", FACTURX)
    (invoice,) = sim.control.invoices()
    body = caller.submission("OTHER")
    body["pieceJointePrincipale"][0]["pieceJointePrincipaleId"] = invoice["attachment_id"]
    assert caller.submit(body).json()["codeRetour"] == 20317


@pytest.mark.parametrize("mode", ["UPLOAD_API", "EDI_MIXTE"])
def test_the_deposit_mode_of_a_flow_is_a_switch(sim, caller, mode):
    sim.control.switch(flow_mode=mode)
    caller.flow(cii())
    (row,) = caller.search()["listeFactures"]
    assert row["modeDepot"] == mode
    assert caller.numbers(modeDepot=mode) == ["FA2026-00042"]


@pytest.mark.parametrize(
    "pack, name", [(tar_gz, "lot.tar.gz"), (tar_gz, "lot.tgz"), (zipped, "lot.zip")]
)
@pytest.mark.parametrize(
    "make, suffix, syntax", [(cii, "xml", CII), (ubl, "xml", UBL), (factur_x, "pdf", FACTURX)]
)
def test_an_archive_brings_all_its_invoices(caller, pack, name, make, suffix, syntax):
    numbers = [f"LOT-{rank}" for rank in range(12)]
    members = {f"lot/{number}.{suffix}": make(number) for number in numbers}
    answer = caller.flow(pack(members), name, syntax)
    assert answer["etatCourantDepotFlux"] == "IN_INTEGRE"
    assert answer["listeErreurDP"] == []
    page = {"nbResultatsParPage": 50}
    assert sorted(caller.numbers(page=page)) == sorted(numbers)


def test_the_sound_invoices_of_an_archive_are_integrated(sim, caller):
    members = {
        "1.xml": cii("LOT-1"),
        "2.xml": cii("LOT-2", UNKNOWN),
        "3.xml": cii("LOT-3"),
        "4.xml": cii("LOT-4", ("12345678200044", "12345678200069")),
    }
    answer = caller.flow(tar_gz(members), "lot.tar.gz")
    assert answer["etatCourantDepotFlux"] == "IN_INTEGRE_PARTIEL"
    assert answer["listeErreurTechnique"] == []
    assert answer["listeErreurDP"] == [
        {
            "identifiantFournisseur": "12345678200077",
            "identifiantDestinataire": "12345678200044",
            "numeroDP": "LOT-2",
            "libelleErreurDP": "L'engagement juridique (balise : SupplyChainTradeTransaction."
            "ApplicableHeaderTradeAgreement.BuyerOrderReferencedDocument.IssuerAssignedID.value)"
            " est obligatoire.",
        },
        {
            "identifiantFournisseur": "12345678200077",
            "identifiantDestinataire": "12345678200069",
            "numeroDP": "LOT-4",
            "libelleErreurDP": "Le destinataire est introuvable ou inactif.",
        },
    ]
    assert sorted(caller.numbers()) == ["LOT-1", "LOT-3"]
    # A corrected invoice is taken under its own number
    assert caller.flow(cii("LOT-2"))["etatCourantDepotFlux"] == "IN_INTEGRE"


def test_a_flow_without_a_sound_invoice_is_rejected(sim, caller):
    answer = caller.flow(tar_gz({"1.xml": cii("A", UNKNOWN), "2.xml": cii("B", UNKNOWN)}), "l.tgz")
    assert answer["etatCourantDepotFlux"] == "IN_REJETE"
    assert [row["numeroDP"] for row in answer["listeErreurDP"]] == ["A", "B"]
    assert answer["listeErreurTechnique"] == []
    assert sim.control.invoices() == []


@pytest.mark.parametrize("shape, kind", [("array", list), ("object", dict)])
@pytest.mark.parametrize(
    "content, name", [(cii("F", UNKNOWN), "listeErreurDP"), (b"<a", "listeErreurTechnique")]
)
def test_a_single_error_may_come_without_its_list(sim, caller, shape, kind, content, name):
    sim.control.switch(flow_errors=shape)
    assert type(caller.flow(content)[name]) is kind
    several = {"1.xml": content, "2.xml": content}
    assert len(caller.flow(tar_gz(several), "lot.tgz")[name]) == 2


def test_a_flow_is_unknown_just_after_its_deposit_when_switched(sim, caller):
    sim.control.switch(flow_unknown_s=20)
    number = caller.deposit_flow(cii())["numeroFluxDepot"]
    assert caller.report(number) == {"codeRetour": 20001, "libelle": "POQ_MSG_01.003"}
    sim.control.advance(20)
    assert caller.report(number)["codeRetour"] == 0


def test_unknown_and_foreign_flows_are_refused_alike(caller, other_caller):
    foreign = other_caller.deposit_flow(cii())["numeroFluxDepot"]
    for number in ("CPP0011117000000000000001", foreign):
        assert caller.report(number)["codeRetour"] == 20001


def test_a_file_has_ten_megabytes_at_most_and_an_archive_thirty(caller):
    content = b"x" * (MAX_FILE_BYTES + 1)
    too_large = {"codeRetour": 20001, "libelle": "GDP_MSG_11.022"}
    assert caller.deposit_flow(content) == too_large
    assert caller.deposit_flow(content, name="lot.tar.gz")["codeRetour"] == 0
    assert caller.deposit_flow(b"x" * 30_000_001, name="lot.zip") == too_large
    assert caller.deposit_flow(b"x" * 30_000_000, name="lot.zip")["codeRetour"] == 0


def test_a_flow_needs_a_file_name_with_an_extension(caller):
    assert caller.deposit_flow(cii(), name="lot")["codeRetour"] == 20109
