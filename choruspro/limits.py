# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Sizes and lengths that Chorus Pro sets, each with its source.

Lengths are in characters, sizes in bytes of the file itself (before base64).
"""

import re

# "10 Mo" in the AIFE documentation of the deposit of a PDF and of an attachment. No source says
# whether a Mo is 10**6 or 2**20 bytes: the smaller reading is accepted by both.
MAX_PDF_BYTES = 10 * 1000 * 1000
MAX_ATTACHMENT_BYTES = 10 * 1000 * 1000

# 10 MB a file, 30 MB a compressed archive: annex V5.00 of the AIFE documentation, second hand.
MAX_FLOW_FILE_BYTES = 10 * 1000 * 1000
MAX_FLOW_ARCHIVE_BYTES = 30 * 1000 * 1000
ARCHIVE_EXTENSIONS = (".zip", ".tar.gz", ".tgz")

# Lengths of the AIFE external specifications (annex API), as typed clients repeat them.
MAX_INVOICE_NUMBER = 20
MAX_RECIPIENT_CODE = 14
MAX_STRUCTURE_CODE = 18
MAX_SERVICE_CODE = 100
MAX_REFERENCE = 50
MAX_COMMENT = 2000
MAX_FILE_NAME = 200
MAX_ATTACHMENT_NAME = 50  # with its extension; longer names get HTTP 400 (observed by clients)
MAX_ATTACHMENT_LABEL = 100
MAX_ATTACHMENT_TYPE = 30
MAX_MIME_TYPE = 255
MAX_FLOW_NUMBER = 25
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

# Extensions accepted for attachments (AIFE documentation; the same list in clients).
ACCEPTED_EXTENSIONS = frozenset(
    "bmp bz2 csv doc docx fax gif gz gzip htm html jpeg jpg odp ods odt p7s pdf png pps ppt pptx "
    "rtf svg tgz tif tiff txt xhtml xlc xlm xls xlsx xml xsd xsl zip".split()
)

# What a search gives at most by default (AIFE external specifications).
MAX_RESULTS_DEFAULT = 200
