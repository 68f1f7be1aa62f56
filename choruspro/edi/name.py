# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Names of files in the EDI mode: ``FSO1117A_AAA123_AAA1231117000000000000001.tar.gz``.

Interface, application code of the partner, then the identifier of the flow: 25 characters that
begin with the application code of who sent it. Chorus Pro refuses an identifier that it has seen.
"""

import re
from dataclasses import dataclass

from .. import errors
from ..errors import ConfigurationError

EXTENSIONS = ("tar.gz", "xml")
MOST_SEQUENCE = 10**15 - 1

_INTERFACE = r"[A-Z]{3}[0-9]{4}[A-Z]"
_APPLICATION = r"[A-Z]{3}[0-9]{3}"
_NAME = re.compile(
    rf"(?P<interface>{_INTERFACE})_(?P<application>{_APPLICATION})"
    rf"_(?P<flow>{_APPLICATION}[0-9A-Z]{{19}})(?:\.(?P<extension>tar\.gz|xml))?"
)


def is_interface(code):
    """Whether this text is an interface code, such as FSO1117A."""
    return bool(re.fullmatch(_INTERFACE, code))


def is_application(code):
    """Whether this text is an application code, such as AAA123."""
    return bool(re.fullmatch(_APPLICATION, code))


@dataclass(frozen=True)
class EnvelopeName:
    """The name of one file. ``application``: of the partner, who sends the file or gets it;
    ``flow``: the identifier, 25 characters; ``extension``: "tar.gz", "xml" or ""."""

    interface: str
    application: str
    flow: str
    extension: str = "tar.gz"

    @classmethod
    def build(cls, interface, application, sequence, extension="tar.gz"):
        """The name of a flow of ours, as the AIFE recommends: the digits of the interface, then the
        number on 15 digits.

        :param sequence: from 1 to MOST_SEQUENCE, never used before
        :raises ConfigurationError: `edi_name_invalid`, a code or the number breaks the grammar
        """
        is_good = is_interface(interface) and is_application(application)
        if not is_good or not 0 < sequence <= MOST_SEQUENCE or extension not in EXTENSIONS:
            raise ConfigurationError(
                errors.EDI_NAME_INVALID, label=f"{interface}, {application}, {sequence}")
        flow = f"{application}{interface[3:7]}{sequence:015d}"
        return cls(interface, application, flow, extension)

    @classmethod
    def parse(cls, text):
        """The parts of a file's name.

        :raises ConfigurationError: `edi_name_invalid`
        """
        found = _NAME.fullmatch(text)
        if not found:
            raise ConfigurationError(errors.EDI_NAME_INVALID, label=text)
        return cls(
            found["interface"], found["application"], found["flow"], found["extension"] or "")

    @property
    def emitter(self):
        """Application code of who made the flow."""
        return self.flow[:6]

    @property
    def is_report(self):
        """Whether this answers a deposit: its interface is the deposit's with a C in front."""
        return self.interface.startswith("C")

    def __str__(self):
        ending = f".{self.extension}" if self.extension else ""
        return f"{self.interface}_{self.application}_{self.flow}{ending}"


def flow_identifier(text):
    """The identifier in a text that is one, or that is the name of its file; "" for others."""
    text = text.strip()
    found = _NAME.fullmatch(text)
    if found:
        return found["flow"]
    return text if re.fullmatch(rf"{_APPLICATION}[0-9A-Z]{{19}}", text) else ""
