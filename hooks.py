# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What must happen around the life of the add-on itself."""


def uninstall_hook(env):
    """Give customers who were set to "by Chorus Pro" back to Odoo's default sending method.

    Odoo removes our selection value, but the choice is company dependent (stored as JSON), which
    it does not clean: a leftover value would make the customer form fail.
    """
    env.cr.execute("""
        UPDATE res_partner
           SET invoice_sending_method = NULLIF(
                   (SELECT jsonb_object_agg(company.key, company.value)
                      FROM jsonb_each(invoice_sending_method) company
                     WHERE company.value <> '"chorus_pro"'::jsonb),
                   '{}'::jsonb)
         WHERE invoice_sending_method::text LIKE '%chorus_pro%'
    """)
    env.invalidate_all()
