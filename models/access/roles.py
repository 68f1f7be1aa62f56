# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Who may do what at Chorus Pro, beside the rights on the invoices themselves.

Each action that a user can call checks this: what a button hides can still be called by RPC. What
the company has decided (sending when confirmed) and what the jobs do needs no role.
"""

from odoo.exceptions import AccessError

# Sends, follows, acts.
USER = "l10n_fr_chorus_pro.group_user"
# Decides on what is uncertain, and looks after the connections.
MANAGER = "l10n_fr_chorus_pro.group_manager"
# Holds the secrets.
SYSTEM = "base.group_system"
# Looks on, and changes nothing.
READER = "account.group_account_readonly"


def has_role(env, *roles):
    """Whether the user has one of these roles; the system has all."""
    return env.su or any(env.user.has_group(role) for role in roles)


def require_role(env, *roles):
    """:raises AccessError: the user has none of these roles; it names the one that is missing"""
    if not has_role(env, *roles):
        name = env.ref(roles[0]).sudo().full_name
        raise AccessError(
            env._("This takes the role “%s”. An administrator gives it in Settings, Users.", name)
        )
