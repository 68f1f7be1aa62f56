# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Actions on invoices that came back: when they are allowed, and what they change."""

import pytest
from invoice_files import cii

from simulator.world.recipients import DAY
from simulator.world.refusals import REFUSALS

NUMBER = "FA2026-00042"
COMPLETER = "factures/v1/completer"
RECYCLER = "factures/v1/recycler"
TRAITER_REJET = "factures/v1/traiterRejet"
CORRIGER_VALIDEUR = "factures/v1/corriger/valideur/facture"
STATUSES = {
    COMPLETER: "SUSPENDUE",
    RECYCLER: "A_RECYCLER",
    TRAITER_REJET: "REJETEE",
    CORRIGER_VALIDEUR: "ERREUR_FOURNISSEUR_SUR_VALIDEUR",
}
VALIDATOR = "12345678200119"
SERVICE = "12345678200028"


def request(path, invoice_id):
    return {
        COMPLETER: {"identifiantFactureCPP": invoice_id, "commentaire": "Voici"},
        RECYCLER: {"identifiantFactureCPP": invoice_id, "commentaire": "Corrigé"},
        TRAITER_REJET: {"listeDemandePaiement": [{"idDemandePaiement": invoice_id}]},
        CORRIGER_VALIDEUR: {
            "idFacture": invoice_id,
            "typeIdentifiantStructure": "SIRET",
            "identifiantStructure": VALIDATOR,
        },
    }[path]


def attachment(caller, **changes):
    return {
        "pieceJointeComplementaireDesignation": "Bon",
        "pieceJointeComplementaireType": "DIVERS",
        "pieceJointeComplementaireId": caller.file_id(),
        **changes,
    }


@pytest.fixture
def come_back(sim, caller):
    """Deposits an invoice that comes back with the status that an operation wants: its id."""

    def make(path, number=NUMBER, **changes):
        invoice_id = caller.invoice(number, **changes)
        sim.control.advance(300)
        sim.control.set_status(number, STATUSES[path], "motif")
        return invoice_id

    return make


def codes(sim, number=NUMBER):
    (invoice,) = [row for row in sim.control.invoices() if row["number"] == number]
    return [event["code"] for event in invoice["events"]]


def refused(response, name):
    number, sentence = REFUSALS[name]
    assert response.json() == {"codeRetour": number, "libelle": sentence.format(id=1)}


def test_a_suspended_invoice_is_completed_and_goes_back_to_its_recipient(sim, caller, come_back):
    first, second = attachment(caller), attachment(caller)
    invoice_id = come_back(COMPLETER, pieceJointeComplementaire=[first])
    body = {**request(COMPLETER, invoice_id), "pieceJointeComplementaire": [second]}
    answer = caller.ok(COMPLETER, body)
    assert (answer["identifiantFactureCPP"], answer["numeroFacture"]) == (invoice_id, NUMBER)
    (invoice,) = sim.control.invoices()
    assert (invoice["status"], invoice["comment"]) == ("COMPLETEE", "Voici")
    assert invoice["events"][-1]["author"] == "Fournisseur"
    assert invoice["status_date"].startswith(answer["dateTraitement"])
    details = caller.ok("factures/v1/consulter/fournisseur", {"identifiantFactureCPP": invoice_id})
    assert details["facture"]["commentaire"] == "Voici"
    files = details["facture"]["listeDesPiecesJointes"]["pieceJointe"]
    assert [row["pieceJointeId"] for row in files] == [
        first["pieceJointeComplementaireId"],
        second["pieceJointeComplementaireId"],
    ]
    sim.control.advance(240)
    assert codes(sim)[-2:] == ["COMPLETEE", "MISE_A_DISPOSITION"]


def test_files_alone_keep_the_comment(sim, caller, come_back):
    invoice_id = come_back(COMPLETER, commentaire="Merci")
    files = [attachment(caller)]
    body = {"identifiantFactureCPP": invoice_id, "pieceJointeComplementaire": files}
    caller.ok(COMPLETER, body)
    (invoice,) = sim.control.invoices()
    assert (invoice["request"]["commentaire"], invoice["comment"]) == ("Merci", None)


