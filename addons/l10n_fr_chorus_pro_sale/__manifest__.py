# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
{
    "name": "France - Chorus Pro for Sales",
    "version": "19.0.1.0.0",
    "category": "Accounting/Localizations/EDI",
    "summary": "Engagement number, service and contract on quotations, carried to the invoices",
    "author": "Chorus Pro for Odoo contributors",
    "license": "LGPL-3",
    "icon": "/l10n_fr_chorus_pro/static/description/icon.png",
    "depends": ["l10n_fr_chorus_pro", "sale"],
    "data": [
        "security/ir.model.access.csv",
        "views/res_partner_views.xml",
        "views/sale_order_views.xml",
        "views/account_move_views.xml",
        "views/sale_portal_templates.xml",
        "report/sale_order_templates.xml",
    ],
    "auto_install": True,
}
