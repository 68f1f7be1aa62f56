# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What people read when an invoice comes back: for each code the cause, then what to do.

One table by status, one by return code, one by what the words of a refusal say; of plain values, so
that a program can read them from the source. Sources: AIFE documentation (life cycle), and what
clients observed of return codes, which mean different things from one operation to the next.
"""

import re
from typing import NamedTuple

from odoo.tools import LazyTranslate

from ...choruspro.refusal_wordings import meaning

_lt = LazyTranslate(__name__)


class Advice(NamedTuple):
    """codes: what it is about. cause: what happened. remedy: what to do. Both are translated
    lazily."""

    codes: tuple
    cause: object
    remedy: object


# By code of status, for those that wait for the supplier.
STATUS_ADVICE = (
    Advice(("SUSPENDUE",),
           _lt("The recipient needs a document or an explanation before paying. The time limit for "
               "payment is stopped meanwhile."),
           _lt("Read the comment, and complete the invoice with the document or the explanation "
               "that it asks for. It keeps its number: do not send another one.")),
    Advice(("A_RECYCLER",),
           _lt("The invoice reached the wrong structure or the wrong service, or has a wrong "
               "engagement number."),
           _lt("Recycle the invoice with the right recipient, service or engagement number. It "
               "keeps its number: do not send another one.")),
    Advice(("REJETEE",),
           _lt("The recipient refuses the invoice for good. Chorus Pro never accepts this number "
               "again, and the time limit for payment restarts with the next invoice."),
           _lt("Acknowledge the rejection, make a credit note, and send a corrected invoice with a "
               "new number.")),
    Advice(("BROUILLON",),
           _lt("The invoice is a draft at Chorus Pro: the recipient does not have it."),
           _lt("Finish it on the portal, or delete it there and send it again.")),
    Advice(("INTERPRETEE_OCR",),
           _lt("Chorus Pro has read the PDF and waits for somebody to confirm what it read."),
           _lt("Check the data on the portal and submit the invoice there.")),
    Advice(("ERREUR_FOURNISSEUR_SUR_VALIDEUR", "ERREUR_COTRAITANT_SUR_VALIDEUR"),
           _lt("The structure named as validator is not the right one."),
           _lt("Name the right one: the invoice then goes to it.")),
    Advice(("REFUSEE_1", "REFUSEE_2"),
           _lt("The contractor named as validator refuses the invoice."),
           _lt("Agree with the contractor, then correct the validator, or send the contractor a "
               "new invoice.")),
    Advice(("REFUSEE_MOE", "REFUSEE_MOA"),
           _lt("A party to the works contract refuses the document."),
           _lt("Correct what the comment says, then send a corrected document under a new "
               "number.")),
    Advice(("EN_ATTENTE_RECYCLAGE_FOURNISSEUR",),
           _lt("The document went to the wrong party of the works contract."),
           _lt("Recycle it with the right recipient on the portal.")),
    Advice(("A_COMPLETER",),
           _lt("A party to the works contract waits for a missing document."),
           _lt("Read the comment and add the document on the portal.")),
)

# By code of status and code of its reason, which platforms exchange since XP Z12-012 V1.4 (rule
# BR-FR-CDV-CL-09 of the AFNOR's schematron): it may stand in the comment.
REASON_ADVICE = (
    Advice((("SUSPENDUE", "JUSTIF_ABS"),),
           _lt("A supporting document is missing. The time limit for payment is stopped "
               "meanwhile."),
           _lt("Add the missing document, and complete the invoice. It keeps its number: do not "
               "send another one.")),
    Advice((("SUSPENDUE", "COORD_BANC_ERR"),),
           _lt("The bank details are not those that the recipient knows, or are wrong. The time "
               "limit for payment is stopped meanwhile."),
           _lt("Complete the invoice with your bank details (RIB) as a document. If the account on "
               "the invoice is wrong, ask the recipient to reject it, and issue it again.")),
    Advice((("SUSPENDUE", "CMD_ERR"),),
           _lt("The order number or engagement number is wrong or missing. The time limit for "
               "payment is stopped meanwhile."),
           _lt("Complete the invoice with the right number as a comment. If the recipient wants it "
               "on the invoice, ask the recipient to reject it, and issue it again.")),
    Advice((("SUSPENDUE", "SIRET_ERR"),),
           _lt("A SIRET on the invoice is wrong. The time limit for payment is stopped meanwhile."),
           _lt("Complete the invoice with the right SIRET as a comment. If the invoice is for "
               "another structure, ask the recipient to reject it, and issue it again.")),
    Advice((("SUSPENDUE", "CODE_ROUTAGE_ERR"),),
           _lt("The service code is wrong or missing. The time limit for payment is stopped "
               "meanwhile."),
           _lt("Complete the invoice with the right service code as a comment. If the recipient "
               "wants it on the invoice, ask the recipient to reject it, and issue it again.")),
    Advice((("SUSPENDUE", "REF_CT_ABSENT"),),
           _lt("The contract number is missing. The time limit for payment is stopped meanwhile."),
           _lt("Complete the invoice with the contract number as a comment. If the recipient wants "
               "it on the invoice, ask the recipient to reject it, and issue it again.")),
    Advice((("SUSPENDUE", "REF_ERR"),),
           _lt("A reference on the invoice is wrong. The time limit for payment is stopped "
               "meanwhile."),
           _lt("Complete the invoice with the right reference as a comment. If the recipient wants "
               "it on the invoice, ask the recipient to reject it, and issue it again.")),
    Advice((("REJETEE", "DOUBLON"), ("REJETEE", "DOUBLE_FACT")),
           _lt("The recipient already has this invoice under another number."),
           _lt("Acknowledge the rejection and make a credit note. If the recipient is right, do "
               "not send a new invoice.")),
)

# What Odoo itself waits for, by state of the submission.
STATE_ADVICE = (
    Advice(("refused",),
           _lt("Chorus Pro did not accept the invoice: the recipient does not have it."),
           _lt("Correct what the reason says, then send the invoice again under the same number.")),
    Advice(("uncertain",),
           _lt("It is not known whether Chorus Pro has this invoice."),
           _lt("Compare it with what Chorus Pro has under its number, and decide. Until then, do "
               "not send it by other means.")),
)

# By key of the operation and codeRetour.
REFUSAL_ADVICE = (
    Advice((("completer", 20000),),
           _lt("Chorus Pro cannot find this invoice for your structure."),
           _lt("Look for it on the portal: another structure or another environment may have it.")),
    Advice((("completer", 20001),),
           _lt("The technical account may not act for this structure."),
           _lt("Have the structure's main manager give it the right to the space of issued "
               "invoices.")),
    Advice((("completer", 20002),),
           _lt("The invoice is no longer suspended."),
           _lt("Odoo has read its status again: do what it now requires.")),
    Advice((("ajouter_fichier", 20003),),
           _lt("The attachment is larger than 10 MB."),
           _lt("Reduce it, or divide it into several files.")),
    Advice((("deposer_flux", 20001),),
           _lt("The file is larger than Chorus Pro accepts."),
           _lt("Lower the number of invoices for each file on the connection.")),
)
# Operations whose refusals ask to send again once the invoice is corrected.
DEPOSITS = ("soumettre", "deposer_flux")
# By what the words of a refusal say, see choruspro/refusal_wordings.py.
WORDING_ADVICE = (
    Advice(("service_missing",),
           _lt("The recipient requires a service code, and the invoice has none."),
           _lt("Choose the service on the invoice, then send again.")),
    Advice(("engagement_missing",),
           _lt("The recipient requires an engagement number, and the invoice has none."),
           _lt("Ask the recipient for it, enter it on the invoice, then send again.")),
    Advice(("service_unknown",),
           _lt("The recipient does not have this service, or has closed it."),
           _lt("Choose one of its open services on the invoice, then send again.")),
    Advice(("own_service_unknown",),
           _lt("Chorus Pro does not know your own service, or it is closed."),
           _lt("Correct the supplier's service on the connection, then send again.")),
    Advice(("recipient_unknown",),
           _lt("Chorus Pro does not know the recipient, or the recipient is inactive."),
           _lt("Correct the SIRET of the customer, then send again.")),
    Advice(("supplier_unknown",),
           _lt("Chorus Pro does not know your SIRET."),
           _lt("Correct the SIRET of the connection, or have your structure created on the portal, "
               "then send again.")),
    Advice(("totals_wrong",),
           _lt("For Chorus Pro, the totals of the invoice and its VAT by rate do not agree."),
           _lt("Check the VAT of each line and its rounding, then send again.")),
    Advice(("pdf_unreadable",),
           _lt("Chorus Pro cannot read the PDF."),
           _lt("Open the PDF: if it is damaged, have it made again, then send again.")),
)
TABLES = (STATUS_ADVICE, REASON_ADVICE, STATE_ADVICE, REFUSAL_ADVICE, WORDING_ADVICE)
BY_CODE = {
    code: advice
    for table in TABLES
    for advice in table
    for code in advice.codes
}


def status_advice(state, status_code, comment=""):
    """The :class:`Advice` for a submission in this state and status of Chorus Pro, or None.

    :param comment: the recipient's, which may hold the code of a reason
    """
    if state not in BY_CODE:
        for word in re.findall(r"[A-Z]+(?:_[A-Z]+)*", comment or ""):
            if (status_code, word) in BY_CODE:
                return BY_CODE[status_code, word]
    return BY_CODE.get(state) or BY_CODE.get(status_code)


def refusal_advice(error):
    """The :class:`Advice` for a ``ChorusProError``, or None when neither its code nor its words are
    known."""
    advice = BY_CODE.get((error.operation, error.return_code))
    if not advice and error.code == "refused" and error.operation in DEPOSITS:
        advice = wording_advice(error.label)
    return advice


def wording_advice(text):
    """The :class:`Advice` for what a refusal of an invoice says in words, or None."""
    return BY_CODE.get(meaning(text))
