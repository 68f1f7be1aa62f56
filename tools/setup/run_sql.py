# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Runs one SQL statement: `python run_sql.py DATABASE STATEMENT [PARAMETER ...]`.

Run by the virtual environment's Python, which has psycopg2. The server is named by the PG*
variables. Prints the rows as a JSON list. On an error: one line, exit code 1.
"""

import json
import sys

import psycopg2

database, statement, *parameters = sys.argv[1:]
try:
    connection = psycopg2.connect(dbname=database, connect_timeout=10)
except psycopg2.OperationalError as error:
    sys.exit(f"cannot connect (see PGHOST and its like): {' '.join(str(error).split())}")
connection.autocommit = True  # CREATE DATABASE works in no transaction
with connection.cursor() as cursor:
    try:
        cursor.execute(statement, parameters or None)
    except psycopg2.Error as error:
        sys.exit(" ".join(str(error).split()))
    rows = cursor.fetchall() if cursor.description else []
print(json.dumps(rows, default=str))
