# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What an administrator sets up before the demo. Its text is given to Odoo's shell, followed by a
call of `set_up`; it imports nothing."""


def set_up(env, odoo_url, accountant, chorus, customers=()):
    """A French company, an accountant, a connection to the simulator.

    odoo_url: where Odoo will answer. accountant: {"login", "password"}. chorus: what the
    simulator's GET /_sim/credentials gives. customers: those of its recipients that are customers
    from the start, when they are not to be looked up at Chorus Pro. Prints one line
    "VERDICT|NAME|MESSAGE" for each thing that the connection's test looked at.
    """
    parameters = env["ir.config_parameter"]
    parameters.set_param("web.base.url", odoo_url)
    parameters.set_param("web.base.url.freeze", "True")
    parameters.set_param("report.url", odoo_url)
    # A demo reports itself to nobody.
    env.ref("mail.ir_cron_module_update_notification").active = False
    company = env.company
    france = env.ref("base.fr")
    _set_up_company(env, company, france, chorus["supplier"])
    for recipient in customers:
        env["res.partner"].with_company(company).create({
            "name": recipient["name"].title(),
            "is_company": True,
            "street": "1 place de la République",
            "zip": "75001",
            "city": "Paris",
            "country_id": france.id,
            "company_registry": recipient["siret"],
            "invoice_sending_method": "chorus_pro",
        })
    groups = env.ref("base.group_user") + env.ref("account.group_account_invoice")
    groups += env.ref("base.group_partner_manager")
    # In a small company the accountant decides on what is uncertain too.
    groups += env.ref("l10n_fr_chorus_pro.group_manager")
    env["res.users"].create({
        "name": "Camille Comptable",
        "login": accountant["login"],
        "password": accountant["password"],
        "email": "camille@ateliers.example",
        "lang": "fr_FR",
        "tz": "Europe/Paris",
        "group_ids": [(6, 0, groups.ids)],
    })
    connection = _connect(env, company, chorus)
    env.cr.commit()
    for check in connection.check_ids:
        print(f"{check.verdict}|{check.name}|{check.message or ''}")


def _set_up_company(env, company, france, supplier):
    company.write({
        "name": supplier["name"].title(),
        "street": "12 rue des Essais",
        "zip": "35000",
        "city": "Rennes",
        "country_id": france.id,
        "vat": "FR23334175221",
        "company_registry": supplier["siret"],
        "email": "facturation@ateliers.example",
        "tax_calculation_rounding_method": "round_per_line",
    })
    env["account.chart.template"].try_loading("fr", company, install_demo=False)
    # The chart has the reduced rates, put away until somebody needs them.
    env["account.tax"].with_context(active_test=False).search([
        ("company_id", "=", company.id),
        ("type_tax_use", "=", "sale"),
        ("amount_type", "=", "percent"),
        ("amount", "in", (10.0, 5.5, 2.1)),
        ("price_include_override", "!=", "tax_included"),
    ]).active = True
    # Odoo lets nobody but a person trust an account; it posts nothing to be paid to another one.
    administrator = env.ref("base.user_admin")
    env["res.partner.bank"].with_user(administrator).create({
        "partner_id": company.partner_id.id,
        "company_id": company.id,
        "acc_number": supplier["bank_accounts"][0]["iban"],
        "allow_out_payment": True,
    })


def _connect(env, company, chorus):
    connection = env["chorus.pro.connection"].create({
        "name": "Chorus Pro (simulator)",
        "company_id": company.id,
        "environment": "custom",
        "access_mode": "piste",
        "custom_token_url": chorus["token_url"],
        "custom_api_url": chorus["api_url"],
        "piste_client_id": chorus["client_id"],
        "piste_client_secret": chorus["client_secret"],
        "technical_login": chorus["login"],
        "technical_password": chorus["password"],
        "supplier_siret": chorus["supplier"]["siret"],
        "in_use": True,
        "validates": True,
    })
    env.cr.commit()  # a separate transaction stores the token
    connection.action_test_connection()
    return connection
