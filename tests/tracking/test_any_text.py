# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Whatever text JSON can carry comes from Chorus Pro, over HTTP, into Odoo's real jobs: every other
invoice is followed, and no job fails."""

from hypothesis import HealthCheck, example, given, seed, settings
from hypothesis import strategies as st

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common.chorus_pro import FREE, SERVICE
from ..common.follow import FollowCommon

GUARD = "odoo.addons.l10n_fr_chorus_pro.models.session.row_guard"
JOBS = ("send", "follow", "follow_up", "directory", "validation")
SEARCH, HISTORY = "rechercher_fournisseur", "consulter_historique"
STRUCTURES, SERVICES = "structures_rechercher", "structures_rechercher_services"
ACCOUNTS, TYPES = "coordbanc_valides", "typespj"
# What holds the text: (operation, key in its answer)
PLACES = {
    "comment in a search": (SEARCH, "commentaireEtatCourant"),
    "comment in a history": (HISTORY, "histoStatutCommentaire"),
    "code in a search": (SEARCH, "statut"),
    "code in a history": (HISTORY, "histoStatutCode"),
    "number in a search": (SEARCH, "numeroFacture"),
    "author in a history": (HISTORY, "histoStatutUtilisateurNom"),
    "name of a structure": (STRUCTURES, "designationStructure"),
    "label of a service": (SERVICES, "libelleService"),
    "code of a service": (SERVICES, "codeService"),
    "label of a bank account": (ACCOUNTS, "nomCoordonneeBancaire"),
    "label of a type of attachment": (TYPES, "libelleTypePieceJointe"),
    "code of a type of attachment": (TYPES, "codeTypePieceJointe"),
}
NASTY = (
    "\ud83d",
    "\ude00\ud83d",
    "\x00",
    "a\x00b\x1f\x7f\x85\u2028",
    "x" * 10_000,
    "é\u0301🧾" * 3_000,
    "\u202eecnafni\u202c\u2066",
    "<script>alert(1)</script>&amp;&#x1F4A9;",
    "&#" + "9" * 5_000 + ";",
    "%s %(name)s {0} ${x} '; DROP TABLE account_move; --",
    "9" * 5_000,
    "",
    " \t\r\n",
)
ANY_CHARACTER = st.characters(codec=None, exclude_categories=())
TEXTS = st.text(ANY_CHARACTER, max_size=300) | st.text(max_size=20).map(lambda text: text * 500)
EXAMPLES = 20


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAnyText(FollowCommon):
    def test_any_text_keeps_no_other_invoice_from_being_followed(self):
        self.bad, self.good = self._deposited(), self._deposited()
        self.structures = self.env["chorus.pro.structure"].sudo()
        self.rank, self.code = 0, None

        @seed(2026)
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(st.sampled_from(sorted(PLACES)), TEXTS)
        def comes_in(place, text):
            self._comes_in(place, text)

        for rank, text in enumerate(NASTY):
            for place in sorted(PLACES)[rank % 4 :: 4]:
                comes_in = example(place, text)(comes_in)
        with mute_logger(GUARD, "odoo.sql_db"):
            comes_in()
        self.assertGreater(self.rank, EXAMPLES)

    def _comes_in(self, place, text):
        operation, field = PLACES[place]
        self.rank += 1
        if operation == TYPES and self.code == "SUSPENDUE":
            # The types are for who completes: asked when an invoice becomes suspended.
            self._happen_to_both()
            self._run_follower()
        of = self.bad[0].name if operation == SEARCH else ""
        self.simulator.control.fault("odd_text", operation, field=field, of=of, text=text)
        self._have_asked(operation)
        self.assertFalse(self._armed(), f"{place}: no answer held it")
        # What is bad for one invoice does not last, and was not bad for the other.
        self._happen_to_both()
        self._run_follower()
        self._check_good()

    def _have_asked(self, operation):
        if operation in (STRUCTURES, SERVICES):
            for siret in (SERVICE, FREE):
                rows = self.structures._of_sirets("custom", [siret])
                rows.write({"searched_at": False, "services_at": False, "refreshed_at": False})
                self.structures._want("custom", siret, self.accountant)
            self._run(self.env.ref("l10n_fr_chorus_pro.ir_cron_directory"))
            rows = self.structures._of_sirets("custom", [SERVICE, FREE])
            self.assertFalse(any(rows.mapped("wanted")))
            self.assertTrue(any(rows.mapped("refreshed_at")))
        elif operation == ACCOUNTS:
            self.connection.sudo().bank_accounts_read_at = False
            submission = self._send(self._invoice())
            self.assertEqual(submission.state, "deposited", submission.reason)
        else:
            self.connection.sudo().attachment_types_read_at = False
            self._happen_to_both()
            self._run_follower()
            self._check_good()

    def _happen_to_both(self):
        self.rank += 1
        # Another one than before: a status that comes again within a second is no news.
        self.code = "A_RECYCLER" if self.code == "SUSPENDUE" else "SUSPENDUE"
        for move, _submission in (self.bad, self.good):
            self._happen(move, self.code, comment=f"Motif {self.rank}")

    def _check_good(self):
        submission = self.good[1]
        self.assertEqual(submission.status_code, self.code)
        self.assertEqual(submission.reason, f"Motif {self.rank}")
        self.assertFalse(self.connection.paused_until)
        self.assertFalse(self.connection.following_trouble)
        for name in JOBS:
            job = self.env.ref(f"l10n_fr_chorus_pro.ir_cron_{name}")
            self.assertEqual(job.failure_count, 0, name)

    def _armed(self):
        faults = {fault["name"]: fault for fault in self.simulator.control.faults()}
        return faults["odd_text"]["armed"]
