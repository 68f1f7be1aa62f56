# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What people read when Chorus Pro answers with an error: the cause, then the remedy.

The client (``choruspro``) translates nothing: it gives codes and facts. Here each code becomes a
sentence in the reader's language.
"""

from odoo.tools import LazyTranslate

from ...choruspro.text import storable
from .advice import refusal_advice

_lt = LazyTranslate(__name__)

ERROR_SENTENCES = {
    "insecure_url": _lt(
        "The address of Chorus Pro starts with http: passwords would travel unprotected. Use an "
        "address that starts with https."),
    "invalid_url": _lt(
        "An address of Chorus Pro is missing or is not a web address. Correct the Token URL and "
        "the API URL of the connection."),
    "url_with_credentials": _lt(
        "The address holds a user name or a password. Give it without them: addresses are shown "
        "and logged."),
    "url_of_operation": _lt(
        "The address is that of one operation. Give only what stands before it, such as "
        "https://api.piste.gouv.fr/cpro/."),
    "loopback_url": _lt(
        "The address is that of the server itself. To allow it, for a test or a gateway on the "
        "same machine, set CHORUS_PRO_ALLOW_LOOPBACK=1 in the server's environment."),
    "closed_url": _lt(
        "The servers of aife.economie.gouv.fr are closed: Chorus Pro is reached through PISTE. "
        "Choose the environment instead of custom addresses, or enter the addresses of PISTE "
        "(https://oauth.piste.gouv.fr/api/oauth/token and https://api.piste.gouv.fr/cpro/)."),
    "endpoint_not_found": _lt(
        "Nothing answers at the address of Chorus Pro. Check the environment and the addresses of "
        "the connection."),
    "redirected": _lt(
        "The server answers with a redirection instead of Chorus Pro. Check the addresses of the "
        "connection, and the proxy."),
    "token_refused": _lt(
        "PISTE refuses to give a token to this application. Check on the PISTE portal that the "
        "application is active."),
    "tls_untrusted": _lt(
        "The certificate of the server is not trusted. Nothing was sent. Check the addresses and "
        "the proxy."),
    "ca_bundle_unreadable": _lt("The file of trusted authorities cannot be read. Replace it."),
    "proxy_refused": _lt(
        "The proxy blocks the call. Ask your network administrator to allow access to Chorus Pro."),
    "invalid_proxy": _lt("The address of the proxy is not valid. Correct it."),
    "proxy_page": _lt(
        "The proxy returned a web page instead of the answer of Chorus Pro. It may require a "
        "login, or block the address: ask your network administrator to allow access to Chorus "
        "Pro."),
    "secret_key_invalid": _lt(
        "CHORUS_PRO_SECRET_KEY contains something that is not a key. Each key is 32 random bytes "
        "in base64, as made by: openssl rand -base64 32."),
    "secret_key_weak": _lt(
        "A key of CHORUS_PRO_SECRET_KEY is one byte repeated, which anyone can guess. Make a "
        "random one: openssl rand -base64 32."),
    "secret_key_lost": _lt(
        "No key of CHORUS_PRO_SECRET_KEY opens the stored secrets. Put the former key back, or "
        "enter the secrets again."),
    "secret_misplaced": _lt(
        "A stored secret is not where it was entered in the database. Someone changed the database "
        "by hand: enter the secrets again, and find out who did."),
    "certificate_unreadable": _lt(
        "The certificate file cannot be read. Give the whole .p12 (or .pfx) file, as it was "
        "exported with its private key."),
    "certificate_excessive": _lt(
        "The certificate file is larger, or takes more work to open, than any real one. Export it "
        "again on its own, with the usual settings."),
    "certificate_password": _lt(
        "The password of the certificate file is missing or wrong. Type the one chosen when the "
        ".p12 file was exported."),
    "certificate_without_key": _lt(
        "The certificate file lacks the private key. Export it again with its key, as .p12."),
    "certificate_key_mismatch": _lt(
        "The private key in the file is not that of its certificate. Export both again, as one "
        ".p12 file."),
    "certificate_several_keys": _lt(
        "The file holds several private keys: nobody can tell which one to use. Export one "
        "certificate only, with its key."),
    "certificate_is_authority": _lt(
        "This is the certificate of an authority, made to sign others. Give your own certificate."),
    "certificate_not_for_clients": _lt(
        "This certificate is not made to identify a client. Ask your certification authority for "
        "one for client authentication."),
    "certificate_weak_key": _lt(
        "The key of the certificate is too weak (an RSA key has 2,048 bits at least). Ask for a "
        "new certificate with a new key."),
    "certificate_weak_signature": _lt(
        "The certificate, or one of its authorities, is signed with SHA-1 or MD5, which are "
        "broken. Ask your certification authority for a new one."),
    "certificate_expired": _lt(
        "The client certificate has expired. Renew it at your certification authority, declare the "
        "new one, and put its file here."),
    "certificate_not_yet_valid": _lt(
        "The client certificate is not valid yet. Wait for its first day, or put the former one "
        "back."),
    "certificate_refused": _lt(
        "The gateway does not accept the client certificate. Check that it is declared there, and "
        "that its file holds the authorities that signed it."),
    "edi_name_invalid": _lt(
        "The file cannot be named for the EDI mode. Correct the codes on the connection: an "
        "application code has three capitals and three digits (AAA123), an interface code three "
        "capitals, four digits and a capital (FSO1117A)."),
    "edi_library_missing": _lt(
        "The exchange by SFTP needs the Python package paramiko. Ask your server administrator to "
        "install it: pip install paramiko."),
    "edi_address": _lt(
        "The name or the port of the SFTP server is missing or wrong. Correct it on the "
        "connection; Chorus Pro gives it when it opens the EDI connection."),
    "edi_host_key_unreadable": _lt(
        "The public key of the SFTP server is missing or cannot be read. Paste the line that "
        "Chorus Pro gives, such as “ssh-rsa AAAA…”, or its fingerprint, “SHA256:…”."),
    "edi_host_key": _lt(
        "The SFTP server shows another public key than the one on the connection: it may not be "
        "Chorus Pro. Nothing was sent. Ask Chorus Pro's support whether its key changed before you "
        "replace it."),
    "edi_key_unreadable": _lt(
        "The private key of the EDI connection cannot be read. Give an RSA key of 2,048 bits or "
        "more, in PEM, or the .p12 file of the certificate with its key."),
    "edi_key_passphrase": _lt(
        "The passphrase of the private key is missing or wrong. Type the one chosen when the key "
        "was made."),
    "edi_no_common_cipher": _lt(
        "Odoo and the SFTP server have no cipher in common. Correct the list of ciphers on the "
        "connection."),
    "edi_folder_missing": _lt(
        "A folder of the EDI exchange does not exist. Correct the folders on the connection, or "
        "ask whoever runs the server or the gateway."),
    "edi_folder_denied": _lt(
        "Odoo may not read or write a folder of the EDI exchange. Ask whoever runs the server or "
        "the gateway for the right."),
    "edi_login_refused": _lt(
        "The SFTP server refuses the login or the key. Check that the certificate of this key is "
        "declared in Chorus Pro, in the area EDI and API Connections, for this environment."),
    "edi_too_large": _lt(
        "The file is larger than Chorus Pro accepts by EDI: 1 GB, and 120 MB for each invoice. "
        "Reduce its attachments, then send again."),
    "edi_file_unreadable": _lt(
        "The file does not hold statuses that can be read, or it is not whole. It is kept as it "
        "came: show it to Chorus Pro's support."),
    "edi_file_forbidden": _lt(
        "The file holds something that no file of Chorus Pro holds (entities, links, paths): it is "
        "not read. It is kept as it came: show it to your Odoo administrator."),
    "edi_file_excessive": _lt(
        "The file is larger than any file of Chorus Pro. It is not read: show it to Chorus Pro's "
        "support."),
    "edi_store_failed": _lt(
        "The file could not be stored: the disk of the server may be full. The next try is "
        "planned."),
    "invalid_client": _lt(
        "PISTE does not know this Client ID and Client Secret. Copy them again from your PISTE "
        "application (tab Authentication, OAuth Credentials), for the right environment: sandbox "
        "keys serve qualification only."),
    "technical_account": _lt(
        "Chorus Pro does not accept the technical account. Check its login and its password: the "
        "password expires after 424 days, and a new account works about 30 minutes after its "
        "creation."),
    "api_not_authorised": _lt(
        "Your PISTE application has no right to this API. On the PISTE portal, accept the terms of "
        "use of the APIs Factures, Structures, Transverses and Utilisateurs, for this environment, "
        "and subscribe your application to them."),
    "refused": _lt("Chorus Pro refused: correct the invoice or the settings, then send again."),
    "duplicate": _lt("Chorus Pro already has an invoice with this number from your structure."),
    "flow_unknown": _lt("Chorus Pro does not know this flow yet."),
    "file_unknown": _lt(
        "Chorus Pro does not know a file that Odoo has just uploaded a second time, and did "
        "nothing. Try again later. If that does not help, ask Chorus Pro's support."),
    "too_large": _lt(
        "The file is larger than Chorus Pro accepts (10 MB). Reduce the PDF, for example its "
        "pictures, then send again."),
    "rate_limited": _lt("Chorus Pro asks to wait. The next try is planned."),
    "pace_reached": _lt(
        "The calls per minute allowed on the connection are used up. The next try is planned."),
    "connection_failed": _lt(
        "Chorus Pro cannot be reached. Nothing was sent. The next try is planned."),
    "name_unresolved": _lt(
        "The name of the server of Chorus Pro is unknown. Nothing was sent. The next try is "
        "planned; if the problem persists, check the addresses of the connection and the DNS of "
        "this server."),
    "answer_lost": _lt(
        "The connection to Chorus Pro broke before its answer came. Odoo will ask again."),
    "answer_timeout": _lt("Chorus Pro did not answer in time. Odoo will ask again."),
    "server_error": _lt("Chorus Pro is out of order for the moment. Odoo will ask again."),
    "answer_too_large": _lt(
        "The answer is larger than any answer of Chorus Pro. Odoo will ask again; if the problem "
        "persists, check the addresses and the proxy."),
    "unreadable_answer": _lt(
        "Chorus Pro gave an answer that cannot be read, such as a maintenance page. Odoo will ask "
        "again."),
    "incomplete_answer": _lt("Chorus Pro gave an incomplete answer. Odoo will ask again."),
    "page_missing": _lt("Chorus Pro gave an incomplete list. Odoo will ask again."),
    "window_overflow": _lt(
        "Chorus Pro gives more changes than can be listed at once. Ask Chorus Pro's support to "
        "raise the number of results of a search."),
}
# What Chorus Pro says itself is worth reading.
TOLD_WITH_LABEL = ("refused", "duplicate", "file_unknown", "api_not_authorised")
UNKNOWN_ERROR = _lt("Chorus Pro answered with an error that this version does not know.")


def error_sentence(env, error):
    """The sentence for a :class:`ChorusProError`, in ``env``'s language, with its label."""
    sentence = env._(ERROR_SENTENCES.get(error.code, UNKNOWN_ERROR))
    if advice := refusal_advice(error):
        sentence = f"{env._(advice.cause)} {env._(advice.remedy)}"
    if error.label and error.code in TOLD_WITH_LABEL:
        return with_label(env, sentence, error.label)
    return sentence


def with_label(env, sentence, label):
    """Our sentence, then the one of Chorus Pro, as it came but for its full stop."""
    label = storable(label).rstrip(" .")
    return env._("%(sentence)s Chorus Pro says: “%(label)s”.", sentence=sentence, label=label)
