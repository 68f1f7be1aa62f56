# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Commitments (engagements juridiques): the orders that public bodies registered."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from . import reading


@dataclass(frozen=True, kw_only=True)
class Commitment:
    """One order: ``number`` is the engagement number of its invoices. "" means absent.

    state: raw code, COMMANDE for one that can be invoiced (observed by clients); creation_date: in
    Paris; untaxed, total: what was ordered.
    """

    commitment_id: str
    number: str
    kind: str
    state: str
    service_code: str
    creation_date: date | None
    untaxed: Decimal | None
    total: Decimal | None

    @classmethod
    def from_json(cls, data):
        data = reading.answer(data)
        return cls(
            commitment_id=reading.identifier(data, "idEngagementJuridique"),
            number=reading.required_text(data, "numeroEngagementJuridique"),
            kind=reading.text(data, "libelleTypeEngagementJuridique"),
            state=reading.text(data, "libelleEtatCourantEJ"),
            service_code=reading.text(data, "codeServiceExecutant"),
            # The two published examples name it differently.
            creation_date=reading.day(data, "dateCreationEJ")
            or reading.day(data, "dateNotificationEJ"),
            untaxed=reading.amount(data, "montantTotalHt"),
            total=reading.amount(data, "montantTotalTtc"),
        )
