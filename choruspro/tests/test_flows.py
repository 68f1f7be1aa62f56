# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Flows: what leaves, in how much memory, and what the answers become."""

import base64
import hashlib
import io
import json
import tracemalloc
from dataclasses import replace
from datetime import date, datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_gateway import Drop, Reply
from strategies import spoiled

from choruspro import errors, limits, wire
from choruspro.errors import Delivery, ProtocolError
from choruspro.messages import (
    FlowDeposit,
    FlowReport,
    FlowSyntax,
    InvoiceError,
    MessageError,
    TechnicalError,
)
from choruspro.operations import DEPOSIT_FLOW
from choruspro.transport import HttpTransport

DEPOSIT = "/cpro/factures/v1/deposer/flux"
REPORT = "/cpro/transverses/v1/consulterCRDetaille"
NUMBER = "CPP0011117000000000731004"
XML = FlowDeposit(content=b"<Invoice/>", file_name="F42.xml", syntax=FlowSyntax.UBL)
RECEIPT = {
    "codeRetour": 0,
    "numeroFluxDepot": NUMBER,
    "dateDepot": "2026-11-22",
    "syntaxeFlux": "IN_DP_E1_UBL_INVOICE",
}
ERROR = {
    "identifiantFournisseur": "12345678200077",
    "identifiantDestinataire": "12345678200028",
    "numeroDP": "FA2026-00043",
    "libelleErreurDP": "Le service est inconnu.| L'engagement manque. |Le moy",
}
REFUSED = InvoiceError(
    supplier="12345678200077",
    recipient="12345678200028",
    number="FA2026-00043",
    messages=("Le service est inconnu.", "L'engagement manque.", "Le moy"),
)
TECHNICAL = {"codeErreur": "ERR_XSD_001", "libelleErreur": "ligne: 150", "natureErreur": "2.xml"}
PARTIAL = {
    "codeRetour": 0,
    "etatCourantDepotFlux": "IN_INTEGRE_PARTIEL",
    "dateDepotFlux": "2026-11-22T09:14:02.118+01:00",
    "dateHeureEtatCourantFlux": "2026-11-22T09:16:40.530+01:00",
    "nomFichier": f"FSO1117A_CPP001_{NUMBER}",
    "listeErreurDP": [ERROR],
    "listeErreurTechnique": [TECHNICAL],
}


def test_a_flow_is_sent_as_one_line_of_base64_with_its_length(gateway, client):
    gateway.script(DEPOSIT, Reply(body=RECEIPT))
    receipt = client.deposit_flow(XML)
    assert (receipt.flow_number, receipt.deposit_date) == (NUMBER, date(2026, 11, 22))
    assert receipt.syntax == "IN_DP_E1_UBL_INVOICE"
    (call,) = gateway.calls(DEPOSIT)
    assert call.json == {
        "fichierFlux": base64.b64encode(b"<Invoice/>").decode(),
        "nomFichier": "F42.xml",
        "syntaxeFlux": "IN_DP_E1_UBL_INVOICE",
        "avecSignature": False,
    }
    assert int(call.headers["Content-Length"]) == len(call.body)
    assert "Transfer-Encoding" not in call.headers
    assert call.headers["Content-Type"] == "application/json;charset=utf-8"


def test_a_file_is_sent_whole_wherever_it_stands_and_stays_open(gateway, client):
    file = io.BytesIO(b"<Invoice/>")
    file.read()
    gateway.script(DEPOSIT, Reply(body=RECEIPT))
    client.deposit_flow(replace(XML, content=file, signed=True))
    (call,) = gateway.calls(DEPOSIT)
    assert base64.b64decode(call.json["fichierFlux"]) == b"<Invoice/>"
    assert call.json["avecSignature"] is True
    assert not file.closed


def test_a_flow_that_was_not_let_in_is_sent_again_whole(gateway, client):
    gateway.script(DEPOSIT, Reply(401, b""), Reply(body=RECEIPT))
    assert client.deposit_flow(XML).flow_number == NUMBER
    first, second = gateway.calls(DEPOSIT)
    assert first.body == second.body
    assert first.headers["Authorization"] != second.headers["Authorization"]


def test_a_flow_whose_connection_is_refused_delivers_nothing(closed_port):
    """Past the token, which another server gives; the body is put back before each try."""
    transport = HttpTransport("tests", backoff=0)
    with wire.spool(XML.to_json(), "fichierFlux", XML.open_content()) as body:
        with pytest.raises(errors.UnavailableError) as caught:
            transport.send(DEPOSIT_FLOW, f"http://127.0.0.1:{closed_port}/x", {}, body)
    assert caught.value.code == errors.CONNECTION_FAILED
    assert caught.value.delivery is Delivery.NO
    transport.close()


