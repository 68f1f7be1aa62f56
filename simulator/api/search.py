# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""rechercher/fournisseur: filters, sorting, the cap on results, pages, and rows that move."""

from datetime import datetime, timezone

from ..world.clock import PARIS, read_moment
from ..world.life_cycle import STEPS
from ..world.recipients import WALK
from ..world.refusals import Refusal
from .pages import DEFAULT_MAXIMUM, Page, is_descending

_SIREN = 9


def _issued(invoice):
    """The date of the invoice itself, midnight in Paris; it does not age."""
    day = invoice.body.get("dateFacture")
    if not day:
        return None
    return datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=PARIS).astimezone(timezone.utc)


# Filters: (platform, wanted value) -> does an invoice match?


def _equals(read):
    return lambda platform, wanted: lambda invoice: read(invoice) == wanted


def _at_least(total):
    return lambda platform, wanted: lambda invoice: invoice.total(total) >= wanted


def _at_most(total):
    return lambda platform, wanted: lambda invoice: invoice.total(total) <= wanted


def _since(read):
    def matcher(platform, wanted):
        limit = platform.clock.stored(read_moment(wanted))
        return lambda invoice: read(invoice) >= limit

    return matcher


def _until(read):
    def matcher(platform, wanted):
        limit = platform.clock.stored(read_moment(wanted, end_of_day=True))
        return lambda invoice: read(invoice) <= limit

    return matcher


def _issued_since(platform, wanted):
    limit = read_moment(wanted)
    return lambda invoice: _issued(invoice) is not None and _issued(invoice) >= limit


def _issued_until(platform, wanted):
    limit = read_moment(wanted, end_of_day=True)
    return lambda invoice: _issued(invoice) is not None and _issued(invoice) <= limit


def _statuses(platform, wanted):
    return lambda invoice: not wanted or invoice.status in wanted


def _validator(platform, wanted):
    structure = platform.directory.structure(wanted)
    siret = structure.siret if structure else None
    return lambda invoice: (
        siret is not None
        and invoice.body["cadreDeFacturation"].get("codeStructureValideur") == siret
    )


_FILTERS = {
    "numeroFacture": _equals(lambda i: i.number),
    "numeroFluxDepot": _equals(lambda i: i.flow_number),
    "typeFacture": _equals(lambda i: i.references["typeFacture"]),
    "idFournisseur": _equals(lambda i: i.supplier.structure.structure_id),
    "idStructureValideur": _validator,
    "cadreFacturation": _equals(lambda i: i.body["cadreDeFacturation"]["codeCadreFacturation"]),
    "coordonneeBancaire": _equals(
        lambda i: i.body["fournisseur"].get("codeCoordonneesBancairesFournisseur")
    ),
    "numeroMarche": _equals(lambda i: i.references.get("numeroMarche")),
    "numeroBonCommande": _equals(lambda i: i.references.get("numeroBonCommande")),
    "numeroFactureOrigine": _equals(lambda i: i.references.get("numeroFactureOrigine")),
    "modeDepot": _equals(lambda i: i.deposit_mode),
    "statutCourant": _statuses,
    "periodeDateDepotDu": _since(lambda i: i.deposited),
    "periodeDateDepotAu": _until(lambda i: i.deposited),
    "periodeDateHeureEtatCourantDu": _since(lambda i: i.status_date),
    "periodeDateHeureEtatCourantAu": _until(lambda i: i.status_date),
    "periodeDateFactureDu": _issued_since,
    "periodeDateFactureAu": _issued_until,
    "montantHTMin": _at_least("montantHtTotal"),
    "montantHTMax": _at_most("montantHtTotal"),
    "montantTTCMin": _at_least("montantTtcTotal"),
    "montantTTCMax": _at_most("montantTtcTotal"),
    "montantApayerMin": _at_least("montantAPayer"),
    "montantApayerMax": _at_most("montantAPayer"),
    "rejetTraite": _equals(lambda i: i.rejection_acknowledged),
    "idServiceFournisseur": _equals(
        lambda i: i.supplier_service and i.supplier_service.service_id
    ),
    # Nothing in this world has these: no users
    "idUtilisateurCreateur": lambda platform, wanted: lambda invoice: not wanted,
}

# Columns whose values exist here; sorting on another one leaves the order of deposit
_SORT_KEYS = {
    "CodeFournisseur": lambda i: i.supplier.structure.siret,
    "DesignationFournisseur": lambda i: i.supplier.structure.name,
    "CodeServiceFournisseur": lambda i: i.supplier_service.code if i.supplier_service else "",
    "CodeDestinataire": lambda i: i.recipient.siret,
    "DesignationDestinataire": lambda i: i.recipient.name,
    "CodeServiceExecutant": lambda i: i.body["destinataire"].get("codeServiceExecutant") or "",
    "TypeFacture": lambda i: i.references["typeFacture"],
    "NumeroFacture": lambda i: i.number,
    "DateFacture": lambda i: i.body.get("dateFacture") or "",
    "DateDepot": lambda i: i.deposited,
    "MontantHT": lambda i: i.total("montantHtTotal"),
    "MontantTTC": lambda i: i.total("montantTtcTotal"),
    "MontantAPayer": lambda i: i.total("montantAPayer"),
    "Devise": lambda i: i.references["deviseFacture"],
    "Statut": lambda i: i.status,
    "NumeroMarche": lambda i: i.references.get("numeroMarche") or "",
    "NumeroBonCommande": lambda i: i.references.get("numeroBonCommande") or "",
    "NumeroFluxDepot": lambda i: i.flow_number or "",
    "NumeroFactureOrigine": lambda i: i.references.get("numeroFactureOrigine") or "",
    "ModeDepot": lambda i: i.deposit_mode,
}


