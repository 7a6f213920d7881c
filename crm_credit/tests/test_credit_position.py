from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY, CreditCommon


@tagged("post_install", "-at_install")
class TestCreditPosition(CreditCommon):
    """Every amount has one owner."""

    def test_customer_without_documents_owes_nothing_and_has_no_limit(self):
        self.assertPosition(
            receivable=0.0,
            drafts=0.0,
            orders=0.0,
            in_transit=0.0,
            exposure=0.0,
            limit=None,
            available=None,
            overdue=0.0,
            oldest_overdue_days=0,
            currency_id=self.company.currency_id.id,
        )

    def test_posted_invoice_counts_with_its_taxes(self):
        tax = self.percent_tax(10.0)
        self._invoice(1000, taxes=tax)
        self.assertPosition(receivable=1100.0, drafts=0.0, exposure=1100.0)

    def test_draft_invoice_is_a_draft_and_becomes_a_receivable(self):
        invoice = self._invoice(1000, post=False)
        self.assertPosition(receivable=0.0, drafts=1000.0, exposure=1000.0)
        invoice.action_post()
        self.assertPosition(receivable=1000.0, drafts=0.0, exposure=1000.0)

    def test_cancelled_invoice_counts_nowhere(self):
        self._invoice(1000, post=False).button_cancel()
        self.assertPosition(exposure=0.0)

    def test_draft_refund_frees_nothing_a_posted_one_does(self):
        self._invoice(1000)
        refund = self._invoice(300, post=False, move_type="out_refund")
        self.assertPosition(receivable=1000.0, drafts=0.0)
        refund.action_post()
        self.assertPosition(receivable=700.0, drafts=0.0)

    def test_draft_with_a_negative_total_frees_nothing(self):
        self._invoice(400, post=False)
        self._invoice(-1000, post=False)
        self.assertPosition(drafts=400.0)

    def test_vendor_bill_of_the_same_partner_is_no_exposure(self):
        self._invoice(1000, move_type="in_invoice")
        self.assertPosition(exposure=0.0)

    def test_payment_of_an_invoice_frees_its_amount_once(self):
        invoice = self._invoice(1000)
        payment = self._payment(400)
        self.assertPosition(receivable=600.0)
        lines = (invoice + payment.move_id).line_ids
        lines.filtered(lambda line: line.account_id == self.receivable).reconcile()
        self.assertPosition(receivable=600.0, in_transit=0.0, exposure=600.0)

    def test_unapplied_payment_alone_is_a_negative_exposure(self):
        self._payment(400)
        self.customer.credit_limit = 1000
        self.assertPosition(exposure=-400.0, limit=1000.0, available=1400.0)

    def test_receivable_entry_without_invoice_counts(self):
        self._entry(250, self.customer)
        self.assertPosition(receivable=250.0)

    def test_what_is_booked_on_a_contact_belongs_to_its_company(self):
        self._invoice(100, partner=self.contact)
        self._invoice(30, partner=self.contact, post=False)
        entry = self._entry(50, self.contact)
        entry.line_ids.partner_id = self.contact
        self.contact.active = False
        positions = self.env["crm.customer"].credit_position(
            self.contact.ids, self.company.id, TODAY
        )
        self.assertEqual(set(positions), {self.contact.id, self.customer.id})
        for position in positions.values():
            self.assertEqual(position["receivable"], 150.0)
            self.assertEqual(position["drafts"], 30.0)

    def test_paid_invoice_leaves_the_position(self):
        self._entry(250, self.customer)
        self._entry(-250, self.customer)
        self.assertPosition(receivable=0.0)

    # dates

    def test_due_today_is_not_overdue_due_yesterday_is(self):
        self._invoice(100)
        self.assertPosition(overdue=0.0, oldest_overdue_days=0)
        self._invoice(70, invoice_date="2026-06-01", invoice_date_due="2026-06-29")
        self.assertPosition(receivable=170.0, overdue=70.0, oldest_overdue_days=1)

    def test_overdue_counts_instalments_not_invoices(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "30 % now, rest in 60 days",
                "line_ids": [
                    Command.create({"value_amount": 30, "nb_days": 0}),
                    Command.create({"value_amount": 70, "nb_days": 60}),
                ],
            }
        )
        self._invoice(1000, invoice_date="2026-06-10", invoice_payment_term_id=term.id)
        self.assertPosition(receivable=1000.0, overdue=300.0, oldest_overdue_days=20)

    def test_unapplied_credit_does_not_hide_what_is_overdue(self):
        self._invoice(500, invoice_date="2026-05-01", invoice_date_due="2026-05-31")
        self._payment(200)
        self.assertPosition(receivable=300.0, overdue=500.0, oldest_overdue_days=30)

    # currencies

    def test_foreign_invoice_counts_in_company_currency_at_its_own_rate(self):
        other = self.setup_other_currency(
            "EUR", rates=[("2026-01-01", 2.0), ("2026-06-15", 4.0)]
        )
        self._invoice(800, currency_id=other.id, invoice_date="2026-02-01")
        self._invoice(800, currency_id=other.id)
        self._invoice(400, currency_id=other.id, post=False)
        self.assertPosition(receivable=600.0, drafts=100.0, exposure=700.0)

    # companies

    def test_each_company_has_its_own_position(self):
        data = self.setup_other_company(name="Second Ltd")
        self._invoice(100)
        self._invoice(900, company=data["company"])
        self.customer.with_company(data["company"]).credit_limit = 5000
        self.assertPosition(receivable=100.0, limit=None)
        self.assertPosition(company=data["company"], receivable=900.0, limit=5000.0)

    def test_a_branch_shares_the_position_and_limit_of_its_root(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        self.env.cr.precommit.run()  # the branch gets its chart of accounts
        self.customer.credit_limit = 1000
        self._invoice(100)
        self._invoice(40, company=branch)
        for company in (self.company, branch):
            self.assertPosition(company=company, receivable=140.0, limit=1000.0)

    def test_the_company_switcher_changes_nothing(self):
        data = self.setup_other_company(name="Second Ltd")
        self._invoice(100)
        Customer = self.env["crm.customer"].with_context(
            allowed_company_ids=data["company"].ids
        )
        position = Customer.credit_position(self.customer, self.company, TODAY)
        self.assertEqual(position[self.customer.id]["receivable"], 100.0)

    # rights

    def test_salesperson_without_accounting_rights_sees_the_same_figures(self):
        self._invoice(100)
        self._invoice(40, post=False)
        user = self._new_user("sales_credit")
        self.assertEqual(self._position(user=user), self._position())

    def test_position_of_a_foreign_company_is_refused(self):
        data = self.setup_other_company(name="Second Ltd")
        user = self._new_user("sales_credit")
        with self.assertRaisesRegex(AccessError, "You do not work for Second Ltd"):
            self._position(company=data["company"], user=user)

    def test_partner_that_cannot_be_read_is_refused(self):
        data = self.setup_other_company(name="Second Ltd")
        user = self._new_user("sales_credit")
        self.other.company_id = data["company"]
        with mute_logger("odoo.addons.base.models.ir_rule"):
            with self.assertRaises(AccessError):
                self._position(self.other, user=user)

    # speed

    def test_number_of_queries_does_not_grow_with_partners(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(50)]
        )
        Customer = self.env["crm.customer"]
        for _warmup in range(2):
            Customer.credit_position(partners, self.company, TODAY)
        counts = []
        for some in (partners[:1], partners):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            Customer.credit_position(some, self.company, TODAY)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[1], 8)
