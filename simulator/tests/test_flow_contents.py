# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Files of flows that cannot be read: rejected whole, with a technical error for each."""

import subprocess
import sys
from pathlib import Path

import pytest
from invoice_files import CII, FACTURX, UBL, cii, factur_x, pdf, tar_gz, ubl, zipped

ROOT = Path(__file__).resolve().parents[2]
# A document type that names a file of this machine, and one that grows without end
_FILE = b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>'
_BOMB = b'<!DOCTYPE a [<!ENTITY e "x"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;">]><a>&f;</a>'


def technical(caller, content, name, syntax):
    """The only technical error of a flow that is rejected for it."""
    answer = caller.flow(content, name, syntax)
    assert answer["etatCourantDepotFlux"] == "IN_REJETE"
    assert answer["listeErreurDP"] == []
    (error,) = answer["listeErreurTechnique"]
    assert error["libelleErreur"].startswith("IRRECEVABILITE: ")
    return error["codeErreur"], error["libelleErreur"], error["natureErreur"]


def test_malformed_xml_is_told_with_line_and_position(caller):
    content = cii().replace(b"</ram:Name>", b"</ram:Nom>", 1)
    line = content[: content.index(b"</ram:Nom>")].count(b"\n") + 1
    code, label, name = technical(caller, content, "f.xml", CII)
    assert (code, name) == ("ERR_XSD_001", "f.xml")
    assert f"- ligne: {line} - position: " in label