def _recipient_matcher(platform, row, by_siren):
    wanted, services = row.get("idDestinataire"), row.get("listeIdServiceExecutant")
    name = (row.get("raisonSocialeStuctDmd") or "").upper()
    structure = platform.directory.structure(wanted)
    siren = structure.siret[:_SIREN] if structure and by_siren else None

    def matches(invoice):
        recipient = invoice.recipient
        if wanted is not None and recipient.structure_id != wanted:
            if siren is None or recipient.siret[:_SIREN] != siren:
                return False
        if services and (invoice.service is None or invoice.service.service_id not in services):
            return False
        return name in recipient.name.upper()

    return matches


def _tests(platform, body):
    """One function for each filter of this request: does an invoice match?"""
    return [
        _FILTERS[name](platform, body[name])
        for name in _FILTERS
        if body.get(name) not in (None, "")
    ]


def filtered(platform, body):
    """The invoices of everybody that match every filter of this request."""
    tests = _tests(platform, body)
    return [invoice for invoice in platform.invoices if all(each(invoice) for each in tests)]


def _find(platform, supplier, body):
    """The invoices of the calling account that match every filter, sorted."""
    tests = _tests(platform, body)
    if body.get("listeDestinataire"):
        by_siren = body.get("rechercheSirenDestinataire")
        rows = [_recipient_matcher(platform, r, by_siren) for r in body["listeDestinataire"]]
        tests.append(lambda invoice: any(matches(invoice) for matches in rows))
    found = [
        invoice
        for invoice in platform.invoices
        if invoice.supplier is supplier and all(matches(invoice) for matches in tests)
    ]
    asked = body.get("rechercheFactureParFournisseur") or {}
    key = _SORT_KEYS.get(asked.get("triColonne") or "DateDepot")
    if key:
        # The id makes the order total, as a primary key would
        found.sort(
            key=lambda invoice: (key(invoice), invoice.invoice_id),
            reverse=is_descending(asked.get("triSens"), default=True),
        )
    return found


def rechercher_fournisseur(platform, supplier, body):
    """One page of the invoices of the supplier.

    Results are capped at nbResultatsMaximum, at 200 when absent; pages have 10 rows by default.
    """
    asked = body.get("rechercheFactureParFournisseur") or {}
    largest = platform.switches.largest_page
    if platform.switches.larger_page == "refused" and (
        asked.get("nbResultatsParPage") or 0
    ) > largest:
        raise Refusal("page_too_large", limit=largest)
    page = Page(
        _find(platform, supplier, body),
        asked.get("pageResultatDemandee"),
        asked.get("nbResultatsParPage"),
        asked.get("nbResultatsMaximum") or DEFAULT_MAXIMUM,
        largest,
    )
    if not page.total and platform.switches.empty_search:
        raise Refusal("nothing_found")
    rows = page.rows
    if page.number > 1 and platform.faults.take("missing_page", "rechercher_fournisseur"):
        rows = []
    if rows:
        platform.disturb(rows[0], "rechercher_fournisseur")
    answer = {
        "codeRetour": 0,
        "libelle": "TRA_MSG_00.000",
        "parametresRetour": page.to_json(),
        "listeFactures": [search_row(platform, invoice, body) for invoice in rows],
    }
    _move_rows(platform, page.all_rows)
    return answer


def _move_rows(platform, found):
    """The first rows of the result change status now, as if people worked in the meantime."""
    now = platform.clock.now()
    for invoice in found[: platform.switches.moving_rows]:
        step = STEPS.get(invoice.status)
        if step is None or step + 1 == len(WALK):
            code = "MANDATEE"
        else:
            code = WALK[step + 1][0]
        platform.life.set_status(invoice, code, now)


def search_row(platform, invoice, body):
    """What a search shows of an invoice."""
    clock, references = platform.clock, invoice.references
    own_service, service, event = invoice.supplier_service, invoice.service, invoice.events[-1]
    row = {
        "identifiantFactureCPP": invoice.invoice_id,
        "typeDemandePaiement": "FACTURE",
        "codeFournisseur": invoice.supplier.structure.siret,
        "typeIdentifiantFournisseur": "SIRET",
        "designationFournisseur": invoice.supplier.structure.name,
        "codeServiceFournisseur": own_service and own_service.code,
        "nomServiceFournisseur": own_service and own_service.label,
        "idDestinataire": invoice.recipient.structure_id,
        "codeDestinataire": invoice.recipient.siret,
        "designationDestinataire": invoice.recipient.name,
        "idServiceExecutant": service and service.service_id,
        "codeServiceExecutant": service and service.code,
        "nomServiceExecutant": service and service.label,
        "typeFacture": references["typeFacture"],
        "numeroFacture": invoice.number,
        "dateFacture": invoice.body.get("dateFacture"),
        "dateDepot": clock.day(invoice.deposited),
        "montantHT": invoice.total("montantHtTotal"),
        "montantTTC": invoice.total("montantTtcTotal"),
        "montantAPayer": invoice.total("montantAPayer"),
        "devise": references["deviseFacture"],
        "statut": event.code,
        "numeroMarche": references.get("numeroMarche"),
        "numeroBonCommande": references.get("numeroBonCommande"),
        "numeroFluxDepot": invoice.flow_number,
        "numeroFactureOrigine": references.get("numeroFactureOrigine"),
        "modeDepot": invoice.deposit_mode,
        "dateHeureEtatCourant": clock.moment(event.date),
        "commentaireEtatCourant": event.comment,
        "rejetTraite": invoice.rejection_acknowledged,
    }
    if body.get("recupererTaille"):
        main = invoice.main_attachment
        row["taille"] = len(main.content) if main else 0
    # Absent values are left out, as the platform does
    return {name: value for name, value in row.items() if value is not None}
