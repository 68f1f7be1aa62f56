# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The examples of docs/api.md, as they stand there."""

import json
import re
import xmlrpc.client
from datetime import timedelta
from functools import partial
from unittest.mock import patch
from xmlrpc.client import ServerProxy

import requests

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tests.common import Transport
from odoo.tools import file_open

from ..common.chorus_pro import ChorusProCommon

PAGE = "l10n_fr_chorus_pro/docs/api.md"
EXAMPLE = re.compile(r"<!-- example: (\w+) -->\n```python\n(.*?)```", re.DOTALL)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestApiExamples(ChorusProCommon, HttpCase):
    """A program with the key of somebody who invoices and sends, and may do nothing more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with file_open(PAGE, "r") as page:
            cls.page = page.read()
        cls.examples = dict(EXAMPLE.findall(cls.page))
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        keys = cls.env["res.users.apikeys"].with_user(cls.accountant).sudo()
        cls.key = keys._generate(None, "test", tomorrow)

    def setUp(self):
        super().setUp()
        self.namespace, self.printed = {"print": self._print}, []
        self.constants = {
            "URL": self.base_url(), "DATABASE": self.env.cr.dbname, "KEY": self.key,
            "LOGIN": self.accountant.login,
        }

    def _print(self, *words):
        self.printed.append(" ".join(map(str, words)))

    def _run_example(self, name):
        text = self.examples[name]
        for constant, value in self.constants.items():
            text = re.sub(rf'^{constant} = ".*"$', f'{constant} = "{value}"', text, flags=re.M)
        self.env.flush_all()
        server = partial(ServerProxy, transport=Transport(self))
        with (
            patch.object(requests, "post", self.opener.post),
            patch.object(xmlrpc.client, "ServerProxy", server),
        ):
            exec(compile(text, f"{PAGE}: {name}", "exec"), self.namespace)  # noqa: S102
        self.env.invalidate_all()

    def _move(self):
        return self.env["account.move"].browse(self.namespace["invoice"])

    def test_each_example_of_the_page_is_run_here(self):
        self.assertEqual(
            list(self.examples), ["connect", "create", "send", "read", "xmlrpc"])
        self.assertEqual(self.page.count("```python"), len(self.examples))

    def test_an_invoice_is_made_checked_sent_and_read_by_json_2(self):
        for name in ("connect", "create"):
            self._run_example(name)
        move = self._move()
        self.assertEqual(move.create_uid, self.accountant)
        self.assertTrue(self.namespace["verdict"]["is_ready"])
        self._archive(move)
        self._run_example("send")
        self.assertEqual(move.chorus_pro_state, "queued")
        self._run_sender()
        self._run_example("read")
        self.assertEqual(move.chorus_pro_state, "deposited")
        self.assertIn(move.chorus_pro_invoice_id, self.printed[-1])

    def test_an_invoice_that_was_sent_is_not_sent_again_by_a_second_call(self):
        for name in ("connect", "create"):
            self._run_example(name)
        self._archive(self._move())
        self._run_example("send")
        with self.assertRaises(requests.HTTPError) as refused:
            self._run_example("send")
        self.assertIn(self._move().name, refused.exception.response.json()["message"])
        self.assertEqual(len(self._move().chorus_pro_submission_ids), 1)

    def test_the_check_is_told_by_xml_rpc_in_the_language_that_is_asked_for(self):
        self.customer.company_registry = False
        self.namespace["invoice"] = self._invoice().id
        for name in ("connect", "xmlrpc"):
            self._run_example(name)
        self.assertTrue(self.printed[-1].startswith("False "))
        self.assertIn("SIRET", self.printed[-1])

    def test_the_schema_of_the_check_is_what_the_check_gives(self):
        [schema] = map(json.loads, re.findall(r"```json\n(.*?)```", self.page, re.DOTALL))
        self.customer.company_registry = False
        [verdict] = self._invoice().with_user(self.accountant).chorus_pro_check()
        self.assertEqual(set(verdict), set(schema["required"]))
        found = schema["properties"]["findings"]["items"]
        self.assertTrue(verdict["findings"])
        for finding in verdict["findings"]:
            self.assertEqual(set(finding), set(found["required"]))
            self.assertEqual(set(finding), set(found["properties"]))
            self.assertIn(finding["severity"], found["properties"]["severity"]["enum"])

    def test_the_methods_and_extension_points_of_the_page_exist(self):
        named = set(re.findall(r"`(\w+)\([^`]*\)`", self.page)) - {"super"}
        self.assertGreater(len(named), 8)
        models = [self.env[name] for name in (
            "account.move", "chorus.pro.submission", "chorus.pro.connection")]
        for name in named:
            self.assertTrue(any(hasattr(model, name) for model in models), name)