@pytest.mark.parametrize(
    "changes, refusal",
    [
        ({"pieceJointeComplementaireId": 1}, "attachment_unknown"),
        ({"pieceJointeComplementaireType": "BON_DE_COMMANDE"}, "attachment_type"),
    ],
)
def test_a_wrong_attachment_completes_nothing(sim, caller, come_back, changes, refusal):
    invoice_id = come_back(COMPLETER)
    rows = [attachment(caller), attachment(caller, **changes)]
    body = {"identifiantFactureCPP": invoice_id, "pieceJointeComplementaire": rows}
    refused(caller.post(COMPLETER, body), refusal)
    (invoice,) = sim.control.invoices()
    assert (invoice["status"], invoice["attachments"]) == ("SUSPENDUE", [])


@pytest.mark.parametrize("more", [{}, {"commentaire": ""}, {"pieceJointeComplementaire": []}])
def test_a_completion_brings_something(caller, come_back, more):
    invoice_id = come_back(COMPLETER)
    body = {"identifiantFactureCPP": invoice_id, **more}
    refused(caller.post(COMPLETER, body), "completion_empty")


def test_an_invoice_of_a_flow_is_completed_too(sim, caller):
    caller.flow(cii("F1"))
    sim.control.set_status("F1", "SUSPENDUE", "motif")
    (invoice,) = sim.control.invoices()
    files = [attachment(caller)]
    body = {
        "identifiantFactureCPP": invoice["invoice_id"],
        "pieceJointeComplementaire": files,
    }
    caller.ok(COMPLETER, body)
    assert len(sim.control.invoices()[0]["attachments"]) == 1


def test_an_invoice_to_recycle_goes_to_another_recipient_and_lives_again(sim, caller, come_back):
    invoice_id = come_back(RECYCLER, references__numeroMarche="M-1")
    recipient = {"codeDestinataire": SERVICE, "codeServiceExecutant": "SERVICE_DEST_SERV_OBL"}
    body = {
        **request(RECYCLER, invoice_id),
        "destinataire": recipient,
        "reference": {"numeroBonCommande": "EJ-990011"},
    }
    answer = caller.ok(RECYCLER, body)
    assert (answer["identifiantFactureCPP"], answer["numeroFacture"]) == (invoice_id, NUMBER)
    assert answer["statutFacture"] == "DEPOSEE"
    (row,) = caller.search()["listeFactures"]
    assert (row["codeDestinataire"], row["codeServiceExecutant"]) == tuple(recipient.values())
    assert (row["numeroBonCommande"], row["numeroMarche"]) == ("EJ-990011", "M-1")
    assert codes(sim)[-2:] == ["A_RECYCLER", "DEPOSEE"]
    sim.control.advance(8 * DAY)
    assert codes(sim)[-1] == "MISE_EN_PAIEMENT"


def test_what_is_left_out_of_a_recycling_stays(caller, come_back):
    recipient = {"codeDestinataire": SERVICE, "codeServiceExecutant": "SERVICE_DEST_SERV_OBL"}
    invoice_id = come_back(RECYCLER, destinataire=recipient)
    caller.ok(RECYCLER, {"identifiantFactureCPP": invoice_id, "reference": {"numeroMarche": "M"}})
    (row,) = caller.search()["listeFactures"]
    assert (row["codeDestinataire"], row["codeServiceExecutant"]) == tuple(recipient.values())


def test_a_service_alone_is_one_of_the_same_recipient(caller, come_back):
    invoice_id = come_back(
        RECYCLER,
        destinataire={"codeDestinataire": "11000201100044", "codeServiceExecutant": "SFACETAT"},
    )
    body = {
        "identifiantFactureCPP": invoice_id,
        "destinataire": {"codeServiceExecutant": "SFACETAT_01"},
    }
    caller.ok(RECYCLER, body)
    (row,) = caller.search()["listeFactures"]
    assert (row["codeDestinataire"], row["codeServiceExecutant"]) == (
        "11000201100044",
        "SFACETAT_01",
    )


