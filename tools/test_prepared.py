# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A plugin of pytest, in Odoo: what many tests need is made once for the run, in its own database:
`-p tools.test_prepared`. Without it the tests make it themselves, class by class."""

import importlib

import pytest

from .setup.home import ADDON
from .test_share import in_browser

# What a browser loads first. On a busy machine they take longer to make than a tour waits.
BUNDLES = ("web.assets_web", "web.assets_tests")
# The companies of a test class, each with the French chart of accounts, which takes longer to load
# than most tests to run, and its users. The tests look for them by external ids: this module, these
# names and logins.
COMPANIES_OF = "AccountTestInvoicingCommon"
MODULE, COMPANIES = "chorus_pro_prepared", ("company_1_data", "company_2")
# Odoo makes guessing a password slow; here each test class has users whose passwords are known.
ROUNDS = 1000


@pytest.fixture(scope="session", autouse=True)
def prepared(request, load_registry):
    """Make it, when there are tests that need it."""
    share = request.config.getoption("--share")
    of_other_run = share and not request.config.getoption("--share-browser")
    classes = {each.__name__ for item in request.session.items
               for each in getattr(item.cls, "__mro__", ())}
    api, common, users = (importlib.import_module(name) for name in (
        "odoo.api", "odoo.tests.common", "odoo.addons.base.models.res_users"))
    users.MIN_ROUNDS = ROUNDS
    with common.Registry(common.get_db_name()).cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        if COMPANIES_OF in classes:
            for name in COMPANIES:
                make_company(env, name)
            make_users(env)
        if not of_other_run and any(map(in_browser, request.session.items)):
            make_bundles(env)


def make_company(env, name):
    """As AccountTestInvoicingCommon makes it."""
    france = env.ref("base.fr")
    company = env["res.company"].create(
        {"name": name, "country_id": france.id, "currency_id": france.currency_id.id})
    chart = env["account.chart.template"]
    chart.try_loading(chart._guess_chart_template(france), company=company, install_demo=False)
    company.currency_id = france.currency_id
    remember(env, name, company)


def make_users(env):
    """Those who act in the tests, in the first company."""
    tests = importlib.import_module(f"odoo.addons.{ADDON}.tests.common.chorus_pro")
    company = env.ref(f"{MODULE}.{COMPANIES[0]}")
    for login in tests.USERS:
        remember(env, login, tests.make_user(env, login, company))


def remember(env, name, record):
    """Give it the external id by which the tests look for it."""
    env["ir.model.data"].create({"module": MODULE, "name": name, "model": record._name,
                                 "res_id": record.id, "noupdate": True})


def make_bundles(env):
    """As Odoo's own runner does before it."""
    for bundle in BUNDLES:
        env["ir.qweb"]._get_asset_bundle(bundle, css=False, js=True).js()
        env["ir.qweb"]._get_asset_bundle(bundle, css=True, js=False).css()
