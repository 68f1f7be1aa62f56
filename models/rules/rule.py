# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A rule that an invoice meets before it goes to Chorus Pro, and the finding that it does not.

The client (``choruspro``) and ``documents`` translate nothing: they give codes and facts. A rule
says in the reader's language what is wrong (sentence) and what to do about it (remedy).
"""

from dataclasses import dataclass, field

from odoo.exceptions import UserError
from odoo.tools.translate import LazyGettext

from ...choruspro.checks import BLOCKING, WARNING


@dataclass(frozen=True)
class Rule:
    """``sentence`` and ``remedy`` are lazily translated templates, filled with the parameters of
    a finding.

    severity: ``blocking`` (the invoice does not leave) or ``warning`` (it leaves all the same);
        that of a finding may differ, where the rule is stricter for some.
    place: what to correct, as a path from the invoice: one of its fields, or a record and one of
        that record's fields; empty when no screen corrects it.
    """

    id: str
    sentence: LazyGettext
    remedy: LazyGettext
    place: str = ""
    severity: str = BLOCKING


@dataclass(frozen=True)
class Finding:
    """A rule that an invoice does not meet.

    params: values of the templates, in the reader's language where they are lazily translated
    severity, place: those of the rule unless given
    """

    rule: Rule
    params: dict = field(default_factory=dict)
    severity: str = ""
    place: str = ""

    @property
    def id(self):
        return self.rule.id

    @property
    def blocking(self):
        return (self.severity or self.rule.severity) == BLOCKING

    def sentence(self, env):
        """What is wrong, in the language of ``env``."""
        return self._filled(env, self.rule.sentence)

    def remedy(self, env):
        """What to do, in the language of ``env``."""
        return self._filled(env, self.rule.remedy)

    def text(self, env):
        """Both, as one text."""
        return f"{self.sentence(env)} {self.remedy(env)}"

    def _filled(self, env, template):
        params = {
            name: env._(value) if isinstance(value, LazyGettext) else value
            for name, value in self.params.items()
        }
        text = env._(template)
        return text % params

    def as_dict(self, move):
        """For screens and integrators: texts in the language of ``move``'s environment.

        :return: ``id``, ``severity``, ``sentence``, ``remedy``, and where it is corrected:
            ``model``, ``res_id`` and ``field`` (the last two False and "" when nowhere)
        """
        record, name = self._where(move)
        return {
            "id": self.id,
            "severity": BLOCKING if self.blocking else WARNING,
            "sentence": self.sentence(move.env),
            "remedy": self.remedy(move.env),
            "model": record._name,
            "res_id": record._origin.id if name else False,
            "field": name,
        }

    def _where(self, move):
        path, _dot, name = (self.place or self.rule.place).rpartition(".")
        record = move.mapped(path) if path else move
        if name == "buyer_reference" and move.sudo().chorus_pro_open_service_ids:
            # Choosing among its services is easier than typing a code.
            name = "chorus_pro_service_id"
        return record, name if record else ""


class FindingError(UserError):
    """An operation that a finding prevents."""

    def __init__(self, env, finding):
        self.finding = finding
        super().__init__(finding.text(env))
