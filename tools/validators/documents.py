# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Writes the documents of the family of invoices, in Odoo's Python:
`python -m tools.validators.documents SETTINGS`.

SETTINGS is a JSON object: config, database, log, simulator, folder, count.
"""

import importlib
from pathlib import Path

from .. import processes
from ..bench.runner import Bench
from ..chaos.database import archive
from ..odoo.job import load
from ..setup.home import ADDON
from ..simulator_process import Simulator

FORMATS = {"facturx_xml": "cii", "ubl": "ubl"}


def main(settings):
    """Write NAME.cii.xml and NAME.ubl.xml of each invoice to the folder; gives the exit code."""
    registry = load(settings["config"], settings["database"], settings["log"])
    bench = Bench(registry, Simulator(settings["simulator"]))
    bench.database.stop()
    api = importlib.import_module("odoo.api")
    family = importlib.import_module(f"odoo.addons.{ADDON}.tests.common.invoice_family")
    folder = Path(settings["folder"])
    with registry.cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        company = env["chorus.pro.connection"].search([]).company_id
        for name, move in family.InvoiceFamily(env, company, count=settings["count"]):
            archive(move)
            for document_format, end in FORMATS.items():
                xml = move._chorus_pro_render(document_format)
                (folder / f"{name.replace(' ', '_')}.{end}.xml").write_bytes(xml)
        cr.rollback()
    return 0


if __name__ == "__main__":
    processes.run_program(main)
