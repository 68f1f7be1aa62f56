# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""soumettre: what is accepted, and each business refusal."""

import pytest
from invoice_files import cii

from simulator.world.refusals import REFUSALS, SHAPE_REFUSALS

SERVICE = "12345678200028"
ENGAGEMENT = "12345678200036"
BOTH = "12345678200044"
EITHER = "12345678200093"
OWN_SERVICE, CLOSED_OWN_SERVICE, SERVICE_OF_THE_OTHER = 60700000911, 60700000912, 60700000901

# Each row: what is changed in a valid request, and the refusal
BUSINESS = [
    ({"fournisseur__idFournisseur": 40_012_345_002}, "structure_not_ours"),
    ({"fournisseur__idServiceFournisseur": 1}, "service_of_supplier"),
    ({"fournisseur__idServiceFournisseur": 0}, "service_of_supplier"),
    ({"fournisseur__idServiceFournisseur": CLOSED_OWN_SERVICE}, "service_of_supplier"),
    ({"fournisseur__idServiceFournisseur": SERVICE_OF_THE_OTHER}, "service_of_supplier"),
    ({"fournisseur__codeCoordonneesBancairesFournisseur": 88_231_000_011}, "bank_account_unknown"),
    ({"numeroFactureSaisi": ...}, "number_missing"),
    ({"numeroFactureSaisi": "F" * 21}, "number_too_long"),
    ({"numeroFactureSaisi": "FA 42"}, "number_characters"),
    ({"numeroFactureSaisi": "20260305"}, "number_is_date"),
    ({"numeroFactureSaisi": "2026-03-05"}, "number_is_date"),
    ({"numeroFactureSaisi": "2026/12/31"}, "number_is_date"),
    ({"numeroFactureSaisi": "FA2026é"}, "number_characters"),
    ({"numeroFactureSaisi": "FA42\n"}, "number_characters"),
    ({"dateFacture": ...}, "date_missing"),
    ({"destinataire__codeDestinataire": "12345678299999"}, "recipient_unknown"),
    ({"destinataire__codeDestinataire": "12345678200077"}, "recipient_unknown"),
    ({"destinataire__codeDestinataire": "12345678200069"}, "recipient_inactive"),
    ({"destinataire__codeDestinataire": SERVICE}, "service_missing"),
    (
        {"destinataire": {"codeDestinataire": SERVICE, "codeServiceExecutant": "AUTRE"}},
        "service_unknown",
    ),
    (
        {"destinataire": {"codeDestinataire": SERVICE, "codeServiceExecutant": "SERVICE_FERME"}},
        "service_inactive",
    ),
    (
        {
            "destinataire": {
                "codeDestinataire": SERVICE,
                "codeServiceExecutant": "FACTURES_PUBLIQUES",
            }
        },
        "service_reserved",
    ),
    ({"destinataire__codeDestinataire": ENGAGEMENT}, "engagement_missing"),
    (
        {"destinataire__codeDestinataire": BOTH, "references__numeroBonCommande": "BC-1"},
        "service_missing",
    ),
    (
        {
            "destinataire": {
                "codeDestinataire": BOTH,
                "codeServiceExecutant": "SERVICE_DEST_TOUT_OBL",
            }
        },
        "engagement_missing",
    ),
    ({"destinataire__codeDestinataire": EITHER}, "service_or_engagement_missing"),
    ({"references__deviseFacture": "EUX"}, "currency_unknown"),
    ({"references__typeTva": "EXONERATION"}, "exemption_reason_missing"),
    (
        {"cadreDeFacturation__codeCadreFacturation": "A9_FACTURE_SOUSTRAITANT"},
        "validator_missing",
    ),
    (
        {
            "cadreDeFacturation": {
                "codeCadreFacturation": "A12_FACTURE_COTRAITANT",
                "codeStructureValideur": "99999999999999",
            }
        },
        "validator_unknown",
    ),
    ({"montantTotal__montantTtcTotal": 1200.13}, "total_mismatch"),
    ({"montantTotal__montantRemiseGlobaleTTC": 10}, "total_mismatch"),
    ({"ligneTva__0__ligneTvaMontantBaseHtParTaux": 1000.00}, "vat_base_mismatch"),
    ({"ligneTva__0__ligneTvaMontantTvaParTaux": 200.00}, "vat_amount_mismatch"),
    ({"ligneTva": []}, "vat_amount_mismatch"),
    ({"ligneTva__0__ligneTvaTaux": ...}, "vat_rate"),
    ({"ligneTva__0__ligneTvaTauxManuel": 20}, "vat_rate"),
    ({"ligneTva__0__ligneTvaTaux": "TVA99"}, "vat_rate_unknown"),
    ({"pieceJointePrincipale": ...}, "main_attachment_missing"),
    ({"pieceJointePrincipale": []}, "main_attachment_missing"),
    ({"pieceJointePrincipale__0__pieceJointePrincipaleId": 1}, "main_attachment_unknown"),
    ({"modeDepot": "DEPOT_PDF_SIGNE_API"}, "main_attachment_signature"),
    ({"modeDepot": "SAISIE_API"}, "number_given"),
    ({"modeDepot": "SAISIE_API", "numeroFactureSaisi": None}, "lines_missing"),
]


