# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Prints, as a JSON object, the names of the files embedded in each PDF of the folder named.

Run by the virtual environment's Python, which has pypdf.
"""

import json
import sys
from pathlib import Path

import pypdf

print(json.dumps({path.stem: sorted(pypdf.PdfReader(path).attachments)
                  for path in Path(sys.argv[1]).glob("*.pdf")}))
