# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Faults of the simulated Chorus Pro, and what each of them leaves behind."""

# What a fault during any deposit leaves, and whether Chorus Pro has taken it then.
ANY_DEPOSIT = {
    "connection_refused_like": ("uncertain", False),
    "rate_limited": ("queued", False),
    "bad_gateway": ("uncertain", False),
    "maintenance_page": ("uncertain", False),
    "lost_answer": ("uncertain", True),
    "bad_gateway_after": ("uncertain", True),
    "truncated_json": ("uncertain", True),
    "half_answer": ("uncertain", True),
    "unauthorized_once": ("deposited", True),
    "slow": ("deposited", True),
}
# The same while a file is deposited.
WHILE_DEPOSITING = ANY_DEPOSIT | {"flow_incident": ("deposited", True)}
# What a fault while the report is read or the invoices are searched never does: end the flow.
WHILE_ASKING = {
    "connection_refused_like",
    "rate_limited",
    "bad_gateway",
    "maintenance_page",
    "lost_answer",
    "bad_gateway_after",
    "truncated_json",
    "unauthorized_once",
}
FLOW_FAULTS = WHILE_DEPOSITING.keys() | WHILE_ASKING
