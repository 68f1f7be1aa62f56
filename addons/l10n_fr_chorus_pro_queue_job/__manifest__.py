# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
{
    "name": "France - Chorus Pro by Job Queue",
    "version": "19.0.1.0.0",
    "category": "Accounting/Localizations/EDI",
    "summary": "The work of Chorus Pro as jobs of OCA's queue_job, on any number of hosts",
    "author": "Chorus Pro for Odoo contributors",
    "license": "LGPL-3",
    "depends": ["l10n_fr_chorus_pro", "queue_job"],
    "data": ["data/queue_job_data.xml"],
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}
