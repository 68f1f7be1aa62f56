# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The other road to Chorus Pro: files exchanged with it (raccordement EDI), without Odoo.

Layers, each importing only those above it::

    name                    what a file is called, which Chorus Pro accepts once
    container               a tar.gz, written and read within bounds
    status_file             what comes back: integration reports and life cycles (CPPStatut)
    exchange                putting, looking, fetching: what every road has in common
    folder  sftp            a folder that a gateway watches; Chorus Pro's own server

What is known of the EDI mode, and what is a guess, stands in docs/edi.md. The names, limits and
rules of the exchange are those of the AIFE's exchange system, published for the national invoicing
portal (specifications v3.1, 3.3.2 and 3.4); those of Chorus Pro itself are not public.
"""
