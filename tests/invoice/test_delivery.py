# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What “delivered” means is the same in the field, in the date and in the filters."""

from datetime import timezone

from lxml import etree

from odoo import fields
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ...choruspro.lifecycle import INVOICE_STATUSES, invoice_status
from ...choruspro.messages import StatusEvent
from ..common.follow import FollowCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDelivery(FollowCommon):
    def _found(self, move, name):
        """Whether this filter of the search view finds the invoice."""
        invoices = self.env["account.move"].with_user(self.accountant)
        view = invoices.get_view(self.env.ref("account.view_account_invoice_filter").id, "search")
        [node] = etree.fromstring(view["arch"]).xpath(f"//filter[@name='{name}']")
        domain = Domain(safe_eval(node.get("domain"))) & Domain("id", "=", move.id)
        return bool(invoices.search_count(domain))

    def _make_old(self, submission):
        self.env.cr.execute(
            "UPDATE chorus_pro_submission SET create_date = create_date - interval '3 days' "
            "WHERE id = %s",
            [submission.id],
        )
        self.env.invalidate_all()

    def test_field_date_and_filters_agree_on_every_status(self):
        move, submission = self._deposited()
        submission = submission.sudo()
        self._make_old(submission)
        invoice = move.with_user(self.accountant)
        date = fields.Datetime.now().replace(tzinfo=timezone.utc)
        delivered = set()
        for status in INVOICE_STATUSES:
            with self.subTest(status=status.code):
                submission.write({"status_code": False, "available_date": False})
                submission._take_status(
                    StatusEvent(event_id="", code=status.code, date=date, comment="", author="")
                )
                self.env.flush_all()
                is_delivered = status.delivered
                self.assertEqual(
                    invoice.chorus_pro_delivery, "delivered" if is_delivered else "not_delivered"
                )
                self.assertEqual(bool(submission.available_date), is_delivered)
                self.assertEqual(self._found(move, "chorus_pro_delivered"), is_delivered)
                self.assertEqual(self._found(move, "chorus_pro_not_delivered"), not is_delivered)
                delivered |= {status.code} if is_delivered else set()
        self.assertIn("COMPLETEE", delivered)
        self.assertFalse(delivered & {"A_VALIDER_1", "REFUSEE_1", "SUPPRIMEE"})

    def test_search_by_delivery_finds_what_the_field_says(self):
        move, submission = self._deposited()
        invoices = self.env["account.move"].with_user(self.accountant)
        bill = self.env["account.move"].create({"move_type": "in_invoice"})
        draft = self._invoice(post=False)
        for state, code, said in (
            ("queued", False, "not_delivered"),
            ("uncertain", False, "uncertain"),
            ("refused", False, "not_delivered"),
            ("deposited", False, "not_delivered"),
            ("deposited", "NOUVEAU_STATUT", "not_delivered"),
            ("deposited", "MISE_A_DISPOSITION", "delivered"),
        ):
            submission.sudo().write({"state": state, "status_code": code})
            self.env.flush_all()
            for value in ("delivered", "not_delivered", "uncertain", False):
                with self.subTest(state=state, code=code, value=value):
                    one = Domain("id", "in", (move | bill | draft).ids)
                    found = invoices.search(one & Domain("chorus_pro_delivery", "=", value))
                    self.assertEqual(found, found.filtered(
                        lambda each, value=value: each.chorus_pro_delivery == value
                    ))
                    self.assertEqual(move in found, value == said)
                    self.assertEqual(bill in found, value is False)
                    self.assertEqual(draft in found, value is False)
                    rest = invoices.search(one & Domain("chorus_pro_delivery", "!=", value))
                    self.assertEqual(rest, invoices.search(one) - found)

    def test_badge_shows_by_its_colour_what_waits_for_us(self):
        move, submission = self._deposited()
        invoice = move.with_user(self.accountant)
        for state, code, tone in (
            ("queued", False, "info"),
            ("sending", False, "info"),
            ("uncertain", False, "warning"),
            ("refused", False, "danger"),
            ("cancelled", False, False),
            ("deposited", "DEPOSEE", "success"),
            ("deposited", "SUSPENDUE", "warning"),
            ("deposited", "A_RECYCLER", "warning"),
            ("deposited", "REFUSEE_1", "warning"),
            ("deposited", "REJETEE", "danger"),
            ("deposited", "MISE_EN_PAIEMENT", "success"),
            ("deposited", "SUPPRIMEE", False),
            ("deposited", "NOUVEAU_STATUT", False),
        ):
            with self.subTest(state=state, code=code):
                submission.sudo().write({"state": state, "status_code": code})
                self.assertEqual(invoice.chorus_pro_tone, tone)

    def test_status_that_is_not_known_is_not_delivered(self):
        self.assertFalse(invoice_status("NOUVEAU_STATUT").delivered)
