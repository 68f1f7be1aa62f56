# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import base64
import binascii
from dataclasses import replace
from datetime import datetime, timezone

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...choruspro import errors
from ...choruspro.certificate import describe
from ...choruspro.certificate_file import CertificateFile, open_certificate
from ...choruspro.errors import CertificateError, ChorusProError
from ..rules.error_texts import error_sentence
from .texts import finding_sentence


class ChorusProCertificate(models.Model):
    """A client certificate of a connection: its file, with the private key, stays on the server.

    A connection may have several, of which one is in use: the renewed one stands beside the old.
    The certificates of the file, which are public, are kept apart from the secrets: they tell
    everything but the key, also when the server's key is lost.

    Core's own certificate models are not used: their adapter fails with today's ``requests``, and
    they drop the certificates between ours and the root, which gateways want to see.
    """

    _name = "chorus.pro.certificate"
    _inherit = ["chorus.pro.secret", "chorus.pro.named.record", "chorus.pro.expiry.reminder"]
    _right_by_field = {"connection_id": "write"}
    _description = "Chorus Pro Client Certificate"
    _rec_name = "subject"
    _order = "in_use desc, not_after desc, id desc"

    _secret_columns = {"file": "file_value", "password": "password_value"}

    connection_id = fields.Many2one(
        "chorus.pro.connection", required=True, readonly=True, index=True, ondelete="cascade"
    )
    in_use = fields.Boolean(
        readonly=True, copy=False, help="The connection shows this certificate to the gateway."
    )
    file = fields.Binary(
        string="Certificate (.p12, .pfx or .pem)",
        compute="_compute_secrets",
        readonly=False,
        groups="base.group_system",
        copy=False,
        attachment=False,
        help="File with the certificate, its private key and the authorities that signed it. It "
        "is kept on the server and never given back.",
    )
    file_name = fields.Char(
        compute="_compute_secrets", readonly=False, groups="base.group_system", copy=False
    )
    pasted = fields.Text(
        string="Or paste it",
        compute="_compute_secrets",
        readonly=False,
        groups="base.group_system",
        copy=False,
        help="In PEM: the private key, the certificate and those of its authorities, in any order.",
    )
    password = fields.Char(
        compute="_compute_secrets",
        readonly=False,
        groups="base.group_system",
        copy=False,
        help="The one chosen when the file was exported, if any. Kept on the server and never "
        "shown again.",
    )
    file_value = fields.Binary(groups=fields.NO_ACCESS, copy=False, attachment=False)
    password_value = fields.Char(groups=fields.NO_ACCESS, copy=False)
    has_file = fields.Boolean(compute="_compute_has_secrets", compute_sudo=True)
    has_password = fields.Boolean(compute="_compute_has_secrets", compute_sudo=True)

    public_chain = fields.Text(
        compute="_compute_public_chain",
        store=True,
        groups=fields.NO_ACCESS,
        help="The certificate and its authorities, in PEM and in order, without any key.",
    )
    strangers = fields.Integer(
        compute="_compute_public_chain",
        store=True,
        groups=fields.NO_ACCESS,
        help="How many certificates of the file are no authority of this one.",
    )
    subject = fields.Char(string="Issued To", compute="_compute_facts", store=True)
    issuer = fields.Char(string="Issued By", compute="_compute_facts", store=True)
    serial = fields.Char(string="Serial Number", compute="_compute_facts", store=True)
    not_before = fields.Datetime(string="Valid From", compute="_compute_facts", store=True)
    not_after = fields.Datetime(string="Valid Until", compute="_compute_facts", store=True)

    _one_in_use = models.UniqueIndex(
        "(connection_id) WHERE in_use", "Only one certificate of a connection can be in use."
    )

    def _compute_secrets(self):
        super()._compute_secrets()
        self.file_name = self.pasted = False

    @api.depends("file_value", "password_value")
    def _compute_public_chain(self):
        for certificate in self:
            chain, strangers = (), ()
            if certificate.has_file:
                try:
                    opened = certificate._open()
                    chain, strangers = opened.chain, opened.strangers
                except ChorusProError:
                    # Said by the constraint, which refuses the save.
                    chain = ()
            pem = b"".join(item.public_bytes(Encoding.PEM) for item in chain)
            certificate.public_chain = pem.decode("ascii")
            certificate.strangers = len(strangers)

    @api.depends("public_chain", "strangers")
    def _compute_facts(self):
        for certificate in self:
            facts = certificate._facts()
            certificate.subject = facts and facts.subject
            certificate.issuer = facts and facts.issuer
            certificate.serial = facts and facts.serial
            certificate.not_before = facts and facts.not_before.replace(tzinfo=None)
            certificate.not_after = facts and facts.not_after.replace(tzinfo=None)

    @api.constrains("file_value", "password_value")
    def _check_file(self):
        """A file is there, can be opened, and nothing but its first day keeps it from being used:
        the rest never mends."""
        for certificate in self.sudo():
            if not certificate.has_file:
                raise ValidationError(
                    self.env._("Give the file of the certificate, or paste its text.")
                )
            try:
                findings = describe(certificate._open()).findings(datetime.now(timezone.utc))
            except ChorusProError as error:
                raise ValidationError(error_sentence(self.env, error)) from None
            wrong = [
                finding_sentence(self.env, finding)
                for finding in findings
                if finding.is_error and finding.code != errors.CERTIFICATE_NOT_YET_VALID
            ]
            if wrong:
                raise ValidationError("\n".join(wrong))

    @api.model_create_multi
    def create(self, vals_list):
        # A file is asked for, also when none was given.
        vals_list = [{"file": False, **self._with_pasted(vals)} for vals in vals_list]
        certificates = super().create(vals_list)
        for certificate in certificates:
            if not certificate.connection_id.certificate_id:
                certificate.in_use = True
        certificates.connection_id.sudo()._wake_up()
        return certificates

    def write(self, vals):
        vals = self._with_pasted(vals)
        result = super().write(vals)
        if vals.keys() & {*self._secret_columns, "in_use"}:
            self.connection_id.invalidate_recordset(["certificate_id"])
            self.connection_id.sudo()._wake_up()
        return result

    @api.model
    def _with_pasted(self, vals):
        """The values with what was pasted as the file that it is."""
        vals = dict(vals)
        pasted = (vals.pop("pasted", False) or "").strip()
        if pasted:
            vals["file"] = base64.b64encode(pasted.encode())
        return vals

    def _open(self):
        """The :class:`CertificateFile`, which holds the private key.

        :raises CertificateError: the file cannot be used
        :raises ConfigurationError: the server's key no longer opens it
        """
        return open_certificate(self._content(), self._secret("password"))

    def _content(self):
        """Bytes of the file, or b""."""
        try:
            return base64.b64decode(self._secret("file"))
        except binascii.Error:
            raise CertificateError(errors.CERTIFICATE_UNREADABLE) from None

    def _facts(self):
        """The :class:`ClientCertificate` of the public part, or None."""
        sudo = self.sudo()
        if not sudo.public_chain:
            return None
        chain = tuple(x509.load_pem_x509_certificates(sudo.public_chain.encode()))
        return replace(describe(CertificateFile(None, chain, ())), strangers=sudo.strangers)

    def _problems(self):
        """Sentences of what keeps it from being used now; none when all is well."""
        self.ensure_one()
        facts = self._facts()
        if not facts:
            return [error_sentence(self.env, CertificateError(errors.CERTIFICATE_UNREADABLE))]
        findings = facts.findings(datetime.now(timezone.utc))
        return [finding_sentence(self.env, finding) for finding in findings if finding.is_error]

    def action_use(self):
        """The connection shows this certificate from now on.

        :raises UserError: it cannot be used now
        """
        self.ensure_one()
        self.check_access("write")
        if problems := self._problems():
            raise UserError("\n".join(problems))
        self._put_in_use()
        return True

    def _put_in_use(self):
        others = self.connection_id.certificate_ids.filtered("in_use") - self
        others.in_use = False
        others.flush_recordset()
        self.in_use = True

    def action_export_chain(self):
        """Download the certificates, without any key, as a .p7b file: what the portal asks for."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "target": "download",
            "url": f"/web/content/{self._name}/{self.id}/chain_file/{self.chain_name}"
            "?download=true",
        }
