# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Odoo's other way to a public body, in tests: Peppol and the Approved Platform.

Where ``account_peppol`` is installed it is the real one, whose calls to its proxy are noted instead
of made; elsewhere a stand-in does what its source does. The states of ``account_peppol_response``
and ``l10n_fr_pdp``, and the default methods of the latter, are always stood in for: Debian's Odoo
has neither.
"""

import base64
from contextlib import contextmanager
from itertools import count
from unittest.mock import patch

from odoo import api, models
from odoo.tools import SQL

from .chorus_pro import ChorusProCommon

STATE = "peppol_move_state"
# Where the stand-in keeps its state: a column that nothing else uses here.
KEPT_IN = "invoice_source_email"
NOT_SENT = (False, "ready", "skipped", "error")
SENT = (
    # account_peppol
    "to_send", "processing", "done",
    # account_peppol_response
    "AB", "AP", "RE",
    # l10n_fr_pdp, of spring 2026 and of August
    "PD", "submitted", "made_available", "refused", "cancelled", "sent", "suspended", "completed",
    # nobody's
    "teleported",
)
OVER = ("RE", "refused", "cancelled", "teleported")


class StandInSend(models.AbstractModel):
    """What ``account_peppol`` adds to the sending of invoices."""

    _name = "account.move.send"
    _register = False

    @api.model
    def _get_default_sending_methods(self, move):
        methods = super()._get_default_sending_methods(move)
        if self._is_applicable_to_move("peppol", move):
            methods.add("peppol")
        return methods

    @api.model
    def _is_applicable_to_move(self, method, move, **move_data):
        if method != "peppol":
            return super()._is_applicable_to_move(method, move, **move_data)
        return move._chorus_pro_platform_state() not in ("processing", "done")

    def _call_web_service_after_invoice_pdf_render(self, invoices_data):
        super()._call_web_service_after_invoice_pdf_render(invoices_data)
        leaving = self.env["account.move"].union(
            *(move for move, data in invoices_data.items()
              if "peppol" in data["sending_methods"]
              and self._is_applicable_to_move("peppol", move, **data))
        )
        if leaving and self.env["res.company"]._with_locked_records(leaving, allow_raising=False):
            Noted.send([move.name for move in leaving])
            leaving[KEPT_IN] = "processing"


class StandInMove(models.AbstractModel):
    """Its state of an invoice."""

    _name = "account.move"
    _register = False

    def _chorus_pro_platform_state(self):
        return self[KEPT_IN]

    def _chorus_pro_leave_platform_queue(self):
        self.filtered(lambda move: move[KEPT_IN] == "to_send")[KEPT_IN] = "ready"


class StandInPdp(models.AbstractModel):
    """What ``l10n_fr_pdp`` of July 2026 adds, outside of ours: a customer without a VAT number is
    a consumer, who gets an e-mail."""

    _name = "account.move.send"
    _register = False

    @api.model
    def _get_default_sending_methods(self, move):
        if not move.commercial_partner_id.vat:
            return {"email"}
        return super()._get_default_sending_methods(move)


class Noted:
    """What the platform was given, by the numbers of the invoices."""

    names = []
    meanwhile = None

    @classmethod
    def send(cls, names):
        if cls.meanwhile:
            cls.meanwhile()
        cls.names += names


@contextmanager
def standing_in(model_class, definition, *, outermost):
    """Have a definition of a model stand before all others, or right before Odoo's accounting, as
    a module does that is loaded last, or early."""
    bases = model_class.__bases__
    of_account = [".addons.account." in base.__module__ for base in bases]
    place = 0 if outermost else of_account.index(True)
    model_class.__bases__ = (*bases[:place], definition, *bases[place:])
    try:
        yield
    finally:
        model_class.__bases__ = bases


@contextmanager
def platform(registry):
    """Odoo's other way, real or stood in for; what it is given stands in :class:`Noted`."""
    Noted.names, Noted.meanwhile = [], None
    if STATE in registry["account.move"]._fields:
        numbers = count(1)

        def call(user, endpoint, params=None):
            assert endpoint.endswith("send_document"), endpoint
            names = [_number_in(document) for document in params["documents"]]
            Noted.send(names)
            return {"messages": [{"message_uuid": f"noted-{next(numbers)}"} for _name in names]}

        users = registry["account_edi_proxy_client.user"]
        with patch.object(users, "_call_peppol_proxy", call):
            yield
        return
    method = registry["res.partner"]._fields["invoice_sending_method"]
    labels = [*method.selection, ("peppol", "by the Approved Platform")]
    with (
        patch.object(method, "selection", labels),
        patch.object(method, "_selection", dict(labels)),
        standing_in(registry["account.move.send"], StandInSend, outermost=False),
        standing_in(registry["account.move"], StandInMove, outermost=True),
    ):
        yield


