# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A directory of 2,000 structures: every combination, found, read and invoiced."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta

import pytest
from conftest import Caller

from simulator.server import SimulatorServer
from simulator.world.clock import PARIS
from simulator.world.directory_data import RECIPIENTS
from simulator.world.large_directory import COMBINATIONS, DEMANDS, SERVICES, STATES, large_directory
from simulator.world.refusals import REFUSALS

SIZE = 2000
SEARCH = "structures/v1/rechercher"
LIST = "structures/v1/rechercher/services"
READ = "structures/v1/consulter/service"


@pytest.fixture(scope="module")
def large():
    with SimulatorServer(directory_size=SIZE) as sim:
        yield sim


@pytest.fixture
def large_caller(large):
    large.control.reset()
    return Caller(large)


@pytest.fixture(scope="module")
def structures():
    return large_directory(SIZE)


def named(structures, demand, services, state):
    name = f"({demand}, {services}, {state})".upper()
    return next(row for row in structures if name in row.name)


def found(caller, siret):
    return caller.ok(SEARCH, {"structure": {"identifiantStructure": siret}})["listeStructures"]


def services_of(caller, structure):
    page = {"nbResultatsParPage": 200}
    body = {"idStructure": structure.structure_id, "parametresRechercherServicesStructure": page}
    return {row["codeService"]: row for row in caller.ok(LIST, body)["listeServices"]}


def test_every_combination_is_there(structures):
    assert len(structures) == SIZE
    assert len({row.structure_id for row in structures}) == SIZE
    for demand in DEMANDS:
        for services in SERVICES:
            for state in STATES:
                if services == "none" and "service_required" in DEMANDS[demand]:
                    continue
                assert named(structures, demand, services, state)
    rounds = Counter(row.name[len("COMMUNE 00000 ") :] for row in structures)
    assert len(rounds) == len(COMBINATIONS) == 126
    assert max(rounds.values()) - min(rounds.values()) <= 1


def test_it_is_the_same_each_time_and_its_ids_are_unique(structures):
    assert large_directory(SIZE) == structures
    ids = [service.service_id for row in structures for service in row.services]
    assert len(set(ids)) == len(ids) > 20_000
    assert all(number > 2**31 for number in ids)


@pytest.mark.parametrize("size", [0, 1, 5, 6])
def test_a_small_one_names_no_structure_that_is_not_there(size):
    made = large_directory(size)
    ids = {row.structure_id for row in made}
    assert len(made) == size
    assert all(set(row.duplicates) <= ids for row in made)


def test_sirets_are_valid_and_not_those_of_the_data_set(structures):
    for row in structures:
        digits = [int(digit) for digit in row.siret]
        doubled = [2 * digit if place % 2 == 0 else digit for place, digit in enumerate(digits)]
        assert len(digits) == 14
        assert sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
    assert {row.siret for row in structures}.isdisjoint(row.siret for row in RECIPIENTS)


def test_a_siret_finds_one_structure_or_two(large_caller, structures):
    sharing = defaultdict(list)
    for row in structures:
        sharing[row.siret].append(row.structure_id)
    assert set(map(len, sharing.values())) == {1, 2}
    plain = named(structures, "nothing", "few", "plain")
    assert len(found(large_caller, plain.siret)) == 1
    twin = named(structures, "nothing", "few", "same_siret")
    rows = found(large_caller, twin.siret)
    assert sorted(row["idStructureCPP"] for row in rows) == sorted(sharing[twin.siret])
    inactive = named(structures, "both", "many", "inactive")
    assert [row["statut"] for row in found(large_caller, inactive.siret)] == ["INACTIVE"]


def test_a_structure_tells_what_it_demands_and_which_one_is_the_same(large_caller, structures):
    demands = {
        "codeServiceDoitEtreRenseigne": ("service", "both", "per_service"),
        "numeroEJDoitEtreRenseigne": ("engagement", "both"),
        "gestionNumeroEJOuCodeService": ("either",),
    }
    for demand in DEMANDS:
        structure = named(structures, demand, "few", "duplicate")
        body = {"idStructureCPP": structure.structure_id}
        answer = large_caller.ok("structures/v1/consulter", body)
        told = answer["parametres"]
        assert {key: told[key] for key in demands} == {
            key: demand in names for key, names in demands.items()
        }
        assert answer["informationGenerales"]["listeStructureDupliquees"] == [
            {"structureDupliquee": structure.structure_id + 1}
        ]
    owner = named(structures, "nothing", "few", "works_owner")
    body = {"idStructureCPP": owner.structure_id}
    told = large_caller.ok("structures/v1/consulter", body)
    assert told["parametres"]["estMoaUniquement"] is True
    assert "listeStructureDupliquees" not in told["informationGenerales"]


