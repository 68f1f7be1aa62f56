# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""No secret leaves by the external API, by a page, or with a dump of the database."""

import json
import os
from unittest.mock import patch

from psycopg2 import IntegrityError
from psycopg2.extensions import quote_ident

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ...choruspro.secret_keys import VARIABLE
from ..common.access import our_models
from ..common.secret import SecretScan
from ..common.secret_table import KEPT

QUIET = ("odoo.sql_db", "odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
# Where Odoo's own tables hold something of ours.
BESIDE = ("account.move", "res.partner", "res.company", "account.journal", "res.config.settings")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSecretApi(SecretScan):
    def _calls(self, model, records):
        """What a program may ask of a model by RPC; each gives something."""
        is_ours = model._name in our_models(self.env)
        names = [name for name in model.fields_get() if is_ours or "chorus_pro" in name]
        binary = [name for name in names if model._fields[name].type == "binary"]
        spec = {name: {} for name in names if name not in binary}
        yield lambda: model.fields_get(names)
        yield lambda: records.read(names)
        yield lambda: records.with_context(bin_size=False).read(binary)
        yield lambda: model.search_read([], names, limit=5)
        yield lambda: records.web_read(spec)
        yield lambda: model.web_search_read([], spec, limit=5)
        # Odoo gives a query's rows no external id.
        exported = [name for name in names if name != "id" or model._table_query is None]
        yield lambda: records.export_data(exported)
        yield lambda: model.name_search("")
        values = {"in_use": False} if "in_use" in names else {}
        if is_ours:
            yield lambda: records[:1].copy(values).read()
        for name in names if model._name in KEPT else ():
            if model._fields[name].store:
                yield lambda name=name: model.formatted_read_group([], [name], ["__count"])
        for view in ("form", "list") if is_ours else ():
            yield lambda view=view: model.get_view(view_type=view)

    def _answers(self, model, records):
        for call in self._calls(model, records):
            try:
                with mute_logger(*QUIET), self.cr.savepoint() as savepoint:
                    yield str(call())
                    savepoint.rollback()
            except (AccessError, UserError, ValueError, IntegrityError):
                # Refused: it told nothing.
                self.env.invalidate_all()

    def test_no_role_gets_a_secret_by_the_external_api(self):
        self._obtain_token()
        self._send(self._invoice())
        answers = 0
        for name in sorted([*our_models(self.env), *BESIDE]):
            for role, user in self.users.items():
                model = self.env[name].with_user(user)
                records = model.sudo().search([], limit=5).with_user(user).sudo(False)
                with self.subTest(model=name, role=role):
                    for answer in self._answers(model, records):
                        answers += 1
                        self.assertFalse(self._found(answer))
        self.assertGreater(answers, 300)

    def test_dump_of_the_database_holds_no_secret_when_the_server_has_a_key(self):
        self._obtain_token()
        self._send(self._invoice())
        found = {table: names for table, names in self._dump().items() if names}
        self.assertEqual(found, {})

    def test_dump_would_show_what_is_not_encrypted(self):
        with patch.dict(os.environ, {VARIABLE: ""}):
            self.connection.technical_password = self.credentials["password"]
            known = self.credentials["certificate"]
            self.certificate.write({"file": known["p12"], "password": known["password"]})
        self.assertEqual(
            {table: names for table, names in self._dump().items() if names},
            {
                "chorus_pro_connection": ["technical password"],
                "chorus_pro_certificate": ["certificate's password", "certificate's file"],
            },
        )

    def _dump(self):
        """Names of the secrets that stand in each table of the database."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
        )
        found = {}
        for [table] in self.env.cr.fetchall():
            name = quote_ident(table, self.env.cr._cnx)
            self.env.cr.execute(f"SELECT row_to_json(t)::text FROM {name} t")
            found[table] = self._found("\n".join(row for [row] in self.env.cr.fetchall()))
        return found


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSecretPages(SecretScan, HttpCase):
    """What the browser of an administrator is given, and the web's own routes."""

    def setUp(self):
        super().setUp()
        self.administrator.password = self.administrator.login
        self.authenticate(self.administrator.login, self.administrator.login)

    def _pages(self):
        yield f"/odoo/chorus.pro.connection/{self.connection.id}"
        yield "/web/webclient/load_menus"
        yield "/odoo"
        for name, columns in KEPT.items():
            for record in self.env[name].sudo().search([]):
                for field in {*columns, *columns.values()} - {None}:
                    yield f"/web/content/{name}/{record.id}/{field}"
                    yield f"/web/content/{name}/{record.id}/{field}?download=true&unique=1"
                    yield f"/web/image/{name}/{record.id}/{field}"

    def test_no_page_shows_a_secret(self):
        for page in self._pages():
            with self.subTest(page=page), mute_logger(*QUIET, "odoo.http"):
                answer = self.url_open(page)
                self.assertNotIn("secret", self._found(answer.text))
                self.assertFalse(self._found(answer.content.hex()))
                self.assertFalse(self._found(answer.text))

    def test_json_of_the_form_shows_no_secret(self):
        for record in (self.connection, self.certificate):
            model = self.env[record._name].with_user(self.administrator)
            body = {
                "params": {
                    "model": record._name,
                    "method": "web_read",
                    "args": [record.ids],
                    "kwargs": {"specification": {name: {} for name in model.fields_get()}},
                }
            }
            answer = self.url_open(
                f"/web/dataset/call_kw/{record._name}/web_read",
                data=json.dumps(body),
                headers={"Content-Type": "application/json"},
            )
            self.assertEqual(answer.json()["result"][0]["id"], record.id)
            self.assertFalse(self._found(answer.text))
