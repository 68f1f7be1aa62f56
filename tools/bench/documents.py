# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""How many of the same invoices break the official rules of EN 16931, go beyond what Chorus Pro
keeps, or are no PDF/A-3B: our documents, and those of Odoo's own `account.edi.xml.cii`.

Invalid is what breaks the XSD of EN 16931 or one of its business rules (BR-…). Limits of the
Factur-X profile that concern every document of Odoo alike are not counted. Every line names a
product, because without one almost all of Odoo's documents break the XSD; those are counted apart.

PDF/A is what page-validation says. Each of our Factur-X is made of a page that is known to break
PDF/A; the invoices of the named cases are besides printed by Odoo itself, ours and core's alike.
"""

import importlib
import os
from collections import Counter
from pathlib import Path

from ..chaos.database import archive
from ..setup.home import ADDON, CHECKOUT

TESTS = f"odoo.addons.{ADDON}.tests.common"
OURS = f"odoo.addons.{ADDON}.documents.tests"
FORMATS = ("facturx_xml", "cii", "ubl")
MANY = int(os.environ.get("INVOICES") or 400)
LESS = 40  # invoices whose lines name no product
# A page of wkhtmltopdf with links, pictures and foreign letters.
PAGE = Path(CHECKOUT) / "documents" / "tests" / "printed.pdf"


def measure(bench):
    """Give the figures; the invoices are not kept."""
    official = importlib.import_module(f"{TESTS}.official_rules").official_rules
    with official() as rules:
        named = _of_family(bench, rules, count=MANY, with_products=True)
        bare = _of_family(bench, rules, count=LESS, is_printed=False)
    ours = named + bare
    yield "documents", {
        "invoices": named["invoices"],
        "formats": len(FORMATS),
        "ours_invalid": ours["ours_invalid"],
        "beyond_chorus_limits": ours["beyond_chorus_limits"],
        "pdfa_invalid": ours["pdfa_invalid"],
        "printed": named["printed"],
        "core_invalid": named["core_invalid"],
        "core_beyond_chorus_limits": named["core_beyond_chorus_limits"],
        "core_pdfa_invalid": named["core_pdfa_invalid"],
        "without_product": bare["invoices"],
        "core_invalid_without_product": bare["core_invalid"],
    }


def _of_family(bench, rules, is_printed=True, **options):
    """The counts of one family of invoices, which leaves the database with its records."""
    api = importlib.import_module("odoo.api")
    family = importlib.import_module(f"{TESTS}.invoice_family").InvoiceFamily
    with bench.registry.cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        company = env["chorus.pro.connection"].search([]).company_id
        counts = Counter()
        # Each is rendered as soon as it is posted, for the family changes how its company rounds.
        for name, move in family(env, company, **options):
            counts += _count(rules, move)
            if is_printed and not name.startswith("mixture"):
                counts += _count_printed(move)
        cr.rollback()
    return counts


def _count(rules, move):
    beyond = importlib.import_module(f"{OURS}.chorus_limits").beyond_chorus_limits
    archive(move)
    ours = [move._chorus_pro_render(each) for each in FORMATS]
    core = move.env["account.edi.xml.cii"]._export_invoice(move)[0]
    return Counter(
        invoices=1,
        ours_invalid=any(_is_invalid(rules, xml) for xml in ours),
        beyond_chorus_limits=any(map(beyond, ours)),
        pdfa_invalid=_breaks_pdfa(move._chorus_pro_embed(PAGE.read_bytes())),
        core_invalid=_is_invalid(rules, core),
        core_beyond_chorus_limits=bool(beyond(core)))


def _count_printed(move):
    """The PDF that Odoo makes of it for an e-mail, with core's XML; and ours made of that."""
    move.invoice_pdf_report_id.unlink()
    move.invalidate_recordset(["invoice_pdf_report_id", "invoice_pdf_report_file"])
    sender = move.env["account.move.send"].with_context(force_report_rendering=True)
    settings = sender._get_default_sending_settings(move)
    sender._generate_invoice_documents(
        {move: {**settings, "invoice_edi_format": False, "sending_methods": {"email"}}})
    core = move.invoice_pdf_report_id.raw
    return Counter(
        printed=1,
        core_pdfa_invalid=_breaks_pdfa(core),
        pdfa_invalid=_breaks_pdfa(move._chorus_pro_render("facturx")))


def _breaks_pdfa(pdf):
    return bool(importlib.import_module(f"{OURS}.pdfa").violations(pdf))


def _is_invalid(rules, xml):
    return bool(rules.schema_errors(xml)) or any(
        (rule or "").startswith("BR-") for rule, _text in rules.rule_errors(xml))
