# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What the words of a refusal say: the platform's own, those near them, and their false friends."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from choruspro import errors, refusal_wordings
from choruspro.refusal_wordings import WORDINGS, meaning, says_number_is_used

USED_NUMBER = (
    "Vous avez déjà déposé une demande de paiement avec ce numéro de facture pour cette structure",
    "Le numéro de facture existe déjà pour ce fournisseur",
    "Une facture de ce numéro existe pour ce fournisseur",
    "La facture FAC/2026/00021 a déjà été déposée",
    "Le numéro de facture CONTRAT-2026-7 existe déjà",
    "La demande de paiement n° 12 est déjà présente dans le système",
    "Le numéro de la demande de paiement est déjà utilisé",
    "Numéro de facture : F1 déjà existant",
    "NUMERO DEJA UTILISE",
    "Il existe déjà une facture avec ce numéro",
    "Service 12 : le numéro de facture existe déjà",
    "Pour ce destinataire, le numéro existe déjà",
    "Le numéro de facture doit être unique",
    "L’unicité du numéro n’est pas respectée",
    "Doublon de facture",
    "Facture en double",
    "DOUBLON",
    "REJ_UNI",
    "Invoice number already exists",
    "Duplicate invoice number",
)
# Of each, a word of the above is there, about something else.
SOMETHING_ELSE = (
    "",
    "Le service exécutant existe mais est inactif",
    "Le service de la facture existe mais est inactif",
    "Le service existe. La facture est refusée.",
    "Le code service n'existe pas",
    "Le service n’existe pas pour ce destinataire",
    "La facture est adressée à une structure qui existe mais qui est inactive",
    "L'engagement juridique est déjà soldé",
    "Le numéro d'engagement existe déjà",
    "Le numéro d'engagement de la facture a déjà été utilisé",
    "La facture désigne un engagement déjà utilisé",
    "Le numéro de marché est déjà clôturé",
    "Le numéro SIRET existe déjà",
    "Le numéro de facture est trop long",
    "La facture a déjà été recyclée",
    "La facture d'origine n'existe pas",
    "Le montant déjà facturé dépasse le plafond",
    "Les prestations déjà facturées ne le sont qu'une fois",
    "Le total facturé a déjà été enregistré",
    "Il n'existe pas de facture avec ce numéro",
    "Un fichier de ce nom existe déjà",
    "Le flux a déjà été déposé",
    "La pièce jointe 7 de type inconnu n'existe pas.",
    "La pièce jointe de la facture existe déjà",
    "La pièce jointe principale est déjà liée à une autre facture",
    "Vous avez déjà déposé une pièce jointe pour cette facture",
    "Doublon de pièce jointe",
    "Doublon de lignes dans la facture",
    "La facture comporte une ligne déjà existante",
    "Le numéro de ligne existe en double",
)
OTHER_MEANINGS = (
    ("La pièce jointe 7 de type inconnu n'existe pas", errors.FILE_UNKNOWN),
    ("Attachment 7 of unknown type does not exist", errors.FILE_UNKNOWN),
    (
        "L'engagement juridique (balise : SupplyChainTradeTransaction"
        ".ApplicableHeaderTradeAgreement.BuyerReference.value) est obligatoire.",
        refusal_wordings.SERVICE_MISSING,
    ),
    # Cut near 200 characters
    (
        "L'engagement juridique (balise : SupplyChainTradeTransaction"
        ".ApplicableHeaderTradeAgreement.BuyerReference.val",
        refusal_wordings.SERVICE_MISSING,
    ),
    ("Le service exécutant est obligatoire pour ce destinataire", refusal_wordings.SERVICE_MISSING),
    (
        "L'engagement juridique (balise : ApplicableHeaderTradeAgreement"
        ".BuyerOrderReferencedDocument.IssuerAssignedID.value) est obligatoire.",
        refusal_wordings.ENGAGEMENT_MISSING,
    ),
    (
        "L'engagement juridique (balise : OrderReference.ID.value) est obligatoire.",
        refusal_wordings.ENGAGEMENT_MISSING,
    ),
    (
        "L'identifiant fournisseur de la demande de paiement (balise : AccountingSupplierParty"
        ".Party.PartyIdentification.ID.value) n'est pas reference dans notre systeme. ",
        refusal_wordings.SUPPLIER_UNKNOWN,
    ),
    ("Le code service du destinataire est inconnu.", refusal_wordings.SERVICE_UNKNOWN),
    (
        "Le code service est inconnu ou inactif pour la structure émettrice.",
        refusal_wordings.OWN_SERVICE_UNKNOWN,
    ),
    ("Le destinataire est introuvable ou inactif.", refusal_wordings.RECIPIENT_UNKNOWN),
    ("La synthèse de l'en-tête n'est pas correcte", refusal_wordings.TOTALS_WRONG),
    (
        "Les contrôles de cohérence de la demande de paiement ne sont pas valides",
        refusal_wordings.TOTALS_WRONG,
    ),
    ("La facture n'a pas pu être analysée", refusal_wordings.PDF_UNREADABLE),
    ("Le champ (…BuyerReference.value) doit etre alphanumerique", ""),
    ("L'engagement juridique est déjà soldé", ""),
)
THINGS = ("le numéro", "le numéro de facture", "la facture", "la demande de paiement")
OTHERS = ("le service", "l'engagement juridique", "le marché", "la pièce jointe", "le fichier",
          "le SIRET", "le numéro de marché", "le compte bancaire")
