# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import subprocess

import pytest

from tools.console import Problem
from tools.setup import wkhtmltopdf


def test_the_program_starts_with_its_own_loader_in_a_folder_with_spaces(tmp_path):
    root = tmp_path / "un packed"
    libraries = root / "lib" / "x86_64-linux-gnu"
    libraries.mkdir(parents=True)
    loader = libraries / "ld-linux-x86-64.so.2"
    loader.write_text('#!/bin/sh\nprintf "%s\\n" "$FONTCONFIG_FILE" "$@"\n')
    loader.chmod(0o755)
    program = tmp_path / "bin" / "wkhtmltopdf"
    wkhtmltopdf.write_program(program, root)
    printed = subprocess.run([program, "a b.html", "-"], capture_output=True, text=True,
                             check=True).stdout.splitlines()
    assert printed == [
        f"{root}/fonts.conf", "--library-path",
        f"{root}/lib/x86_64-linux-gnu:{root}/usr/lib/x86_64-linux-gnu",
        f"{root}/usr/bin/wkhtmltopdf", "a b.html", "-"]


def test_a_package_without_loader_is_one_sentence(tmp_path):
    with pytest.raises(Problem, match="no loader"):
        wkhtmltopdf.write_program(tmp_path / "bin" / "wkhtmltopdf", tmp_path)
