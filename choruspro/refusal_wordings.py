# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What a refusal in words means: the one reading of ``libelle`` and of ``libelleErreurDP``.

To confirm in qualification: no public source gives the codeRetour of these refusals, and a flow
report gives none at all, so the words decide. "Existe" and "déjà" alone prove nothing: an inactive
service exists too, and an engagement may be settled already. So a pattern asks for the thing beside
the word, in one clause, with nothing else in between.
"""

import re
import unicodedata
from typing import NamedTuple

from . import errors

SERVICE_MISSING = "service_missing"
ENGAGEMENT_MISSING = "engagement_missing"
SERVICE_UNKNOWN = "service_unknown"
OWN_SERVICE_UNKNOWN = "own_service_unknown"
RECIPIENT_UNKNOWN = "recipient_unknown"
SUPPLIER_UNKNOWN = "supplier_unknown"
TOTALS_WRONG = "totals_wrong"
PDF_UNREADABLE = "pdf_unreadable"

_MOST_READ = 5_000
_APOSTROPHES = str.maketrans("’‘ʼ`´", "'" * 5)
# What was charged (facturé) is no invoice (facture): without accents they are one word.
_CHARGED = re.compile("facturé", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[.;,!?|\n](?=\s|$)|\bmais\b|\bbut\b")
# What else may exist, or be there already. Not as a part of a number, such as CONTRAT-2026-7.
_OTHER = (
    r"(?<![\w/-])(?:services?|engagements?|siret|siren|marches?|contrats?|commandes?|destinataires?"
    r"|lignes?|pieces?|fichiers?|annexes?|rib|iban|comptes?|tva|taux|codes?|valideurs?|flux"
    r"|adresses?|devises?|montants?|quantites?|plafonds?|origine|initiale|rectifiee|precedente|anterieure"
    r"|qui|dont|lines?|files?|attachments?|recipients?|orders?|accounts?)(?![\w/-])"
)
# "Le service de la facture existe" is about the service.
_COMPLEMENT = re.compile(
    rf"({_OTHER}[^,;:]{{0,25}}?) (?:de|du|des|d|a|sur|dans|pour|par|of|on|in)[ ']"
    r"(?:(?:la|le|l|cette|ce|votre|une|un|the|this)[ '])?"
    r"(?:numero de (?:la )?(?:facture|demande)|numero|facture|demande de paiement|invoice)"
)
_THING = r"\b(?:numero|factures?|demandes? de paiement|invoice)\b"
_NAMED_THING = r"(?:numero de (?:la )?(?:facture|demande)|facture|demande de paiement|invoice)\b"
_GAP = rf"(?:(?!{_OTHER}).){{0,60}}?"
_EXISTS = r"(?<!n')(?<!ne )\bexiste(?:nt)?\b(?! (?:pas|plus|aucun))"
_DONE = (
    r"(?:ete )?(?:existante?|utilisee?|employee?|prise?|attribuee?|deposee?|transmise?|recue?"
    r"|soumise?|envoyee?|integree?|enregistree?|creee?|presente?|connue?)s?\b"
)
_ARTICLE = r"(?:une?|la|le|cette|ce|l'|votre) ?(?:autre |meme |seconde )?"


class Wording(NamedTuple):
    """meaning: a code of ``errors``, or one of the constants above. source: where such a sentence
    was seen, or that it is a guess. pattern: of a clause, see ``_clauses``."""

    meaning: str
    source: str
    pattern: re.Pattern


def _wording(meaning, source, pattern):
    return Wording(meaning, source, re.compile(pattern))


_AIFE = "quoted by the AIFE: communaute.chorus-pro.gouv.fr, 2023-03-28"
_AIFE_SAMPLE = "the AIFE's sample of a flow report"
_HELP = "translated in a provider's help (help.openbee.com)"
_FAQ = "a provider's questions and answers (tempolia, 34)"
_AGEDI = "an agency's knowledge base (public.agedi.fr, 2166)"
_NEARBY = "not seen: what else such a sentence may look like"

WORDINGS = (
    _wording(
        errors.DUPLICATE, _AIFE,
        rf"\bdeja {_DONE} (?:{_ARTICLE})?{_NAMED_THING}{_GAP}\bnumero\b(?! d')"),
    _wording(errors.DUPLICATE, _NEARBY, rf"{_THING}{_GAP}(?:{_EXISTS}|\bdeja {_DONE})"),
    _wording(
        errors.DUPLICATE, _NEARBY,
        rf"(?:{_EXISTS}|\bdeja)(?: deja)? {_ARTICLE}{_NAMED_THING}(?!{_GAP}{_OTHER})"),
    _wording(errors.DUPLICATE, _NEARBY, rf"{_THING}{_GAP}\b(?:doublons?|en double|unicite)\b"),
    _wording(
        errors.DUPLICATE, _NEARBY,
        rf"{_THING}{_GAP}\b(?:doit etre|n'est pas|is not|must be) unique\b"),
    _wording(
        errors.DUPLICATE, _NEARBY,
        rf"\b(?:doublon|unicite)\b(?: de| du| sur| :)?(?: l[ae])? ?{_THING}(?!{_GAP}{_OTHER})"),
    _wording(
        errors.DUPLICATE, "codes of XP Z12-012 V1.4, and the bare word",
        r"^\W*(?:doublon|duplicate|rej_uni|double_fact)\W*$"),
    _wording(
        errors.DUPLICATE, _NEARBY,
        rf"\binvoice\b{_GAP}\b(?:already|exists)\b|\bduplicate invoice\b"),
    _wording(
        errors.FILE_UNKNOWN, _HELP,
        r"\b(?:piece jointe|attachment)\b.{0,60}\b(?:n'existe (?:pas|plus)|does not exist)\b"),
    # Before the engagement: flows call both so, and name the element.
    _wording(
        SERVICE_MISSING, _FAQ,
        r"\bengagement juridique\b.{0,20}\bbalise\b.{0,200}(?<!\w)buyerreference\b"),
    _wording(SERVICE_MISSING, _FAQ, r"\bbuyerreference\b.{0,20}\bobligatoire\b"),
    _wording(SERVICE_MISSING, _HELP, r"\bservice (?:executant )?est obligatoire\b"),
    _wording(
        ENGAGEMENT_MISSING, _FAQ,
        r"\bengagement juridique\b.{0,20}\bbalise\b.{0,200}\b"
        r"(?:buyerorderreferenceddocument|orderreference)\b"),
    _wording(
        ENGAGEMENT_MISSING, _FAQ,
        r"\b(?:buyerorderreferenceddocument|orderreference)\b.{0,40}\bobligatoire\b"),
    _wording(
        OWN_SERVICE_UNKNOWN, _AGEDI,
        r"\bservice\b.{0,20}\b(?:inconnu|inactif)\b.{0,40}\bemettrice\b"),
    _wording(SERVICE_UNKNOWN, _AGEDI, r"\bservice\b.{0,40}\b(?:inconnu|inactif)\b"),
    _wording(
        RECIPIENT_UNKNOWN, _HELP, r"\bdestinataire\b.{0,20}\b(?:introuvable|inconnu|inactif)\b"),
    _wording(
        SUPPLIER_UNKNOWN, _AIFE_SAMPLE,
        r"\bidentifiant fournisseur\b.{0,200}\bn'est pas reference\b"),
    _wording(TOTALS_WRONG, _HELP, r"\bsynthese de l'en-?tete\b.{0,20}\bpas correcte\b"),
    _wording(
        TOTALS_WRONG, _HELP,
        r"\bcontroles de coherence\b.{0,60}\b(?:invalides?|non valides?|pas valides?)\b"),
    _wording(PDF_UNREADABLE, _HELP, r"\bfacture n'a pas pu etre analysee\b"),
)


def meaning(text):
    """What a text of the platform says, as the code of the first wording that it has, or ""."""
    clauses = _clauses(text or "")
    for wording in WORDINGS:
        if any(wording.pattern.search(clause) for clause in clauses):
            return wording.meaning
    return ""


def says_number_is_used(text):
    """Whether this refusal is because of a number that is used already."""
    return meaning(text) == errors.DUPLICATE


def _clauses(text):
    """The clauses of a text without accents and capitals, what is no subject taken out."""
    text = unicodedata.normalize("NFC", text[:_MOST_READ]).translate(_APOSTROPHES)
    plain = unicodedata.normalize("NFKD", _CHARGED.sub("compté", text))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign)).lower()
    clauses = (" ".join(clause.split()) for clause in _CLAUSE_END.split(plain))
    return [_COMPLEMENT.sub(r"\1", clause) for clause in clauses if clause]