@pytest.mark.parametrize(
    "content, syntax, why",
    [
        (b"", CII, "mal formé"),
        (b"%PDF-1.7", CII, "mal formé"),
        (b"<a/>", CII, "racine inattendu : a"),
        (ubl(), CII, "racine inattendu : Invoice"),
        (cii(), UBL, "racine inattendu : CrossIndustryInvoice"),
        (cii("F", (":CrossIndustryInvoice:100", ":CrossIndustryInvoice:1")), CII, "racine"),
        (_FILE, CII, "DOCTYPE"),
        (_BOMB, UBL, "DOCTYPE"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', CII, "encodage"),
        (cii("F", (">1200.12</ram:Grand", ">12OO</ram:Grand")), CII, "GrandTotalAmount"),
        (cii("F", (">1200.12</ram:Grand", ">NaN</ram:Grand")), CII, "GrandTotalAmount"),
        (cii("F", (">1200.12</ram:Grand", "></ram:Grand")), CII, "GrandTotalAmount"),
        (cii("F", (">1200.12</ram:Grand", ">1E+99</ram:Grand")), CII, "GrandTotalAmount"),
        (cii("F", (">20261120<", ">20261320<")), CII, "date incorrecte"),
        (cii("F", ("IncludedSupplyChainTradeLineItem", "Other")), CII, "aucune ligne"),
        (cii(), "IN_DP_E1_XCBL", "IN_DP_E1_XCBL"),
    ],
)
def test_unreadable_xml_rejects_the_flow(sim, caller, content, syntax, why):
    content = content or b" "
    assert why in technical(caller, content, "f.xml", syntax)[1]
    assert sim.control.invoices() == []


@pytest.mark.parametrize(
    "content, why",
    [
        (cii(), "pas un PDF"),
        (b"%PDF-1.7 and nothing else", "illisible"),
        (factur_x()[:900], "illisible"),
        (pdf(), "0 fichiers"),
        (pdf(("other.xml", cii())), "0 fichiers"),
        (pdf(("factur-x.xml", cii("1")), ("factur-x.xml", cii("2"))), "2 fichiers"),
        (pdf(("factur-x.xml", cii()), password="x"), "chiffré"),
        (pdf(("factur-x.xml", b"<a")), "mal formé"),
        (pdf(("factur-x.xml", ubl())), "racine inattendu"),
    ],
)
def test_a_pdf_without_its_one_invoice_rejects_the_flow(sim, caller, content, why):
    assert why in technical(caller, content, "f.pdf", FACTURX)[1]
    assert sim.control.invoices() == []


def test_other_files_embedded_in_a_pdf_do_no_harm(caller):
    content = pdf(("factur-x.xml", cii()), ("bon.pdf", pdf()))
    assert caller.flow(content, "f.pdf", FACTURX)["etatCourantDepotFlux"] == "IN_INTEGRE"


@pytest.mark.parametrize("profile", ["minimum", "basicwl"])
def test_profiles_without_lines_are_read_in_factur_x_only(caller, profile):
    text = cii().decode()
    start, end = text.index("<ram:Included"), text.index("<ram:ApplicableHeaderTradeAgreement>")
    content = (text[:start] + text[end:]).replace(
        "urn:cen.eu:en16931:2017", f"urn:factur-x.eu:1p0:{profile}"
    )
    embedded = pdf(("factur-x.xml", content.encode()))
    assert "aucune ligne" in technical(caller, content.encode(), "f.xml", CII)[1]
    assert caller.flow(embedded, "f.pdf", FACTURX)["etatCourantDepotFlux"] == "IN_INTEGRE"


@pytest.mark.parametrize(
    "content, name, why",
    [
        (cii(), "lot.zip", "archive illisible"),
        (cii(), "lot.tar.gz", "archive illisible"),
        (zipped({"1.xml": cii()}), "lot.tar.gz", "archive illisible"),
        (tar_gz({"1.xml": cii()})[:400], "lot.tar.gz", "archive illisible"),
        (zipped({}), "lot.zip", "archive vide"),
        (tar_gz({}), "lot.tgz", "archive vide"),
        (zipped({"1.xml": b" " * 10_000_001}), "lot.zip", "1.xml dépasse 10 Mo"),
        (tar_gz({"1.xml": b" " * 10_000_001}), "lot.tgz", "1.xml dépasse 10 Mo"),
        (zipped({"lot.zip": zipped({"1.xml": cii()})}), "lot.zip", "mal formé"),
    ],
)
def test_an_archive_that_cannot_be_read_rejects_the_flow(caller, content, name, why):
    assert why in technical(caller, content, name, CII)[1]


def test_one_unreadable_file_rejects_the_whole_archive_and_is_named(sim, caller):
    members = {"1.xml": cii("LOT-1"), "2.xml": b"<a", "3.xml": ubl("LOT-3")}
    answer = caller.flow(zipped(members), "lot.zip")
    assert answer["etatCourantDepotFlux"] == "IN_REJETE"
    assert [row["natureErreur"] for row in answer["listeErreurTechnique"]] == ["2.xml", "3.xml"]
    assert answer["listeErreurDP"] == []
    assert sim.control.invoices() == []


def test_a_bomb_of_compressed_members_is_not_unpacked(caller, monkeypatch):
    monkeypatch.setattr("simulator.documents.flow_content._MAX_UNPACKED", 3 * len(cii("LOT-0")) - 1)
    members = {f"{rank}.xml": cii(f"LOT-{rank}") for rank in range(3)}
    assert "trop volumineux" in technical(caller, zipped(members), "lot.zip", CII)[1]


def test_without_pypdf_only_factur_x_is_missing_and_one_line_says_so():
    program = (
        "import sys; sys.modules['pypdf'] = None\n"
        "from conftest import Caller\n"
        "from simulator.server import SimulatorServer\n"
        "with SimulatorServer() as sim:\n"
        "    caller = Caller(sim)\n"
        "    print(caller.deposit_flow(b'%PDF-1.7', 'f.pdf', 'IN_DP_E2_CII_FACTURX')['error'])\n"
        "    print(caller.deposit_flow(b'<a/>')['codeRetour'])\n"
        "    print([row['status'] for row in sim.control.requests('deposer_flux')])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": f"{ROOT}:{Path(__file__).parent}"},
        capture_output=True,
        text=True,
        check=True,
    )
    sentence = "reading Factur-X files needs the Python package pypdf: install it"
    assert done.stdout.splitlines() == [sentence, "0", "[501, 200]"]
    assert done.stderr.splitlines() == [f"simulator: {sentence}"]
