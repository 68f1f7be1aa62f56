# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A client of the Chorus Pro API, in plain Python, without Odoo and without translations.

Chorus Pro is the platform through which suppliers invoice the French public sector. Its API is
reached through the State's gateway, PISTE (OAuth 2 token, plus a *technical account* in a header);
the older access, by client certificate, is kept for gateways that still require it.

Layers, each importing only those above it::

    text  limits  errors                storable texts, sizes, what can go wrong
    environment                         where to call, and through which proxy
    rate_limit                          how fast to call, decided on plain data
    secret_keys                         secrets at rest, encrypted with the keys of the server
    operations                          the calls: key, path, effect of a repetition
    certificate_file  certificate  tls  a client certificate: its file, what it says, its use
    wire  messages/                     JSON out (strict) and in (tolerant)
    redaction                           what may be kept of a message
    http_answer                         what came back, read within bounds
    verdict                             success, or which error an answer (or its lack) means
    exchange                            the record of a call for the log
    transport                           HTTP: time-outs, repetitions, proxies
    auth                                the caller, the PISTE token and its store, the headers
    calls  client                       one call; one method per operation, paging inside
    connection_check  data_set          help with the set-up
    changes                             which invoices changed in a window of time
    lifecycle  checks                   what is known before a deposit and after it
    late_payment                        what lateness costs: the delay, interest, the indemnity
    edi/                                the other road: files by SFTP, or through a folder

``spec/`` holds the contract: one JSON Schema per request and per answer, with its source.
Import from the submodules: nothing is re-exported here.
"""
