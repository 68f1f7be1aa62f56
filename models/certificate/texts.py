# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The codes and facts of a certificate (``choruspro``), in the reader's language."""

from odoo.tools import LazyTranslate, format_date

from ...choruspro.errors import CertificateError
from ..access.storage import paris_day
from ..rules.error_texts import error_sentence

_lt = LazyTranslate(__name__)

WARNING_SENTENCES = {
    "certificate_chain_incomplete": _lt(
        "The certificate of the authority “%(missing)s” is missing from the file. Export the "
        "certificate again with its whole chain, or add that authority."
    ),
    "certificate_authority_expires": _lt(
        "The authority “%(subject)s” expires on %(date)s, before your certificate. Ask your "
        "certification authority for its successor."
    ),
    "certificate_self_signed": _lt(
        "This certificate is self-signed: no authority signed it. Chorus Pro requires one from a "
        "qualified authority."
    ),
    "certificate_strangers": _lt(
        "Certificates in the file that are not authorities of yours, and are not sent: %(count)s."
    ),
    "certificate_expires_soon": _lt(
        "The certificate expires soon (days left: %(days)s). Order its successor now, declare it "
        "in the portal, then add it beside this one."
    ),
}
PURPOSES = {
    "client": _lt("client authentication"),
    "server": _lt("server authentication"),
    "any": _lt("any purpose"),
    "email": _lt("e-mail protection"),
    "code": _lt("code signing"),
    "time_stamp": _lt("time stamping"),
    "ocsp": _lt("status of certificates (OCSP)"),
}
# What a qualified certificate is for (ETSI EN 319 412-5)
QUALIFIED = {
    "signature": _lt("qualified certificate for signatures (eIDAS)"),
    "seal": _lt("qualified certificate for seals (eIDAS)"),
    "web": _lt("qualified certificate for web sites (eIDAS)"),
}
QUALIFIED_FOR_ANYTHING = _lt("qualified certificate (eIDAS)")
IN_DEVICE = _lt("key in a qualified device")
NO_LIMIT = _lt("not limited by the certificate")


def finding_sentence(env, finding):
    """The sentence for a :class:`Finding`, in ``env``'s language."""
    if finding.is_error:
        return error_sentence(env, CertificateError(finding.code))
    params = dict(finding.params)
    if "date" in params:
        params["date"] = format_date(env, paris_day(params["date"]))
    sentence = env._(WARNING_SENTENCES[finding.code])
    return sentence % params


def purpose_words(env, purposes):
    """The purposes of a :class:`ClientCertificate`, as one text; codes without words stay codes."""
    words = [env._(PURPOSES[code]) if code in PURPOSES else code for code in purposes]
    return ", ".join(words) or env._(NO_LIMIT)


def level_words(env, level):
    """The :class:`Level` of a certificate as one text, "" when it claims none."""
    words = [level.rgs] if level.rgs else []
    if level.qualified:
        named = [env._(QUALIFIED[kind]) for kind in level.kinds]
        words += named or [env._(QUALIFIED_FOR_ANYTHING)]
    if level.device:
        words.append(env._(IN_DEVICE))
    words += level.standard
    return ", ".join(words)
