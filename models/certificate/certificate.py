# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import base64
import binascii
import re
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timezone

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ...choruspro import errors
from ...choruspro.certificate import describe
from ...choruspro.certificate_file import CertificateFile, open_certificate, pkcs7_export
from ...choruspro.errors import CertificateError, ChorusProError
from ..access.secret_fields import TYPED, secret
from ..access.storage import aware, naive, paris_day, paris_today
from ..rules.error_texts import error_sentence
from ..session.row_guard import guarded_row
from .texts import finding_sentence, level_words, purpose_words


class ChorusProCertificate(models.Model):
    """A client certificate of a connection: its file, with the private key, stays on the server.

    A connection may have several, of which one is in use: the renewed one stands beside the old.
    The certificates of the file, which are public, are kept apart from the secrets: they can be
    read even when the server's key is lost.

    Core's own certificate models are not used: their adapter fails with today's ``requests``, and
    they drop the certificates between ours and the root, which gateways need.
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
    file, file_value, has_file = secret(
        fields.Binary, string="Certificate (.p12, .pfx or .pem)",
        help="File with the certificate, its private key and the authorities that signed it. It is "
        "kept on the server and never given back.",
    )
    file_name = fields.Char(**TYPED)
    pasted = fields.Text(
        string="Or paste it", **TYPED,
        help="In PEM: the private key, the certificate and those of its authorities, in any order.",
    )
    password, password_value, has_password = secret(
        help="The one chosen when the file was exported, if any. Kept on the server and never "
        "shown again.",
    )

    public_chain = fields.Text(
        compute="_compute_public_chain", store=True, groups=fields.NO_ACCESS,
        help="The certificate and its authorities, in PEM and in order, without any key.",
    )
    strangers = fields.Integer(
        compute="_compute_public_chain", store=True, groups=fields.NO_ACCESS,
        help="How many certificates in the file are not authorities of this one.",
    )
    subject = fields.Char(string="Issued To", compute="_compute_facts", store=True)
    issuer = fields.Char(string="Issued By", compute="_compute_facts", store=True)
    serial = fields.Char(string="Serial Number", compute="_compute_facts", store=True)
    not_before = fields.Datetime(string="Valid From", compute="_compute_facts", store=True)
    not_after = fields.Datetime(string="Valid Until", compute="_compute_facts", store=True)

    # What an administrator reads about it. Nothing of it is secret.
    state = fields.Selection(
        [("in_use", "In use"), ("next", "Next"), ("expired", "Expired"), ("retired", "Retired")],
        compute="_compute_state",
        help="Next: it takes over when the one in use expires, or at once with its button. "
        "Retired: it ends before the one in use.",
    )
    days_left = fields.Integer(compute="_compute_state", help="Negative when it has expired.")
    organisation = fields.Char(compute="_compute_words")
    subject_name = fields.Char(string="Full Name", compute="_compute_words")
    issuer_name = fields.Char(string="Full Name of the Issuer", compute="_compute_words")
    purposes = fields.Char(compute="_compute_words")
    level = fields.Char(
        string="Level (RGS, eIDAS)", compute="_compute_words", help="As the certificate states it."
    )
    key_size = fields.Char(string="Key", compute="_compute_words")
    signature = fields.Char(compute="_compute_words")
    sha1 = fields.Char(string="Fingerprint (SHA-1)", compute="_compute_words")
    sha256 = fields.Char(string="Fingerprint (SHA-256)", compute="_compute_words")
    chain = fields.Text(
        string="Chain of Authorities", compute="_compute_words",
        help="From the nearest to the root.",
    )
    chain_complete = fields.Boolean(compute="_compute_words")
    chain_length = fields.Integer(
        string="Certificates Sent", compute="_compute_words",
        help="How many certificates the gateway gets: yours and the authorities above it.",
    )
    problems = fields.Text(compute="_compute_words", help="Why it cannot be used now.")
    warnings = fields.Text(compute="_compute_words")
    chain_file = fields.Binary(
        string="Chain (.p7b)", compute="_compute_chain_file", attachment=False
    )
    chain_name = fields.Char(compute="_compute_chain_file")

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
            # The constraint refuses a file that cannot be opened, and says why.
            with suppress(ChorusProError):
                if certificate.has_file:
                    opened = certificate._open()
                    chain, strangers = opened.chain, opened.unrelated
            pem = b"".join(item.public_bytes(Encoding.PEM) for item in chain)
            certificate.public_chain = pem.decode("ascii")
            certificate.strangers = len(strangers)

    @api.depends("public_chain", "strangers")
    def _compute_facts(self):
        for certificate in self:
            facts = certificate._facts()
            for name in ("subject", "issuer", "serial"):
                certificate[name] = facts and getattr(facts, name)
            certificate.not_before = facts and naive(facts.not_before)
            certificate.not_after = facts and naive(facts.not_after)

    @api.depends("in_use", "not_after", "connection_id.certificate_ids.in_use")
    def _compute_state(self):
        now = fields.Datetime.now()
        for certificate in self:
            end = certificate.not_after
            current = certificate.connection_id.certificate_ids.filtered("in_use")
            certificate.days_left = (paris_day(end) - paris_today()).days if end else 0
            if not end or end < now:
                certificate.state = "expired"
            elif certificate.in_use:
                certificate.state = "in_use"
            elif current.not_after and end <= current.not_after:
                certificate.state = "retired"
            else:
                certificate.state = "next"

    @api.depends("public_chain", "strangers")
    @api.depends_context("lang")
    def _compute_words(self):
        now = datetime.now(timezone.utc)
        for certificate in self:
            certificate.update(certificate._words(certificate._facts(), now))

    def _words(self, facts, now):
        """Values of the fields of :meth:`_compute_words`, from a ClientCertificate or None."""
        if not facts:
            computed = [each for each in self._fields.values() if each.compute == "_compute_words"]
            empty = dict.fromkeys((each.name for each in computed), False)
            return {**empty, "problems": "\n".join(self._problems())}
        found = [(each.is_error, finding_sentence(self.env, each)) for each in facts.findings(now)]
        same = "organisation", "subject_name", "issuer_name", "chain_complete", "chain_length"
        return {name: getattr(facts, name) for name in same} | {
            "purposes": purpose_words(self.env, facts.purposes),
            "level": level_words(self.env, facts.level),
            "key_size": f"{facts.key_type} {facts.key_bits}" if facts.key_bits else facts.key_type,
            "signature": facts.signature_hash.upper(),
            "sha1": _in_pairs(facts.sha1),
            "sha256": _in_pairs(facts.sha256),
            "chain": "\n".join(
                self.env._(
                    "%(subject)s, until %(date)s", subject=above.subject,
                    date=format_date(self.env, paris_day(above.not_after)),
                )
                for above in facts.authorities
            ),
            "problems": "\n".join(sentence for is_error, sentence in found if is_error),
            "warnings": "\n".join(sentence for is_error, sentence in found if not is_error),
        }

    @api.depends("public_chain")
    def _compute_chain_file(self):
        for certificate in self:
            chain = certificate._chain()
            certificate.chain_file = base64.b64encode(pkcs7_export(chain)) if chain else False
            name = re.sub(r"[^A-Za-z0-9.-]+", "-", certificate.subject or "").strip("-.")
            certificate.chain_name = f"{name or 'certificate'}.p7b"

    @api.constrains("file_value", "password_value")
    def _check_file(self):
        """A file is there, can be opened, and can be used, now or from its first day on."""
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
        # A file is required: the constraint must run even when none was given.
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
        if pasted := (vals.pop("pasted", False) or "").strip():
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
        chain = self._chain()
        if not chain:
            return None
        described = describe(CertificateFile(None, tuple(chain), ()))
        return replace(described, unrelated=self.sudo().strangers)

    def _chain(self):
        """The certificate and its authorities, without any key, as x509 objects."""
        pem = self.sudo().public_chain
        return x509.load_pem_x509_certificates(pem.encode()) if pem else []

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

    def _expiry_date(self):
        """False for a certificate that is not in use, or has a successor: no reminder is due."""
        connection = self.connection_id
        shown = self.in_use and connection.active and connection.access_mode == "certificate"
        if not shown or not self.not_after:
            return False
        replaced = connection._next_certificate(at=aware(self.not_after))
        return False if replaced else paris_day(self.not_after)

    def _expiry_words(self, days_left):
        env = self.env
        date = format_date(env, paris_day(self.not_after))
        params = {"connection": self.connection_id.name, "subject": self.subject}
        params |= {"date": date, "days": days_left}
        if days_left < 0:
            return env._("The certificate of %(connection)s has expired", **params), env._(
                "The client certificate of “%(subject)s” expired on %(date)s: nothing can be sent "
                "through this connection. Add its successor on the connection.",
                **params,
            )
        return env._("The certificate of %(connection)s expires on %(date)s", **params), env._(
            "The client certificate of “%(subject)s” expires on %(date)s (days left: %(days)s). "
            "Order its successor now, declare it in the portal, then add it on the connection "
            "beside this one.",
            **params,
        )

    def _expiry_connection(self):
        return self.connection_id

    @api.model
    def _cron_renew(self):
        """Daily: what has expired gives way to its successor, and reminders are sent."""
        connections = self.env["chorus.pro.connection"].search(
            [("access_mode", "=", "certificate"), ("certificate_ids", "!=", False)]
        )
        self.env["ir.cron"]._commit_progress(remaining=len(connections))
        for connection in connections:
            with guarded_row(self.env, f"certificates of {connection}"):
                connection._take_over_certificate()
                connection.certificate_id._remind()
                self.env.flush_all()
            self.env["ir.cron"]._commit_progress(1)


def _in_pairs(fingerprint):
    """AB:CD:EF, as portals and browsers show it."""
    return ":".join(re.findall("..", fingerprint))
