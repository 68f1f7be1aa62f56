# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Accounts and structures of a qualification data set (matelas de données), however it is pasted.

The portal shows it on a page and as a CSV file, whose columns AIFE does not publish: its contents
are recognised by their shape, in the lines of a file, of a spreadsheet or of a web page.
"""

import re
from dataclasses import dataclass
from itertools import islice

# 14 digits, alone or in groups as people write them: 123 456 782 00051
_GAP = r"[ .\u00a0\u202f]?"
_SIRET = re.compile(
    rf"(?<![\w.,-])[0-9]{{3}}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{2}}{_GAP}[0-9]{{3}}"
    r"(?!\w|[.,-][0-9])"
)
_LOGIN = re.compile(r"(?<![\w.%+-])TECH_[\w.-]+@cpro\.fr(?![\w-])", re.IGNORECASE)
_PASSWORD_WORD = re.compile(r"^\W*(mot de passe|password|mdp)\b[^:=]*[:=]?\s*", re.IGNORECASE)
# A label and its value on one line of a page. The search is limited to a short distance, and to
# some labels of a line: on a long line each would look for its value up to the end.
_LABEL = re.compile(r"\b(?:mot de passe|password|mdp)\b", re.IGNORECASE)
_VALUE = re.compile(r"[^:=;,\t]{0,200}[:=]\s{0,50}(\S{1,200})(?!\S)")
MOST_LABELS = 20
_SEPARATORS = (";", "\t", ",", "|")
_PUBLIC = re.compile(r"\bpubli(?:c|que|cs|ques)\b", re.IGNORECASE)
_PRIVATE = re.compile(r"\bpriv[ée]e?s?\b", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]{2}")


@dataclass(frozen=True, repr=False)
class DataSetAccount:
    """A technical account; a repr never shows its password."""

    login: str
    password: str = ""  # none beside it

    def __repr__(self):
        return f"DataSetAccount(login={self.login}, password={'***' if self.password else ''})"


@dataclass(frozen=True)
class DataSetStructure:
    """A structure."""

    siret: str  # 14 digits, whose checksum may be wrong in qualification
    label: str = ""  # the texts beside it
    public: bool | None = None  # None when unknown


@dataclass(frozen=True)
class DataSet:
    """What was recognised, each once, in the order of the first mention."""

    accounts: tuple[DataSetAccount, ...] = ()
    structures: tuple[DataSetStructure, ...] = ()


def read_data_set(text):
    """The DataSet in a text of any kind, without what is not recognised; never raises."""
    accounts, structures = {}, {}
    separator = _separator(text)
    password_column, login = None, None
    for line in filter(str.strip, text.splitlines()):
        cells = [cell.strip().strip("\"'").strip() for cell in line.split(separator)]
        logins = [found for cell in cells for found in _LOGIN.findall(cell)]
        heads = [place for place, cell in enumerate(cells) if _is_password_head(cell)]
        if heads and not logins and len(cells) > 1:
            password_column = heads[0]
        password = _password(line, cells, password_column, bool(logins))
        if logins:
            login = logins[0]
        for found in logins:
            accounts.setdefault(found, "")
        if password and login and not accounts[login]:
            accounts[login] = password
        sirets = dict.fromkeys(_sirets(cells))
        label, public = (_label(cells), _is_public(line)) if sirets else ("", None)
        for siret in sirets:
            known = structures.get(siret)
            if known is None or (known.public is None and not known.label):
                structures[siret] = DataSetStructure(siret, label, public)
    return DataSet(
        tuple(DataSetAccount(found, password) for found, password in accounts.items()),
        tuple(structures.values()),
    )


def _separator(text):
    """The one on most lines."""
    lines = text.splitlines()
    counts = {each: sum(each in line for line in lines) for each in _SEPARATORS}
    return max(counts, key=counts.get)


def _is_password_head(cell):
    return bool(_PASSWORD_WORD.match(cell)) and not _PASSWORD_WORD.sub("", cell)


def _password(line, cells, column, has_login):
    """The password in a line, or ""."""
    for label in islice(_LABEL.finditer(line), MOST_LABELS):
        if value := _VALUE.match(line, label.end()):
            return value[1]
    if column is not None and has_login and column < len(cells):
        return cells[column]
    return ""


def _sirets(cells):
    for cell in cells:
        for found in _SIRET.findall(cell):
            yield re.sub(r"\D", "", found)


def _label(cells):
    """The cells that are words."""
    others = (cell for cell in cells if not _LOGIN.search(cell) and not _SIRET.search(cell))
    words = [cell for cell in others if _LETTERS.search(cell)]
    return " ".join(words[:2])[:100]


def _is_public(line):
    if _PRIVATE.search(line):
        return False
    return True if _PUBLIC.search(line) else None
