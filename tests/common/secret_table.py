# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Which fields hold secrets, and which only sound as if they did.

A field whose name smells of a secret, or that holds a file, and that is in none of these tables
makes the test fail: whoever adds one says here what it is.
"""

import re

SMELL = re.compile(
    r"password|passphrase|secret|token|api_key|private|credential|p12|pfx|pem|cookie|authorization"
    r"|signature|stamp|(^|_)key(_|$|s$)"
)

# Columns out of reach of everybody: model -> {column: field in which it is typed, or None}.
KEPT = {
    "chorus.pro.connection": {
        "piste_client_secret_value": "piste_client_secret",
        "technical_password_value": "technical_password",
        "proxy_password_value": "proxy_password",
        "edi_key_value": "edi_key",
        "edi_passphrase_value": "edi_passphrase",
    },
    "chorus.pro.certificate": {"file_value": "file", "password_value": "password"},
    "chorus.pro.token": {"value": None},
}
# Other fields in which a secret is typed, and that keep nothing.
TYPED_ONLY = {
    "chorus.pro.certificate": ["pasted"],
    "chorus.pro.setup": ["piste_client_secret", "technical_password", "pasted"],
}
# They tell no secret: what they tell, by model and field.
HARMLESS = {
    "chorus.pro.connection": {
        "has_piste_client_secret": "whether there is one",
        "has_technical_password": "whether there is one",
        "has_proxy_password": "whether there is one",
        "has_edi_key": "whether there is one",
        "has_edi_passphrase": "whether there is one",
        "edi_host_key": "the public key of a server",
        "technical_password_expiry": "until when it serves",
        "database_stamp": "which database it is; for administrators",
        "custom_token_url": "an address",
        "secrets_state": "whether they are encrypted",
        "secrets_to_type": "names of those that a change of address removes",
    },
    "chorus.pro.certificate": {
        "has_password": "whether there is one",
        "chain_file": "the certificates, which are public",
        "key_size": "a number of bits",
        "signature": "the name of an algorithm",
        "secrets_state": "whether they are encrypted",
    },
    "chorus.pro.setup": {
        "has_piste_client_secret": "whether there is one",
        "has_technical_password": "whether there is one",
        "technical_password_expiry": "until when it serves",
        "custom_token_url": "an address",
        "secrets_to_type": "names of those that a change of address removes",
    },
    "chorus.pro.token": {"owner": "a fingerprint of what it was given for"},
    "chorus.pro.flow": {
        "content": "the file that was deposited, for those who read invoices",
        "report_pdf": "the answer of Chorus Pro, for those who read invoices",
    },
    "chorus.pro.edi.file": {"content": "a file of Chorus Pro, for those who decide"},
    "chorus.pro.validation": {
        "pdf": "the subcontractor's invoice, for those who read invoices",
    },
    "chorus.pro.preview": {"pdf": "what would be deposited, for who opened it"},
}
