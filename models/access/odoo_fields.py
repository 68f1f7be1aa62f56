# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What we read of Odoo's own records and other versions of Odoo keep elsewhere: one door each."""

# Field of a partner, and of a company, that holds its SIRET.
SIRET_FIELD = "company_registry"


def siret_of(partner):
    """What stands in the field SIRET of a partner or a company, as it was typed, or ""."""
    return partner[SIRET_FIELD] or ""


def account_number(bank):
    """The number of a ``res.partner.bank`` as it was typed, or ""."""
    return bank.acc_number or ""


def compact_account_number(bank):
    """The same in capital letters and without what separates its parts."""
    return bank.sanitized_acc_number or ""


def account_holder(bank):
    """Who holds a ``res.partner.bank``, or ""; its partner's name may be another one."""
    return bank.acc_holder_name or ""


def content_of(attachment):
    """Bytes of an ``ir.attachment``; empty ones when there are none.

    Of this one alone: Odoo would read those of all that were listed with it, each time. The bytes,
    not their size, which a form of the web client asks for.
    """
    return bytes(attachment.with_prefetch().with_context(bin_size=False).raw or b"")
