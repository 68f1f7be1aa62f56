# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
{
    "name": "France - Chorus Pro in Dashboards",
    "version": "19.0.1.0.0",
    "category": "Accounting/Localizations/EDI",
    "summary": "What public bodies owe, when it comes and what comes back, as a dashboard",
    "author": "Chorus Pro for Odoo contributors",
    "license": "LGPL-3",
    "icon": "/l10n_fr_chorus_pro/static/description/icon.png",
    "depends": ["l10n_fr_chorus_pro", "spreadsheet_dashboard"],
    "data": ["data/dashboards.xml"],
    "auto_install": True,
}
