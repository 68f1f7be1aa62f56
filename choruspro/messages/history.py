# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The statuses that an invoice went through (operation consulter/historique)."""

from dataclasses import dataclass
from datetime import datetime, timezone

from . import reading, writing

_FIRST = datetime.min.replace(tzinfo=timezone.utc)


@dataclass(frozen=True, kw_only=True)
class StatusEvent:
    """One status: its raw code, since when (UTC), why, and who set it ("" when not told)."""

    event_id: str
    code: str
    date: datetime | None
    comment: str
    author: str

    @property
    def rank(self):
        """Sorts events in time; dates are given to the minute, so identifiers settle a tie."""
        number = int(self.event_id) if writing.is_identifier(self.event_id) else 0
        return self.date is None, self.date or _FIRST, number

    @classmethod
    def from_json(cls, data):
        data = reading.answer(data)
        names = ("histoStatutUtilisateurPrenom", "histoStatutUtilisateurNom")
        return cls(
            event_id=reading.identifier(data, "histoStatutId"),
            code=reading.required_text(data, "histoStatutCode"),
            date=reading.moment(data, "histoStatutDatePassage"),
            comment=reading.text(data, "histoStatutCommentaire"),
            author=" ".join(filter(None, (reading.text(data, name) for name in names))),
        )


@dataclass(frozen=True, kw_only=True)
class InvoiceHistory:
    """The statuses of one invoice; from the client: all of them, oldest first, undated ones last.

    In a single answer, ``page`` and ``pages`` tell which part this is.
    """

    invoice_id: str
    number: str
    current_status: str
    events: tuple[StatusEvent, ...]
    page: int = 1
    pages: int = 1

    @classmethod
    def from_json(cls, data):
        data = reading.answer(data)
        statuses = reading.part(data, "historiquesDesStatuts")
        return cls(
            invoice_id=reading.required_identifier(data, "idFacture"),
            number=reading.text(data, "numeroFacture"),
            current_status=reading.text(data, "statutCourantCode"),
            events=tuple(map(StatusEvent.from_json, reading.rows(statuses, "histoStatut"))),
            page=reading.number(statuses, "pageCouranteHistoStatut") or 1,
            pages=reading.number(statuses, "pagesHistoStatut") or 1,
        )