def code(response):
    return response.json()["codeRetour"]


@pytest.mark.parametrize("changes, refusal", BUSINESS)
@pytest.mark.parametrize("status", [200, 400])
def test_business_refusal(sim, caller, changes, refusal, status):
    sim.control.switch(refusal_status=status)
    response = caller.submit(caller.submission(**changes))
    assert response.status_code == status
    number, sentence = REFUSALS[refusal]
    assert response.json() == {"codeRetour": number, "libelle": sentence.format(id=1)}
    assert sim.control.invoices() == []


def test_every_refusal_of_soumettre_has_its_own_number():
    numbers = [number for name, (number, _text) in REFUSALS.items() if name not in SHAPE_REFUSALS]
    own = [number for number in numbers if number >= 20013]
    assert len(own) == len(set(own))


def test_an_invoice_is_accepted_in_every_listed_currency(sim, caller):
    rows = caller.ok("transverses/v1/recuperer/devises", {})["listeDevises"]
    for rank, row in enumerate(rows):
        caller.invoice(f"FA-{rank}", references__deviseFacture=row["codeDevise"])
    assert len(sim.control.invoices()) == len(rows) > 4


def test_an_accepted_invoice_is_deposited_now(sim, caller):
    answer = caller.submit(caller.submission("FA/2026-0_1+")).json()
    assert answer["libelle"] == "GCU_MSG_01_000"
    assert answer["identifiantFactureCPP"] > 2**31
    assert answer["numeroFacture"] == "FA/2026-0_1+"
    assert answer["statutFacture"] == "DEPOSEE"
    assert answer["identifiantStructure"] == caller.supplier["siret"]
    (invoice,) = sim.control.invoices()
    assert invoice["deposited"].startswith(answer["dateDepot"])


@pytest.mark.parametrize(
    "changes",
    [
        {
            "destinataire": {
                "codeDestinataire": SERVICE,
                "codeServiceExecutant": "SERVICE_DEST_SERV_OBL",
            }
        },
        {"destinataire__codeDestinataire": ENGAGEMENT, "references__numeroBonCommande": "BC-1"},
        {"destinataire__codeDestinataire": EITHER, "references__numeroBonCommande": "BC-1"},
        {
            "destinataire": {
                "codeDestinataire": EITHER,
                "codeServiceExecutant": "SERVICE_AU_CHOIX",
            }
        },
        {"cadreDeFacturation__codeCadreFacturation": "A2_FACTURE_FOURNISSEUR_DEJA_PAYEE"},
        {
            "cadreDeFacturation": {
                "codeCadreFacturation": "A9_FACTURE_SOUSTRAITANT",
                "codeStructureValideur": "12345678200119",
            }
        },
        {
            "references__typeTva": "EXONERATION",
            "references__motifExonerationTva": "Formation",
            "ligneTva": [],
            "montantTotal": {
                "montantHtTotal": 100,
                "montantTVA": 0,
                "montantTtcTotal": 100,
                "montantAPayer": 100,
            },
        },
        {"fournisseur__codeCoordonneesBancairesFournisseur": None},
        {"fournisseur__idServiceFournisseur": OWN_SERVICE},
        # Digits that are no day of any calendar
        {"numeroFactureSaisi": "20260230"},
        {"numeroFactureSaisi": "20260001"},
        {"numeroFactureSaisi": "2026-03/05"},
        {"numeroFactureSaisi": "F20260305"},
        {"montantTotal__montantAPayer": 0},
        # As an AIFE sample shows: the total is after the global discount
        {
            "montantTotal__montantRemiseGlobaleTTC": 50.0,
            "montantTotal__montantTtcTotal": 1150.12,
        },
    ],
)
def test_valid_variants_are_accepted(caller, changes):
    assert code(caller.submit(caller.submission(**changes))) == 0


