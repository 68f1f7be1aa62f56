# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A client of the Chorus Pro API, in plain Python: it knows no Odoo and translates nothing.

Chorus Pro is the platform through which suppliers invoice the French public sector. Its API is
reached through the State's gateway, PISTE (OAuth 2 token, plus a *technical account* in a header);
the older access, by client certificate, is kept for gateways that still want it.

Layers, each importing only those above it::

    errors  limits                      what can go wrong, and how much is allowed
    environment  proxy  credentials     where to call, through whom, and as whom
    rate_limit                          how fast to call, decided on plain data
    secret_keys                         secrets at rest, encrypted with the keys of the server
    operations                          the calls: key, path, what a repetition would do
    certificate_chain  certificate_file  certificate_level  certificate
                                        a client certificate: its file, its authorities, what it
                                        says, what is wrong with it
    tls                                 TLS that presents it
    wire  messages/                     JSON out (strict) and in (tolerant)
    redaction                           what may be kept of a message
    http_answer  exchange               what came back, and the record of it for a journal
    broken_exchange                     what it means that nothing came back
    transport                           HTTP: time-outs, retries, who is told of each exchange
    verdict                             an HTTP answer: success, or which error
    auth                                the PISTE token, its store, the headers
    certificate_auth                    the headers of the access by certificate
    calls                               one call, and the pages of a result
    invoice_actions  structure_queries  reference_data
                                        the methods of the client about these
    client                              one method per operation, paging inside
    connection_check                    whether all that sending needs is there, step by step
    data_set                            what a qualification data set tells
    changes                             which invoices changed in a window of time
    lifecycle  checks                   knowledge used before a deposit and after it
    cadence  matching                   how often to ask; when two things told are the same

``spec/`` holds the contract: one JSON Schema per request and per answer, with its source.
Import from the submodules: nothing is re-exported here.
"""
