# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Faults with a name: armed by order for some answers, consumed one by one."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    """`operations` empty: any operation of the API (not the token). `options`: name, default."""

    about: str
    operations: tuple = ()
    options: dict = field(default_factory=dict)


_INVOICE_READS = ("rechercher_fournisseur", "consulter_fournisseur", "consulter_historique")
# What happens to files of the EDI mode; no operations of the API
EDI_PUT, EDI_GET, EDI_READY, EDI_REPORT = "edi_put", "edi_get", "edi_ready", "edi_report"
_WITH_IDS = (
    "deposer_pdf",
    "deposer_flux",
    "soumettre",
    "completer",
    "recycler",
    "traiter_facture_a_valider",
    "ajouter_fichier",
    "rechercher_fournisseur",
    "consulter_fournisseur",
    "consulter_historique",
    "structures_rechercher",
    "structures_consulter",
    "structures_rechercher_services",
    "coordbanc_valides",
)

API_FAULTS = {
    "connection_refused_like": Fault(
        "the connection is closed before the request is read: nothing is done"
    ),
    "unauthorized_once": Fault(
        "401 although the token is good (by certificate: although the account is good)"
    ),
    "rate_limited": Fault("429 with Retry-After: nothing is done", options={"retry_after": 7}),
    "bad_gateway": Fault("502 with an HTML page: nothing is done"),
    "maintenance_page": Fault("200 with an HTML page: nothing is done"),
    "lost_answer": Fault("the work is done, then the connection is closed without an answer"),
    "bad_gateway_after": Fault("the work is done, then 502 with an HTML page"),
    "truncated_json": Fault("the work is done, then the first half of the JSON as a whole answer"),
    "slow": Fault("the work is done, then the answer waits", options={"seconds": 1}),
    "duplicate_deposit": Fault("soumettre says that the number already exists", ("soumettre",)),
    "attachment_gone": Fault(
        "the file is taken and its id answered, then the platform has lost it",
        ("deposer_pdf", "ajouter_fichier"),
    ),
    "flow_incident": Fault(
        "the flow ends IN_INCIDENTE: none of its invoices is integrated", ("deposer_flux",)
    ),
    "half_answer": Fault("the work is done, codeRetour is 0, the ids are missing", _WITH_IDS),
    "unknown_status": Fault(
        "the first invoice of the answer gets the status NOUVEAU_STATUT_2027", _INVOICE_READS
    ),
    "status_going_back": Fault(
        "the first invoice of the answer gets the status before its current one again",
        _INVOICE_READS,
    ),
    "missing_page": Fault(
        "a page after the first is empty although there are more rows", ("rechercher_fournisseur",)
    ),
    "odd_text": Fault(
        "the work is done, then one text of the answer is another one: the first `field`, of what "
        "holds the value `of`; by default half an emoji and NUL. It waits for such an answer",
        options={"field": "libelle", "of": "", "text": "\ud83d\x00"},
    ),
    "spurious_invalid_client": Fault("the token endpoint refuses a good client", ("token",)),
}
EDI_FAULTS = {
    "edi_put_cut": Fault("the connection ends while a file is written", (EDI_PUT,)),
    "edi_cut_before_rename": Fault("the connection ends before the renaming", (EDI_PUT,)),
    "edi_cut_after_rename": Fault("the connection ends after the renaming", (EDI_PUT,)),
    "edi_disk_full": Fault("nothing more can be written", (EDI_PUT,)),
    "edi_get_cut": Fault("the connection ends while a file is read", (EDI_GET,)),
    "edi_half_file": Fault("a file lies ready by half, and whole once that is read", (EDI_READY,)),
    "edi_twice": Fault("a file lies ready again after it was fetched", (EDI_READY,)),
    "edi_no_report": Fault("the report of a flow never comes", (EDI_REPORT,)),
    "edi_life_before_report": Fault(
        "the report of a flow comes after the next life cycle", (EDI_REPORT,)
    ),
}
FAULTS = {**API_FAULTS, **EDI_FAULTS}


@dataclass
class _Armed:
    operation: str
    left: int
    options: dict


class Faults:
    """What is armed now. Not thread-safe: the platform's lock is held around every use."""

    def __init__(self, operations):
        self._operations = operations
        self._armed = {name: [] for name in FAULTS}

    def clear(self):
        """Disarms all faults."""
        for armed in self._armed.values():
            armed.clear()

    def arm(self, name, operation=None, times=1, **options):
        """ValueError says what is wrong and which names exist."""
        if name not in FAULTS:
            raise ValueError(f"unknown fault {name}; known: {', '.join(FAULTS)}")
        fault = FAULTS[name]
        known = fault.operations or self._operations
        if operation is not None and operation not in known:
            raise ValueError(f"{name} exists for: {', '.join(known)}")
        if not isinstance(times, int) or isinstance(times, bool) or times < 1:
            raise ValueError("times must be a whole number from 1")
        for option, value in options.items():
            if option not in fault.options:
                raise ValueError(f"{name} has no option {option}")
            _check_option(option, value, fault.options[option])
        self._armed[name].append(_Armed(operation, times, {**fault.options, **options}))

    def take(self, name, operation, fits=None):
        """Consumes one use of a fault for this operation: its options, or None. `fits`: decides
        from the options whether it can be used now."""
        if operation not in (FAULTS[name].operations or self._operations):
            return None
        for armed in self._armed[name]:
            if armed.operation in (None, operation) and (fits is None or fits(armed.options)):
                armed.left -= 1
                if not armed.left:
                    self._armed[name].remove(armed)
                # Never falsy: a fault without options was still taken
                return {"name": name, **armed.options}
        return None

    def to_json(self):
        return [
            {
                "name": name,
                "about": fault.about,
                "operations": list(fault.operations or self._operations),
                "options": fault.options,
                "armed": [
                    {"operation": armed.operation, "times": armed.left, **armed.options}
                    for armed in self._armed[name]
                ],
            }
            for name, fault in FAULTS.items()
        ]


def _check_option(name, value, default):
    if isinstance(default, str):
        if not isinstance(value, str):
            raise ValueError(f"{name} must be a text")
    elif not isinstance(value, (int, float)) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{name} must be a number of seconds from 0")


def holder_of(answer, options):
    """The object of an answer in which the text of `odd_text` is to be replaced, else None."""
    if isinstance(answer, dict):
        if options["of"] and str(options["of"]) not in map(str, answer.values()):
            return _first(answer.values(), options)
        if isinstance(answer.get(options["field"]), (str, int)):
            return answer
        return _first(answer.values(), {**options, "of": ""})
    return _first(answer, options) if isinstance(answer, (list, tuple)) else None


def _first(parts, options):
    found = (holder_of(part, options) for part in parts)
    return next((holder for holder in found if holder is not None), None)
