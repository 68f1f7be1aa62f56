# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What people read when an invoice comes back: for each code the cause, then what to do.

One table by status, one by return code; of plain values, so that a program can read them from the
source. Sources: AIFE documentation (life cycle), and what clients observed of return codes, which
mean different things from one operation to the next.
"""

from typing import NamedTuple

from odoo.tools import LazyTranslate

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
           _lt("Read the comment, add the missing document, and complete the invoice. It keeps its "
               "number: do not send another one.")),
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
BY_CODE = {
    code: advice
    for table in (STATUS_ADVICE, STATE_ADVICE, REFUSAL_ADVICE)
    for advice in table
    for code in advice.codes
}


def status_advice(state, status_code):
    """The :class:`Advice` for a submission in this state and status of Chorus Pro, or None."""
    return BY_CODE.get(state) or BY_CODE.get(status_code)


def refusal_advice(error):
    """The :class:`Advice` for a ``ChorusProError``, or None when its code is not known."""
    return BY_CODE.get((error.operation, error.return_code))
