# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""How many of the same invoices break the official rules of EN 16931: our documents, and those of
Odoo's own `account.edi.xml.cii`.

Invalid is what breaks the XSD of EN 16931 or one of its business rules (BR-…). Limits of the
Factur-X profile that concern every document of Odoo alike are not counted. Every line names a
product, because without one almost all of Odoo's documents break the XSD; those are counted apart.
"""

import importlib

from ..chaos.database import archive
from ..setup.home import ADDON

TESTS = f"odoo.addons.{ADDON}.tests.common"
FORMATS = ("facturx_xml", "cii", "ubl")
LESS = 40  # invoices whose lines name no product


def measure(bench):
    """Give the figures; the invoices are not kept."""
    official = importlib.import_module(f"{TESTS}.official_rules").official_rules
    with official() as rules:
        named = _of_family(bench, rules, with_products=True)
        bare = _of_family(bench, rules, count=LESS)
    yield "documents", {
        "invoices": named[0],
        "formats": len(FORMATS),
        "ours_invalid": named[1] + bare[1],
        "core_invalid": named[2],
        "without_product": bare[0],
        "core_invalid_without_product": bare[2],
    }


def _of_family(bench, rules, **options):
    """The counts of one family of invoices, which leaves the database with its records."""
    api = importlib.import_module("odoo.api")
    family = importlib.import_module(f"{TESTS}.invoice_family").InvoiceFamily
    with bench.registry.cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        company = env["chorus.pro.connection"].search([]).company_id
        counts = _count(env, rules, family(env, company, **options))
        cr.rollback()
    return counts


def _count(env, rules, invoices):
    """(invoices, ours that are invalid, core's). Each is rendered as soon as it is posted, for the
    family changes how its company rounds taxes."""
    total = ours = core = 0
    for _name, move in invoices:
        archive(move)
        total += 1
        ours += _is_ours_invalid(rules, move)
        core += _is_invalid(rules, _of_core(env, move))
    return total, ours, core


def _is_ours_invalid(rules, move):
    return any(_is_invalid(rules, move._chorus_pro_render(each)) for each in FORMATS)


def _of_core(env, move):
    return env["account.edi.xml.cii"]._export_invoice(move)[0]


def _is_invalid(rules, xml):
    return bool(rules.schema_errors(xml)) or any(
        (rule or "").startswith("BR-") for rule, _text in rules.rule_errors(xml))
