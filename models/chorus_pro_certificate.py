# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import base64

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..choruspro.certificate import read_certificate
from ..choruspro.errors import ChorusProError
from ..choruspro.tls import client_ssl_context
from .chorus_pro_sentence import error_sentence


class ChorusProConnection(models.Model):
    """The older access, by client certificate: what the administrator gives and what it says.

    Core's own certificate models are not used: their adapter fails with today's ``requests``, and
    they drop the certificates between ours and the root, which gateways want to see.
    """

    _inherit = "chorus.pro.connection"

    access_mode = fields.Selection(
        selection_add=[("certificate", "Client certificate")],
        ondelete={"certificate": "set piste"},
    )
    certificate_file = fields.Binary(
        string="Certificate (.p12)",
        compute="_compute_secrets",
        readonly=False,
        groups="base.group_system",
        copy=False,
        attachment=False,
        help="File with the certificate, its private key and the authorities that signed it. It "
        "is kept on the server and never given back.",
    )
    certificate_file_name = fields.Char(
        compute="_compute_secrets", readonly=False, groups="base.group_system", copy=False
    )
    certificate_file_value = fields.Binary(
        groups=fields.NO_ACCESS, copy=False, attachment=False
    )
    certificate_password = fields.Char(
        compute="_compute_secrets",
        readonly=False,
        groups="base.group_system",
        copy=False,
        help="Kept on the server and never shown again. Type a new one to replace it.",
    )
    certificate_password_value = fields.Char(groups=fields.NO_ACCESS, copy=False)
    has_certificate_file = fields.Boolean(compute="_compute_has_secrets", compute_sudo=True)
    has_certificate_password = fields.Boolean(compute="_compute_has_secrets", compute_sudo=True)
    certificate_subject = fields.Char(
        string="Issued To", compute="_compute_certificate", store=True
    )
    certificate_issuer = fields.Char(
        string="Issued By", compute="_compute_certificate", store=True
    )
    certificate_serial = fields.Char(compute="_compute_certificate", store=True)
    certificate_expiry = fields.Datetime(
        string="Certificate Expires On", compute="_compute_certificate", store=True
    )
    certificate_chain_length = fields.Integer(
        string="Certificates in the File",
        compute="_compute_certificate",
        store=True,
        help="Number of certificates in the file: yours and the authorities above it.",
    )
    trusted_authorities = fields.Text(
        help="Certificates, in PEM, of the authorities that signed the gateway's own certificate. "
        "Empty: the usual public authorities.",
    )

    @api.depends("certificate_file_value", "certificate_password_value")
    def _compute_certificate(self):
        for connection in self:
            facts = None
            content = connection._certificate_content()
            if content:
                try:
                    facts = read_certificate(content, connection.certificate_password_value or "")
                except ChorusProError:
                    # Said by the constraint below, which refuses the save.
                    facts = None
            connection.certificate_subject = facts and facts.subject
            connection.certificate_issuer = facts and facts.issuer
            connection.certificate_serial = facts and facts.serial
            connection.certificate_expiry = facts and facts.not_after.replace(tzinfo=None)
            connection.certificate_chain_length = facts.chain_length if facts else 0

    @api.constrains("certificate_file_value", "certificate_password_value")
    def _check_certificate(self):
        for connection in self.sudo():
            content = connection._certificate_content()
            if not content:
                continue
            try:
                read_certificate(content, connection.certificate_password_value or "")
            except ChorusProError as error:
                raise ValidationError(error_sentence(self.env, error)) from None

    def _certificate_content(self):
        """Bytes of the certificate file, or b""."""
        content = self.sudo().with_context(bin_size=False).certificate_file_value
        return base64.b64decode(content or b"")

    def _certificate_context(self):
        """The TLS context that presents this certificate with its whole chain.

        :raises ConfigurationError: it expired, it is not valid yet, or the trusted authorities
            cannot be read
        """
        self.ensure_one()
        sudo = self.sudo()
        return client_ssl_context(
            self._certificate_content(),
            sudo.certificate_password_value or "",
            sudo.trusted_authorities or None,
        )
