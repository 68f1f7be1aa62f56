# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The ICC profile of sRGB, which a PDF/A file carries to say what its colours mean."""

import struct
from functools import lru_cache

from PIL import ImageCms

# Its header says when it was made, here always the same, so that the same invoice gives the same
# file (ICC.1, "date and time of creation": six numbers of two bytes).
_MADE_AT = slice(24, 36)
_MADE = struct.pack(">6H", 2026, 1, 1, 0, 0, 0)


@lru_cache(maxsize=1)
def profile():
    """Bytes of the profile: ICC version 4, which PDF/A-3 takes, of a display."""
    content = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    content[_MADE_AT] = _MADE
    return bytes(content)
