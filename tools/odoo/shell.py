# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A function of a file of this folder, called in Odoo's shell on a database."""

import json
import subprocess
from pathlib import Path

from ..console import Problem, last_line

MARK = "RESULT "


def call(server, database, script, function, *options, **arguments):
    """Call `function(env, **arguments)` of the file `script` in Odoo's shell; returns its result.

    script: a path; it is pasted into the shell, so it imports nothing of its folder. arguments and
    result: as JSON holds them. options: more arguments of Odoo's command line. Raises Problem.
    """
    text = Path(script).read_text(encoding="utf-8")
    text += (f"\n\nimport json\nprint({MARK!r} + json.dumps({function}(env, "
             f"**json.loads({json.dumps(arguments)!r}))))\nenv.cr.commit()\n")
    log = server.home.logs / f"{database}-shell.log"
    done = subprocess.run(
        server.command("shell", "-d", database, "-c", server.home.config, "--no-http", "--logfile",
                       log, *options),
        input=text, capture_output=True, text=True, check=False, env=server.environment(),
        cwd=server.home.root)
    for line in done.stdout.splitlines():
        if line.startswith(MARK):
            return json.loads(line.removeprefix(MARK))
    with open(log, "a", encoding="utf-8") as stream:
        stream.write(done.stderr)
    raise Problem(f"{function} on {database}: {last_line(log)} (log: {log})")
