# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Importing the library factur-x, also where Odoo has changed the import of stdnum."""

import importlib
from importlib.machinery import SourceFileLoader


def import_facturx():
    """The module ``facturx``; ImportError, naming the package, when it is not installed.

    factur-x imports stdnum.iban, which reads a data file of its own package as it is imported.
    Odoo patches stdnum by an import hook whose loader knows only how to run a module: there,
    importlib.resources finds no file. The loader gets the missing method back first.
    """
    stdnum = importlib.import_module("stdnum")
    loader = stdnum.__spec__.loader
    if not hasattr(loader, "get_resource_reader"):
        whole = SourceFileLoader(stdnum.__name__, stdnum.__file__)
        loader.get_resource_reader = whole.get_resource_reader
    try:
        return importlib.import_module("facturx")
    except ModuleNotFoundError as error:
        if error.name != "facturx":
            raise
        raise ImportError(
            "the Python package factur-x is missing: install it (pip install factur-x~=7.8)"
        ) from error
