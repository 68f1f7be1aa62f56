# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Who may do what: written down, and compared with what really happens.

A model, or a method that anyone may call by RPC, that is not in these tables makes the test fail:
whoever adds one says here who is to reach it.
"""

# Roles by the groups that a user is given. Invoicing implies no role of Chorus Pro here, as where
# an administrator has restricted sending. ``elsewhere`` is of another company, with every right.
ROLES = {
    "portal": "base.group_portal",
    "public": "base.group_public",
    "employee": "base.group_user",
    "reader": "account.group_account_readonly",
    "invoicer": "account.group_account_invoice",
    "user": "account.group_account_invoice,l10n_fr_chorus_pro.group_user",
    "manager": "account.group_account_invoice,l10n_fr_chorus_pro.group_manager",
    "accountant": "account.group_account_manager",
    "administrator": "base.group_system",
    "elsewhere": "account.group_account_manager,base.group_system",
}
# Each of them, in both companies, is shown nothing of the other company. Besides, who decides at
# Chorus Pro without any right in accounting; and who has all rights in a company.
FOREIGN_ROLES = {
    **{name: groups for name, groups in ROLES.items() if name != "elsewhere"},
    "decider": "base.group_user,l10n_fr_chorus_pro.group_manager",
    "everything": ROLES["elsewhere"],
}
MANAGERS = ("manager", "accountant")
USERS = ("user", *MANAGERS)
VIEWERS = ("reader", *USERS)
SETUP_CALLS = (
    "action_add",
    "action_add_certificate",
    "action_back",
    "action_check",
    "action_export_chain",
    "action_later",
    "action_next",
    "action_open_connection",
    "action_open_portal",
    "action_start",
    "action_use",
)
READERS = ("reader", "invoicer", *USERS)


def _all(roles, rights):
    return dict.fromkeys(roles, rights)


# Model -> role -> rights on a record of the company: read, write, create, unlink. A role that is
# not named has none. A dialog is the role's own, about an invoice of the company; it is nobody
# else's.
RIGHTS = {
    "chorus.pro.connection": {"administrator": "rwcu", **_all(MANAGERS, "r")},
    "chorus.pro.connection.check": _all((*MANAGERS, "administrator"), "r"),
    "chorus.pro.certificate": {"administrator": "rwcu", **_all(MANAGERS, "r")},
    "chorus.pro.exchange": _all((*MANAGERS, "administrator"), "r"),
    "chorus.pro.edi.file": _all((*MANAGERS, "administrator"), "r"),
    "chorus.pro.setup": {"administrator": "rwcu"},
    "chorus.pro.setup.entry": {"administrator": "rwcu"},
    "chorus.pro.token": {},
    "chorus.pro.pace": {},
    "chorus.pro.host": {},
    "chorus.pro.bank.account": {"administrator": "rw", **_all(MANAGERS, "r")},
    "chorus.pro.commitment": _all((*READERS, "administrator"), "r"),
    "chorus.pro.submission": _all(READERS, "r"),
    "chorus.pro.status": _all(READERS, "r"),
    "chorus.pro.flow": _all(READERS, "r"),
    "chorus.pro.action": _all(READERS, "r"),
    "chorus.pro.elsewhere": _all(READERS, "r"),
    "chorus.pro.validation": _all(READERS, "r"),
    "chorus.pro.decision": _all(READERS, "r"),
    "chorus.pro.validation.refusal": _all(USERS, "rwcu"),
    # Its author alone.
    "chorus.pro.batch": {"user": "r"},
    "chorus.pro.analysis": _all(READERS, "r"),
    # The European Central Bank's: shared by all companies.
    "chorus.pro.interest.rate": {
        **_all(("reader", "invoicer", "user"), "r"),
        **_all((*MANAGERS, "administrator", "elsewhere"), "rwcu"),
    },
    # What Chorus Pro tells everyone: shared by all companies.
    "chorus.pro.structure": _all((*READERS, "elsewhere"), "r"),
    "chorus.pro.service": _all((*READERS, "elsewhere"), "r"),
    "chorus.pro.attachment.type": _all(("invoicer", *USERS, "elsewhere"), "r"),
    "chorus.pro.preview": _all(VIEWERS, "rwcu"),
    "chorus.pro.comparison": _all(MANAGERS, "rwcu"),
    "chorus.pro.other.way": _all(MANAGERS, "rwcu"),
    # It names no record: each sees what concerns where they work.
    "chorus.pro.oca.import": _all((*MANAGERS, "elsewhere"), "rwcu"),
    "chorus.pro.copy": {"administrator": "rwcu"},
    # Empty, one's own: it holds nothing of any company.
    "chorus.pro.triage": _all((*USERS, "elsewhere"), "rwcu"),
    "chorus.pro.triage.line": _all(USERS, "rwcu"),
    "chorus.pro.completion": _all(USERS, "rwcu"),
    "chorus.pro.recycling": _all(USERS, "rwcu"),
    "chorus.pro.validator.correction": _all(USERS, "rwcu"),
    "chorus.pro.reissue": _all(USERS, "rwcu"),
    "chorus.pro.handling": _all(USERS, "rwcu"),
    # About a customer that no company owns.
    "chorus.pro.name.search": _all((*USERS, "elsewhere"), "rwcu"),
}

# Model -> method -> roles that may call it on a record of the company; others get a refusal of
# access.
CALLS = {
    "account.move": {
        **dict.fromkeys(
            [
                "action_chorus_pro_send",
                "action_chorus_pro_send_selected",
                "action_chorus_pro_send_as_pdf",
                "action_chorus_pro_correct",
                "action_chorus_pro_refresh",
                "action_chorus_pro_refresh_selected",
                "action_chorus_pro_cancel",
                "action_chorus_pro_complete",
                "action_chorus_pro_recycle",
                "action_chorus_pro_correct_validator",
                "action_chorus_pro_acknowledge",
                "action_chorus_pro_retrieve",
                "action_chorus_pro_cancel_action",
                "action_chorus_pro_reissue",
                "action_chorus_pro_cancel_rejected",
                "action_chorus_pro_adopt",
                "action_chorus_pro_adopt_selected",
                "action_chorus_pro_handle",
                "action_chorus_pro_handle_selected",
                "action_chorus_pro_take_engagement",
                "action_chorus_pro_ask_again",
                "action_chorus_pro_claim_interest",
                "action_chorus_pro_invoice_interest",
            ],
            USERS,
        ),
        **dict.fromkeys(
            [
                "action_chorus_pro_compare",
                "action_chorus_pro_decide_way",
                "action_chorus_pro_give_up",
            ],
            MANAGERS,
        ),
        **dict.fromkeys(
            [
                "action_chorus_pro_preview",
                "action_chorus_pro_proof",
                "action_chorus_pro_open_portal",
            ],
            VIEWERS,
        ),
        # It says what stands in the way of an invoice that one may read.
        "chorus_pro_check": READERS,
        "chorus_pro_late_payment": READERS,
        "chorus_pro_late_following": (*READERS, "elsewhere"),
        "chorus_pro_not_production": (*READERS, "elsewhere"),
        "chorus_pro_elsewhere_count": (*READERS, "elsewhere"),
        "action_chorus_pro_open_exchanges": MANAGERS,
        # It changes nothing, and says nothing, to who may not read the invoice.
        "chorus_pro_note_opened": (*ROLES,),
    },
    # To who sees the numbers of the card.
    "account.journal": {"action_chorus_pro_open_card": READERS},
    # For who may also change bank transactions, which Invoicing alone does not allow.
    "account.bank.statement.line": {"action_chorus_pro_reconcile": ()},
    "chorus.pro.submission": {
        **dict.fromkeys(["action_cancel", "action_refresh"], USERS),
        **dict.fromkeys(["action_compare", "action_adopt", "action_give_up"], MANAGERS),
    },
    "chorus.pro.flow": {"action_refresh": USERS},
    "chorus.pro.analysis": {"action_open_invoice": READERS},
    "chorus.pro.action": {"action_cancel": USERS},
    "chorus.pro.elsewhere": {"action_adopt": USERS, "action_open_portal": VIEWERS},
    "chorus.pro.decision": {"action_cancel": USERS},
    "chorus.pro.validation": {
        **dict.fromkeys(["action_accept", "action_refuse", "action_take_back"], USERS),
        # Of the companies where one works.
        "action_read_now": (*USERS, "elsewhere"),
    },
    "chorus.pro.validation.refusal": {"action_confirm": USERS},
    "chorus.pro.structure": {
        "action_choose": (*USERS, "elsewhere"),
        "action_refresh": (*MANAGERS, "elsewhere"),
    },
    "chorus.pro.connection": {
        **dict.fromkeys(
            [
                "action_test_connection",
                "action_confirm_database",
                "action_add_certificate",
                "action_encrypt_again",
                "action_open_setup",
                "action_use",
            ],
            ("administrator",),
        ),
        **dict.fromkeys(
            ["action_open_exchanges", "action_open_errors"], (*MANAGERS, "administrator")
        ),
    },
    "chorus.pro.certificate": {
        **dict.fromkeys(["action_encrypt_again", "action_use"], ("administrator",)),
        "action_export_chain": (*MANAGERS, "administrator"),
    },
    "chorus.pro.exchange": {"action_ask_again": (*MANAGERS, "administrator")},
    "chorus.pro.edi.file": {"action_read_again": MANAGERS},
    "chorus.pro.setup": {
        **dict.fromkeys(SETUP_CALLS, ("administrator",)),
        # The guide of one's own company.
        "action_start": ("administrator", "elsewhere"),
    },
    "chorus.pro.setup.entry": {"action_choose": ("administrator",)},
    "res.partner": {
        **dict.fromkeys(
            [
                "action_chorus_pro_find",
                "action_chorus_pro_find_by_name",
                "action_chorus_pro_find_selected",
            ],
            (*USERS, "elsewhere"),
        ),
        # A setting of the customer, for who may change customers.
        **dict.fromkeys(
            ["action_chorus_pro_use", "action_chorus_pro_use_selected"],
            ("administrator", "elsewhere"),
        ),
    },
    # The server has one token, whichever the company.
    "res.config.settings": {
        "action_chorus_pro_new_monitoring_token": ("administrator", "elsewhere"),
    },
    "chorus.pro.name.search": {
        "action_search": (*USERS, "elsewhere"),
        # For who may also change customers.
        "action_choose": ("elsewhere",),
    },
    "chorus.pro.completion": {"action_confirm": USERS},
    "chorus.pro.copy": {"action_confirm": ("administrator",)},
    "chorus.pro.recycling": dict.fromkeys(["action_confirm", "action_find", "action_show"], USERS),
    "chorus.pro.validator.correction": {"action_confirm": USERS},
    "chorus.pro.reissue": {"action_confirm": USERS},
    "chorus.pro.handling": {"action_confirm": USERS},
    "chorus.pro.comparison": dict.fromkeys(["action_adopt", "action_give_up"], MANAGERS),
    "chorus.pro.other.way": {"action_confirm": MANAGERS},
    "chorus.pro.oca.import": {"action_import": (*MANAGERS, "elsewhere")},
    "chorus.pro.triage": dict.fromkeys(
        ["action_check", "action_confirm_drafts", "action_open_to_fix", "action_send",
         "action_take_engagements"],
        (*USERS, "elsewhere"),
    ),
    "chorus.pro.triage.line": {
        **dict.fromkeys(["action_open_move", "action_take_engagement"], USERS),
        # For who may also change customers, which none of these roles may.
        "action_stop_checking_orders": (),
    },
}

# Foreign records, named in every field that leads to one: see test_foreign_matrix.

# What the methods that anyone may call are given, besides nothing at all; each parameter is.
ARGUMENTS = {
    "action_chorus_pro_complete": [
        {"comment": "Not ours", "attachment_ids": [], "attachment_type": "RIB"}
    ],
    "action_chorus_pro_recycle": [
        {
            "recipient_siret": "12345678200036",
            "service_code": "X",
            "engagement_number": "NOTOURS1",
            "contract_number": "NOTOURS2",
            "comment": "Not ours",
        }
    ],
    "action_chorus_pro_correct_validator": [{"validator_id": "res.partner"}],
    "action_refuse": [{"comment": "Not ours", "reason": "other"}],
    "action_chorus_pro_reissue": [{"reason": "Not ours", "date": "2026-01-02"}],
    "action_chorus_pro_cancel_rejected": [{"reason": "Not ours", "date": "2026-01-02"}],
}
# In which case of the foreign invoice (see two_companies) a method has something to do; the
# others have in "suspended".
CASES = {
    "action_adopt": "uncertain",
    "action_give_up": "uncertain",
    "action_compare": "uncertain",
    "action_cancel": "queued",
    "action_chorus_pro_acknowledge": "rejected",
    "action_chorus_pro_adopt": "uncertain",
    "action_chorus_pro_adopt_selected": "plain",
    "action_chorus_pro_cancel": "queued",
    "action_chorus_pro_cancel_action": "sent_back",
    "action_chorus_pro_compare": "uncertain",
    "action_chorus_pro_correct_validator": "sent_back",
    "action_chorus_pro_give_up": "uncertain",
    "action_chorus_pro_recycle": "to_recycle",
    "action_chorus_pro_reissue": "rejected",
    "action_chorus_pro_cancel_rejected": "rejected",
    "action_chorus_pro_correct": "plain",
    "action_chorus_pro_send": "plain",
    "action_chorus_pro_send_as_pdf": "plain",
    "action_chorus_pro_send_selected": "plain",
}
# Values that a form has beside the record that is named: without them little is computed.
FORMS = {
    "account.move": [{"move_type": "out_invoice"}],
    "chorus.pro.preview": [{"document_format": "pdf"}, {"document_format": "facturx"}],
}
# Model -> texts and numbers that are switches, or that others read as such: no canary there.
KEPT_TEXTS = {
    "chorus.pro.action": ("attempts", "lookups"),
    "chorus.pro.certificate": ("file_value", "password_value", "public_chain", "strangers"),
    "chorus.pro.decision": ("attempts", "lookups"),
    "chorus.pro.connection": (
        "calls_per_minute",
        "connect_timeout",
        "custom_api_url",
        "custom_portal_url",
        "custom_token_url",
        "database_stamp",
        "deposit_timeout",
        "edi_application",
        "edi_ciphers",
        "edi_host",
        "edi_host_key",
        "edi_in",
        "edi_interface_cii",
        "edi_interface_facturx",
        "edi_interface_ubl",
        "edi_key_value",
        "edi_login",
        "edi_out",
        "edi_passphrase_value",
        "edi_port",
        "failures",
        "flow_most",
        "flow_most_bytes",
        "journal_days",
        "known_currencies",
        "operation_timeouts",
        "piste_client_secret_value",
        "proxy_address",
        "proxy_password_value",
        "query_timeout",
        "supplier_siret",
        "technical_password_value",
        "trusted_authorities",
        "undo_minutes",
    ),
    "chorus.pro.connection.check": ("step", "sequence"),
    "chorus.pro.edi.file": ("attempts",),
    "chorus.pro.elsewhere": ("status_code",),
    "chorus.pro.flow": ("attempts", "lang", "lookups", "polls"),
    "chorus.pro.setup": ("tried_step",),
    "chorus.pro.status": ("code",),
    "chorus.pro.submission": (
        "attempts", "delay_marks", "handled_status", "lookups", "name", "status_code",
    ),
    "chorus.pro.validation": ("details_tries", "status_code"),
}
# Models of which no company has a record that others may not know, and why.
# Model -> roles to which Odoo itself shows it, whatever its company: companies to who may change
# settings, and the bank accounts of a company's own contact, which has no company.
ODOO_SHOWS = dict.fromkeys(["res.company", "res.partner.bank"], ("administrator", "everything"))
# Model of Odoo -> how its own form fails without the record that it is made of.
ODOO_FAILS = {"account.move.send.wizard": "IndexError"}
NOT_FOREIGN = {
    "chorus.pro.structure": "Chorus Pro's directory is shared by all companies.",
    "chorus.pro.service": "Chorus Pro's directory is shared by all companies.",
    "chorus.pro.attachment.type": "Chorus Pro tells them everyone.",
    "account.payment": "Only whether an invoice is paid is computed from it, by Odoo.",
    "account.payment.method.line": "Only a code of the way to pay is computed from it.",
    "account.bank.statement.line": "Only whether an invoice is paid is computed from it, by Odoo.",
}
