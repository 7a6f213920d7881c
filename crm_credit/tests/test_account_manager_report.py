from datetime import timedelta

from odoo.tests import tagged

from .common import TODAY, CreditCommon


@tagged("post_install", "-at_install")
class TestAccountManagerReport(CreditCommon):
    def test_scorecard_adds_up_what_customers_owe_too_long(self):
        late = TODAY - timedelta(days=10)
        seller = self._new_user("overdue_seller", "crm_value.group_user")
        (self.customer | self.other).user_id = seller
        self._invoice(600, invoice_date_due=late)
        self._invoice(50, partner=self.other, invoice_date_due=late)
        self._invoice(70, partner=self.other, invoice_date_due=TODAY)
        third = self.other.copy({"name": "On time", "user_id": seller.id})
        self._invoice(90, partner=third, invoice_date_due=TODAY)
        self.env["crm.customer"].sudo().refresh(self.company, None, TODAY)
        row = (
            self.env["crm.account.manager.report"]
            .with_user(seller)
            .search([("account_manager_id", "=", seller.id)])
        )
        self.assertEqual(row.customer_count, 3)
        self.assertEqual(row.overdue_amount, 650)
        self.assertEqual(row.overdue_count, 2)
