# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""consulterCR: the report of a flow as a PDF."""

import base64
import io

import pytest
from invoice_files import CII, FACTURX, cii, factur_x, tar_gz
from pypdf import PdfReader

from simulator.documents.report_pdf import report_pdf

WRONG = ("SERVICE_DEST_TOUT_OBL", "AILLEURS")
PATH = "transverses/v1/consulterCR"


def report(caller, number, **more):
    return caller.post(PATH, {"numeroFluxDepot": number, **more}).json()


def pages(content):
    return [page.extract_text() for page in PdfReader(io.BytesIO(content), strict=True).pages]


def text_of(answer):
    return "\n".join(pages(base64.b64decode(answer["fichierCR"], validate=True)))


@pytest.mark.parametrize(
    "content, name, state, words",
    [
        (cii("F1"), "f.xml", "IN_INTEGRE", ["Facture F1 : intégrée"]),
        (cii("F1", WRONG), "f.xml", "IN_REJETE", ["Facture F1 : rejetée", "service", "inconnu"]),
        (b"<a>", "f.xml", "IN_REJETE", ["f.xml : ERR_XSD_001"]),
        (
            tar_gz({"1.xml": cii("F1"), "2.xml": cii("F2", WRONG)}),
            "f.tgz",
            "IN_INTEGRE_PARTIEL",
            ["Facture F1 : intégrée", "Facture F2 : rejetée"],
        ),
    ],
)
def test_the_pdf_tells_how_the_flow_ended(sim, caller, content, name, state, words):
    number = caller.deposit_flow(content, name, CII)["numeroFluxDepot"]
    sim.control.advance(180)
    answer = report(caller, number)
    assert (answer["codeRetour"], answer["etatCourantFlux"]) == (0, state)
    assert answer["nomFichierFlux"] == f"FSO1106A_CPP001_{number}"
    assert (answer["codeInterfaceFlux"], answer["numeroFluxDepot"]) == ("FSO1106A", number)
    text = text_of(answer)
    for word in (number, name, state, *words):
        assert word in text


def test_there_is_no_pdf_before_the_end(sim, caller):
    number = caller.deposit_flow(cii())["numeroFluxDepot"]
    for _step in range(3):
        answer = report(caller, number)
        assert answer["codeRetour"] == 0
        assert "fichierCR" not in answer
        sim.control.advance(50)
    sim.control.advance(30)
    assert "fichierCR" in report(caller, number)


def test_a_flow_with_an_incident_has_its_pdf_too(sim, caller):
    sim.control.fault("flow_incident")
    number = caller.deposit_flow(cii())["numeroFluxDepot"]
    sim.control.advance(180)
    assert "IN_INCIDENTE" in text_of(report(caller, number))


@pytest.mark.parametrize("side, refused", [("pdf", False), ("refused", True)])
def test_factur_x_has_its_pdf_unless_switched(sim, caller, side, refused):
    sim.control.switch(facturx_report=side)
    facturx = caller.deposit_flow(factur_x("F1"), "f.pdf", FACTURX)["numeroFluxDepot"]
    other = caller.deposit_flow(cii("F2"))["numeroFluxDepot"]
    sim.control.advance(180)
    assert (report(caller, facturx)["codeRetour"] != 0) is refused
    assert report(caller, other)["codeRetour"] == 0


def test_unknown_foreign_and_new_flows_are_refused_alike(sim, caller, other_caller):
    foreign = other_caller.deposit_flow(cii())["numeroFluxDepot"]
    sim.control.switch(flow_unknown_s=20)
    new = caller.deposit_flow(cii())["numeroFluxDepot"]
    for number in ("CPP0011117000000000000001", foreign, new):
        assert report(caller, number) == {"codeRetour": 20001, "libelle": "POQ_MSG_01.003"}


def test_the_syntax_and_the_date_of_the_deposit_may_be_given(sim, caller):
    number = caller.deposit_flow(cii())["numeroFluxDepot"]
    date = "2026-11-22T09:14:02.118+01:00"
    assert report(caller, number, syntaxeFlux=CII, dateDepot=date)["codeRetour"] == 0
    assert report(caller, number, dateDepot="hier")["codeRetour"] == 20102


def test_a_long_report_has_pages_and_loses_no_line():
    lines = [f"Facture n° {rank} (à \\ voir) : {'mot ' * 30}" for rank in range(100)]
    read = pages(report_pdf(lines))
    assert len(read) == 4
    assert all(f"n° {rank} (à \\ voir)" in "\n".join(read) for rank in range(100))


def test_a_report_without_lines_is_a_pdf_of_one_page():
    assert [text.strip() for text in pages(report_pdf([]))] == [""]
