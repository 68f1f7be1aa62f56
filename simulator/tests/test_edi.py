# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The EDI mode, seen by a plain SSH client."""

import base64
import contextlib
import io
import os
import shutil
import subprocess
import tarfile
from pathlib import Path
from xml.etree import ElementTree

import paramiko
import pytest
from conftest import Caller
from invoice_files import cii, factur_x, tar_gz

from simulator.control.plane import ControlError
from simulator.server import SimulatorServer

XSD = os.environ.get("CHORUS_PRO_XSD")
SFTP = shutil.which("sftp")
APPLICATION = "AAA123"
CUT = (EOFError, OSError, paramiko.SSHException)


@pytest.fixture(scope="module")
def server():
    with SimulatorServer(sftp=True) as sim:
        yield sim


@pytest.fixture
def sim(server):
    server.control.reset()
    return server


class Partner:
    """One SFTP conversation."""

    def __init__(self, sim, login=APPLICATION, key=None):
        known = sim.control.credentials()["edi"]
        self.sim = sim
        key = key or paramiko.RSAKey.from_private_key(io.StringIO(known["private_key"]))
        self._transport = paramiko.Transport((known["host"], known["port"]))
        try:
            self._transport.connect(username=login, pkey=key)
            self.sftp = paramiko.SFTPClient.from_transport(self._transport)
        except BaseException:
            self._transport.close()
            raise

    def close(self):
        self._transport.close()

    def put(self, name, content):
        with self.sftp.open(f"/depot/{name}.part", "wb") as file:
            file.write(content)
        self.sftp.rename(f"/depot/{name}.part", f"/depot/{name}")

    def ready(self):
        return self.sftp.listdir("/retrait")

    def get(self, name):
        with self.sftp.open(f"/retrait/{name}") as file:
            return file.read()

    def statuses(self):
        """{name: root of its XML} of all that is ready."""
        return {name: self.root(name) for name in self.ready()}

    def root(self, name):
        content = self.get(name)
        if name.endswith(".tar.gz"):
            with tarfile.open(fileobj=io.BytesIO(content)) as archive:
                content = archive.extractfile(archive.getmembers()[0]).read()
        valid(content)
        return ElementTree.fromstring(content)

    def judged(self, name, content):
        """The root of the report of a deposit."""
        self.put(name, content)
        self.sim.control.advance(180)
        found = self.statuses()
        [report] = [each for each in found if each.startswith("C")]
        return found[report]


def valid(content):
    """Checks a file against the AIFE's schema, where that is at hand."""
    if XSD:
        from lxml import etree

        schema = etree.XMLSchema(file=str(next(Path(XSD).glob("CPPStatut*.xsd"))))
        schema.assertValid(etree.fromstring(content))


def name(sequence=1, interface="FSO1106A", application=APPLICATION, extension="tar.gz"):
    flow = f"{application}{interface[3:7]}{sequence:015d}"
    return f"{interface}_{application}_{flow}.{extension}"


def lot(*numbers):
    return tar_gz({f"{number}.xml": cii(number) for number in numbers})


def errors(root):
    return [
        (line.findtext("NatureErreur"), line.findtext("CodeErreur"))
        for line in root.iter("LigneErreurDetail")
    ]


@pytest.fixture
def partner(sim):
    with contextlib.closing(Partner(sim)) as one:
        yield one


def test_a_flow_is_reported_and_its_invoices_live_as_the_api_shows(sim, partner):
    report = partner.judged(name(), lot("FA-1", "FA-2"))
    assert report.findtext(".//IdStatut") == "90"
    assert report.findtext(".//IdFlux") == name()[16:41]
    assert sorted(row["number"] for row in sim.control.invoices()) == ["FA-1", "FA-2"]
    # The reports of that were fetched too: what follows is new
    sim.control.advance(8 * 86400)
    [life] = partner.statuses().values()
    last = [row for row in life.iter("CPPFactureStatutUnitaire")
            if row.findtext(".//IdFacture") == "FA-1"][-1]
    assert last.findtext(".//IdStatut") == "11"
    [shown] = [row for row in sim.control.invoices() if row["number"] == "FA-1"]
    assert shown["status"] == "MISE_EN_PAIEMENT"
    assert last.findtext(".//Horodatage") == shown["status_date"]


