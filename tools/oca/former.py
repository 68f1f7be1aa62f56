# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A database that was upgraded with the OCA connector, and what an import has to make of it. In
Odoo's Python."""

import importlib
import json
import urllib.parse
from dataclasses import dataclass, field
from datetime import datetime

from ..chaos.database import DEMANDS
from ..console import Problem
from ..setup.home import ADDON
from .versions import VERSIONS

# Invoices come in rounds of so many, in which each kind has its share.
ROUND = 20
TOTAL = 120
MOMENT = datetime(2026, 3, 2, 9, 30)
# Invoices of one file.
FILE = 100
# A file that is gone, and what ids start from that Chorus Pro never gave.
GONE, INVENTED = 2_000_000_000, 1_900_000_000
UNKNOWN = "VUE_PAR_LE_MAIRE"
OPEN, SUSPENDED, PAID = "MISE_A_DISPOSITION", "SUSPENDUE", "MISE_EN_PAIEMENT"


@dataclass(frozen=True)
class Kind:
    """Invoices of which the former connector kept the same.

    share: how many of ROUND; there: status at Chorus Pro, None when it does not have them;
    identifier: "own", "shared" with all of the kind, "invented" or None; status: that it kept;
    file: state of the file that they were in, "gone" for one without a row, None without a file;
    claims: they still belong to the file; column: others to set; imported: state after the import,
    None when no row is made; settled: state once Chorus Pro was asked; doubts: sentences about
    each.
    """

    share: int
    there: str | None = OPEN
    identifier: str | None = None
    status: str | None = None
    file: str | None = None
    claims: bool = True
    columns: dict = field(default_factory=dict)
    imported: str | None = "uncertain"
    settled: str | None = "deposited"
    doubts: int = 1


KINDS = {
    "OPEN": Kind(5, SUSPENDED, "own", "DEPOSEE", "IN_INTEGRE", imported="deposited", doubts=0),
    "ENDED": Kind(3, PAID, "own", PAID, "IN_INTEGRE", imported="deposited", doubts=0),
    "BARE": Kind(1, OPEN, "own", imported="deposited"),
    "ODD": Kind(1, OPEN, "own", UNKNOWN, imported="deposited"),
    "LOST": Kind(2, file="IN_INTEGRE"),
    "TWIN": Kind(2, identifier="shared", status="DEPOSEE"),
    "ORPHAN": Kind(1, file="gone"),
    "REFUSED": Kind(1, None, file="IN_REJETE", claims=False, settled="refused"),
    "NEVER": Kind(1, None, settled="cancelled", doubts=0),
    "PAID": Kind(1, None, columns={"payment_state": "paid"}, imported=None, doubts=0),
    "DRAFT": Kind(1, None, "invented", "DEPOSEE", columns={"state": "draft"}, imported=None),
    "OTHER": Kind(1, None, "invented", "DEPOSEE", imported=None, doubts=0),
}


