# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Many invoices at Chorus Pro, made by SQL: what a job costs is counted with few and with many."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.tools import SQL


class StockMixin:
    """Copies a submission and its invoice; for tests whose class has a connection."""

    def _multiply(self, submission, count, **values):
        """Make ``count`` copies of this submission, each of an invoice of its own.

        :param values: columns of the copies that differ: SQL with the rank of the copy as ``rank``
        :return: the copies
        """
        self.env.flush_all()
        moves = self._copies(submission.move_id, count, {
            "name": "'STOCK/' || rank || '/' || nextval('account_move_id_seq')",
            "chorus_pro_submission_id": "NULL", "sequence_number": "rank"})
        rows = self._copies(submission, count, {
            "name": "(SELECT name FROM account_move WHERE id = move.id)",
            "move_id": "move.id",
            "chorus_invoice_id": "'9' || move.id",
            **values}, moves)
        self.env.cr.execute(
            """UPDATE account_move SET chorus_pro_submission_id = submission.id
                 FROM chorus_pro_submission submission
                WHERE submission.move_id = account_move.id AND submission.id = ANY(%s)""",
            [rows.ids])
        self.env.invalidate_all()
        return rows

    def _copies(self, record, count, values, moves=None):
        columns = [
            name for name, field in record._fields.items()
            if field.store and field.column_type and name not in ("id", *values)]
        source = SQL("generate_series(1, %s) AS rank", count)
        if moves is not None:
            source = SQL(
                "unnest(%s) WITH ORDINALITY AS move (id, rank)", moves.ids)
        rows = self.env.execute_query(SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s AS source, %s WHERE source.id = %s RETURNING id",
            SQL.identifier(record._table),
            SQL(", ").join(SQL.identifier(name) for name in (*columns, *values)),
            SQL(", ").join([
                *(SQL.identifier("source", name) for name in columns),
                *(SQL(expression) for expression in values.values())]),
            SQL.identifier(record._table), source, record.id))
        return record.browse(row_id for (row_id,) in rows)

    @contextmanager
    def _counted(self):
        """Give an environment of a job, and a list that holds the number of SQL statements of the
        block at its end."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            env, counts, statements = self.env(cr=cr, user=self.env.ref("base.user_root")), [], []
            execute = type(cr).execute

            def counted(cursor, *args, **options):
                # Without the savepoints that stand for transactions in a test.
                statements.append(args[0])
                return execute(cursor, *args, **options)

            with patch.object(type(cr), "execute", counted):
                yield env, counts
                env.flush_all()
            counts.append(len(statements))
        self.env.invalidate_all()
