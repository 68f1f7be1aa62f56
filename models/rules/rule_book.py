# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The one list of rules, and the findings made from the codes of ``choruspro``."""

from odoo.tools import LazyTranslate

from .document import DOCUMENT_RULES, PDF_RULES
from .invoice import INVOICE_RULES
from .rule import Finding, Rule

_lt = LazyTranslate(__name__)

RULES = {rule.id: rule for rule in (*INVOICE_RULES, *DOCUMENT_RULES, *PDF_RULES)}
# For a code that a later version of the client has and this list lacks.
UNKNOWN_RULE = Rule(
    "unknown",
    _lt("Chorus Pro would refuse this invoice (rule %(code)s)."),
    _lt("Correct the invoice."),
)
# Fields of the client's problems whose rule does not say where they are on the invoice.
PLACES = {
    "service_code": "buyer_reference",
    "engagement_number": "purchase_order_reference",
    "contract_number": "contract_reference",
}
LABELS = {
    "service_code": _lt("Service Code"),
    "engagement_number": _lt("Engagement Number"),
    "contract_number": _lt("Contract Number"),
    "original_number": _lt("Number of the corrected invoice"),
}


def finding(rule_id, severity="", place="", **params):
    """A :class:`Finding` of the rule with this id."""
    return Finding(RULES[rule_id], params, severity, place)


def finding_of(problem, severity=""):
    """The :class:`Finding` for a :class:`Problem` of the client, with its own severity unless
    another is given."""
    place, label = PLACES.get(problem.field, ""), LABELS.get(problem.field, problem.field)
    params = {"code": problem.code, "field": label, **problem.params}
    rule = RULES.get(problem.code, UNKNOWN_RULE)
    return Finding(rule, params, severity or problem.severity, "" if rule.place else place)


def problem_sentences(env, problems):
    """What is wrong and what to do about these problems of the client, one a line."""
    return "\n".join(finding_of(problem).text(env) for problem in problems)
