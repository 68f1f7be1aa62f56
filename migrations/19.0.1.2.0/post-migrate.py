# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Which of several structures is the recipient becomes each company's choice; the archived PDF is
known again by its digest; what waits for the supplier on the portal is filed there."""

from odoo.tools.sql import column_exists


def migrate(cr, version):
    if column_exists(cr, "chorus_pro_structure", "is_chosen"):
        share_choices(cr)
    # Only as PDF the deposited file is the archived one; of other formats nothing was kept.
    cr.execute(
        """
        UPDATE chorus_pro_submission SET archived_sha256 = sha256
         WHERE document_format = 'pdf' AND sha256 IS NOT NULL
        """
    )
    cr.execute(
        """
        UPDATE chorus_pro_submission
           SET needed_action = 'portal'
         WHERE needed_action IN ('recycle', 'complete')
           AND status_code IN ('EN_ATTENTE_RECYCLAGE_FOURNISSEUR', 'A_COMPLETER')
        """
    )


def share_choices(cr):
    """What was chosen for all stays the choice of each company that sends."""
    cr.execute(
        """
        INSERT INTO chorus_pro_structure_chosen_by_rel (structure_id, company_id)
        SELECT DISTINCT structure.id, connection.company_id
          FROM chorus_pro_structure structure
    CROSS JOIN chorus_pro_connection connection
         WHERE structure.is_chosen
            ON CONFLICT DO NOTHING
        """
    )
    cr.execute("ALTER TABLE chorus_pro_structure DROP COLUMN is_chosen")