def _number_in(document):
    """The number in the file of an invoice, see :func:`give_file`."""
    return base64.b64decode(document["ubl"]).decode().partition(":")[2]


def register_at_platform(env, company, customers):
    """The company may send by the platform, and these customers receive there."""
    if STATE not in env["account.move"]._fields:
        return
    env["ir.config_parameter"].set_param("account_peppol.edi.mode", "demo")
    key = env["certificate.key"].sudo()._generate_rsa_private_key(company, name="platform.key")
    env["account_edi_proxy_client.user"].create(
        {
            "id_client": f"noted{company.id}",
            "company_id": company.id,
            "proxy_type": "peppol",
            "edi_mode": "demo",
            "edi_identification": f"0009:{company.company_registry}",
            "private_key_id": key.id,
        }
    )
    company.account_peppol_proxy_state = "receiver"
    for customer in customers.with_company(company):
        customer.write({"peppol_eas": "0009", "peppol_endpoint": customer.company_registry})
        customer.peppol_verification_state = "valid"


def set_state(moves, state):
    """As the platform's module notes it, whichever states this version of it knows."""
    column = STATE if STATE in moves._fields else KEPT_IN
    moves.env.flush_all()
    moves.env.cr.execute(
        SQL(
            "UPDATE account_move SET %s = %s WHERE id IN %s",
            SQL.identifier(column),
            state or None,
            tuple(moves.ids),
        )
    )
    moves.invalidate_recordset([column])


def give_file(moves):
    """A file for the platform to send, that names its invoice: what is in it is not looked at."""
    if STATE in moves._fields:
        moves.env["ir.attachment"].create(
            [
                {
                    "name": "facture.xml",
                    "raw": f"number:{move.name}".encode(),
                    "res_model": "account.move",
                    "res_id": move.id,
                    "res_field": "ubl_cii_xml_file",
                }
                for move in moves
            ]
        )
        moves.invalidate_recordset(["ubl_cii_xml_id", "ubl_cii_xml_file"])


class PlatformCommon(ChorusProCommon):
    """Our customer is one of the platform's too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(platform(cls.env.registry))
        cls.by_platform = cls._create_customer(
            cls.customer.company_registry, name="Par la plateforme", email="mairie@ville.example"
        )
        cls.customer.email = "compta@ville.example"
        register_at_platform(cls.env, cls.company, cls.customer | cls.by_platform)
        cls.by_platform.with_company(cls.company).invoice_sending_method = "peppol"

    def setUp(self):
        super().setUp()
        Noted.names, Noted.meanwhile = [], None

    def _invoices(self, count_, **values):
        moves = self.env["account.move"].union(*(self._invoice(**values) for _n in range(count_)))
        give_file(moves)
        return moves

    def _times(self, move):
        """How often this invoice has left: (to Chorus Pro, by the platform)."""
        here = [each for each in self._at_chorus() if each["number"] == move.name]
        return len(here), Noted.names.count(move.name)

    def _wizard(self, move, *ticked):
        values = {"sending_method_checkboxes": {name: {"checked": True} for name in ticked}}
        return (
            self.env["account.move.send.wizard"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create(values if ticked else {})
        )

    def _batch_wizard(self, moves):
        return (
            self.env["account.move.send.batch.wizard"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=moves.ids)
            .create({})
        )

    def _run_core_cron(self):
        self._run(self.env.ref("account.ir_cron_account_move_send"))
