# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The ICC profile of sRGB, which a PDF/A file carries to say what its colours mean.

Computed from IEC 61966-2-1 instead of shipped: no file of somebody else, the same bytes each time.
"""

import struct
from functools import lru_cache

_D50 = (0.9642, 1.0, 0.8249)
# Primaries of sRGB, adapted from D65 to D50 (Bradford), as the ICC wants them.
_PRIMARIES = {
    b"rXYZ": (0.43607, 0.22249, 0.01392),
    b"gXYZ": (0.38515, 0.71687, 0.09708),
    b"bXYZ": (0.14307, 0.06061, 0.71410),
}
_STEPS = 1024
_NAME = b"sRGB IEC61966-2.1"


def _fixed(*values):
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


def _curve():
    """The transfer function, from what a file says to light."""
    entries = []
    for step in range(_STEPS):
        value = step / (_STEPS - 1)
        light = value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        entries.append(round(light * 65535))
    return b"curv" + struct.pack(f">4xI{_STEPS}H", _STEPS, *entries)


def _description():
    return b"desc" + struct.pack(">4xI", len(_NAME) + 1) + _NAME + bytes(1 + 4 + 4 + 2 + 1 + 67)


@lru_cache(maxsize=1)
def profile():
    """Bytes of the profile: ICC version 2.1, a display, about 3 kB."""
    curve = _curve()
    tags = {
        b"desc": _description(),
        b"cprt": b"text" + bytes(4) + b"No copyright\0",
        b"wtpt": b"XYZ " + bytes(4) + _fixed(*_D50),
        **{name: b"XYZ " + bytes(4) + _fixed(*xyz) for name, xyz in _PRIMARIES.items()},
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    offset = 128 + 4 + 12 * len(tags)
    table, data, places = struct.pack(">I", len(tags)), b"", {}
    for name, content in tags.items():
        if content not in places:  # the three curves are one
            places[content] = offset + len(data)
            data += content + bytes(-len(content) % 4)
        table += struct.pack(">4sII", name, places[content], len(content))
    header = struct.pack(
        ">I4xI4s4s4s6H4s4x4x4x4x8xI12s4x44x",
        128 + len(table) + len(data),
        0x02100000,
        b"mntr",
        b"RGB ",
        b"XYZ ",
        *(2026, 1, 1, 0, 0, 0),
        b"acsp",
        0,  # perceptual
        _fixed(*_D50),
    )
    return header + table + data
