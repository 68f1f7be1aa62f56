# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Users of every role, and a record of every model of ours, for the tests of who may do what."""

from contextlib import contextmanager
from inspect import isfunction

from odoo import Command, fields
from odoo.tests import new_test_user

from .access_table import ROLES
from .chorus_pro import ChorusProCommon

ADDON = "l10n_fr_chorus_pro"
OURS = f"odoo.addons.{ADDON}."


def our_models(env):
    """Models of this add-on that have a table, by name."""
    return {
        name: env[name]
        for name, model in env.registry.models.items()
        if model._original_module == ADDON and not model._abstract
    }


def our_methods(model):
    """Names of the methods that this add-on adds to a model, and that anyone may call by RPC."""
    bases = type(model).mro()
    others = {
        name for base in bases if not base.__module__.startswith(OURS) for name in vars(base)
    }
    return sorted(
        {
            name
            for base in bases
            if base.__module__.startswith(OURS)
            for name, value in vars(base).items()
            if not name.startswith("_") and isfunction(value) and name not in others
        }
    )


class AccessCommon(ChorusProCommon):
    # It has a client certificate to offer.
    simulator_options = {"tls": True}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.setup_other_company()["company"]
        # As where an administrator restricts sending.
        role = cls.env.ref("l10n_fr_chorus_pro.group_user")
        role.implied_by_ids -= cls.env.ref("account.group_account_invoice")
        cls.users = {name: cls._user(name, groups) for name, groups in ROLES.items()}

    @classmethod
    def _user(cls, name, groups):
        company = cls.other_company if name == "elsewhere" else cls.company
        return new_test_user(
            cls.env,
            login=f"role_{name}",
            groups=groups,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def _records(self):
        """A record of each model of ours that is no dialog, all of the company."""
        self.simulator.control.fault("lost_answer", "soumettre", 1)
        uncertain = self._send(self._invoice()).sudo()
        found = {"status": "DEPOSEE", "status_date": None, "deposit_date": None}
        uncertain.write({"needs_decision": True, "found": {"invoice_id": "5", **found}})
        submission = self._send(self._invoice()).sudo()
        submission.status_code = "SUSPENDUE"
        self.move, self.uncertain = submission.move_id, uncertain
        values = {
            "chorus.pro.connection.check": {"step": "name", "verdict": "ok"},
            "chorus.pro.exchange": {
                "company_id": self.company.id,
                "date": fields.Datetime.now(),
                "operation": "devises",
                "kind": "query",
                "request": "{}",
            },
            "chorus.pro.pace": {},
            "chorus.pro.host": {"kind": "machine", "name": "elsewhere"},
            "chorus.pro.setup": {},
            "chorus.pro.bank.account": {"code": "1"},
            "chorus.pro.commitment": {"name": "EJ1"},
            "chorus.pro.flow": {
                "company_id": self.company.id,
                "environment": self.connection.environment,
                "document_format": "cii",
                "file_name": "invoice.xml",
                "state": "deposited",
            },
            "chorus.pro.edi.file": {
                "environment": self.connection.environment,
                "direction": "in",
                "name": "file.xml",
                "kind": "report",
                "state": "unreadable",
            },
            "chorus.pro.status": {
                "submission_id": submission.id,
                "code": "DEPOSEE",
                "date": fields.Datetime.now(),
            },
            "chorus.pro.action": {
                "submission_id": submission.id,
                "environment": submission.environment,
                "kind": "complete",
                "state": "queued",
            },
            "chorus.pro.elsewhere": {
                "name": "EX1",
                "environment": self.connection.environment,
                "chorus_invoice_id": "70",
                "status_code": "SUSPENDUE",
            },
            "chorus.pro.validation": {
                "name": "ST1",
                "environment": self.connection.environment,
                "chorus_invoice_id": "71",
                "status_code": "A_VALIDER_1",
            },
            "chorus.pro.batch": {"author_id": self.users["user"].id},
            "chorus.pro.structure": {"environment": "custom", "siret": "12345678299999"},
            "chorus.pro.attachment.type": {"name": "N", "code": "C", "environment": "custom"},
            "chorus.pro.interest.rate": {"date_from": "2031-07-01", "refinancing_rate": 2},
        }
        records = {
            "chorus.pro.connection": self.connection,
            "chorus.pro.submission": submission,
            "account.move": self.move,
            "account.journal": self.move.journal_id,
            "account.bank.statement.line": self.env["account.bank.statement.line"].create(
                {"journal_id": self.company_data["default_journal_bank"].id, "amount": 1}
            ),
            "res.partner": self.customer,
            "chorus.pro.token": self.env["chorus.pro.token"].sudo().search([], limit=1),
        }
        for name, row in values.items():
            model = self.env[name].sudo()
            if "connection_id" in model._fields and not model._fields["connection_id"].related:
                row = {"connection_id": self.connection.id, **row}
            records[name] = model.create(row)
        records["chorus.pro.setup.entry"] = self.env["chorus.pro.setup.entry"].sudo().create(
            {
                "setup_id": records["chorus.pro.setup"].id,
                "kind": "structure",
                "value": "12345678200051",
            }
        )
        records["chorus.pro.service"] = self.env["chorus.pro.service"].sudo().create(
            {"structure_id": records["chorus.pro.structure"].id, "chorus_id": "7", "code": "S"}
        )
        self.validation = records["chorus.pro.validation"]
        # About an invoice that nobody has decided on but here.
        decided = records["chorus.pro.validation"].copy({"chorus_invoice_id": "72"})
        records["chorus.pro.decision"] = self.env["chorus.pro.decision"].sudo().create(
            {
                "connection_id": self.connection.id,
                "validation_id": decided.id,
                "environment": decided.environment,
                "kind": "accept",
            }
        )
        # Its row of the analysis.
        records["chorus.pro.analysis"] = self.env["chorus.pro.analysis"].browse(self.move.id)
        known = self.credentials["certificate"]
        records["chorus.pro.certificate"] = self.env["chorus.pro.certificate"].create(
            {
                "connection_id": self.connection.id,
                "file": known["p12"],
                "password": known["password"],
            }
        )
        return records

    def _dialog_values(self, model):
        """By what a dialog about an invoice of the company is made."""
        return {
            "chorus.pro.comparison": {"submission_id": self.uncertain.id},
            "chorus.pro.copy": {"connection_id": self.connection.id},
            "chorus.pro.triage": {},
            "chorus.pro.oca.import": {},
            "res.config.settings": {},
            "chorus.pro.triage.line": {"move_id": self.move.id},
            "chorus.pro.preview": {"move_id": self.move.id, "document_format": "pdf"},
            "chorus.pro.handling": {"move_ids": self.move.ids},
            "chorus.pro.validation.refusal": {"validation_id": self.validation.id},
            "chorus.pro.name.search": {"partner_id": self.customer.id, "name": "Mairie"},
        }.get(model, {"move_id": self.move.id})

    def _dialog(self, model, user):
        """A dialog that this user opens; the right to it is what is tried."""
        values = self._dialog_values(model)
        if model == "chorus.pro.triage.line":
            triages = self.env["chorus.pro.triage"].with_user(user).sudo()
            values = {**values, "triage_id": triages.create({}).id}
        return self.env[model].with_user(user).create(values)

    @contextmanager
    def _undone(self):
        """Whatever happens inside has never happened."""
        # A client of Chorus Pro keeps its token by a cursor of its own.
        with self.enter_registry_test_mode(), self.env.cr.savepoint() as savepoint:
            yield
            self.env.flush_all()
            savepoint.rollback()
        self.env.invalidate_all()
