# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What buttons give to the web client, and what jobs send to it."""

RELOAD = {"type": "ir.actions.client", "tag": "soft_reload"}
CLOSE = {"type": "ir.actions.act_window_close"}


def notify(title, message, kind="success", then=None, *, sticky=False):
    """The action that shows a notification, and is followed by the action ``then``.

    :param kind: ``success``, ``info``, ``warning`` or ``danger``
    """
    params = {"type": kind, "sticky": sticky, "title": title, "message": message}
    if then:
        params["next"] = then
    return {"type": "ir.actions.client", "tag": "display_notification", "params": params}


def open_dialog(record, title, *, context=None):
    """The action that opens the form of ``record`` in a dialog; of a new one when it is empty."""
    return record._get_records_action(name=title, target="new", context=context or {})


def show_answer(user, records):
    """Have the lists and forms of ``records`` that ``user`` has open loaded again."""
    user.partner_id._bus_send(
        "chorus_pro_answer", {"model": records._name, "ids": records.ids}
    )


def tell_user(user, title, message, records, *, is_bad):
    """Show an answer of Chorus Pro to ``user`` at once, wherever the browser stands; a list or form
    of ``records`` is loaded again.

    :param records: in the language of ``user``; if there are any, a button opens them
    :param is_bad: it is a warning, which stays until it is closed
    """
    env = records.env
    show_answer(user, records)
    notification = {
        "type": "warning" if is_bad else "success",
        "title": title,
        "message": message,
        "sticky": is_bad,
    }
    if records:
        notification["action_button"] = {
            "name": env._("Open"),
            "action_name": env._("Answers of Chorus Pro"),
            "model": records._name,
            "res_ids": records.ids,
        }
    user.partner_id._bus_send("account_notification", notification)
