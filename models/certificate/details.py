# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import base64
import re
from datetime import datetime, timezone

from cryptography import x509

from odoo import api, fields, models
from odoo.tools import format_date

from ...choruspro.certificate_chain import pkcs7_export
from .texts import finding_sentence, level_words, purpose_words


class ChorusProCertificate(models.Model):
    """What an administrator reads about a certificate. Nothing of it is secret."""

    _inherit = "chorus.pro.certificate"

    state = fields.Selection(
        [
            ("in_use", "In use"),
            ("next", "Next"),
            ("expired", "Expired"),
            ("retired", "Retired"),
        ],
        compute="_compute_state",
        help="Next: it takes over when the one in use expires, or at once by its button. Retired: "
        "it ends before the one in use.",
    )
    days_left = fields.Integer(compute="_compute_state", help="Negative when it has expired.")
    organisation = fields.Char(compute="_compute_words")
    subject_name = fields.Char(string="Full Name", compute="_compute_words")
    issuer_name = fields.Char(string="Full Name of the Issuer", compute="_compute_words")
    purposes = fields.Char(compute="_compute_words")
    level = fields.Char(
        string="Level (RGS, eIDAS)",
        compute="_compute_words",
        help="As far as the certificate says it itself.",
    )
    key_size = fields.Char(string="Key", compute="_compute_words")
    signature = fields.Char(compute="_compute_words")
    sha1 = fields.Char(string="Fingerprint (SHA-1)", compute="_compute_words")
    sha256 = fields.Char(string="Fingerprint (SHA-256)", compute="_compute_words")
    chain = fields.Text(
        string="Chain of Authorities",
        compute="_compute_words",
        help="From the nearest to the root.",
    )
    chain_complete = fields.Boolean(compute="_compute_words")
    chain_length = fields.Integer(
        string="Certificates Sent",
        compute="_compute_words",
        help="How many certificates the gateway gets: yours and the authorities above it.",
    )
    problems = fields.Text(compute="_compute_words", help="Why it cannot be used now.")
    warnings = fields.Text(compute="_compute_words")
    chain_file = fields.Binary(
        string="Chain (.p7b)", compute="_compute_chain_file", attachment=False
    )
    chain_name = fields.Char(compute="_compute_chain_file")

    @api.depends("in_use", "not_after", "connection_id.certificate_ids.in_use")
    def _compute_state(self):
        now = fields.Datetime.now()
        for certificate in self:
            end = certificate.not_after
            current = certificate.connection_id.certificate_ids.filtered("in_use")
            certificate.days_left = (end - now).days if end else 0
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
            names = "organisation subject_name issuer_name purposes level key_size signature sha1 "
            names += "sha256 chain chain_complete chain_length warnings"
            return {**dict.fromkeys(names.split(), False), "problems": "\n".join(self._problems())}
        findings = facts.findings(now)
        said = [(finding.is_error, finding_sentence(self.env, finding)) for finding in findings]
        return {
            "organisation": facts.organisation,
            "subject_name": facts.subject_name,
            "issuer_name": facts.issuer_name,
            "purposes": purpose_words(self.env, facts.purposes),
            "level": level_words(self.env, facts.level),
            "key_size": f"{facts.key_type} {facts.key_bits}" if facts.key_bits else facts.key_type,
            "signature": facts.signature_hash.upper(),
            "sha1": _in_pairs(facts.sha1),
            "sha256": _in_pairs(facts.sha256),
            "chain": "\n".join(
                self.env._(
                    "%(subject)s, until %(date)s",
                    subject=above.subject,
                    date=format_date(self.env, above.not_after.date()),
                )
                for above in facts.authorities
            ),
            "chain_complete": facts.chain_complete,
            "chain_length": facts.chain_length,
            "problems": "\n".join(sentence for is_error, sentence in said if is_error),
            "warnings": "\n".join(sentence for is_error, sentence in said if not is_error),
        }

    @api.depends("public_chain")
    def _compute_chain_file(self):
        for certificate in self:
            pem = certificate.sudo().public_chain
            chain = x509.load_pem_x509_certificates(pem.encode()) if pem else []
            certificate.chain_file = base64.b64encode(pkcs7_export(chain)) if chain else False
            name = re.sub(r"[^A-Za-z0-9.-]+", "-", certificate.subject or "").strip("-.")
            certificate.chain_name = f"{name or 'certificate'}.p7b"


def _in_pairs(fingerprint):
    """AB:CD:EF, as portals and browsers show it."""
    return ":".join(re.findall("..", fingerprint))
