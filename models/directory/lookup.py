# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import logging
from contextlib import contextmanager
from datetime import timedelta

from odoo import api, fields, models

from ...choruspro.checks import blocking
from ...choruspro.errors import RefusedError

_logger = logging.getLogger(__name__)

# First key of the advisory locks on a SIRET; any constant that nobody else uses.
ADVISORY_CLASS = 0x43504449
# What is asked about a structure -> how long the answer serves. Demands change, lists seldom do.
FRESH = {
    "searched_at": timedelta(days=7),
    "refreshed_at": timedelta(days=1),
    "services_at": timedelta(days=7),
}
SERVICE_FRESH = timedelta(days=1)
# Nothing is refused for what was read earlier than this: it is asked again first.
RECENT = timedelta(minutes=5)
NOW = timedelta(0)


class ChorusProStructure(models.Model):
    """Asking Chorus Pro about structures, and writing down what it says.

    One process at a time asks about a SIRET, in a transaction of its own: what was read stays
    whatever becomes of the invoice for which it was asked, and several senders ask once.
    """

    _inherit = "chorus.pro.structure"

    @api.model
    @contextmanager
    def _alone(self, siret):
        """This model in a transaction of its own, alone to ask about ``siret``; committed at the
        end. Nothing read before it is seen through it, nor the other way round."""
        cursor = self.env.registry.cursor
        with cursor() as turn:
            turn.execute(
                "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [ADVISORY_CLASS, siret]
            )
            # Begun once it is our turn, so that it sees what another process wrote before.
            with cursor() as cr:
                yield self.with_env(self.env(cr=cr, su=True))

    @api.model
    def _check(self, client, environment, siret, *, service_code, engagement_number, on):
        """Problems of an invoice with what its recipient demands, asked when it is not known well
        enough; a refusal is never decided on what is old.

        :param client: :class:`ChorusProClient` of ``environment``
        :param siret: of the recipient, 14 digits
        :param on: date of the invoice
        :return: list of :class:`Problem`
        :raises ChorusProError: Chorus Pro does not answer
        """
        with self._alone(siret) as directory:
            named = {"service_code": service_code, "engagement_number": engagement_number, "on": on}
            structures = directory._of_sirets(environment, [siret])
            structures = structures._ask_what_is_due(client, environment, siret, service_code)
            problems = structures._problems(**named)
            if blocking(problems) and not structures._is_recent():
                structures = directory._find(client, environment, siret, service_code)
                problems = structures._problems(**named)
            return problems

    @api.model
    def _find(self, client, environment, siret, service_code=None):
        """Ask all about a SIRET, write it, and give its rows: one without ``chorus_id`` when
        Chorus Pro knows none.

        :raises ChorusProError: nothing is written then
        """
        structures = self._of_sirets(environment, [siret])
        return structures._ask(client, environment, siret, FRESH, service_code)

    def _ask_what_is_due(self, client, environment, siret, service_code):
        """Ask of these rows of one SIRET what is too old; give the rows of the SIRET."""
        return self._ask(client, environment, siret, self._due_questions(), service_code)

    def _due_questions(self, ahead=NOW):
        """What is too old to be relied on, as names of fields, the most overdue first.

        :param ahead: how much later it is to be relied on
        """
        one = self._recipient()
        if not one:
            # Who it is must be known before anything else can be asked.
            asked = [row.searched_at for row in self]
            known = self and all(_is_fresh(at, FRESH["refreshed_at"], ahead) for at in asked)
            return [] if known else list(FRESH)
        due = [name for name, fresh in FRESH.items() if not _is_fresh(one[name], fresh, ahead)]
        never = fields.Datetime.from_string("1970-01-01")
        return sorted(due, key=lambda name: (one[name] or never) + FRESH[name])

    def _is_recent(self):
        """Whether what these rows of one SIRET say was read a moment ago."""
        since = fields.Datetime.now() - RECENT
        names = FRESH if self._recipient() else ["searched_at"]
        return all(row[name] and row[name] >= since for row in self for name in names)

    def _ask(self, client, environment, siret, questions, service_code=None):
        """Ask these questions (names of fields of FRESH) and, unless it is known, what the service
        demands itself.

        :return: the rows of the SIRET
        """
        structures = self
        if "searched_at" in questions:
            structures = structures._write_found(
                environment, siret, client.search_structures(siret)
            )
        one = structures._recipient()
        if not one:
            return structures
        if "refreshed_at" in questions:
            one._write_details(client.read_structure(one.chorus_id))
        if "services_at" in questions:
            one._write_services(client.search_services(one.chorus_id))
        service = one._service(service_code) if service_code else one.service_ids.browse()
        if service and not service._has_fresh_details():
            service._ask_details(client)
        return structures

    # ------------------------------------------------------------------
    # Writing what was read
    # ------------------------------------------------------------------

    def _write_found(self, environment, siret, found):
        """Make the rows of one SIRET those of a search (:class:`StructureSummary`).

        :return: the rows; those that Chorus Pro does not give any more are closed
        """
        now = fields.Datetime.now()
        common = {"searched_at": now, "trouble": False}
        by_id = {row.chorus_id: row for row in self if row.chorus_id}
        free = self.filtered(lambda row: not row.chorus_id)
        kept = self.browse()
        for summary in found:
            values = {
                **common,
                "chorus_id": summary.structure_id,
                "name": summary.name,
                "active": summary.active,
            }
            row = by_id.pop(summary.structure_id, None)
            if row is None:
                row, free = free[:1], free[1:]
            if row:
                row.write(values)
            else:
                row = self.create({**values, "environment": environment, "siret": siret})
            kept |= row
        gone = self.browse().union(*by_id.values())
        gone.write({**common, "active": False})
        kept |= gone
        if kept:
            free.unlink()
        elif free:
            free.write(common)
            kept = free
        else:
            kept = self.create({**common, "environment": environment, "siret": siret})
        return kept

    def _write_details(self, details):
        """Keep what the structure demands (:class:`StructureDetails`), also what it does not any
        more."""
        self.write(
            {
                "refreshed_at": fields.Datetime.now(),
                "is_public": details.public is not False,
                "service_required": details.service_required,
                "engagement_required": details.engagement_required,
                "service_or_engagement_required": details.service_or_engagement_required,
                "payment_not_reported": details.payment_not_reported,
                "works_owner_only": details.works_owner_only,
                "same_entity": ", ".join(details.duplicates),
            }
        )

    def _write_services(self, services):
        """Make the services of this structure these (:class:`Service`); the others are archived."""
        known = {service.chorus_id: service for service in self.service_ids}
        new = []
        for service in services:
            values = {
                "code": service.code,
                "name": service.label,
                "active": service.active,
                "valid_from": service.valid_from or False,
                "valid_until": service.valid_until or False,
            }
            row = known.pop(service.service_id, None)
            if row is None:
                new.append({**values, "structure_id": self.id, "chorus_id": service.service_id})
            elif changed := {name: value for name, value in values.items() if row[name] != value}:
                row.write(changed)
        self.env["chorus.pro.service"].create(new)
        self.env["chorus.pro.service"].union(*known.values()).write({"active": False})
        self.services_at = fields.Datetime.now()


class ChorusProService(models.Model):
    _inherit = "chorus.pro.service"

    def _has_fresh_details(self, ahead=NOW):
        return _is_fresh(self.details_at, SERVICE_FRESH, ahead)

    def _ask_details(self, client):
        """Read what these services demand themselves; one that Chorus Pro does not give is
        closed."""
        for service in self:
            try:
                details = client.read_service(service.structure_id.chorus_id, service.chorus_id)
            except RefusedError as error:
                _logger.info("Chorus Pro does not give the service %s: %s", service.code, error)
                service.active = False
                continue
            service.write(
                {
                    "engagement_required": details.engagement_required,
                    "details_at": fields.Datetime.now(),
                }
            )


def _is_fresh(asked_at, fresh, ahead):
    """Whether what was read then still serves; a date in the future is that of a clock that was
    set back."""
    now = fields.Datetime.now()
    return bool(asked_at) and now + ahead - fresh <= asked_at <= now
