# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Odoo's databases: kept templates, so that a fresh database is a copy made in a second."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

from ..console import Problem
from . import addon
from .home import ADDON

BASE = "chorus_pro_base"          # what the add-on depends on
TEMPLATE = "chorus_pro_template"  # ... and the add-on
LANGUAGE = "fr_FR"


class Databases:
    """The databases of one Odoo server. The key of a template is kept as its comment."""

    def __init__(self, server):
        self.server = server
        self.home = server.home

    def sql(self, statement, *parameters, database="postgres"):
        """The rows of one statement, as lists. Raises Problem."""
        done = subprocess.run(
            [self.home.python, Path(__file__).with_name("run_sql.py"), database, statement,
             *parameters],
            capture_output=True, text=True, check=False, env=self.server.environment())
        if done.returncode:
            raise Problem(f"PostgreSQL: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def key(self, name):
        """The comment of a database, or None when there is no such database."""
        rows = self.sql("SELECT coalesce(shobj_description(oid, 'pg_database'), '') "
                        "FROM pg_database WHERE datname = %s", name)
        return rows[0][0] if rows else None

    def drop(self, name):
        """Remove a database and its files, if they are there."""
        self.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        shutil.rmtree(self._files(name), ignore_errors=True)

    def copy(self, origin, name):
        """Make `name` anew as a copy of the database `origin` and of its files."""
        self.drop(name)
        self.sql(f'CREATE DATABASE "{name}" TEMPLATE "{origin}"')
        if self._files(origin).exists():
            shutil.copytree(self._files(origin), self._files(name))

    def _files(self, name):
        return self.home.data / "filestore" / name

    def fresh(self, name, with_addon=True, also=()):
        """Make the database `name` anew, with the add-on as it is now in the checkout.

        with_addon: False for only what the add-on depends on. also: names of modules of Odoo to
        install beside it; the add-ons that tie it to them come with them.
        """
        with self.home.locked("databases"):
            self.copy(self._template(also) if with_addon else self._base(), name)

    def ensure(self, name):
        """Have a database `name`: made as by `fresh` when there is none."""
        if self.key(name) is None:
            self.fresh(name)

    def template(self, also=()):
        """Install the add-on as it is now in the checkout, and `also`, unless that was done."""
        with self.home.locked("databases"):
            self._template(also)

    def _template(self, also=()):
        """Have a template hold the add-on as it is now, and `also`; gives its name. It starts from
        one that holds less, so that a change of the add-on installs the add-on only."""
        if also:
            origin, modules = self._template(), ",".join(sorted(also))
            name = f"{TEMPLATE}_{hashlib.sha256(modules.encode()).hexdigest()[:8]}"
            key = f"{self.key(origin)} {modules}"
        else:
            origin, modules, name = self._base(), ADDON, TEMPLATE
            key = f"{self.key(origin)} {addon.key()}"
        if self.key(name) != key:
            self._make(name, key, origin, modules, f"installing {modules} in a database")
        return name

    def _base(self):
        """Have BASE hold what the add-on depends on; gives its name."""
        depends = ",".join(addon.manifest()["depends"])
        key = hashlib.sha256(f"{self.server.source.version} {depends}".encode()).hexdigest()[:16]
        if self.key(BASE) != key:
            self._make(BASE, key, None, depends,
                       "creating a database with what the add-on needs (about two minutes)")
        return BASE

    def _make(self, name, key, origin, modules, title):
        if origin:
            self.copy(origin, name)
        else:
            self.drop(name)
            self.sql(f'CREATE DATABASE "{name}" TEMPLATE template0 ENCODING \'UTF8\' '
                     "LC_COLLATE 'C'")
        self.server.run("-d", name, "-i", modules, "--load-language", LANGUAGE,
                        "--stop-after-init", "--no-http", title=title, log=f"{name}.log",
                        modules=modules.split(","))
        if not origin:
            # Debian's wkhtmltopdf cannot split what it renders for several invoices at once.
            self.sql("INSERT INTO ir_config_parameter (key, value) "
                     "VALUES ('account.pdf_generation_batch', '0')", database=name)
        self.sql(f"COMMENT ON DATABASE \"{name}\" IS '{key}'")
