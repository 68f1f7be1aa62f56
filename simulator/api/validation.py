# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What a main contractor sees and decides of its subcontractors' and co-contractors' invoices
(frameworks A9 and A12), and rechercher/atraiter/fournisseur.

The validator of an invoice is the structure that its deposit names. Its decision moves the
supplier's invoice: VALIDEE goes on its way, REFUSEE waits for the supplier.
"""

from ..world.code_lists import VALIDATOR_ACTIONS, VALIDATOR_REASONS
from ..world.refusals import Refusal
from .consultation import consultation
from .pages import Page, is_descending
from .search import filtered, search_row

_DONE = {"codeRetour": 0, "libelle": "TRA_MSG_00.000"}
_TO_VALIDATE = ("A_VALIDER_1", "A_VALIDER_2")
# A validator sees the circuit of validation, and that the invoice went on
VISIBLE_STATUSES = (
    "A_VALIDER_1",
    "ERREUR_FOURNISSEUR_SUR_VALIDEUR",
    "REFUSEE_1",
    "VALIDEE_1",
    "ABSENCE_VALIDATION_1_HORS_DELAI",
    "A_VALIDER_2",
    "ERREUR_COTRAITANT_SUR_VALIDEUR",
    "REFUSEE_2",
    "VALIDEE_2",
    "ABSENCE_VALIDATION_2_HORS_DELAI",
    "DEPOSEE",
    "EN_COURS_ACHEMINEMENT",
    "MISE_A_DISPOSITION",
)
# What a supplier can still act on (2017 specification), without rejections
TO_HANDLE = (
    "BROUILLON",
    *VISIBLE_STATUSES,
    "A_RECYCLER",
    "SUSPENDUE",
)
# The filters that both searches have under one name
_FILTERS = (
    "numeroFacture",
    "periodeDateDepotDu",
    "periodeDateDepotAu",
    "idFournisseur",
    "idServiceFournisseur",
    "idStructureValideur",
    "cadreFacturation",
    "statutCourant",
    "periodeDateFactureDu",
    "periodeDateFactureAu",
    "montantHTMin",
    "montantHTMax",
    "montantTTCMin",
    "montantTTCMax",
    "numeroMarche",
)
_OTHER_NAMES = {
    "montantAPayerMin": "montantApayerMin",
    "montantAPayerMax": "montantApayerMax",
    "numeroEngagement": "numeroBonCommande",
}
_SORT_KEYS = {
    "NumeroFacture": lambda invoice: invoice.number,
    "DateDepot": lambda invoice: invoice.deposited,
    "Statut": lambda invoice: invoice.status,
}


def _is_validator(invoice, structure):
    return invoice.body["cadreDeFacturation"].get("codeStructureValideur") == structure.siret


def _own_structure(supplier, structure_id=None, siret=None):
    """A technical account asks about its own structure only."""
    mine = supplier.structure
    if structure_id not in (None, mine.structure_id) or siret not in (None, "", mine.siret):
        raise Refusal("structure_not_ours")
    return mine


def _page(platform, asked, invoices, row):
    key = _SORT_KEYS.get(asked.get("triColonne"), lambda invoice: invoice.invoice_id)
    invoices.sort(
        key=lambda invoice: (key(invoice), invoice.invoice_id),
        reverse=is_descending(asked.get("triSens"), default=True),
    )
    page = Page(
        invoices,
        asked.get("pageResultatDemandee"),
        asked.get("nbResultatsParPage"),
        asked.get("nbResultatsMaximum"),
        platform.switches.largest_page,
    )
    if not page.total and platform.switches.empty_search:
        raise Refusal("nothing_found")
    return {
        **_DONE,
        "parametresRetour": page.to_json(),
        "listeFactures": [row(invoice) for invoice in page.rows],
    }


def rechercher_a_traiter_fournisseur(platform, supplier, body):
    """One page of what the supplier can still act on, wherever it was deposited."""
    _own_structure(supplier, body.get("idStructure"))
    statuses = TO_HANDLE if body.get("masquerRejetee") else (*TO_HANDLE, "REJETEE")
    found = [
        invoice
        for invoice in platform.invoices
        if invoice.supplier is supplier and invoice.status in statuses
    ]
    asked = body.get("rechercheFactureATraiterParFournisseur") or {}
    return _page(platform, asked, found, lambda invoice: _to_handle(platform, invoice, body))


def _to_handle(platform, invoice, body):
    """This list has fewer columns than the search."""
    row = search_row(platform, invoice, body)
    absent = (
        "numeroFluxDepot",
        "numeroFactureOrigine",
        "modeDepot",
        "dateHeureEtatCourant",
        "commentaireEtatCourant",
        "rejetTraite",
    )
    return {name: value for name, value in row.items() if name not in absent}


def rechercher_a_traiter_valideur(platform, supplier, body):
    """One page of what waits for the decision of the calling account's structure."""
    mine = _own_structure(supplier, body.get("idStructure"), body.get("identifiantStructure"))
    found = [
        invoice
        for invoice in platform.invoices
        if invoice.status in _TO_VALIDATE and _is_validator(invoice, mine)
    ]
    asked = body.get("pagination") or {}
    return _page(platform, asked, found, lambda invoice: _row(platform, invoice))


