# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import csv

from odoo.tests import tagged
from odoo.tools import file_open

from ..common.chorus_pro import FREE, SERVICE, ChorusProCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestImportTemplate(ChorusProCommon):
    def test_template_of_public_bodies_is_offered_and_imported_as_it_is(self):
        partners = self.env["res.partner"].with_user(self.administrator)
        templates = [one["template"] for one in partners.get_import_templates()]
        [ours] = [one for one in templates if "l10n_fr_chorus_pro" in one]
        self.assertGreater(len(templates), 1)
        for lang in ("en_US", "fr_FR"):
            with (
                self.subTest(lang=lang),
                file_open(ours.lstrip("/"), "r") as file,
                self.cr.savepoint() as savepoint,
            ):
                self.env["res.lang"]._activate_lang(lang)
                header, *rows = csv.reader(file)
                answer = partners.with_context(lang=lang).load(header, rows)
                self.assertFalse(answer["messages"])
                bodies = partners.browse(answer["ids"])
                self.assertEqual(bodies.mapped("company_registry"), [FREE, SERVICE])
                self.assertEqual(set(bodies.mapped("invoice_sending_method")), {"chorus_pro"})
                self.assertEqual(set(bodies.mapped("country_code")), {"FR"})
                savepoint.rollback()
