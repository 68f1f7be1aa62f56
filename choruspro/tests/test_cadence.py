# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import timedelta

import pytest

from choruspro.lifecycle import INVOICE_STATUSES, follow_delay, invoice_status

MINUTES, HOURS, DAYS = (timedelta(**{unit: 1}) for unit in ("minutes", "hours", "days"))


@pytest.mark.parametrize(
    "code, silent_for, delay",
    [
        ("DEPOSEE", 5 * MINUTES, 5 * MINUTES),
        ("EN_COURS_ACHEMINEMENT", 2 * HOURS, 1 * HOURS),
        ("EN_COURS_ACHEMINEMENT", 2 * DAYS, 4 * HOURS),
        ("MISE_A_DISPOSITION", 5 * MINUTES, 4 * HOURS),
        ("SUSPENDUE", 10 * DAYS, 4 * HOURS),
        ("MANDATEE", 3 * DAYS, 8 * HOURS),
        ("COMPTABILISEE", 61 * DAYS, 1 * DAYS),
        ("MISE_A_DISPOSITION", 400 * DAYS, 1 * DAYS),
        ("MISE_EN_PAIEMENT", 0 * DAYS, 1 * DAYS),
        ("NOUVEAU_STATUT_2027", 3 * HOURS, 1 * HOURS),
    ],
)
def test_the_younger_and_the_more_on_its_way_the_sooner(code, silent_for, delay):
    assert follow_delay(invoice_status(code), silent_for) == delay


@pytest.mark.parametrize("status", INVOICE_STATUSES, ids=lambda status: status.code)
def test_patience_only_grows(status):
    ages = [timedelta(minutes=1), timedelta(hours=5), timedelta(days=5), timedelta(days=90)]
    delays = [follow_delay(status, age) for age in ages]
    assert delays == sorted(delays)


def test_a_date_in_the_future_is_a_young_one():
    assert follow_delay(invoice_status("DEPOSEE"), timedelta(hours=-3)) == 5 * MINUTES
