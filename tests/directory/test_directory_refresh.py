# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ...models.directory import refresh as chorus_pro_directory_refresh
from ..common.directory import DirectoryCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDirectoryRefresh(DirectoryCommon):
    """The daily job."""

    def _in_use(self, sirets, **values):
        """Invoices to these, refused at once, so that they are in use."""
        moves = self.env["account.move"]
        for siret in sirets:
            customer = self._create_customer(siret)
            moves |= self._invoice(partner_id=customer.id, pdf=False, **values)
        moves.with_user(self.accountant).action_chorus_pro_send()
        moves.with_user(self.accountant).action_chorus_pro_cancel()
        return moves

    def test_recipients_of_recent_invoices_are_found_without_being_asked(self):
        siret = self._recipient("engagement").siret
        self._in_use([siret])
        self._refresh()
        self.assertTrue(self._structures(siret).engagement_required)

    def test_customers_without_invoice_are_left_alone(self):
        siret = self._recipient("nothing").siret
        self._create_customer(siret)
        structure = self._look_up(siret)
        self._age(structure, days=30)
        self._calls()
        self._refresh()
        self.assertEqual(self._calls(), {})

    def test_customers_of_old_invoices_are_left_alone(self):
        siret = self._recipient("nothing").siret
        self._in_use([siret], invoice_date=self._day(-61))
        self._refresh()
        self.assertFalse(self._structures(siret))

    def test_daily_refresh_costs_one_call_a_structure_and_one_a_service_in_use(self):
        siret = self._recipient("per_service", "many").siret
        other = self._recipient("both", "many").siret
        self._in_use([siret], buyer_reference="SERVICE_003")
        self._in_use([other])
        self._refresh()
        structures = self._structures(siret) | self._structures(other)
        self.assertEqual(len(structures), 2)
        self._age(structures, days=1)
        self._calls()
        self._refresh()
        expected = {"structures_consulter": 2, "structures_consulter_service": 1}
        self.assertEqual(self._calls(), expected)

    def test_each_question_has_its_day(self):
        siret = self._recipient("service", "few").siret
        self._in_use([siret])
        self._refresh()
        structure = self._structures(siret)
        asked = []
        for _day in range(12):
            self._age(structure, days=1)
            self._calls()
            self._refresh()
            [(name, count)] = self._calls().items()
            self.assertEqual(count, 1)
            asked.append(name)
        self.assertIn("structures_rechercher", asked)
        self.assertIn("structures_rechercher_services", asked)
        self.assertGreaterEqual(asked.count("structures_consulter"), 8)

    def test_run_is_bounded_and_the_rest_is_planned(self):
        self.patch(chorus_pro_directory_refresh, "PER_RUN", 2)
        sirets = [self._recipient(d).siret for d in ("nothing", "engagement", "either")]
        self._in_use(sirets)
        cron = self.env.ref("l10n_fr_chorus_pro.ir_cron_directory")
        triggers = self.env["ir.cron.trigger"].sudo()
        before = triggers.search([("cron_id", "=", cron.id)])
        self._refresh()
        self.assertEqual(self._calls()["structures_rechercher"], 2)
        planned = triggers.search([("cron_id", "=", cron.id)]) - before
        self.assertGreater(planned.call_at, fields.Datetime.now())

    def test_job_does_nothing_while_the_connection_is_paused(self):
        self._in_use([self._recipient("nothing").siret])
        self.connection.paused_until = fields.Datetime.now() + timedelta(minutes=5)
        self._refresh()
        self.assertEqual(self._calls(), {})

    def test_one_refused_structure_does_not_stop_the_others(self):
        bad, good = (self._look_up(self._recipient(d).siret) for d in ("nothing", "engagement"))
        self._in_use([bad.siret, good.siret], purchase_order_reference="BC-1")
        bad.chorus_id = "1"
        self._age(bad | good, days=1)
        self._refresh()
        self.assertTrue(bad.trouble)
        self.assertFalse(good.trouble)
        self.assertGreater(good.refreshed_at, fields.Datetime.now() - timedelta(minutes=1))
        self.assertFalse(self.connection.paused_until)
