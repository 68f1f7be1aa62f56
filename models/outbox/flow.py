# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import timedelta
from io import BytesIO

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...choruspro.messages import FlowSyntax
from ..access.foreign_text import ForeignText
from ..access.odoo_fields import content_of
from ..access.roles import USER, require_role
from .outbox import ON_ITS_WAY, after

SYNTAXES = {"facturx": FlowSyntax.FACTURX, "cii": FlowSyntax.CII, "ubl": FlowSyntax.UBL}
# States in which the flow decides about its invoices.
OPEN_STATES = (*ON_ITS_WAY, "deposited")


class ChorusProFlow(models.Model):
    """One file deposited at Chorus Pro: a document, or an archive of many.

    ::

        queued ──▶ sending ──▶ deposited ──report──▶ integrated | partial | rejected | failed
          │  ▲        ├──▶ queued       nothing was delivered: the same bytes later
          │  │        └──▶ uncertain    answer lost: its invoices are looked up
          │  └────────────────┘ not there after patience: the same bytes once more
          └──▶ dissolved                an invoice left it before it was delivered

    Its invoices (submissions) follow it until it ends. Its bytes are made once and kept until then.
    """

    _name = "chorus.pro.flow"
    _inherit = "chorus.pro.outbox"
    _description = "Chorus Pro Flow"
    _order = "id desc"
    _check_company_auto = True
    _advisory_class = 0x43505246

    name = fields.Char(
        string="Flow Number", readonly=True, copy=False, index="btree_not_null",
        help="The number that Chorus Pro gave to the deposited file (numéro de flux).",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    document_format = fields.Selection(
        [("facturx", "Factur-X"), ("cii", "XML CII"), ("ubl", "XML UBL")], string="Format",
        required=True, readonly=True,
    )
    lang = fields.Char(readonly=True, help="Language of those who sent the invoices.")
    state = fields.Selection(
        [
            ("queued", "Queued"), ("sending", "Sending"), ("uncertain", "Outcome unknown"),
            ("deposited", "Waiting for the report"), ("integrated", "Integrated"),
            ("partial", "Partially integrated"), ("rejected", "Rejected as a whole"),
            ("failed", "Failed"), ("dissolved", "Dissolved"),
        ],
        required=True, readonly=True, default="queued", copy=False,
    )
    file_name = fields.Char(required=True, readonly=True)
    content = fields.Binary(
        readonly=True, attachment=True, help="The very bytes, kept until the flow ends."
    )
    sha256 = fields.Char(string="SHA-256", readonly=True)
    size = fields.Integer(string="Size (bytes)", readonly=True)
    invoice_count = fields.Integer(string="Invoices", readonly=True)
    submission_ids = fields.One2many("chorus.pro.submission", "flow_id", readonly=True)
    deposit_date = fields.Date(readonly=True, help="The day in Paris.")
    state_code = fields.Char(
        string="State at Chorus Pro", readonly=True, help="The code as Chorus Pro gives it."
    )
    state_date = fields.Datetime(readonly=True)
    polls = fields.Integer(string="Questions for the Report", readonly=True)
    report = ForeignText(readonly=True, help="The errors in the report, unchanged.")
    report_pdf = fields.Binary(
        string="Report (PDF)", readonly=True, attachment=True,
        help="Chorus Pro's own document, when it gives one (compte rendu).",
    )
    report_name = fields.Char(compute="_compute_report_name")

    _to_settle_index = models.Index(
        "(next_try, id) WHERE state IN ('queued', 'sending', 'uncertain', 'deposited')"
    )

    @api.depends("name", "file_name")
    def _compute_display_name(self):
        for flow in self:
            flow.display_name = flow.name or flow.file_name

    @api.depends("name")
    def _compute_report_name(self):
        for flow in self:
            flow.report_name = f"{flow.name}.pdf"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if any(flow.sent_at for flow in self):
            raise UserError(
                self.env._("What was sent to Chorus Pro is evidence: it cannot be deleted.")
            )

    def action_refresh(self):
        """Have the report of these flows read by the jobs, soon."""
        require_role(self.env, USER)
        self.check_access("read")
        waiting = self.sudo().filtered(lambda flow: flow.state in ("uncertain", "deposited"))
        waiting.next_try = fields.Datetime.now()
        if waiting:
            waiting.connection_id._chorus_pro_dispatch("send")
        return True

    def _for_its_reader(self):
        return self.with_context(lang=self.lang or self.env.lang)

    @api.model
    def _open_domain(self):
        """Also those whose report is awaited."""
        return Domain("state", "in", OPEN_STATES)

    def _open_content(self):
        """The kept bytes as a binary file, to be closed by the caller.

        :raises UserError: the file is gone from the file store
        """
        attachment = self.env["ir.attachment"].sudo().search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("res_field", "=", "content"),
            ],
            limit=1,
        )
        if not attachment or attachment.file_size != self.size:
            raise UserError(self.env._("The file that was made for Chorus Pro is gone."))
        if not attachment.store_fname:
            return BytesIO(content_of(attachment))
        try:
            return open(attachment._full_path(attachment.store_fname), "rb")
        except OSError as error:
            raise UserError(self.env._("The file that was made for Chorus Pro is gone.")) from error

    def _followers(self):
        """The invoices that this flow still decides about.

        Those that its report left in doubt are looked up, each by its own number.
        """
        undecided = () if self.state == "deposited" else ON_ITS_WAY
        return self.submission_ids.filtered(
            lambda row: not row.needs_decision
            and (
                row.state in undecided
                or (row.state == "deposited" and not row.chorus_invoice_id)
            )
        )

    def _is_whole(self):
        """Whether all invoices in the bytes are still to be sent: one may have been taken out."""
        rows = self._followers()
        return len(rows) == self.invoice_count and all(
            not row.move_id._chorus_pro_obstacle() and row.move_id.name == row.name for row in rows
        )

    def _start(self):
        self._followers()._start(step="flow")
        super()._start()

    def _try_later(self, reason, delay=None):
        """Nothing was delivered: the same bytes later."""
        wait = self._retry_seconds(delay)
        self._followers()._try_later(reason, wait)
        self._become("queued", reason, timedelta(seconds=wait))

    def _doubt(self, reason, delay=None):
        """Chorus Pro may have the file: its invoices are looked up, it is not blindly sent again.

        :param delay: seconds before the first look-up; by default the usual cadence
        """
        wait = after(delay, self.lookups)
        self._followers()._doubt(reason, wait.total_seconds())
        self._become("uncertain", reason, wait)

    def _hand_over(self, number, deposit_date, delay=None):
        """Chorus Pro has the file under ``number``; its report will come.

        :param delay: seconds before the first question; by default the usual cadence
        """
        self._followers()._hand_over(deposit_date)
        self._become(
            "deposited", wait=after(delay, 0), name=number, deposit_date=deposit_date, lookups=0,
            polls=0,
        )

    def _await_report(self, reason, delay=None):
        """There is no report yet: Chorus Pro is asked again.

        :param delay: in seconds; by default the usual cadence
        """
        self.polls += 1
        self._become("deposited", reason, after(delay, self.polls))

    def _end(self, state, reason=False):
        """The flow decides no more; its bytes are not needed any longer."""
        self._become(state, reason, content=False)

    def _dissolve(self):
        """Give the invoices back to the queue: they travel in another file, or alone."""
        self._followers().write({"flow_id": False})
        self._end("dissolved")
