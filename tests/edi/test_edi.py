# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Invoices that leave as files: followed by files alone, or with the API beside. One class, for its
set-up takes longer than its tests."""

import base64
import os
import tempfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...choruspro.edi.name import EnvelopeName
from ...choruspro.edi.status_file import InvoiceStatusLine, read_statuses
from ...models.edi.connection import FOLDERS_VARIABLE
from ...models.edi.fetch import LOCK
from ...models.edi.file import LOCK as READING
from ...simulator.world.faults import EDI_FAULTS
from ..common.chorus_pro import SERVICE
from ..common.edi import DAY, EdiCommon

HEAD = (
    "<CPPStatut><Enveloppe><EnveloppeUnitaire><Parametres><ParametreIndiv><Code>IdFlx</Code>"
    "<Valeurparametre>CPP0011201000000000009001</Valeurparametre></ParametreIndiv></Parametres>"
    "</EnveloppeUnitaire></Enveloppe><CPPFactureStatuts>{}</CPPFactureStatuts></CPPStatut>"
)


def status(number, code, date, supplier="12345678200077", comment=""):
    return (
        "<CPPFactureStatutUnitaire><Fournisseur><TypeIdentifiant>1</TypeIdentifiant><Identifiant>"
        f"{supplier}</Identifiant></Fournisseur><DonneesStatut><IdStatut>{code}</IdStatut>"
        f"<Commentaire>{comment}</Commentaire><Horodatage>{date}</Horodatage><IdFacture>{number}"
        "</IdFacture></DonneesStatut></CPPFactureStatutUnitaire>"
    )


def life_cycle(*statuses):
    return HEAD.format("".join(statuses))


PUT_FAULTS = ("edi_put_cut", "edi_disk_full", "edi_cut_before_rename", "edi_cut_after_rename")
# Each has a test below.
OTHER_FAULTS = {
    "edi_get_cut", "edi_half_file", "edi_twice", "edi_no_report", "edi_life_before_report",
}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestEdi(EdiCommon):
    def test_every_fault_of_the_exchange_is_tried(self):
        self.assertEqual({*PUT_FAULTS, *OTHER_FAULTS}, EDI_FAULTS.keys())

    # By files alone

    def test_invoices_are_followed_to_payment_by_files_alone(self):
        moves = self._invoice() + self._invoice()
        flow = self._deposit(moves)
        self.assertEqual((flow.state, flow.name), ("deposited", flow.edi_flow), flow.reason)
        name = EnvelopeName.parse(flow.file_name)
        self.assertEqual((name.interface, name.flow), ("FSO1117A", flow.edi_flow))
        self.assertEqual(self._received, [flow.file_name])
        [out] = flow.edi_file_ids
        self.assertEqual((out.state, out.sha256), ("sent", flow.sha256))
        self._happens()
        self.assertEqual(flow.state, "integrated", flow.reason)
        self.assertEqual(moves.mapped("chorus_pro_state"), ["made_available"] * 2)
        self._happens(8 * DAY)
        rows = moves.chorus_pro_submission_ids
        self.assertEqual(moves.mapped("chorus_pro_state"), ["payment_issued"] * 2)
        self.assertTrue(all(row.payment_date and not row.is_followed for row in rows))
        self.assertEqual(self._incoming.mapped("state"), ["read"] * 3)
        self.assertEqual(self._requests(), [], "the API is never called")

    def test_refused_invoice_of_a_file_is_told_and_the_other_goes_on(self):
        good = self._invoice()
        bad = self._invoice(partner_id=self._create_customer(SERVICE).id)
        flow = self._deposit(good + bad)
        self._happens()
        self.assertEqual(flow.state, "partial", flow.reason)
        self.assertEqual(good.chorus_pro_state, "made_available")
        self.assertEqual(bad.chorus_pro_state, "refused")
        self.assertIn("service", bad.chorus_pro_reason)

    def test_interrupted_put_is_never_sent_under_a_second_name(self):
        for fault in PUT_FAULTS:
            with self.subTest(fault=fault):
                self._fresh_chorus()
                self.simulator.control.fault(fault)
                flow = self._deposit(self._invoice())
                name = flow.file_name
                self.assertIn(flow.state, ("queued", "uncertain"), flow.reason)
                for _run in range(2):
                    self._make_due(flow)
                    self._make_due(flow.submission_ids)
                    self._run_sender()
                self.assertEqual((flow.state, flow.file_name), ("deposited", name), flow.reason)
                self.assertEqual(self._received, [name])

    def test_file_that_nobody_tells_of_gets_another_name_only_after_patience(self):
        self.simulator.control.fault("edi_no_report")
        flow = self._deposit(self._invoice())
        name = flow.file_name
        # The answer was lost, and Chorus Pro has taken the file out of the folder.
        flow.sudo()._doubt(False)
        self.simulator.control.advance(240)
        self.assertEqual(self.simulator.control.edi()[0]["deposited"], [])
        self._make_due(flow)
        self._run_sender()
        self.assertEqual((flow.state, flow.file_name), ("uncertain", name))
        self._age(flow, hours=25)
        self._make_due(flow)
        self._run_sender()
        self.assertNotEqual(flow.file_name, name)
        self.assertEqual(len(flow.edi_file_ids), 2)

    def test_life_cycle_says_that_an_invoice_is_there_when_its_report_never_comes(self):
        self.simulator.control.fault("edi_no_report")
        move = self._invoice()
        flow = self._deposit(move)
        self._happens()
        self.assertEqual(move.chorus_pro_state, "made_available")
        self.assertEqual(flow.state, "integrated")

    def test_report_after_the_life_cycle_changes_nothing(self):
        self.simulator.control.fault("edi_life_before_report")
        move = self._invoice()
        flow = self._deposit(move)
        self._happens()
        self.assertEqual(self._incoming.mapped("kind"), ["life_cycle"])
        self._run_edi()
        self.assertEqual(self._incoming.mapped("kind"), ["report", "life_cycle"])
        self.assertEqual((flow.state, move.chorus_pro_state), ("integrated", "made_available"))

    def test_same_file_twice_is_kept_and_taken_once(self):
        move = self._invoice()
        self._deposit(move)
        self.simulator.control.fault("edi_twice", times=2)
        self._happens()
        events = move.chorus_pro_submission_id.status_ids
        self._happens(0)
        self.assertEqual(len(self._incoming), 2)
        self.assertEqual(move.chorus_pro_submission_id.status_ids, events)

    def test_half_a_file_is_kept_and_the_whole_one_read_when_it_comes(self):
        self._deposit(move := self._invoice())
        self.simulator.control.fault("edi_half_file", times=2)
        self._happens()
        self._run_edi()
        self.assertEqual(move.chorus_pro_state, "made_available")
        states = self._incoming.mapped("state")
        self.assertEqual((len(states), states.count("read")), (4, 2))

    def test_status_of_last_year_is_recorded_and_changes_nothing(self):
        move = self._invoice()
        self._deposit(move)
        self._happens()
        old = status(move.name, "06", "2020-01-01T10:00:00+01:00", comment="Piece")
        self._lay_ready(life_cycle(old))
        self._run_edi()
        self.assertEqual(move.chorus_pro_state, "made_available")
        self.assertIn("SUSPENDUE", move.chorus_pro_submission_id.status_ids.mapped("code"))

    def test_status_without_a_known_number_is_shown_as_its_number(self):
        move = self._invoice()
        self._deposit(move)
        self._happens()
        self._lay_ready(life_cycle(status(move.name, "29", "2090-01-01T10:00:00+01:00")))
        self._run_edi()
        row = move.chorus_pro_submission_id
        self.assertEqual((row.status_code, row.status), ("29", "unknown"))

    def test_statuses_of_others_are_counted_and_written_nowhere(self):
        move = self._invoice()
        self._deposit(move)
        self._happens()
        later = "2090-01-01T10:00:00+01:00"
        self._lay_ready(life_cycle(
            status(move.name, "05", later, supplier="12345678200119"),
            status("NOT-OURS", "05", later)))
        self._run_edi()
        file = self._incoming[0]
        self.assertEqual((file.state, file.matched, file.unmatched), ("read", 0, 2))
        self.assertEqual(move.chorus_pro_state, "made_available")

    def test_file_that_cannot_be_read_is_kept_whole_and_told_once(self):
        contents = {
            "a": b"%PDF-1.7",
            "b": b"<!DOCTYPE CPPStatut [<!ENTITY a 'x'>]><CPPStatut>&a;</CPPStatut>",
            "c": life_cycle(status("X", "", "hier")).encode(),
        }
        for name, content in contents.items():
            self._lay_ready(content, name)
        notices = self.env["mail.message"].search_count([])
        self._run_edi()
        files = self._incoming
        self.assertEqual(set(files.mapped("state")), {"unreadable"})
        self.assertEqual({file.name: file._bytes() for file in files}, contents)
        self.assertTrue(all(file.error for file in files))
        told = self.env["mail.message"].search_count([]) - notices
        self.assertEqual(told, 3)
        files.with_user(self.manager).action_read_again()
        self._run_edi()
        self.assertEqual(set(files.mapped("state")), {"unreadable"})

    def test_interrupted_fetch_leaves_the_file_until_it_is_whole_here(self):
        content = b"<!--" + b"x" * 200_000
        self._lay_ready(content, "long.xml")
        self._lay_ready("x", "short.xml")
        self.simulator.control.fault("edi_get_cut")
        with mute_logger("odoo.addons.l10n_fr_chorus_pro.models.session.pauses"):
            self._run_edi()
        self.assertNotIn("long.xml", self._incoming.mapped("name"))
        self.assertIn("long.xml", self.simulator.control.edi()[0]["ready"])
        self.assertTrue(self.connection.trouble)
        self._run_edi()
        self.assertEqual(
            {file.name: file._bytes() for file in self._incoming},
            {"long.xml": content, "short.xml": b"x"},
        )
        self.assertFalse(self.connection.trouble)

    def test_statuses_cost_statements_by_the_hundred_not_by_the_status(self):
        moves = self._invoice()
        for _other in range(19):
            moves += self._invoice()
        self._deposit(moves)
        self._happens()
        few, many = (self._statements(moves[:count], day) for count, day in ((2, 1), (20, 2)))
        # Two hundred are inserted by the hundred.
        self.assertLessEqual(many, few + 1)
        self.assertEqual(set(moves.mapped("chorus_pro_submission_id.status_code")), {"COMPLETEE"})

    def _statements(self, moves, day):
        """How many statements ten statuses of each of these take."""
        file = "".join(
            status(move.name, number, f"2090-01-{day:02}T{number}:00:00+01:00")
            for move in moves for number in ("02", "03", "04", "05", "06", "07", "08", "09", "10",
                                             "12")
        )
        lines = [
            each for each in read_statuses(BytesIO(life_cycle(file).encode()))
            if isinstance(each, InvoiceStatusLine)
        ]
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        taken = self.connection.sudo()._take_invoice_statuses(lines)
        self.assertEqual(taken, len(lines))
        return self.env.cr.sql_log_count - before

    def test_recipients_comment_outlives_an_older_status(self):
        self._deposit(move := self._invoice())
        self._happens()
        self._lay_ready(life_cycle(
            status(move.name, "06", "2090-01-01T10:00:00+01:00", comment="Piece manquante")))
        self._run_edi()
        self.assertIn("Piece manquante", move.chorus_pro_reason)
        self._lay_ready(life_cycle(status(move.name, "02", "2020-01-01T10:00:00+01:00")))
        self._run_edi()
        self.assertEqual(move.chorus_pro_state, "suspended")
        self.assertIn("Piece manquante", move.chorus_pro_reason)

    def test_only_managers_have_a_file_read_again(self):
        self._lay_ready("x")
        self._run_edi()
        with self.assertRaises(AccessError):
            self._incoming.with_user(self.accountant).action_read_again()

    def test_report_larger_than_any_real_one_is_left_and_told_once(self):
        with patch("odoo.addons.l10n_fr_chorus_pro.models.edi.fetch.MOST_BYTES", 10):
            self._lay_ready("x" * 50, "huge.xml")
            self._run_edi()
            self._run_edi()
        [file] = self._incoming
        self.assertEqual((file.state, file.size, bool(file.content)), ("unreadable", 50, False))
        self.assertEqual(self.simulator.control.edi()[0]["ready"], ["huge.xml"])

    def test_two_hosts_do_not_fetch_at_once(self):
        self._lay_ready("x")
        with db_connect(self.env.cr.dbname).cursor() as other:
            other.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK, self.connection.id])
            self._run_edi()
            self.assertFalse(self._incoming)
            other.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, self.connection.id])
        self._run_edi()
        self.assertEqual(len(self._incoming), 1)

    def test_file_that_another_job_reads_is_left_to_it(self):
        self._lay_ready("x")
        with patch.object(type(self.files), "_read_held") as read:
            self._run_edi()
        read.assert_called_once_with()
        [file] = self._incoming
        with db_connect(self.env.cr.dbname).cursor() as other:
            other.execute("SELECT pg_advisory_lock(%s, %s)", [READING, file.id])
            self._run_edi()
            self.assertEqual((file.state, file.attempts), ("new", 0))
            other.execute("SELECT pg_advisory_unlock(%s, %s)", [READING, file.id])
        self._run_edi()
        self.assertEqual(file.state, "unreadable")

    def test_copied_database_puts_and_fetches_nothing(self):
        move = self._invoice()
        self._lay_ready("x")
        self.connection.sudo().database_stamp = "another"
        with mute_logger("odoo.addons.l10n_fr_chorus_pro.models.session.pauses"):
            self._send(move)
            self._run_edi()
        self.assertEqual((self._received, len(self._incoming)), ([], 0))
        self.assertIn("copy", self.connection.trouble)

    def test_invoice_as_pdf_is_not_sent_and_says_why(self):
        move = self._invoice(chorus_pro_format="pdf")
        with self.assertRaisesRegex(UserError, "EDI"):
            move.with_user(self.accountant).action_chorus_pro_send()
        row = self._send(self._invoice())
        self.assertEqual(row.document_format, "facturx")

    def test_action_without_the_api_says_what_is_missing(self):
        move = self._invoice()
        self._deposit(move)
        self._happens()
        row = move.chorus_pro_submission_id.sudo()
        row.chorus_invoice_id = "123"
        date = fields.Datetime.now() + timedelta(days=30)
        self._lay_ready(life_cycle(status(move.name, "06", f"{date:%Y-%m-%dT%H:%M:%S}Z",
                                          comment="Piece")))
        self._run_edi()
        self.assertEqual(move.chorus_pro_state, "suspended")
        with self.assertRaisesRegex(UserError, "API"):
            move.with_user(self.accountant).action_chorus_pro_complete(comment="Voici")

    def test_connection_that_fails_says_why_and_keeps_everything(self):
        self._lay_ready("x")
        self.connection.edi_in = "/nowhere"
        with mute_logger("odoo.addons.l10n_fr_chorus_pro.models.session.pauses"):
            self._run_edi()
        self.assertIn("folder", self.connection.trouble)
        self.connection.edi_in = "/retrait"
        self._run_edi()
        self.assertFalse(self.connection.trouble)
        self.assertEqual(len(self._incoming), 1)

    # Beside the API

    def _use_api(self):
        """What leads to the API is filled in too."""
        known = self.credentials
        self.connection.write({
            "piste_client_id": known["client_id"],
            "piste_client_secret": known["client_secret"],
            "technical_login": known["login"],
            "technical_password": known["password"],
        })

    def _deposited_beside_api(self):
        self._use_api()
        move = self._invoice()
        flow = self._deposit(move)
        self.assertEqual(flow.state, "deposited", flow.reason)
        self.assertEqual(self._received, [flow.file_name])
        return move, flow

    def test_report_file_has_the_api_asked_which_gives_the_id(self):
        move, flow = self._deposited_beside_api()
        self._happens()
        self._run_sender()
        self.assertEqual(flow.state, "integrated", flow.reason)
        self.assertTrue(move.chorus_pro_invoice_id)
        self.assertFalse(self._requests("deposer_flux"))

    def test_status_is_the_same_by_either_way_and_recorded_once(self):
        move, flow = self._deposited_beside_api()
        self._judge(flow)
        self.simulator.control.advance(8 * DAY)
        self._run_edi()
        row = move.chorus_pro_submission_id
        by_files = set(row.status_ids.mapped("code"))
        count = len(row.status_ids)
        self.assertEqual(move.chorus_pro_state, "payment_issued")
        row.sudo().history_wanted = True
        self._run_follower()
        self.assertEqual(set(row.status_ids.mapped("code")), by_files)
        self.assertEqual(len(row.status_ids), count)

    def test_invoices_are_followed_by_the_api_unless_files_are_chosen(self):
        _move, flow = self._deposited_beside_api()
        self._judge(flow)
        self.connection.edi_follow = "files"
        self._run_follower()
        self.assertFalse(self._requests("rechercher_fournisseur")[1:], "only of the flow")
        before = len(self._requests("rechercher_fournisseur"))
        self.connection.edi_follow = "api"
        self._run_follower()
        self.assertGreater(len(self._requests("rechercher_fournisseur")), before)

    def test_recipient_is_checked_before_the_file_is_made(self):
        self._use_api()
        bad = self._invoice(partner_id=self._create_customer(SERVICE).id)
        row = self._send(bad)
        self.assertEqual((row.state, self._received), ("refused", []))

    # Settings, and their check

    def _verdicts(self):
        self.connection.with_user(self.administrator).action_test_connection()
        return {row.step: row.verdict for row in self.connection.check_ids}

    def test_check_tries_the_exchange_and_says_what_the_api_would_add(self):
        self.assertEqual(self._verdicts(), {
            "edi_settings": "ok", "edi_server": "ok", "edi_out": "ok", "edi_in": "ok",
            "edi_api": "warning",
        })
        rows = self.connection.check_ids
        self.assertTrue(all(row.name and row.message for row in rows))
        self.assertEqual(self.simulator.control.edi()[0]["deposited"], [])

    def test_check_names_the_step_that_fails(self):
        cases = {
            "edi_server": {"edi_host_key": "SHA256:" + "A" * 43},
            "edi_in": {"edi_in": "/nowhere"},
            "edi_settings": {"edi_out": False},
        }
        for step, values in cases.items():
            with self.subTest(step=step), self.env.cr.savepoint():
                before = {name: self.connection[name] for name in values}
                self.connection.write(values)
                found = self._verdicts()
                self.assertEqual([name for name in found if found[name] == "error"], [step])
                self.connection.write(before)

    def test_bad_setting_is_refused_when_it_is_saved(self):
        cases = (
            ({"edi_application": "AA1"}, "application code"),
            ({"edi_interface_cii": "1106"}, "interface code"),
            ({"edi_host": "user@host"}, "SFTP server"),
            ({"edi_host_key": "nonsense"}, "public key"),
            ({"edi_key": base64.b64encode(b"junk")}, "private key"),
            ({"edi_transport": "folder"}, "not released"),
        )
        for values, words in cases:
            with self.subTest(values=values), self.assertRaisesRegex(ValidationError, words):
                with self.env.cr.savepoint():
                    self.connection.write(values)

    def test_connection_that_is_not_complete_names_what_is_missing(self):
        self.connection.edi_application = False
        move = self._invoice()
        [finding] = move._chorus_pro_findings()[move]
        self.assertIn("Application Code", finding.text(self.env))

    def test_gateway_exchanges_by_folders_that_the_server_releases(self):
        with tempfile.TemporaryDirectory() as root:
            out, incoming = Path(root, "out"), Path(root, "in")
            out.mkdir()
            incoming.mkdir()
            with patch.dict(os.environ, {FOLDERS_VARIABLE: root}):
                self.connection.write({
                    "edi_transport": "folder", "edi_out": str(out), "edi_in": str(incoming),
                })
                flow = self._deposit(self._invoice())
                self.assertEqual(flow.state, "deposited", flow.reason)
                self.assertEqual(os.listdir(out), [flow.file_name])
                file = incoming / "CSO1117A_AAA123_CPP0011117000000000000001.xml"
                file.write_bytes(b"x")
                os.utime(file, (0, 0))
                self._run_edi()
                self.assertEqual(self._incoming.mapped("name"), [file.name])
                self.assertFalse(file.exists())
            with patch.dict(os.environ, {FOLDERS_VARIABLE: "/srv/other"}):
                file.write_bytes(b"y")
                self._run_edi()
                self.assertTrue(file.exists())
                self.assertIn("may not", self.connection.trouble)