def rechercher_valideur(platform, supplier, body):
    """One page of what the calling account's structure validates or has validated."""
    mine = _own_structure(supplier, body.get("idStructureValideur"))
    wanted = {name: body[name] for name in _FILTERS if body.get(name) not in (None, "")}
    wanted |= {
        _OTHER_NAMES[name]: body[name] for name in _OTHER_NAMES if body.get(name) not in (None, "")
    }
    found = [
        invoice
        for invoice in filtered(platform, wanted)
        if invoice.status in VISIBLE_STATUSES and _is_validator(invoice, mine)
    ]
    asked = body.get("pagination") or {}
    return _page(platform, asked, found, lambda invoice: _row(platform, invoice))


def _row(platform, invoice):
    """A validator's columns have their own names; amounts keep their cents."""
    given = search_row(platform, invoice, {})
    validator = platform.directory.by_siret(
        invoice.body["cadreDeFacturation"]["codeStructureValideur"]
    )
    renamed = {
        "idFacture": given["identifiantFactureCPP"],
        "idFournisseur": invoice.supplier.structure.structure_id,
        "identifiantFournisseur": given["codeFournisseur"],
        "identifiantDestinataire": given["codeDestinataire"],
        "typeIdentifiantDestinataire": "SIRET",
        "numeroEngagement": given.get("numeroBonCommande"),
        "idValideur": validator.structure_id,
        "typeIdentifiantValideur": "SIRET",
        "identifiantValideur": validator.siret,
        "designationValideur": validator.name,
    }
    kept = (
        "typeDemandePaiement",
        "typeIdentifiantFournisseur",
        "designationFournisseur",
        "codeServiceFournisseur",
        "nomServiceFournisseur",
        "idDestinataire",
        "designationDestinataire",
        "idServiceExecutant",
        "codeServiceExecutant",
        "nomServiceExecutant",
        "typeFacture",
        "numeroFacture",
        "dateFacture",
        "dateDepot",
        "montantHT",
        "montantTTC",
        "montantAPayer",
        "devise",
        "statut",
        "numeroMarche",
    )
    row = {**renamed, **{name: given.get(name) for name in kept}}
    return {name: value for name, value in row.items() if value is not None}


def consulter_valideur(platform, supplier, body):
    """One invoice in full, for the structure that validates it."""
    invoice = platform.invoices.get(body["identifiantFactureCPP"])
    if invoice is None or not _is_validator(invoice, supplier.structure):
        raise Refusal("invoice_unknown")
    platform.disturb(invoice, "consulter_valideur")
    names = {
        "rechercheLigneTvaRecap": "pLigneRecapTva",
        "recherchePj": "pListePiecesJointes",
        "rechercheLignePoste": "pLignesPoste",
    }
    asked = {names[name]: body[name] for name in names if body.get(name)}
    return consultation(platform, invoice, asked)


def traiter_facture_a_valider(platform, supplier, body):
    """A validator accepts an invoice, which goes on its way, or refuses it for a reason."""
    if body.get("idFacture") is None:
        raise Refusal("missing", field="idFacture")
    invoice = platform.invoices.get(body["idFacture"])
    if invoice is None:
        raise Refusal("invoice_unknown")
    if not _is_validator(invoice, supplier.structure):
        raise Refusal("invoice_foreign")
    if invoice.status not in _TO_VALIDATE:
        raise Refusal("state_forbids")
    if body.get("action") not in VALIDATOR_ACTIONS:
        raise Refusal("not_in_list", field="action")
    _own_structure(supplier, body.get("idValideur"))
    rank = invoice.status[-1]
    code, comment = f"VALIDEE_{rank}", body.get("complementInfo")
    if body["action"] == "REFUS":
        if not body.get("motifRefus"):
            raise Refusal("refusal_reason_missing")
        if body["motifRefus"] not in VALIDATOR_REASONS:
            raise Refusal("not_in_list", field="motifRefus")
        code = f"REFUSEE_{rank}"
        if body["motifRefus"] == "MAUVAIS_VALIDEUR":
            who = {"1": "FOURNISSEUR", "2": "COTRAITANT"}[rank]
            code = f"ERREUR_{who}_SUR_VALIDEUR"
    now = platform.clock.now()
    platform.life.set_status(invoice, code, now, comment, author="Valideur")
    return {
        **_DONE,
        "idFacture": invoice.invoice_id,
        "numeroFacture": invoice.number,
        "dateTraitement": platform.clock.moment(now),
        "statutFacture": code,
    }


def statuts_visibles_valideur(platform, supplier, body):
    """The statuses of the invoices that a validator may search."""
    return {
        **_DONE,
        "listeStatutFacture": [{"codeStatutFacture": code} for code in VISIBLE_STATUSES],
    }
