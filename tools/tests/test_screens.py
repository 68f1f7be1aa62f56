# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import itertools
import re
import string

import pytest

from tools.demo.batch import STATE
from tools.screens.catalogue import SAME_PLACE, SCREENS, chosen
from tools.screens.showcase import HOSPITAL, TOWN, Showcase


class Session:
    """Answers like Odoo to a caller that only wants ids, and records the calls."""

    context = {}

    def __init__(self, events, ids):
        self.events = events
        self.ids = ids

    def call(self, model, method, *arguments, **_keywords):
        self.events.append((model, method, *arguments))
        if method == "check_object_reference":
            return "a.model", ":".join(arguments)
        if method == "create" and isinstance(arguments[0], list):
            return [next(self.ids) for _values in arguments[0]]
        return next(self.ids)

    def search_read(self, model, domain, fields, **_keywords):
        return [{"id": next(self.ids)}]

    def read_one(self, model, record_id, fields):
        return {"name": f"FAC/{record_id}"}


class Simulator:
    """The control plane, likewise."""

    def __init__(self, events):
        self.events = events

    def credentials(self):
        free = {"service_required": False, "engagement_required": False,
                "service_or_engagement_required": False, "active": True}
        demands = itertools.product((False, True), repeat=2)
        return {
            **dict.fromkeys(("token_url", "api_url", "client_id", "client_secret", "login",
                            "password"), "x"),
            "supplier": {"siret": "1"},
            "suppliers": [{"siret": "1", "name": "x"}, {"siret": "2", "name": "y"}],
            "certificate": dict.fromkeys(
                ("api_url", "p12", "renewed", "password", "authority"), "x"
            ),
            "recipients": [{**free, "siret": str(number), "service_required": service,
                            "engagement_required": engagement}
                           for number, (service, engagement) in enumerate(demands)]
            + [{**free, "siret": siret} for siret in (STATE, TOWN, HOSPITAL)]}

    def post(self, path, **values):
        self.events.append(("simulator", path, values))
        numbers = [f"{values.get('prefix', 'SIM')}{rank}" for rank in range(values.get("count", 1))]
        return numbers if path == "invoices" else {}

    def set_status(self, number, code, comment):
        self.events.append(("simulator", "status", number, code))

    def close_service(self, recipient, code):
        self.events.append(("simulator", "close", recipient, code))


@pytest.fixture(scope="module")
def events():
    return []


@pytest.fixture(scope="module")
def showcase(events):
    ids = itertools.count(1)
    made = Showcase(Session(events, ids), Session(events, ids), Simulator(events))
    made.run()
    return made


def test_no_two_pictures_share_a_file():
    names = [screen.name for screen in SCREENS]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[a-z][a-z-]+", name) for name in names)


def test_a_screen_goes_on_only_from_one_of_the_same_user():
    for before, screen in itertools.pairwise(SCREENS):
        assert screen.address != SAME_PLACE or screen.user == before.user, screen.name
    assert SCREENS[0].address != SAME_PLACE


def test_every_record_that_a_screen_shows_is_made(showcase):
    for screen in SCREENS:
        for _text, record, _format, _conversion in string.Formatter().parse(screen.address):
            assert record is None or showcase.records[record], screen.name


@pytest.mark.parametrize(("fault", "state"), [("lost_answer", "uncertain"),
                                             ("bad_gateway", "waiting")])
def test_a_fault_meets_the_invoice_that_it_is_for(showcase, events, fault, state):
    armed = next(index for index, event in enumerate(events)
                 if event[:2] == ("simulator", "faults") and event[2]["name"] == fault)
    sent = next(event for event in events[armed:] if "action_chorus_pro_send" in event)
    assert sent[-1] == [showcase.records[state]]
    job = next(event for event in events[armed:] if "method_direct_trigger" in event)
    assert job[-1] == ["l10n_fr_chorus_pro:ir_cron_send"]


def test_a_chosen_screen_comes_with_those_that_lead_to_it():
    assert [screen.name for screen in chosen(["triage-ready", "invoice-ready"])] == [
        "invoice-ready", "triage", "triage-ready"]
    assert chosen([]) == SCREENS
    with pytest.raises(KeyError):
        chosen(["no-such-screen"])
