# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The screens that are pictured: whose they are, where they are, what to do there."""

from dataclasses import dataclass

ACCOUNTANT = "accountant"
ADMINISTRATOR = "administrator"
SAME_PLACE = ""
INVOICES = "/odoo/customer-invoices"
SUBMISSIONS = "/odoo/action-l10n_fr_chorus_pro.action_submission"
TO_HANDLE = "/odoo/action-l10n_fr_chorus_pro.action_to_do"
FLOWS = "/odoo/action-l10n_fr_chorus_pro.action_flow"
CUSTOMERS = "/odoo/action-account.res_partner_action_customer"
CONNECTIONS = "/odoo/action-l10n_fr_chorus_pro.action_connection"
EXCHANGES = "/odoo/action-l10n_fr_chorus_pro.action_exchange"
JOURNALS = "/odoo/action-account.action_account_journal_form"
GUIDES = "/odoo/chorus.pro.setup"
SETTINGS = "/odoo/action-account.action_account_config"
STRUCTURES = "/odoo/action-l10n_fr_chorus_pro.action_structure"
ELSEWHERE = "/odoo/action-l10n_fr_chorus_pro.action_elsewhere"
TO_VALIDATE = "/odoo/action-l10n_fr_chorus_pro.action_validation"
ANALYSIS = "/odoo/action-l10n_fr_chorus_pro.action_analysis"
OCA_IMPORT = "/odoo/action-l10n_fr_chorus_pro.action_oca_import"
DASHBOARD = "/odoo/action-account.open_account_journal_dashboard_kanban"
LIST = ".o_list_view .o_data_row"
LIST_HEAD = ".o_list_view thead"
CARDS = ".o_kanban_record:not(.o_kanban_ghost)"
FORM = ".o_form_view .o_form_sheet"
ANY_VIEW = ".o_view_controller"  # on a telephone lists are cards
CONNECTIONS_SETTING = "#chorus_pro_connections"
NOTIFICATION = ".o_notification"
# What to do with notifications instead of closing them.
KEPT = "kept"
AWAITED = "awaited"  # what is queued leaves, and the answers arrive


@dataclass(frozen=True)
class Screen:
    """One picture.

    name: of the file, without its suffix. about: for the terminal. address: below Odoo's, with
    names of the showcase's records in braces; SAME_PLACE goes on from the screen before. shows: a
    selector that is visible once it is reached. steps: functions of the page (of playwright), in
    order. notifications: what to do with them; by default they are closed.
    """

    name: str
    about: str
    user: str
    address: str
    shows: str
    steps: tuple = ()
    notifications: str = ""


def click(selector, then):
    """A step: click, and wait for what `then` selects."""
    def step(page):
        page.click(selector)
        page.wait_for_selector(then)
    return step


def scroll_to(selector):
    """A step: scroll until this is at the top, below the buttons that stay there."""
    return lambda page: page.eval_on_selector(
        selector, "one => { one.style.scrollMarginTop = '4rem'; one.scrollIntoView(); }")


def dismiss(page):
    """A step: close the notifications, including those that stay."""
    page.eval_on_selector_all(f"{NOTIFICATION}_close", "all => all.forEach(one => one.click())")
    page.wait_for_selector(NOTIFICATION, state="detached")


def open_groups(page):
    """A step: open the groups of a list, the last one first so that the others stay in place."""
    for header in reversed(page.locator(".o_group_header").all()):
        header.click()
    page.wait_for_selector(LIST)


def chosen(names):
    """The screens of these names, with those that lead to them; all of them when none is named.

    Raises KeyError for a name that no screen has.
    """
    if not names:
        return SCREENS
    places = {screen.name: place for place, screen in enumerate(SCREENS)}
    wanted = set()
    for place in (places[name] for name in names):
        while SCREENS[place].address == SAME_PLACE and place not in wanted:
            wanted.add(place)
            place -= 1
        wanted.add(place)
    return tuple(SCREENS[place] for place in sorted(wanted))


OPEN_TAB = click("a[name='chorus_pro']", "a[name='chorus_pro'].active")
PREVIEW = click("button[name='action_chorus_pro_preview']", ".modal .o_field_pdf_viewer iframe")
SHOW_XML = click(".modal a[name='xml']", ".modal .o_field_code .ace_line")
OPEN_MENU = click(".o_menu_sections button[data-menu-xmlid='account.menu_finance_receivables']",
                  ".o-dropdown--menu a[data-menu-xmlid='l10n_fr_chorus_pro.menu_flow']")
