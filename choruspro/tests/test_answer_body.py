# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""An answer ends: by its size, unpacked and as received, and by the time that it takes in all."""

import gzip
import json
import zlib
from dataclasses import dataclass

import pytest
from requests.structures import CaseInsensitiveDict
from scripted_gateway import CLIENT_SECRET, TOKEN_PATH, Reply

from choruspro import errors, http_answer
from choruspro.errors import Delivery, UnavailableError, UnknownOutcomeError
from choruspro.http_answer import PIECE, HttpAnswer
from choruspro.redaction import secret_forms

RATES = "/cpro/transverses/v1/recuperer/tauxtva"
SUBMIT = "/cpro/factures/v1/soumettre"
MOST = 300_000
GOOD = json.dumps({"codeRetour": 0, "listeTauxTva": [], "libelle": "é" * 20_000}).encode()


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(http_answer, "MAX_BYTES", MOST)


@pytest.fixture
def unpacked(monkeypatch):
    """The sizes of the pieces that were unpacked from here on."""
    sizes = []
    unpack = http_answer._Unpacker.unpack

    def looked_at(self, piece):
        for each in unpack(self, piece):
            sizes.append(len(each))
            yield each

    monkeypatch.setattr(http_answer._Unpacker, "unpack", looked_at)
    return sizes


@dataclass(frozen=True)
class Stream:
    """Bytes without a length, until the client goes away; ``head``: of headers too."""

    piece: bytes
    head: bytes = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"

    def play(self, handler, gateway):
        handler.close_connection = True
        handler.wfile.write(self.head)
        try:
            while not gateway.over.is_set():
                handler.wfile.write(self.piece)
                if len(self.piece) < 100:
                    gateway.over.wait(0.002)
        except OSError:
            return


def _raw_deflated(content):
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


PACKED = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "GZIP ": gzip.compress,
    "deflate": zlib.compress,
    "deflate without its frame": _raw_deflated,
    "identity": bytes,
    "": bytes,
}


@pytest.mark.parametrize("how", PACKED)
def test_an_answer_is_unpacked_as_it_was_packed(gateway, client, how):
    headers = {"Content-Encoding": how.partition(" without")[0]} if how else {}
    gateway.script(RATES, Reply(body=PACKED[how](GOOD), headers=headers))
    assert client.vat_rates() == ()


@pytest.mark.parametrize("end", [b"", b"\x00" * 512, b"garbage"])
def test_what_follows_a_packed_answer_means_nothing(gateway, client, end):
    body = gzip.compress(GOOD) + end
    gateway.script(RATES, Reply(body=body, headers={"Content-Encoding": "gzip"}))
    assert client.vat_rates() == ()


@pytest.mark.parametrize("how", ["gzip", "deflate", "deflate without its frame"])
def test_a_bomb_is_unpacked_up_to_the_bound_and_asked_for_once(gateway, client, unpacked, how):
    bomb = PACKED[how](b" " * 20_000_000)
    assert len(bomb) < MOST / 5
    headers = {"Content-Encoding": how.partition(" without")[0]}
    gateway.script(RATES, Reply(body=bomb, headers=headers))
    with pytest.raises(UnavailableError) as caught:
        client.vat_rates()
    assert caught.value.code == errors.ANSWER_TOO_LARGE
    assert caught.value.retryable
    assert len(gateway.calls(RATES)) == 1
    assert MOST < sum(unpacked) <= MOST + PIECE


def test_a_bomb_in_the_answer_to_a_token_is_not_asked_for_again(gateway, client, unpacked):
    bomb = gzip.compress(b" " * 20_000_000)
    gateway.script(TOKEN_PATH, Reply(body=bomb, headers={"Content-Encoding": "gzip"}))
    with pytest.raises(UnavailableError) as caught:
        client.vat_rates()
    assert (caught.value.code, caught.value.operation) == (errors.ANSWER_TOO_LARGE, "token")
    assert sum(unpacked) <= MOST + PIECE


def test_an_answer_of_exactly_the_bound_is_read(gateway, client, monkeypatch):
    body = GOOD + b" " * (MOST - len(GOOD) - 1000)
    monkeypatch.setattr(http_answer, "MAX_BYTES", len(gzip.compress(body)) + len(body))
    gateway.script(
        RATES, Reply(body=gzip.compress(body), headers={"Content-Encoding": "gzip"})
    )
    assert client.vat_rates() == ()


def test_a_deposit_with_an_answer_without_end_leaves_a_doubt(gateway, client, submission):
    gateway.script(SUBMIT, Stream(b" " * 10_000))
    with pytest.raises(UnknownOutcomeError) as caught:
        client.submit_invoice(submission)
    assert caught.value.code == errors.ANSWER_TOO_LARGE
    assert caught.value.delivery is Delivery.UNKNOWN
    assert len(gateway.calls(SUBMIT)) == 1


_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
ENDLESS = {
    "body": Stream(b" " * 10_000),
    "chunks": Stream(b"2710\r\n" + b" " * 10_000 + b"\r\n", _CHUNKED),
}


