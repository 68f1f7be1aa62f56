# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Cutting a list into the pages of an answer."""

DEFAULT_PAGE = 10
DEFAULT_MAXIMUM = 200


class Page:
    """One page of `rows`. `size` None means 10; at most `largest` rows a page, when given.

    `maximum` caps the whole result before it is paged: rows after it do not exist for the
    caller, and total and pages are those of the capped result.
    """

    def __init__(self, rows, number=None, size=None, maximum=None, largest=None):
        size = size if size and size > 0 else DEFAULT_PAGE
        self.size = min(size, largest) if largest else size
        self.number = number if number and number > 0 else 1
        self.all_rows = rows[:maximum] if maximum and maximum > 0 else rows
        self.total = len(self.all_rows)
        self.pages = -(-self.total // self.size)
        start = (self.number - 1) * self.size
        self.rows = self.all_rows[start : start + self.size]

    def to_json(self):
        return {
            "pageCourante": self.number,
            "pages": self.pages,
            "nbResultatsParPage": self.size,
            "total": self.total,
        }


def is_descending(direction, default=False):
    return default if direction is None else direction == "Descendant"
