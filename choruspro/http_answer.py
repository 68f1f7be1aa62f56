# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What came back from a call, before anyone judged it."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from requests.structures import CaseInsensitiveDict

from . import wire


@dataclass(frozen=True, repr=False)
class HttpAnswer:
    """An HTTP answer as received: status, headers (names without regard to case), body. Its repr
    tells neither: a token may be in it.

    through_proxy: whether a proxy was asked to fetch it, and may have written it itself.
    """

    status: int
    headers: CaseInsensitiveDict
    body: bytes
    through_proxy: bool = False

    def __repr__(self):
        return f"HttpAnswer(status={self.status}, {len(self.body)} bytes)"

    @property
    def is_proxy_page(self):
        """A web page that came through a proxy: of the proxy itself, as far as can be told."""
        if not self.through_proxy or self.status >= 500 or self.data is not None:
            return False
        kind = self.headers.get("Content-Type", "").lower()
        return "html" in kind or self.body.lstrip()[:1] == b"<"

    @cached_property
    def data(self):
        """The JSON object in the body, or None when it holds no such thing."""
        try:
            data = wire.decode(self.body)
        except ValueError:
            return None
        return data if isinstance(data, dict) else None

    @cached_property
    def return_code(self):
        """``codeRetour`` as an int, or None when absent or not a whole number."""
        value = (self.data or {}).get("codeRetour")
        if isinstance(value, bool) or not isinstance(value, (int, Decimal, str)):
            return None
        digits = re.fullmatch(r"(-?\d{1,10})(\.0*)?", str(value).strip())
        return int(digits[1]) if digits else None
