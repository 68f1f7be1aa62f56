# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The reader of limits finds what is planted in documents that keep them."""

import pytest
from chorus_limits import COUNTS, DECIMALS, LENGTHS, beyond_chorus_limits
from lxml import etree
from test_golden import FOLDER

EVERYTHING = ("everything.cii.xml", "everything.ubl.xml", "credit_note.ubl.xml")


def _places(tree):
    for element in tree.iter("{*}*"):
        parent = element.getparent()
        if parent is not None:
            names = (etree.QName(each).localname for each in (parent, element))
            yield "/".join(names), element


@pytest.mark.parametrize("name", EVERYTHING)
def test_documents_without_long_texts_keep_the_limits(name):
    found = beyond_chorus_limits((FOLDER / name).read_bytes())
    assert {place for place, _text in found} <= COUNTS.keys()


@pytest.mark.parametrize("name", EVERYTHING)
def test_each_limit_is_noticed(name):
    xml = (FOLDER / name).read_bytes()
    known = beyond_chorus_limits(xml)
    planted = 0
    for number, (place, _element) in enumerate(_places(etree.fromstring(xml))):
        if place not in LENGTHS and place not in DECIMALS:
            continue
        tree = etree.fromstring(xml)
        element = list(_places(tree))[number][1]
        text = "x" * (LENGTHS[place] + 1) if place in LENGTHS else "0." + "1" * 7
        element.text = text
        assert beyond_chorus_limits(etree.tostring(tree)) == [(place, text), *known]
        planted += 1
    assert planted > 10


def test_second_preceding_invoice_is_noticed():
    tree = etree.fromstring((FOLDER / "credit_note.cii.xml").read_bytes())
    [reference] = tree.iter("{*}InvoiceReferencedDocument")
    reference.addnext(etree.fromstring(etree.tostring(reference)))
    assert beyond_chorus_limits(etree.tostring(tree)) == [("InvoiceReferencedDocument", 2)]
