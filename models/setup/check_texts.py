# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The steps of the check of a connection, in words: what was found, what to do, where to click.

Names of spaces, menus and buttons are those of the PISTE portal and of the Chorus Pro portal (AIFE
documentation), so that people find them there: they stay French in every language.
"""

from dataclasses import dataclass

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


@dataclass(frozen=True)
class StepWords:
    """What a code says. found: a sentence; remedy: what to do about it, or ""; place: where."""

    found: object
    remedy: object = ""
    place: str = HERE


_SUBSCRIBE = _lt(
    "On the PISTE portal: tab “API”, “Consentement CGU API”, tick this API on the line of your "
    "environment and validate; then “Applications”, your application, “Modifier l'application”, "
    "“Sélectionner les API”, tick it and apply."
)
_RESET = _lt(
    "In the Chorus Pro portal: domain “Raccordements”, “Compte technique”, type of request "
    "“Réinitialisation du mot de passe d'un compte technique”. Then type the new one here."
)
_RIGHT = _lt(
    "In the Chorus Pro portal, the main manager of your structure (gestionnaire principal) opens "
    "the space “Factures émises” for it, and gives the technical account the right to modify there."
)

_LATER = _lt("Press “Check Everything” again in a few minutes.")

STEP_WORDS = {
    "not_tried": StepWords(_lt("Not tried: a step before it failed.")),
    "not_yet": StepWords(_lt("Not tried yet.")),
    "name_found": StepWords(_lt("The name of the server is known.")),
    "name_by_proxy": StepWords(_lt("The proxy looks the name of the server up.")),
    "name_unknown": StepWords(
        _lt("The name %(host)s is unknown."),
        _lt("Check the address, and that this server may look names up on the Internet (DNS)."),
    ),
    "server_reached": StepWords(_lt("The server answers, and its certificate is trusted.")),
    "connection_failed": StepWords(
        _lt("Chorus Pro cannot be reached."),
        _lt(
            "Check the addresses; ask who runs your network to open the way to them (port 443), "
            "or give the proxy that leads there."
        ),
    ),
    # A check that broke off is tried again by nobody but the reader.
    "rate_limited": StepWords(_lt("Not checked: Chorus Pro asks to wait."), _LATER),
    "pace_reached": StepWords(
        _lt("Not checked: the calls per minute allowed on the connection are used up."), _LATER
    ),
    "answer_lost": StepWords(
        _lt("The connection to Chorus Pro broke before its answer came."), _LATER
    ),
    "answer_timeout": StepWords(_lt("Chorus Pro did not answer in time."), _LATER),
    "answer_too_large": StepWords(
        _lt("The answer is larger than any answer of Chorus Pro."),
        _lt("Check the addresses and the proxy: another server may be answering."),
    ),
    "server_error": StepWords(_lt("Chorus Pro is out of order for the moment."), _LATER),
    "unreadable_answer": StepWords(
        _lt("Chorus Pro gave an answer that cannot be read, such as a maintenance page."), _LATER
    ),
    "incomplete_answer": StepWords(_lt("Chorus Pro gave half an answer."), _LATER),
    "page_missing": StepWords(_lt("Chorus Pro gave an incomplete list."), _LATER),
    "tls_untrusted": StepWords(
        _lt("The certificate of the server is not trusted. Nothing was sent."),
        _lt(
            "Check the addresses and the proxy; behind a gateway of your own, give its authorities "
            "on the connection (Trusted Authorities)."
        ),
    ),
    "certificate_good": StepWords(
        _lt("The certificate of %(subject)s can be used until %(date)s.")
    ),
    "certificate_refused": StepWords(
        _lt("The gateway does not accept the client certificate."),
        _lt(
            "Check that the certificate is declared there with its whole chain (the .p7b file), "
            "and that its own file holds the authorities that signed it."
        ),
        PORTAL,
    ),
    "token_given": StepWords(_lt("PISTE gave an access token to your application.")),
    "invalid_client": StepWords(
        _lt("PISTE does not know this Client ID and Client Secret."),
        _lt(
            "On the PISTE portal: “Applications”, your application, tab “Authentification”, "
            "“OAuth Credentials”: copy the Client ID, then “Consulter le client secret” and copy "
            "it. The keys of APP_SANDBOX serve qualification only."
        ),
        PISTE,
    ),
    "token_refused": StepWords(
        _lt("PISTE refuses to give a token to this application."),
        _lt("On the PISTE portal, under “Applications”, check that your application is active."),
        PISTE,
    ),
    "account_accepted": StepWords(_lt("Chorus Pro accepts the technical account.")),
    "account_untried": StepWords(
        _lt("The technical account could not be tried: your PISTE application may use no API yet."),
        _lt("Subscribe your application to the APIs first: see the next lines."),
        PISTE,
    ),
    "technical_account": StepWords(
        _lt("Chorus Pro does not accept the technical account."),
        _lt(
            "Check its login and its password. In the Chorus Pro portal: domain “Raccordements”, "
            "“Compte technique”, where the main manager (gestionnaire principal) can have the "
            "password reset: it expires after 424 days. A new account works after about 30 minutes."
        ),
        PORTAL,
    ),
    "api_subscribed": StepWords(_lt("Your PISTE application may use this API.")),
    "api_not_authorised": StepWords(
        _lt("Your PISTE application has no right to this API."), _SUBSCRIBE, PISTE
    ),
    "commitments_unchecked": StepWords(
        _lt(
            "Your PISTE application has no right to the API Engagements: engagement numbers are "
            "not checked before sending. Invoices leave all the same."
        ),
        _SUBSCRIBE,
        PISTE,
    ),
    "supplier_found": StepWords(_lt("%(name)s, structure number %(structure_id)s.")),
    "supplier_unseen": StepWords(
        _lt("The technical account sees no structure with the SIRET %(siret)s."),
        _lt(
            "Check the SIRET. In the Chorus Pro portal: domain “Raccordements”, “Compte "
            "technique”, check that the account belongs to your structure."
        ),
        PORTAL,
    ),
    "supplier_ambiguous": StepWords(
        _lt("The technical account sees %(count)s structures with the SIRET %(siret)s."),
        _lt("Ask Chorus Pro's support which one is yours."),
        PORTAL,
    ),
    "supplier_inactive": StepWords(
        _lt("%(name)s is closed at Chorus Pro."),
        _lt("In the Chorus Pro portal, its main manager (gestionnaire principal) opens it again."),
        PORTAL,
    ),
    "password_valid": StepWords(_lt("The technical password expires on %(date)s.")),
    "password_untold": StepWords(
        _lt("Chorus Pro does not tell when the technical password expires (it lasts 424 days)."),
        _lt("Type its date on the connection to be reminded."),
    ),
    "password_soon": StepWords(
        _lt("The technical password expires on %(date)s, in %(days)s days."), _RESET, PORTAL
    ),
    "password_past": StepWords(
        _lt(
            "The technical password should have expired on %(date)s; Chorus Pro still accepts it."
        ),
        _RESET,
        PORTAL,
    ),
    "deposit_allowed": StepWords(
        _lt("The technical account may deposit invoices (space “Factures émises”).")
    ),
    "deposit_forbidden": StepWords(
        _lt("The technical account may only look at the space “Factures émises”."),
        _RIGHT,
        PORTAL,
    ),
    "deposit_no_space": StepWords(
        _lt("Your structure shows no space “Factures émises” to the technical account."),
        _RIGHT,
        PORTAL,
    ),
    "deposit_untold": StepWords(
        _lt(
            "Chorus Pro does not tell whether the technical account may deposit: the first invoice "
            "will."
        )
    ),
    "bank_accounts_found": StepWords(_lt("Valid bank accounts: %(labels)s.")),
    "bank_accounts_none": StepWords(
        _lt("Your structure has no valid bank account in Chorus Pro."),
        _lt(
            "In the Chorus Pro portal, sheet of your structure, “Coordonnées bancaires”: add one, "
            "or public bodies cannot pay by transfer."
        ),
        PORTAL,
    ),
}
