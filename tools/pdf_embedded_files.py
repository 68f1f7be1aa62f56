# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Prints the names of the files embedded in the PDF on standard input (nothing when none).

Run by the virtual environment's Python, which has pypdf.
"""

import io
import sys

import pypdf

print(", ".join(pypdf.PdfReader(io.BytesIO(sys.stdin.buffer.read())).attachments))
