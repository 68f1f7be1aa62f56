# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import pytest

from tools.odoo.server import logged_error

INFO = "2026-01-01 10:00:00,000 1 INFO db odoo.modules.loading: loading\n"
CRITICAL = "2026-01-01 10:00:01,000 1 CRITICAL db odoo.modules.module: Couldn't load module x\n"
FAILED = """2026-01-01 10:00:02,000 1 ERROR db odoo.registry: Failed to load
Traceback (most recent call last):
  File "x.py", line 1, in <module>
ModuleNotFoundError: No module named 'x.y'
"""
WARNED = """2026-01-01 10:00:02,000 1 WARNING db odoo.http: odd
Traceback (most recent call last):
  File "x.py", line 1, in <module>
ValueError: never mind
"""


@pytest.mark.parametrize(("log", "told"), [
    (INFO + INFO, ""),
    (INFO + WARNED + INFO, ""),
    (INFO + CRITICAL + INFO, CRITICAL.strip()),
    (INFO + CRITICAL + FAILED + INFO, "ModuleNotFoundError: No module named 'x.y'"),
    (FAILED.partition("\n")[2], "ModuleNotFoundError: No module named 'x.y'"),
])
def test_the_first_error_of_a_log_is_told_by_its_exception(tmp_path, log, told):
    path = tmp_path / "odoo.log"
    path.write_text(log)
    assert logged_error(path) == told