def test_the_api_knows_the_flow_under_its_identifier(sim, partner):
    partner.judged(name(), lot("FA-1"))
    report = Caller(sim).report(name()[16:41])
    assert (report["etatCourantDepotFlux"], report["nomFichier"]) == ("IN_INTEGRE", name()[:41])


def test_a_flow_may_be_refused_or_taken_in_part(partner):
    bad = cii("FA-BAD", ("12345678200044", "99999999999999"))
    report = partner.judged(name(), tar_gz({"a.xml": cii("FA-1"), "b.xml": bad}))
    assert report.findtext(".//IdStatut") == "96"
    assert errors(report) == [("FA-BAD", "ERR_REG_001")]
    report = partner.judged(name(2), tar_gz({"b.xml": bad, "c.xml": b"junk"}))
    assert report.findtext(".//IdStatut") == "93"
    assert errors(report) == [("c.xml", "ERR_XSD_001")]


def test_one_file_may_come_as_xml_or_as_factur_x(partner):
    report = partner.judged(name(extension="xml"), cii("FA-1"))
    assert report.findtext(".//IdStatut") == "90"
    packed = tar_gz({"a.pdf": factur_x("FA-2")})
    assert partner.judged(name(2, "FSO1117A"), packed).findtext(".//IdStatut") == "90"


@pytest.mark.parametrize(
    ("put", "content", "code"),
    [
        (name(), b"x EICAR-STANDARD-ANTIVIRUS-TEST-FILE", "IRR_ANTIVIRUS"),
        (name(), b"", "IRR_VIDE"),
        (name(extension="zip"), b"x", "IRR_EXT_DOC"),
        ("facture.xml", b"x", "IRR_FORM"),
        (name(interface="FSO9999A"), b"x", "IRR_CODE_INTER"),
        (name(application="BBB456"), b"x", "IRR_CODE_APP"),
    ],
)
def test_what_is_not_let_in_is_told_at_once(sim, partner, put, content, code):
    partner.put(put, content)
    [root] = partner.statuses().values()
    assert root.findtext(".//IdStatut") == "93"
    assert [found for _nature, found in errors(root)] == [code]
    assert partner.sftp.listdir("/depot") == []


def test_an_identifier_is_never_taken_twice(partner):
    partner.judged(name(), lot("FA-1"))
    assert errors(partner.judged(name(), lot("FA-2"))) == [(name()[16:41], "IRR_UNCITE")]


def test_a_file_can_be_fetched_once_and_lives_seven_days(sim, partner):
    partner.put("facture.xml", b"x")
    [first] = partner.ready()
    assert partner.get(first)
    assert partner.ready() == []
    partner.put("facture.xml", b"x")
    sim.control.advance(7 * 86400 + 1)
    assert partner.ready() == []


def test_a_connection_that_ends_before_the_file_is_closed_fetches_nothing(sim, partner):
    partner.put("facture.xml", b"x")
    [first] = partner.ready()
    file = partner.sftp.open(f"/retrait/{first}")
    assert file.read()
    partner.close()
    with contextlib.closing(Partner(sim)) as again:
        assert again.ready() == [first]


def test_partners_see_their_own_files_and_only_get_in_the_second_folder(sim, partner):
    sim.control.edi_ready("BBB456", "other.xml", base64.b64encode(b"x").decode())
    assert partner.sftp.listdir("/") == ["depot", "retrait"]
    assert partner.ready() == []
    with contextlib.closing(Partner(sim, "BBB456")) as other:
        assert other.ready() == ["other.xml"]
        for forbidden in (
            lambda: other.sftp.open("/retrait/other.xml", "wb"),
            lambda: other.sftp.remove("/retrait/other.xml"),
            lambda: other.sftp.rename("/retrait/other.xml", "/depot/other.xml"),
        ):
            with pytest.raises(PermissionError):
                forbidden()
    for outside in ("/etc/passwd", "/depot/../../etc/passwd", "/depot/no", "/retrait/a/b"):
        with pytest.raises(OSError):
            partner.sftp.stat(outside)


def test_nobody_else_is_let_in(sim):
    for login, key in (("CCC789", None), (APPLICATION, paramiko.RSAKey.generate(2048))):
        with pytest.raises(paramiko.AuthenticationException):
            Partner(sim, login, key)


