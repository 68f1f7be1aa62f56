# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import timedelta
from io import BytesIO
from itertools import islice

from odoo import fields, models

from ...choruspro.edi.container import read_members
from ...choruspro.edi.name import EnvelopeName
from ...choruspro.edi.status_file import (
    Envelope,
    FlowStatus,
    InvoiceStatusLine,
    UnreadableRecord,
    read_statuses,
)
from ...choruspro.errors import ConfigurationError, UnreadableFileError
from ...choruspro.text import storable
from ..access.foreign_text import ForeignText
from ..access.odoo_fields import content_of
from ..access.roles import MANAGER, require_role
from ..connection.connection import ENVIRONMENTS
from ..outbox.outbox import MOST_UNFINISHED, digest
from ..rules.error_texts import error_sentence
from ..session.row_guard import LOST_RACES, guarded_row
from .lock import held

# First key of the advisory lock on a file that is read; any constant that is not in use.
LOCK = 0x43505252
# Records that are written in one transaction.
BATCH = 1000
SOON = timedelta(minutes=1)
_INVOICES = ("FEN1200A", "FEN1201A")


class ChorusProEdiFile(models.Model):
    """One file of the EDI mode: what was put, by its name; what was fetched, with its bytes.

    A file can be fetched once only: it is kept here before it counts as fetched, and read
    afterwards, as often as one likes. What cannot be read stays as it came.
    """

    _name = "chorus.pro.edi.file"
    _description = "Chorus Pro EDI File"
    _order = "id desc"

    name = fields.Char(required=True, readonly=True)
    connection_id = fields.Many2one(
        "chorus.pro.connection", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, index=True, precompute=True
    )
    environment = fields.Selection(ENVIRONMENTS, required=True, readonly=True)
    direction = fields.Selection(
        [("out", "To Chorus Pro"), ("in", "From Chorus Pro")], required=True, readonly=True
    )
    kind = fields.Selection(
        [
            ("invoices", "Invoices"), ("report", "Integration Report"),
            ("life_cycle", "Life Cycles"), ("other", "Other"),
        ],
        required=True, readonly=True,
    )
    state = fields.Selection(
        [
            ("to_send", "To Send"), ("sent", "Delivered"), ("new", "Received"), ("read", "Read"),
            ("partly", "Read in Part"), ("unreadable", "Cannot Be Read"),
        ],
        required=True, readonly=True,
    )
    flow_id = fields.Many2one(
        "chorus.pro.flow", readonly=True, index="btree_not_null", ondelete="set null"
    )
    content = fields.Binary(readonly=True, attachment=True, help="The very bytes, as they came.")
    sha256 = fields.Char(string="SHA-256", readonly=True)
    size = fields.Integer(string="Size (bytes)", readonly=True)
    attempts = fields.Integer(readonly=True, help="How often reading began and did not end.")
    matched = fields.Integer(string="Statuses Taken", readonly=True)
    unmatched = fields.Integer(
        string="Statuses of Others", readonly=True,
        help="About invoices or files that Odoo did not send through this exchange.",
    )
    error = ForeignText(readonly=True, help="What could not be read, and what to do.")

    _once = models.UniqueIndex(
        "(connection_id, direction, name, sha256)", "This file is already here."
    )
    _to_read = models.Index("(id) WHERE state = 'new'")

    # ------------------------------------------------------------------
    # Keeping
    # ------------------------------------------------------------------

    def _keep(self, connection, name, content):
        """Keep a file that is being fetched, once; not committed.

        :param content: bytes
        """
        found = {
            "connection_id": connection.id, "direction": "in", "name": storable(name),
            "sha256": digest(content),
        }
        if self.search_count([(key, "=", value) for key, value in found.items()], limit=1):
            return
        file = self.create({
            **found, "environment": connection.place, "kind": _kind(name), "state": "new",
            "size": len(content),
        })
        self.env["ir.attachment"].create({
            "name": file.name, "raw": content, "res_model": self._name, "res_id": file.id,
            "res_field": "content",
        })

    def _keep_note(self, connection, remote, error):
        """Note a file that is left where it is, once, and tell the administrators.

        :param remote: RemoteFile
        :param error: UnreadableFileError
        """
        name = storable(remote.name)
        noted = [("connection_id", "=", connection.id), ("name", "=", name), ("sha256", "=", False)]
        if not self.search_count(noted, limit=1):
            self.create({
                "connection_id": connection.id, "environment": connection.place,
                "direction": "in", "name": name, "kind": _kind(name), "state": "unreadable",
                # The column holds 2 GB.
                "size": min(remote.size, 2**31 - 1), "error": error_sentence(self.env, error),
            })._tell()

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def action_read_again(self):
        """Have these files read once more from what was kept; what was taken is not taken twice."""
        require_role(self.env, MANAGER)
        self.check_access("read")
        files = self.sudo().filtered(lambda file: file.direction == "in" and file.content)
        files.write({"state": "new", "attempts": 0})
        files.connection_id._chorus_pro_dispatch("edi")
        return True

    def _read(self):
        """Read these files; each has its own transactions. Called by the job only."""
        for file in self:
            with held(self.env.cr, LOCK, file.id) as is_held:
                if is_held:
                    file._read_held()

    def _read_held(self):
        """Read this file, unless somebody else has just done it."""
        cron = self.env["ir.cron"]
        # From here on we see what a reader before us wrote.
        cron._commit_progress()
        self.invalidate_recordset()
        if not self.exists() or self.state != "new":
            return
        if self.attempts >= MOST_UNFINISHED:
            self._become("unreadable", error=self.env._(
                "Odoo was stopped %s times in a row while it read this file. It is kept as it "
                "came.",
                self.attempts,
            ))
            cron._commit_progress()
            return
        # Counted before the work, which may end the process.
        self.attempts += 1
        cron._commit_progress()
        with guarded_row(
            self.env, self, put_off=self._set_aside, lost=self._wait_for_others,
            races=LOST_RACES,
        ):
            self._take()
            cron._commit_progress()

    def _set_aside(self):
        self._become("unreadable", error=self.env._(
            "Unexpected error while this file was read (see the server log). It is kept as it came."
        ))

    def _wait_for_others(self):
        """Somebody else writes one of the invoices at this moment: it is read again."""
        self.attempts = 0
        self.connection_id._chorus_pro_dispatch("edi", fields.Datetime.now() + SOON)

    def _take(self):
        """Give what this file says to whom it concerns, and note how it went."""
        counts = {"matched": 0, "unmatched": 0}
        problems, bad = [], []
        try:
            for member in read_members(self.name, BytesIO(self._bytes())):
                records = (
                    each for each in read_statuses(member) if not isinstance(each, Envelope)
                )
                while batch := list(islice(records, BATCH)):
                    bad += [each for each in batch if isinstance(each, UnreadableRecord)]
                    self._take_batch(batch, counts)
        except UnreadableFileError as error:
            problems.append(error_sentence(self.env, error))
            if error.label:
                problems.append(error.label)
        if bad:
            problems.append(self.env._(
                "%(count)s records lack something, the first one, number %(order)s, lacks "
                "%(missing)s. Show the file to Chorus Pro's support.",
                count=len(bad), order=bad[0].order, missing=bad[0].missing,
            ))
        something = any(counts.values())
        state = "read" if not problems else "partly" if something else "unreadable"
        self._become(state, error="\n".join(problems) or False, **counts)

    def _bytes(self):
        attachment = self.env["ir.attachment"].sudo().search(
            [
                ("res_model", "=", self._name), ("res_id", "=", self.id),
                ("res_field", "=", "content"),
            ],
            limit=1,
        )
        return content_of(attachment)

    def _take_batch(self, batch, counts):
        """Write what some records say, and commit it."""
        lines = [each for each in batch if isinstance(each, InvoiceStatusLine)]
        flows = [each for each in batch if isinstance(each, FlowStatus)]
        connection = self.connection_id
        taken = connection._take_invoice_statuses(lines) if lines else 0
        for status in flows:
            if flow := connection._take_flow_status(status):
                self.flow_id = flow
                taken += 1
        counts["matched"] += taken
        counts["unmatched"] += len(lines) + len(flows) - taken
        self.env["ir.cron"]._commit_progress()

    def _become(self, state, error=False, **values):
        """Write how reading ended; what somebody has to look at is told, once."""
        is_news = state in ("partly", "unreadable") and (self.state, self.error) != (state, error)
        self.write({"state": state, "error": error, "attempts": 0, **values})
        if is_news:
            self._tell()

    def _tell(self):
        self.connection_id._write_to_administrators(
            lambda lang: self.with_context(lang=lang)._words()
        )

    def _words(self):
        return (
            self.env._("Chorus Pro: the file %s cannot be read", self.name),
            "\n".join(filter(None, [self.env._("It is kept as it came."), self.error])),
        )


def _kind(name):
    try:
        parsed = EnvelopeName.parse(name)
    except ConfigurationError:
        return "other"
    if parsed.is_report:
        return "report"
    return "life_cycle" if parsed.interface in _INVOICES else "other"
