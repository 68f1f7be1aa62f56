# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Whoever names a record that is not theirs neither sees it nor acts on it: by a field that the
system computes, by a dialog, or by a form in edition."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.models import MAGIC_COLUMNS
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...models.invoice.invoice import SUMMARY_COLUMNS
from ..common.access import OURS, AccessCommon, our_methods, our_models

ARGUMENTS = {
    "action_chorus_pro_complete": {"comment": "Pay to another account"},
    "action_chorus_pro_recycle": {"engagement_number": "EVIL1"},
    "action_chorus_pro_reissue": {"reason": "rejected"},
}
QUIET = ("odoo.sql_db", "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")


class ForeignCommon(AccessCommon):
    """The records are our company's; ``stranger`` has every right, in another company."""

    def setUp(self):
        super().setUp()
        self.records = self._records()
        self.submission = self.records["chorus.pro.submission"].sudo()
        self.stranger = self.users["elsewhere"]
        self.theirs = self.env["account.move"].with_user(self.stranger).create(
            {"move_type": "out_invoice", "partner_id": self.customer.id}
        )
        # Nothing is under way that would forbid to act.
        self.records["chorus.pro.action"].sudo().state = "cancelled"

    def _facts(self, model="account.move"):
        """Names of the fields of ours that only the system writes."""
        return [
            name
            for name, field in self.env[model]._fields.items()
            if name.startswith("chorus_pro_") and field.readonly
        ]

    def _spec(self, model):
        """What a form asks of every field of a model."""
        return {
            name: {"fields": {"display_name": {}}} if field.relational else {}
            for name, field in self.env[model]._fields.items()
            if field.type != "properties"
        }

    def _dialogs(self):
        """Those in which a record can be named."""
        return {
            name: model
            for name, model in our_models(self.env).items()
            if (model._transient or name == "chorus.pro.setup")
            and any(
                field.relational and name not in MAGIC_COLUMNS
                for name, field in model._fields.items()
            )
        }

    def _named_values(self, name):
        """By what a stranger would have this dialog show something of ours."""
        if name == "chorus.pro.triage":
            return {"line_ids": [Command.create({"move_id": self.move.id})]}
        if name == "chorus.pro.setup":
            return {"connection_id": self.connection.id}
        if name == "chorus.pro.name.search":
            # Most customers belong to no company.
            ours = self.customer.copy({"company_id": self.company.id})
            return {"partner_id": ours.id}
        return self._dialog_values(name)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestForeignSubmission(ForeignCommon):
    def _point(self):
        """As where somebody managed to write the summary of an invoice."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET chorus_pro_submission_id = %s WHERE id = %s",
            [self.submission.id, self.theirs.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self.theirs.sudo().chorus_pro_submission_id, self.submission)

    def _state(self):
        self.env.flush_all()
        self.env.invalidate_all()
        columns = set(self.submission._fields) - {"display_name", "action_ids"}
        return {name: self.submission[name] for name in columns}

    def test_no_method_acts_on_the_submission_of_another_invoice(self):
        self._point()
        actions = self.env["chorus.pro.action"].sudo()
        for status in ("SUSPENDUE", "A_RECYCLER", "REJETEE"):
            self.submission.write(
                {"status_code": status, "history_wanted": False, "history_read_at": False}
            )
            before, count = self._state(), actions.search_count([])
            for method in our_methods(self.env["account.move"]):
                with self.subTest(status=status, method=method), self._undone():
                    options = ARGUMENTS.get(method, {})
                    try:
                        with mute_logger(*QUIET):
                            getattr(self.theirs, method)(**options)
                    except UserError:
                        self.env.invalidate_all()
                    self.assertEqual(actions.search_count([]), count)
                    self.assertEqual(self._state(), before)

    def test_last_door_asks_for_the_right_to_the_invoice(self):
        self.submission.status_code = "SUSPENDUE"
        actions = self.env["chorus.pro.action"].with_user(self.stranger)
        with self.assertRaises(AccessError):
            actions._queue(self.submission, "complete", comment="x")
        rows = self.env["chorus.pro.submission"].with_user(self.stranger)
        with self.assertRaises(AccessError):
            rows._enqueue(self._invoice())

    def test_nobody_but_the_system_writes_what_chorus_answered(self):
        facts = self._facts()
        self.assertLess({*SUMMARY_COLUMNS, "chorus_pro_submission_ids"}, set(facts))
        mine = self.move.with_user(self.users["user"])
        moves = self.env["account.move"].with_user(self.users["user"])
        for name in facts:
            with self.subTest(field=name):
                with self.assertRaisesRegex(AccessError, "Leave it out"):
                    mine.write({name: False})
                with self.assertRaisesRegex(AccessError, "Leave it out"):
                    moves.create({"move_type": "out_invoice", name: False})
                with self.assertRaisesRegex(AccessError, "Leave it out"):
                    moves.with_context(**{f"default_{name}": False}).create(
                        {"move_type": "out_invoice"}
                    )
        with self.assertRaises(AccessError):
            self.theirs.write({"chorus_pro_submission_ids": [Command.link(self.submission.id)]})

    def test_forged_summary_does_not_hide_what_is_to_be_done(self):
        self.assertTrue(self.move.chorus_pro_needs_action)
        with self.assertRaises(AccessError):
            self.move.with_user(self.users["user"]).write({"chorus_pro_needs_action": False})
        self.assertTrue(self.move.chorus_pro_needs_action)

    def test_what_users_type_can_still_be_written(self):
        moves = self.env["account.move"].with_user(self.users["user"])
        move = moves.create({"move_type": "out_invoice", "partner_id": self.customer.id})
        move.write({"chorus_pro_format": "pdf", "chorus_pro_billing_framework": "A1"})
        self.assertEqual((move.chorus_pro_format, move.chorus_pro_billing_framework), ("pdf", "A1"))


@tagged("post_install_l10n", "post_install", "-at_install")
class TestForeignForms(ForeignCommon):
    def test_dialog_shows_nothing_of_a_record_of_another_company(self):
        for name, model in self._dialogs().items():
            dialogs = model.with_user(self.stranger)
            for way, call in self._ways(dialogs, self._named_values(name)).items():
                with (
                    self.subTest(model=name, way=way),
                    mute_logger(*QUIET),
                    self.assertRaises(AccessError),
                    self._undone(),
                ):
                    call()

    def _ways(self, dialogs, values):
        """Functions that have a dialog of this model made, or shown, with these values."""
        spec = self._spec(dialogs._name)
        defaults = {f"default_{name}": value for name, value in values.items()}
        ways = {
            "first form": lambda: dialogs.onchange(dict(values), [], spec),
            "changed form": lambda: dialogs.onchange(dict(values), list(values), spec),
            "made": lambda: dialogs.create(dict(values)),
            "default": lambda: dialogs.with_context(**defaults).onchange({}, [], spec),
            "made by default": lambda: dialogs.with_context(**defaults).create({}),
        }
        if dialogs._name not in ("chorus.pro.triage", "chorus.pro.handling"):
            texts = {name: str(value) for name, value in values.items()}
            pairs = {
                name: [value, "x"] if isinstance(value, int) else value
                for name, value in values.items()
            }
            ways |= {
                "id as a text": lambda: dialogs.onchange(texts, [], spec),
                "id with a name": lambda: dialogs.onchange(pairs, [], spec),
            }
        return ways

    def test_dialog_reads_with_the_rights_of_its_user(self):
        for name, model in self._dialogs().items():
            with self.subTest(model=name):
                self.assertTrue(hasattr(model, "_check_named"))
                by_the_system = {
                    field.name
                    for field in model._fields.values()
                    if field.compute_sudo and (field.related or field.compute and field.store)
                }
                self.assertFalse(by_the_system)

    def test_dialog_without_its_record_is_no_crash(self):
        for name, model in self._dialogs().items():
            dialogs = model.with_user(self.administrator)
            for values in ({}, dict.fromkeys(self._named_values(name), False)):
                with self.subTest(model=name, values=values):
                    self.assertIn("value", dialogs.onchange(values, [], self._spec(name)))

    def test_line_of_a_triage_is_not_moved_to_a_foreign_invoice(self):
        triage = self.env["chorus.pro.triage"].with_user(self.stranger).create({})
        line = triage.line_ids.create({"triage_id": triage.id, "move_id": self.theirs.id})
        foreign = {"move_id": self.move.id}
        for record, values in (
            (line, foreign),
            (triage, {"line_ids": [Command.update(line.id, foreign)]}),
        ):
            with mute_logger(*QUIET), self.assertRaises(AccessError), self._undone():
                record.write(values)
        self.assertEqual(line.move_id, self.theirs)

    def test_completion_takes_no_file_of_another_company(self):
        file = self.env["ir.attachment"].create(
            {"name": "x.pdf", "raw": b"x", "res_model": "account.move", "res_id": self.move.id}
        )
        dialogs = self.env["chorus.pro.completion"].with_user(self.stranger)
        spec = {"attachment_ids": {"fields": {"name": {}}}}
        for command in (Command.link(file.id), Command.set(file.ids)):
            with self.subTest(command=command), self.assertRaises(AccessError):
                dialogs.onchange({"attachment_ids": [command]}, ["attachment_ids"], spec)

    def test_preview_computes_nothing_in_a_form(self):
        previews = self.env["chorus.pro.preview"].with_user(self.users["user"])
        values = {"move_id": self.move.id, "document_format": "pdf"}
        # As a form that opens, and as one in which something changes.
        for changed in ([], list(values)):
            with self.subTest(changed=changed):
                spec = self._spec("chorus.pro.preview")
                found = previews.onchange(dict(values), changed, spec)["value"]
                told = ("pdf", "xml", "size", "problems")
                self.assertFalse(any(found.get(name) for name in told))

    def test_preview_is_made_with_the_rights_of_who_asks(self):
        move = self._invoice()
        action = move.with_user(self.users["reader"]).action_chorus_pro_preview()
        preview = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(preview.size, len(move.invoice_pdf_report_id.raw))
        with self.assertRaises(AccessError):
            move.with_user(self.stranger).action_chorus_pro_preview()

    def test_invoice_in_edition_shows_nothing_of_a_submission_that_it_claims(self):
        claimed = {
            "move_type": "out_invoice",
            "chorus_pro_submission_ids": [[4, self.submission.id]],
            "chorus_pro_submission_id": self.submission.id,
            "chorus_pro_state": "payment_issued",
        }
        facts = self._facts()
        spec = {name: {} for name in facts}
        invoices = self.env["account.move"].with_user(self.stranger)
        partners = self.env["res.partner"].with_user(self.stranger)
        for names in ([], list(claimed)):
            found = invoices.onchange(dict(claimed), names, dict(spec))["value"]
            nested = partners.onchange(
                {"name": "x", "invoice_ids": [[0, "virtual_1", dict(claimed)]]},
                names and ["invoice_ids"],
                {"name": {}, "invoice_ids": {"fields": dict(spec)}},
            )["value"]
            for line in [found, *(each[2] for each in nested.get("invoice_ids", ()))]:
                told = {name: line[name] for name in facts if line.get(name)}
                # What concerns the stranger's own company.
                told = {
                    name: value
                    for name, value in told.items()
                    if name not in ("chorus_pro_format_hint", "chorus_pro_problems",
                                    "chorus_pro_findings", "chorus_pro_warnings",
                                    "chorus_pro_engagement_currency_id")
                }
                self.assertEqual(told, {})

    def test_send_wizard_tells_nothing_of_a_foreign_invoice(self):
        self.move.sudo().chorus_pro_format = "ubl"
        wizards = self.env["account.move.send.wizard"].with_user(self.stranger)
        for name in ("chorus_pro_format", "chorus_pro_format_hint", "chorus_pro_attachments_size"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                wizards.onchange({"move_id": self.move.id}, ["move_id"], {name: {}})


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPortalCustomer(ForeignCommon):
    def setUp(self):
        super().setUp()
        contact = self.env["res.partner"].create(
            {"name": "Mairie", "parent_id": self.customer.id, "email": "mairie@example.com"}
        )
        self.portal = new_test_user(self.env, login="mairie", groups="base.group_portal")
        self.portal.partner_id = contact
        self.mine = self.move.with_user(self.portal)

    def test_customer_reads_the_invoice_and_nothing_of_chorus(self):
        self.assertEqual(self.mine.read(["name"])[0]["name"], self.move.name)
        for record in (self.mine, self.portal.partner_id.with_user(self.portal)):
            ours = [name for name in record._fields if name.startswith("chorus_pro_")]
            self.assertGreater(len(ours), 5)
            self.assertFalse(set(ours) & record.fields_get().keys())
            for name in ours:
                with (
                    self.subTest(field=name),
                    mute_logger("odoo.orm.models"),
                    self.assertRaises(AccessError),
                ):
                    record.read([name])

    def test_customer_reads_no_field_of_ours_on_any_model(self):
        ours, shown = our_models(self.env), []
        for name in sorted(self.env.registry):
            model = self.env[name].with_user(self.portal)
            if name in ours or model._abstract or not model.has_access("read"):
                continue
            shown += [
                field
                for each, field in model._fields.items()
                if each.startswith("chorus_pro_") and model._has_field_access(field, "read")
            ]
        self.assertFalse(shown)
        company = self.portal.company_id.with_user(self.portal)
        self.assertTrue(company.read(["name"]))
        for name in ("chorus_pro_digest_user_ids", "chorus_pro_pause_dunning"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                company.read([name])

    def test_customer_neither_searches_sorts_nor_groups_by_a_field_of_ours(self):
        named = [("id", "=", self.move.id)]
        lines = [("move_id", "=", self.move.id)]
        moves = self.mine.browse()
        line_model = self.env["account.move.line"].with_user(self.portal)
        # What is tried here works with a field that customers may read.
        self.assertEqual(moves.search(named, order="name"), self.mine)
        self.assertTrue(moves.formatted_read_group(named, ["name"], ["__count"]))
        self.assertTrue(line_model.formatted_read_group(lines, ["move_id.name"], ["__count"]))
        names = [
            name
            for name, field in moves._fields.items()
            if name.startswith("chorus_pro_") and (field.store or field.search)
        ]
        self.assertIn("chorus_pro_invoice_id", names)
        for name in names:
            date = ":month" if moves._fields[name].type in ("date", "datetime") else ""
            for way, call in {
                "search": lambda name=name: moves.search([*named, (name, "!=", False)]),
                "sort": lambda name=name: moves.search(named, order=name),
                "group": lambda name=name, date=date: moves.formatted_read_group(
                    named, [name + date], ["__count"]
                ),
                "group lines": lambda name=name, date=date: line_model.formatted_read_group(
                    lines, [f"move_id.{name}{date}"], ["__count"]
                ),
            }.items():
                self.env.invalidate_all()
                with self.subTest(field=name, way=way), mute_logger("odoo.orm.models"):
                    self.assertTrue(self._is_refused(call))

    def _is_refused(self, call):
        try:
            with self.env.cr.savepoint():
                call()
        except (AccessError, ValueError):
            # Or Odoo cannot make SQL of that field.
            return True
        return False

    def test_customer_is_told_nothing_of_how_the_company_sends(self):
        moves = self.env["account.move"]
        for user in (self.portal, self.users["employee"]):
            for method in ("chorus_pro_not_production", "chorus_pro_late_following"):
                with self.subTest(user=user.login, method=method), self.assertRaises(AccessError):
                    getattr(moves.with_user(user), method)()
        self.assertTrue(moves.with_user(self.users["reader"]).chorus_pro_not_production())

    def test_customer_can_still_open_the_invoice(self):
        page = self.mine.sudo()
        html = self.env["ir.actions.report"].sudo()._render_qweb_html(
            "account.account_invoices", page.ids
        )[0]
        self.assertIn(self.move.name.encode(), html)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestChoiceOfCompany(ForeignCommon):
    def test_choice_of_one_company_is_no_choice_of_another(self):
        rows = self.env["chorus.pro.structure"].sudo().create(
            [
                {"environment": "custom", "siret": "12345678299998", "chorus_id": number,
                 "searched_at": "2026-11-20"}
                for number in ("71", "72")
            ]
        )
        rows[0].with_user(self.stranger).action_choose()
        theirs = rows.with_company(self.other_company)
        ours = rows.with_company(self.company)
        self.assertEqual(theirs._recipient(), rows[0])
        self.assertFalse(ours._recipient())
        self.assertEqual(ours._standing(), "wanted")
        rows[1].with_user(self.users["user"]).action_choose()
        self.assertEqual(ours._recipient(), rows[1])
        self.assertEqual(theirs._recipient(), rows[0])
        # Chosen again, of the same two.
        rows[1].with_user(self.stranger).action_choose()
        self.assertEqual(theirs._recipient(), rows[1])

    def test_directory_does_not_tell_who_of_another_company_asked(self):
        row = self.records["chorus.pro.structure"].sudo()
        row.wanted_by_id = self.users["user"]
        theirs = row.with_user(self.stranger)
        self.assertTrue(theirs.read(["siret"]))
        with self.assertRaises(AccessError):
            theirs.read(["wanted_by_id"])
        with self.assertRaises(AccessError):
            theirs.search([("wanted_by_id.login", "=", self.users["user"].login)])

    def test_answer_of_the_directory_leads_to_customers_of_ones_own_company(self):
        row = self.records["chorus.pro.structure"].sudo()
        ours, theirs = (
            self._create_customer(row.siret, company_id=company.id)
            for company in (self.company, self.other_company)
        )
        row.wanted_by_id = self.stranger
        with patch(f"{OURS}models.directory.refresh.tell_user") as told:
            row._tell_waiting(lambda _mine: (False, "There it is"))
        told.assert_called_once()
        user, _title, _message, customers = told.call_args.args
        self.assertEqual((user, customers), (self.stranger, theirs))
        self.assertTrue(ours.exists())

    def test_branch_has_the_choice_of_the_company_whose_connection_it_uses(self):
        [row] = self.records["chorus.pro.structure"].sudo()
        row.with_user(self.users["user"]).action_choose()
        branch = self.env["res.company"].create({"name": "Agence", "parent_id": self.company.id})
        self.assertTrue(row.with_company(branch).is_chosen)
        self.assertFalse(row.with_company(self.other_company).is_chosen)
