# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import base64
import logging
import os
import traceback
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...choruspro.secret_keys import VARIABLE
from ...simulator.world.faults import API_FAULTS
from ..common.chorus_pro import ChorusProCommon, connection_values
from ..common.secret import PROXY_PASSWORD, SecretScan

# Values that something refuses: a bound, a required field, a reference, the size of a number.
REFUSED = {
    "chorus.pro.connection": [
        {"calls_per_minute": -1},
        {"calls_per_minute": 70000},
        {"calls_per_minute": 2**40},
        {"journal_days": -1},
        {"journal_days": 70000},
        {"undo_minutes": -1},
        {"undo_minutes": 70000},
        {"flow_most": 0},
        {"flow_most": 70000},
        {"flow_most_bytes": 1},
        {"name": False},
        {"name": ""},
        {"company_id": False},
        {"environment": False},
        {"access_mode": False},
        {"default_format": False},
        {"responsible_id": 2**31 - 1},
    ],
    "chorus.pro.certificate": [{"connection_id": False}, {"connection_id": 2**31 - 1}],
}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestNoSecretLeaks(ChorusProCommon):
    """Secrets appear in no log, no message, no stored text, whatever goes wrong."""

    def _secrets(self):
        login, password = self.credentials["login"], self.credentials["password"]
        header = base64.b64encode(f"{login}:{password}".encode()).decode()
        with self.enter_registry_test_mode():
            token = self.connection._client()
            token.authenticate()
            token.close()
        self.env.cr.execute("SELECT value FROM chorus_pro_token")
        [[token]] = self.env.cr.fetchall()
        return {self.credentials["client_secret"], password, header, token}

    def test_scan_of_logs_chatter_and_stored_texts_finds_no_secret(self):
        secrets = self._secrets()
        # Odoo's own trace of SQL, off by default, shows every value that any table is given.
        sql = logging.getLogger("odoo.sql_db")
        self.addCleanup(sql.setLevel, sql.level)
        sql.setLevel(logging.INFO)
        with self.assertLogs(level=logging.DEBUG) as logs:
            logging.getLogger(__name__).debug("the scan sees what is logged")
            for fault in API_FAULTS:
                self._fresh_chorus()
                try:
                    self.simulator.control.fault(fault, None, 1)
                except ValueError:
                    continue
                submission = self._send(self._invoice())
                self._run_follower()
            self.connection.piste_client_secret = "wrong-" + self.credentials["client_secret"]
            self._send(self._invoice())
        logged = "\n".join(logs.output)
        self.assertIn("the scan sees", logged)
        self.assertIn("soumettre", logged)
        texts = {"logs": logged}
        for model, columns in {
            "chorus.pro.submission": ["reason"],
            "chorus.pro.connection": ["trouble"],
            "mail.message": ["body"],
            "bus.bus": ["message"],
        }.items():
            rows = self.env[model].sudo().search_read([], columns)
            texts[model] = str(rows)
        self.assertTrue(submission)
        for place, text in texts.items():
            for secret in secrets:
                with self.subTest(place=place):
                    self.assertNotIn(secret, text)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRefusedValues(SecretScan):
    """PostgreSQL's error quotes the whole row that holds a refused value; Odoo passes it on."""

    def setUp(self):
        super().setUp()
        # In clear, as on a server without a key: else there would be nothing to see.
        self.enterContext(patch.dict(os.environ, {VARIABLE: ""}))
        known = self.credentials["certificate"]
        self.typed = {
            "chorus.pro.connection": {
                "piste_client_secret": self.credentials["client_secret"],
                "technical_password": self.credentials["password"],
                "proxy_address": "proxy.example.org:3128",
                "proxy_password": PROXY_PASSWORD,
            },
            "chorus.pro.certificate": {"file": known["p12"], "password": known["password"]},
        }
        self.records = {
            "chorus.pro.connection": self.connection,
            "chorus.pro.certificate": self.certificate,
        }
        for name, record in self.records.items():
            record.write(self.typed[name])
        self.env.invalidate_all()
        self.assertEqual(self.connection.secrets_state, "plain")
        sql = logging.getLogger("odoo.sql_db")
        self.addCleanup(sql.setLevel, sql.level)
        sql.setLevel(logging.INFO)

    def _told(self, call):
        """What the log and the browser are told of a call, which is refused."""
        with (
            self.assertLogs(level=logging.DEBUG) as logs,
            self.assertRaises(Exception) as caught,  # noqa: B017 (whatever it is, it tells nothing)
            self.cr.savepoint(),
        ):
            logging.getLogger(__name__).debug("the scan sees what is logged")
            call()
            self.env.flush_all()
        told = "".join(traceback.format_exception(caught.exception))
        return "\n".join([*logs.output, told])

    def test_refused_value_tells_no_secret(self):
        new = {
            "chorus.pro.connection": {
                **connection_values(
                    self.credentials, self.credentials["supplier"], self.company.id
                ),
                "in_use": False,
            },
            "chorus.pro.certificate": {"connection_id": self.connection.id},
        }
        for name, cases in REFUSED.items():
            record = self.records[name]
            for case in cases:
                both = {**self.typed[name], **case}
                calls = {
                    "write": lambda r=record, v=case: r.write(v),
                    "write with secrets": lambda r=record, v=both: r.write(v),
                    "web_save": lambda r=record, v=case: r.web_save(v, {}),
                    "create": lambda r=record, v={**new[name], **both}: r.create(v),
                }
                for words, call in calls.items():
                    with self.subTest(model=name, case=case, call=words):
                        self.assertEqual(self._found(self._told(call)), [])

    def test_scan_sees_what_a_check_would_tell(self):
        self.env.flush_all()
        self.cr.execute(
            "ALTER TABLE chorus_pro_connection ADD CHECK (failures < 5) NOT VALID"
        )
        told = self._told(lambda: self.connection.write({"failures": 9}))
        self.assertIn("technical password", self._found(told))

    def test_no_table_with_secrets_has_a_check(self):
        for name in self.records:
            self.cr.execute(
                "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'",
                [self.env[name]._table],
            )
            self.assertEqual(self.cr.fetchall(), [])

    def test_each_required_field_is_refused_before_the_database(self):
        for name, record in self.records.items():
            self.cr.execute(
                """SELECT column_name FROM information_schema.columns
                    WHERE table_schema = current_schema() AND table_name = %s
                      AND is_nullable = 'NO' AND column_name != 'id'""",
                [record._table],
            )
            columns = [column for [column] in self.cr.fetchall()]
            self.assertTrue(columns)
            for column in columns:
                with self.subTest(model=name, column=column):
                    label = record._fields[column].string
                    is_number = record._fields[column].type == "integer"
                    # A number that is left empty is 0.
                    words = "A file holds" if is_number else f"cannot be left empty: {label}"
                    for empty in (False, None, *([] if is_number else [""])):
                        with self.assertRaisesRegex(UserError, words), self.cr.savepoint():
                            record.write({column: empty})
                        with self.assertRaisesRegex(UserError, words), self.cr.savepoint():
                            record.create({**self.typed[name], column: empty})

    def test_required_field_that_is_not_given_is_asked_for(self):
        with self.assertRaisesRegex(UserError, "cannot be left empty: Connection"):
            self.certificate.create(self.typed["chorus.pro.certificate"])
