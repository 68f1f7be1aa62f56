# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Removal of the invoice XML that other software embeds in a PDF."""

from io import BytesIO

from odoo.tools.pdf import NameObject, OdooPdfFileReader, OdooPdfFileWriter

PDF_HEADER = b"%PDF-"


def without_embedded_invoice(pdf):
    """The same PDF without embedded files, to the byte the given one when it holds none.

    :param pdf: bytes; what is not a PDF (Odoo renders HTML in its own tests) is given back as is
    """
    if not pdf.startswith(PDF_HEADER):
        return pdf
    reader = OdooPdfFileReader(BytesIO(pdf), strict=False)
    if not any(True for _file in reader.getAttachments()):
        return pdf
    writer = OdooPdfFileWriter()
    writer.cloneReaderDocumentRoot(reader)
    catalog = writer._root_object
    names = catalog.get(NameObject("/Names"))
    if names is not None:
        names.get_object().pop(NameObject("/EmbeddedFiles"), None)
    catalog.pop(NameObject("/AF"), None)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()
