# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Files: sizes, contents, names, and that the received bytes are kept exactly."""

import base64
import hashlib

import pytest

from simulator.world.files import MAX_FILE_BYTES
from simulator.world.refusals import REFUSALS


def attachment(caller, content=b"x", name="bon.pdf", extension="pdf"):
    return caller.post(
        "transverses/v1/ajouter/fichier",
        {
            "pieceJointeFichier": base64.b64encode(content).decode(),
            "pieceJointeNom": name,
            "pieceJointeExtension": extension,
            "pieceJointeTypeMime": "application/pdf",
        },
    )


def code(response):
    return response.json()["codeRetour"]


def test_the_received_bytes_are_kept_exactly(sim, caller):
    content = b"%PDF-1.7\r\n" + bytes(range(256))
    file_id = caller.pdf_id(content=content)
    assert file_id > 2**31
    assert sim.control.file(file_id) == content
    over_http = caller.http.get(f"{sim.url}/_sim/files/{file_id}")
    assert over_http.content == content


def test_an_invoice_tells_the_sha256_of_its_pdf(sim, caller):
    content = b"%PDF-1.4 unique"
    body = caller.submission()
    body["pieceJointePrincipale"][0]["pieceJointePrincipaleId"] = caller.pdf_id(content=content)
    caller.submit(body)
    (invoice,) = sim.control.invoices()
    assert invoice["sha256"] == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    "side, nulls",
    [
        ("alternate", [True, False, True]),
        ("null", [True, True, True]),
        ("absent", [False, False, False]),
    ],
)
def test_what_a_pdf_did_not_tell_is_null_or_left_out(sim, caller, side, nulls):
    sim.control.switch(unread_values=side)
    for is_there in nulls:
        answer = caller.deposit().json()
        caller.file_id()  # an attachment does not change whose turn it is
        assert answer["libelle"] == "GCU_MSG_01_000"
        assert answer["typeFacture"] == "FACTURE"
        assert answer["pieceJointeId"]
        for name in ("numeroFacture", "montantTVA", "typeTva"):
            assert (name in answer) is is_there
            assert answer.get(name) is None


def test_pdf_of_ten_megabytes_passes_and_one_more_byte_is_413(caller):
    content = b"%PDF".ljust(MAX_FILE_BYTES, b"x")
    assert caller.deposit(content).status_code == 200
    assert caller.deposit(content + b"x").status_code == 413


def test_attachment_above_ten_megabytes_is_20003(caller):
    assert code(attachment(caller, b"x" * MAX_FILE_BYTES)) == 0
    assert code(attachment(caller, b"x" * (MAX_FILE_BYTES + 1))) == 20003


@pytest.mark.parametrize(
    "changes, refusal",
    [
        ({"content": b"PK\x03\x04"}, "file_not_pdf"),
        ({"content": b" %PDF-1.7"}, "file_not_pdf"),
        ({"nomFichier": "facture"}, "file_extension"),
        ({"nomFichier": "facture.xml"}, "file_extension"),
    ],
)
def test_only_pdf_files_are_deposited_as_pdf(caller, changes, refusal):
    assert code(caller.deposit(**changes)) == REFUSALS[refusal][0]


def test_long_file_names_are_refused(caller):
    assert caller.deposit(nomFichier="f" * 197 + ".pdf").status_code == 400
    assert attachment(caller, name="f" * 47 + ".pdf").status_code == 400
    assert code(attachment(caller, name="f" * 46 + ".pdf")) == 0


def test_empty_files_are_refused(caller):
    empty = caller.deposit(fichierFacture="\n")
    assert code(empty) == REFUSALS["file_empty"][0]


@pytest.mark.parametrize(
    "name, extension",
    [("bon", "pdf"), ("bon.exe", "exe"), ("bon.pdf", "png"), (".pdf", "pdf")],
)
def test_attachment_extensions_are_checked(caller, name, extension):
    response = attachment(caller, name=name, extension=extension)
    assert code(response) == REFUSALS["file_extension"][0]


def test_a_file_of_another_supplier_is_unknown(caller, other_caller):
    body = caller.submission()
    body["pieceJointePrincipale"][0]["pieceJointePrincipaleId"] = other_caller.pdf_id()
    assert code(caller.submit(body)) == REFUSALS["main_attachment_unknown"][0]
