# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""PDF/A-3B by a foreign validator: page-validation, in Rust, which is not veraPDF.

It finds the defects of PDFs that are known to be bad, and none in samples of the FNFE.
"""

import page

PROFILE = "3b"


def violations(pdf):
    """What forbids to call these bytes PDF/A-3B: pairs (rule, sentence)."""
    report = page.validate_pdf_bytes(pdf, profile=PROFILE)
    assert report.rules.total > 100
    return [(failure.rule_id, failure.message) for failure in report.failures]
