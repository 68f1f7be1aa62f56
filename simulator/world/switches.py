# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Where the sources disagree about Chorus Pro, a switch chooses one side."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Switch:
    """`choices` are the sides, or a type with `least` for a free number."""

    default: object
    about: str
    choices: tuple = ()
    least: int = 0

    def accepts(self, value):
        if self.choices:
            return any(value == side and type(value) is type(side) for side in self.choices)
        return isinstance(value, int) and not isinstance(value, bool) and value >= self.least

    def sides(self):
        return list(self.choices) if self.choices else f"a whole number from {self.least}"


SWITCHES = {
    "refusal_status": Switch(
        200, "HTTP status of a business refusal (codeRetour other than 0)", (200, 400)
    ),
    "empty_search": Switch(
        0, "codeRetour of a search that finds nothing: 0 and an empty list, or 20000", (0, 20000)
    ),
    "main_attachment": Switch(
        "both",
        "shape of pieceJointePrincipale in soumettre: working clients send an array, the Swagger"
        " shows an object",
        ("both", "array", "object"),
    ),
    "invoice_date": Switch(
        "day",
        "dateFacture in soumettre: a day, as working clients send, or a date with time too, as the"
        " Swagger and its typed clients write it",
        ("day", "both"),
    ),
    "supplier_service": Switch(
        "optional",
        "idServiceFournisseur in soumettre without a service: left out; 0 too, as the Swagger's"
        " default; or a field that must be there, 0 for none, as a PHP client has it",
        ("optional", "zero", "mandatory"),
    ),
    "attachment_object": Switch(
        "name",
        "typeObjet in typespj: a name, as typed clients send, or a number too, as in the published"
        " request; what the numbers mean is not published, so one does not filter",
        ("name", "both"),
    ),
    "empty_values": Switch(
        "refused",
        "an empty text where a value of a list or a date is due, which typed clients send for none:"
        " refused, or read as absent",
        ("refused", "absent"),
    ),
    "rejection_reason": Switch(
        "refused",
        "motifRejet and cpltInfos in traiterRejet: unknown fields, as in the Swagger, or read and"
        " ignored, as a Go client sends them",
        ("refused", "ignored"),
    ),
    "unread_values": Switch(
        "alternate",
        "what deposer/pdf did not recognise: null, left out, or each in turn; both shapes are"
        " published",
        ("alternate", "null", "absent"),
    ),
    "credit_note_sign": Switch(
        "any", "sign of the amounts of an AVOIR in soumettre", ("any", "positive", "negative")
    ),
    "duplicate_code": Switch(20310, "codeRetour of a number that is already used", least=1),
    "duplicates": Switch(
        "refused",
        "a number already used: refused, or a second invoice for a client that deposits twice",
        ("refused", "accepted"),
    ),
    "flow_errors": Switch(
        "array",
        "a single error in a list of a flow report: array or bare object",
        ("array", "object"),
    ),
    "flow_vat": Switch(
        "tolerant",
        "VAT of a rate in an invoice of a flow: less than 1 from its base by the rate, as EN 16931"
        " allows where VAT is rounded line by line, or equal to the cent",
        ("tolerant", "exact"),
    ),
    "flow_mode": Switch(
        "UPLOAD_API",
        "modeDepot of the invoices that come by flows",
        ("UPLOAD_API", "EDI_MIXTE", "EDI_XML_STRUCT", "EDI"),
    ),
    "flow_unknown_s": Switch(
        0, "seconds after a deposit during which its report says 20001, flow unknown"
    ),
    "facturx_report": Switch(
        "pdf",
        "consulterCR of a Factur-X flow: a PDF as for the others, or a refusal as observed in 2018",
        ("pdf", "refused"),
    ),
    "moving_rows": Switch(
        0, "invoices of the result that get a new status, dated now, after each served page"
    ),
    "largest_page": Switch(1000, "most rows of one page, whatever the request says", least=1),
    "larger_page": Switch(
        "cut", "a search for pages larger than that: cut to it, or refused", ("cut", "refused")
    ),
    "identifier_type": Switch(
        "text", "identifiantStructure of structures/rechercher: text or number", ("text", "number")
    ),
}


class Switches:
    """Read as attributes: ``switches.refusal_status``."""

    def __init__(self):
        self._values = {name: switch.default for name, switch in SWITCHES.items()}

    def __getattr__(self, name):
        try:
            return self.__dict__["_values"][name]
        except KeyError:
            raise AttributeError(name) from None

    def set(self, **values):
        """Changes all the given ones, or none: ValueError names the wrong one and its sides."""
        for name, value in values.items():
            if name not in SWITCHES:
                raise ValueError(f"unknown switch {name}; known: {', '.join(SWITCHES)}")
            if not SWITCHES[name].accepts(value):
                raise ValueError(f"switch {name} takes {SWITCHES[name].sides()}")
        self._values.update(values)

    def to_json(self):
        return {
            name: {"value": self._values[name], "sides": switch.sides(), "about": switch.about}
            for name, switch in SWITCHES.items()
        }
