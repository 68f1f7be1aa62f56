# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
{
    "name": "France - Chorus Pro",
    "version": "19.0.1.2.0",
    "category": "Accounting/Localizations/EDI",
    "summary": "Send customer invoices to Chorus Pro and follow them until they are paid",
    "countries": ["fr"],
    "author": "Chorus Pro for Odoo contributors",
    "license": "LGPL-3",
    "depends": ["l10n_fr_facturx_chorus_pro"],
    "external_dependencies": {
        "python": [
            "requests>=2.31,!=2.32.0,!=2.32.1,!=2.32.2",
            "cryptography>=42",
            "factur-x>=7.8,<8",
            "Pillow>=9.4",
        ],
    },
    "data": [
        "security/chorus_pro_groups.xml",
        "security/ir.model.access.csv",
        "security/chorus_pro_security.xml",
        "data/mail_activity_type.xml",
        "data/ir_cron.xml",
        "data/ir_sequence.xml",
        "data/ir_exports.xml",
        # connection
        "views/chorus_pro_connection_views.xml",
        "views/chorus_pro_exchange_views.xml",
        "wizard/chorus_pro_copy_views.xml",
        # certificate
        "views/chorus_pro_certificate_views.xml",
        # setup
        "views/chorus_pro_connection_check_views.xml",
        "views/chorus_pro_setup_views.xml",
        # directory
        "views/chorus_pro_structure_views.xml",
        "views/chorus_pro_name_search_views.xml",
        "views/res_partner_views.xml",
        # document
        "wizard/chorus_pro_preview_views.xml",
        # outbox
        "views/chorus_pro_submission_views.xml",
        "views/chorus_pro_flow_views.xml",
        "wizard/chorus_pro_comparison_views.xml",
        "views/res_config_settings_views.xml",
        # invoice
        "views/account_move_views.xml",
        "views/account_move_actions.xml",
        "views/account_journal_views.xml",
        "report/account_invoice.xml",
        "wizard/account_move_send_wizard_views.xml",
        "wizard/chorus_pro_triage_views.xml",
        "wizard/chorus_pro_other_way_views.xml",
        "wizard/chorus_pro_oca_import_views.xml",
        # tracking
        "views/account_move_to_do_views.xml",
        "views/chorus_pro_elsewhere_views.xml",
        "views/chorus_pro_digest_templates.xml",
        "views/portal_templates.xml",
        # actions
        "wizard/chorus_pro_completion_views.xml",
        "wizard/chorus_pro_recycling_views.xml",
        "wizard/chorus_pro_validator_correction_views.xml",
        "wizard/chorus_pro_reissue_views.xml",
        "wizard/chorus_pro_handling_views.xml",
        "report/chorus_pro_proof.xml",
        # edi
        "views/chorus_pro_edi_file_views.xml",
        # validation
        "views/chorus_pro_validation_views.xml",
        "wizard/chorus_pro_validation_refusal_views.xml",
        # payment
        "data/interest_rates.xml",
        "views/chorus_pro_interest_rate_views.xml",
        "views/account_move_late_payment_views.xml",
        "views/res_partner_delay_views.xml",
        "views/chorus_pro_analysis_views.xml",
        "views/chorus_pro_expected_templates.xml",
        "report/chorus_pro_claim.xml",
        # menus
        "views/menus.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "l10n_fr_chorus_pro/static/src/**/*",
            ("remove", "l10n_fr_chorus_pro/static/src/analysis/**/*"),
        ],
        # Odoo loads graphs when one is opened.
        "web.assets_backend_lazy": ["l10n_fr_chorus_pro/static/src/analysis/**/*"],
        "web.assets_tests": ["l10n_fr_chorus_pro/static/tests/tours/**/*.js"],
    },
    "demo": ["demo/res_partner.xml"],
    "uninstall_hook": "uninstall_hook",
}
