# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import io
import os
from datetime import date, datetime, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from choruspro import errors
from choruspro.edi import status_file
from choruspro.edi.status_file import (
    STATUS_CODES,
    Envelope,
    ErrorLine,
    FlowStatus,
    InvoiceStatusLine,
    UnreadableRecord,
    read_statuses,
)
from choruspro.lifecycle import INVOICE_STATUSES, Phase, invoice_status

HEAD = (
    '<Enveloppe><EnveloppeUnitaire NumOrdre="1"><Parametres>'
    '<ParametreIndiv NumOrdre="0001"><Code>DtPrd</Code>'
    "<Valeurparametre>2026-09-08</Valeurparametre></ParametreIndiv>"
    '<ParametreIndiv NumOrdre="0002"><Code>IdFlx</Code>'
    "<Valeurparametre>CPP0011201000000000000007</Valeurparametre></ParametreIndiv></Parametres>"
    "<Partenaires><Recepteur><Id>AAA123</Id></Recepteur><Emetteur><Id>CPP001</Id></Emetteur>"
    "</Partenaires></EnveloppeUnitaire></Enveloppe>"
)
ENVELOPE = Envelope(
    "CPP0011201000000000000007", datetime(2026, 9, 7, 22, tzinfo=timezone.utc), "CPP001", "AAA123"
)
MOMENT = datetime(2026, 12, 18, 15, 51, 55, tzinfo=timezone.utc)


def invoice(number="07", invoice="FAC-1", order=1, when="2026-12-18T16:51:55.000+01:00", kind="1"):
    return (
        f'<CPPFactureStatutUnitaire NumOrdre="{order}"><Fournisseur>'
        f"<TypeIdentifiant>{kind}</TypeIdentifiant><Identifiant>12345678200077</Identifiant>"
        "<RaisonSociale>F</RaisonSociale></Fournisseur><Debiteur><TypeIdentifiant>1"
        "</TypeIdentifiant><Identifiant>12345678200051</Identifiant></Debiteur><DonneesStatut>"
        f"<IdStatut>{number}</IdStatut><Commentaire>Vu</Commentaire>"
        f'<Horodatage>{when}</Horodatage><Producteur Id="P1"/><IdFacture>{invoice}</IdFacture>'
        "<DateFacture>2026-06-13</DateFacture></DonneesStatut></CPPFactureStatutUnitaire>"
    )


def invoices(*rows, head=HEAD):
    rows = rows or (invoice(),)
    body = f'<CPPFactureStatuts compteur="{len(rows)}">{"".join(rows)}</CPPFactureStatuts>'
    return f"<CPPStatut>{head}{body}</CPPStatut>".encode()


def flow(number=96, lines=""):
    details = f'<Details NbLignesErreur="1">{lines}</Details>' if lines else ""
    return (
        f'<CPPStatut>{HEAD}<CPPFluxStatuts compteur="1"><CPPFluxStatutUnitaire NumOrdre="1">'
        f"<DonneesStatut><IdStatut>{number}</IdStatut><Horodatage>2026-12-18T16:51:55+01:00"
        f"</Horodatage><IdFlux>AAA1231117000000000000001</IdFlux>{details}</DonneesStatut>"
        "</CPPFluxStatutUnitaire></CPPFluxStatuts></CPPStatut>"
    ).encode()


def line(number=1, label="Montant faux"):
    return (
        f'<LigneErreurDetail IdLigne="{number}"><NatureErreur>FAC-1</NatureErreur><CodeErreur>'
        f"ERR_1</CodeErreur><LibelleErreur>{label}</LibelleErreur></LigneErreurDetail>"
    )


def read(content, **options):
    return list(read_statuses(io.BytesIO(content), **options))


def refused(content, code, **options):
    with pytest.raises(errors.UnreadableFileError) as caught:
        read(content, **options)
    assert caught.value.code == code
    return caught.value


def test_statuses_of_invoices_are_read():
    assert read(invoices()) == [
        ENVELOPE,
        InvoiceStatusLine(
            order=1, number=7, supplier="12345678200077", recipient="12345678200051",
            invoice="FAC-1", invoice_date=date(2026, 6, 13), date=MOMENT, comment="Vu", author="P1",
        ),
    ]


def test_a_report_is_read_with_its_errors():
    [envelope, status] = read(flow(96, line(1) + line(2, "Autre")))
    assert envelope == ENVELOPE
    assert status == FlowStatus(
        order=1, number=96, flow="AAA1231117000000000000001", date=MOMENT, comment="",
        errors=(
            ErrorLine("FAC-1", "ERR_1", "Montant faux", ""),
            ErrorLine("FAC-1", "ERR_1", "Autre", ""),
        ),
    )


@pytest.mark.parametrize("number", range(90, 97))
def test_a_flow_is_taken_refused_or_neither(number):
    [_envelope, status] = read(flow(number))
    told = [status.is_accepted, status.is_partial, status.is_refused]
    assert sum(told) == (0 if number == 91 else 1)