@pytest.mark.parametrize("what", ENDLESS)
def test_an_answer_without_end_is_no_answer(gateway, make_client, what):
    client = make_client(gateway.url)
    gateway.script(RATES, ENDLESS[what])
    with pytest.raises(UnavailableError) as caught:
        client.vat_rates()
    assert caught.value.code == errors.ANSWER_TOO_LARGE
    assert len(gateway.calls(RATES)) == 1


def test_a_page_of_a_gateway_that_is_thrown_away_has_an_end_too(gateway, client):
    """A query is asked again after HTTP 503, whose page is read first."""
    gateway.script(RATES, Stream(b" " * 10_000, b"HTTP/1.1 503 No\r\nConnection: close\r\n\r\n"))
    with pytest.raises(UnavailableError) as caught:
        client.vat_rates()
    assert caught.value.code == errors.ANSWER_TOO_LARGE
    assert len(gateway.calls(RATES)) == 1


class Clock:
    """A second goes by each time that somebody looks at it."""

    def __init__(self):
        self.looks = 0

    def __call__(self):
        self.looks += 1
        return float(self.looks)


TRICKLES = {
    "headers": Stream(b"X-Pad: 1\r\n", b"HTTP/1.1 200 OK\r\n"),
    "one_header": Stream(b"x", b"HTTP/1.1 200 OK\r\nX-Pad: "),
    "status": Stream(b" ", b"HTTP/1.1 200"),
    "body": Stream(b" "),
    "chunks": Stream(b"1\r\n \r\n", _CHUNKED),
}


@pytest.mark.parametrize("what", TRICKLES)
def test_an_answer_that_comes_byte_by_byte_ends_in_time(
    gateway, make_client, submission, monkeypatch, what
):
    clock = Clock()
    gateway.script(SUBMIT, TRICKLES[what])
    client = make_client(gateway.url)
    client.authenticate()
    monkeypatch.setattr(http_answer, "_now", clock)
    client._transport._timeouts = type(client._transport._timeouts)(2, 5, 5)
    with pytest.raises(UnknownOutcomeError) as caught:
        client.submit_invoice(submission)
    assert caught.value.code == errors.ANSWER_TIMEOUT
    # Twice its five seconds, and the look at the beginning
    assert clock.looks <= 2 * 5 + 2
    assert len(gateway.calls(SUBMIT)) == 1


WRONG = {
    "another packing": ("br", GOOD),
    "zstd": ("zstd", GOOD),
    "packed twice": ("gzip, gzip", gzip.compress(gzip.compress(GOOD))),
    "gzip that is none": ("gzip", GOOD),
    "deflate that is none": ("deflate", b"\xff" * 100),
    "a wrong sum": ("gzip", gzip.compress(GOOD)[:-8] + b"\x00" * 8),
}


@pytest.mark.parametrize("what", WRONG)
def test_an_answer_that_is_not_packed_as_it_says_is_lost(gateway, client, submission, what):
    encoding, body = WRONG[what]
    gateway.script(SUBMIT, Reply(body=body, headers={"Content-Encoding": encoding}))
    with pytest.raises(UnknownOutcomeError) as caught:
        client.submit_invoice(submission)
    assert caught.value.code == errors.ANSWER_LOST


def test_the_connection_of_an_answer_without_end_is_used_no_more(gateway, client):
    gateway.script(RATES, ENDLESS["chunks"], Reply(body=GOOD))
    with pytest.raises(UnavailableError):
        client.vat_rates()
    before = gateway.connections
    assert client.vat_rates() == ()
    assert gateway.connections == before + 1


def test_a_connection_lives_for_the_next_call(gateway, client):
    gateway.script(RATES, Reply(body=GOOD), Reply(body=GOOD))
    client.vat_rates()
    before = gateway.connections
    client.vat_rates()
    assert gateway.connections == before


def test_no_cookie_of_a_gateway_is_kept(gateway, client):
    cookie = {"Set-Cookie": "route=1; Path=/", "Content-Length": str(len(GOOD))}
    gateway.script(RATES, Reply(body=GOOD, headers=cookie), Reply(body=GOOD))
    client.vat_rates()
    client.vat_rates()
    first, second = gateway.calls(RATES)
    assert "Cookie" not in first.headers and "Cookie" not in second.headers
    assert not any(list(each.cookies) for each in client._transport._sessions.values())


def test_the_text_of_an_answer_shows_nothing_of_it():
    answer = HttpAnswer(200, CaseInsensitiveDict({"X-Token": "t0ken"}), b'{"access_token": "abc"}')
    assert repr(answer) == str(answer) == "HttpAnswer(status=200, 23 bytes)"


def test_the_exchange_knows_every_secret_in_every_form(gateway, make_client):
    """The client secret is sent with the token's call only; an answer of another may repeat it."""
    kept = []
    forms = sorted(secret_forms(CLIENT_SECRET))
    gateway.script(RATES, Reply(body={"codeRetour": 0, "libelle": " | ".join(forms)[:4000]}))
    client = make_client(gateway.url, on_exchange=kept.append)
    client.vat_rates()
    assert len(kept) == 2
    shown = json.dumps(kept[-1].answer)
    assert "***" in shown
    assert not [form for form in forms if form in shown]
