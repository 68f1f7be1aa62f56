# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What the pictures show: invoices in every state, and connections that work or do not.

Each state is reached as in real life: by the accountant's clicks, by Odoo's jobs, and by what
Chorus Pro and its recipients do. Only time is artificial: the simulator ages its data before
Odoo reads it, which gives invoices dates within the last ten days.
"""

from datetime import date, timedelta

from ..demo.batch import CLOSING, ROUNDED_LINES, STATE
from ..demo.invoices import (
    DELIVERY_NOTE,
    SUSPENDED,
    SUSPENSION,
    USUAL,
    Accountant,
    DemoInvoice,
)
from ..demo.lateness import Lateness
from ..demo.validation import subcontracted
from .guides import add_guides

DAY = 86400
TERM = timedelta(days=30)
MODULE = "l10n_fr_chorus_pro"
CONNECTION = "chorus.pro.connection"
TOWN = "12345678200051"
HOSPITAL = "12345678200028"
# More than it takes to make the pictures.
UNDO_MINUTES = 60
REJECTED = "REJETEE"
REJECTION = "Cette facture n'est pas pour nous : la commande est celle du département."
TO_RECYCLE = "A_RECYCLER"
WRONG_PLACE = "Le service indiqué a fermé : adressez la facture au service comptabilité."
CUSTOMERS = {
    TOWN: "Mairie de Valbourg",
    "12345678200036": "Département du Valbourgeois",
    HOSPITAL: "Centre hospitalier de Valbourg",
    "12345678200044": "Université de Valbourg",
    "11000201100044": "Préfecture du Valbourgeois",
}
SERVICE = {
    "recipient": {"service_required": True, "engagement_required": False},
    "values": {"buyer_reference": "SERVICE_DEST_SERV_OBL"},
}
ENGAGEMENT = {
    "recipient": {"service_required": False, "engagement_required": True},
    "values": {"purchase_order_reference": "BC-2026-0042"},
}
BOTH = {
    "recipient": {"service_required": True, "engagement_required": True},
    "values": {"buyer_reference": "SERVICE_DEST_TOUT_OBL",
               "purchase_order_reference": "BC-2026-0043"},
}
# Neither with their service nor with their engagement number.
UNSORTED = (("Nettoyage de printemps", 610.0), ("Clés et serrures", 87.4), ("Peinture", 1430.0),
            ("Vitrerie", 256.0), ("Élagage", 780.0))


def prepare_users(administrator, language):
    """Switch all users to this language (an Odoo code), without tours or chats.

    administrator: a session; log in again afterwards.
    """
    known = administrator.search_read(
        "res.lang", [("code", "=", language)], ["id"], context={"active_test": False})
    administrator.call("res.lang", "write", [known[0]["id"]], {"active": True})
    users = [user["id"] for user in administrator.search_read("res.users", [], ["id"])]
    administrator.call("res.users", "write", users, {
        "lang": language, "tz": "Europe/Paris", "odoobot_state": "disabled"})
    administrator.call("res.users", "switch_tour_enabled", False)


class Showcase:
    """Sets it up through the sessions of an accountant and of an administrator.

    `records` holds the ids: of invoices by state, of connections by access or state, of a customer,
    of a submission, and of the job that sends.
    """

    def __init__(self, accountant, administrator, simulator):
        self.accountant = accountant
        self.administrator = administrator
        self.simulator = simulator
        self.chorus = simulator.credentials()
        self.people = Accountant(accountant, self.chorus["recipients"])
        self.records = {}

    def run(self):
        """Make everything. Raises Problem when Odoo or the simulator refuses something."""
        self._add_customers()
        self._add_connections()
        self.records |= add_guides(self.administrator, self.chorus)
        self._find_another_invoice()
        self._let_a_week_pass()
        self._see_what_is_late()
        self._issue_again()
        self._send_today()
        self._stop_a_connection()
        self._leave_unsent()
        self.records["hospital"] = self.accountant.search_read(
            "res.partner", [("company_registry", "=", HOSPITAL)], ["id"])[0]["id"]
        self.records["structure"] = self.accountant.search_read(
            "chorus.pro.structure", [("siret", "=", HOSPITAL)], ["id"])[0]["id"]
        self.records["journal"] = self.administrator.call(
            "account.journal", "create", [{"name": "Chantiers d'été", "code": "ÉTÉ",
                                           "type": "sale"}])[0]
        self.records["submission"] = self.accountant.search_read(
            "chorus.pro.submission", [("move_id", "=", self.records["available"])], ["id"])[0]["id"]
        self.records["exchange"] = self._exchange(("operation", "=", "soumettre"),
                                                  ("return_code", "not in", (False, "0")))
        self.records["question"] = self._exchange(("operation", "=", "structures_consulter"))
        self.records["job"] = self._record(MODULE, "ir_cron_send")

    def _add_customers(self):
        """Names for those of the simulator's directory, and one whose SIRET is a SIREN."""
        for siret, name in CUSTOMERS.items():
            customer = self.administrator.search_read(
                "res.partner", [("company_registry", "=", siret)], ["id"])[0]["id"]
            self.administrator.call("res.partner", "write", [customer], {"name": name},
                                    context={"tracking_disable": True})
        france = self._record("base", "fr")
        self.records["contractor"] = self.administrator.call("res.partner", "create", [{
            "name": "Bâtisseurs du Valbourgeois", "is_company": True, "zip": "35999",
            "city": "Valbourg", "country_id": france, "company_registry": "12345678200119",
        }])[0]
        self.records["customer"], self.records["mistyped_customer"] = self.administrator.call(
            "res.partner", "create", [{
                "name": name, "is_company": True, "street": "Place de l'Église", "zip": "35999",
                "city": "Valbourg", "country_id": france, "email": "mairie@valbourg.example",
                "company_registry": siret, "invoice_sending_method": "chorus_pro",
                "chorus_pro_format": "ubl", "chorus_pro_when_confirmed": sending,
            } for name, siret, sending in (("Commune de Grand-Valbourg", "12345678200093", "yes"),
                                           ("Commune de Petit-Valbourg", "123456782", False))])

    def _add_connections(self):
        """In addition to the one in use: one with a mistyped secret, one by certificate, one whose
        password has expired, and one that came with the copy of another database."""
        model, chorus = CONNECTION, self.chorus
        in_use = self.administrator.search_read(model, [], ["id"])[0]["id"]
        self.administrator.call(model, "write", [in_use], {
            "name": "Chorus Pro", "undo_minutes": UNDO_MINUTES})
        account = {
            "environment": "custom", "in_use": False, "technical_login": chorus["login"],
            "technical_password": chorus["password"],
            "supplier_siret": chorus["supplier"]["siret"]}
        certificate = chorus["certificate"]
        piste = {
            **account, "access_mode": "piste", "custom_token_url": chorus["token_url"],
            "custom_api_url": chorus["api_url"], "piste_client_id": chorus["client_id"],
            "piste_client_secret": chorus["client_secret"]}
        mistyped, stopped, copied, by_certificate = self.administrator.call(model, "create", [
            {**piste, "name": "PISTE 2027", "piste_client_secret": "mistyped"},
            {**piste, "name": "PISTE 2026", "technical_password": "expired"},
            {**piste, "name": "PISTE"},
            {**account, "name": "EDI", "access_mode": "certificate",
             "custom_api_url": certificate["api_url"],
             "trusted_authorities": certificate["authority"]}])
        # The renewed one is next to the one in use.
        for file in (certificate["p12"], certificate["renewed"]):
            self.administrator.call("chorus.pro.certificate", "create", [{
                "connection_id": by_certificate, "file": file,
                "password": certificate["password"]}])
        self.records |= {"piste": in_use, "mistyped": mistyped, "stopped": stopped,
                         "copied": copied, "certificate": by_certificate}

    def _find_another_invoice(self):
        """An invoice whose number was given, on the portal, to another one."""
        invoice = self._make("to_compare", label="Location de nacelle", price=450.0, age_days=3,
                             recipient={"siret": TOWN})
        # The first one in Odoo, and the first one at Chorus Pro.
        self.simulator.post("invoices", prefix=invoice.number.removesuffix("00001"), total=504,
                            recipient=TOWN)
        self._send(invoice)
        self.accountant.call("account.move", "action_chorus_pro_refresh", [invoice.move_id])
        self.run_job("ir_cron_send")

    def _let_a_week_pass(self):
        """Invoices of the last days, all read by Odoo at once."""
        paid = self._make("paid", age_days=9)
        mandated = self._make("mandated", age_days=4, label="Vérification des extincteurs",
                              price=640.0, **ENGAGEMENT)
        suspended = self._make("suspended", age_days=4, label="Installation de l'accueil",
                               price=2300.0, **SERVICE)
        rejected = self._make("rejected", age_days=4, label="Câblage du préau", price=1875.5,
                              **BOTH)
        to_recycle = self._make("to_recycle", age_days=4, label="Papier recyclé", price=275.0,
                                **SERVICE)
        completed = self._make("completed", age_days=4, label="Pose de stores", price=1430.0,
                               **ENGAGEMENT)
        reissued = self._make("reissued", age_days=4, label="Maintenance du portail", price=510.0,
                              **BOTH)
        self._send(paid)
        self._age(5 * DAY)
        self._send(mandated, suspended, rejected, to_recycle, completed, reissued)
        self._age(1.1 * DAY)
        for invoice in (suspended, completed):
            self.simulator.set_status(invoice.number, SUSPENDED, SUSPENSION)
        for invoice in (rejected, reissued):
            self.simulator.set_status(invoice.number, REJECTED, REJECTION)
        self.simulator.set_status(to_recycle.number, TO_RECYCLE, WRONG_PLACE)
        self._age(1.9 * DAY)
        available = self._make("available", label="Contrôle annuel", price=390.0, **ENGAGEMENT)
        self._send(available)
        in_flows = self._send_flows()
        self._age(600)
        followed = [paid, mandated, suspended, rejected, to_recycle, completed, reissued,
                    available, *in_flows]
        self.accountant.call("account.move", "action_chorus_pro_refresh",
                             [invoice.move_id for invoice in followed])
        self.run_job("ir_cron_send")
        self.run_job("ir_cron_follow")
        self.records["flow"] = self.accountant.search_read(
            "chorus.pro.flow", [("submission_ids.move_id", "=", self.records["refused_in_flow"])],
            ["id"])[0]["id"]

    def _see_what_is_late(self):
        """Two invoices typed in the portal weeks ago, two that Odoo does not have, and two of a
        subcontractor that wait for a decision."""
        late = Lateness(self.accountant, self.simulator, self.people).look_for_earlier_ones()
        self.records["late"] = late[0]
        for status in (SUSPENDED, TO_RECYCLE):
            [number] = self.simulator.post("invoices", prefix="PORTAIL-", total=912)
            self.simulator.set_status(number, status, SUSPENSION)
        subcontracted(self.simulator)
        self.administrator.call(CONNECTION, "write", [self.records["piste"]], {"validates": True})
        for job in ("ir_cron_send", "ir_cron_follow", "ir_cron_elsewhere", "ir_cron_validation"):
            self.run_job(job)

    def _issue_again(self):
        """A rejected invoice is cancelled and copied; the copy waits to be corrected."""
        reissued = self.records["reissued"]
        self.accountant.call("account.move", "action_chorus_pro_reissue", [reissued],
                             reason="rejetée à Chorus Pro")
        self.records["copy"] = self.accountant.search_read(
            "account.move", [("chorus_pro_reissue_of_id", "=", reissued)], ["id"])[0]["id"]

    def _send_flows(self):
        """One file of several invoices, two of which Chorus Pro refuses, and one of a single
        invoice; returns the invoices."""
        self.simulator.post("switches", flow_vat="exact")
        together = [
            self._make("in_flow", label="Entretien des espaces verts", price=1540.0,
                       format="facturx", file=DELIVERY_NOTE),
            self._make("closed_in_flow", label="Câbles", price=145.9, format="facturx",
                       recipient={"siret": STATE}, values={"buyer_reference": CLOSING}),
            self._make("refused_in_flow", format="facturx", lines=ROUNDED_LINES),
            self._make("other_in_flow", label="Vérification des ascenseurs", price=720.0,
                       format="facturx", **ENGAGEMENT),
        ]
        alone = self._make("cii", label="Ramonage", price=260.0, format="cii", **SERVICE)
        self._send(*together, alone)
        self.simulator.close_service(STATE, CLOSING)
        return [*together, alone]

    def _send_today(self):
        """What has just left, or could not. A fault is for the invoice sent right after it."""
        self._send(self._make("deposited", label="Location de matériel", price=150.0))
        self._send(self._make("judged_later", label="Nettoyage des vitres", price=310.0,
                              format="facturx"))
        self._close_after_the_click()
        self.simulator.post("faults", name="lost_answer", operation="soumettre")
        self._send(self._make("uncertain", label="Maintenance trimestrielle", price=1200.0))
        self.simulator.post("faults", name="bad_gateway", operation="deposer_pdf")
        self._send(self._make("waiting", label="Fournitures", price=84.3, **BOTH))

    def _close_after_the_click(self):
        """Odoo has the service as open, Chorus Pro refuses it."""
        self._click_send(self._make(
            "refused", label="Dépannage du standard", price=210.0, recipient={"siret": HOSPITAL},
            values=SERVICE["values"]))
        service = {"recipient": HOSPITAL, "code": SERVICE["values"]["buyer_reference"]}
        self.simulator.post("services", **service, active=False)
        self.run_job("ir_cron_send")
        self.simulator.post("services", **service, active=True)

    def _stop_a_connection(self):
        """An invoice waits for the connection whose password has expired."""
        self._use("piste", False)
        self._use("stopped", True)
        self._click_send(self._make("stopped_invoice", label="Relevé topographique", price=980.0))
        self._use("stopped", False)
        self._use("piste", True)
        self.run_job("ir_cron_send")

    def _use(self, connection, in_use):
        self.administrator.call(
            CONNECTION, "write", [self.records[connection]], {"in_use": in_use})

    def _leave_unsent(self):
        self.accountant.call("account.move", "action_chorus_pro_complete",
                             [self.records["completed"]],
                             comment="Le procès-verbal a été signé le 3 : le voici.")
        self._click_send(self._make("queued", label="Assistance sur site", price=520.0, **SERVICE))
        self._make("ready", label="Maintenance du standard", price=1200.0, format=USUAL,
                   file=DELIVERY_NOTE, **BOTH)
        self._make("subcontracted", label="Lot 3 : menuiseries", price=8400.0, values={
            "chorus_pro_billing_framework": "A9",
            "chorus_pro_validator_id": self.records["contractor"]})
        self._make("to_send", label="Formation des agents", price=960.0)
        self._make("automatic", label="Abonnement trimestriel", price=375.0,
                   values={"partner_id": self.records["customer"]})
        self._make("to_complete", label="Pose de panneaux", price=430.0,
                   values={"partner_id": self.records["mistyped_customer"]})

        for rank, (label, price) in enumerate(UNSORTED):
            self._make(f"unsorted_{rank}", label=label, price=price,
                       recipient=ENGAGEMENT["recipient"] if rank % 2 else SERVICE["recipient"])

    def _make(self, state, label="Audit du réseau", price=3150.0, age_days=0, values=None,
              **options):
        """An invoice, confirmed by the accountant; `age_days`: how long ago it is dated. Options:
        see DemoInvoice."""
        day = date.today() - timedelta(days=age_days)
        options.setdefault("lines", ((label, price, 20.0),))
        invoice = DemoInvoice(state, values={"invoice_date": day.isoformat(),
                                             "invoice_date_due": (day + TERM).isoformat(),
                                             **(values or {})}, **options)
        self.people.make(invoice, None)
        self.records[state] = invoice.move_id
        return invoice

    def _click_send(self, invoice):
        self.accountant.call("account.move", "action_chorus_pro_send", [invoice.move_id])

    def _send(self, *invoices):
        """Send these invoices now."""
        for invoice in invoices:
            self._click_send(invoice)
        self.run_job("ir_cron_send")

    def _age(self, seconds):
        self.simulator.post("clock", advance_s=int(seconds))

    def run_job(self, name):
        """Run one of the add-on's jobs now, to its end."""
        self.administrator.call("ir.cron", "method_direct_trigger", [self._record(MODULE, name)])

    def _exchange(self, *domain):
        """The last one of the journal that meets this."""
        return self.administrator.search_read(
            "chorus.pro.exchange", list(domain), ["id"], limit=1)[0]["id"]

    def _record(self, module, name):
        """The id of what the module calls by this name."""
        return self.administrator.call(
            "ir.model.data", "check_object_reference", module, name)[1]
