# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What the client asks about structures."""

from . import limits, operations
from .calls import Calls, read_rows
from .messages import IdentifierType, Service, StructureDetails, StructureSummary, writing


class StructureQueries(Calls):
    """Public entities and suppliers, and their services."""

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
