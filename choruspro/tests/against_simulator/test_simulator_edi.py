# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The exchange by SFTP against the simulator's SSH server."""

import base64
import io
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from invoice_files import cii

from choruspro import errors
from choruspro.edi.container import read_members, write_archive
from choruspro.edi.exchange import RemoteFile, Standing
from choruspro.edi.name import EnvelopeName
from choruspro.edi.sftp import SftpExchange, SftpPlace, open_private_key
from choruspro.edi.status_file import FlowStatus, InvoiceStatusLine, read_statuses
from simulator.server import SimulatorServer

NAME = EnvelopeName.build("FSO1106A", "AAA123", 1)


@pytest.fixture(scope="module")
def server():
    with SimulatorServer(sftp=True) as running:
        yield running


@pytest.fixture
def place(simulator):
    known = simulator.credentials()["edi"]
    return SftpPlace(
        host=known["host"], port=known["port"], login="AAA123", host_key=known["host_key"],
        key=open_private_key(known["private_key"].encode(), ""), out=known["deposit"],
        incoming=known["retrieval"], allow_loopback=True,
    )


def lot(*numbers):
    file = io.BytesIO()
    size = write_archive(((f"{number}.xml", cii(number)) for number in numbers), file)
    return file, size


def put(place, name=NAME, numbers=("FA-1",)):
    with SftpExchange(place) as exchange:
        exchange.put(str(name), *lot(*numbers))


def fetched(place):
    """All records of all files that are ready."""
    found = []

    def keep(file):
        for member in read_members("x", file):
            found.extend(list(read_statuses(member))[1:])

    with SftpExchange(place) as exchange:
        for remote in exchange.waiting():
            exchange.fetch(remote, keep)
    return found


def test_invoices_are_put_and_followed_to_payment_by_files_alone(simulator, place):
    put(place, numbers=("FA-1", "FA-2"))
    simulator.advance(180)
    found = fetched(place)
    [report] = [each for each in found if isinstance(each, FlowStatus)]
    assert (report.is_accepted, report.flow) == (True, NAME.flow)
    simulator.advance(8 * 86400)
    statuses = [each for each in fetched(place) if isinstance(each, InvoiceStatusLine)]
    assert {each.invoice for each in statuses if each.code == "MISE_EN_PAIEMENT"} == {
        "FA-1", "FA-2"}
    assert {each.supplier for each in statuses} == {"12345678200077"}
    assert fetched(place) == []


@pytest.mark.parametrize("ciphers", [(), ("aes128-cbc", "aes256-cbc"), ("aes256-ctr",)])
def test_the_ciphers_are_those_that_are_set(place, ciphers):
    put(replace(place, ciphers=ciphers))


@pytest.mark.parametrize("ciphers", [("3des-cbc",), ("no-such-cipher",)])
def test_without_a_common_cipher_nothing_is_sent(simulator, place, ciphers):
    with pytest.raises(errors.ConfigurationError) as caught:
        put(replace(place, ciphers=ciphers))
    assert caught.value.code == errors.EDI_NO_COMMON_CIPHER
    assert simulator.edi()[0]["received"] == []


def test_a_server_with_another_key_gets_nothing(simulator, place):
    wire = base64.b64decode(place.host_key.split()[1])
    other = base64.b64encode(wire[:-1] + bytes([wire[-1] ^ 1])).decode()
    pinned = [
        f"ssh-rsa {other}", "SHA256:" + "A" * 43,
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "A" * 43,
    ]
    for host_key in pinned:
        with pytest.raises(errors.ConfigurationError) as caught:
            put(replace(place, host_key=host_key))
        assert caught.value.code == errors.EDI_HOST_KEY
    assert simulator.edi()[0]["received"] == []


def test_a_key_or_a_login_without_right_is_refused(place):
    stranger = rsa.generate_private_key(65537, 2048)
    for changed in ({"key": stranger}, {"login": "CCC789"}):
        with pytest.raises(errors.CredentialsError) as caught:
            put(replace(place, **changed))
        assert caught.value.code == errors.EDI_LOGIN_REFUSED


def test_a_server_that_is_not_there_gets_nothing(place):
    for changed, code in (
        ({"port": 1}, errors.CONNECTION_FAILED),
        ({"host": "no.such.host.invalid"}, errors.NAME_UNRESOLVED),
    ):
        with pytest.raises(errors.UnavailableError) as caught:
            put(replace(place, **changed))
        assert caught.value.code == code


def test_a_folder_that_is_missing_or_forbidden_is_a_mistake_of_the_settings(place):
    for folder, code in (
        ("/nowhere", errors.EDI_FOLDER_MISSING), ("/retrait", errors.EDI_FOLDER_DENIED),
    ):
        with pytest.raises(errors.ConfigurationError) as caught:
            put(replace(place, out=folder))
        assert caught.value.code == code
    with SftpExchange(replace(place, incoming="/nowhere")) as exchange:
        with pytest.raises(errors.ConfigurationError) as caught:
            exchange.waiting()
    assert caught.value.code == errors.EDI_FOLDER_MISSING


@pytest.mark.parametrize(
    ("fault", "kind", "standing"),
    [
        ("edi_put_cut", errors.UnavailableError, Standing.UNFINISHED),
        ("edi_disk_full", errors.UnavailableError, Standing.UNFINISHED),
        ("edi_cut_before_rename", errors.UnknownOutcomeError, Standing.UNFINISHED),
        ("edi_cut_after_rename", errors.UnknownOutcomeError, Standing.THERE),
    ],
)
def test_an_interrupted_put_is_found_by_its_name(simulator, place, fault, kind, standing):
    simulator.fault(fault)
    with pytest.raises(kind):
        put(place)
    with SftpExchange(place) as exchange:
        file, size = lot("FA-1")
        assert exchange.standing(str(NAME), size) is standing
        exchange.put(str(NAME), file, size)
        assert exchange.standing(str(NAME), size) is Standing.THERE
    assert simulator.edi()[0]["received"] == [str(NAME)]


def test_a_file_that_was_not_kept_can_be_fetched_again(simulator, place):
    simulator.edi_ready("AAA123", "a.xml", base64.b64encode(b"x" * 200_000).decode())

    def fail(_file):
        raise RuntimeError("no database")

    with SftpExchange(place) as exchange, pytest.raises(RuntimeError):
        exchange.fetch(RemoteFile("a.xml", 200_000), fail)
    simulator.fault("edi_get_cut")
    with SftpExchange(place) as exchange, pytest.raises(errors.UnavailableError):
        exchange.fetch(RemoteFile("a.xml", 200_000), bytes)
    with SftpExchange(place) as exchange:
        [remote] = exchange.waiting()
        assert exchange.fetch(remote, lambda file: len(file.read())) == 200_000
        assert exchange.waiting() == []


def test_the_report_of_a_file_whose_name_is_wrong_names_it(simulator, place):
    put(place, "facture.xml")
    [report] = fetched(place)
    assert (report.is_refused, report.flow) == (True, "facture.xml")
    assert [error.code for error in report.errors] == ["IRR_FORM"]
