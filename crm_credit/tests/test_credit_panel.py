from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import TODAY, CreditCommon


@tagged("post_install", "-at_install")
class TestCreditPanel(CreditCommon):
    """What the panel shows, and what its amounts open."""

    def test_panel_tells_what_is_used_and_what_is_left(self):
        self.customer.credit_limit = 1000
        self._invoice(600)
        self._invoice(200, post=False)
        panel = self.customer.credit_panel
        self.assertEqual(panel["exposure"], 800.0)
        self.assertEqual(panel["available"], 200.0)
        self.assertEqual(panel["used_pct"], 80)
        parts = {part["name"]: part for part in panel["parts"]}
        self.assertEqual(parts["receivable"]["pct"], 60.0)
        self.assertEqual(parts["drafts"]["pct"], 20.0)

    def test_bar_over_the_limit_marks_the_limit(self):
        self._invoice(1000)
        self.customer.sudo().credit_limit = 500
        panel = self.customer.credit_panel
        self.assertEqual(panel["limit_pct"], 50.0)
        self.assertEqual(panel["parts"][0]["pct"], 100.0)

    def test_contact_shows_the_credit_of_its_company(self):
        self._invoice(600)
        self.assertEqual(self.contact.credit_panel, self.customer.credit_panel)

    def test_invoice_shows_the_credit_of_its_customer_in_its_company(self):
        data = self.setup_other_company(name="Second Ltd")
        self._invoice(50)
        invoice = self._invoice(70, company=data["company"], post=False)
        self.assertEqual(invoice.credit_panel["exposure"], 70.0)
        bill = self._invoice(70, post=False, move_type="in_invoice")
        self.assertFalse(bill.credit_panel)

    def test_new_invoice_has_a_panel_as_soon_as_it_has_a_customer(self):
        self._invoice(50)
        Move = self.env["account.move"].with_context(default_move_type="out_invoice")
        with Form(Move) as form:
            self.assertFalse(form.credit_panel)
            form.partner_id = self.customer
            self.assertEqual(form.credit_panel["exposure"], 50.0)

    def test_amounts_open_their_documents(self):
        self._invoice(
            60, self.contact, invoice_date="2026-05-01", invoice_date_due="2026-05-31"
        )
        draft = self._invoice(20, post=False)
        Customer = self.env["crm.customer"]
        for part, expected in (("receivable", 60.0), ("overdue", 60.0)):
            action = Customer.credit_documents(self.customer.id, self.company.id, part)
            lines = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(sum(lines.mapped("amount_residual")), expected)
        action = Customer.credit_documents(self.customer.id, self.company.id, "drafts")
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, draft)

    def test_documents_stay_closed_to_who_has_no_right(self):
        user = self._new_user("no_accounting")
        Customer = self.env["crm.customer"].with_user(user)
        with self.assertRaisesRegex(UserError, "not the documents behind it"):
            Customer.credit_documents(self.customer.id, self.company.id, "receivable")
        with self.assertRaisesRegex(UserError, "nothing to open"):
            Customer.credit_documents(self.customer.id, self.company.id, "nonsense")

    def test_page_of_customers_costs_one_position(self):
        customers = self.env["crm.customer"]._for_partner(self.customer | self.other)
        customers.mapped("credit_exposure")  # what is kept for all is read once
        customers.invalidate_recordset()
        self.env.flush_all()
        customers.mapped("partner_id.name")
        with self.assertQueryCount(4):
            customers.mapped("credit_exposure")

    def test_refresh_writes_the_standing_to_search_by(self):
        self._invoice(850, invoice_date="2026-05-01", invoice_date_due="2026-05-31")
        self._invoice(100, partner=self.other)
        self.customer.credit_limit = 1000
        Customer = self.env["crm.customer"].sudo()
        Customer.refresh(self.company, self.customer | self.other, TODAY)
        row, free = (
            Customer._for_partner(partner) for partner in (self.customer, self.other)
        )
        self.assertEqual(row.credit_standing, "near")
        self.assertEqual(row.measured_exposure, 850.0)
        self.assertEqual(row.measured_overdue, 850.0)
        self.assertEqual(row.measured_overdue_days, 30)
        self.assertEqual(free.credit_standing, "free")
        self.customer.sudo().credit_limit = 849
        Customer.refresh(self.company, self.customer, TODAY)
        self.assertEqual(row.credit_standing, "over")

    # payments in transit

    def test_posted_payment_frees_credit_at_once(self):
        self._invoice(1000)
        payment = self._payment(400)
        self.assertTrue(payment.move_id)
        self.assertPosition(receivable=600.0, in_transit=0.0, exposure=600.0)

    def test_payment_without_entry_frees_credit_at_once_too(self):
        self._invoice(1000)
        payment = self._payment(400)
        payment.move_id.button_draft()
        payment.move_id.unlink()
        payment.outstanding_account_id = False
        payment.state = "in_process"
        self.assertPosition(receivable=1000.0, in_transit=-400.0, exposure=600.0)

    def test_policy_may_wait_for_the_bank(self):
        self._invoice(1000)
        self._payment(400)
        policy = self.env["crm.credit.policy"]._for_company(self.company)
        policy.payments_count_from = "matched"
        self.assertPosition(receivable=600.0, in_transit=400.0, exposure=1000.0)
