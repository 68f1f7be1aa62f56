# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The client certificate of a connection becomes a record of its own; which of several structures
is the recipient becomes each company's choice; the archived PDF is known again by its digest; what
waits for the supplier on the portal is filed there."""

from odoo import SUPERUSER_ID, api
from odoo.tools.sql import column_exists

FACTS = ("public_chain", "strangers", "subject", "issuer", "serial", "not_before", "not_after")
FORMER = ("file_value", "password_value", "subject", "issuer", "serial", "expiry", "chain_length")


def migrate(cr, version):
    move_certificates(cr)
    if column_exists(cr, "chorus_pro_structure", "is_chosen"):
        share_choices(cr)
    # Only as PDF the deposited file is the archived one; of other formats nothing was kept.
    cr.execute(
        """
        UPDATE chorus_pro_submission SET archived_sha256 = sha256
         WHERE document_format = 'pdf' AND sha256 IS NOT NULL
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


def move_certificates(cr):
    # By SQL: one that has expired meanwhile is kept too, with what it says.
    cr.execute(
        """
        INSERT INTO chorus_pro_certificate (
               connection_id, in_use, file_value, password_value, create_date, write_date,
               create_uid, write_uid)
        SELECT id, TRUE, certificate_file_value, certificate_password_value,
               now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', write_uid, write_uid
          FROM chorus_pro_connection
         WHERE certificate_file_value IS NOT NULL
        RETURNING id
        """,
        log_exceptions=False,
    )
    env = api.Environment(cr, SUPERUSER_ID, {})
    certificates = env["chorus.pro.certificate"].browse([id_ for [id_] in cr.fetchall()])
    for name in FACTS:
        env.add_to_compute(certificates._fields[name], certificates)
    env.flush_all()
    drops = ", ".join(f"DROP COLUMN IF EXISTS certificate_{name}" for name in FORMER)
    cr.execute(f"ALTER TABLE chorus_pro_connection {drops}")
    cr.execute(
        """
        UPDATE chorus_pro_submission
           SET needed_action = 'portal'
         WHERE needed_action IN ('recycle', 'complete')
           AND status_code IN ('EN_ATTENTE_RECYCLAGE_FOURNISSEUR', 'A_COMPLETER')
        """
    )