def test_a_put_may_be_cut_at_each_step(sim):
    content = lot("FA-1")
    after = {"edi_put_cut": [f"{name()}.part"], "edi_cut_before_rename": [f"{name()}.part"],
             "edi_cut_after_rename": [name()]}
    for fault, left in after.items():
        sim.control.reset()
        sim.control.fault(fault)
        with contextlib.closing(Partner(sim)) as one, pytest.raises(CUT):
            one.put(name(), content)
        [shown, _other] = sim.control.edi()
        assert shown["deposited"] == left
        assert shown["received"] == ([name()] if left == [name()] else [])


def test_a_disk_may_be_full(sim, partner):
    sim.control.fault("edi_disk_full")
    with pytest.raises(OSError):
        partner.put(name(), lot("FA-1"))
    assert partner.judged(name(), lot("FA-1")).findtext(".//IdStatut") == "90"


def test_a_get_may_be_cut(sim, partner):
    sim.control.edi_ready(APPLICATION, "a.xml", base64.b64encode(bytes(200_000)).decode())
    sim.control.fault("edi_get_cut")
    with pytest.raises(CUT):
        partner.get("a.xml")
    with contextlib.closing(Partner(sim)) as again:
        assert len(again.get("a.xml")) == 200_000


def test_a_file_may_lie_ready_by_half_or_twice(sim, partner):
    content = base64.b64encode(b"0123456789").decode()
    sim.control.fault("edi_half_file")
    sim.control.edi_ready(APPLICATION, "a.xml", content)
    assert [partner.get("a.xml"), partner.get("a.xml")] == [b"01234", b"0123456789"]
    sim.control.fault("edi_twice")
    sim.control.edi_ready(APPLICATION, "b.xml", content)
    assert partner.get("b.xml") == partner.get("b.xml")
    assert partner.ready() == []


def test_a_report_may_never_come_or_come_after_the_life_cycle(sim, partner):
    sim.control.fault("edi_no_report")
    partner.put(name(), lot("FA-1"))
    sim.control.advance(180)
    assert [found[0] for found in partner.statuses()] == ["F"]
    sim.control.fault("edi_life_before_report")
    partner.put(name(2), lot("FA-2"))
    sim.control.advance(180)
    assert [found[0] for found in partner.statuses()] == ["F"]
    assert [found[0] for found in partner.statuses()] == ["C"]


def test_wrong_orders_are_refused(sim):
    with pytest.raises(ControlError, match="no partner"):
        sim.control.edi_ready("ZZZ999", "a.xml", "")
    with pytest.raises(ControlError, match="base64"):
        sim.control.edi_ready(APPLICATION, "a.xml", "é")


@pytest.mark.skipif(not SFTP, reason="this machine has no OpenSSH client (sftp)")
def test_the_client_of_openssh_puts_lists_and_gets(sim, tmp_path):
    known = sim.control.credentials()["edi"]
    key = tmp_path / "key"
    key.write_text(known["private_key"])
    key.chmod(0o600)
    hosts = tmp_path / "known_hosts"
    hosts.write_text(f"[{known['host']}]:{known['port']} {known['host_key']}\n")
    (tmp_path / name()).write_bytes(lot("FA-1"))

    def run(*orders):
        command = [
            SFTP, "-b", "-", "-P", str(known["port"]), "-i", str(key), "-F", "/dev/null",
            "-o", f"UserKnownHostsFile={hosts}", "-o", "StrictHostKeyChecking=yes",
            f"{APPLICATION}@{known['host']}",
        ]
        text = "\n".join([f"lcd {tmp_path}", *orders, "quit"]) + "\n"
        done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run(f"put {name()} /depot/{name()}.part", f"rename /depot/{name()}.part /depot/{name()}")
    sim.control.advance(180)
    listed = [word for word in run("ls -1 /retrait").split() if word.startswith("/retrait/")]
    assert len(listed) == 2
    run(*(f"get {path}" for path in listed))
    assert all((tmp_path / Path(path).name).stat().st_size for path in listed)
    assert not [each for each in run("ls -1 /retrait").split() if each.startswith("/retrait/")]