CLAIMS = ("existe déjà", "existe pour ce fournisseur", "a déjà été déposé", "est déjà utilisé",
          "est en double")
NUMBERS = st.from_regex(r"[A-Z]{0,3}[/-]?20[0-9]{2}[/-][0-9]{1,5}", fullmatch=True)


@pytest.mark.parametrize("text", USED_NUMBER)
def test_a_used_number_is_known_by_its_words(text):
    assert says_number_is_used(text)
    assert says_number_is_used(text.upper())


@pytest.mark.parametrize("text", SOMETHING_ELSE)
def test_what_exists_or_is_there_already_is_no_used_number_unless_it_is_one(text):
    assert not says_number_is_used(text)
    assert not says_number_is_used(text.upper())
    assert not says_number_is_used(unicodedata.normalize("NFD", text))


@pytest.mark.parametrize("text, told", OTHER_MEANINGS)
def test_other_refusals_are_known_by_their_words(text, told):
    assert meaning(text) == told
    assert meaning(text.replace("'", "’")) == told


@given(thing=st.sampled_from(THINGS), number=NUMBERS, claim=st.sampled_from(CLAIMS))
def test_the_number_may_stand_between_the_thing_and_the_word(thing, number, claim):
    assert says_number_is_used(f"{thing} {number} {claim}")


@given(
    other=st.sampled_from(OTHERS), number=NUMBERS, claim=st.sampled_from(CLAIMS),
    of=st.sampled_from(("", " de la facture", " du numéro de facture", " de cette facture")),
)
def test_the_same_words_about_another_thing_are_no_used_number(other, number, claim, of):
    assert not says_number_is_used(f"{other}{of} {number} {claim}")


@given(other=st.sampled_from(OTHERS), thing=st.sampled_from(THINGS), claim=st.sampled_from(CLAIMS))
def test_the_clause_before_or_after_is_another_one(other, thing, claim):
    assert not says_number_is_used(f"{thing} est refusée. {other} {claim}")
    assert says_number_is_used(f"{other} est inactif. {thing} {claim}")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_has_a_meaning_or_none(text):
    assert meaning(text) in {wording.meaning for wording in WORDINGS} | {""}
    assert meaning(None) == ""


def test_each_wording_says_where_it_was_seen():
    assert len(WORDINGS) > 10
    assert all(len(wording.source) > 10 for wording in WORDINGS)
    assert any("quoted" in wording.source for wording in WORDINGS)


@pytest.mark.parametrize("wording", WORDINGS, ids=lambda each: each.pattern.pattern[:40])
def test_each_wording_is_the_reading_of_some_sentence(wording):
    sentences = [*USED_NUMBER, *(text for text, _told in OTHER_MEANINGS)]
    clauses = [clause for text in sentences for clause in refusal_wordings._clauses(text)]
    assert any(wording.pattern.search(clause) for clause in clauses)
