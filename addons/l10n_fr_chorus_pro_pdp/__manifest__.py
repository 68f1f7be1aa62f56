# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
{
    "name": "France - Chorus Pro beside the Approved Platform",
    "version": "19.0.1.0.0",
    "category": "Accounting/Localizations/EDI",
    "summary": "Customers of Chorus Pro stay with it where Odoo's own platform is installed",
    "countries": ["fr"],
    "author": "Chorus Pro for Odoo contributors",
    "license": "LGPL-3",
    "depends": ["l10n_fr_chorus_pro", "l10n_fr_pdp"],
    "auto_install": True,
}
