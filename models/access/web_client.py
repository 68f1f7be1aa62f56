# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What buttons give to the web client, and what jobs send to it."""

RELOAD = {"type": "ir.actions.client", "tag": "soft_reload"}
CLOSE = {"type": "ir.actions.act_window_close"}


def notify(title, message, kind="success", then=None, *, sticky=False):
    """The action that shows a notification.

    :param kind: ``success``, ``info``, ``warning`` or ``danger``
    :param then: the action that follows, such as :data:`RELOAD` or :data:`CLOSE`
    :param sticky: it stays until it is closed
    """
    params = {"type": kind, "sticky": sticky, "title": title, "message": message}
    if then:
        params["next"] = then
    return {"type": "ir.actions.client", "tag": "display_notification", "params": params}


def open_dialog(record, title, *, context=None):
    """The action that opens the form of ``record`` in a dialog; of a new one when it is empty."""
    return {
        "type": "ir.actions.act_window",
        "name": title,
        "res_model": record._name,
        "res_id": record.id,
        "view_mode": "form",
        "views": [(False, "form")],
        "target": "new",
        "context": context or {},
    }


def tell_user(user, title, message, records, *, is_bad):
    """Show an answer of Chorus Pro to ``user`` at once, wherever the browser stands.

    :param records: in the language of ``user``; a button opens them
    :param is_bad: it is a warning, which stays until it is closed
    """
    env = records.env
    user.partner_id._bus_send(
        "account_notification",
        {
            "type": "warning" if is_bad else "success",
            "title": title,
            "message": message,
            "sticky": is_bad,
            "action_button": {
                "name": env._("Open"),
                "action_name": env._("Answers of Chorus Pro"),
                "model": records._name,
                "res_ids": records.ids,
            },
        },
    )
