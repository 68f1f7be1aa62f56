# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Guides of the set-up at some of their steps, for the pictures."""

GUIDE = "chorus.pro.setup"
PORTAL = "https://qualif.chorus-pro.gouv.fr/"


def add_guides(administrator, chorus):
    """The ids of guides by the name of what they show.

    administrator: a session. chorus: what the simulator's credentials are. Their connections are
    archived, so that no other picture shows them.
    """
    keys = {"piste_client_id": chorus["client_id"], "piste_client_secret": chorus["client_secret"]}
    account = {
        "technical_login": chorus["login"], "technical_password": chorus["password"],
        "supplier_siret": chorus["supplier"]["siret"]}
    where = {
        "environment": "custom", "custom_token_url": chorus["token_url"],
        "custom_api_url": chorus["api_url"], "custom_portal_url": PORTAL}
    certificate = {
        "environment": "custom", "access_mode": "certificate", "custom_portal_url": PORTAL,
        "custom_api_url": chorus["certificate"]["api_url"],
        "trusted_authorities": chorus["certificate"]["authority"]}
    return {
        "guide": _guide(administrator, {}, 0),
        "guide_terms": _guide(administrator, where, 2),
        "guide_keys": _guide(administrator, {**where, **keys, "piste_client_secret": "no"}, 4),
        "guide_account": _guide(administrator, {**where, **keys}, 4),
        "guide_checked": _guide(administrator, {**where, **keys, **account}, 7),
        "guide_certificate": _guide(administrator, certificate, 1, chorus["certificate"]),
    }


def _guide(administrator, values, steps, certificate=None):
    """A guide advanced by that many steps, as far as possible."""
    connection = administrator.call(
        "chorus.pro.connection", "create",
        [{"name": "PISTE", "in_use": False, "active": False, **values}])[0]
    if certificate:
        administrator.call("chorus.pro.certificate", "create", [{
            "connection_id": connection, "file": certificate["p12"],
            "password": certificate["password"]}])
    guide = administrator.call(GUIDE, "create", [{
        "connection_id": connection, "application_ready": True, "terms_accepted": True}])[0]
    for _step in range(steps):
        administrator.call(GUIDE, "action_next", [guide])
    return guide
