# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""telecharger/groupe: the files of invoices."""

import base64
import io
import zipfile

import pytest
from invoice_files import FACTURX, cii, factur_x
from pypdf import PdfReader

PATH = "factures/v1/telecharger/groupe"


def asked(*ids, **more):
    return {"format": "PDF", "listeFacture": [{"idFacture": one} for one in ids], **more}


def downloaded(caller, *ids, **more):
    answer = caller.ok(PATH, asked(*ids, **more))
    return base64.b64decode(answer["fichierResultat"], validate=True)


def only_id(sim):
    (invoice,) = sim.control.invoices()
    return invoice["invoice_id"]


def test_a_deposited_pdf_comes_back_byte_for_byte(sim, caller):
    caller.invoice()
    (invoice,) = sim.control.invoices()
    content = downloaded(caller, invoice["invoice_id"])
    assert content == sim.control.file(invoice["attachment_id"])


def test_the_pdf_of_a_factur_x_flow_comes_back_too(sim, caller):
    content = factur_x("F1")
    caller.flow(content, "F1.pdf", FACTURX)
    assert downloaded(caller, only_id(sim)) == content


@pytest.mark.parametrize("from_flow", [True, False])
def test_where_there_was_no_pdf_one_is_made(sim, caller, from_flow):
    if from_flow:
        caller.flow(cii("F1"))
        number = "F1"
    else:
        (number,) = sim.control.seed()
    content = downloaded(caller, only_id(sim))
    assert number in PdfReader(io.BytesIO(content)).pages[0].extract_text()


def test_several_files_are_a_zip_with_a_folder_for_each_invoice(caller):
    file_id = caller.file_id("bon.pdf")
    row = {
        "pieceJointeComplementaireDesignation": "Bon",
        "pieceJointeComplementaireType": "DIVERS",
        "pieceJointeComplementaireId": file_id,
    }
    ids = [caller.invoice("FA/1", pieceJointeComplementaire=[row]), caller.invoice("FA2")]

    def names(*ids, **more):
        content = downloaded(caller, *ids, **more)
        return zipfile.ZipFile(io.BytesIO(content)).namelist()

    assert names(*ids) == ["FA-1/FA-1.pdf", "FA2/FA2.pdf"]
    with_files = names(ids[0], avecPiecesJointesComplementaires="OUI")
    assert with_files == ["FA-1/FA-1.pdf", "FA-1/1_bon.pdf"]
    alone = downloaded(caller, ids[0], avecPiecesJointesComplementaires="NON")
    assert alone.startswith(b"%PDF")


def test_too_much_is_413(caller, monkeypatch):
    monkeypatch.setattr("simulator.api.downloads.MAX_DOWNLOAD_BYTES", 5)
    assert caller.post(PATH, asked(caller.invoice())).status_code == 413


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"format": "PIVOT"}, 20114),
        ({"format": "ZIP"}, 20105),
        ({"listeFacture": []}, 20103),
        ({"listeFacture": [{"idFacture": 1}]}, 20000),
        ({"avecPiecesJointesComplementaires": "Oui"}, 20105),
    ],
)
def test_wrong_requests_are_refused(caller, changes, code):
    body = {**asked(caller.invoice()), **changes}
    assert caller.post(PATH, body).json()["codeRetour"] == code


def test_a_foreign_invoice_is_unknown(caller, other_caller):
    assert caller.post(PATH, asked(other_caller.invoice())).json()["codeRetour"] == 20000
