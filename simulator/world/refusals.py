# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What the platform answers when it says no.

The numbers of the known refusals are those that clients and the AIFE documentation report. The
published table is partial, so every other number is OURS TO CHOOSE, within the ranges seen at
Chorus Pro: a client must not rely on them, only on "not zero". The README lists which is which.
"""

_RECIPIENT = "Le destinataire est introuvable ou inactif."
_SERVICE = "Le code service est inconnu ou inactif pour la structure {who}."
_ATTACHMENT = "La pièce jointe {id} de type inconnu n'existe pas."
_SYNTHESIS = "La synthèse de l'en-tête n'est pas correcte"

# name: (codeRetour, libelle). "Quoted" and "meaning" mark what public reports have of the
# platform's wording: its sentence, or a translation of it. The others are the simulator's own.
REFUSALS = {
    # Any operation: the shape of the request
    "unreadable": (20100, "Le corps de la requête n'est pas un objet JSON valide."),
    "unknown_field": (20101, "Champ inconnu : {field}."),
    "wrong_type": (20102, "Type incorrect pour le champ {field} : {expected} attendu."),
    "missing": (20103, "Le champ obligatoire {field} n'est pas renseigné."),
    "too_long": (20104, "Le champ {field} dépasse {limit} caractères."),
    "not_in_list": (20105, "La valeur du champ {field} n'est pas autorisée."),
    "base64": (20106, "Le champ {field} n'est pas un contenu base64 valide ({why})."),
    # Files
    "file_empty": (20107, "Le fichier transmis est vide."),
    # Meaning
    "file_not_pdf": (20108, "La facture n'a pas pu être analysée : ce n'est pas un PDF."),
    "file_extension": (20109, "L'extension du fichier est absente ou n'est pas autorisée."),
    "attachment_too_large": (20003, "La pièce jointe dépasse 10 Mo."),
    "flow_too_large": (20001, "GDP_MSG_11.022"),
    # Rights and look-ups
    "structure_not_ours": (20110, "Le compte technique n'est pas rattaché à cette structure."),
    "structure_unknown": (20111, "La structure est inconnue."),
    "service_of_structure": (20113, "Le service est inconnu de cette structure."),
    "format_unavailable": (20114, "Ce format de téléchargement n'est pas disponible."),
    "deposit_not_allowed": (20115, "Le compte technique n'a pas le droit de déposer."),
    "invoice_unknown": (20000, "GDP_MSG_11.008"),
    "invoice_foreign": (20001, "GDP_MSG_11.005"),
    "not_suspended": (20002, "GDP_MSG_11.033"),
    "state_forbids": (20004, "GDP_MSG_11.001"),
    "page_too_large": (20119, "Le nombre de résultats par page dépasse {limit}."),
    "flow_unknown": (20001, "POQ_MSG_01.003"),
    "report_unavailable": (20112, "Le compte rendu n'est pas disponible pour ce flux."),
    "nothing_found": (20000, "TRA_MSG_00.015"),
    # soumettre
    # Meaning: one sentence for both
    "recipient_unknown": (20013, _RECIPIENT),
    "recipient_inactive": (20014, _RECIPIENT),
    # Meaning
    "service_missing": (20303, "Le service exécutant est obligatoire pour ce destinataire."),
    # Meaning: one sentence for both
    "service_unknown": (20304, _SERVICE.format(who="destinataire")),
    "engagement_missing": (20305, "Le numéro d'engagement est obligatoire pour ce destinataire."),
    "service_inactive": (20306, _SERVICE.format(who="destinataire")),
    "service_or_engagement_missing": (
        20307,
        "Le code service ou le numéro d'engagement est obligatoire pour ce destinataire.",
    ),
    "service_reserved": (20308, "Ce service est réservé aux factures entre entités publiques."),
    "number_missing": (20309, "Le numéro de facture est obligatoire pour ce mode de dépôt."),
    # Quoted
    "number_duplicate": (
        20310,
        "Vous avez déjà déposé une demande de paiement avec ce numéro de facture pour cette"
        " structure",
    ),
    "number_too_long": (20311, "Le numéro de facture dépasse 20 caractères."),
    # Said of deposits on the portal
    "number_is_date": (20336, "Le numéro de facture ne peut pas être une date."),
    "number_characters": (20312, "Le numéro de facture contient un caractère interdit."),
    "number_given": (20313, "Le numéro de facture est attribué par la plateforme en saisie."),
    "bank_account_unknown": (20314, "Les coordonnées bancaires sont inconnues du fournisseur."),
    # Meaning
    "service_of_supplier": (20315, _SERVICE.format(who="émettrice")),
    "main_attachment_missing": (20316, "La pièce jointe principale est obligatoire."),
    # Meaning
    "main_attachment_unknown": (20317, _ATTACHMENT),
    "main_attachment_used": (20318, "La pièce jointe principale est liée à une autre facture."),
    "main_attachment_shape": (20319, "Une seule pièce jointe principale est attendue."),
    "main_attachment_signature": (
        20320,
        "Le mode de dépôt ne correspond pas à la signature du PDF déposé.",
    ),
    # Meaning
    "attachment_unknown": (20321, _ATTACHMENT),
    "attachment_type": (20322, "Le type de la pièce jointe complémentaire est inconnu."),
    # Meaning, without what follows the colon
    "total_mismatch": (
        20323,
        f"{_SYNTHESIS} : le montant TTC n'est pas égal au HT plus la TVA moins la remise.",
    ),
    "vat_base_mismatch": (
        20324,
        f"{_SYNTHESIS} : la somme des bases de TVA n'est pas égale au montant HT.",
    ),
    "vat_amount_mismatch": (
        20325,
        f"{_SYNTHESIS} : la somme des lignes de TVA n'est pas égale au montant TVA.",
    ),
    "vat_rate": (20326, "Chaque ligne doit porter un seul taux de TVA, codifié ou manuel."),
    "vat_rate_unknown": (20327, "Le code du taux de TVA est inconnu."),
    "exemption_reason_missing": (20328, "Le motif d'exonération de TVA est obligatoire."),
    "currency_unknown": (20329, "La devise est inconnue."),
    "credit_note_sign": (20330, "Le signe des montants de l'avoir est incorrect."),
    "validator_missing": (20331, "La structure du valideur est obligatoire pour ce cadre."),
    "validator_unknown": (20332, "La structure du valideur est inconnue."),
    "date_missing": (20333, "La date de facture est obligatoire pour ce mode de dépôt."),
    "completion_empty": (20335, "Une pièce jointe ou un commentaire est attendu."),
    "refusal_reason_missing": (20337, "Le motif de refus est obligatoire."),
    "lines_missing": (20334, "Au moins une ligne de poste est obligatoire en saisie."),
}

SHAPE_REFUSALS = frozenset(
    {"unreadable", "unknown_field", "wrong_type", "missing", "too_long", "not_in_list", "base64"}
)


class Refusal(Exception):
    """A business or shape refusal: `name` is a key of REFUSALS, `parts` fill its sentence."""

    def __init__(self, name, *, code=None, **parts):
        number, sentence = REFUSALS[name]
        self.name = name
        self.code = number if code is None else code
        self.label = sentence.format(**parts)
        super().__init__(f"{name}: {self.label}")

    @property
    def about_shape(self):
        """True when the request could not even be read: always HTTP 400."""
        return self.name in SHAPE_REFUSALS

    def to_json(self):
        return {"codeRetour": self.code, "libelle": self.label}


class Oversized(Exception):
    """The gateway refuses the size itself: HTTP 413 without a Chorus Pro body."""