class Former:
    """Makes it. registry: of a database with the demo's company; simulator: a Simulator.

    `expected`: {number: (kind's name, id at Chorus Pro as a text or None)} of every invoice;
    `files`: {number: (state, how many invoices)} of every file.
    """

    def __init__(self, registry, simulator, version):
        self._registry = registry
        self._simulator = simulator
        self._version = version
        self._api = importlib.import_module("odoo.api")
        # The owner of the shapes.
        self._shapes = importlib.import_module(f"odoo.addons.{ADDON}.tests.common.oca")
        if tuple(self._shapes.SHAPES) != VERSIONS:
            raise Problem(f"shapes of {', '.join(self._shapes.SHAPES)}, not of {VERSIONS}")
        self.expected, self.files = {}, {}

    def make(self, invoices):
        """So many invoices, at Chorus Pro and here."""
        chorus = self._simulator.credentials()
        self._siret = next(each["siret"] for each in chorus["recipients"]
                           if each["active"] and not any(each[name] for name in DEMANDS))
        with self._registry.cursor() as cr:
            env = self._api.Environment(cr, self._api.SUPERUSER_ID, {})
            self._make_tables(cr)
            for name, kind in KINDS.items():
                count = kind.share * invoices // ROUND
                ids = self._at_chorus(name, kind, count)
                moves = self._moves(
                    env, list(ids) or [f"{name}{rank:05}" for rank in range(1, count + 1)])
                self._fill(env, name, kind, moves, ids)

    def _make_tables(self, cr):
        shapes = self._shapes
        tables, columns = shapes.SHAPES[self._version]
        for table, kinds in {**shapes.TABLES, **tables}.items():
            listed = ", ".join(f"{name} {kind}" for name, kind in kinds.items())
            cr.execute(f"CREATE TABLE {table} ({listed})")
        for more in (shapes.COLUMNS, columns):
            for table, kinds in more.items():
                for name, kind in kinds.items():
                    cr.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")
        if "transmit_method" in tables:
            cr.execute("INSERT INTO transmit_method (code, name) VALUES ('fr-chorus', 'Chorus')")

    def _at_chorus(self, name, kind, count):
        """{number: id} of those that Chorus Pro has."""
        if not kind.there:
            return {}
        # Nobody is asked for anything in those that are added.
        status = OPEN if kind.there == SUSPENDED else kind.there
        self._simulator.post("invoices", count=count, prefix=name, status=status, total=TOTAL,
                             recipient=self._siret)
        query = urllib.parse.urlencode({"prefix": name})
        ids = {each["number"]: each["invoice_id"]
               for each in json.loads(self._simulator.get(f"invoices?{query}"))}
        for number in ids if status != kind.there else ():
            self._simulator.set_status(number, kind.there, "Bon de livraison")
        return ids

    def _moves(self, env, numbers):
        """Confirmed invoices with these numbers."""
        tax = env["account.tax"].search(
            [("type_tax_use", "=", "sale"), ("amount", "=", 20.0), ("amount_type", "=", "percent"),
             ("price_include_override", "!=", "tax_included")], limit=1)
        customer = env["res.partner"].search([("company_registry", "=", self._siret)])
        moves = env["account.move"].create([
            {"move_type": "out_invoice", "partner_id": customer.id, "name": number,
             "invoice_date": env.cr.now().date(),
             "invoice_line_ids": [(0, 0, {"name": "Prestation", "price_unit": TOTAL / 1.2,
                                          "tax_ids": [(6, 0, tax.ids)]})]}
            for number in numbers])
        moves.action_post()
        env.flush_all()
        return moves

    def _fill(self, env, name, kind, moves, ids):
        """Write what the former connector kept of these invoices."""
        cr = env.cr
        values = dict(kind.columns)
        if self._version == "18.0":
            values["invoice_sending_method"] = "fr_chorus"
        else:
            values |= {"transmit_method_id": 1, "transmit_method_code": "fr-chorus"}
        if name == "OTHER":
            values["company_id"] = env["res.company"].search(
                [("id", "!=", moves.company_id.id)], limit=1).id or env["res.company"].create(
                    {"name": "Elsewhere"}).id
        if kind.status:
            values |= {"chorus_status": kind.status, "chorus_status_date": MOMENT}
        cr.execute(f"UPDATE account_move SET {', '.join(f'{each} = %s' for each in values)} "
                   "WHERE id = ANY(%s)", [*values.values(), moves.ids])
        known = {"own": ids, "invented": {each.name: INVENTED + each.id for each in moves},
                 "shared": dict.fromkeys(ids, min(ids.values(), default=None))}
        for move in moves if kind.identifier else ():
            cr.execute("UPDATE account_move SET chorus_identifier = %s WHERE id = %s",
                       [known[kind.identifier][move.name], move.id])
        for start in range(0, len(moves) if kind.file else 0, FILE):
            self._file(cr, name, kind, moves[start:start + FILE], start // FILE)
        self.expected |= {each.name: (name, ids.get(each.name)) for each in moves}

    def _file(self, cr, name, kind, moves, rank):
        number, flow = f"FLUX-{name}-{rank}", GONE + rank
        if kind.file != "gone":
            cr.execute("INSERT INTO chorus_flow (name, date, status, status_date, syntax, "
                       "company_id) VALUES (%s, %s, %s, %s, 'pdf_factur-x', %s) RETURNING id",
                       [number, MOMENT.date(), kind.file, MOMENT, moves.company_id.id])
            [flow] = cr.fetchone()
            cr.execute("INSERT INTO chorus_flow_initial_account_move_rel (chorus_flow_id, move_id) "
                       "SELECT %s, unnest(%s)", [flow, moves.ids])
            state = "integrated" if kind.file == "IN_INTEGRE" else "rejected"
            self.files[number] = state, len(moves)
        if kind.claims:
            cr.execute("UPDATE account_move SET chorus_flow_id = %s WHERE id = ANY(%s)",
                       [flow, moves.ids])
