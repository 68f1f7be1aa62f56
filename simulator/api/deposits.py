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


def deposer_pdf(platform, supplier, body):
    """Stores the PDF of an invoice. It is no invoice until soumettre names it."""
    content = decode(body["fichierFacture"], "fichierFacture")
    if len(content) > MAX_FILE_BYTES:
        raise Oversized
    if not content.startswith(b"%PDF"):
        raise Refusal("file_not_pdf")
    if extension(body["nomFichier"]) != "pdf":
        raise Refusal("file_extension")
    stored = platform.files.add(
        kind=PDF_OF_INVOICE,
        name=body["nomFichier"],
        content=content,
        owner=supplier.account.login,
        received=platform.clock.now(),
        signature=body["formatDepot"],
    )
    # The platform reads the PDF (OCR) and guesses; in reality it mostly answers nulls
    guesses = dict.fromkeys(
        (
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
    )
    return {**_DONE, **guesses, "typeFacture": "FACTURE", "pieceJointeId": stored.file_id}


def ajouter_fichier(platform, supplier, body):
    """Stores an attachment for a later soumettre."""
    content = decode(body["pieceJointeFichier"], "pieceJointeFichier")
    if len(content) > MAX_FILE_BYTES:
        raise Refusal("attachment_too_large")
    suffix = extension(body["pieceJointeNom"])
    if suffix not in EXTENSIONS or suffix != body["pieceJointeExtension"].lower():
        raise Refusal("file_extension")
    stored = platform.files.add(
        kind=ATTACHMENT,
        name=body["pieceJointeNom"],
        content=content,
        owner=supplier.account.login,
        received=platform.clock.now(),
    )
    return {**_DONE, "pieceJointeId": stored.file_id}


def soumettre(platform, supplier, body):
    """Creates the invoice, DEPOSEE now, unless a business rule refuses it."""
    check_supplier(supplier, body)
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
