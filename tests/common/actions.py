# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Invoices that came back from Chorus Pro, and what was asked about them."""

from datetime import timedelta

from ...models.tracking import poll as chorus_pro_follower
from .chorus_pro import ChorusProCommon

STATUSES = {
    "complete": "SUSPENDUE",
    "recycle": "A_RECYCLER",
    "acknowledge": "REJETEE",
    "correct_validator": "ERREUR_FOURNISSEUR_SUR_VALIDEUR",
}
OPERATIONS = {
    "complete": "completer",
    "recycle": "recycler",
    "acknowledge": "traiter_rejet",
    "correct_validator": "corriger_valideur",
}
REASON = "Le bon de livraison manque."
# A supplier of the simulator: it validates the invoices of its subcontractors.
VALIDATOR = "12345678200119"


class ActionsCommon(ChorusProCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.validator = cls.env["res.partner"].create(
            {"name": "Entreprise générale", "is_company": True, "company_registry": VALIDATOR}
        )

    def setUp(self):
        super().setUp()
        # What happens at the simulated Chorus Pro happens now: the end of the window must hold it.
        self.patch(chorus_pro_follower, "SETTLING", timedelta(seconds=-5))

    def _come_back(self, kind, **values):
        """An invoice that has come back with the status that this action needs."""
        move = self._invoice(**values)
        submission = self._send(move)
        self.assertEqual(submission.state, "deposited", submission.reason)
        self._happen(move, STATUSES[kind])
        return move

    def _happen(self, move, *codes, comment=REASON):
        """The recipient does this, and the follower hears of it."""
        for code in codes:
            self.simulator.control.set_status(move.name, code, comment)
        self._run_follower()

    def _ask(self, move, kind, **options):
        """Have the accountant ask for this, with what it needs."""
        needed = {
            "complete": {"comment": "Voici le bon"},
            "recycle": {"engagement_number": "EJ-990011"},
            "acknowledge": {},
            "correct_validator": {"validator_id": self.validator.id},
            "retrieve": {},
        }[kind]
        mine = move.with_user(self.accountant)
        getattr(mine, f"action_chorus_pro_{kind}")(**{**needed, **options})
        return move.chorus_pro_submission_id.action_ids.sorted("id")[-1:]

    def _do(self, move, kind, **options):
        """Ask for this, and let the job do it."""
        action = self._ask(move, kind, **options)
        self._run_sender()
        return action

    def _is_done_there(self, move, kind):
        [invoice] = self._at_chorus(move.name)
        if kind == "acknowledge":
            return invoice["rejection_acknowledged"]
        return invoice["status"] != STATUSES[kind]

    def _file(self, name="bon.pdf", content=b"%PDF-1.4 bon", user=None):
        """A file that the accountant has dropped into a dialog."""
        return (
            self.env["ir.attachment"]
            .with_user(user or self.accountant)
            .create({"name": name, "raw": content, "res_model": "chorus.pro.completion"})
        )
