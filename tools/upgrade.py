# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""`make upgrade`: the former version is installed and used, upgraded to this one, then uninstalled
and installed again; what was there must survive, and accounting must not notice."""

import base64
import os
import shutil
import subprocess
from pathlib import Path

from . import odoo_shell, setup, simulator_process
from .console import Problem, say
from .copied import PLAY
from .database import BASE
from .home import ADDON, CHECKOUT
from .odoo_server import OdooServer

# The last state before certificates were records of their own and secrets could be encrypted.
FORMER = "d29eeda38517b3ed035e7a67b26b41b2ccbec35e"
DATABASE = "chorus_pro_upgrade"
INVOICES = 2
KEY = base64.b64encode(bytes(range(32))).decode()


class KeyedServer(OdooServer):
    """Odoo on a server that has a key for secrets."""

    def environment(self):
        return {**super().environment(), "CHORUS_PRO_SECRET_KEY": KEY}


def run(_arguments):
    """Play from the commit FROM on, by default the former version; gives the exit code."""
    commit = os.environ.get("FROM") or FORMER
    with (setup.full() as databases, databases.home.locked("upgrade"),
          simulator_process.running(databases.home, ("--tls-port", "0")) as simulator):
        home, odoo = databases.home, databases.server
        former = _check_out(home, commit)
        path = f"--addons-path={','.join(map(str, [*odoo.source.addons, former.parent]))}"
        databases.template()
        databases.copy(BASE, DATABASE)
        odoo.run("-d", DATABASE, "-i", ADDON, "--stop-after-init", "--no-http", path,
                 title=f"installing the add-on of {commit[:7]}", log=f"{DATABASE}.log")
        chorus = simulator.credentials()
        known = {name: chorus["certificate"][name]
                 for name in ("p12", "password", "api_url", "authority")}
        siret = next(each["siret"] for each in chorus["recipients"]
                     if each["active"] and not any(each[demand] for demand in (
                         "service_required", "engagement_required",
                         "service_or_engagement_required")))
        odoo_shell.call(odoo, DATABASE, former / "tools" / "demo_company.py", "set_up", path,
                        odoo_url="http://127.0.0.1", customers=chorus["recipients"],
                        accountant={"login": "camille", "password": "camille"}, chorus=chorus)
        numbers = odoo_shell.call(odoo, DATABASE, PLAY, "fill", path, siret=siret,
                                  invoices=INVOICES)
        beside = odoo_shell.call(odoo, DATABASE, PLAY, "add_certificate", path, known=known)
        before = odoo_shell.call(odoo, DATABASE, PLAY, "accounting", path)
        keyed = KeyedServer(home, odoo.source, odoo.access)
        keyed.run("-d", DATABASE, "-u", ADDON, "--stop-after-init", "--no-http",
                  title="upgrading to this version", log=f"{DATABASE}.log")
        missing = odoo_shell.call(keyed, DATABASE, PLAY, "survived", known=known,
                                  certificate_connection=beside,
                                  technical_password=chorus["password"])
        _require(not missing, f"lost by the upgrade: {', '.join(missing)}")
        states = odoo_shell.call(keyed, DATABASE, PLAY, "states")
        _require(states == dict.fromkeys(numbers, "queued"), f"submissions: {states}")
        exposed = odoo_shell.call(keyed, DATABASE, PLAY, "exposed",
                                  secrets=[chorus["client_secret"], chorus["password"],
                                           known["password"]])
        _require(not exposed, f"secrets in clear after the upgrade: {exposed}")
        _uninstall(keyed, before)
        keyed.run("-d", DATABASE, "-i", ADDON, "--stop-after-init", "--no-http",
                  title="installing it again", log=f"{DATABASE}.log")
        again = odoo_shell.call(keyed, DATABASE, PLAY, "accounting")
        _require(again == before, "accounting changed when it was installed again")
        _require(odoo_shell.call(keyed, DATABASE, PLAY, "states") == {}, "old rows came back")
        print(f"upgrade: from={commit[:7]} invoices={len(numbers)} lost=0 exposed=0 left_over=0 "
              "reinstalled=1", flush=True)
    return 0


def _uninstall(odoo, before):
    say("uninstalling ...")
    odoo_shell.call(odoo, DATABASE, PLAY, "uninstall")
    after = odoo_shell.call(odoo, DATABASE, PLAY, "accounting")
    changed = [model for model in before if after[model] != before[model]]
    _require(not changed, f"accounting changed by uninstalling: {', '.join(changed)}")
    left = odoo_shell.call(odoo, DATABASE, PLAY, "left_over")
    _require(not left, f"left over: {'; '.join(left)}")


def _require(holds, sentence):
    if not holds:
        raise Problem(sentence)


def _check_out(home, commit):
    """The add-on as it was at a commit, in a folder of its name; gives the folder."""
    folder = home.root / "former" / commit / ADDON
    if not (folder / "__manifest__.py").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        packed = subprocess.run(["git", "archive", commit], cwd=CHECKOUT, capture_output=True,
                                check=False)
        if packed.returncode:
            raise Problem(f"git does not give the commit {commit}: get the whole history, or name "
                          "another one with FROM")
        subprocess.run(["tar", "-x", "-C", Path(folder)], input=packed.stdout, check=True)
    return folder
