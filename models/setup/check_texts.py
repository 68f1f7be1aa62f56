# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The steps of the check of a connection, in words: what was found, what to do, where to click.

Names of spaces, menus and buttons are those of the PISTE portal and of the Chorus Pro portal (AIFE
documentation), so that people find them there: they stay French in every language.
"""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

PISTE_PORTAL = "https://piste.gouv.fr"
# Where the remedy is done.
PISTE, PORTAL, HERE = "piste", "portal", ""

STEP_NAMES = {
    "settings": _lt("Settings"),
    "certificate": _lt("Client certificate"),
    "name": _lt("Name of the server (DNS)"),
    "server": _lt("Server and its certificate (TLS)"),
    "token": _lt("PISTE application"),
    "technical_account": _lt("Technical account"),
    "api_transverses": _lt("API Transverses"),
    "api_structures": _lt("API Structures"),
    "api_factures": _lt("API Factures"),
    "api_engagements": _lt("API Engagements"),
    "supplier": _lt("Our structure (SIRET)"),
    "password": _lt("Technical password"),
    "deposit": _lt("Right to deposit"),
    "bank_accounts": _lt("Bank accounts"),
}

# Code of a verdict -> what was found.
FOUND = {
    "not_tried": _lt("Not tried: a step before it failed."),
    "not_yet": _lt("Not tried yet."),
    "name_found": _lt("The name of the server is known."),
    "name_by_proxy": _lt("The proxy resolves the name of the server."),
    "name_unknown": _lt("The name %(host)s is unknown."),
    "server_reached": _lt("The server answers, and its certificate is trusted."),
    "connection_failed": _lt("Chorus Pro cannot be reached."),
    "rate_limited": _lt("Not checked: Chorus Pro asks to wait."),
    "pace_reached": _lt("Not checked: the calls per minute allowed on the connection are used up."),
    "answer_lost": _lt("The connection to Chorus Pro broke before its answer came."),
    "answer_timeout": _lt("Chorus Pro did not answer in time."),
    "answer_too_large": _lt("The answer is larger than any answer of Chorus Pro."),
    "server_error": _lt("Chorus Pro is out of order for the moment."),
    "unreadable_answer": _lt(
        "Chorus Pro gave an answer that cannot be read, such as a maintenance page."
    ),
    "incomplete_answer": _lt("Chorus Pro gave half an answer."),
    "page_missing": _lt("Chorus Pro gave an incomplete list."),
    "tls_untrusted": _lt("The certificate of the server is not trusted. Nothing was sent."),
    "certificate_good": _lt("The certificate of %(subject)s can be used until %(date)s."),
    "certificate_refused": _lt("The gateway does not accept the client certificate."),
    "token_given": _lt("PISTE gave an access token to your application."),
    "invalid_client": _lt("PISTE does not know this Client ID and Client Secret."),
    "token_refused": _lt("PISTE refuses to give a token to this application."),
    "account_accepted": _lt("Chorus Pro accepts the technical account."),
    "account_untried": _lt(
        "The technical account could not be tried: your PISTE application may use no API yet."
    ),
    "technical_account": _lt("Chorus Pro does not accept the technical account."),
    "api_subscribed": _lt("Your PISTE application may use this API."),
    "api_not_authorised": _lt("Your PISTE application has no right to this API."),
    "commitments_unchecked": _lt(
        "Your PISTE application has no right to the API Engagements: engagement numbers are not "
        "checked before sending. Invoices are still sent."
    ),
    "supplier_found": _lt("%(name)s, structure number %(structure_id)s."),
    "supplier_unseen": _lt("The technical account sees no structure with the SIRET %(siret)s."),
    "supplier_ambiguous": _lt(
        "The technical account sees %(count)s structures with the SIRET %(siret)s."
    ),
    "supplier_inactive": _lt("%(name)s is closed at Chorus Pro."),
    "password_valid": _lt("The technical password expires on %(date)s."),
    "password_untold": _lt(
        "Chorus Pro does not show when the technical password expires (it lasts 424 days)."
    ),
    "password_soon": _lt("The technical password expires on %(date)s, in %(days)s days."),
    "password_past": _lt(
        "The technical password should have expired on %(date)s; Chorus Pro still accepts it."
    ),
    "deposit_allowed": _lt("The technical account may deposit invoices (space “Factures émises”)."),
    "deposit_forbidden": _lt("The technical account may only look at the space “Factures émises”."),
    "deposit_no_space": _lt(
        "Your structure shows no space “Factures émises” to the technical account."
    ),
    "deposit_untold": _lt(
        "Chorus Pro does not show whether the technical account may deposit: the first invoice "
        "will."
    ),
    "bank_accounts_found": _lt("Valid bank accounts: %(labels)s."),
    "bank_accounts_none": _lt("Your structure has no valid bank account in Chorus Pro."),
}
# Code -> (what to do, where). A check that broke off is repeated by the reader only.
REMEDIES = {
    **dict.fromkeys(
        (
            "rate_limited", "pace_reached", "answer_lost", "answer_timeout", "server_error",
            "unreadable_answer", "incomplete_answer", "page_missing",
        ),
        (_lt("Press “Check Everything” again in a few minutes."), HERE),
    ),
    **dict.fromkeys(("api_not_authorised", "commitments_unchecked"), (_lt(
        "On the PISTE portal: tab “API”, “Consentement CGU API”, tick this API on the line of your "
        "environment and validate; then “Applications”, your application, “Modifier "
        "l'application”, “Sélectionner les API”, tick it and apply."
    ), PISTE)),
    **dict.fromkeys(("password_soon", "password_past"), (_lt(
        "In the Chorus Pro portal: domain “Raccordements”, “Compte technique”, type of request "
        "“Réinitialisation du mot de passe d'un compte technique”. Then type the new one here."
    ), PORTAL)),
    **dict.fromkeys(("deposit_forbidden", "deposit_no_space"), (_lt(
        "In the Chorus Pro portal, the main manager of your structure (gestionnaire principal) "
        "opens the space “Factures émises” for it, and gives the technical account the right to "
        "modify there."
    ), PORTAL)),
    "name_unknown": (_lt(
        "Check the address, and that this server may look names up on the Internet (DNS)."
    ), HERE),
    "connection_failed": (_lt(
        "Check the addresses; ask your network administrator to allow access to them (port 443), "
        "or enter the proxy that leads there."
    ), HERE),
    "answer_too_large": (_lt(
        "Check the addresses and the proxy: another server may be answering."
    ), HERE),
    "tls_untrusted": (_lt(
        "Check the addresses and the proxy; behind your company's gateway, enter its authorities "
        "on the connection (Trusted Authorities)."
    ), HERE),
    "certificate_refused": (_lt(
        "Check that the certificate is declared there with its whole chain (the .p7b file), and "
        "that its own file holds the authorities that signed it."
    ), PORTAL),
    "invalid_client": (_lt(
        "On the PISTE portal: “Applications”, your application, tab “Authentification”, “OAuth "
        "Credentials”: copy the Client ID, then “Consulter le client secret” and copy it. The keys "
        "of APP_SANDBOX serve qualification only."
    ), PISTE),
    "token_refused": (_lt(
        "On the PISTE portal, under “Applications”, check that your application is active."
    ), PISTE),
    "account_untried": (_lt(
        "Subscribe your application to the APIs first: see the next lines."
    ), PISTE),
    "technical_account": (_lt(
        "Check its login and its password. In the Chorus Pro portal: domain “Raccordements”, "
        "“Compte technique”, where the main manager (gestionnaire principal) can have the password "
        "reset: it expires after 424 days. A new account works after about 30 minutes."
    ), PORTAL),
    "supplier_unseen": (_lt(
        "Check the SIRET. In the Chorus Pro portal: domain “Raccordements”, “Compte technique”, "
        "check that the account belongs to your structure."
    ), PORTAL),
    "supplier_ambiguous": (_lt("Ask Chorus Pro's support which one is yours."), PORTAL),
    "supplier_inactive": (_lt(
        "In the Chorus Pro portal, its main manager (gestionnaire principal) opens it again."
    ), PORTAL),
    "password_untold": (_lt("Type its date on the connection to be reminded."), HERE),
    "bank_accounts_none": (_lt(
        "In the Chorus Pro portal, sheet of your structure, “Coordonnées bancaires”: add one, or "
        "public bodies cannot pay by transfer."
    ), PORTAL),
}
