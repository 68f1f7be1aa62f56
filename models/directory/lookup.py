# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import logging
from contextlib import contextmanager
from datetime import timedelta

from odoo import api, fields, models

from ...choruspro.checks import blocking
from ...choruspro.errors import RefusedError
from .structure import NEVER, NOW, REQUIREMENTS, REQUIREMENTS_SERVE, is_fresh

_logger = logging.getLogger(__name__)

# First key of the advisory locks on a SIRET; any constant that nobody else uses.
ADVISORY_CLASS = 0x43504449
# What is queried about a structure -> how long the answer serves.
FRESH = {
    "searched_at": timedelta(days=7),
    "refreshed_at": REQUIREMENTS_SERVE,
    "services_at": timedelta(days=7),
}
SERVICE_FRESH = timedelta(days=1)
# No invoice is refused on an older answer: it is queried again first.
RECENT = timedelta(minutes=5)


class ChorusProStructure(models.Model):
    """Queries about structures, and how their answers are kept.

    One process at a time queries a SIRET, in a separate transaction: an answer is kept whatever
    becomes of the invoice that needed it, and several senders query once.
    """

    _inherit = "chorus.pro.structure"

    @api.model
    @contextmanager
    def _alone(self, siret):
        """This model in a separate transaction, alone to query ``siret``; committed at the end.
        Records read outside are not seen inside, nor the other way round."""
        cursor = self.env.registry.cursor
        with cursor() as turn:
            turn.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [ADVISORY_CLASS, siret])
            # Begun once it is our turn, so that it sees what another process wrote before.
            with cursor() as cr:
                yield self.with_env(self.env(cr=cr, su=True))

    @api.model
    def _check(self, client, environment, siret, *, service_code, engagement_number, on):
        """List of :class:`Problem` of an invoice of the date ``on`` with what its recipient
        requires. What is not known well enough is queried; no refusal rests on an old answer.

        :raises ChorusProError: Chorus Pro does not answer
        """
        with self._alone(siret) as directory:
            named = {"service_code": service_code, "engagement_number": engagement_number, "on": on}
            structures = directory._of_sirets(environment, [siret])
            structures = structures._ask(client, environment, siret, service_code)
            problems = structures._problems(**named)
            if blocking(problems) and not structures._is_recent():
                structures = directory._find(client, environment, siret, service_code)
                problems = structures._problems(**named)
            return problems

    @api.model
    def _find(self, client, environment, siret, service_code=None):
        """Query all about a SIRET, keep it, and give its rows: one without ``chorus_id`` when
        Chorus Pro knows none.

        :raises ChorusProError: nothing is written then
        """
        structures = self._of_sirets(environment, [siret])
        return structures._ask(client, environment, siret, service_code, FRESH)

    def _due_questions(self, ahead=NOW):
        """Names of the fields that are too old to rely on ``ahead`` of now, most overdue first."""
        one = self._recipient()
        if not one:
            # Until it is known who it is, nothing else can be queried.
            day = FRESH["refreshed_at"]
            known = self and all(is_fresh(row.searched_at, day, ahead) for row in self)
            return [] if known else list(FRESH)
        due = [name for name, fresh in FRESH.items() if not is_fresh(one[name], fresh, ahead)]
        return sorted(due, key=lambda name: (one[name] or NEVER) + FRESH[name])

    def _is_recent(self):
        """Whether what these rows of one SIRET say was read a moment ago."""
        names = FRESH if self._recipient() else ["searched_at"]
        return all(is_fresh(row[name], RECENT) for row in self for name in names)

    def _ask(self, client, environment, siret, service_code=None, questions=None):
        """Query these (names of fields of FRESH), by default those due, and, unless known, what the
        service requires; give the rows of the SIRET."""
        questions = self._due_questions() if questions is None else questions
        structures = self
        if "searched_at" in questions:
            found = client.search_structures(siret)
            structures = structures._write_found(environment, siret, found)
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

    def _write_found(self, environment, siret, found):
        """Make the rows of one SIRET those of a search (:class:`StructureSummary`), and give them;
        those that Chorus Pro no longer gives are closed."""
        common = {"searched_at": fields.Datetime.now(), "trouble": False}
        by_id = self.grouped("chorus_id")
        free = by_id.pop(False, self.browse())
        kept = self.browse()
        for one in found:
            values = {"chorus_id": one.structure_id, "name": one.name, "active": one.active}
            values |= common
            row = by_id.pop(one.structure_id, None)
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
        """Keep what the structure requires (:class:`StructureDetails`)."""
        requirements = {name: getattr(details, name) for name in REQUIREMENTS}
        self.write({
            **requirements,
            "refreshed_at": fields.Datetime.now(),
            "is_public": details.public is not False,
            "same_entity": ", ".join(details.duplicates),
        })

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
        return is_fresh(self.details_at, SERVICE_FRESH, ahead)

    def _ask_details(self, client):
        """Read what these services require; one that Chorus Pro does not give is closed."""
        for service in self:
            try:
                details = client.read_service(service.structure_id.chorus_id, service.chorus_id)
            except RefusedError as error:
                _logger.info("Chorus Pro does not give the service %s: %s", service.code, error)
                service.active = False
                continue
            service.engagement_required = details.engagement_required
            service.details_at = fields.Datetime.now()