class _Reluctant(io.RawIOBase):
    """A file that gives 1, 2, 4, 5, 7… bytes, never as many as it is asked for."""

    def __init__(self, content):
        self._file, self._next = io.BytesIO(content), 1

    def read(self, _size=-1):
        size, self._next = self._next, self._next + (1 if self._next % 3 == 1 else 2)
        return self._file.read(size)


@given(content=st.binary(max_size=300))
def test_base64_does_not_depend_on_how_a_file_is_read(content):
    with wire.spool({"a": 1}, "file", _Reluctant(content)) as body:
        expected = {"a": 1, "file": base64.b64encode(content).decode()}
        assert json.loads(body.read()) == expected


class _Sink:
    """A server that counts and forgets what it receives."""

    def __init__(self):
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                sink.headers, sink.received = dict(self.headers), hashlib.sha256()
                left = int(self.headers["Content-Length"])
                while left:
                    piece = self.rfile.read(min(left, 1 << 16))
                    sink.received.update(piece)
                    left -= len(piece)
                Reply(body=RECEIPT).play(self, None)

            def log_message(self, *_arguments):
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self):
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(self, *_exception):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def test_memory_does_not_grow_with_the_file(tmp_path):
    """The budget is twice the largest archive; a copy in pieces needs a small part of it."""
    size = limits.MAX_FLOW_ARCHIVE_BYTES
    path = tmp_path / "lot.tar.gz"
    with path.open("wb") as file:
        file.truncate(size)
    transport = HttpTransport("tests")
    with _Sink() as sink, path.open("rb") as file:
        transport.send(DEPOSIT_FLOW, sink.url, {}, b"{}")  # what is loaded once does not count
        deposit = FlowDeposit(content=file, file_name="lot.tar.gz", syntax=FlowSyntax.CII)
        tracemalloc.start()
        try:
            with wire.spool({"x": 1}, "fichierFlux", deposit.open_content()) as body:
                transport.send(DEPOSIT_FLOW, sink.url, {}, body)
                length = body.seek(0, io.SEEK_END)
            _now, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
            transport.close()
    assert peak < size / 4
    assert int(sink.headers["Content-Length"]) == length > size * 4 / 3
    assert "Transfer-Encoding" not in sink.headers
    whole = hashlib.sha256(b'{"x": 1, "fichierFlux": "')
    for _ in range(size // 300_000):
        whole.update(b"A" * 400_000)
    whole.update(b'"}')
    assert sink.received.digest() == whole.digest()


class _Sized(io.RawIOBase):
    """A file of any size that holds nothing."""

    def __init__(self, size):
        self._size = size

    def seek(self, _offset, whence=io.SEEK_SET):
        return self._size if whence == io.SEEK_END else 0

    def read(self, size=-1):
        return b"%PDF-"[:size]


@pytest.mark.parametrize(
    "changes, broken",
    [
        ({"content": b""}, ("content", "empty")),
        ({"content": io.BytesIO()}, ("content", "empty")),
        ({"content": None}, ("content", "empty")),
        ({"content": "text"}, ("content", "empty")),
        ({"content": _Sized(10_000_001)}, ("content", "too_large")),
        ({"content": _Sized(10_000_001), "file_name": "F.gz.xml"}, ("content", "too_large")),
        ({"content": _Sized(30_000_001), "file_name": "lot.tar.gz"}, ("content", "too_large")),
        ({"content": _Sized(30_000_001), "file_name": "lot.ZIP"}, ("content", "too_large")),
        ({"syntax": FlowSyntax.FACTURX}, ("file_name", "extension")),
        ({"syntax": FlowSyntax.FACTURX, "file_name": "F.pdf"}, ("content", "not_pdf")),
        ({"syntax": FlowSyntax.CII, "file_name": "F.pdf"}, ("file_name", "extension")),
        ({"syntax": "IN_DP_E1_XCBL"}, ("syntax", "choice")),
        ({"syntax": None}, ("syntax", "choice")),
        ({"file_name": "lot.gz"}, ("file_name", "extension")),
        ({"file_name": "lot"}, ("file_name", "extension")),
        ({"file_name": "a/lot.xml"}, ("file_name", "extension")),
        ({"file_name": ""}, ("file_name", "required")),
        ({"file_name": None}, ("file_name", "required")),
        ({"file_name": "x" * 197 + ".xml"}, ("file_name", "too_long")),
        ({"signed": "false"}, ("signed", "choice")),
    ],
)
def test_a_flow_that_breaks_a_rule_does_not_leave(gateway, client, changes, broken):
    with pytest.raises(MessageError) as caught:
        client.deposit_flow(replace(XML, **changes))
    assert (caught.value.field, caught.value.rule) == broken
    assert not gateway.calls(DEPOSIT)


@pytest.mark.parametrize(
    "name, size", [("F.xml", 10_000_000), ("lot.tar.gz", 30_000_000), ("lot.tgz", 30_000_000)]
)
def test_the_limits_of_a_flow_are_included(name, size):
    replace(XML, content=_Sized(size), file_name=name).open_content()


def test_the_content_of_a_flow_is_not_shown():
    assert "<Invoice/>" not in repr(XML)


@pytest.mark.parametrize("status", [200, 400])
def test_a_flow_that_is_too_large_for_the_platform_is_refused(gateway, client, status):
    refusal = {"codeRetour": 20001, "libelle": "GDP_MSG_11.022"}
    gateway.script(DEPOSIT, Reply(status, refusal))
    with pytest.raises(errors.RefusedError) as caught:
        client.deposit_flow(XML)
    assert caught.value.code == errors.TOO_LARGE


@pytest.mark.parametrize(
    "step, code, delivery",
    [
        (Drop(), errors.ANSWER_LOST, Delivery.UNKNOWN),
        (Reply(502, b"<html></html>"), errors.SERVER_ERROR, Delivery.UNKNOWN),
        (Reply(200, b'{"codeRetour": 0, "num'), errors.UNREADABLE_ANSWER, Delivery.UNKNOWN),
        (Reply(200, {"codeRetour": 0}), errors.INCOMPLETE_ANSWER, Delivery.YES),
    ],
)
def test_a_flow_whose_answer_is_lost_is_sent_once(gateway, client, step, code, delivery):
    gateway.script(DEPOSIT, step)
    with pytest.raises(errors.UnknownOutcomeError) as caught:
        client.deposit_flow(XML)
    assert (caught.value.code, caught.value.delivery) == (code, delivery)
    assert caught.value.operation == "deposer_flux"
    assert len(gateway.calls(DEPOSIT)) == 1


def test_a_report_tells_each_refused_invoice_and_file(gateway, client):
    gateway.script(REPORT, Reply(body=PARTIAL))
    report = client.read_flow_report(NUMBER)
    assert gateway.calls(REPORT)[0].json == {"numeroFluxDepot": NUMBER}
    assert report == FlowReport(
        flow_number=NUMBER,
        state="IN_INTEGRE_PARTIEL",
        state_date=datetime(2026, 11, 22, 8, 16, 40, 530000, timezone.utc),
        deposit_date=datetime(2026, 11, 22, 8, 14, 2, 118000, timezone.utc),
        file_name=f"FSO1117A_CPP001_{NUMBER}",
        technical_errors=(TechnicalError(code="ERR_XSD_001", label="ligne: 150", nature="2.xml"),),
        invoice_errors=(REFUSED,),
    )


@pytest.mark.parametrize(
    "rows, expected",
    [
        (ERROR, (REFUSED,)),
        ([ERROR, ERROR], (REFUSED, REFUSED)),
        ([], ()),
        (None, ()),
        (
            {"numeroDP": "F1", "libelleErreurDP": " || "},
            (InvoiceError(supplier="", recipient="", number="F1", messages=()),),
        ),
    ],
)
def test_errors_come_as_a_list_or_alone(rows, expected):
    report = FlowReport.from_json({**PARTIAL, "listeErreurDP": rows}, NUMBER)
    assert report.invoice_errors == expected
    alone = FlowReport.from_json({**PARTIAL, "listeErreurTechnique": TECHNICAL}, NUMBER)
    assert alone.technical_errors == FlowReport.from_json(PARTIAL, NUMBER).technical_errors


@pytest.mark.parametrize("status", [200, 400])
def test_a_flow_that_is_not_known_yet_is_told_by_its_code(gateway, client, status):
    gateway.script(REPORT, Reply(status, {"codeRetour": 20001, "libelle": "POQ_MSG_01.003"}))
    with pytest.raises(errors.RefusedError) as caught:
        client.read_flow_report(NUMBER)
    assert caught.value.code == errors.FLOW_UNKNOWN


def test_a_report_without_a_state_is_incomplete(gateway, client):
    gateway.script(REPORT, Reply(body={"codeRetour": 0}))
    with pytest.raises(ProtocolError) as caught:
        client.read_flow_report(NUMBER)
    assert caught.value.code == errors.INCOMPLETE_ANSWER


@pytest.mark.parametrize("number", ["", None, "C" * 26])
def test_a_report_needs_the_number_of_a_flow(client, number):
    with pytest.raises(MessageError):
        client.read_flow_report(number)


@given(answer=spoiled(PARTIAL))
def test_a_spoiled_report_is_read_or_is_a_protocol_error(answer):
    try:
        report = FlowReport.from_json(answer, NUMBER)
    except ProtocolError:
        return
    assert report.state
