# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A local Chorus Pro for developers and tests.

It serves the platform's public REST API on 127.0.0.1, keeps everything in memory and is strict
about what it receives. It has its own tables and imports nothing of the client it checks. Start it
with ``python -m simulator`` or inside a test with :class:`simulator.server.SimulatorServer`.

Imports go down: server > state > control > http > edi > api > checks > documents > world.
"""
