# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models
from odoo.exceptions import UserError

from ...choruspro.tls import client_ssl_context
from ..access.web_client import open_dialog


class ChorusProConnection(models.Model):
    """The older access, by client certificate."""

    _inherit = "chorus.pro.connection"

    access_mode = fields.Selection(
        selection_add=[("certificate", "Client certificate")],
        ondelete={"certificate": "set piste"},
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
        options = super()._client_options()
        if self.access_mode == "certificate":
            options["ssl_context"] = self._certificate_context()
        return options

    def _certificate_context(self):
        """The TLS context that presents our certificate with its whole chain.

        :raises UserError: there is none
        :raises ConfigurationError: it expired, it is not valid yet, the server's key is lost, or
            the trusted authorities cannot be read
        """
        self.ensure_one()
        certificate = self.sudo()._certificate_to_show()
        if not certificate:
            raise UserError(
                self.env._("The connection “%s” has no client certificate: add one.", self.name)
            )
        return client_ssl_context(
            certificate._content(),
            certificate._secret("password"),
            self.sudo().trusted_authorities or None,
        )
