# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The operations that bring something: PDFs, attachments, invoices."""

from ..checks.submission import (
    check_amounts,
    check_number,
    check_recipient,
    check_references,
    check_supplier,
    find_attachments,
    find_main_attachment,
    read_date,
)
from ..world.files import (
    ATTACHMENT,
    EXTENSIONS,
    MAX_FILE_BYTES,
    PDF_OF_INVOICE,
    decode,
    extension,
)
from ..world.invoices import Invoice
from ..world.refusals import Oversized, Refusal

_DONE = {"codeRetour": 0, "libelle": "GCU_MSG_01_000"}
# What deposer/pdf tries to recognise
_GUESSES = (
    "numeroFacture",
    "dateFacture",
    "codeDestinataire",
    "codeServiceExecutant",
    "codeFournisseur",
    "codeDeviseFacture",
    "typeTva",
    "numeroBonCommande",
    "montantTtcAvantRemiseGlobalTTC",
    "montantAPayer",
    "montantHtTotal",
    "montantTVA",
)


def deposer_pdf(platform, supplier, body):
    """Stores the PDF of an invoice. It is no invoice until soumettre names it."""
    content = decode(body["fichierFacture"], "fichierFacture")
    if len(content) > MAX_FILE_BYTES:
        raise Oversized
    if not content.startswith(b"%PDF"):
        raise Refusal("file_not_pdf")
    if extension(body["nomFichier"]) != "pdf":
        raise Refusal("file_extension")
    stored = _store(
        platform,
        supplier,
        "deposer_pdf",
        kind=PDF_OF_INVOICE,
        name=body["nomFichier"],
        content=content,
        signature=body["formatDepot"],
    )
    return {
        **_DONE,
        **_unread(platform),
        "typeFacture": "FACTURE",
        "pieceJointeId": stored.file_id,
    }


def _store(platform, supplier, operation, **values):
    """The file, which the platform may lose at once: see the fault attachment_gone."""
    stored = platform.files.add(
        owner=supplier.account.login, received=platform.clock.now(), **values
    )
    if platform.faults.take("attachment_gone", operation):
        platform.files.lose(stored.file_id)
    return stored


def _unread(platform):
    """What the platform did not recognise: it reads the PDF (OCR), mostly in vain."""
    side = platform.switches.unread_values
    is_second = platform.files.received[PDF_OF_INVOICE] % 2 == 0
    if side == "absent" or (side == "alternate" and is_second):
        return {}
    return dict.fromkeys(_GUESSES)


def ajouter_fichier(platform, supplier, body):
    """Stores an attachment for a later soumettre."""
    content = decode(body["pieceJointeFichier"], "pieceJointeFichier")
    if len(content) > MAX_FILE_BYTES:
        raise Refusal("attachment_too_large")
    suffix = extension(body["pieceJointeNom"])
    if suffix not in EXTENSIONS or suffix != body["pieceJointeExtension"].lower():
        raise Refusal("file_extension")
    stored = _store(
        platform,
        supplier,
        "ajouter_fichier",
        kind=ATTACHMENT,
        name=body["pieceJointeNom"],
        content=content,
    )
    return {**_DONE, "pieceJointeId": stored.file_id}


def soumettre(platform, supplier, body):
    """Creates the invoice, DEPOSEE now, unless a business rule refuses it."""
    body = {**body, "dateFacture": read_date(platform, body)}
    check_supplier(platform, supplier, body)
    recipient = check_recipient(platform, body)
    number = check_number(platform, supplier, body)
    check_references(platform, body)
    check_amounts(platform, body)
    main = find_main_attachment(platform, supplier, body)
    attachments = find_attachments(platform, supplier, body)
    invoice = Invoice(
        invoice_id=platform.invoices.next_id(),
        number=number,
        supplier=supplier,
        recipient=recipient,
        body=body,
        deposited=platform.clock.now(),
        main_attachment=main,
        attachments=attachments,
        deposit_mode=body["modeDepot"],
    )
    platform.invoices.add(invoice)
    platform.begin_life(invoice)
    if main is not None:
        main.used_by = invoice.invoice_id
    return {
        **_DONE,
        "identifiantFactureCPP": invoice.invoice_id,
        "numeroFacture": invoice.number,
        "statutFacture": invoice.status,
        "dateDepot": platform.clock.day(invoice.deposited),
        "identifiantStructure": supplier.structure.siret,
        "empreinteCertificatDepot": None,
    }
