# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What the report of a flow says of each invoice that breaks a rule, in both syntaxes."""

import pytest
from invoice_files import CII, FACTURX, UBL, cii, factur_x, tar_gz, ubl

from simulator.world.refusals import REFUSALS

SELLER, BUYER = "12345678200077", "12345678200044"
RECIPIENT_WITHOUT_DEMANDS = (BUYER, "12345678200051")


def reasons(caller, content, syntax):
    """The sentences of the only refused invoice of a rejected flow; none when it is integrated."""
    answer = caller.flow(content, "f.pdf" if syntax == FACTURX else "f.xml", syntax)
    assert answer["listeErreurTechnique"] == []
    if answer["etatCourantDepotFlux"] == "IN_INTEGRE":
        assert answer["listeErreurDP"] == []
        return []
    assert answer["etatCourantDepotFlux"] == "IN_REJETE"
    (error,) = answer["listeErreurDP"]
    return error["libelleErreurDP"].split("|")


# (what is replaced in both syntaxes, the beginnings of the sentences)
SAME_TEXT = [
    ((SELLER, "12345678200099"), ["L'identifiant fournisseur de la demande de"]),
    ((SELLER, "123456782"), ["L'identifiant du fournisseur est un SIREN"]),
    ((SELLER, ""), ["L'identifiant SIRET du fournisseur n'est pas renseigné"]),
    ((SELLER, "12345678200119"), ["Le compte technique n'est pas rattaché"]),
    ((BUYER, "123456782"), ["L'identifiant du destinataire est un SIREN"]),
    ((BUYER, "99999999999999"), ["Le destinataire est introuvable"]),
    ((BUYER, "12345678200069"), ["Le destinataire est introuvable"]),
    (
        ('schemeID="0002"', 'schemeID="0088"'),
        ["L'identifiant SIRET du f", "L'identifiant SIRET du d"],
    ),
    (("SERVICE_DEST_TOUT_OBL", ""), ["L'engagement juridique (balise : "]),
    (("SERVICE_DEST_TOUT_OBL", "AILLEURS"), ["Le code service est inconnu ou inactif"]),
    (("SERVICE_DEST_TOUT_OBL", "SERVICE_TOUT_FERME"), ["Le code service est inconnu ou inactif"]),
    (("BC-7781", ""), ["L'engagement juridique (balise : "]),
    (("BC-7781", "B" * 51), ["Le numéro d'engagement dépasse 50"]),
    (("MARCHE-1", "M" * 51), ["Le numéro de marché dépasse 50"]),
    (("NUMBER", "F" * 21), ["Le numéro de facture dépasse 20"]),
    (("NUMBER", "20260305"), ["Le numéro de facture ne peut pas être une date."]),
    (("NUMBER", "F 42"), ["Le numéro de facture contient un caractère"]),
    (("NUMBER", ""), ["Le numéro de facture n'est pas renseigné"]),
    ((">A1<", ">B1<"), ["Le cadre de facturation"]),
    ((">A1<", ">A26<"), ["Le cadre de facturation"]),
    ((">A1<", ">A1_FACTURE_FOURNISSEUR<"), ["Le cadre de facturation"]),
    ((">A1<", "><"), ["Le cadre de facturation"]),
    ((">A2<", ">A2<"), []),
    ((">380<", ">999<"), ["Le type de facture"]),
    (("EUR", "XXX"), ["La devise est inconnue."]),
    ((">30<", "><"), ["Le code du moyen de paiement"]),
    (("FR7630001007941234567890185", ""), ["L'IBAN est obligatoire pour un virement."]),
    (("FR7630001007941234567890185", "30001007941"), ["Le compte bancaire n'est pas un IBAN."]),
    ((">200.02<", ">200.01<"), ["Le montant TTC (BT-112)"]),
    ((">Chaise<", "><"), ["Ligne 1 : la désignation"]),
    ((">10<", "><"), ["Ligne 1 : la quantité"]),
    ((">100.00<", ">100.01<"), ["Ligne 1 : le montant n'est pas égal"]),
    ((">10.00<", ">10.02<"), ["Ligne 1 : le prix net n'est pas égal"]),
]


@pytest.mark.parametrize("make, syntax", [(cii, CII), (ubl, UBL)])
@pytest.mark.parametrize("change, expected", SAME_TEXT)
def test_each_rule_has_its_sentence(caller, make, syntax, change, expected):
    if change[0] == "NUMBER":
        content = make(change[1])
    elif change[0] == ">A2<":
        content = make("FA2026-00042", (">A1<", ">A2<"))
    else:
        content = make("FA2026-00042", change)
    found = reasons(caller, content, syntax)
    assert len(found) == len(expected), found
    for sentence, beginning in zip(found, expected, strict=True):
        assert sentence.startswith(beginning)


CII_CHANGES = [
    (
        [("10.00</ram:ActualAmount>", "</ram:ActualAmount>")],
        ["Ligne 1 : le montant de la remise sur le prix brut"],
    ),
    ([(">20261120<", "><")], ["La date de facture"]),
    (
        [("1000.10</ram:BasisAmount>", "900.00</ram:BasisAmount>")],
        ["La somme des bases de TVA", "Le montant de TVA à 20 %"],
    ),
    ([("200.02</ram:Calc", "199.99</ram:Calc")], ["La somme des lignes de TVA"]),
    ([("1200.12</ram:Due", "1200.13</ram:Due")], ["Le montant à payer"]),
    (
        [
            (
                "<ram:TaxBasisTotal",
                "<ram:AllowanceTotalAmount>5</ram:AllowanceTotalAmount><ram:TaxBasisTotal",
            )
        ],
        ["Le montant HT (BT-109)"],
    ),
    (
        [
            (
                "<ram:LineTotalAmount>1000.10</ram:LineTotalAmount>\n        <ram:Tax",
                "<ram:LineTotalAmount>1</ram:LineTotalAmount>\n        <ram:Tax",
            )
        ],
        ["Le montant HT (BT-109)", "La somme des lignes n'est pas égale"],
    ),
]


