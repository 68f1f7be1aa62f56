# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The way of the set-up guide to the EDI mode: its server, key and folders stand on the connection,
for Chorus Pro gives them one by one."""

from ..setup.guide import WAYS, SetupStep

WAYS["edi"] = (
    SetupStep("environment"),
    SetupStep("supplier", fills=("supplier_siret",)),
    SetupStep("check"),
    SetupStep("use"),
    SetupStep("done"),
)
