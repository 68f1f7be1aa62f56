# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""telecharger/groupe: invoices as the platform keeps them, or makes them, for people."""

import base64
import io
import zipfile

from ..documents.report_pdf import report_pdf
from ..world.files import extension
from ..world.refusals import Oversized, Refusal

_DONE = {"codeRetour": 0, "libelle": "TRA_MSG_00.000"}
# "120 Mo" in the AIFE documentation, read as in files
MAX_DOWNLOAD_BYTES = 120_000_000


def telecharger_groupe(platform, supplier, body):
    """The PDF of one invoice; a ZIP, one folder for each invoice, when there are more files."""
    if body["format"] != "PDF":
        raise Refusal("format_unavailable")
    invoices = [platform.invoices.get(row["idFacture"]) for row in body["listeFacture"]]
    if not invoices:
        raise Refusal("missing", field="listeFacture")
    if not all(invoice is not None and _may_see(supplier, invoice) for invoice in invoices):
        raise Refusal("invoice_unknown")
    with_attachments = body.get("avecPiecesJointesComplementaires") == "OUI"
    files = [file for invoice in invoices for file in _files(invoice, with_attachments)]
    if sum(len(content) for _name, content in files) > MAX_DOWNLOAD_BYTES:
        raise Oversized
    content = files[0][1] if len(files) == 1 else _zipped(files)
    return {**_DONE, "fichierResultat": base64.b64encode(content).decode()}


def _may_see(supplier, invoice):
    """Its supplier, and the structure that validates it."""
    validator = invoice.body["cadreDeFacturation"].get("codeStructureValideur")
    return invoice.supplier is supplier or validator == supplier.structure.siret


def _files(invoice, with_attachments):
    """(name with its folder, bytes): the readable invoice, then its attachments."""
    folder = invoice.number.replace("/", "-")
    main = invoice.main_attachment
    if main is not None and extension(main.name) == "pdf":
        yield f"{folder}/{folder}.pdf", main.content
    else:
        yield f"{folder}/{folder}.pdf", report_pdf(_lines(invoice))
    if with_attachments:
        for rank, file in enumerate(invoice.attachments, 1):
            yield f"{folder}/{rank}_{file.name}", file.content


def _lines(invoice):
    """What the platform writes where it was given no PDF."""
    seller, buyer = invoice.supplier.structure, invoice.recipient
    yield f"Facture {invoice.number} du {invoice.body.get('dateFacture')}"
    yield f"Fournisseur : {seller.name} ({seller.siret})"
    yield f"Destinataire : {buyer.name} ({buyer.siret})"
    yield f"Montant TTC : {invoice.total('montantTtcTotal')} {invoice.references['deviseFacture']}"


def _zipped(files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return file.getvalue()