@pytest.mark.parametrize("changes, expected", CII_CHANGES)
def test_rules_of_totals_and_gross_prices(caller, changes, expected):
    found = reasons(caller, cii("FA2026-00042", *changes), CII)
    assert [
        sentence[: len(beginning)] for sentence, beginning in zip(found, expected, strict=True)
    ] == expected


def test_the_tag_of_an_unknown_supplier_is_named(caller):
    change = (SELLER, "12345678200099")
    (sentence,) = reasons(caller, ubl("F", change), UBL)
    assert "(balise : AccountingSupplierParty.Party.PartyLegalEntity.CompanyID.value)" in sentence
    (sentence,) = reasons(caller, cii("F", change), CII)
    assert ".SellerTradeParty.SpecifiedLegalOrganization.ID.value)" in sentence


def test_a_siret_beside_a_siren_is_found(caller):
    siren = '<ram:ID schemeID="0002">123456782</ram:ID></ram:SpecifiedLegalOrganization>'
    siret = f'<ram:GlobalID schemeID="0009">{SELLER}</ram:GlobalID><ram:Name>Ateliers'
    legal = f'<ram:ID schemeID="0002">{SELLER}</ram:ID>\n        </ram:SpecifiedLegalOrganization>'
    content = cii("F", (legal, siren), ("<ram:Name>Ateliers", siret))
    assert reasons(caller, content, CII) == []


def test_a_credit_note_needs_no_payment_means(caller):
    text = cii("F", (">380<", ">381<")).decode()
    means = "ram:SpecifiedTradeSettlementPaymentMeans>"
    start, end = text.index(f"<{means}"), text.index(f"</{means}") + len(f"</{means}")
    assert reasons(caller, (text[:start] + text[end:]).encode(), CII) == []


def test_a_tax_total_in_another_currency_does_not_count(caller):
    euro = '<ram:TaxTotalAmount currencyID="EUR">200.02</ram:TaxTotalAmount>'
    dollar = euro.replace("EUR", "USD")
    content = cii("F", (euro, euro.replace("200.02", "180.00") + dollar), (">EUR<", ">USD<"))
    assert reasons(caller, content, CII) == []


def _with_vat(tax):
    """The invoice with this VAT on its 1000.10 at 20 %, and totals that agree."""
    total = f"{1000.10 + float(tax):.2f}"
    return cii("F", (">200.02<", f">{tax}<"), (">1200.12<", f">{total}<"))


@pytest.mark.parametrize("side, tax, refused", [
    ("tolerant", "200.03", False),
    ("tolerant", "201.01", False),
    ("tolerant", "201.02", True),
    ("exact", "200.02", False),
    ("exact", "200.03", True),
])
def test_vat_may_differ_from_base_by_rate_unless_switched(sim, caller, side, tax, refused):
    sim.control.switch(flow_vat=side)
    sentences = ["Le montant de TVA à 20 % n'est pas égal à la base par le taux."]
    assert reasons(caller, _with_vat(tax), CII) == (sentences if refused else [])


def test_a_number_is_used_once_by_a_supplier(caller, other_caller):
    assert reasons(caller, cii(), CII) == []
    duplicate = REFUSALS["number_duplicate"][1]
    assert reasons(caller, ubl(), UBL) == [duplicate]
    other = cii("FA2026-00042", (SELLER, "12345678200119"))
    assert reasons(other_caller, other, CII) == []
    caller.invoice("SUBMITTED")
    assert reasons(caller, cii("SUBMITTED"), CII) == [duplicate]
    assert caller.submit(caller.submission("FA2026-00042")).json()["codeRetour"] == 20310


def test_the_first_of_two_with_the_same_number_in_a_flow_is_taken(caller):
    answer = caller.flow(tar_gz({"1.xml": cii("F"), "2.xml": cii("F")}), "lot.tgz")
    assert answer["etatCourantDepotFlux"] == "IN_INTEGRE_PARTIEL"
    assert [row["numeroDP"] for row in answer["listeErreurDP"]] == ["F"]
    assert caller.numbers() == ["F"]


def test_several_reasons_are_joined_and_cut_at_200_characters(caller):
    changes = ("SERVICE_DEST_TOUT_OBL", ""), ("BC-7781", ""), (">A1<", ">S1<"), (">30<", "><")
    found = reasons(caller, cii("F", *changes), CII)
    assert len(found) == 2
    assert len("|".join(found)) == 200
    # As users report it: the engagement is named where the service is missing
    assert found[0] == (
        "L'engagement juridique (balise : SupplyChainTradeTransaction."
        "ApplicableHeaderTradeAgreement.BuyerReference.value) est obligatoire."
    )


def test_an_unconstrained_recipient_demands_nothing(caller):
    content = factur_x(
        "F", RECIPIENT_WITHOUT_DEMANDS, ("SERVICE_DEST_TOUT_OBL", ""), ("BC-7781", "")
    )
    assert reasons(caller, content, FACTURX) == []
