# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What may be kept of a message: codes, identifiers, dates and amounts, and nothing else.

Everything else is replaced by ***: files, comments, names of people, whole addresses, and every
field that Chorus Pro may add one day. Texts of the platform itself (labels of refusals, reasons of
the gateway) are kept without mails, phone numbers, bank accounts and secrets.
"""

import base64
import html
import json
import re
from decimal import Decimal
from itertools import islice
from urllib.parse import quote, quote_plus

from .errors import clean_label
from .text import digits

HIDDEN = "***"
MOST_ROWS = 20
MOST_KEYS = 200
_DEEPEST = 12

# Texts that the platform writes, and names of files
_TEXTS = frozenset(
    "libelle libelleErreur libelleErreurDP natureErreur nomFichier nomFichierFlux Description "
    "description error error_description ErrorCode message faultstring".split()
)
# Files in base64: their size is enough
_FILES = frozenset(
    "fichierFlux fichierFacture fichierCR fichierResultat pieceJointeFichier".split()
)
_SHOWN = _TEXTS | frozenset(
    """
    avecPiecesJointesComplementaires avecSignature codeAppliPartenaire codeCadreFacturation
    codeCoordonneesBancairesFournisseur codeDestinataire codeDevise codeDeviseFacture codeErreur
    codeFournisseur codeInterfaceDepotFlux codeInterfaceFlux codeLangue codeRetour codeService
    codeServiceDoitEtreRenseigne codeServiceExecutant codeServiceValideur codeStructureValideur
    codeTauxTva codeTypePieceJointe dateCreationEJ dateDbtService dateDebutValidite dateDepot
    dateDepotFlux dateExpirationMotPasseCompteTech dateFacture dateFinService dateFinValidite
    dateHeureEtatCourant dateHeureEtatCourantFlux dateNotificationEJ dateTraitement devise
    deviseFacture estActif estMoaUniquement etatCourant etatCourantDepotFlux
    etatCourantEngagementJuridique etatCourantFlux expires_in format formatDepot
    gestionNumeroEJOuCodeService grant_type histoStatutCode histoStatutDatePassage histoStatutId
    codeEspace idCoordonneeBancaire idDemandePaiement idEngagementJuridique idEspaceFo idFacture
    idFournisseur idPieceJointePrincipale idService idServiceFournisseur idStructure idStructureCPP
    idTypePieceJointe identifiantDestinataire identifiantFactureCPP identifiantFournisseur
    identifiantStructure libelleDevise libelleTauxTva libelleTypePieceJointe
    ligneTvaMontantBaseHtParTaux ligneTvaMontantTvaParTaux ligneTvaTaux ligneTvaTauxManuel
    miseEnPaiement modeDepot modePaiement montantAPayer montantHT montantHtTotal
    montantRemiseGlobaleTTC montantTTC montantTVA montantTotalHt montantTotalTtc
    montantTtcAvantRemiseGlobalTTC montantTtcTotal nbResultatsMaximum nbResultatsParPage
    nbResultatsParPageHistoStatut nbResultatsParPageListeHistoStatut numeroBonCommande numeroDP
    numeroEJDoitEtreRenseigne numeroEngagement numeroEngagementJuridique numeroFacture
    numeroFactureOrigine numeroFactureSaisi numeroFluxDepot numeroMarche pageCourante
    pageCouranteHistoStatut pageResultatDemandee pageResultatDemandeeListeHistoStatut pages
    pagesHistoStatut periodeDateDepotAu periodeDateDepotDu periodeDateHeureEtatCourantAu
    periodeDateHeureEtatCourantDu pieceJointeComplementaireId
    pieceJointeComplementaireNumeroLigneFacture pieceJointeComplementaireType pieceJointeExtension
    pieceJointeId pieceJointePrincipaleId pieceJointeTypeMime scope statut statutCourant
    statutCourantCode statutFacture statutMiseEnPaiementNestPasRemonte statutService
    structureDupliquee structurePriveePublique structureReceptriceEngagementJuridique syntaxeFlux
    token_type total totalHistoStatut triColonne triColonneListeHistoStatut triSens
    triSensListeHistoStatut typeFacture typeHabilitation typeIdentifiantStructure typeObjet typeTva
    valeurTauxTva
    """.split()
)

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")
_MAIL = re.compile(r"[^\s@<>()\"';:,]+@[^\s@<>()\"';:,]+")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]){11,30}\b", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w+])(?:(?:\+|00)\d{1,3}|0)(?:[\s.()/-]{0,2}\d){8,12}(?!\d)")
_LONG_RUN = re.compile(r"[A-Za-z0-9+/=_-]{60,}")
# Fewer characters occur in any text by chance
_LEAST = 4
_ESCAPE = re.compile("%[0-9A-F]{2}")


def redacted(data, secrets=()):
    """A copy of JSON data to keep. A Decimal becomes text; of a list, the first rows are kept, with
    a line that counts the others.

    :param secrets: texts to hide everywhere, in all their forms
    """
    return _value("", data, tuple(filter(None, secrets)), _DEEPEST)


def safe_text(text, secrets=()):
    """One line of at most 500 characters without secrets, mails, phone numbers, bank accounts."""
    return _line(text, tuple(filter(None, secrets)), is_text=True)


def _value(key, value, secrets, depth):
    if isinstance(value, dict):
        return _members(value, secrets, depth - 1) if depth else HIDDEN
    if isinstance(value, (list, tuple)):
        return _rows(key, value, secrets, depth - 1) if depth else HIDDEN
    if value is None or isinstance(value, bool):
        return value
    if key in _FILES:
        return _size(value)
    if key not in _SHOWN:
        return HIDDEN
    if isinstance(value, (int, float, Decimal)):
        written = digits(value)
        if written is None or any(secret in written for secret in secrets):
            return HIDDEN
        return format(value, "f") if isinstance(value, Decimal) else value
    return _line(value, secrets, is_text=key in _TEXTS)


def _members(data, secrets, depth):
    kept = {}
    for rank, (key, value) in enumerate(islice(data.items(), MOST_KEYS)):
        shown = str(key)
        if not _KEY.fullmatch(shown) or any(secret in shown for secret in secrets):
            shown = f"{HIDDEN}{rank}"
        kept[shown] = _value(key, value, secrets, depth)
    if len(data) > MOST_KEYS:
        kept[HIDDEN] = f"… {len(data) - MOST_KEYS}"
    return kept


def _rows(key, rows, secrets, depth):
    kept = [_value(key, row, secrets, depth) for row in rows[:MOST_ROWS]]
    if len(rows) > MOST_ROWS:
        kept.append(f"… {len(rows) - MOST_ROWS}")
    return kept


def _line(text, secrets, *, is_text):
    line = clean_label(text, secrets)
    line = _MAIL.sub(HIDDEN, line)
    line = _LONG_RUN.sub(HIDDEN, _IBAN.sub(_without_account, line))
    if is_text:
        line = _PHONE.sub(HIDDEN, line)
    return HIDDEN if any(secret in line for secret in secrets) else line


def _without_account(found):
    """The text found, unless it begins with a bank account, by its check digits."""
    text = re.sub(r"\s", "", found[0]).upper()
    for end in range(15, min(len(text), 34) + 1):
        turned = text[4:end] + text[:4]
        if int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1:
            return HIDDEN
    return found[0]


def _size(content):
    """The size of a file: given as a number of bytes, or counted in its base64."""
    if isinstance(content, int):
        return f"{content} bytes"
    text = str(content)
    return f"{len(text) * 3 // 4 - text[-2:].count('=')} bytes"


def secret_forms(*secrets):
    """The forms in which an answer may repeat secrets: a set of texts, the secrets as they are
    (without empty ones), in an address, in JSON, in a page, in base64 or in hexadecimal."""
    return {form for secret in secrets if secret for form in _forms(secret) if form}


def _forms(secret):
    yield from (secret, quote_plus(secret, errors="replace"))
    if len(secret) < _LEAST:
        return
    for quoted in (quote(secret, safe="", errors="replace"), quote(secret, errors="replace")):
        yield from (quoted, _ESCAPE.sub(lambda found: found[0].lower(), quoted))
    for in_json in (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]):
        yield from (in_json, in_json.replace("/", "\\/"))
    yield html.escape(secret)
    content = secret.encode("utf-8", "replace")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        encoded = encode(content).decode("ascii")
        yield from (encoded, encoded.rstrip("="))
    yield from (content.hex(), content.hex().upper())
