# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The journal of what was asked of Chorus Pro, who may read it, and how well a connection is."""

import json
from datetime import datetime, timedelta, timezone
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ...choruspro.auth import TOKEN
from ...choruspro.client import PROBE
from ...choruspro.exchange import Exchange
from ...choruspro.operations import OPERATIONS
from ...models.connection import exchange as chorus_pro_exchange
from ...models.tracking.poll import LATE_AFTER
from ..common.follow import FollowCommon

JOURNAL = "odoo.addons.l10n_fr_chorus_pro.models.connection.exchange"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestExchange(FollowCommon):
    def setUp(self):
        super().setUp()
        self.exchanges = self.env["chorus.pro.exchange"]

    def _rows(self, operation=None):
        rows = self.exchanges.search([("connection_id", "=", self.connection.id)], order="id")
        return rows.filtered(lambda row: operation in (None, row.operation))

    def test_each_operation_of_the_client_has_a_label(self):
        keys = [operation.key for operation in (*OPERATIONS, TOKEN, PROBE)]
        self.assertEqual(sorted(dict(chorus_pro_exchange.LABELS)), sorted(keys))

    def test_each_call_of_a_job_is_kept_as_the_server_saw_it(self):
        self._send(self._invoice())
        rows = self._rows()
        asked = [request["operation"] for request in self._requests()]
        self.assertEqual(rows.mapped("operation"), asked)
        self.assertEqual(set(rows.mapped("company_id")), {self.company})
        self.assertTrue(all(rows.mapped("succeeded")))
        created = self._rows("soumettre")
        self.assertEqual((created.kind, created.status, created.return_code), ("deposit", 200, "0"))
        self.assertEqual(created.path, "factures/v1/soumettre")
        self.assertGreater(created.sent_bytes, 100)
        self.assertGreater(created.received_bytes, 10)
        self.assertLessEqual(created.date, fields.Datetime.now())

    def test_exchange_knows_its_invoice_and_its_flow(self):
        move = self._invoice()
        submission = self._send(move)
        created = self._rows("soumettre")
        self.assertEqual((created.move_id, created.submission_id), (move, submission))
        self._happen(move, "EN_COURS_ACHEMINEMENT", "MISE_A_DISPOSITION")
        move.with_user(self.accountant).action_chorus_pro_refresh()
        self._run_follower()
        self.assertEqual(self._rows("consulter_historique")[-1].move_id, move)
        in_a_file = self._invoice(chorus_pro_format="facturx", pdf=False)
        self._archive(in_a_file)
        row = self._send(in_a_file)
        deposited = self._rows("deposer_flux")
        self.assertEqual(deposited.flow_id, row.flow_id)
        mine = in_a_file.with_user(self.administrator)
        found = self.exchanges.search(mine.action_chorus_pro_open_exchanges()["domain"])
        self.assertIn(deposited, found)
        self.assertNotIn(created, found)
        self.assertEqual(mine.chorus_pro_exchange_count, len(found))

    def test_failures_are_kept_with_a_sentence_and_found_by_the_filter(self):
        for fault, status, said in (
            ("connection_refused_like", 0, "Chorus Pro"),
            ("bad_gateway", 502, "HTTP 502"),
            ("maintenance_page", 200, "HTTP 200"),
            ("rate_limited", 429, ""),
        ):
            with self.subTest(fault=fault):
                self._fresh_chorus()
                before = self._rows()
                self.simulator.control.fault(fault, "soumettre", 1)
                self._send(self._invoice())
                [row] = (self._rows() - before).filtered(lambda row: not row.succeeded)
                self.assertEqual((row.operation, row.status), ("soumettre", status))
                self.assertIn(said, row.outcome)
                self.assertNotEqual(row.outcome, "OK")

    def test_nothing_secret_and_no_file_is_kept(self):
        move = self._invoice()
        self._send(move)
        [pdf] = self._rows("deposer_pdf")
        self.assertIn(" bytes", json.loads(pdf.request)["fichierFacture"])
        self.env.cr.execute("SELECT value FROM chorus_pro_token")
        [[token]] = self.env.cr.fetchall()
        self.env.cr.execute("SELECT row_to_json(e)::text FROM chorus_pro_exchange e")
        kept = str(self.env.cr.fetchall())
        for secret in (token, *(self.credentials[k] for k in ("client_secret", "password"))):
            self.assertNotIn(secret, kept)
        self.assertNotIn(self.customer.name, kept)

    def test_long_bodies_are_cut(self):
        with patch.object(chorus_pro_exchange, "MOST_TEXT", 50):
            self._send(self._invoice())
        longest = max(len(text or "") for text in self._rows().mapped("answer"))
        self.assertEqual(longest, 50)

    def test_journal_is_written_once_for_a_job_of_few_calls(self):
        inserted = []
        writer = chorus_pro_exchange.ExchangeLog
        insertion = writer._insertion

        def counted(journal, rows):
            inserted.append(len(rows))
            return insertion(journal, rows)

        with patch.object(writer, "_insertion", counted):
            self._send(self._invoice() + self._invoice())
        self.assertEqual(inserted, [len(self._requests())])
        with patch.object(writer, "_insertion", counted), patch.object(
            chorus_pro_exchange, "FULL", 2
        ):
            self._send(self._invoice() + self._invoice())
        self.assertGreater(len(inserted), 2)
        self.assertEqual(sum(inserted), len(self._requests()))

    def test_journal_that_cannot_be_written_disturbs_nothing(self):
        for failure in (psycopg2.Error("full"), ValueError("no text")):
            with (
                self.subTest(failure=failure),
                patch.object(
                    chorus_pro_exchange.ExchangeLog, "_insertion", side_effect=failure
                ) as tried,
                self.assertLogs(JOURNAL, "WARNING"),
            ):
                submission = self._send(self._invoice())
                self.assertTrue(tried.called)
                self.assertEqual(submission.state, "deposited")
                self.assertFalse(self._rows())

    def test_text_that_cannot_be_stored_is_kept_without_what_is_wrong_in_it(self):
        bad = "a\ud800b\0c"
        journal = chorus_pro_exchange.ExchangeLog(self.connection)
        exchange = Exchange(
            "tauxtva", "query", datetime.now(timezone.utc), 1, 2, 3, 200, bad, bad, bad, False,
            {"libelle": bad}, {bad: 1},
        )
        journal.note(exchange)
        with self.enter_registry_test_mode():
            journal.save()
        row = self._rows("tauxtva")
        self.assertEqual(
            {row.return_code, row.error, row.correlation_id}, {"a\ufffdb\ufffdc"}, "each is kept"
        )
        self.assertIn("a\ufffdb", row.request)
        self.assertIn("a\ufffdb", row.answer)

    def test_exchange_about_an_invoice_deleted_meanwhile_is_kept(self):
        move = self._invoice(post=False)
        with self.enter_registry_test_mode(), self.connection._client() as client:
            with client.log.about(move):
                client.vat_rates()
            move.unlink()
            self.env.flush_all()
        self.assertFalse(self._rows("tauxtva").move_id)
        self.assertTrue(self._rows("tauxtva"))

    def test_zero_days_keep_nothing(self):
        self.connection.journal_days = 0
        self.assertEqual(self._send(self._invoice()).state, "deposited")
        self.assertFalse(self._rows())

    def test_old_exchanges_go_in_batches_each_connection_by_its_own_days(self):
        self._send(self._invoice())
        rows = self._rows()
        other = self._create_connection(self.company, in_use=False, journal_days=90)
        rows[0].sudo().write({"connection_id": other.id})
        rows.sudo().write({"date": fields.Datetime.now() - timedelta(days=31)})
        self.env.flush_all()
        with patch.object(chorus_pro_exchange, "VACUUM_BATCH", 2):
            done, remains = self.exchanges.sudo()._gc_exchanges()
        self.assertEqual((done, remains), (2, True))
        self.exchanges.sudo()._gc_exchanges()
        self.assertEqual(rows.exists(), rows[0])

    # ------------------------------------------------------------------
    # Asking again
    # ------------------------------------------------------------------

    def _ask_again(self, row):
        with self.enter_registry_test_mode():
            action = row.with_user(self.administrator).action_ask_again()
        return self.exchanges.browse(action["res_id"])

    def test_question_is_asked_again_and_its_new_exchange_shown(self):
        move = self._invoice()
        self._send(move)
        [row] = self._rows("structures_rechercher")
        asked = len(self._requests("structures_rechercher"))
        again = self._ask_again(row)
        self.assertEqual(len(self._requests("structures_rechercher")), asked + 1)
        self.assertNotEqual(again, row)
        self.assertEqual(again.request, row.request)
        self.assertEqual(again.answer, row.answer)
        self.assertEqual(again.move_id, row.move_id)

    def test_answer_that_is_a_refusal_is_shown_too(self):
        self._send(self._invoice())
        [row] = self._rows("structures_consulter")
        row.sudo().request = json.dumps({"idStructureCPP": 1, "codeLangue": "FR"})
        again = self._ask_again(row)
        self.assertFalse(again.succeeded)
        self.assertNotEqual(again.return_code, "0")

    def test_nothing_that_changes_something_is_asked_again(self):
        self._send(self._invoice())
        asked = len(self._requests())
        for operation in ("soumettre", "deposer_pdf", "token"):
            for row in self._rows(operation):
                self.assertFalse(row.can_ask_again)
                with self.subTest(operation=operation), self.assertRaises(UserError):
                    row.with_user(self.administrator).action_ask_again()
        self.assertEqual(len(self._requests()), asked)

    def test_question_that_is_not_kept_whole_is_not_asked_again(self):
        self._send(self._invoice())
        [row] = self._rows("structures_rechercher")
        asked = len(self._requests())
        for request in (
            False, "[]", '{"a": "***"}', '{"a": ["x", "… 4"]}', '{"a": {"b": "x…', '{"***0": 1}'
        ):
            row.sudo().request = request
            with self.subTest(request=request), self.assertRaisesRegex(UserError, "whole"):
                row.with_user(self.administrator).action_ask_again()
        self.assertEqual(len(self._requests()), asked)

    # ------------------------------------------------------------------
    # Who reads it
    # ------------------------------------------------------------------

    def test_only_managers_read_the_journal_and_nobody_changes_it(self):
        self._send(self._invoice())
        row = self._rows()[0]
        with self.assertRaises(AccessError):
            row.with_user(self.accountant).read(["request"])
        mine = row.with_user(self.administrator)
        self.assertTrue(mine.read(["request", "answer", "outcome"]))
        for change in (lambda: mine.write({"answer": "x"}), mine.unlink, mine.copy):
            with self.assertRaises(AccessError):
                change()
        move = row.search([("move_id", "!=", False)], limit=1).move_id.with_user(self.accountant)
        with self.assertRaises(AccessError):
            move.read(["chorus_pro_exchange_count"])

    def test_journal_of_another_company_is_out_of_sight(self):
        self._send(self._invoice())
        other = self.setup_other_company()["company"]
        self.administrator.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.assertFalse(self.exchanges.with_user(self.administrator).search([]))

    # ------------------------------------------------------------------
    # Health
    # ------------------------------------------------------------------

    def test_health_tells_what_the_journal_knows(self):
        connection = self.connection.with_user(self.administrator)
        self.assertEqual(connection.health, "unused")
        self._send(self._invoice())
        connection.invalidate_recordset()
        self.assertEqual(connection.health, "ok")
        self.assertEqual(connection.calls_today, len(self._rows()))
        self.assertEqual(connection.errors_today, 0)
        self.assertEqual(connection.last_success, max(self._rows().mapped("date")))
        last = self._rows()[-1].sudo()
        last.write({"succeeded": False, "date": last.date + timedelta(seconds=1)})
        connection.invalidate_recordset()
        self.assertEqual((connection.health, connection.errors_today), ("failing", 1))
        last.date -= timedelta(days=2)
        connection.invalidate_recordset()
        self.assertEqual((connection.health, connection.errors_today), ("ok", 0))

    def test_health_is_stopped_while_there_is_trouble(self):
        self.connection.piste_client_secret = "wrong"
        with mute_logger("odoo.addons.l10n_fr_chorus_pro.models.session.pauses"):
            self._send(self._invoice())
        self.assertEqual(self.connection.health, "stopped")
        self.assertGreater(self.connection.errors_today, 0)

    def test_health_is_late_when_invoices_are_not_looked_at(self):
        _move, submission = self._deposited()
        long_ago = fields.Datetime.now() - LATE_AFTER - timedelta(hours=1)
        self.connection.sudo().followed_until = long_ago
        self.assertEqual(self.connection.health, "ok")
        submission.sudo().status_date = long_ago
        self.env.flush_all()
        self.connection.invalidate_recordset()
        self.assertEqual(self.connection.health, "late")
        self.assertEqual(self.connection.late_since, long_ago.replace(microsecond=0))

    def test_health_of_many_connections_takes_no_more_queries_than_that_of_one(self):
        many = self.connection
        for number in range(4):
            many += self._create_connection(self.company, name=f"N {number}", in_use=False)
        many.followed_until = fields.Datetime.now() - LATE_AFTER - timedelta(hours=1)
        self.env.flush_all()
        counts = []
        for connections in (self.connection, many):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            connections.mapped("health")
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[0], 4)

    def test_health_reads_two_rows_of_a_long_journal(self):
        self.cr.execute(
            """INSERT INTO chorus_pro_exchange
                (connection_id, company_id, operation, kind, succeeded, date)
                SELECT %s, %s, 'tauxtva', 'query', n %% 2 = 0, now() - n * interval '1 minute'
                  FROM generate_series(1, 3000) AS n""",
            [self.connection.id, self.company.id],
        )
        self.cr.execute("ANALYZE chorus_pro_exchange")
        query = self.connection._last_exchanges_query()
        self.cr.execute(SQL("EXPLAIN (ANALYZE, FORMAT JSON) %s", query))
        [[[plan]]] = self.cr.fetchall()
        scans = [node for node in self._nodes(plan["Plan"]) if "Relation Name" in node]
        self.assertEqual(len(scans), 2)
        self.assertEqual({node["Relation Name"] for node in scans}, {"chorus_pro_exchange"})
        for node in scans:
            self.assertEqual(node["Actual Rows"], 1)
            # Whichever index is taken, not one row in a hundred is looked at.
            self.assertLess(node.get("Rows Removed by Filter", 0), 30)
        self.assertTrue(self.connection.last_success)

    def _nodes(self, plan):
        yield plan
        for part in plan.get("Plans", []):
            yield from self._nodes(part)

    def test_buttons_open_the_exchanges_of_this_connection_only(self):
        self._send(self._invoice())
        for action in ("action_open_exchanges", "action_open_errors"):
            opened = getattr(self.connection.with_user(self.administrator), action)()
            found = self.exchanges.search(opened["domain"])
            self.assertEqual(found.connection_id, self.connection)