OPEN_WIZARD = click("button[name='action_invoice_sent']:visible", ".modal .form-check")
OPEN_SEARCH = click(".o_searchview_dropdown_toggler", ".o_filter_menu")
# The first one about Chorus Pro, in either language.
GROUP = click(".o_group_by_menu .o_menu_item:has-text('Chorus Pro') >> nth=0", ".o_group_header")
CLOSE_SEARCH = click(".o_searchview_dropdown_toggler", ".o_group_header")
COMPARE = click("button[name='action_chorus_pro_compare']", ".modal .text-danger")
SELECT_ALL = click(LIST_HEAD + " .o_list_record_selector input", ".o_selection_box")
SORT = click("button[name='action_chorus_pro_send_selected']", ".modal .o_notebook")
STRIP = "div[name='chorus_pro_to_complete'] li"
GO_TO_FIELD = click(f"{STRIP} a", "div[name='purchase_order_reference'] input:focus")
COMPLETE = click("button[name='action_chorus_pro_complete']", ".modal div[name='comment']")
RECYCLE = click("button[name='action_chorus_pro_recycle']", ".modal div[name='recipient_siret']")
REISSUE = click("button[name='action_chorus_pro_reissue']", ".modal ol")
SEND = click("button[name='action_chorus_pro_send']", NOTIFICATION)
TEST = click("button[name='action_test_connection']", NOTIFICATION)
VERDICTS = "div[name='check_ids']"
CERTIFICATES = "div[name='certificate_ids']"
OPEN_CERTIFICATES = click("a[name='certificates']", CERTIFICATES)
INVOICING_TAB = click("a[name='accounting']", "div[name='invoice_sending_method']")

