# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What a partner fetches, as CPPStatut (schema V1_19 of the AIFE).

Life cycles (FEN1201A) are known to have this format. That integration reports (CSO…) have it too
is a guess: no schema of theirs is public.
"""

import io
import tarfile
from xml.etree import ElementTree

# Labels of the schema
NUMBERS = {
    "DEPOSEE": (1, "Déposée"),
    "EN_COURS_ACHEMINEMENT": (2, "En cours d'acheminement vers le destinataire"),
    "MISE_A_DISPOSITION": (3, "Mise à disposition du destinataire"),
    "A_RECYCLER": (4, "Rejetée pour erreur de données d'acheminement"),
    "REJETEE": (5, "Rejetée pour autre motif"),
    "SUSPENDUE": (6, "Suspendue"),
    "SERVICE_FAIT": (7, "Service fait"),
    "MANDATEE": (8, "Mandatée"),
    "MISE_A_DISPOSITION_COMPTABLE": (9, "Mise à disposition du comptable"),
    "COMPTABILISEE": (10, "Comptabilisée"),
    "MISE_EN_PAIEMENT": (11, "Mise en paiement"),
    "COMPLETEE": (12, "Complétée"),
    "NON_CONFORME": (37, "Non conforme"),
}
RECEIVED, REFUSED, PARTLY = 90, 93, 96
_ENDS = {"IN_INTEGRE": RECEIVED, "IN_INTEGRE_PARTIEL": PARTLY}
_COMPLEMENT = 40
_SIRET = "1"


def report(clock, application, own_flow, flow):
    """The bytes of the integration report of a flow that has ended."""
    root = _root(clock, application, own_flow)
    block = _add(root, "CPPFluxStatuts", compteur="1")
    data = _add(_add(block, "CPPFluxStatutUnitaire", NumOrdre="1"), "DonneesStatut")
    _add(data, "IdStatut", _ENDS.get(flow.end, REFUSED))
    _add(data, "ComplementStatut", flow.end[:_COMPLEMENT])
    _add(data, "Horodatage", clock.moment(clock.now()))
    _add(data, "IdFlux", flow.number)
    errors = [
        *((row["natureErreur"], row["codeErreur"], row["libelleErreur"])
          for row in flow.technical_errors),
        *((row["numeroDP"], "ERR_REG_001", row["libelleErreurDP"]) for row in flow.invoice_errors),
    ]
    if errors:
        details = _add(data, "Details", NbLignesErreur=str(len(errors)))
        for rank, (nature, code, label) in enumerate(errors, 1):
            line = _add(details, "LigneErreurDetail", IdLigne=str(rank))
            _add(line, "NatureErreur", nature)
            _add(line, "CodeErreur", code)
            _add(line, "LibelleErreur", label)
    return _bytes(root)


def life_cycle(clock, application, own_flow, events):
    """The bytes of a tar.gz with the statuses that have a number; None when there are none.

    events: pairs (invoice, event).
    """
    known = [(invoice, event) for invoice, event in events if event.code in NUMBERS]
    if not known:
        return None
    root = _root(clock, application, own_flow)
    block = _add(root, "CPPFactureStatuts", compteur=str(len(known)))
    for rank, (invoice, event) in enumerate(known, 1):
        unit = _add(block, "CPPFactureStatutUnitaire", NumOrdre=str(rank))
        _party(unit, "Fournisseur", invoice.supplier.structure, "RaisonSociale")
        _party(unit, "Debiteur", invoice.recipient, "Nom")
        number, label = NUMBERS[event.code]
        data = _add(unit, "DonneesStatut")
        _add(data, "IdStatut", f"{number:02d}")
        _add(data, "ComplementStatut", label)
        if event.comment:
            _add(data, "Commentaire", event.comment)
        _add(data, "Horodatage", clock.moment(event.date))
        _add(data, "IdFacture", invoice.number)
        _add(data, "DateFacture", invoice.body["dateFacture"])
    return _packed(f"{own_flow}.xml", _bytes(root))


def _root(clock, application, own_flow):
    root = ElementTree.Element("CPPStatut", Version="V1_19")
    unit = _add(_add(root, "Enveloppe"), "EnveloppeUnitaire", NumOrdre="1")
    parameters = _add(unit, "Parametres")
    values = (("DtPrd", clock.day(clock.now())), ("IdFlx", own_flow))
    for rank, (code, value) in enumerate(values, 1):
        one = _add(parameters, "ParametreIndiv", NumOrdre=f"{rank:04d}")
        _add(one, "Code", code)
        _add(one, "Valeurparametre", value)
    partners = _add(unit, "Partenaires")
    _add(_add(partners, "Recepteur"), "Id", application)
    _add(_add(partners, "Emetteur"), "Id", "CPP001")
    return root


def _party(parent, role, structure, name):
    party = _add(parent, role)
    _add(party, "TypeIdentifiant", _SIRET)
    _add(party, "Identifiant", structure.siret)
    _add(party, name, structure.name)


def _add(parent, tag, text=None, **attributes):
    child = ElementTree.SubElement(parent, tag, attributes)
    if text is not None:
        child.text = str(text)
    return child


def _bytes(root):
    return ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _packed(name, content):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return file.getvalue()
