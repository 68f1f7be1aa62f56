# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What waits at Chorus Pro and did not come from Odoo: read by a job, shown apart, linked."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.access.storage import paris_today
from ...models.tracking import elsewhere as chorus_pro_elsewhere
from ..common.actions import ActionsCommon

OPERATION = "rechercher_a_traiter_fournisseur"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestElsewhere(ActionsCommon):
    def _read(self):
        self._run(self.env.ref("l10n_fr_chorus_pro.ir_cron_elsewhere"))
        return self.env["chorus.pro.elsewhere"].sudo().search([], order="id")

    def _typed(self, code="SUSPENDUE", **options):
        """Somebody typed this on the portal."""
        [number] = self.simulator.control.seed(1, "PORT", **options)
        self.simulator.control.set_status(number, code, "Pièce manquante")
        return number

    def test_company_that_sent_nothing_asks_nothing(self):
        self._typed()
        self.assertFalse(self._read())
        self.assertFalse(self._requests(OPERATION))

    def test_what_waits_and_is_not_ours_is_shown_in_one_call(self):
        move = self._come_back("complete")
        typed = self._typed(total=450)
        # On its way, rejected: nothing waits for us there.
        self.simulator.control.seed(2, "ROUTE")
        self._typed("REJETEE")
        rows = self._read()
        self.assertEqual(rows.mapped("name"), [typed])
        self.assertNotEqual(rows.name, move.name)
        self.assertEqual((rows.needed_action, rows.status, rows.total),
                         ("complete", "suspended", 450))
        self.assertTrue(rows.remedy)
        self.assertEqual(len(self._requests(OPERATION)), 1)
        moves = self.env["account.move"].with_user(self.accountant)
        self.assertEqual(moves.chorus_pro_elsewhere_count(), 1)

    def test_what_waits_no_more_is_gone(self):
        self._send(self._invoice())
        number = self._typed()
        self.assertTrue(self._read())
        self.simulator.control.set_status(number, "COMPLETEE")
        self.assertFalse(self._read())

    def test_pages_are_bounded(self):
        self._send(self._invoice())
        self.simulator.control.switch(largest_page=1)
        self.patch(chorus_pro_elsewhere, "MOST_PAGES", 2)
        for _each in range(3):
            self._typed()
        # The last deposited come first, and one of them is ours.
        self.assertEqual(len(self._read()), 1)
        self.assertEqual(len(self._requests(OPERATION)), 2)

    def test_refused_list_holds_no_invoice_up_and_is_told(self):
        self._send(self._invoice())
        self.simulator.control.lack(attachment=True)
        self._read()
        self.assertTrue(self.connection.elsewhere_trouble)
        self.assertFalse(self.connection.paused_until)

    def test_one_that_odoo_has_is_linked(self):
        move = self._invoice(invoice_date=paris_today())
        self._send(self._invoice())
        number = self._typed(
            "A_RECYCLER", total=120, recipient=self.customer.company_registry)
        row = self._read()
        mine = row.with_user(self.accountant)
        with self.assertRaisesRegex(UserError, "No confirmed customer invoice"):
            mine.action_adopt()
        move.name = number
        mine.action_adopt()
        self._run_sender()
        self.assertEqual(move.chorus_pro_invoice_id, row.chorus_invoice_id)
        self.assertFalse(self._read())
