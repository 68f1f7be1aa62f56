# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The files of flows: archives, CII, UBL and Factur-X as one kind of document, and reports.

Imports go down: flow_content > cii, factur_x, ubl > document, report_pdf, xml_tree.
"""
