# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.attachments import (
    MAX_TOTAL_BYTES,
    extension,
    find_invoices,
    find_problems,
    mime_type,
    short_names,
)
from documents.limits import LIMITS

MAX_FILE_BYTES = 10_000_000
ACCEPTED = {"extensions": {"pdf", "docx", "ods"}, "most_bytes": MAX_FILE_BYTES}


def codes(*files, **options):
    return [problem.code for problem in find_problems(files, **ACCEPTED, **options)]


def test_limit_of_one_file_is_exact():
    assert codes(("plan.pdf", MAX_FILE_BYTES)) == []
    assert codes(("plan.pdf", MAX_FILE_BYTES + 1)) == ["file_too_large"]


def test_limit_of_all_files_counts_the_invoice():
    files = [(f"{number}.pdf", MAX_FILE_BYTES) for number in range(11)]
    assert codes(*files, invoice_bytes=MAX_TOTAL_BYTES - 11 * MAX_FILE_BYTES) == []
    assert codes(*files, invoice_bytes=MAX_TOTAL_BYTES - 11 * MAX_FILE_BYTES + 1) == [
        "files_too_large"
    ]


@pytest.mark.parametrize(
    ("name", "size", "code"),
    [
        ("plan.pdf", 0, "file_empty"),
        ("plan", 1, "extension_missing"),
        (".pdf", 1, "extension_missing"),
        ("plan.", 1, "extension_missing"),
        ("virus.exe", 1, "extension_refused"),
    ],
)
def test_bad_file_is_named(name, size, code):
    [problem] = find_problems([("good.PDF", 1), (name, size)], **ACCEPTED)
    assert (problem.code, problem.field) == (code, "attachments[1]")
    assert name in str(problem)


def test_xml_carries_fewer_kinds_of_files():
    assert codes(("plan.docx", 1)) == []
    assert codes(("plan.docx", 1), in_xml=True) == ["not_for_xml"]
    assert codes(("plan.ODS", 1), in_xml=True) == []


def test_file_that_is_an_invoice_itself_is_named():
    order = b"<Order xmlns='urn:oasis:names:specification:ubl:schema:xsd:Order-2'/>"
    ubl = b"<?xml version='1.0'?><i:Invoice xmlns:i='urn:any'><i:ID>1</i:ID></i:Invoice>"
    cii = b"<rsm:CrossIndustryInvoice xmlns:rsm='urn:any'/>"
    files = [("order.xml", order), ("F1_ubl_bis3.xml", ubl), ("plan.pdf", b""), ("f.xml", cii)]
    found = find_invoices(files)
    assert [(each.code, each.field) for each in found] == [
        ("file_is_invoice", "attachments[1]"),
        ("file_is_invoice", "attachments[3]"),
    ]
    assert "F1_ubl_bis3.xml" in str(found[0])
    assert find_invoices([("broken.xml", b"<Order"), ("a.xml", b"Invoice")]) == ()


def test_mime_type_comes_from_the_extension():
    assert mime_type("A.CSV") == "text/csv"
    assert mime_type("strange.zzz") == "application/octet-stream"


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (["plan.pdf", "PLAN.pdf"], ["plan.pdf", "PLAN-2.pdf"]),
        (["x" * 60 + ".pdf", "x" * 61 + ".pdf"], ["x" * 46 + ".pdf", "x" * 44 + "-2.pdf"]),
        (["📎📎.pdf", "🧾.pdf"], ["file.pdf", "file-2.pdf"]),
        (["devis 📎 été.pdf"], ["devis _ été.pdf"]),
        (["a/b\\c.pdf"], ["a_b_c.pdf"]),
        (["a." + "b" * 60], ["a." + "b" * 48]),
    ],
)
def test_names_are_shortened_and_cleaned(names, short):
    assert short_names(names) == short


@given(st.lists(st.text(max_size=80), max_size=30))
def test_short_names_fit_and_never_collide(names):
    short = short_names(names)
    assert len(short) == len(names)
    assert all(1 <= len(name) <= LIMITS["BT-125-2"].length for name in short)
    assert len({name.lower() for name in short}) == len(names)


@given(st.text(min_size=1, max_size=80), st.sampled_from(["pdf", "xlsx", "csv"]))
def test_extension_survives(stem, end):
    assert extension(short_names([f"a{stem}.{end}"])[0]) == end
