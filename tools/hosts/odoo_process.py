# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Odoo's command line as a file: a server with worker processes starts one of them by its path."""

import importlib

if __name__ == "__main__":
    importlib.import_module("odoo.cli").main()
