# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""`make validators`: the documents of the family of invoices before validators that people install
from PyPI, each in an environment of its own."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from documents.tests.reform import reason

from ..console import Problem, say
from ..odoo import installation
from ..sandbox import sandbox
from ..setup import python_env
from ..setup.home import Home

NAME = "validators"
COUNT = 400
# Name of the validator's script and of its list of requirements, by its name.
VALIDATORS = {"ads-facturx": "ads", "eu-einvoice": "eu"}


class Beside(Home):
    """The cache folder with the environment of one validator."""

    def __init__(self, name):
        super().__init__()
        self.venv = self.root / NAME / name
        self.python = self.venv / "bin" / "python"


def run(_arguments):
    """Print `validator: documents=… en16931=… reform=… skipped=…` for each, then each remark by the
    rules of the French reform with the reason why it does not concern a direct deposit.

    INVOICES: how many. The exit code is 1 if a rule of EN 16931 is broken or a remark has no
    reason.
    """
    count = int(os.environ.get("INVOICES") or COUNT)
    with installation.full() as databases:
        folder = databases.home.root / "documents"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        with sandbox(databases, NAME) as here:
            say(f"making the documents of {count} invoices (log: {here.log})")
            if here.run("tools.validators.documents", folder=str(folder), count=count):
                return 1
    reports = {name: _report(script, folder) for name, script in VALIDATORS.items()}
    remarks, broken = {}, 0
    for name, report in reports.items():
        reform = {rule: where for rule, where in report["found"].items() if _is_reform(rule)}
        errors = {rule: where for rule, where in report["found"].items() if rule not in reform}
        skipped = ",".join(report["skipped"]) or "none"
        print(f"{name}: documents={report['documents']} en16931={sum(map(len, errors.values()))} "
              f"reform={len(reform)} skipped={skipped}")
        for rule, where in sorted(errors.items()):
            print(f"  {rule}: {len(where)} documents, such as {where[0]}")
        remarks |= reform
        broken += len(errors)
    for rule, where in sorted(remarks.items()):
        why = reason(rule)
        print(f"{rule}: {len(where)} documents. {why or 'NO REASON IS KNOWN'}")
        broken += not why
    return 1 if broken else 0


def _is_reform(rule):
    return rule.startswith("BR-FR")


def _report(script, folder):
    """What one validator says, as its script prints it."""
    home = Beside(script)
    home.venv.parent.mkdir(exist_ok=True)
    python_env.ensure(home, [f"validator-{script}"])
    program = Path(__file__).with_name(f"{script}.py")
    say(f"{script}: validating")
    answer = subprocess.run([home.python, program, folder], capture_output=True, text=True,
                            check=False)
    if answer.returncode:
        raise Problem(f"{program.name} failed: {answer.stderr.strip()[-2000:]}")
    return json.loads(answer.stdout.splitlines()[-1])
