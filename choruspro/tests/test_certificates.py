# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Whom the transport trusts: against a server on this machine with a certificate of its own."""

import datetime
import ipaddress
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from scripted_gateway import Reply, ScriptedGateway

from choruspro import errors
from choruspro.errors import ConfigurationError, Delivery
from choruspro.operations import SUBMIT_INVOICE
from choruspro.tls import server_ssl_context
from choruspro.transport import HttpTransport, Timeouts

SUBMIT = "/cpro/factures/v1/soumettre"
RATES = "/cpro/transverses/v1/recuperer/tauxtva"
NO_RATES = Reply(body={"codeRetour": 0, "listeTauxTva": []})


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """The path of a certificate for 127.0.0.1 that signs itself, key included."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return str(path)


@pytest.fixture
def tls_gateway(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with ScriptedGateway(tls=context) as server:
        yield server


def test_a_certificate_that_nobody_vouches_for_is_refused_and_nothing_is_sent(tls_gateway):
    transport = HttpTransport("tests", backoff=0, timeouts=Timeouts(2, 2, 2))
    with pytest.raises(ConfigurationError) as caught:
        transport.send(SUBMIT_INVOICE, tls_gateway.url + SUBMIT, {}, b"{}")
    assert caught.value.code == errors.TLS_UNTRUSTED
    assert caught.value.delivery is Delivery.NO
    assert not tls_gateway.calls(SUBMIT)
    transport.close()


def test_a_given_authority_is_trusted_although_it_is_private(tls_gateway, make_client, certificate):
    tls_gateway.script(RATES, NO_RATES)
    context = server_ssl_context(Path(certificate).read_text())
    assert make_client(tls_gateway.url, ssl_context=context).vat_rates() == ()
    assert len(tls_gateway.calls(RATES)) == 1
