# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""One simulator for all tests, forgotten and reset before each; a caller that knows the rules."""

import base64
import os

import pytest
import requests

from simulator.server import SimulatorServer

# A proxy of the machine has no business here
os.environ["NO_PROXY"] = "127.0.0.1"

PDF = b"%PDF-1.7\nfacture\n%%EOF\n"


def set_path(body, path, value):
    """Sets a dotted path of a request; `...` removes it. Digits index arrays."""
    *parents, last = path.split(".")
    for name in parents:
        body = body[int(name)] if name.isdigit() else body.setdefault(name, {})
    if value is ...:
        del body[last]
    else:
        body[last] = value


class Caller:
    """Calls the simulator like a client, with valid requests by default."""

    def __init__(self, sim, supplier=0):
        self.sim = sim
        self.known = sim.control.credentials()
        self.supplier = self.known["suppliers"][supplier]
        self.http = requests.Session()
        self.http.trust_env = False
        account = f"{self.supplier['login']}:{self.supplier['password']}"
        self.enter(base64.b64encode(account.encode()).decode())

    def enter(self, account):
        """Gets the right to call; `account`: base64 of login:password."""
        self.http.headers["cpro-account"] = account
        self.renew()

    def token(self, **changes):
        form = {
            "grant_type": "client_credentials",
            "client_id": self.known["client_id"],
            "client_secret": self.known["client_secret"],
            "scope": "openid",
            **changes,
        }
        return self.http.post(self.known["token_url"], data=form)

    def renew(self):
        token = self.token().json()["access_token"]
        self.http.headers["Authorization"] = f"Bearer {token}"

    def post(self, path, body, **options):
        return self.http.post(self.known["api_url"] + path, json=body, **options)

    def ok(self, path, body):
        response = self.post(path, body)
        assert response.status_code == 200, response.text
        answer = response.json()
        assert answer["codeRetour"] == 0, answer
        return answer

    def deposit(self, content=PDF, **changes):
        body = {
            "fichierFacture": base64.b64encode(content).decode(),
            "nomFichier": "facture.pdf",
            "formatDepot": "PDF_NON_SIGNE",
            **changes,
        }
        return self.post("factures/v1/deposer/pdf", body)

    def pdf_id(self, **changes):
        return self.deposit(**changes).json()["pieceJointeId"]

    def file_id(self, name="bon.pdf"):
        body = {
            "pieceJointeFichier": base64.b64encode(b"bon de livraison").decode(),
            "pieceJointeNom": name,
            "pieceJointeExtension": name.rpartition(".")[2],
            "pieceJointeTypeMime": "application/pdf",
        }
        return self.ok("transverses/v1/ajouter/fichier", body)["pieceJointeId"]

    def submission(self, number="FA2026-00042", **changes):
        """A valid request of soumettre. Keyword changes: path with __ for the dots."""
        body = {
            "modeDepot": "DEPOT_PDF_API",
            "numeroFactureSaisi": number,
            "dateFacture": "2026-11-20",
            "destinataire": {"codeDestinataire": "12345678200051"},
            "fournisseur": {
                "idFournisseur": self.supplier["structure_id"],
                "codeCoordonneesBancairesFournisseur": self.supplier["bank_accounts"][0]["id"],
            },
            "cadreDeFacturation": {"codeCadreFacturation": "A1_FACTURE_FOURNISSEUR"},
            "references": {
                "deviseFacture": "EUR",
                "typeFacture": "FACTURE",
                "typeTva": "TVA_SUR_DEBIT",
                "modePaiement": "VIREMENT",
            },
            "ligneTva": [
                {
                    "ligneTvaTaux": "TVA4",
                    "ligneTvaMontantBaseHtParTaux": 1000.10,
                    "ligneTvaMontantTvaParTaux": 200.02,
                }
            ],
            "montantTotal": {
                "montantHtTotal": 1000.10,
                "montantTVA": 200.02,
                "montantTtcTotal": 1200.12,
                "montantAPayer": 1200.12,
            },
            "pieceJointePrincipale": [
                {
                    "pieceJointePrincipaleDesignation": "Facture",
                    "pieceJointePrincipaleId": self.pdf_id(),
                }
            ],
        }
        for path, value in changes.items():
            set_path(body, path.replace("__", "."), value)
        return body

    def submit(self, body):
        return self.post("factures/v1/soumettre", body)

    def invoice(self, number="FA2026-00042", **changes):
        """Deposits an invoice: its id."""
        body = self.submission(number, **changes)
        return self.ok("factures/v1/soumettre", body)["identifiantFactureCPP"]

    def deposit_flow(self, content, name="lot.xml", syntax="IN_DP_E1_CII_16B"):
        body = {
            "fichierFlux": base64.b64encode(content).decode(),
            "nomFichier": name,
            "syntaxeFlux": syntax,
            "avecSignature": False,
        }
        return self.post("factures/v1/deposer/flux", body).json()

    def report(self, number):
        return self.post("transverses/v1/consulterCRDetaille", {"numeroFluxDepot": number}).json()

    def flow(self, content, name="lot.xml", syntax="IN_DP_E1_CII_16B"):
        """Deposits a flow and lets it come to its end: its report."""
        number = self.deposit_flow(content, name, syntax)["numeroFluxDepot"]
        self.sim.control.advance(180)
        return self.report(number)

    def search(self, **body):
        """One search; `page` fills the pagination object."""
        if "page" in body:
            body["rechercheFactureParFournisseur"] = body.pop("page")
        return self.ok("factures/v1/rechercher/fournisseur", body)

    def numbers(self, **body):
        return [row["numeroFacture"] for row in self.search(**body)["listeFactures"]]

    def history(self, invoice_id, **body):
        return self.ok("factures/v1/consulter/historique", {"idFacture": invoice_id, **body})


@pytest.fixture(scope="session")
def server():
    with SimulatorServer() as sim:
        yield sim


@pytest.fixture
def sim(server):
    server.control.reset()
    return server


@pytest.fixture
def caller(sim):
    return Caller(sim)


@pytest.fixture
def other_caller(sim):
    """The second supplier."""
    return Caller(sim, supplier=1)
