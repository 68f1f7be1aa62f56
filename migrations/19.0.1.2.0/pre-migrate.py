# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The views that became part of the view they extended go: Odoo would still apply them while it
loads the merged ones, and deletes them only at the end. A status is one by Chorus Pro's id of it
where there is one: what made it one by its date goes."""

MERGED_VIEWS = (
    "view_connection_form_certificate",
    "view_connection_form_establishment",
    "view_connection_form_following",
    "view_connection_form_health",
    "view_connection_form_learnt",
    "view_connection_form_network",
    "view_connection_form_secret",
    "view_connection_form_setup",
    "view_connection_list_establishment",
    "view_connection_list_health",
    "view_invoice_list_following",
    "view_move_form_actions",
    "view_move_form_copy",
    "view_move_form_exchanges",
    "view_move_form_following",
    "view_move_form_strip",
    "view_res_config_settings_following",
    "view_res_config_settings_setup",
    "view_submission_form_actions",
)


def migrate(cr, version):
    cr.execute("ALTER TABLE chorus_pro_status DROP CONSTRAINT IF EXISTS chorus_pro_status_once")
    cr.execute(
        "SELECT res_id FROM ir_model_data"
        " WHERE module = 'l10n_fr_chorus_pro' AND model = 'ir.ui.view' AND name IN %s",
        [MERGED_VIEWS],
    )
    merged = tuple(id_ for [id_] in cr.fetchall())
    if not merged:
        return
    # A view of someone else's on one of them goes on from where its content is now.
    cr.execute(
        """
        UPDATE ir_ui_view child
           SET inherit_id = parent.inherit_id
          FROM ir_ui_view parent
         WHERE child.inherit_id = parent.id AND parent.id IN %s
        """,
        [merged],
    )
    cr.execute("DELETE FROM ir_ui_view WHERE id IN %s", [merged])
    cr.execute(
        "DELETE FROM ir_model_data WHERE model = 'ir.ui.view' AND res_id IN %s", [merged]
    )
