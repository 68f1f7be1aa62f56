# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The guided set-up, by an administrator whose company has no connection yet."""

from .chorus_pro import ChorusProCommon


class SetupCommon(ChorusProCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection.unlink()
        cls.company.company_registry = False

    def _start(self):
        """The guide as the administrator opens it from the menu."""
        guide = self.env["chorus.pro.setup"].with_user(self.administrator)
        action = guide.with_company(self.company).action_start()
        return guide.browse(action["res_id"])

    def _add(self):
        """The guide of another connection than the one in use."""
        guide = self._start()
        return guide.browse(guide.action_add()["res_id"])

    def _next(self, guide, **values):
        """Fill in, then go on."""
        with self.enter_registry_test_mode():
            guide.write(values)
            guide.action_next()
        return guide

    def _told(self, guide):
        """What the screen shows of the step that was tried: {step of the check: row}, without what
        is good."""
        return {row.step: row for row in guide.verdict_ids if row.verdict != "ok"}

    def _to(self, step):
        """A guide that has come to this step with what is right."""
        guide = self._start()
        for name, values in self._right_values().items():
            if name == step:
                break
            self._next(guide, **values)
            self.assertNotEqual(guide.step, name, guide.check_summary)
        self.assertEqual(guide.step, step)
        return guide

    def _right_values(self):
        """What is right at each step, in order."""
        known = self.credentials
        return {
            "environment": {
                "environment": "custom",
                "custom_token_url": known["token_url"],
                "custom_api_url": known["api_url"],
                "custom_portal_url": "https://portail.example",
            },
            "application": {"application_ready": True},
            "terms": {"terms_accepted": True},
            "credentials": {
                "piste_client_id": known["client_id"],
                "piste_client_secret": known["client_secret"],
            },
            "account": {
                "technical_login": known["login"],
                "technical_password": known["password"],
            },
            "supplier": {"supplier_siret": known["supplier"]["siret"]},
        }
