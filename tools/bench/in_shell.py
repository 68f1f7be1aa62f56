# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What the bench of an installation does in Odoo's shell. It imports nothing of its folder."""


def fill(env, count):
    """Make that many invoices without the add-on, as copies of one; gives how many there are."""
    journal = env["account.journal"].search([("type", "=", "sale")], limit=1)
    if not journal:
        journal = env["account.journal"].create({"name": "Sales", "code": "S", "type": "sale"})
    partner = env["res.partner"].create({"name": "Commune", "is_company": True})
    move = env["account.move"].create({
        "move_type": "out_invoice", "partner_id": partner.id, "journal_id": journal.id,
        "invoice_date": "2026-01-01"})
    env.flush_all()
    cr = env.cr
    cr.execute("""SELECT column_name FROM information_schema.columns
                   WHERE table_schema = current_schema() AND table_name = 'account_move'""")
    columns = ", ".join(f'"{name}"' for [name] in cr.fetchall()
                        if name not in ("id", "name", "state"))
    cr.execute(f"""INSERT INTO account_move (name, state, {columns})
                   SELECT 'STOCK/' || rank, 'posted', {columns}
                     FROM account_move, generate_series(1, %s) AS rank WHERE id = %s""",
               [count, move.id])
    cr.execute("ANALYZE account_move")
    cr.execute("SELECT count(*) FROM account_move")
    return cr.fetchone()[0]
