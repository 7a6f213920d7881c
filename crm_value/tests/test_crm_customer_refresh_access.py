from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import CustomerValueCommon


@tagged("post_install", "-at_install")
class TestCrmCustomerRefreshAccess(CustomerValueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls._partner("Seen")
        cls._invoice_for(cls.partner, 100)
        cls._refresh(cls.company | cls.company_2)
        cls.salesperson = new_test_user(
            cls.env,
            "value_sales",
            groups="crm_value.group_user",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        cls.neighbour = new_test_user(
            cls.env,
            "value_neighbour",
            groups="crm_value.group_manager",
            company_id=cls.company_2.id,
            company_ids=[(6, 0, cls.company_2.ids)],
        )
        cls.manager = new_test_user(
            cls.env,
            "value_manager",
            groups="crm_value.group_manager",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def test_salesperson_without_accounting_rights_reads_the_figures(self):
        Customer = self.env["crm.customer"].with_user(self.salesperson)
        customer = Customer.search([("partner_id", "=", self.partner.id)])
        self.assertEqual(customer.revenue_window, 100)
        self.assertEqual(customer.revenue_share, 1)
        self.assertEqual(customer.value_rank, 1)
        self.assertTrue(customer.measured_on)
        self.assertTrue(Customer.search([("recency_days", ">", 1)]))

    def test_other_company_sees_nothing(self):
        Customer = self.env["crm.customer"].with_user(self.neighbour)
        self.assertFalse(Customer.search([("partner_id", "=", self.partner.id)]))
        self.assertFalse(
            self.env["crm.value.summary"]
            .with_user(self.neighbour)
            .search([("company_id", "=", self.company.id)])
        )
        with self.assertRaises(AccessError):
            self._customer(self.partner).with_user(self.neighbour).read(
                ["revenue_total"]
            )

    def test_nobody_edits_a_measure_by_hand(self):
        for user in (self.salesperson, self.manager):
            with self.assertRaises(AccessError):
                self._customer(self.partner).with_user(user).write({"revenue_total": 1})

    def test_salesperson_cannot_start_a_refresh(self):
        with self.assertRaises(AccessError):
            self.env["crm.customer"].with_user(self.salesperson).refresh()

    def test_manager_refreshes_own_companies_only(self):
        self._invoice_for(self.partner, 11)
        Customer = self.env["crm.customer"].with_user(self.manager)
        Customer.refresh(as_of="2024-06-30")
        self.assertEqual(self._customer(self.partner).revenue_total, 111)
        with self.assertRaises(AccessError):
            Customer.refresh(companies=self.company_2.ids)
