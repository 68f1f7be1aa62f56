# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Nothing secret or personal survives anywhere in what is kept of a message."""

import base64
import html
import json
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from choruspro.redaction import HIDDEN, MOST_ROWS, redacted, safe_text

SPEC = Path(__file__).resolve().parents[1] / "spec"

secrets = st.text("aZ09é&<>;\"'%+=#/. ", min_size=6, max_size=30).filter(
    lambda text: len(text.strip()) >= 6 and not set(text) <= set("0 ")
)
KNOWN_KEYS = st.sampled_from(
    ["libelle", "statut", "numeroFacture", "message", "nomFichier", "fichierFlux", "commentaire"]
)
keys = st.one_of(KNOWN_KEYS, st.text(max_size=12))
plain = st.one_of(
    st.none(), st.booleans(), st.integers(), st.decimals(allow_nan=False, allow_infinity=False)
)


def _walk(data):
    """Every text and number in it, keys included."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield str(key)
            yield from _walk(value)
    elif isinstance(data, list):
        for item in data:
            yield from _walk(item)
    elif data is not None:
        yield str(data)


def _hidden_in(draw, secret, forms):
    """A structure with the secret at some places: whole, inside a text, as a key, escaped."""
    told = st.builds(
        lambda before, form, after: before + form + after,
        st.text(max_size=8),
        st.sampled_from(forms),
        st.text(max_size=8),
    )
    leaves = st.one_of(plain, told, st.sampled_from(forms), st.text(max_size=20))
    return draw(
        st.recursive(
            leaves,
            lambda inner: st.one_of(
                st.lists(inner, max_size=4),
                st.dictionaries(st.one_of(keys, st.sampled_from(forms)), inner, max_size=5),
            ),
            max_leaves=20,
        )
    )


@settings(max_examples=300)
@given(data=st.data(), secret=secrets)
def test_no_secret_survives_anywhere_in_the_structure(data, secret):
    known = {secret, quote_plus(secret)}
    forms = [secret, quote_plus(secret), html.escape(secret), f"<b>{html.escape(secret)}</b>"]
    kept = redacted(_hidden_in(data.draw, secret, forms), known)
    assert all(form not in text for text in _walk(kept) for form in known)
    json.dumps(kept)  # what is kept is plain data


@given(secret=st.from_regex(r"[a-z][a-z0-9]{5,20}", fullmatch=True))
def test_no_secret_survives_as_the_name_of_a_field(secret):
    kept = redacted({secret: 1, f"x{secret}": {f"{secret}9": None}}, {secret})
    assert kept == {f"{HIDDEN}0": HIDDEN, f"{HIDDEN}1": {f"{HIDDEN}0": None}}


@given(secret=st.integers(100_000, 10**12))
def test_a_secret_made_of_digits_is_not_kept_as_a_number(secret):
    told = {"idFacture": secret, "total": Decimal(secret), "statut": f"x{secret}y"}
    kept = redacted(told, {str(secret)})
    assert all(str(secret) not in text for text in _walk(kept))


@given(data=st.data())
def test_what_is_not_known_to_be_harmless_is_hidden(data):
    key = data.draw(st.from_regex(r"nouveau[A-Z][a-z]{1,10}", fullmatch=True))
    value = data.draw(st.one_of(st.text(min_size=1), st.integers(), st.decimals(allow_nan=False)))
    assert redacted({key: value}) == {key: HIDDEN}
    assert redacted({key: [value, {"libelle": "x"}]}) == {key: [HIDDEN, {"libelle": "x"}]}


@pytest.mark.parametrize(
    "key",
    """
    client_id client_secret access_token commentaire histoStatutCommentaire commentaireEtatCourant
    histoStatutUtilisateurNom histoStatutUtilisateurPrenom nomCoordonneeBancaire
    raisonSocialeStructure designationStructure designationDestinataire motifExonerationTva
    pieceJointePrincipaleDesignation adresseEmail telephone password
    """.split(),
)
def test_secrets_comments_and_names_are_hidden(key):
    assert redacted({"a": [{key: "Jeanne Martin"}]}) == {"a": [{key: HIDDEN}]}


def test_what_helps_to_understand_is_kept():
    told = {
        "codeRetour": 20001,
        "libelle": "POQ_MSG_01.003 - Flux introuvable.",
        "numeroFluxDepot": "CPP0011117000000000731004",
        "numeroFacture": "FA202600000042001",
        "statutCourantCode": "MISE_A_DISPOSITION",
        "dateFacture": "2026-11-20",
        "montantAPayer": Decimal("1200.10"),
        "identifiantStructure": "12345678200028",
        "estActif": True,
        "pages": None,
    }
    assert redacted(told) == {**told, "montantAPayer": "1200.10"}


@pytest.mark.parametrize("size", [0, 1, 2, 3, 1000])
@pytest.mark.parametrize(
    "key",
    ["fichierFlux", "fichierFacture", "fichierCR", "fichierResultat", "pieceJointeFichier"],
)
def test_a_file_is_its_size(key, size):
    content = base64.b64encode(b"x" * size).decode()
    assert redacted({key: content}) == {key: f"{size} bytes"}


def test_a_file_under_the_wrong_name_is_hidden():
    content = base64.b64encode(b"facture de Jeanne" * 20).decode()
    assert redacted({"libelle": content, "statut": content}) == {
        "libelle": HIDDEN,
        "statut": HIDDEN,
    }


@pytest.mark.parametrize(
    "text",
    [
        "jeanne.martin@ville.example.fr",
        "TECH_1_123456@cpro.fr",
        "01 23 45 67 89",
        "01.23.45.67.89",
        "0123456789",
        "+33 1 23 45 67 89",
        "+33 (0)1 23 45 67 89",
        "0033 123456789",
        "+687 12 34 56 78",
        "FR76 3000 1007 9412 3456 7890 185",
        "FR7630001007941234567890185",
        "fr7630001007941234567890185 DE LA BANQUE",
    ],
)
def test_mails_phones_and_bank_accounts_are_hidden_in_texts(text):
    kept = safe_text(f"Contact : {text}")
    assert kept.startswith(f"Contact : {HIDDEN}")
    assert not any(character.isdigit() for character in kept)
    assert "@" not in kept and "martin" not in kept
    assert redacted({"libelle": f"Contact : {text}"})["libelle"] == kept


@pytest.mark.parametrize(
    "text",
    [
        "La facture FA202600000042001 existe déjà",
        "CPP0011117000000000731004",
        "GDP_MSG_11.022",
        "SIRET 12345678200028",
        "le 2026-11-20 à 10:00",
        "ligne 12, colonne 345",
    ],
)
def test_numbers_that_are_no_phones_and_no_accounts_are_kept(text):
    assert safe_text(text) == text


def test_of_a_long_list_the_first_rows_are_kept_and_the_others_counted():
    rows = [{"idFacture": rank} for rank in range(MOST_ROWS + 980)]
    kept = redacted({"listeFactures": rows})["listeFactures"]
    assert kept == [*rows[:MOST_ROWS], "… 980"]
    assert redacted({"statutCourant": ["A"] * MOST_ROWS})["statutCourant"] == ["A"] * MOST_ROWS


def test_depth_has_an_end():
    deep = "secret"
    for _level in range(500):
        deep = {"a": [deep]}
    kept = json.dumps(redacted(deep))
    assert "secret" not in kept and len(kept) < 200


def test_what_is_kept_is_a_copy():
    told = {"libelle": "x", "listeFactures": [{"idFacture": 1}]}
    kept = redacted(told)
    kept["listeFactures"][0]["idFacture"] = 2
    assert told == {"libelle": "x", "listeFactures": [{"idFacture": 1}]}


def _fields(schema):
    for key, value in schema.items():
        if key == "properties":
            yield from value
        if isinstance(value, dict):
            yield from _fields(value)
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, dict):
                    yield from _fields(item)


def test_every_field_of_the_contract_that_may_hold_a_person_is_hidden():
    """A new field of the contract is hidden until somebody decides otherwise."""
    known = {
        field
        for path in SPEC.glob("*.json")
        for field in _fields(json.loads(path.read_text(encoding="utf-8")))
    }
    hidden = {field for field in known if redacted({field: "Jeanne"}) == {field: HIDDEN}}
    personal = {
        field
        for field in known
        if any(part in field.lower() for part in ("nom", "commentaire", "designation", "raison"))
    }
    # Names of files, and what only looks like a name
    shown = {"nomFichier", "nomFichierFlux"}
    assert personal - hidden == shown
    assert {"client_secret", "access_token", "client_id"} <= hidden
