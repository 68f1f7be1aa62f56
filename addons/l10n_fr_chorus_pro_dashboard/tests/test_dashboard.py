# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The dashboard: its data load, everything that it names exists, and it asks what it says."""

import json
import re

from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import file_open

from odoo.addons.l10n_fr_chorus_pro.tests.common.late import LateCommon

FILES = "l10n_fr_chorus_pro_dashboard/data/files"
LINK = re.compile(r"\[(.+?)\]\(odoo://view/(.+)\)")
REFERENCE = re.compile(r'(?:PIVOT|PIVOT\.VALUE|ODOO\.LIST|ODOO\.LIST\.HEADER)\((\d+)')
AVAILABLE, PAID = "MISE_A_DISPOSITION", "MISE_EN_PAIEMENT"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDashboard(LateCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dashboard = cls.env.ref("l10n_fr_chorus_pro_dashboard.dashboard_chorus_pro")

    def setUp(self):
        super().setUp()
        self.analysis = self.env["chorus.pro.analysis"].with_user(self.accountant)
        mine = self.dashboard.with_user(self.accountant)
        self.book = json.loads(mine.spreadsheet_data)

    def _charts(self):
        """What each graph of the dashboard asks of the database."""
        figures = [figure["data"] for sheet in self.book["sheets"] for figure in sheet["figures"]]
        return [data for data in figures if data["type"].startswith("odoo_")]

    def _links(self):
        cells = [cell for sheet in self.book["sheets"] for cell in sheet["cells"].values()]
        found = [LINK.fullmatch(cell) for cell in cells]
        return [json.loads(match[2])["action"] for match in found if match]

    def _questions(self):
        """Domain, grouping and measures of everything that is asked, by name."""
        for name, pivot in self.book["pivots"].items():
            yield (
                f"pivot {name}", pivot["model"], pivot["domain"],
                [row["fieldName"] for row in pivot["rows"] + pivot["columns"]],
                [one["id"] for one in pivot["measures"]],
            )
        for chart in self._charts():
            asked = chart["metaData"]
            aggregator = self.analysis._fields[asked["measure"]].aggregator
            yield (
                chart["chartId"], asked["resModel"], chart["searchParams"]["domain"],
                asked["groupBy"], [f"{asked['measure']}:{aggregator}"],
            )

    def test_everything_that_it_asks_can_be_asked_by_who_invoices(self):
        self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10"), ("SUSPENDUE", "2025-01-12", "X"))
        self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10"), (PAID, "2025-04-12"))
        names = set()
        for name, model, domain, groupby, measures in self._questions():
            with self.subTest(question=name):
                self.assertEqual(model, "chorus.pro.analysis")
                names.add(name)
                groups = self.analysis.formatted_read_group(Domain(domain), groupby, measures)
                self.assertTrue(groups)
        self.assertEqual(len(names), 8)

    def test_list_names_fields_of_the_analysis(self):
        [rows] = self.book["lists"].values()
        self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10"))
        order = ", ".join(
            f"{one['name']} {'asc' if one['asc'] else 'desc'}" for one in rows["orderBy"])
        self.assertEqual(rows["model"], "chorus.pro.analysis")
        found = self.analysis.search(Domain(rows["domain"]), order=order)
        self.assertTrue(found.read(rows["columns"]))

    def test_links_open_what_they_are_about(self):
        links = self._links()
        self.assertEqual(len(links), 5)
        for action in links:
            with self.subTest(action=action):
                self.assertEqual(action["modelName"], "chorus.pro.analysis")
                self.analysis.search_count(Domain(action["domain"]))
                context = action["context"]
                names = [
                    *context.get("graph_groupbys", []), *context.get("pivot_row_groupby", []),
                    *context.get("pivot_measures", []), context.get("graph_measure", "id")]
                for name in set(names) - {"__count"}:
                    self.assertIn(name.split(":")[0], self.analysis._fields)

    def test_formulas_refer_to_what_there_is(self):
        cells = [cell for sheet in self.book["sheets"] for cell in sheet["cells"].values()]
        known = {*self.book["pivots"], *self.book["lists"]}
        used = {number for cell in cells for number in REFERENCE.findall(cell)}
        self.assertEqual(used, known)

    def test_filters_reach_each_question(self):
        matching = [
            *(one["fieldMatching"] for one in self.book["pivots"].values()),
            *(one["fieldMatching"] for one in self.book["lists"].values()),
            *(one["fieldMatching"] for one in self._charts()),
        ]
        wanted = {one["id"] for one in self.book["globalFilters"]}
        for each in matching:
            self.assertEqual(set(each), wanted)
            for chain in each.values():
                self.assertIn(chain["chain"], self.analysis._fields)

    def test_menus_of_its_figures_exist(self):
        for name in self.book["chartOdooMenusReferences"].values():
            self.assertTrue(self.env.ref(name))

    def test_empty_database_shows_a_sample_that_asks_nothing(self):
        mine = self.dashboard.with_user(self.accountant)
        # Whatever a database has before the tests: nothing is sent yet.
        self.env["chorus.pro.submission"].sudo().search([]).write({"state": "cancelled"})
        self.env.flush_all()
        self.assertTrue(mine._dashboard_is_empty())
        sample = mine._get_sample_dashboard()
        self.assertFalse(sample["pivots"] or sample["lists"])
        cells = [cell for sheet in sample["sheets"] for cell in sheet["cells"].values()]
        self.assertFalse([cell for cell in cells if REFERENCE.search(cell)])
        kinds = {figure["data"]["type"] for figure in sample["sheets"][0]["figures"]}
        self.assertEqual(kinds, {"scorecard", "bar"})
        self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10"))
        self.assertFalse(mine._dashboard_is_empty())

    def test_both_files_are_what_is_loaded(self):
        with file_open(f"{FILES}/chorus_pro_dashboard.json") as stream:
            self.assertEqual(json.load(stream)["pivots"], self.book["pivots"])

    def test_who_does_not_invoice_does_not_see_it(self):
        employee = self.env["res.users"].create({
            "name": "Employee", "login": "employee", "company_id": self.company.id,
            "company_ids": [(6, 0, self.company.ids)],
            "group_ids": [(6, 0, self.env.ref("base.group_user").ids)],
        })
        dashboards = self.env["spreadsheet.dashboard"]
        found = [("id", "=", self.dashboard.id)]
        self.assertFalse(dashboards.with_user(employee).search(found))
        self.assertTrue(dashboards.with_user(self.accountant).search(found))