def test_manual_rates_and_several_rates_add_up(caller):
    body = caller.submission(
        ligneTva=[
            {
                "ligneTvaTaux": "TVA4",
                "ligneTvaMontantBaseHtParTaux": 510.0,
                "ligneTvaMontantTvaParTaux": 102.0,
            },
            {
                "ligneTvaTauxManuel": 2.1,
                "ligneTvaMontantBaseHtParTaux": 432.0,
                "ligneTvaMontantTvaParTaux": 9.072,
            },
        ],
        montantTotal={
            "montantHtTotal": 942.0,
            "montantTVA": 111.072,
            "montantTtcTotal": 1053.072,
            "montantAPayer": 1053.07,
        },
    )
    assert code(caller.submit(body)) == 0


def test_a_used_number_is_refused_whatever_became_of_the_invoice(sim, caller):
    caller.invoice("FA1")
    sim.control.set_status("FA1", "REJETEE", "Doublon")
    body = caller.submission("FA1")
    assert code(caller.submit(body)) == 20310
    sim.control.switch(duplicate_code=20013)
    assert code(caller.submit(body)) == 20013
    assert caller.numbers() == ["FA1"]


def test_switch_duplicates_makes_a_second_invoice_of_a_used_number(sim, caller):
    sim.control.switch(duplicates="accepted")
    first, second = caller.invoice("FA1"), caller.invoice("FA1")
    assert first != second
    assert caller.numbers() == ["FA1", "FA1"]
    assert caller.flow(cii("FA1"))["etatCourantDepotFlux"] == "IN_INTEGRE"
    assert caller.numbers() == ["FA1"] * 3


def test_a_pdf_serves_one_invoice(caller):
    body = caller.submission("FA1")
    assert code(caller.submit(body)) == 0
    body["numeroFactureSaisi"] = "FA2"
    assert code(caller.submit(body)) == REFUSALS["main_attachment_used"][0]


def test_an_attachment_is_no_invoice_pdf(caller):
    body = caller.submission()
    body["pieceJointePrincipale"][0]["pieceJointePrincipaleId"] = caller.file_id()
    assert code(caller.submit(body)) == REFUSALS["main_attachment_unknown"][0]


def test_a_refused_invoice_leaves_its_pdf_free(caller):
    body = caller.submission(montantTotal__montantTtcTotal=1)
    assert code(caller.submit(body)) == REFUSALS["total_mismatch"][0]
    body["montantTotal"]["montantTtcTotal"] = 1200.12
    assert code(caller.submit(body)) == 0


def test_a_signed_pdf_goes_with_the_signed_mode(caller):
    body = caller.submission(modeDepot="DEPOT_PDF_SIGNE_API")
    pdf_id = caller.pdf_id(formatDepot="PDF_SIGNE_PADES")
    body["pieceJointePrincipale"][0]["pieceJointePrincipaleId"] = pdf_id
    assert code(caller.submit(body)) == 0


def test_only_one_main_attachment(caller):
    body = caller.submission()
    body["pieceJointePrincipale"] *= 2
    assert code(caller.submit(body)) == REFUSALS["main_attachment_shape"][0]


@pytest.mark.parametrize(
    "side, array, as_object", [("both", 0, 0), ("array", 0, 20102), ("object", 20102, 0)]
)
def test_switch_main_attachment(sim, caller, side, array, as_object):
    sim.control.switch(main_attachment=side)
    assert code(caller.submit(caller.submission("ARRAY"))) == array
    body = caller.submission("OBJECT")
    body["pieceJointePrincipale"] = body["pieceJointePrincipale"][0]
    assert code(caller.submit(body)) == as_object