SCREENS = (
    Screen("invoices", "invoices in many states", ACCOUNTANT, INVOICES, LIST),
    Screen("filters", "filters and groups of invoices", ACCOUNTANT, SAME_PLACE, LIST,
           (OPEN_SEARCH,)),
    Screen("invoices-by-status", "invoices grouped by their status", ACCOUNTANT, SAME_PLACE,
           ".o_group_by_menu", (GROUP, CLOSE_SEARCH, open_groups)),
    Screen("invoices-kanban", "invoices as cards", ACCOUNTANT, INVOICES + "?view_type=kanban",
           CARDS),
    Screen("to-handle", "what waits in the morning", ACCOUNTANT, TO_HANDLE, CARDS),
    Screen("not-from-odoo", "what was typed on the portal", ACCOUNTANT, ELSEWHERE, CARDS),
    Screen("to-validate", "what a subcontractor wants paid", ACCOUNTANT, TO_VALIDATE, CARDS),
    Screen("invoice-late", "paid too late", ACCOUNTANT, INVOICES + "/{late}", FORM,
           (OPEN_TAB, scroll_to(".tab-pane.active .o_group"))),
    Screen("analysis", "what public bodies owe", ACCOUNTANT, ANALYSIS, ".o_graph_renderer canvas"),
    Screen("analysis-pivot", "the same as figures", ACCOUNTANT, ANALYSIS + "?view_type=pivot",
           ".o_pivot table"),
    Screen("journals", "the card of the sales journal", ACCOUNTANT, DASHBOARD, CARDS),
    Screen("invoice-ready", "before sending", ACCOUNTANT, INVOICES + "/{ready}", FORM,
           (OPEN_TAB,)),
    Screen("send-wizard", "Odoo's own wizard", ACCOUNTANT, SAME_PLACE, FORM, (OPEN_WIZARD,)),
    Screen("preview-pdf", "what Chorus Pro would get", ACCOUNTANT, INVOICES + "/{ready}", FORM,
           (OPEN_TAB, PREVIEW)),
    Screen("preview-xml", "and the data in it", ACCOUNTANT, SAME_PLACE, FORM, (SHOW_XML,)),
    Screen("invoice-subcontractor", "someone validates it", ACCOUNTANT,
           INVOICES + "/{subcontracted}", FORM, (OPEN_TAB,)),
    Screen("invoice-to-complete", "the customer's SIRET is wrong", ACCOUNTANT,
           INVOICES + "/{to_complete}", FORM, (OPEN_TAB,)),
    Screen("invoice-queued", "just sent", ACCOUNTANT, INVOICES + "/{queued}", ".alert"),
    Screen("invoice-automatic", "sent automatically, and can still be undone", ACCOUNTANT,
           INVOICES + "/{automatic}", ".alert"),
    Screen("invoice-waiting", "Chorus Pro was out of order", ACCOUNTANT,
           INVOICES + "/{waiting}", ".alert"),
    Screen("invoice-uncertain", "the answer was lost", ACCOUNTANT, INVOICES + "/{uncertain}",
           ".alert-warning"),
    Screen("invoice-to-compare", "its number was used already", ACCOUNTANT,
           INVOICES + "/{to_compare}", ".alert-warning"),
    Screen("comparison", "both sides, for who decides", ACCOUNTANT, SAME_PLACE, FORM, (COMPARE,)),
    Screen("invoice-refused", "its service is closed", ACCOUNTANT, INVOICES + "/{refused}",
           ".alert-danger"),
    Screen("invoice-refused-in-flow", "to be corrected, or sent as PDF", ACCOUNTANT,
           INVOICES + "/{refused_in_flow}", ".alert-danger", (OPEN_TAB,)),
    Screen("invoice-in-flow", "integrated with others", ACCOUNTANT, INVOICES + "/{in_flow}", FORM,
           (OPEN_TAB, scroll_to(".tab-pane.active .o_group"))),
    Screen("invoice-suspended", "the recipient wants something", ACCOUNTANT,
           INVOICES + "/{suspended}", ".alert-warning"),
    Screen("invoice-suspended-history", "and what came before", ACCOUNTANT, SAME_PLACE, FORM,
           (OPEN_TAB, scroll_to(".o_notebook"))),
    Screen("complete", "what is missing is added", ACCOUNTANT, INVOICES + "/{suspended}", FORM,
           (COMPLETE,)),
    Screen("invoice-to-recycle", "it went to the wrong place", ACCOUNTANT,
           INVOICES + "/{to_recycle}", ".alert-warning"),
    Screen("recycle", "where it should go", ACCOUNTANT, SAME_PLACE, FORM, (RECYCLE,)),
    Screen("invoice-rejected", "its number is lost", ACCOUNTANT, INVOICES + "/{rejected}",
           ".alert-warning"),
    Screen("reissue", "cancelled, and made again", ACCOUNTANT, SAME_PLACE, FORM, (REISSUE,)),
    Screen("invoice-reissued", "the copy, to be corrected", ACCOUNTANT,
           INVOICES + "/{copy}", FORM),
    Screen("invoice-acting", "the request is on its way", ACCOUNTANT,
           INVOICES + "/{completed}", ".alert-info", (OPEN_TAB,)),
    Screen("invoice-paid", "the end", ACCOUNTANT, INVOICES + "/{paid}", FORM,
           (OPEN_TAB, scroll_to(".tab-pane.active .o_group"))),
    Screen("submissions", "what was sent, and how it went", ACCOUNTANT, SUBMISSIONS, LIST),
    Screen("submission", "one of them", ACCOUNTANT, SUBMISSIONS + "/{submission}", FORM),
    Screen("flows", "files of many invoices", ACCOUNTANT, FLOWS, LIST),
    Screen("flow", "one of them, with its report", ACCOUNTANT, FLOWS + "/{flow}", FORM),
    Screen("menu", "where all this is", ACCOUNTANT, INVOICES, LIST, (OPEN_MENU,)),
    Screen("customer", "its invoices go to Chorus Pro", ACCOUNTANT, CUSTOMERS + "/{customer}",
           FORM, (INVOICING_TAB,)),
    Screen("customer-chorus-pro", "what it demands", ACCOUNTANT, CUSTOMERS + "/{hospital}", FORM,
           (OPEN_TAB,)),
    Screen("structure", "as Chorus Pro describes it", ACCOUNTANT, STRUCTURES + "/{structure}",
           FORM),
    Screen("structures", "all that were looked up", ACCOUNTANT, STRUCTURES, LIST),
    Screen("invoice-missing", "what its recipient demands is missing", ACCOUNTANT,
           INVOICES + "/{unsorted_1}", STRIP),
    Screen("invoice-missing-field", "and where it goes", ACCOUNTANT, SAME_PLACE, STRIP,
           (GO_TO_FIELD,)),
    Screen("notification", "after the click", ACCOUNTANT, INVOICES + "/{to_send}", FORM, (SEND,),
           notifications=KEPT),
    Screen("notification-answer", "when the answer is there", ACCOUNTANT, INVOICES, LIST,
           notifications=AWAITED),
    Screen("triage", "several invoices, before any of them leaves", ACCOUNTANT, INVOICES, LIST,
           (SELECT_ALL, SORT)),
    Screen("triage-ready", "those that can leave", ACCOUNTANT, SAME_PLACE, ".modal",
           (click(".modal a[name='ready']", ".modal a[name='ready'].active"),)),
    Screen("triage-sent", "and they leave", ACCOUNTANT, SAME_PLACE, ".modal",
           (click(".modal button[name='action_send']", NOTIFICATION),), notifications=KEPT),
    Screen("setup", "the guide begins", ADMINISTRATOR, GUIDES + "/{guide}", FORM),
    Screen("setup-terms", "what to do on the PISTE portal", ADMINISTRATOR,
           GUIDES + "/{guide_terms}", FORM),
    Screen("setup-keys", "a key is mistyped", ADMINISTRATOR, GUIDES + "/{guide_keys}",
           f"{FORM} .fa-times-circle"),
    Screen("setup-account", "the technical account, and the data set", ADMINISTRATOR,
           GUIDES + "/{guide_account}", FORM),
    Screen("setup-certificate", "the certificate of a gateway", ADMINISTRATOR,
           GUIDES + "/{guide_certificate}", FORM),
    Screen("setup-checked", "everything is checked", ADMINISTRATOR, GUIDES + "/{guide_checked}",
           f"{FORM} .o_chorus_pro_summary"),
    Screen("connection-piste", "the connection of a company", ADMINISTRATOR,
           CONNECTIONS + "/{piste}", FORM),
    Screen("connection-documents", "how documents leave", ADMINISTRATOR, SAME_PLACE, FORM,
           (click("a[name='documents']", "a[name='documents'].active"),
            scroll_to("div[name='default_format']"))),
    Screen("connection-piste-tested", "all is well", ADMINISTRATOR, CONNECTIONS + "/{piste}", FORM,
           (TEST, scroll_to(VERDICTS))),
    Screen("connection-bank-accounts", "which account is which", ADMINISTRATOR, SAME_PLACE, FORM,
           (click("a[name='bank_accounts']", "div[name='bank_account_ids'] .o_data_row"),
            scroll_to("div[name='bank_account_ids']"))),
    Screen("connection-errors", "a secret is mistyped", ADMINISTRATOR,
           CONNECTIONS + "/{mistyped}", FORM, (TEST,)),
    Screen("connection-errors-tested", "what the test says of it", ADMINISTRATOR, SAME_PLACE,
           FORM, (scroll_to(VERDICTS),)),
    Screen("connection-stopped", "its password has expired", ADMINISTRATOR,
           CONNECTIONS + "/{stopped}", ".alert-warning"),
    Screen("connection-copied", "the database is a copy", ADMINISTRATOR,
           CONNECTIONS + "/{copied}", ".alert-danger"),
    Screen("connection-copied-dialog", "original or copy?", ADMINISTRATOR, SAME_PLACE, FORM,
           (click("button[name='action_confirm_database']", ".modal div[name='choice']"),)),
    Screen("connection-certificate", "by client certificate", ADMINISTRATOR,
           CONNECTIONS + "/{certificate}", FORM),
    Screen("connection-certificate-tested", "accepted", ADMINISTRATOR, SAME_PLACE, FORM,
           (TEST, scroll_to(VERDICTS))),
    Screen("certificates", "the one in use, and its successor", ADMINISTRATOR,
           CONNECTIONS + "/{certificate}", FORM, (OPEN_CERTIFICATES, scroll_to(CERTIFICATES))),
    Screen("certificate", "what it says of itself", ADMINISTRATOR, SAME_PLACE, FORM,
           (click(f"{CERTIFICATES} .o_data_row td", ".modal div[name='sha256']"),)),
    Screen("certificate-add", "its file, or its text", ADMINISTRATOR,
           CONNECTIONS + "/{certificate}", FORM,
           (click("button[name='action_add_certificate']", ".modal div[name='file']"),)),
    Screen("connection-network", "a proxy, whom to trust, how long to wait", ADMINISTRATOR,
           CONNECTIONS + "/{piste}", FORM,
           (click("a[name='network']", "div[name='proxy_address']"),
            scroll_to("div[name='proxy_address']"))),
    Screen("journal", "its numbers would be refused", ADMINISTRATOR, JOURNALS + "/{journal}",
           ".alert-warning"),
    Screen("connection-health", "whether it works, and how many calls it makes", ADMINISTRATOR,
           CONNECTIONS + "/{piste}", FORM,
           (click("a[name='health']", "a[name='health'].active"),
            scroll_to(".tab-pane.active .o_group"))),
    Screen("exchange-list", "calls to Chorus Pro, and those that failed", ADMINISTRATOR,
           EXCHANGES, LIST),
    Screen("exchange-form", "an invoice that was refused", ADMINISTRATOR,
           EXCHANGES + "/{exchange}", FORM,
           (click("a[name='answer']", "a[name='answer'].active"),)),
    Screen("exchange-question", "a query, which can be repeated", ADMINISTRATOR,
           EXCHANGES + "/{question}", FORM),
    Screen("connections", "all connections", ADMINISTRATOR, CONNECTIONS, LIST),
    Screen("oca-import", "coming from the OCA connector", ADMINISTRATOR, OCA_IMPORT, ".modal"),
    Screen("settings", "how many send at once", ADMINISTRATOR, SETTINGS, CONNECTIONS_SETTING,
           (scroll_to(CONNECTIONS_SETTING),)),
)
