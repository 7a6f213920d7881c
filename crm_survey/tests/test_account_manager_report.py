from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestAccountManagerReport(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(
            cls.env, "nps_seller", groups="base.group_user,crm_value.group_user"
        )
        Customer = cls.env["crm.customer"].sudo()
        partners = cls.env["res.partner"].create([{"name": f"N{i}"} for i in range(7)])
        cls.customers = Customer._for_partner(partners)
        cls.customers.account_manager_id = cls.seller

    def _row(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return (
            self.env["crm.account.manager.report"]
            .with_user(self.seller)
            .search([("account_manager_id", "=", self.seller.id)])
        )

    def _say(self, bands, share=False):
        for customer, band in zip(self.customers, bands, strict=False):
            customer.write(
                {"nps_band_year": band, "csat_year": share, "satisfaction_count": 1}
            )

    def test_scorecard_counts_one_vote_a_customer(self):
        self._say(["high", "high", "high", "middle", "low"], 80)
        row = self._row()
        self.assertEqual(row.customer_count, 7)
        self.assertEqual(row.nps_count, 5)
        self.assertEqual(row.nps_year, 40, "60 % promoters less 20 % detractors")
        self.assertEqual(row.csat_year, 80)
        self.assertEqual(row.satisfaction_count, 5)

    def test_scorecard_hides_what_fewer_than_five_say(self):
        self._say(["high"] * 4, 80)
        row = self._row()
        self.assertEqual((row.nps_count, row.satisfaction_count), (4, 4))
        self.assertFalse(row.nps_year)
        self.assertFalse(row.csat_year)
