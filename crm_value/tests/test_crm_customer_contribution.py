from odoo.fields import Command
from odoo.tests import tagged

from .common import CustomerValueCommon


@tagged("post_install", "-at_install")
class TestCrmCustomerContribution(CustomerValueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create(
            {"name": "Thing", "type": "consu", "standard_price": 30}
        )
        cls.partner = cls._partner("Costly")

    def _sell(self, quantity=1, move_type="out_invoice", **line):
        move = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": self.partner.id,
                "invoice_date": "2024-05-15",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "quantity": quantity,
                            "price_unit": 100,
                            "tax_ids": [],
                            **line,
                        }
                    )
                ],
            }
        )
        move.action_post()
        return move

    def _measured(self):
        self._refresh()
        customer = self._customer(self.partner)
        customer.invalidate_recordset()
        return customer

    def test_cost_is_frozen_when_the_invoice_is_posted(self):
        self._sell(2)
        self.product.standard_price = 99
        customer = self._measured()
        self.assertEqual(customer.goods_cost, 60)
        self.assertEqual(customer.contribution_window, 140)
        self.assertFalse(customer.contribution_is_estimated)

    def test_freezing_takes_one_query_whatever_the_number_of_invoices(self):
        for number in (1, 10):
            lines = self.env["account.move.line"]
            for _invoice in range(number):
                lines |= self._sell().invoice_line_ids
            self.env.flush_all()
            with self.assertQueryCount(1):
                lines._crm_value_freeze_cost()

    def test_cost_is_frozen_per_unit_of_the_line(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self._sell(2, product_uom_id=dozen.id)
        self.assertEqual(self._measured().goods_cost, 720)

    def test_returned_goods_lower_the_cost(self):
        self._sell(3)
        self._sell(1, "out_refund")
        self.assertEqual(self._measured().goods_cost, 60)

    def test_without_a_frozen_cost_todays_cost_is_an_estimate(self):
        move = self._sell()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET crm_value_unit_cost = NULL"
            " WHERE move_id = %s",
            [move.id],
        )
        self.product.standard_price = 40
        customer = self._measured()
        self.assertEqual(customer.goods_cost, 40)
        self.assertTrue(customer.contribution_is_estimated)
        self.assertIn("estimate", customer.contribution_explanation)

    def test_booked_cost_lines_come_first(self):
        move = self._sell()
        expense = self.company_data["default_account_expense"]
        self.env.flush_all()
        line = move.invoice_line_ids
        self.env.cr.execute(
            "INSERT INTO account_move_line (move_id, company_id, currency_id,"
            " journal_id, account_id, product_id, display_type, balance, quantity,"
            " date, parent_state)"
            " SELECT move_id, company_id, currency_id, journal_id, %s, product_id,"
            " 'cogs', 22, 1, date, parent_state FROM account_move_line WHERE id = %s",
            [expense.id, line.id],
        )
        self.assertEqual(self._measured().goods_cost, 22)

    def test_each_company_takes_its_own_cost(self):
        self.product.with_company(self.company_2).standard_price = 5
        move = self.env["account.move"].with_company(self.company_2)
        move = move.create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner.id,
                "invoice_date": "2024-05-15",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "price_unit": 100,
                            "tax_ids": [],
                        }
                    )
                ],
            }
        )
        move.action_post()
        self._refresh(self.company_2)
        self.assertEqual(self._customer(self.partner, self.company_2).goods_cost, 5)

    def test_service_counts_at_the_rates_of_the_company(self):
        Rate = self.env["crm.service.rate"].sudo()
        Rate.create(
            [
                {"kind": "invoice", "unit_cost": 4, "company_id": self.company.id},
                {"kind": "activity", "unit_cost": 7, "company_id": self.company.id},
                {"kind": "invoice", "unit_cost": 900, "company_id": self.company_2.id},
            ]
        )
        contact = self._partner("Contact", is_company=False, parent_id=self.partner.id)
        self._sell()
        self._sell()
        activity = contact.activity_schedule("mail.mail_activity_data_call")
        message = activity._action_done()[0]
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_message SET date = '2024-06-30 15:00:00' WHERE id = ANY(%s)",
            [message.ids],
        )
        self.assertEqual(self._measured().service_cost, 15)

    def test_owed_money_costs_by_the_day(self):
        self.policy.capital_pct = 10
        move = self._sell()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({"payment_date": "2024-06-14"})._create_payments()
        # 100 for 30 days at 10 % a year
        self.assertEqual(self._measured().capital_cost, 0.82)

    def test_open_money_costs_until_the_day_looked_at(self):
        self.policy.capital_pct = 36.5
        self._sell()
        self.assertEqual(self._measured().capital_cost, 4.6)

    def test_value_follows_the_measure_of_the_policy(self):
        self._sell()
        self.policy.measure = "contribution"
        self.assertEqual(self._measured().value_amount, 70)
        self.policy.measure = "revenue"
        self.assertEqual(self._measured().value_amount, 100)
