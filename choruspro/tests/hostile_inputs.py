# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What a platform, a gateway, a file or a person may send to do harm: each with its name, and with
what must come of it. Made here, for most weigh megabytes once they are made.

`ALL` counts them; documents/tests/hostile_pdfs.py holds the others.
"""

import json
from decimal import Decimal

from choruspro import errors
from choruspro.errors import ProtocolError
from choruspro.messages import (
    FlowReport,
    InvoiceDetails,
    InvoiceSummary,
    Service,
    StatusEvent,
    StructureSummary,
)

GOOD_ID = 8431777

# What no database, no UTF-8 or no XML can hold
BAD_CHARACTERS = (
    "\x00", "\x01", "\x08", "\x0b", "\x0c", "\x1f",
    "\ud800", "\udbff", "\udc00", "\udfff", "\ufffe", "\uffff",
)  # fmt: skip
_MARK = "\ufffd"


def _service(text):
    return Service.from_json({"idService": 1, "codeService": text, "libelleService": text})


def _event(text):
    return StatusEvent.from_json(
        {"histoStatutCode": text, "histoStatutCommentaire": text, "histoStatutUtilisateurNom": text}
    )


def _summary(text):
    return InvoiceSummary.from_json(
        {
            "identifiantFactureCPP": GOOD_ID,
            "numeroFacture": text,
            "commentaireEtatCourant": text,
            "codeServiceExecutant": text,
        }
    )


def _structure(text):
    return StructureSummary.from_json({"idStructureCPP": 1, "designationStructure": text})


def _details(text):
    return InvoiceDetails.from_json(
        {
            "facture": {
                "identifiantFactureCPP": GOOD_ID,
                "commentaire": text,
                "destinataire": {"designationDestinataire": text},
            }
        }
    )


def _report(text):
    return FlowReport.from_json(
        {
            "etatCourantDepotFlux": "IN_REJETE",
            "nomFichier": text,
            "listeErreurTechnique": {"codeErreur": text, "libelleErreur": text},
            "listeErreurDP": [{"numeroDP": text, "libelleErreurDP": text}],
        },
        "CPP1",
    )


def _flow_texts(report):
    (technical,), (invoice,) = report.technical_errors, report.invoice_errors
    return report.file_name, technical.code, technical.label, invoice.number, *invoice.messages


# Name: (message with the text in all its fields, those fields of it)
MESSAGES = {
    "service": (_service, lambda made: (made.code, made.label)),
    "status": (_event, lambda made: (made.code, made.comment, made.author)),
    "invoice_row": (_summary, lambda made: (made.number, made.status_comment, made.service_code)),
    "structure": (_structure, lambda made: (made.name,)),
    "invoice": (_details, lambda made: (made.comment, made.recipient_name)),
    "flow_report": (_report, _flow_texts),
}
# (name, text sent as JSON, message, fields of it, what each of them is to be)
TEXTS = [
    (f"{kind}_with_{ord(bad):04x}", f"a{bad}b", make, fields, f"a{_MARK}b")
    for kind, (make, fields) in MESSAGES.items()
    for bad in BAD_CHARACTERS
]
TEXTS += [
    (f"{kind}_without_end", "x" * 1_000_000, *MESSAGES[kind], "x" * 10_000) for kind in MESSAGES
]

_LONG = "9" * 5000
_ERROR = ProtocolError
# (name, value as JSON text, as an identifier, as an amount)
NUMBERS = [
    ("the_largest_identifier", str(2**63 - 1), str(2**63 - 1), Decimal(2**63 - 1)),
    ("one_more_than_int64", str(2**63), _ERROR, Decimal(2**63)),
    ("thirty_digits", "9" * 30, _ERROR, Decimal("9" * 30)),
    ("thirty_one_digits", "9" * 31, _ERROR, None),
    ("a_hundred_digits", "9" * 100, _ERROR, None),
    ("4300_digits", "9" * 4300, _ERROR, None),
    ("negative", "-5", _ERROR, Decimal(-5)),
    ("negative_of_4300_digits", "-" + "9" * 4300, _ERROR, None),
    ("fraction", "1.5", _ERROR, Decimal("1.5")),
    ("whole_as_a_fraction", "12.0", "12", Decimal(12)),
    ("exponent_of_30", "1e30", _ERROR, None),
    ("exponent_of_a_thousand", "1e1000", _ERROR, None),
    ("exponent_of_a_million", "1e1000000", _ERROR, None),
    ("exponent_of_minus_a_million", "1e-1000000", _ERROR, None),
    ("exponent_of_a_hundred_million", "1e100000000", _ERROR, None),
    ("negative_of_great_exponent", "-1e100000000", _ERROR, None),
    ("zero_of_great_exponent", "0e1000000", _ERROR, None),
    ("zero_of_small_exponent", "0e-1000000", _ERROR, None),
    ("a_million_decimals", "1." + "3" * 1_000_000, _ERROR, None),
    ("text_of_5000_digits", json.dumps(_LONG), _ERROR, None),
    ("text_of_a_million_digits", json.dumps("9" * 1_000_000), _ERROR, None),
    ("text_with_great_exponent", '"1e100000000"', _ERROR, None),
    ("text_nan", '"NaN"', _ERROR, None),
    ("text_signalling_nan", '"sNaN"', _ERROR, None),
    ("text_infinity", '"Infinity"', _ERROR, None),
    ("letters", '"abc"', _ERROR, None),
    ("hexadecimal", '"0x10"', _ERROR, None),
    ("other_digits", '"\\u0661\\u0662"', _ERROR, Decimal(12)),
    ("superscript", '"\\u00b2"', _ERROR, None),
    ("two_lines", '"1\\n2"', _ERROR, None),
    ("with_a_nul", '"1\\u0000"', _ERROR, None),
    ("with_blanks", '" 12 "', "12", Decimal(12)),
    ("truth", "true", _ERROR, None),
    ("list", "[1]", _ERROR, None),
    ("object", '{"a": 1}', _ERROR, None),
    ("nothing", "null", _ERROR, None),
    ("sql", '"1; DROP TABLE"', _ERROR, None),
]

_ROW = b'{"codeRetour": 0, "listeFactures": '
# (name, body of HTTP 200 to a search of invoices, code of the error)
BODIES = [
    ("empty", b"", errors.UNREADABLE_ANSWER),
    ("blanks", b" " * 1_000_000, errors.UNREADABLE_ANSWER),
    ("null", b"null", errors.UNREADABLE_ANSWER),
    ("list", b"[]", errors.UNREADABLE_ANSWER),
    ("text", b'"codeRetour"', errors.UNREADABLE_ANSWER),
    ("half", b'{"codeRetour": 0, "lib', errors.UNREADABLE_ANSWER),
    ("not_utf8", b'{"codeRetour": 0, "a": "\xff\xfe"}', errors.UNREADABLE_ANSWER),
    ("utf16", '{"codeRetour": 0}'.encode("utf-16"), errors.UNREADABLE_ANSWER),
    ("latin1", '{"codeRetour": 0, "a": "é"}'.encode("latin-1"), errors.UNREADABLE_ANSWER),
    ("two_objects", b'{"codeRetour": 0}{"codeRetour": 0}', errors.UNREADABLE_ANSWER),
    ("nan", b'{"codeRetour": NaN}', errors.UNREADABLE_ANSWER),
    ("infinity", b'{"codeRetour": 0, "a": -Infinity}', errors.UNREADABLE_ANSWER),
    ("nested_lists", b"[" * 200_000, errors.UNREADABLE_ANSWER),
    ("nested_objects", b'{"a":' * 200_000, errors.UNREADABLE_ANSWER),
    ("number_of_5000_digits", b'{"codeRetour": ' + b"9" * 5000 + b"}", errors.UNREADABLE_ANSWER),
    ("code_without_end", b'{"codeRetour": "' + b"0" * 1_000_000 + b'"}', errors.INCOMPLETE_ANSWER),
    ("code_of_great_exponent", b'{"codeRetour": 0e100000000}', errors.INCOMPLETE_ANSWER),
    ("code_that_is_truth", b'{"codeRetour": false}', errors.INCOMPLETE_ANSWER),
    ("code_that_is_a_list", b'{"codeRetour": [0]}', errors.INCOMPLETE_ANSWER),
    ("rows_that_are_numbers", _ROW + b"[1, 2]}", errors.UNREADABLE_ANSWER),
    ("rows_that_are_text", _ROW + b'"none"}', errors.UNREADABLE_ANSWER),
    ("rows_in_rows", _ROW + b"[[{}]]}", errors.UNREADABLE_ANSWER),
    ("row_without_identifier", _ROW + b"[{}]}", errors.INCOMPLETE_ANSWER),
    ("html", b"<html>" + b"<b>" * 100_000, errors.UNREADABLE_ANSWER),
]

_NINES = "9" * 5000
# (name, text of an answer, label made of it)
LABELS = [
    ("reference_of_5000_digits", f"&#{_NINES};", _MARK),
    ("reference_after_words", f"said &#{'9' * 4500}; no", f"said {_MARK} no"),
    ("hexadecimal_reference", f"said &#x{'f' * 4500};", f"said {_MARK}"),
    ("escaped_reference", f"said &amp;#{'9' * 4500};", f"said {_MARK}"),
    ("reference_escaped_twice", f"said &amp;amp;#{'9' * 4500};", f"said {_MARK}"),
    ("reference_of_8_digits", "a&#99999999;b", f"a{_MARK}b"),
    ("reference_without_semicolon", "a&#" + "9" * 9 + " b", f"a{_MARK} b"),
    ("reference_to_nul", "a&#0;b", f"a{_MARK}b"),
    ("reference_to_half_a_pair", "a&#xd800;b", f"a{_MARK}b"),
    ("half_a_pair", "a\ud83db", f"a{_MARK}b"),
    ("nul", "a\x00b", f"a{_MARK}b"),
    ("ten_million_letters", "x" * 10_000_000, "x" * 499 + "…"),
    ("ten_million_openings", "<" * 10_000_000, "<" * 499 + "…"),
    ("a_million_tags", "<b>" * 1_000_000 + "end", "<b"),
    ("escaped_a_hundred_times", "&" + "amp;" * 100 + "lt;", "&" + "amp;" * 95 + "lt;"),
    ("number_of_5000_digits", 10**5000, "***"),
    ("line_breaks", "a\r\n\u2028\u2029\x85b", "a b"),
]
# (name, object to be kept, what is kept of it)
KEPT = [
    ("great_exponent", {"montantTTC": Decimal("1e100000000")}, {"montantTTC": "***"}),
    ("million_exponent", {"montantTTC": Decimal("1e1000000")}, {"montantTTC": "***"}),
    ("small_exponent", {"montantTTC": Decimal("1e-1000000")}, {"montantTTC": "***"}),
    ("million_decimals", {"montantTTC": Decimal("1." + "3" * 1000000)}, {"montantTTC": "***"}),
    ("number_of_5000_digits", {"total": 10**5000}, {"total": "***"}),
    ("usual_amount", {"montantTTC": Decimal("1200.10")}, {"montantTTC": "1200.10"}),
    ("text_without_end", {"statut": "a b " * 1000000}, {"statut": ("a b " * 125)[:499] + "…"}),
    ("unknown_field", {"champNouveau": "x" * 1000000}, {"champNouveau": "***"}),
    ("file", {"fichierCR": "QUJD" * 1000000}, {"fichierCR": "3000000 bytes"}),
    ("key_without_end", {"k" * 1000000: 1}, {"***0": "***"}),
    ("key_of_markup", {"<script>": 1}, {"***0": "***"}),
]

_WORD = "mot de passe "
_TECH = "TECH_1_2@cpro.fr"
# (name, text pasted as a data set, how many accounts, passwords and structures are in it)
DATA_SETS = [
    ("label_38000_times", _WORD * 38_000, (0, 0, 0)),
    ("label_38000_times_then_a_value", _WORD * 38_000 + ": x", (0, 0, 0)),
    ("label_on_38000_lines", f"{_WORD}\n" * 38_000, (0, 0, 0)),
    ("label_then_blanks", "mdp:" + " " * 490_000, (0, 0, 0)),
    ("label_and_blanks_in_turn", ("mdp:" + " " * 60) * 7_000, (0, 0, 0)),
    ("account_then_long_value", f"{_TECH} mdp: {'x' * 400_000}", (1, 0, 0)),
    ("logins_on_one_line", f"{_TECH} " * 25_000, (1, 0, 0)),
    ("login_without_end", "TECH_" * 100_000, (0, 0, 0)),
    ("sirets_on_one_line", "12345678200077;" * 33_000, (0, 0, 1)),
    ("other_sirets_on_one_line", "".join(f"{n:014d};" for n in range(30_000)), (0, 0, 30_000)),
    ("separators", ";\t,|" * 125_000, (0, 0, 0)),
    ("digits_without_end", "1" * 500_000, (0, 0, 0)),
    ("digits_and_gaps", "1 " * 250_000, (0, 0, 0)),
    ("signs_before_a_label", "." * 490_000 + "mdp", (0, 0, 0)),
    ("nul_and_half_pairs", "\x00\ud800" * 200_000, (0, 0, 0)),
    ("empty_lines", "\n" * 500_000, (0, 0, 0)),
]

# (name, text of a user, rule of MessageError that it breaks when it is to leave)
OUTGOING = [
    *((f"control_{ord(bad):04x}", f"EJ{bad}1", "characters") for bad in BAD_CHARACTERS),
    ("delete", "EJ\x7f1", "characters"),
    ("tab_of_a_spreadsheet", "EJ\t1", "characters"),
    ("two_lines", "EJ\n1", "characters"),
    ("line_separator", "EJ\u20281", "characters"),
    ("paragraph_separator", "EJ\u20291", "characters"),
    ("next_line", "EJ\x851", "characters"),
    ("too_long", "x" * 1_000_000, "too_long"),
    ("blanks", " \u00a0\u2003", "required"),
    ("nothing", "", "required"),
    ("no_text", 12, "required"),
]

# All lists of this floor but those of files and of connections, which their tests make
LISTS = (TEXTS, NUMBERS, BODIES, LABELS, KEPT, DATA_SETS, OUTGOING)
ALL = [entry[0] for each in LISTS for entry in each]


def names(entries):
    """For ``ids`` of a parametrised test."""
    return [entry[0] for entry in entries]
