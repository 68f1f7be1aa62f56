# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""`python -m tools COMMAND`: one line for a person when something is wrong, never a traceback."""

import errno
import os
import sys

from .commands import COMMANDS
from .console import PREFIX, Problem
from .processes import Ended, bypass_proxies_on_loopback, stop_on_signals


def main(arguments):
    """Run the command named first; gives the exit code."""
    name, *rest = arguments or ["help"]
    if name not in COMMANDS:
        print(f"{PREFIX}no command {name}: see make help", file=sys.stderr)
        return 2
    stop_on_signals()
    bypass_proxies_on_loopback(os.environ)
    try:
        return COMMANDS[name](rest) or 0
    except Problem as problem:
        print(f"{PREFIX}{problem}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, Ended):
        print(f"{PREFIX}stopped", file=sys.stderr)
        return 130
    except OSError as error:
        hint = " (free some space)" if error.errno in (errno.ENOSPC, errno.EDQUOT) else ""
        print(f"{PREFIX}{error.strerror or error}: {error.filename or 'a file'}{hint}: put that "
              "right or set CHORUS_PRO_HOME to another folder, then run it again",
              file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
