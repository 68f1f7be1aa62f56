# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The schemas in spec/, for tests."""

import json
from pathlib import Path

from jsonschema import Draft202012Validator

import choruspro

SPEC = Path(choruspro.__file__).parent / "spec"


def schema(name):
    """The schema of a request or an answer: ``tauxtva.request``."""
    return json.loads((SPEC / f"{name}.json").read_text(encoding="utf-8"))


def violations(name, message):
    """What is wrong with a message in the eyes of its schema."""
    return [error.message for error in Draft202012Validator(schema(name)).iter_errors(message)]
