# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import datetime, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...choruspro.tls import client_ssl_context
from ..access.storage import paris_day
from ..access.web_client import open_dialog


class ChorusProConnection(models.Model):
    """The older access, by client certificate."""

    _inherit = "chorus.pro.connection"

    access_mode = fields.Selection(
        selection_add=[("certificate", "Client certificate")], ondelete={"certificate": "set piste"}
    )
    certificate_ids = fields.One2many(
        "chorus.pro.certificate", "connection_id", string="Certificates", copy=False
    )
    certificate_id = fields.Many2one(
        "chorus.pro.certificate", string="Certificate in Use", compute="_compute_certificate_id"
    )
    certificate_expiry = fields.Datetime(
        string="Certificate Expires On", compute="_compute_certificate_id"
    )
    certificate_warnings = fields.Text(compute="_compute_certificate_warnings")

    @api.depends("certificate_ids.in_use", "certificate_ids.not_after")
    def _compute_certificate_id(self):
        for connection in self:
            current = connection.certificate_ids.filtered("in_use")
            connection.certificate_id = current
            connection.certificate_expiry = current.not_after

    @api.depends("certificate_ids.in_use", "certificate_ids.not_after", "access_mode")
    @api.depends_context("lang")
    def _compute_certificate_warnings(self):
        """What is wrong with the certificate in use, as long as no other takes over."""
        for connection in self:
            said = []
            if connection.access_mode == "certificate" and not connection._next_certificate():
                current = connection.certificate_id
                said = [current.problems, current.warnings]
            connection.certificate_warnings = "\n".join(filter(None, said))

    def _stored_secrets(self):
        yield from super()._stored_secrets()
        yield from self.sudo().certificate_ids._stored_secrets()

    def _encrypt_again(self):
        self.certificate_ids._encrypt_again()
        return super()._encrypt_again()

    def action_add_certificate(self):
        """A dialog for the file of a certificate: the first one, or the one that comes next."""
        self.ensure_one()
        self.check_access("write")
        new = self.env["chorus.pro.certificate"]
        context = {"default_connection_id": self.id}
        return open_dialog(new, self.env._("Add a Certificate"), context=context)

    def _client_options(self):
        """The client presents the certificate with its whole chain.

        :raises UserError: there is none
        :raises ConfigurationError: it expired, it is not valid yet, the server's key is lost, or
            the trusted authorities cannot be read
        """
        options = super()._client_options()
        if self.access_mode != "certificate":
            return options
        sudo = self.sudo()
        certificate = sudo._certificate_to_show()
        if not certificate:
            raise UserError(
                self.env._("The connection “%s” has no client certificate: add one.", self.name)
            )
        password, trusted = certificate._secret("password"), sudo.trusted_authorities or None
        options["ssl_context"] = client_ssl_context(certificate._content(), password, trusted)
        return options

    def _next_certificate(self, at=None):
        """The certificate beside the one in use that ends last, after it.

        :param at: the aware moment at which it can be used; by default, or when past, now
        """
        now = datetime.now(timezone.utc)
        at = max(at or now, now)
        end = self.certificate_id.not_after
        later = self.certificate_ids.filtered(
            lambda one: not one.in_use and one.not_after and (not end or one.not_after > end)
        )
        return later.filtered(lambda one: not one._facts().problems(at)).sorted("not_after")[-1:]

    def _certificate_to_show(self):
        """The certificate in use, unless it has expired and another can be used: there is no gap
        until the daily job puts that one in use."""
        current = self.certificate_id
        if current.not_after and current.not_after > fields.Datetime.now():
            return current
        return self._next_certificate() or current

    def _take_over_certificate(self):
        """Put in use the certificate that is shown; notify administrators when it is another."""
        self.ensure_one()
        former, chosen = self.certificate_id, self._certificate_to_show()
        if not chosen or chosen == former:
            return
        chosen._put_in_use()
        self._write_to_administrators(
            lambda lang: self.with_context(lang=lang)._take_over_words(former, chosen)
        )

    def _take_over_words(self, former, chosen):
        return (
            self.env._("%(connection)s uses its new certificate", connection=self.name),
            self.env._(
                "The client certificate of serial number %(former)s expired on %(end)s. The one of "
                "serial number %(chosen)s, valid until %(date)s, took over.",
                former=former.serial, end=format_date(self.env, paris_day(former.not_after)),
                chosen=chosen.serial, date=format_date(self.env, paris_day(chosen.not_after)),
            ),
        )
