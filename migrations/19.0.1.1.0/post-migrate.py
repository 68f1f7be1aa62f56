# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The client certificate of a connection becomes a record of its own; its columns end here."""

from odoo import SUPERUSER_ID, api

FACTS = ("public_chain", "strangers", "subject", "issuer", "serial", "not_before", "not_after")
FORMER = ("file_value", "password_value", "subject", "issuer", "serial", "expiry", "chain_length")


def migrate(cr, version):
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
