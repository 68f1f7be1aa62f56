# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What the client asks about structures, their services and their orders."""

from . import limits, operations
from .calls import Calls, read_rows
from .messages import (
    Commitment,
    IdentifierType,
    Service,
    ServiceDetails,
    Space,
    StructureDetails,
    StructureSummary,
    writing,
)

# The state of an order that can be invoiced (observed by clients)
_ORDERED = "COMMANDE"


class StructureQueries(Calls):
    """Public entities and suppliers, their services and their commitments."""

    def search_structures(self, identifier, identifier_type="SIRET"):
        """The structures with this identifier (tuple of StructureSummary), usually one or none."""
        structure = {
            "identifiantStructure": writing.text(
                "identifier", identifier, limits.MAX_STRUCTURE_CODE
            ),
            "typeIdentifiantStructure": writing.choice(
                "identifier_type", identifier_type, IdentifierType
            ),
        }
        return self._all_pages(
            operations.SEARCH_STRUCTURES,
            {"structure": structure},
            ("parametres", "IdentifiantStructure"),
            lambda data: read_rows(data, "listeStructures", StructureSummary),
        )

    def read_structure(self, structure_id):
        """What a structure demands of its suppliers (StructureDetails)."""
        payload = {
            "idStructureCPP": writing.identifier("structure_id", structure_id),
            "codeLangue": "FR",
        }
        return self._ask(operations.READ_STRUCTURE, payload, StructureDetails.from_json)

    def search_services(self, structure_id):
        """All services of a structure (tuple of Service), the closed ones too."""
        return self._all_pages(
            operations.SEARCH_SERVICES,
            {"idStructure": writing.identifier("structure_id", structure_id)},
            ("parametresRechercherServicesStructure", "CodeService"),
            lambda data: read_rows(data, "listeServices", Service),
        )

    def read_service(self, structure_id, service_id):
        """What a service demands, beyond its structure (ServiceDetails)."""
        payload = {
            "idStructure": writing.identifier("structure_id", structure_id),
            "idService": writing.identifier("service_id", service_id),
            "codeLangue": "FR",
        }
        return self._ask(operations.READ_SERVICE, payload, ServiceDetails.from_json)

    def search_spaces(self, structure_id):
        """The spaces of one's own structure (tuple of Space), the closed ones too.

        The AIFE Swagger marks the operation as deprecated: be ready for a refusal.
        """
        return self._all_pages(
            operations.SEARCH_SPACES,
            {"structure": {"idStructure": writing.identifier("structure_id", structure_id)}},
            ("parametresRechercherEspaces", "CodeEspace"),
            lambda data: read_rows(data, "listeEspace", Space),
        )

    def search_commitments(self, structure_id, number):
        """The orders with this engagement number that can be invoiced (tuple of Commitment).

        structure_id: that of our own structure, which the order is for. None found means that
        Chorus Pro does not know the number: not every public body registers its orders there.
        """
        payload = {
            # A text, unlike elsewhere (observed by clients)
            "structureReceptriceEngagementJuridique": str(
                writing.identifier("structure_id", structure_id)
            ),
            "numeroEngagementJuridique": writing.text("number", number, limits.MAX_REFERENCE),
            "etatCourantEngagementJuridique": _ORDERED,
        }
        return self._ask(
            operations.SEARCH_COMMITMENTS,
            payload,
            lambda data: read_rows(data, "listeEngagementJuridique", Commitment),
        )
