# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What `make copy` and `make upgrade` do in Odoo's shell, step by step.

Runs in any version of the add-on that they start from.
"""

import base64
import hashlib

ADDON = "l10n_fr_chorus_pro"
# What accounting holds of itself; those that a user writes by hand are among them.
ACCOUNTING = {
    "account.move": ["name", "state", "date", "invoice_date", "partner_id", "amount_total",
                     "amount_residual", "payment_state", "journal_id", "move_type",
                     "buyer_reference", "purchase_order_reference"],
    "account.move.line": ["account_id", "debit", "credit", "name", "reconciled"],
    "account.journal": ["name", "code", "type", "active", "company_id"],
    "res.partner": ["name", "vat", "company_registry", "email", "active", "parent_id"],
}
# What others refer to by an external id: rights, jobs, menus and what they open.
REFERRED = ("res.groups", "res.groups.privilege", "ir.cron", "ir.ui.menu", "ir.rule",
            "ir.actions.act_window", "ir.actions.server", "ir.actions.report",
            "ir.actions.client", "mail.template", "mail.activity.type", "mail.message.subtype")
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n" \
      b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" \
      b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n" \
      b"trailer<</Root 1 0 R>>\n%%EOF\n"


def fill(env, siret, invoices):
    """Post and queue that many invoices for the customer with this SIRET; returns their numbers."""
    customer = env["res.partner"].search([("company_registry", "=", siret)], limit=1)
    tax = env["account.tax"].search([("type_tax_use", "=", "sale"), ("amount", "=", 20.0),
                                     ("price_include_override", "!=", "tax_included")], limit=1)
    moves = env["account.move"].create([
        {"move_type": "out_invoice", "partner_id": customer.id,
         "invoice_date": env.cr.now().date(), "chorus_pro_format": "pdf",
         "invoice_line_ids": [(0, 0, {"name": "Prestation", "price_unit": 100.0 + rank,
                                      "tax_ids": [(6, 0, tax.ids)]})]}
        for rank in range(invoices)])
    moves.action_post()
    env["ir.attachment"].create([
        {"name": "facture.pdf", "raw": PDF, "mimetype": "application/pdf",
         "res_model": "account.move", "res_id": move.id, "res_field": "invoice_pdf_report_file"}
        for move in moves])
    moves.invalidate_recordset()
    moves.action_chorus_pro_send()
    # What it leaves behind is there when the add-on is upgraded.
    env["chorus.pro.connection"].search([("in_use", "=", True)]).action_test_connection()
    return moves.mapped("name")


def add_certificate(env, known, account):
    """A connection beside the one in use that shows a client certificate, kept in the way of this
    version; gives its id."""
    [connection] = env["chorus.pro.connection"].search([("in_use", "=", True)])
    file = {"file": known["p12"], "password": known["password"]}
    is_record = "chorus.pro.certificate" in env
    other = connection.copy({
        "name": "By certificate", "in_use": False, "access_mode": "certificate",
        "custom_token_url": False, "custom_api_url": known["api_url"],
        "trusted_authorities": known["authority"], "technical_login": account["login"],
        "technical_password": account["password"], "supplier_siret": connection.supplier_siret,
        **({} if is_record else {f"certificate_{name}": file[name] for name in file})})
    if is_record:
        env["chorus.pro.certificate"].create({"connection_id": other.id, **file})
    return other.id


def add_connection(env, account):
    """Another connection by PISTE to where the one in use leads; gives its id."""
    [connection] = env["chorus.pro.connection"].search([("in_use", "=", True)])
    other = connection.copy({
        "name": "Beside", "in_use": False, "piste_client_id": account["client_id"],
        "piste_client_secret": account["client_secret"], "technical_login": account["login"],
        "technical_password": account["password"], "supplier_siret": connection.supplier_siret})
    return other.id


def in_use(env):
    """The id of the connection that is in use."""
    return env["chorus.pro.connection"].search([("in_use", "=", True)]).id


def kept_secrets(env):
    """{form: how many}: secrets "plain", or by the mark of their encryption."""
    found = {}
    for table, column in _columns(env, "_value"):
        if table.startswith("chorus_pro_"):
            env.cr.execute(f'SELECT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL')
            for [value] in env.cr.fetchall():
                text = value if isinstance(value, str) else bytes(value).decode()
                form = text[:13] if text.startswith("chorus-pro:") else "plain"
                found[form] = found.get(form, 0) + 1
    return found


def used(env, connections):
    """Names of the connections through which a call with the kept secrets does not work."""
    failed = []
    env["chorus.pro.token"].search([]).unlink()
    # The client keeps a new one by a cursor that would wait for this one.
    env.cr.commit()
    for connection in env["chorus.pro.connection"].browse(connections):
        connection.action_test_connection()
        if connection.check_verdict not in ("ok", "warning"):
            failed.append(f"{connection.name}: {connection.check_summary} {connection.trouble}")
    env["chorus.pro.token"].search([]).unlink()
    return failed


def encrypt_again(env):
    """As the daily job."""
    env["chorus.pro.secret"]._cron_encrypt_again()
    return True


def survived(env, certificate_connection, known, technical_password):
    """What an upgrade has to keep, once the daily job has encrypted it; gives names of what is
    missing."""
    connections = env["chorus.pro.connection"]
    [connection] = connections.search([("in_use", "=", True)])
    other = connections.browse(certificate_connection)
    certificate = other.certificate_ids
    implied = env.ref("account.group_account_invoice").all_implied_ids
    checks = {
        "technical password": connection._secret("technical_password") == technical_password,
        "one certificate in use": len(certificate) == 1 and certificate.in_use,
        "certificate's file": certificate._secret("file") == known["p12"].encode(),
        "certificate's password": certificate._secret("password") == known["password"],
        "secrets are encrypted": {connection.secrets_state, other.secrets_state} == {"encrypted"},
        "invoicing implies the role": env.ref(f"{ADDON}.group_user") in implied,
        "former columns are gone": not _columns(env, "certificate_file_value"),
        "the connection can be read": bool(connection.read() and other.read()),
    }
    return [name for name, holds in checks.items() if not holds]


def states(env):
    """State of each submission, by number."""
    return {row.name: row.state for row in env["chorus.pro.submission"].search([])}


def accounting(env):
    """A digest of what accounting holds, by model; and how many records."""
    found = {}
    for model, names in ACCOUNTING.items():
        rows = env[model].with_context(active_test=False, bin_size=True).search([], order="id")
        text = repr(rows.read(names, load=None))
        found[model] = [len(rows), hashlib.sha256(text.encode()).hexdigest()]
    return found


def referred(env):
    """{external id: id} of those records of the add-on that others refer to."""
    found = env["ir.model.data"].search([("module", "=", ADDON), ("model", "in", REFERRED)])
    return {each.name: each.res_id for each in found
            if env[each.model].browse(each.res_id).exists()}


def statuses(env):
    """Status at Chorus Pro of each submission, by number."""
    return {row.name: row.status_code for row in env["chorus.pro.submission"].search([])}


def ask_again(env):
    """Have the next look read every history again, as after a long pause."""
    env["chorus.pro.connection"].search([("in_use", "=", True)]).write(
        {"follow_wanted_at": env.cr.now(), "fully_followed_at": False})
    env["chorus.pro.submission"].search([]).history_wanted = True
    return True


def waiting_jobs(env):
    """How many jobs of queue_job wait for the connector; 0 without it."""
    if "queue.job" not in env:
        return 0
    return env["queue.job"].search_count([("model_name", "=like", "chorus.pro.%"),
                                          ("state", "not in", ("done", "cancelled"))])


def is_wanted(env, job):
    """Whether this scheduled action is to run as soon as there is a server."""
    cron = env.ref(f"{ADDON}.{job}")
    return bool(env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]))


def uninstall(env, addon=ADDON):
    """Take an add-on away, as Apps does."""
    env["ir.module.module"].search([("name", "=", addon)]).button_immediate_uninstall()
    return True


def left_of(env, addon):
    """What is still there of an add-on that was uninstalled, in words."""
    found = env["ir.model.data"].search([("module", "=", addon)]).mapped("complete_name")
    state = env["ir.module.module"].search([("name", "=", addon)]).state
    return [*found, *([f"its state is {state}"] if state != "uninstalled" else [])]


def left_over(env):
    """What of the add-on is still there after it was uninstalled, in words."""
    cr = env.cr
    found = [f"column {table}.{column}" for table, column in _columns(env, "chorus_pro")
             # A module of Odoo itself has this name in its own columns.
             if not column.startswith("l10n_fr_facturx")]
    for words, query in {
        "tables": "SELECT tablename FROM pg_tables WHERE tablename LIKE 'chorus\\_pro\\_%%'",
        "jobs": "SELECT cron_name FROM ir_cron WHERE cron_name LIKE 'Chorus Pro%%'",
        "attachments": "SELECT name FROM ir_attachment WHERE res_model LIKE 'chorus.pro%%'",
        "external ids": "SELECT name FROM ir_model_data WHERE module = %s",
        "choices": "SELECT s.value FROM ir_model_fields_selection s "
                   "JOIN ir_model_fields f ON f.id = s.field_id "
                   "WHERE s.value = 'chorus_pro' OR f.name LIKE 'chorus\\_pro%%'",
        "customers": "SELECT name FROM res_partner "
                     "WHERE invoice_sending_method::text LIKE '%%chorus_pro%%'",
        "groups": "SELECT id::text FROM res_groups WHERE name::text LIKE '%%Chorus%%'",
        "activities": "SELECT name::text FROM mail_activity_type WHERE name::text LIKE "
                      "'%%Chorus%%'",
    }.items():
        cr.execute(query, [ADDON] if "%s" in query else [])
        found += [f"{words}: {value}" for [value] in cr.fetchall()]
    return found


def _columns(env, word):
    env.cr.execute("SELECT table_name, column_name FROM information_schema.columns WHERE "
                   "table_schema = current_schema() AND column_name LIKE %s", [f"%{word}%"])
    return env.cr.fetchall()


def exposed(env, secrets):
    """Names of the tables of the database in which one of these texts stands."""
    env.cr.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    found = []
    for [table] in env.cr.fetchall():
        env.cr.execute(f'SELECT row_to_json(t)::text FROM "{table}" t')
        text = "\n".join(row for [row] in env.cr.fetchall())
        if any(shape in text for secret in secrets for shape in _shapes(secret)):
            found.append(table)
    return found


def _shapes(secret):
    return secret, secret.encode().hex(), base64.b64encode(secret.encode()).decode().rstrip("=")
