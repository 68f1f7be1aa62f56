# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A database with very many invoices: copies of one, made by SQL. They have no lines, which
neither following nor the screens of Chorus Pro read."""

import time

from ..chaos.command import whole_number
from ..odoo import shell as odoo_shell
from ..setup.home import ADDON

DATABASE = "chorus_pro_bench_install"
INVOICES, LEAST, MOST = 400_000, 2_000, 1_000_000


def invoices():
    """How many INVOICES asks for."""
    return whole_number("INVOICES", INVOICES, LEAST, MOST)


def multiply(cr, table, record, values, source):
    """Insert copies of one row; gives how many.

    values: {column: SQL expression} of what differs. source: what is behind FROM beside the row
    that is copied, which is called `origin`.
    """
    cr.execute("""SELECT column_name FROM information_schema.columns
                   WHERE table_schema = current_schema() AND table_name = %s""", [table])
    columns = [name for [name] in cr.fetchall() if name not in ("id", *values)]
    names = ", ".join(f'"{name}"' for name in (*columns, *values))
    kept = ", ".join(f'origin."{name}"' for name in columns)
    cr.execute(f"""INSERT INTO {table} ({names}) SELECT {kept}, {", ".join(values.values())}
                     FROM {table} AS origin, {source} WHERE origin.id = %s""", [record])
    return cr.rowcount


def install(databases):
    """Print and give what it takes to install the add-on beside so many invoices."""
    count, odoo = invoices(), databases.server
    databases.fresh(DATABASE, with_addon=False)
    odoo_shell.call(odoo, DATABASE, __file__.replace("stock.py", "in_shell.py"), "fill",
                    count=count)
    started = time.monotonic()
    odoo.run("-d", DATABASE, "-i", ADDON, "--stop-after-init", "--no-http",
             title=f"installing the add-on beside {count} invoices", log=f"{DATABASE}.log")
    seconds = round(time.monotonic() - started, 1)
    databases.drop(DATABASE)
    print(f"install_on_{count}: seconds={seconds}", flush=True)
    return {f"install_on_{count}": {"seconds": seconds}}