def test_every_number_leads_to_a_status_that_is_known():
    known = {status.code for status in INVOICE_STATUSES}
    assert set(STATUS_CODES.values()) <= known
    assert len(set(STATUS_CODES.values())) == len(STATUS_CODES)


@given(st.integers(1, 41))
def test_a_number_without_a_name_is_kept_as_a_number(number):
    for written in (f"{number}", f"{number:02d}", f" {number:03d} "):
        [_envelope, status] = read(invoices(invoice(written)))
        assert status.number == number
        is_known = invoice_status(status.code).phase is not Phase.UNKNOWN
        assert is_known == (number in STATUS_CODES)
        assert is_known or status.code == f"{number:02d}"


def test_a_supplier_without_siret_is_nobody_of_ours():
    [_envelope, status] = read(invoices(invoice(kind="2")))
    assert status.supplier == ""


def test_a_record_that_lacks_something_stops_none_of_the_others():
    rows = [
        invoice(order=1), invoice("", order=2), invoice(when="hier", order=3),
        invoice(invoice="", order=4), invoice("9" * 30, order=5), invoice(order=6),
    ]
    [_envelope, *found] = read(invoices(*rows))
    bad = [each for each in found if isinstance(each, UnreadableRecord)]
    assert [(each.order, each.missing) for each in bad] == [
        (2, "IdStatut"), (3, "Horodatage"), (4, "IdFacture"), (5, "IdStatut"),
    ]
    assert [each.order for each in found if each not in bad] == [1, 6]


def test_prefixes_comments_and_blanks_do_no_harm():
    text = invoices().decode().replace("<IdStatut>07", "<IdStatut><!-- x --> 7 ")
    text = text.replace("<CPPStatut>", '<CPPStatut xmlns="urn:x">')
    [envelope, status] = read(text.encode())
    assert (envelope, status.number) == (ENVELOPE, 7)


def test_memory_holds_one_record():
    most = 0

    class Watching(status_file._Reading):
        def _record(self, name, element):
            nonlocal most
            most = max(most, len(element.getparent()))
            return super()._record(name, element)

    content = invoices(*(invoice(order=number) for number in range(1, 301)))
    found = list(Watching(io.BytesIO(content)).records())
    assert len(found) == 301
    assert most < 300


ENTITY = b'<!DOCTYPE CPPStatut [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    "content",
    [
        ENTITY + invoices(), b"<!DOCTYPE CPPStatut>" + invoices(),
        b'<!DOCTYPE CPPStatut SYSTEM "file:///etc/passwd">' + invoices(),
        ENTITY + invoices().replace(b"FAC-1", b"&b;"),
    ],
)
def test_entities_and_doctypes_are_forbidden(content):
    refused(content, errors.EDI_FILE_FORBIDDEN)


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7", b"<html/>", invoices()[:-30], b"<CPPStatut>&b;</CPPStatut>"]
)
def test_what_is_no_file_of_statuses_is_unreadable(content):
    refused(content, errors.EDI_FILE_UNREADABLE)


def test_a_file_has_bounds(monkeypatch):
    refused(invoices(), errors.EDI_FILE_EXCESSIVE, most_bytes=100)
    deep = "<a>" * 20 + "</a>" * 20
    refused(f"<CPPStatut>{HEAD}{deep}</CPPStatut>".encode(), errors.EDI_FILE_EXCESSIVE)
    monkeypatch.setattr(status_file, "MOST_RECORDS", 2)
    refused(invoices(*[invoice()] * 3), errors.EDI_FILE_EXCESSIVE)
    monkeypatch.setattr(status_file, "MOST_ELEMENTS", 40)
    refused(flow(96, line() * 20), errors.EDI_FILE_EXCESSIVE)


def test_what_came_before_the_cut_was_given():
    reading = read_statuses(io.BytesIO(invoices(*[invoice()] * 2000)[:-200]))
    found = []
    with pytest.raises(errors.UnreadableFileError):
        for each in reading:
            found.append(each)
    assert len(found) > 1000


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(noise):
    for content in (noise, invoices()[:200] + noise):
        try:
            read(content)
        except errors.UnreadableFileError as error:
            assert error.code.startswith("edi_file_")


SAMPLES, XSD = os.environ.get("CHORUS_PRO_SAMPLES"), os.environ.get("CHORUS_PRO_XSD")


@pytest.mark.skipif(
    not (SAMPLES and XSD),
    reason="CHORUS_PRO_SAMPLES and CHORUS_PRO_XSD do not name folders of what the AIFE publishes",
)
@pytest.mark.parametrize(("name", "kind"), [("factures", InvoiceStatusLine), ("flux", FlowStatus)])
def test_a_published_sample_is_valid_and_read(name, kind):
    schema = etree.XMLSchema(file=next(Path(XSD).glob("CPPStatut*.xsd")))
    path = Path(SAMPLES, f"CPPStatut.{name}.xml")
    schema.assertValid(etree.parse(path))
    [envelope, *found] = read(path.read_bytes())
    assert envelope.flow
    assert found
    assert all(isinstance(each, kind) for each in found)
