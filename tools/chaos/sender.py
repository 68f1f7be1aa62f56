# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""One sender of `make chaos`: runs the add-on's job on request, and ends at the step ordered.

Runs in its own process, forked from one that has loaded Odoo's registry. What it wraps is
wrapped here only; the add-on is unaware of it.
"""

import functools
import http.client
import importlib
import os
import signal
from datetime import timedelta

from ..odoo.job import OdooJob
from ..setup.home import ADDON
from .scenario import DOCUMENT, END_DATABASE, KILL, KILL_MIDWAY, POISON, TOGETHER

MODEL = "chorus.pro.submission"
FLOW = "chorus.pro.flow"
PACKAGE = f"odoo.addons.{ADDON}"


class Sender(OdooJob):
    """`registry` is Odoo's, `memory` a SharedMemory, `slot` this sender's place in it.

    sabotage: look-ups find nothing and there is no patience.
    """

    def __init__(self, registry, memory, slot, sabotage=False):
        super().__init__(registry, "ir_cron_send")
        self.memory = memory
        self.slot = slot
        self._orders = ()
        self._poisoned = frozenset()
        self._rows, self._backend = (), None
        self._posting = self._writing = self._together = False
        self._last_words = None
        for name in (MODEL, FLOW):
            self._wrap_model(registry[name])
        self._wrap_preparation(registry[MODEL])
        self._wrap_documents(registry[MODEL])
        self._wrap_transport(importlib.import_module(f"{PACKAGE}.choruspro.transport"))
        if sabotage:
            self._switch_look_up_off()

    def prepare(self, message):
        """`message`: pairs of an Order and the id of its submission, as the memory counts them."""
        self._orders = message
        self._poisoned = frozenset(row for order, row in message if order.action == POISON)
        self._stand(None)

    # Steps

    def _stand(self, step):
        self.memory.stand(self.slot, step, self._backend or 0)

    def _reach(self, step):
        """Record the step; carry out an order for it, once."""
        self._obey(self._expected(step))

    def _expected(self, step):
        """Record the step; returns the action ordered for this pass of it, or None."""
        if not self._rows:
            return None
        self._stand(step)
        actions = [order.action for index, (order, row) in enumerate(self._orders)
                   if order.step == step and row in self._rows and self.memory.passed(index)]
        return actions[0] if actions else None

    def _obey(self, action):
        if action in (KILL, KILL_MIDWAY):
            os.kill(os.getpid(), signal.SIGKILL)
        elif action == END_DATABASE:
            with self.registry.cursor() as cr:
                cr.execute("SELECT pg_terminate_backend(%s)", [self._backend])

    # Wrappers

    def _of_one_row(self, method):
        """`method` of a submission or a file, of which this sender is known to work on it then."""

        @functools.wraps(method)
        def wrapped(row, *arguments):
            is_file = row._name == FLOW
            self._rows = tuple((row.submission_ids if is_file else row).ids)
            self._backend = row.env.cr._cnx.info.backend_pid
            self._stand(None)
            try:
                return method(row, *arguments)
            finally:
                self._rows, self._backend = (), None
                self._stand(None)

        return wrapped

    def _wrap_model(self, model):
        """`model`: the class of the submissions, or of the files, in the registry."""
        commit = model._commit
        relock, write_down = model._commit_and_relock, model._write_down

        @functools.wraps(relock)
        def relocked(row):
            self._reach("before_row")
            done = relock(row)
            self._reach("after_row")
            return done

        @functools.wraps(write_down)
        def written(row, outcome):
            self._writing = True
            try:
                return write_down(row, outcome)
            finally:
                self._writing = False

        @functools.wraps(commit)
        def committed(row):
            if self._writing:
                self._reach("before_commit")
            return commit(row)

        model._settle, model._commit = self._of_one_row(model._settle), committed
        model._commit_and_relock, model._write_down = relocked, written

    def _wrap_preparation(self, model):
        """Each of the invoices that are prepared together, before it is looked at; those that go as
        PDF are then deposited one after the other."""
        attempt = model._attempt

        def together(method):
            @functools.wraps(method)
            def wrapped(rows, session, ends):
                self._backend = rows.env.cr._cnx.info.backend_pid
                self._together = True
                try:
                    return method(rows, session, ends)
                finally:
                    self._together, self._rows, self._backend = False, (), None
                    self._stand(None)

            return wrapped

        @functools.wraps(attempt)
        def attempted(row, *arguments):
            if self._together:
                self._rows = (row.id,)
                self._reach(TOGETHER)
            return attempt(row, *arguments)

        model._prepare_held, model._attempt = together(model._prepare_held), attempted
        model._plan_together = together(model._plan_together)
        model._deposit_planned = self._of_one_row(model._deposit_planned)

    def _wrap_documents(self, model):
        """The document of an invoice: the PDF that leaves as it is, or what a file holds."""
        archived, document = model._archived_pdf, model._document

        @functools.wraps(archived)
        def archived_pdf(row):
            if row.document_format == "pdf":
                self._swallow(row)
            return archived(row)

        @functools.wraps(document)
        def made(row, facts):
            self._swallow(row)
            return document(row, facts)

        model._archived_pdf, model._document = archived_pdf, made

    def _swallow(self, row):
        if row.id in self._poisoned:
            self._stand(DOCUMENT)
            os.kill(os.getpid(), signal.SIGKILL)

    def _wrap_transport(self, transport):
        """A POST of the client that is no query, from its body to its answer."""
        kinds, client = transport.Kind, transport.HttpTransport
        answered, sent = client.send, http.client.HTTPConnection.send
        read = http.client.HTTPConnection.getresponse

        @functools.wraps(answered)
        def post(client, operation, *arguments):
            self._posting = operation.kind is not kinds.QUERY
            try:
                answer = answered(client, operation, *arguments)
                is_post = self._posting
            finally:
                self._posting = False
            if is_post:
                self._reach("after_answer")
            return answer

        @functools.wraps(sent)
        def send(connection, data):
            if self._posting and not data.startswith(b"POST "):
                self._last_words = self._expected("during_post")
                if self._last_words == KILL_MIDWAY:
                    sent(connection, data[:len(data) // 2])
                    self._obey(KILL_MIDWAY)
            return sent(connection, data)

        @functools.wraps(read)
        def getresponse(connection):
            if self._posting:
                action, self._last_words = self._last_words, None
                self._obey(action)
            return read(connection)

        client.send = post
        http.client.HTTPConnection.send = send
        http.client.HTTPConnection.getresponse = getresponse

    def _switch_look_up_off(self):
        client = importlib.import_module(f"{PACKAGE}.choruspro.client")
        client.ChorusProClient.search_invoices = lambda *_arguments, **_options: ()
        for name in ("lookup", "flow_deposit"):
            importlib.import_module(f"{PACKAGE}.models.outbox.{name}").PATIENCE = timedelta(0)
