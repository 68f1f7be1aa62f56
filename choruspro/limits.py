# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Sizes, lengths and characters that Chorus Pro sets in its API, each with its source.

The one owner for the API, by its own names of the fields. Files (Factur-X, CII, UBL) are another
boundary with other lengths: ``documents.limits`` owns them by the terms of EN 16931, and neither
package may import the other. docs/field-limits.md is made from both. Sizes are in bytes of the file
itself (before base64).
"""

import re
from dataclasses import dataclass
from enum import Enum

# "10 Mo" in the AIFE documentation of the deposit of a PDF and of an attachment. No source says
# whether a Mo is 10**6 or 2**20 bytes: the smaller reading is accepted by both.
MAX_PDF_BYTES = 10 * 1000 * 1000
MAX_ATTACHMENT_BYTES = 10 * 1000 * 1000

# 10 MB a file, 30 MB a compressed archive: annex V5.00 of the AIFE documentation, second hand.
MAX_FLOW_FILE_BYTES = 10 * 1000 * 1000
MAX_FLOW_ARCHIVE_BYTES = 30 * 1000 * 1000
ARCHIVE_EXTENSIONS = (".zip", ".tar.gz", ".tgz")

MAX_INTEGER = 2**63 - 1  # identifiers are int64 (AIFE Swagger)

# Letters without accents, digits and - _ / + (AIFE external specifications, rule G1.05).
INVOICE_NUMBER = re.compile(r"[A-Za-z0-9\-_/+]+")

# Letters (accented ones too), digits, _ - and space (specifications of Chorus Pro, quoted by a user
# whose flow was refused for another character).
SERVICE_CODE = re.compile(r"[\w\- ]+")

# ISO 4217, as in the reference data of the platform.
CURRENCY = re.compile(r"[A-Z]{3}")

# Amounts are decimal(19,6): 13 digits before the point, 6 after it.
AMOUNT_INTEGER_DIGITS = 13
AMOUNT_DECIMALS = 6


class Fit(str, Enum):
    """What happens to a value that does not fit. The value is the word of the page of limits."""

    TOLD = "reported before sending"
    CUT = "cut"
    CUT_AND_TOLD = "cut, with a warning"
    LEFT_OUT = "left out, and quoted in the comment, with a warning"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """What Chorus Pro keeps of a text. ``length``: in characters. ``confirmed``: whether a public
    source says so; else to be confirmed in qualification."""

    what: str
    length: int
    source: str
    confirmed: bool = True
    fit: Fit = Fit.TOLD
    characters: re.Pattern | None = None
    has_lines: bool = False

    def holds(self, text):
        """Whether this text can stay as it is."""
        allowed = self.characters is None or bool(self.characters.fullmatch(text))
        return len(text) <= self.length and allowed


_API = "AIFE external specifications, annex API (as typed clients repeat them)"
_G105 = "AIFE external specifications, rule G1.05"
_GUESS = "no source"


def _code(what, length, source=_API, **more):
    return Limit(what=what, length=length, source=source, **more)


# By the field's name in the JSON of Chorus Pro, wherever it stands.
LIMITS = {
    "numeroFactureSaisi": _code("invoice number", 20, _G105, characters=INVOICE_NUMBER),
    "numeroFacture": _code("invoice number, in a search", 20, _G105),
    "numeroFactureOrigine": _code(
        "number of the invoice that a credit note corrects", 20, fit=Fit.LEFT_OUT,
        characters=INVOICE_NUMBER, confirmed=False,
        source="XP Z12-012, annex A, BR-FR-CPRO-02; the characters of an invoice number",
    ),
    "codeDestinataire": _code("SIRET of the recipient", 14),
    "codeServiceExecutant": _code("service code", 100),
    "codeStructureValideur": _code("SIRET of the validator", 18),
    "identifiantStructure": _code("identifier of a structure", 18),
    "raisonSocialeStructure": _code(
        "name of a structure, in a search", 100, _GUESS, confirmed=False
    ),
    "numeroMarche": _code("contract number", 50),
    "numeroBonCommande": _code("engagement number", 50),
    "numeroEngagementJuridique": _code("engagement number, in a query", 50),
    "deviseFacture": _code("currency", 3, "ISO 4217", characters=CURRENCY),
    "motifExonerationTva": _code(
        "reason why no VAT is due", 2000, _GUESS, confirmed=False, fit=Fit.CUT
    ),
    "ligneTvaTaux": _code("code of a rate of VAT", 50, _GUESS, confirmed=False),
    "statutCourant": _code("status, in a search", 50, _GUESS, confirmed=False),
    "commentaire": _code("comment", 2000, fit=Fit.CUT_AND_TOLD, has_lines=True),
    "complementInfo": _code(
        "reason of a validator's decision", 2000, _GUESS, confirmed=False, has_lines=True
    ),
    "pieceJointePrincipaleDesignation": _code("label of the PDF", 100, fit=Fit.CUT),
    "pieceJointeComplementaireDesignation": _code("label of an attachment", 100, fit=Fit.CUT),
    "pieceJointeComplementaireType": _code("type of an attachment", 30),
    "pieceJointeNom": _code(
        "name of an attachment, with its extension", 50,
        "HTTP 400 for longer names (observed by clients)",
    ),
    "pieceJointeTypeMime": _code("MIME type of an attachment", 255),
    "nomFichier": _code("name of a file, with its extension", 200),
    "numeroFluxDepot": _code("number of a flow", 25),
}  # fmt: skip
MAX_COMMENT = LIMITS["commentaire"].length

# Extensions accepted for attachments (AIFE documentation; the same list in clients).
ACCEPTED_EXTENSIONS = frozenset(
    "bmp bz2 csv doc docx fax gif gz gzip htm html jpeg jpg odp ods odt p7s pdf png pps ppt pptx "
    "rtf svg tgz tif tiff txt xhtml xlc xlm xls xlsx xml xsd xsl zip".split()
)

# The largest page that a search is asked for. To confirm in qualification: a platform that gives
# smaller ones reports it, and one that refuses gets a request for smaller ones.
LARGE_PAGE = 1000

# What a search gives at most by default (AIFE external specifications).
MAX_RESULTS_DEFAULT = 200
