# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Each company by itself: in every model, in the printed proof, and by the web's own routes."""

import base64

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..common.access import AccessCommon, our_models
from ..common.access_table import RIGHTS

QUIET = ("odoo.http", "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCompanies(AccessCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.accountant.group_ids += self.env.ref("l10n_fr_chorus_pro.group_user")
        self.stranger = self.users["elsewhere"]

    def _run(self, cron):
        # An HttpCase is in test mode already.
        self.env.flush_all()
        cron.method_direct_trigger()
        self.env.invalidate_all()

    def test_nothing_of_another_company_is_found_or_counted(self):
        records = self._records()
        for name, model in our_models(self.env).items():
            if model._transient or "elsewhere" in RIGHTS[name] or name not in records:
                continue
            theirs = model.with_user(self.stranger)
            with self.subTest(model=name), mute_logger(*QUIET):
                if theirs.has_access("read"):
                    self.assertFalse(theirs.search([("id", "in", records[name].ids)]))
                    counted = theirs.formatted_read_group(
                        [("id", "in", records[name].ids)], [], ["__count"]
                    )
                    self.assertEqual(counted[0]["__count"], 0)
                if model._table_query:
                    continue  # what such a query does not find is no record
                self.assertRaises(AccessError, records[name].with_user(self.stranger).read, ["id"])

    def test_proof_is_not_printed_for_another_company(self):
        submission = self._send(self._invoice())
        report = self.env["ir.actions.report"].with_user(self.stranger)
        with mute_logger(*QUIET), self.assertRaises(AccessError):
            report._render_qweb_html("l10n_fr_chorus_pro.report_proof", submission.ids)

    def test_routes_give_nothing_of_another_company(self):
        submission = self._send(self._invoice()).sudo()
        secret = "Contenu du flux"
        flow = self.env["chorus.pro.flow"].sudo().create(
            {
                "connection_id": self.connection.id,
                "company_id": self.company.id,
                "environment": self.connection.environment,
                "document_format": "cii",
                "file_name": "flux.xml",
                "state": "deposited",
                "content": base64.b64encode(secret.encode()),
            }
        )
        routes = (
            f"/web/content/chorus.pro.flow/{flow.id}/content",
            f"/report/html/l10n_fr_chorus_pro.report_proof/{submission.id}",
            f"/report/pdf/l10n_fr_chorus_pro.report_proof/{submission.id}",
        )
        for user, is_theirs in ((self.users["user"], True), (self.stranger, False)):
            user.password = user.login
            self.authenticate(user.login, user.login)
            for route in routes[:2] if is_theirs else routes:
                with self.subTest(user=user.login, route=route), mute_logger(*QUIET):
                    answer = self.url_open(route)
                    shown = secret in answer.text or submission.name in answer.text
                    self.assertEqual(shown, is_theirs)
                    if not is_theirs:
                        self.assertGreaterEqual(answer.status_code, 400)
