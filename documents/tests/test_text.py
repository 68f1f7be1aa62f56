# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from documents.text import flatten, one_line


@pytest.mark.parametrize(
    ("text", "flat"),
    [
        (None, ""),
        ("  deux   mots ", "deux mots"),
        ("<p>un</p><p>deux</p>", "un\n\ndeux"),
        ("<div>un<br>deux<br/>trois</div>", "un\ndeux\ntrois"),
        ("<p>ligne\n coupée</p>", "ligne coupée"),
        ("<ul><li>un</li></ul>", "- un"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("<p>R&amp;D &lt;ici&gt;</p>", "R&D <ici>"),
        ("<style>p{color:red}</style><p>vu</p><script>alert(1)</script>", "vu"),
        ("<p>a<!-- caché -->b</p>", "ab"),
        ("<P CLASS='x'>majuscules</P>", "majuscules"),
        # not markup
        ("a < b et b > c", "a < b et b > c"),
        ("écrire à <votre adresse>", "écrire à <votre adresse>"),
        ("R&amp;D", "R&amp;D"),
        ("<p>écrire à <votre adresse></p>", "écrire à <votre adresse>"),
        # control characters
        ("a\x00b\x0bc\x1fd\x7fe", "abcde"),
        ("un\r\ndeux\rtrois\u2028quatre", "un\ndeux\ntrois\nquatre"),
        ("\ud800a\ufffeb\U0001ffffc", "abc"),
        ("emoji 📎 et accents é", "emoji 📎 et accents é"),
    ],
)
def test_text_is_flattened(text, flat):
    assert flatten(text) == flat


def test_name_is_one_line():
    assert one_line("<p>un</p>\n deux\t\ttrois") == "un deux trois"


@given(st.text())
def test_flattened_text_is_xml(text):
    element = etree.Element("a")
    element.text = flatten(text)
    again = etree.fromstring(etree.tostring(element)).text or ""
    assert again == flatten(text)


@given(st.text())
def test_flattening_plain_text_loses_no_letter(text):
    if "<" not in text:
        assert [c for c in flatten(text) if c.isalnum()] == [c for c in text if c.isalnum()]
