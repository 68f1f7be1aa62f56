# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""`make chaos`: senders that are killed and answers that are lost, then the accounts are compared.

Imports go down: edi_runner > runner, edi_sender > database > command, sender, shared_memory >
verdict > edi_scenario > scenario, workers.
"""
