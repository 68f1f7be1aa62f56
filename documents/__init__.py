# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Documents that Chorus Pro accepts, in plain Python, without Odoo and without translations.

Layers, each importing only those above it::

    invoice             an invoice as plain data, in the concepts of EN 16931
    text                text without markup
    problems            what would get an invoice refused, as codes
    attachments         files that go with it: limits, names
    terms               the one mapping from an invoice to the terms that factur-x takes
    rendering           its XML: Factur-X, CII 16B, UBL 2.1, checked against the schema
    pdf_work  pdf       the XML inside a PDF/A-3
    archive             many invoices in one deposit

Import from the submodules: nothing is re-exported here.
"""