def test_services_fill_more_than_a_page(large_caller, structures):
    counts = Counter(len(row.services) for row in structures)
    assert set(counts) == {0, 4, 42, 122}
    structure = next(row for row in structures if len(row.services) > 100)
    assert len(services_of(large_caller, structure)) == 122
    body = {
        "idStructure": structure.structure_id,
        "parametresRechercherServicesStructure": {"nbResultatsParPage": 100},
    }
    assert large_caller.ok(LIST, body)["parametresRetour"]["pages"] == 2


def submitted(caller, number, structure, service, **references):
    """The codeRetour of an invoice to a service."""
    changes = {f"references__{name}": value for name, value in references.items()}
    recipient = {"codeDestinataire": structure.siret, "codeServiceExecutant": service}
    body = caller.submission(number, destinataire=recipient, **changes)
    return caller.submit(body).json()["codeRetour"]


def test_a_service_that_closes_tomorrow_is_closed_the_day_after(large, large_caller, structures):
    structure = named(structures, "service", "dated", "plain")
    rows = services_of(large_caller, structure)
    active = {code: row["estActif"] for code, row in rows.items()}
    assert active == {
        "SERVICE_000": True,
        "FINIT_DEMAIN": True,
        "FINI_HIER": False,
        "OUVRE_DEMAIN": True,
    }
    tomorrow = (datetime.now(PARIS) + timedelta(days=1)).strftime("%Y-%m-%d")
    assert rows["FINIT_DEMAIN"]["dateFinService"].startswith(tomorrow)
    assert rows["OUVRE_DEMAIN"]["dateDbtService"].startswith(tomorrow)
    inactive = REFUSALS["service_inactive"][0]
    expected = {"FINIT_DEMAIN": 0, "FINI_HIER": inactive, "OUVRE_DEMAIN": inactive}
    for code, refusal in expected.items():
        assert submitted(large_caller, f"A-{code}", structure, code) == refusal
    large.control.advance(2 * 86400)
    large_caller.renew()
    expected = {"FINIT_DEMAIN": inactive, "FINI_HIER": inactive, "OUVRE_DEMAIN": 0}
    for code, refusal in expected.items():
        assert submitted(large_caller, f"B-{code}", structure, code) == refusal
    assert services_of(large_caller, structure)["FINIT_DEMAIN"]["estActif"] is False


def test_a_service_may_demand_an_engagement_number_by_itself(large_caller, structures):
    structure = named(structures, "per_service", "few", "plain")
    other = named(structures, "service", "few", "plain")
    for row, demanded in ((structure, True), (other, False)):
        ids = {"idStructure": row.structure_id, "idService": row.services[0].service_id}
        answer = large_caller.ok(READ, {**ids, "codeLangue": "FR"})
        assert answer["parametres"]["numeroEngagement"] is demanded
        assert answer["informationsGenerales"]["codeService"] == "SERVICE_000"
    missing = REFUSALS["engagement_missing"][0]
    assert submitted(large_caller, "F1", structure, "SERVICE_000") == missing
    assert submitted(large_caller, "F1", structure, "SERVICE_000", numeroBonCommande="E") == 0
    assert submitted(large_caller, "F2", other, "SERVICE_000") == 0


def test_details_of_a_service_are_those_of_its_structure_only(large_caller, structures):
    first, second = structures[40], structures[60]
    assert first.services and second.services
    ids = {"idStructure": first.structure_id, "idService": second.services[0].service_id}
    assert large_caller.post(READ, ids).json()["codeRetour"] == 20113


def test_an_invoice_goes_to_the_active_one_of_two_structures(large_caller, structures):
    twin = named(structures, "nothing", "none", "same_siret")
    recipient = {"codeDestinataire": twin.siret}
    assert large_caller.submit(large_caller.submission(destinataire=recipient)).ok
    (row,) = large_caller.search()["listeFactures"]
    assert row["idDestinataire"] == twin.structure_id - 1
