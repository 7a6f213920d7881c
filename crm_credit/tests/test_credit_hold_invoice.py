from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY, CreditCommon


@tagged("post_install", "-at_install")
class TestCreditHoldInvoice(CreditCommon):
    """What happens to an invoice that would use more credit than there is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._freeze_today()
        cls.env.user.group_ids += cls.env.ref("crm_credit.group_manager")
        cls.customer.credit_limit = 1000
        cls.policy = cls.env["crm.credit.policy"]._for_company(cls.company)
        cls.accountant = cls._new_user("accountant", "account.group_account_invoice")
        cls.manager = cls._new_user(
            "manager", "crm_credit.group_manager", "account.group_account_readonly"
        )

    def _hold(self, document):
        return self.env["crm.credit.hold"].search(
            [("res_model", "=", document._name), ("res_id", "=", document.id)],
            limit=1,
        )

    def _held(self, amount=600, partner=None):
        """Return an invoice an accountant tried to post in vain, and its hold."""
        invoice = self._invoice(amount, partner, post=False)
        invoice.with_user(self.accountant).action_post()
        return invoice, self._hold(invoice)

    def test_equal_to_the_limit_passes_and_a_cent_more_is_held(self):
        self.assertEqual(self._invoice(1000).state, "posted")
        cent = self._invoice(0.01)
        self.assertEqual((cent.state, cent.credit_state), ("draft", "held"))

    def test_one_of_two_drafts_may_be_posted_and_the_second_is_held(self):
        first, second = self._invoice(600, post=False), self._invoice(600, post=False)
        first.action_post()
        second.action_post()
        self.assertEqual((first.state, second.state), ("posted", "draft"))

    def test_a_batch_posts_what_fits_and_counts_what_it_posted(self):
        invoices = self.env["account.move"].union(
            *(self._invoice(amount, post=False) for amount in (600, 500, 400))
        )
        invoices.action_post()
        self.assertEqual(invoices.mapped("state"), ["posted", "draft", "posted"])
        self.assertEqual(invoices.mapped("credit_state"), ["clear", "held", "clear"])

    def test_customers_of_a_batch_do_not_share_a_limit(self):
        mine = self._invoice(900, post=False)
        theirs = self._invoice(900, self.other, post=False)
        (mine | theirs).action_post()
        self.assertEqual((mine | theirs).mapped("state"), ["posted", "posted"])

    def test_hold_records_figures_requester_and_salesperson(self):
        self._invoice(700)
        invoice, hold = self._held(600)
        self.assertEqual(hold.state, "open")
        self.assertEqual(hold.requester_id, self.accountant)
        self.assertEqual(hold.salesperson_id, invoice.invoice_user_id)
        self.assertEqual((hold.amount, hold.exposure, hold.limit), (600, 700, 1000))
        reason = hold.reason_ids
        self.assertEqual((reason.figure, reason.threshold), (1300, 1000))
        self.assertIn("1,300.00", hold.reason_summary)
        self.assertIn("1,300.00", invoice.credit_message)

    def test_every_failing_rule_is_recorded(self):
        self.env["crm.credit.rule"].create(
            [
                {"name": "Small", "kind": "document_size", "threshold": 500},
                {"name": "Old", "kind": "overdue_days", "threshold": 5},
                {"name": "Debt", "kind": "overdue_amount", "threshold": 100},
                {"name": "Share", "kind": "overdue_share", "threshold": 20},
            ]
        )
        self._invoice(400, invoice_date_due="2026-06-20")
        _invoice, hold = self._held(700)
        self.assertEqual(
            {(r.kind, r.figure, r.threshold) for r in hold.reason_ids},
            {
                ("over_limit", 1100, 1000),
                ("document_size", 700, 500),
                ("overdue_days", 10, 5),
                ("overdue_amount", 400, 100),
                ("overdue_share", 40, 20),
            },
        )

    def test_overdue_days_ignore_a_small_amount(self):
        self.env["crm.credit.rule"].create(
            {
                "name": "Old",
                "kind": "overdue_days",
                "threshold": 5,
                "tolerance_amount": 50,
            }
        )
        self._invoice(50, invoice_date_due="2026-06-01")
        self.assertEqual(self._invoice(100).state, "posted")
        self._invoice(1, invoice_date_due="2026-06-01")
        self.assertEqual(self._invoice(100).state, "draft")

    def test_rule_of_the_customer_goes_before_the_rule_for_all(self):
        Rule = self.env["crm.credit.rule"]
        Rule.create({"name": "All", "kind": "document_size", "threshold": 100})
        Rule.create(
            {
                "name": "Lumber",
                "kind": "document_size",
                "threshold": 500,
                "scope": "customer",
                "partner_ids": self.contact.ids,
            }
        )
        self.assertEqual(self._invoice(400).state, "posted")
        self.assertEqual(self._invoice(400, self.other).state, "draft")

    def test_exempted_and_excluded_customers_are_not_judged(self):
        Rule = self.env["crm.credit.rule"]
        Rule.create(
            {
                "name": "All",
                "kind": "document_size",
                "threshold": 100,
                "excluded_partner_ids": self.other.ids,
            }
        )
        Rule.create(
            {
                "name": "Free",
                "kind": "document_size",
                "is_exemption": True,
                "scope": "customer",
                "partner_ids": self.customer.ids,
            }
        )
        self.assertEqual(self._invoice(400).state, "posted")
        self.assertEqual(self._invoice(400, self.other).state, "posted")

    def test_longer_payment_terms_than_agreed_are_held(self):
        Rule = self.env["crm.credit.rule"]
        Rule.create({"name": "Terms", "kind": "laxer_terms"})
        self.customer.property_payment_term_id = self.env.ref(
            "account.account_payment_term_15days"
        )
        longer = self.env.ref("account.account_payment_term_30days")
        invoice = self._invoice(10, post=False)
        invoice.invoice_payment_term_id = longer
        invoice.action_post()
        self.assertEqual(self._hold(invoice).reason_ids.figure, 15)

    def test_no_credit_holds_what_is_not_paid_ahead(self):
        self.customer.credit_mode = "none"
        self.assertEqual(self._invoice(100).credit_state, "held")
        self._payment(200)
        self.assertEqual(self._invoice(200).state, "posted")

    def test_warn_posts_marks_and_tells(self):
        self.policy.invoice_mode = "warn"
        invoice = self._invoice(1200)
        self.assertEqual((invoice.state, invoice.credit_state), ("posted", "warned"))
        self.assertIn("1,200.00", invoice.message_ids[0].body)
        self.assertFalse(self._hold(invoice))

    def test_block_refuses_with_the_figures(self):
        self.policy.invoice_mode = "block"
        with self.assertRaisesRegex(UserError, "1,200.00.*1,000.00"):
            self._invoice(1200)

    def test_off_checks_nothing(self):
        self.policy.invoice_mode = "off"
        invoice = self._invoice(1200)
        self.assertEqual((invoice.state, invoice.credit_state), ("posted", "clear"))

    def test_refund_passes_and_manual_entry_is_warned_of(self):
        self._invoice(1000)
        self.assertEqual(self._invoice(50, move_type="out_refund").state, "posted")
        entry = self._entry(500, self.customer)
        self.assertEqual((entry.state, entry.credit_state), ("posted", "warned"))

    def test_writing_the_state_is_no_way_around(self):
        invoice = self._invoice(1200, post=False)
        with self.assertRaises(UserError):
            invoice.with_user(self.accountant).write({"state": "posted"})
        with self.assertRaises(AccessError):
            invoice.with_user(self.accountant).write({"credit_state": "released"})
        cleared = invoice.with_user(self.accountant).with_context(
            crm_credit_cleared={"model": "account.move", "ids": invoice.ids}
        )
        cleared.action_post()
        self.assertEqual(invoice.credit_state, "held")

    def test_trying_again_keeps_one_hold_and_its_age(self):
        invoice, hold = self._held(1200)
        invoice.action_post()
        self.assertEqual(self._hold(invoice), hold)
        self.assertEqual(len(hold.activity_ids), 1)

    # Decisions

    def test_release_lets_post_and_is_logged(self):
        invoice, hold = self._held(1200)
        hold.with_user(self.manager).action_release("Paid in cash on Friday")
        self.assertEqual((hold.state, hold.decider_id), ("released", self.manager))
        self.assertEqual(invoice.credit_state, "released")
        invoice.with_user(self.accountant).action_post()
        self.assertEqual((invoice.state, invoice.credit_state), ("posted", "released"))
        customer = self.env["crm.customer"]._for_partner(self.customer, self.company)
        events = self.env["crm.customer.event"].search(
            [("customer_id", "=", customer.id), ("kind", "=", "hold")], order="id"
        )
        self.assertEqual(events.user_id, self.accountant | self.manager)
        self.assertEqual(events[-1].reason, "Paid in cash on Friday")
        self.assertFalse(hold.activity_ids)

    def test_release_covers_neither_more_nor_later(self):
        self.policy.write({"release_days": 10, "release_tolerance_pct": 5})
        invoice, hold = self._held(2000)
        hold.with_user(self.manager).action_release("Fine")
        self.assertEqual(hold.released_amount, 2100)
        invoice.invoice_line_ids.price_unit = 2101
        invoice.action_post()
        self.assertEqual(invoice.state, "draft")
        invoice.invoice_line_ids.price_unit = 2100
        hold.sudo().released_until = "2026-06-29"
        invoice.action_post()
        self.assertEqual(invoice.state, "draft")
        hold.sudo().released_until = "2026-06-30"
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")

    def test_released_invoice_counts_for_the_next_one(self):
        invoice, hold = self._held(1200)
        hold.with_user(self.manager).action_release("Fine")
        small = self._invoice(100, post=False)
        (invoice | small).action_post()
        self.assertEqual((invoice.state, small.state), ("posted", "draft"))

    def test_reject_keeps_the_draft_and_tells(self):
        invoice, hold = self._held(1200)
        hold.with_user(self.manager).action_reject("Too risky")
        self.assertEqual((invoice.state, invoice.credit_state), ("draft", "rejected"))
        self.assertIn("Too risky", invoice.credit_message)

    def test_released_draft_says_by_whom_up_to_what_and_until_when(self):
        invoice, hold = self._held(1200)
        self.policy.release_days = 3
        hold.with_user(self.manager).action_release("Insured")
        message = invoice.with_user(self.accountant).credit_message
        for word in ("released", "Insured", "1,200.00", "07/03/2026"):
            self.assertIn(word, message)
        invoice.with_user(self.accountant).action_post()
        invoice.invalidate_recordset(["credit_message"])
        self.assertFalse(invoice.credit_message)

    def test_draft_released_by_a_payment_says_nothing(self):
        self._invoice(900)
        invoice, _hold = self._held(200)
        self._payment(500)
        self.assertEqual(invoice.credit_state, "released")
        self.assertFalse(invoice.credit_message)

    def test_hold_is_found_by_the_number_of_the_posted_invoice(self):
        invoice, hold = self._held(1200)
        self.assertNotEqual(hold.document_name, invoice.name)
        hold.with_user(self.manager).action_release("Insured")
        invoice.with_user(self.accountant).action_post()
        self.assertEqual(hold.document_name, invoice.name)

    def test_scheduled_actions_write_in_the_language_of_the_company(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.company.partner_id.lang = "zh_CN"
        debt, system = self._invoice(900), self.env(context={"lang": None})
        invoice = self._invoice(200, post=False)
        invoice.with_env(system).action_post()
        hold = self._hold(invoice)
        self.assertIn("额度", hold.reason_summary)
        self.customer.credit_limit = 2000
        system["crm.credit.hold"]._reevaluate(self.customer)
        self.assertEqual(hold.state, "released")
        self.assertIn("冻结的原因已消除", hold.decision_reason)
        self.assertTrue(debt)

    def test_holds_not_decided_on_do_not_shorten_the_time_to_decide(self):
        _invoice, decided = self._held(1200)
        _other, waiting = self._held(1300)
        decided.with_user(self.manager).action_release("Insured")
        decided.sudo().held_at = fields.Datetime.subtract(decided.decided_at, hours=4)
        self.assertIs(waiting.read(["decision_hours"])[0]["decision_hours"], False)
        holds = decided | waiting
        [(hours,)] = holds._read_group(
            [("id", "in", holds.ids)], [], ["decision_hours:avg"]
        )
        self.assertEqual(hours, 4)

    def test_no_limit_shows_no_amount_and_no_credit_shows_zero(self):
        rule = {"name": "Small", "kind": "document_size", "threshold": 500}
        self.env["crm.credit.rule"].create(rule)
        _invoice, free = self._held(600, self.other)
        self.customer.credit_mode = "none"
        _invoice, none = self._held(600)
        shown = [hold.read(["limit"])[0]["limit"] for hold in (free, none)]
        self.assertEqual(list(map(repr, shown)), ["False", "0.0"])
        Customer = self.env["crm.customer"]
        rows = [
            Customer._for_partner(p, self.company) for p in (self.other, self.customer)
        ]
        left = [row.read(["credit_available"])[0]["credit_available"] for row in rows]
        self.assertEqual(list(map(repr, left)), ["False", "-600.0"])

    def test_only_credit_managers_decide(self):
        _invoice, hold = self._held(1200)
        user = self._new_user("clerk", "crm_credit.group_user")
        with self.assertRaises(AccessError):
            hold.with_user(user).action_release("Please")
        with self.assertRaises(AccessError):
            hold.with_user(self.manager).write({"state": "released"})

    def test_requester_does_not_decide(self):
        self.manager.group_ids += self.env.ref("account.group_account_invoice")
        invoice = self._invoice(1200, post=False)
        invoice.with_user(self.manager).action_post()
        with self.assertRaises(UserError):
            self._hold(invoice).with_user(self.manager).action_release("Me")

    def test_decision_needs_a_reason_and_authority(self):
        _invoice, hold = self._held(1200)
        with self.assertRaises(UserError):
            hold.with_user(self.manager).action_release("  ")
        self.env["crm.credit.authority"].search([]).write(
            {"is_unlimited": False, "amount": 1199}
        )
        with self.assertRaises(UserError):
            hold.with_user(self.manager).action_release("Fine")

    # Cures

    def test_payment_cures_at_once_and_oldest_first(self):
        self._invoice(1000)
        first, first_hold = self._held(600)
        second, second_hold = self._held(500)
        self._payment(700)
        self.assertEqual(first_hold.state, "released")
        self.assertTrue(first_hold.is_automatic)
        self.assertEqual(first_hold.decider_id, self.env.ref("base.user_root"))
        self.assertEqual(second_hold.state, "open")
        first.action_post()
        second.action_post()
        self.assertEqual((first.state, second.state), ("posted", "draft"))

    def test_cured_document_is_judged_again_when_posted(self):
        self._invoice(1000)
        invoice, hold = self._held(600)
        self._payment(600)
        self._invoice(600)
        invoice.action_post()
        self.assertEqual((invoice.state, invoice.credit_state), ("draft", "held"))
        self.assertEqual(hold.state, "released")

    def test_higher_limit_cures(self):
        _invoice, hold = self._held(1200)
        self.customer.credit_limit = 1200
        self.assertEqual(hold.state, "released")

    def test_cron_cures_what_time_or_rules_changed(self):
        rule = self.env["crm.credit.rule"].create(
            {"name": "Small", "kind": "document_size", "threshold": 100}
        )
        _invoice, hold = self._held(200)
        rule.active = False
        with self.enter_registry_test_mode():
            self.env.ref("crm_credit.ir_cron_reevaluate_holds").method_direct_trigger()
        self.assertEqual(hold.state, "released")

    def test_forced_hold_is_not_cured_by_money(self):
        invoice = self._invoice(100, post=False)
        invoice.with_user(self.manager).credit_hold_by_hand("Disputed signature")
        invoice.action_post()
        self.assertEqual(invoice.state, "draft")
        self._payment(5000)
        hold = self._hold(invoice)
        self.assertEqual((hold.state, hold.is_forced), ("open", True))
        other = self._new_user("second", "crm_credit.group_manager")
        hold.with_user(other).action_release("Signature is good")
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")

    def test_deleted_and_cancelled_documents_close_their_holds(self):
        invoice, hold = self._held(1200)
        invoice.unlink()
        self.assertEqual(hold.state, "cancelled")
        invoice, hold = self._held(1200)
        invoice.button_cancel()
        self.assertEqual(hold.state, "cancelled")

    # Re-checks

    def _over_events(self, partner=None):
        customer = self.env["crm.customer"]._for_partner(
            partner or self.customer, self.company
        )
        return self.env["crm.customer.event"].search(
            [("customer_id", "=", customer.id), ("new_value", "=", "Over the limit")]
        )

    def test_reset_payment_and_lower_limit_tell_the_credit_team(self):
        self._invoice(1000)
        payment = self._payment(500)
        self._invoice(400)
        self.assertFalse(self._over_events())
        payment.action_draft()
        self.assertIn("1,400.00", self._over_events().reason)
        customer = self.env["crm.customer"]._for_partner(self.customer, self.company)
        self.assertEqual(
            customer.activity_ids.activity_type_id,
            self.env.ref("crm_credit.mail_activity_type_over_limit"),
        )

    def test_cancelled_credit_note_tells_the_credit_team(self):
        self._invoice(1000)
        refund = self._invoice(300, move_type="out_refund")
        self._invoice(300)
        refund.button_draft()
        self.assertIn("1,300.00", self._over_events().reason)

    def test_customer_taken_over_brings_its_debt(self):
        self._invoice(600)
        self._invoice(700, self.other)
        self.env["crm.customer"]._for_partner(self.other, self.company)
        self.other.write({"is_company": False, "parent_id": self.customer.id})
        self.assertIn("1,300.00", self._over_events().reason)

    def test_automatic_posting_passes_over_held_invoices(self):
        held = self._invoice(1200, post=False)
        held.auto_post = "at_date"
        fine = self._invoice(100, post=False)
        fine.auto_post = "at_date"
        with self.enter_registry_test_mode():
            for _run in range(2):
                self.env.ref(
                    "account.ir_cron_auto_post_draft_entry"
                ).method_direct_trigger()
        self.assertEqual((held.state, held.credit_state), ("draft", "held"))
        self.assertEqual(fine.state, "posted")

    # Two companies, two currencies

    def test_foreign_invoice_is_judged_in_company_currency(self):
        currency = self.setup_other_currency("HRK", rates=[("2026-01-01", 2.0)])
        fits = self._invoice(2000, post=False, currency_id=currency.id)
        over = self._invoice(0.02, post=False, currency_id=currency.id)
        (fits | over).action_post()
        self.assertEqual((fits.state, over.state), ("posted", "draft"))
        self.assertEqual(self._hold(over).amount, 0.01)

    @mute_logger("odoo.sql_db")
    def test_limit_of_one_company_does_not_stop_another(self):
        other = self.setup_other_company()["company"]
        invoice = (
            self.env["account.move"]
            .with_company(other)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.customer.id,
                    "invoice_date": TODAY,
                    "invoice_line_ids": [
                        (0, 0, {"name": "Planks", "price_unit": 5000, "tax_ids": False})
                    ],
                }
            )
        )
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")

    # Speed

    def test_one_position_serves_a_batch(self):
        def count(amount, number):
            moves = self.env["account.move"].union(
                *(self._invoice(amount, post=False) for _i in range(number))
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            moves._credit_pass()
            return self.cr.sql_log_count - before

        count(1, 1)
        self.assertLessEqual(count(1, 20), count(1, 2) + 1)
