from odoo.tests import tagged

from .common import CustomerValueCommon


@tagged("post_install", "-at_install")
class TestCrmCustomerRefreshPartner(CustomerValueCommon):
    """Partners that are merged or get another parent."""

    def _merge(self, sources, destination):
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (sources | destination).ids, destination
        )

    def test_merge_adds_up_and_keeps_the_history(self):
        kept, gone = self._partner("Kept"), self._partner("Gone")
        self._invoice_for(kept, 100)
        self._invoice_for(gone, 50)
        self._refresh()
        row = self._customer(kept)
        self.env["crm.customer.event"]._log(
            [
                {
                    "customer_id": self._customer(gone).id,
                    "company_id": self.company.id,
                    "kind": "other",
                    "reason": "Told us so",
                }
            ]
        )
        self._merge(gone, kept)
        self.assertEqual(self._customer(kept), row)
        self.assertEqual(row.revenue_total, 150)
        events = (
            self.env["crm.customer.event"].sudo().search([("customer_id", "=", row.id)])
        )
        self.assertIn("Told us so", events.mapped("reason"))
        self.assertEqual(
            self.Customer.search_count([("company_id", "=", self.company.id)]), 1
        )

    def test_merge_into_a_partner_without_row_keeps_one_row(self):
        kept = self._partner("Fresh")
        first, second = self._partner("Gone 1"), self._partner("Gone 2")
        self._invoice_for(first, 100)
        self._invoice_for(second, 50)
        self._invoice_for(second, 7, company=self.company_2)
        self._refresh(self.company | self.company_2)
        self._merge(first | second, kept)
        self.assertEqual(self._customer(kept).revenue_total, 150)
        self.assertEqual(self._customer(kept, self.company_2).revenue_total, 7)

    def test_entity_that_gets_a_parent_brings_its_documents(self):
        parent, entity = self._partner("Group"), self._partner("Shop")
        self._invoice_for(entity, 100)
        self._refresh()
        entity.write({"is_company": False, "parent_id": parent.id})
        self._refresh()
        self.assertEqual(self._customer(parent).revenue_total, 100)
        self.assertEqual(self._customer(entity).revenue_total, 0)

    def test_contact_that_leaves_keeps_its_invoices_with_the_company(self):
        old, new = self._partner("Old Firm"), self._partner("New Firm")
        contact = self._partner("Mover", is_company=False, parent_id=old.id)
        self._invoice_for(contact, 100)
        contact.parent_id = new
        self._refresh()
        self.assertEqual(self._customer(old).revenue_total, 100)
        self.assertFalse(self._customer(new).revenue_total)
