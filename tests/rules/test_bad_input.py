# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What people get wrong, and the sentence they read, in English and in French."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..common.chorus_pro import BOTH, ENGAGEMENT, FREE, SERVICE, ChorusProCommon

UNKNOWN = "99999999900000"

# what is wrong: (words in English, words in French). Said at the click; nothing is queued.
AT_THE_CLICK = {
    "draft": ("this one is a draft", "celle-ci est un brouillon"),
    "receipt": ("not receipts or bills", "reçus"),
    "vendor_bill": ("not receipts or bills", "fournisseurs"),
    "no_siret": ("The customer has no SIRET", "n'a pas de SIRET"),
    "siren": ("is a SIREN (9 digits)", "est un SIREN (9 chiffres)"),
    "siret_letters": ("is not a SIRET: 14 digits", "n'est pas un SIRET"),
    "number_too_long": ("characters: Chorus Pro accepts 20", "Chorus Pro en accepte 20"),
    "number_characters": ("which Chorus Pro refuses", "que Chorus Pro refuse"),
    "reference_too_long": ("Engagement Number has 60 characters", "60 caractères"),
    "reference_characters": ("an invisible character (U+0009)", "U+0009"),
    "no_connection": ("has no Chorus Pro connection", "n'a pas de raccordement"),
    "connection_incomplete": ("PISTE Client ID", "PISTE"),
    "already_sent": ("already at Chorus Pro", "Déjà sur Chorus Pro"),
}
# Said by the job; the invoice is refused before anything leaves.
BY_THE_JOB = {
    "unknown_recipient": ("has no structure with the SIRET", "ne connaît aucune structure"),
    "inactive_recipient": ("is closed at Chorus Pro", "fermé"),
    "service_missing": ("requires a service code", "code service"),
    "engagement_missing": ("requires an engagement number", "numéro d'engagement"),
    "both_missing": ("requires an engagement number", "numéro d'engagement"),
    "unknown_service": ("has no service NOT-A-SERVICE", "NOT-A-SERVICE"),
    "foreign_currency": ("The invoice is in XTS", "en XTS"),
    "empty_pdf": ("not a PDF", "n'est pas un PDF"),
}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestBadInput(ChorusProCommon):
    def test_what_is_wrong_is_said_at_the_click_in_both_languages(self):
        for case, sentences in AT_THE_CLICK.items():
            for lang, words in zip(("en_US", "fr_FR"), sentences, strict=True):
                with self.subTest(case=case, lang=lang):
                    self.connection.write(
                        {"in_use": True, "piste_client_id": self.credentials["client_id"]}
                    )
                    move = getattr(self, f"_make_{case}")()
                    before = (move.state, move.payment_state, move.chorus_pro_state)
                    user = self.accountant.with_user(self.accountant)
                    with self.assertRaises(UserError) as caught:
                        move.with_user(user).with_context(lang=lang).action_chorus_pro_send()
                    self.assertIn(words, str(caught.exception))
                    self.assertNotIn("%(", str(caught.exception))
                    after = (move.state, move.payment_state, move.chorus_pro_state)
                    self.assertEqual(after, before)

    def test_what_is_wrong_is_said_by_the_job_in_both_languages(self):
        for case, sentences in BY_THE_JOB.items():
            for lang, words in zip(("en_US", "fr_FR"), sentences, strict=True):
                with self.subTest(case=case, lang=lang):
                    self._fresh_chorus()
                    self._forget_directory()
                    self.accountant.lang = lang
                    move = getattr(self, f"_make_{case}")()
                    self.assertEqual(self._send(move).state, "refused")
                    self.assertIn(words, move.chorus_pro_reason)
                    self.assertNotIn("%(", move.chorus_pro_reason)
                    self.assertEqual(move.state, "posted")
                    self.assertFalse(self._requests("deposer_pdf"))

    def test_siret_with_spaces_is_no_mistake(self):
        self.customer.company_registry = " 123 456 782 00051 "
        self.assertEqual(self._send(self._invoice()).state, "deposited")

    def test_invoice_of_another_company_is_out_of_reach(self):
        company = self.env["res.company"].create({"name": "Autre société"})
        other = new_test_user(
            self.env,
            login="chorus_stranger",
            groups="account.group_account_invoice",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        with self.assertRaises(AccessError):
            self._invoice().with_user(other).action_chorus_pro_send()

    def _make_draft(self):
        return self._invoice(post=False)

    def _make_receipt(self):
        return self._invoice(move_type="out_receipt", pdf=False)

    def _make_vendor_bill(self):
        return self._invoice(
            [{"price_unit": 10.0, "tax_ids": [Command.clear()]}], move_type="in_invoice", pdf=False
        )

    def _make_no_siret(self):
        return self._invoice(partner_id=self._create_customer(False).id)

    def _make_siren(self):
        return self._invoice(partner_id=self._create_customer("123456782").id)

    def _make_siret_letters(self):
        return self._invoice(partner_id=self._create_customer("1234567820005A").id)

    def _make_number_too_long(self):
        return self._numbered("FACTURE-2026-00000000")

    def _make_number_characters(self):
        return self._numbered("FA 2026 n°42")

    def _numbered(self, number):
        # In a journal of its own: Odoo goes on counting from the last number.
        journals = self.env["account.journal"]
        code = f"N{journals.search_count([])}"
        journal = self.company_data["default_journal_sale"].copy({"code": code})
        move = self._invoice(pdf=False, journal_id=journal.id)
        move.name = f"{number}{move.id}"
        return move

    def _make_foreign_currency(self):
        """A currency that Chorus Pro does not list, which is not known yet."""
        self.connection.known_currencies = False
        currencies = self.env["res.currency"].with_context(active_test=False)
        test = currencies.search([("name", "=", "XTS")]) or currencies.create(
            {"name": "XTS", "symbol": "¤", "rate_ids": [Command.create({"rate": 2.0})]}
        )
        test.active = True
        return self._invoice(currency_id=test.id)

    def _make_no_connection(self):
        self.connection.in_use = False
        return self._invoice()

    def _make_connection_incomplete(self):
        self.connection.piste_client_id = False
        return self._invoice()

    def _make_already_sent(self):
        move = self._invoice()
        move.with_user(self.accountant).action_chorus_pro_send()
        return move

    def _make_unknown_recipient(self):
        return self._invoice(partner_id=self._create_customer(UNKNOWN).id)

    def _make_inactive_recipient(self):
        [siret] = [r["siret"] for r in self.credentials["recipients"] if not r["active"]][:1]
        return self._invoice(partner_id=self._create_customer(siret).id)

    def _make_service_missing(self):
        return self._invoice(partner_id=self._create_customer(SERVICE).id)

    def _make_engagement_missing(self):
        return self._invoice(partner_id=self._create_customer(ENGAGEMENT).id)

    def _make_both_missing(self):
        return self._invoice(partner_id=self._create_customer(BOTH).id)

    def _make_unknown_service(self):
        return self._invoice(
            partner_id=self._create_customer(FREE).id, buyer_reference="NOT-A-SERVICE"
        )

    def _make_reference_too_long(self):
        return self._invoice(purchase_order_reference="X" * 60)

    def _make_reference_characters(self):
        return self._invoice(purchase_order_reference="EJ\t123")

    def _make_empty_pdf(self):
        move = self._invoice(pdf=False)
        self._archive(move, b" ")
        return move
