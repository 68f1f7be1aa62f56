# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""`make upgrade`: each former version is installed and used, upgraded to this one, then uninstalled
and installed again; what was there must survive, secrets must be encrypted and bound to their
place, and accounting must not notice."""

import base64
import os
import shutil
import subprocess
from pathlib import Path

from .. import simulator_process
from ..console import Problem, say
from ..odoo import installation
from ..odoo import shell as odoo_shell
from ..odoo.server import OdooServer
from ..setup.database import BASE
from ..setup.home import ADDON, CHECKOUT
from . import ties
from .database_copy import SHELL_SCRIPT, plain_recipient

# The last state before certificates had their own records and secrets could be encrypted; the
# last one before what is encrypted was bound to its place.
FORMERS = (
    "d29eeda38517b3ed035e7a67b26b41b2ccbec35e",
    "1d16dd4182ac8f5ebf736679e938daf9e3755a60",
)
NOW = "now"
# The mark of what is encrypted and bound.
BOUND = "chorus-pro:2:"
DATABASE = "chorus_pro_upgrade"
INVOICES = 2
KEY = base64.b64encode(bytes(range(32))).decode()


class KeyedServer(OdooServer):
    """Odoo on a server that has a key for secrets."""

    def environment(self, modules=()):
        return {**super().environment(modules), "CHORUS_PRO_SECRET_KEY": KEY}


def run(_arguments):
    """Upgrade from the commit FROM, by default from each former version; then uninstall the
    add-ons beside the main one (FROM=now: only that). Returns the exit code."""
    wanted = os.environ.get("FROM")
    commits = {None: FORMERS, "": FORMERS, NOW: ()}.get(wanted, [wanted])
    for commit in commits:
        with (installation.full() as databases, databases.home.locked("upgrade"),
              simulator_process.running(databases.home, ("--tls-port", "0")) as simulator):
            _play(databases, commit, simulator.credentials())
    if wanted in (None, "", NOW):
        with installation.full(oca=True) as databases, databases.home.locked("upgrade"):
            ties.uninstall(databases)
    return 0


def _play(databases, commit, chorus):
    home, odoo = databases.home, databases.server
    keyed = KeyedServer(home, odoo.source, odoo.access)
    former = _check_out(home, commit)
    path = f"--addons-path={','.join(map(str, [*odoo.source.addons, former.parent]))}"
    known = {name: chorus["certificate"][name]
             for name in ("p12", "password", "api_url", "authority")}
    databases.template()
    databases.copy(BASE, DATABASE)
    odoo.run("-d", DATABASE, "-i", ADDON, "--stop-after-init", "--no-http", path,
             title=f"installing the add-on of {commit[:7]}", log=f"{DATABASE}.log")
    numbers = _use(odoo, former, path, chorus)
    connections = _add_connections(odoo, keyed, former, path, chorus, known)
    before = odoo_shell.call(odoo, DATABASE, SHELL_SCRIPT, "accounting", path)
    written = odoo_shell.call(odoo, DATABASE, SHELL_SCRIPT, "kept_secrets", path)
    referred = odoo_shell.call(odoo, DATABASE, SHELL_SCRIPT, "referred", path)
    keyed.run("-d", DATABASE, "-u", ADDON, "--stop-after-init", "--no-http",
              title="upgrading to this version", log=f"{DATABASE}.log")
    count, bound = _check_secrets(keyed, chorus, connections, known, written)
    missing = odoo_shell.call(keyed, DATABASE, SHELL_SCRIPT, "survived", known=known,
                              certificate_connection=connections["certificate"],
                              technical_password=chorus["password"])
    _require(not missing, f"lost by the upgrade: {', '.join(missing)}")
    found = odoo_shell.call(keyed, DATABASE, SHELL_SCRIPT, "referred")
    lost = sorted(name for name, record in referred.items() if found.get(name) != record)
    _require(referred and not lost, f"external ids that others use: {', '.join(lost)}")
    states = odoo_shell.call(keyed, DATABASE, SHELL_SCRIPT, "states")
    _require(states == dict.fromkeys(numbers, "queued"), f"submissions: {states}")
    upgraded = odoo_shell.call(keyed, DATABASE, SHELL_SCRIPT, "accounting")
    _require(upgraded == before, "accounting changed by the upgrade")
    _uninstall(keyed, before)
    keyed.run("-d", DATABASE, "-i", ADDON, "--stop-after-init", "--no-http",
              title="installing it again", log=f"{DATABASE}.log")
    again = odoo_shell.call(keyed, DATABASE, SHELL_SCRIPT, "accounting")
    _require(again == before, "accounting changed when it was installed again")
    _require(odoo_shell.call(keyed, DATABASE, SHELL_SCRIPT, "states") == {}, "old rows came back")
    print(f"upgrade: from={commit[:7]} invoices={len(numbers)} secrets={count} reencrypted={bound} "
          f"used={len(connections)} ids={len(referred)} lost=0 exposed=0 left_over=0 reinstalled=1",
          flush=True)


def _use(odoo, former, path, chorus):
    """Queue invoices in the former version; returns their numbers."""
    odoo_shell.call(odoo, DATABASE, _demo_company(former), "set_up", path,
                    odoo_url="http://127.0.0.1", customers=chorus["recipients"],
                    accountant={"login": "camille", "password": "camille"}, chorus=chorus)
    return odoo_shell.call(
        odoo, DATABASE, SHELL_SCRIPT, "fill", path, siret=plain_recipient(chorus),
        invoices=INVOICES)


def _add_connections(odoo, keyed, former, path, chorus, known):
    """Beside the connection whose secrets are in clear: others with encrypted ones, where the
    former version could; gives {word: id}."""
    account = {name: chorus[name] for name in ("client_id", "client_secret", "login", "password")}
    could = (former / "choruspro" / "secret_keys.py").exists()
    server = keyed if could else odoo
    added = {"certificate": odoo_shell.call(server, DATABASE, SHELL_SCRIPT, "add_certificate", path,
                                            known=known, account=account)}
    if could:
        added["piste"] = odoo_shell.call(server, DATABASE, SHELL_SCRIPT, "add_connection", path,
                                         account=account)
    added["in use"] = odoo_shell.call(odoo, DATABASE, SHELL_SCRIPT, "in_use", path)
    return added


def _check_secrets(keyed, chorus, connections, known, written):
    """What the former version wrote is used as it is, encrypted by the daily job, used again, and
    nowhere in clear; gives (how many secrets, how many were encrypted for their place)."""
    ids = list(connections.values())
    for words in ("as the former version wrote them", "after the daily job"):
        failed = odoo_shell.call(keyed, DATABASE, SHELL_SCRIPT, "used", connections=ids)
        _require(not failed, f"secrets {words} do not work: {'; '.join(failed)}")
        odoo_shell.call(keyed, DATABASE, SHELL_SCRIPT, "encrypt_again")
    kept = odoo_shell.call(keyed, DATABASE, SHELL_SCRIPT, "kept_secrets")
    count = sum(written.values())
    _require(kept == {BOUND: count}, f"secrets: {written} before, {kept} after")
    exposed = odoo_shell.call(keyed, DATABASE, SHELL_SCRIPT, "exposed",
                              secrets=[chorus["client_secret"], chorus["password"],
                                       known["password"]])
    _require(not exposed, f"secrets in clear after the upgrade: {exposed}")
    return count, kept[BOUND] - written.get(BOUND, 0)


def _demo_company(former):
    """The former version's own set-up of the demo; the folders of tools/ came later."""
    found = former / "tools" / "demo" / "company.py"
    return found if found.exists() else former / "tools" / "demo_company.py"


def _uninstall(odoo, before):
    say("uninstalling ...")
    odoo_shell.call(odoo, DATABASE, SHELL_SCRIPT, "uninstall")
    after = odoo_shell.call(odoo, DATABASE, SHELL_SCRIPT, "accounting")
    changed = [model for model in before if after[model] != before[model]]
    _require(not changed, f"accounting changed by uninstalling: {', '.join(changed)}")
    left = odoo_shell.call(odoo, DATABASE, SHELL_SCRIPT, "left_over")
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