@pytest.mark.parametrize(
    "changes, refusal",
    [
        ({"destinataire": {"codeDestinataire": "99999999999999"}}, "recipient_unknown"),
        ({"destinataire": {"codeDestinataire": "12345678200069"}}, "recipient_inactive"),
        ({"destinataire": {"codeDestinataire": SERVICE}}, "service_missing"),
        ({"destinataire": {"codeServiceExecutant": "AILLEURS"}}, "service_unknown"),
        ({"destinataire": {"codeDestinataire": "12345678200036"}}, "engagement_missing"),
        ({"reference": {"deviseFacture": "EUX"}}, "currency_unknown"),
    ],
)
def test_a_wrong_recycling_changes_nothing(sim, caller, come_back, changes, refusal):
    invoice_id = come_back(RECYCLER)
    before = sim.control.invoices()
    refused(caller.post(RECYCLER, {"identifiantFactureCPP": invoice_id, **changes}), refusal)
    assert sim.control.invoices() == before


def test_rejections_are_acknowledged_together_or_not_at_all(sim, caller, come_back):
    ids = [come_back(TRAITER_REJET, number) for number in ("FA1", "FA2")]
    other = caller.invoice("FA3")

    def acknowledge(*invoice_ids):
        rows = [{"idDemandePaiement": one} for one in invoice_ids]
        return caller.post(TRAITER_REJET, {"listeDemandePaiement": rows})

    refused(acknowledge(*ids, other), "state_forbids")
    assert sorted(caller.numbers(rejetTraite=False)) == ["FA1", "FA2", "FA3"]
    assert acknowledge(*ids).json()["codeRetour"] == 0
    assert sorted(caller.numbers(rejetTraite=True)) == ["FA1", "FA2"]
    for invoice_id in ids:
        body = {"identifiantFactureCPP": invoice_id}
        details = caller.ok("factures/v1/consulter/fournisseur", body)["facture"]
        assert (details["rejetTraite"], details["statutFacture"]) == (True, "REJETEE")
    assert acknowledge(ids[0]).json()["codeRetour"] == 0


def test_another_validator_gets_the_invoice(sim, caller, come_back):
    invoice_id = come_back(CORRIGER_VALIDEUR)
    assert caller.ok(CORRIGER_VALIDEUR, request(CORRIGER_VALIDEUR, invoice_id))["idFacture"] == (
        invoice_id
    )
    assert codes(sim)[-1] == "A_VALIDER_1"
    details = caller.ok("factures/v1/consulter/fournisseur", {"identifiantFactureCPP": invoice_id})
    assert details["facture"]["cadreDeFacturation"]["codeValideur1"] == VALIDATOR


@pytest.mark.parametrize(
    "changes, refusal",
    [
        ({"identifiantStructure": None}, "validator_missing"),
        ({"identifiantStructure": "99999999999999"}, "validator_unknown"),
    ],
)
def test_a_wrong_validator_changes_nothing(sim, caller, come_back, changes, refusal):
    invoice_id = come_back(CORRIGER_VALIDEUR)
    before = sim.control.invoices()
    body = {**request(CORRIGER_VALIDEUR, invoice_id), **changes}
    refused(caller.post(CORRIGER_VALIDEUR, body), refusal)
    assert sim.control.invoices() == before


def test_an_acknowledgement_names_an_invoice(caller):
    assert caller.post(TRAITER_REJET, {"listeDemandePaiement": []}).json()["codeRetour"] == 20103


@pytest.mark.parametrize("code", ["MISE_A_DISPOSITION", *STATUSES.values()])
@pytest.mark.parametrize("path", STATUSES)
def test_an_action_needs_its_status(sim, caller, path, code):
    invoice_id = caller.invoice()
    sim.control.set_status(NUMBER, code, "motif")
    response = caller.post(path, request(path, invoice_id))
    if code == STATUSES[path]:
        assert response.json()["codeRetour"] == 0
    else:
        refused(response, "not_suspended" if path == COMPLETER else "state_forbids")
        assert codes(sim)[-1] == code


@pytest.mark.parametrize("path", STATUSES)
def test_an_unknown_invoice_is_told_from_a_foreign_one(sim, caller, other_caller, path):
    refused(caller.post(path, request(path, 1)), "invoice_unknown")
    foreign = other_caller.invoice()
    sim.control.set_status(NUMBER, STATUSES[path], "motif")
    refused(caller.post(path, request(path, foreign)), "invoice_foreign")
