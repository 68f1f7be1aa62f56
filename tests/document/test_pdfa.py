# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Whatever Odoo prints, the Factur-X made of it is PDF/A-3B: printed by wkhtmltopdf, with Odoo's
stylesheets and in each of its layouts."""

import base64
from io import BytesIO

from PIL import Image, ImageDraw

from odoo import Command, tools
from odoo.tests import HttpCase, tagged
from odoo.tools.pdf import OdooPdfFileReader

from ...documents.pdf import embedded_files
from ...documents.tests.pdfa import violations
from ..common.flow import FlowCommon

LINK = '<a href="https://example.com">example.com</a>'
NOTE = f"<p>Voir {LINK}, ou 請求書 ✅ \U0001f4ce مرحبا</p>"
MANY = 300


def transparent_logo():
    """A PNG in base64: half of it is half transparent, the rest wholly."""
    picture = Image.new("RGBA", (120, 60), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((0, 0, 60, 60), fill=(200, 30, 30, 128))
    buffer = BytesIO()
    picture.save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue())


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPdfa(FlowCommon, HttpCase):
    def setUp(self):
        super().setUp()
        # In test mode Odoo prints HTML.
        self.patch(tools.config, "options", {**tools.config.options, "test_enable": False})
        self.company.write(
            {
                "logo": transparent_logo(),
                "report_header": f"<p>Fournisseur \U0001f3db {LINK}</p>",
                "report_footer": f"<p>SARL · {LINK}</p>",
            }
        )

    def assertPdfa(self, move, pages=1):
        """Its Factur-X breaks no rule of PDF/A-3B and has that many pages at least; gives it."""
        pdf = move._chorus_pro_render("facturx")
        self.assertEqual(violations(pdf), [])
        self.assertEqual([name for name, _content in embedded_files(pdf)], ["factur-x.xml"])
        self.assertGreaterEqual(len(OdooPdfFileReader(BytesIO(pdf), strict=False).pages), pages)
        return pdf

    def test_each_layout_with_links_and_pictures_is_pdfa(self):
        layouts = self.env["report.layout"].search([])
        self.assertGreaterEqual(len(layouts), 7)
        move = self._invoice(pdf=False, narration=NOTE)
        for layout in layouts:
            with self.subTest(layout=layout.name):
                self.company.external_report_layout_id = layout.view_id
                pdf = self.assertPdfa(move)
                self.assertIn(b"/Link", pdf)
                self.assertIn(b"/SMask", pdf)

    def test_invoice_of_many_lines_and_pages_is_pdfa(self):
        line = {"price_unit": 1.0, "tax_ids": [Command.set(self.tax_20.ids)]}
        lines = [{**line, "name": f"Ligne {number} 項目 ✅"} for number in range(MANY)]
        self.assertPdfa(self._invoice(lines, pdf=False, narration=NOTE), pages=7)