@pytest.mark.parametrize(
    "side, positive, negative", [("any", 0, 0), ("positive", 0, 20330), ("negative", 20330, 0)]
)
def test_switch_credit_note_sign(sim, caller, side, positive, negative):
    sim.control.switch(credit_note_sign=side)
    for number, sign, expected in (("PLUS", 1, positive), ("MINUS", -1, negative)):
        body = caller.submission(number, references__typeFacture="AVOIR")
        for amounts in (body["montantTotal"], body["ligneTva"][0]):
            amounts.update({k: sign * v for k, v in amounts.items() if k != "ligneTvaTaux"})
        assert code(caller.submit(body)) == expected
    # The switch is about credit notes only
    assert code(caller.submit(caller.submission("INVOICE"))) == 0


def test_complementary_attachments(sim, caller):
    row = {
        "pieceJointeComplementaireDesignation": "Bon de livraison",
        "pieceJointeComplementaireType": "DIVERS",
        "pieceJointeComplementaireId": caller.file_id(),
    }
    unknown = caller.submission(
        pieceJointeComplementaire=[{**row, "pieceJointeComplementaireId": 1}]
    )
    assert code(caller.submit(unknown)) == REFUSALS["attachment_unknown"][0]
    wrong_type = caller.submission(
        pieceJointeComplementaire=[{**row, "pieceJointeComplementaireType": "BON_DE_COMMANDE"}]
    )
    assert code(caller.submit(wrong_type)) == REFUSALS["attachment_type"][0]
    assert code(caller.submit(caller.submission(pieceJointeComplementaire=[row]))) == 0
    (invoice,) = sim.control.invoices()
    assert [item["file_name"] for item in invoice["attachments"]] == ["bon.pdf"]


def test_an_entry_gets_its_number_from_the_platform(caller):
    body = caller.submission(
        modeDepot="SAISIE_API",
        numeroFactureSaisi=None,
        dateFacture=None,
        pieceJointePrincipale=None,
        lignePoste=[{"lignePosteNumero": 1, "lignePosteDenomination": "Conseil"}],
    )
    answer = caller.submit(body).json()
    assert len(answer["numeroFacture"]) == 20
    assert answer["numeroFacture"][:4] == answer["dateDepot"][:4]


def test_the_service_of_the_supplier_is_shown_and_found(sim, caller):
    with_service = caller.invoice("FA-1", fournisseur__idServiceFournisseur=OWN_SERVICE)
    caller.invoice("FA-2")
    assert caller.numbers(idServiceFournisseur=OWN_SERVICE) == ["FA-1"]
    assert caller.numbers(idServiceFournisseur=CLOSED_OWN_SERVICE) == []
    rows = {row["numeroFacture"]: row for row in caller.search()["listeFactures"]}
    assert rows["FA-1"]["codeServiceFournisseur"] == "ATELIER_NORD"
    assert "codeServiceFournisseur" not in rows["FA-2"]
    read = caller.ok(
        "factures/v1/consulter/fournisseur", {"identifiantFactureCPP": with_service}
    )["facture"]["fournisseur"]
    assert read["idServiceFournisseur"] == OWN_SERVICE
    assert read["libelleServiceFournisseur"] == "Atelier du Nord"
    shown = {row["number"]: row["supplier_service"] for row in sim.control.invoices()}
    assert shown == {"FA-1": OWN_SERVICE, "FA-2": None}


def test_each_supplier_has_an_open_and_a_closed_service(caller, other_caller):
    for one in (caller, other_caller):
        found = one.ok(
            "structures/v1/rechercher/services", {"idStructure": one.supplier["structure_id"]}
        )["listeServices"]
        assert {row["estActif"] for row in found} == {True, False}
        assert {row["idService"] for row in found} == {
            row["id"] for row in one.supplier["services"]
        }


def test_a_used_number_is_told_in_the_platform_s_own_words(caller):
    caller.invoice("FA-1")
    assert caller.submit(caller.submission("FA-1")).json()["libelle"] == (
        "Vous avez déjà déposé une demande de paiement avec ce numéro de facture pour cette"
        " structure"
    )
