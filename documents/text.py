# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Text as an XML invoice may carry it: no markup, no control or invisible characters.

Markup in a note gets the whole file refused by the schema, and a control character is not even XML
(both observed by clients).
"""

import re
import unicodedata
from html.parser import HTMLParser

# Elements whose end, or whose whole, is a new line.
_BLOCKS = frozenset(
    "address article aside blockquote br dd div dl dt fieldset figcaption figure footer form h1 h2 "
    "h3 h4 h5 h6 header hr li main nav ol p pre section table tbody tfoot thead tr ul".split()
)
_INLINE = frozenset(
    "a abbr b bdi bdo big body button caption cite code col colgroup data del em font head html i "
    "img ins kbd label link mark meta o q s samp small span strike strong sub sup td th "
    "time tt u var wbr".split()
)
_HIDDEN = frozenset(("script", "style", "title"))
_ELEMENTS = _BLOCKS | _INLINE | _HIDDEN
# A tag of HTML, or a comment: "a < b" and "<your name>" are not.
_MARKUP = re.compile(
    r"<!--|</?(?:" + "|".join(sorted(_ELEMENTS, key=len, reverse=True)) + r")(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)

# Invisible, but joining emoji, or the letters of some scripts, and giving their direction.
_JOINING = "\u200c\u200d\u200e\u200f"


class _Flattener(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.pieces = []
        self._hidden = 0

    def handle_starttag(self, tag, attrs):
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag in _BLOCKS:
            self.pieces.append("\n- " if tag == "li" else "\n")
        elif tag in ("td", "th"):
            self.pieces.append(" ")
        elif tag not in _ELEMENTS:
            self.pieces.append(self.get_starttag_text())

    def handle_endtag(self, tag):
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in _BLOCKS and tag != "br":
            self.pieces.append("\n")

    def handle_data(self, data):
        if not self._hidden:
            # Within an element, the end of a line is a space.
            self.pieces.append(re.sub(r"[ \t\r\n]+", " ", data))


def flatten(text):
    """Text of several lines, without markup, control and invisible characters; "" for None.

    Text without any tag of HTML keeps its "<", ">" and "&" as they are.
    """
    text = text or ""
    if _MARKUP.search(text):
        flattener = _Flattener()
        flattener.feed(text)
        flattener.close()
        text = "".join(flattener.pieces)
    text = re.sub(r"\r\n?|\x85|\u2028|\u2029", "\n", text)
    text = "".join(filter(_is_printable, text))
    lines = [re.sub(r"[ \t\xa0\u202f]+", " ", line).strip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip(f" \n{_JOINING}")


def one_line(text):
    """The same on one line, spaces in a row made one; for names, addresses and references."""
    return re.sub(r"\s+", " ", flatten(text)).strip()


def cut(text, length, mark=""):
    """The text with at most ``length`` characters, cut between two words if it can be.

    :param mark: what a cut text ends with
    """
    if len(text) <= length:
        return text
    room = length - len(mark)
    return f"{text[: _end_of_word(text, room)].rstrip()}{mark}"


def split(text, length):
    """The text as a list of pieces of at most ``length`` characters, which leave nothing out but
    the white space between two of them: between lines if they can be parted there, else between
    words, else anywhere."""
    pieces, rest = [], text.strip()
    while len(rest) > length:
        end = rest.rfind("\n", length // 2, length + 1)
        end = end if end > 0 else _end_of_word(rest, length)
        pieces.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*pieces, rest] if rest else pieces


def _end_of_word(text, length):
    """Where to cut so that at most ``length`` characters are before it."""
    spaces = [place.start() for place in re.finditer(r"\s", text[length // 2 : length + 1])]
    return length // 2 + spaces[-1] if spaces else length


def _is_printable(character):
    """Whether XML 1.0 allows it and it shows, or shapes what does: new lines and tabs are kept."""
    if character in "\n\t" or character in _JOINING:
        return True
    # Controls, halves of a pair, and marks that nobody sees (soft hyphen, no-width space, order
    # of bytes, reversal of the direction).
    if unicodedata.category(character) in ("Cc", "Cs", "Cf"):
        return False
    return ord(character) & 0xFFFE != 0xFFFE  # U+FFFE, U+FFFF and their like in each plane
