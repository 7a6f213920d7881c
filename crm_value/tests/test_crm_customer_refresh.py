from datetime import date

from odoo.tests import tagged

from .common import AS_OF, CustomerValueCommon


@tagged("post_install", "-at_install")
class TestCrmCustomerRefresh(CustomerValueCommon):
    def test_revenue_is_split_into_windows_and_purchase_days(self):
        partner = self._partner("Windows")
        for amount, day in [
            (100, "2024-06-30"),
            (50, "2024-06-30"),
            (30, "2023-07-01"),
            (7, "2023-06-30"),
            (4, "2022-07-01"),
            (1, "2022-06-30"),
            (1000, "2024-07-01"),
        ]:
            self._invoice_for(partner, amount, day)
        self._refresh()
        customer = self._customer(partner)
        self.assertEqual(customer.revenue_total, 192)
        self.assertEqual(customer.revenue_window, 180)
        self.assertEqual(customer.revenue_previous, 11)
        self.assertEqual(customer.purchase_count, 5, "two invoices of a day are one")
        self.assertEqual(customer.purchase_count_window, 2)
        self.assertEqual(customer.first_purchase_date, date(2022, 6, 30))
        self.assertEqual(customer.last_purchase_date, date(2024, 6, 30))
        self.assertEqual(customer.recency_days, 0)
        self.assertEqual(customer.average_purchase_amount, 38.4)
        self.assertEqual(customer.measured_on, AS_OF)

    def test_refund_lowers_revenue_and_is_no_purchase(self):
        partner = self._partner("Returns")
        self._invoice_for(partner, 100, "2024-05-01")
        self._invoice_for(partner, 30, "2024-05-20", "out_refund")
        self._refresh()
        customer = self._customer(partner)
        self.assertEqual(customer.revenue_window, 70)
        self.assertEqual(customer.purchase_count, 1)
        self.assertEqual(customer.last_purchase_date, date(2024, 5, 1))

    def test_draft_vendor_bill_and_cancelled_do_not_count(self):
        partner = self._partner("Noise")
        self._invoice_for(partner, 100, "2024-05-01")
        self._invoice_for(partner, 20, "2024-05-02", post=False)
        self._invoice_for(partner, 30, "2024-05-03", "in_invoice")
        cancelled = self._invoice_for(partner, 40, "2024-05-04")
        cancelled.button_draft()
        cancelled.button_cancel()
        self._refresh()
        self.assertEqual(self._customer(partner).revenue_total, 100)

    def test_child_contact_counts_for_its_company(self):
        partner = self._partner("Parent")
        contact = self._partner("Contact", is_company=False, parent_id=partner.id)
        self._invoice_for(contact, 100)
        self._refresh()
        self.assertEqual(self._customer(partner).revenue_total, 100)
        self.assertFalse(self._customer(contact))

    def test_foreign_invoice_counts_at_its_booked_amount(self):
        partner = self._partner("Abroad")
        self._invoice_for(partner, 100, currency=self.foreign)
        self.foreign.rate_ids.create(
            {"currency_id": self.foreign.id, "name": "2024-06-01", "rate": 10}
        )
        self._refresh()
        self.assertEqual(self._customer(partner).revenue_total, 50)

    def test_companies_are_measured_apart(self):
        partner = self._partner("Shared")
        self._invoice_for(partner, 100)
        self._invoice_for(partner, 7, company=self.company_2)
        self._refresh(self.company | self.company_2)
        self.assertEqual(self._customer(partner).revenue_total, 100)
        self.assertEqual(self._customer(partner, self.company_2).revenue_total, 7)

    def test_customer_of_one_company_gets_no_row_in_the_other(self):
        partner = self._partner("Only One")
        self._invoice_for(partner, 100)
        self._refresh(self.company | self.company_2)
        self.assertFalse(self._customer(partner, self.company_2))

    def test_customer_rank_without_documents_gets_a_row_of_zeros(self):
        partner = self._partner("Prospect", customer_rank=1)
        self._refresh()
        customer = self._customer(partner)
        self.assertEqual(len(customer), 1)
        self.assertEqual((customer.revenue_total, customer.abc_class), (0, "c"))

    def test_vanished_documents_leave_zeros(self):
        partner = self._partner("Vanished")
        move = self._invoice_for(partner, 100)
        self._refresh()
        move.button_draft()
        self._refresh()
        customer = self._customer(partner)
        self.assertEqual(customer.revenue_total, 0)
        self.assertFalse(customer.first_purchase_date)

    def test_past_day_shows_the_company_as_it_stood(self):
        partner = self._partner("Then")
        self._invoice_for(partner, 100, "2024-03-01")
        self._invoice_for(partner, 11, "2024-06-01")
        self._refresh()
        now = self._picture()
        self._refresh(as_of=date(2024, 4, 30))
        customer = self._customer(partner)
        customer.invalidate_recordset()
        self.assertEqual(customer.revenue_total, 100)
        self.assertEqual(customer.measured_on, date(2024, 4, 30))
        self._refresh()
        self.assertEqual(self._picture(), now)

    def test_some_customers_on_another_day_measures_everyone(self):
        first, second = self._partner("First"), self._partner("Second")
        self._invoice_for(first, 100, "2024-03-01")
        self._invoice_for(second, 50, "2024-06-01")
        self._refresh()
        self._refresh(partners=first, as_of=date(2024, 4, 30))
        self.assertEqual(self._customer(second).revenue_total, 0)

    def test_archived_partner_keeps_its_revenue(self):
        partner = self._partner("Archived")
        self._invoice_for(partner, 100)
        self._refresh()
        partner.active = False
        self._refresh()
        self.assertEqual(self._customer(partner).revenue_total, 100)

    def test_classes_follow_the_share_before_the_customer(self):
        amounts = [500, 300, 100, 60, 40]
        partners = [self._partner(f"P{amount}") for amount in amounts]
        for partner, amount in zip(partners, amounts, strict=True):
            self._invoice_for(partner, amount, "2024-01-10")
        loser = self._partner("Loser")
        self._invoice_for(loser, 5, "2024-01-10", "out_refund")
        self._refresh()
        classes = [self._customer(partner).abc_class for partner in partners]
        self.assertEqual(classes, ["a", "a", "b", "b", "c"])
        self.assertEqual(self._customer(loser).abc_class, "c")

    def test_equal_values_are_told_apart_by_partner(self):
        partners = [self._partner(f"Equal {n}") for n in range(5)]
        for partner in reversed(partners):
            self._invoice_for(partner, 100, "2024-01-10")
        self._refresh()
        customers = [self._customer(partner) for partner in partners]
        self.assertEqual([c.abc_class for c in customers], ["a", "a", "a", "a", "b"])
        self.assertEqual([c.value_rank for c in customers], [1, 2, 3, 4, 5])

    def test_shares_add_up_to_one(self):
        for amount in (1, 2, 3, 10):
            self._invoice_for(self._partner(f"Share {amount}"), amount)
        self._refresh()
        customers = self.Customer.search([("company_id", "=", self.company.id)])
        self.assertAlmostEqual(sum(customers.mapped("revenue_share")), 1, places=5)
        self.assertEqual(customers[0].revenue_share, 0.625)

    def test_tier_is_new_until_the_minimum_history_is_reached(self):
        partner = self._partner("Newcomer")
        self._invoice_for(partner, 100, "2024-06-01")
        self._refresh()
        self.assertTrue(self._customer(partner).tier_id.is_new)
        self._refresh(as_of=date(2024, 8, 30))
        self.assertEqual(
            self._customer(partner).tier_id,
            self.policy.tier_ids.sorted()[0],
            "90 days after the first purchase the customer is judged",
        )

    def test_measures_that_follow_can_be_searched_sorted_and_summed(self):
        recent, old = self._partner("Recent"), self._partner("Old")
        self._invoice_for(recent, 300, "2024-06-20")
        self._invoice_for(old, 100, "2024-01-01")
        self._refresh()
        Customer = self.Customer
        mine = [("company_id", "=", self.company.id)]

        def names(domain, order=None):
            return Customer.search([*mine, *domain], order=order).partner_id.mapped(
                "name"
            )

        self.assertEqual(names([("recency_days", ">", 90)]), ["Old"])
        self.assertEqual(names([("recency_days", "=", 10)]), ["Recent"])
        self.assertEqual(names([("recency_days", "=", False)]), [])
        self.assertEqual(names([("revenue_share", ">=", 0.75)]), ["Recent"])
        self.assertEqual(names([("value_rank", "<=", 1)]), ["Recent"])
        self.assertEqual(names([("value_rank", "=", 2)]), ["Old"])
        self.assertEqual(names([("measured_on", "=", AS_OF)]), ["Recent", "Old"])
        self.assertEqual(names([], "recency_days desc"), ["Old", "Recent"])
        [(share,)] = Customer._read_group(mine, [], ["revenue_share:sum"])
        self.assertEqual(share, 1)

    def test_second_refresh_writes_nothing(self):
        for amount in (100, 200, 300):
            self._invoice_for(self._partner(f"Again {amount}"), amount)
        self._refresh()
        before = self._versions()
        self._refresh()
        self.assertEqual(self._versions(), before)

    def test_query_count_does_not_grow_with_customers(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self._refresh()
            return self.env.cr.sql_log_count - start

        self._invoice_for(self._partner("One"), 100)
        self._refresh()
        self._invoice_for(self._partner("Two"), 100)
        count()
        self._invoice_for(self._partner("Three"), 100)
        few = count()
        for n in range(20):
            self._invoice_for(self._partner(f"Many {n}"), 10 + n)
        self.assertEqual(count(), few)

    def test_posting_costs_no_query(self):
        warm, partner = self._partner("Warm"), self._partner("Posting")
        self._invoice_for(warm, 10)
        move = self._invoice_for(partner, 10, post=False)
        self.env.flush_all()
        seen = []
        original = type(self.env.cr).execute

        def spy(cr, query, *args, **kwargs):
            seen.append(str(query))
            return original(cr, query, *args, **kwargs)

        self.patch(type(self.env.cr), "execute", spy)
        move.action_post()
        self.env.flush_all()
        self.assertFalse([query for query in seen if "crm_customer" in query])
