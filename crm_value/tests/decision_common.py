from datetime import date

from odoo.tests import TransactionCase, new_test_user

from ..refresh_scope import RefreshScope

TODAY = date(2024, 6, 30)


class DecisionCommon(TransactionCase):
    """Customers with given measures, and decisions on a given day.

    Decisions look at measures only, so the measures are set and nothing is
    invoiced.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Decisions Ltd"})
        cls.env.user.company_ids |= cls.company
        cls.env = cls.env(
            context={
                **cls.env.context,
                "allowed_company_ids": cls.company.ids,
                "tracking_disable": True,
            }
        )
        cls.Customer = cls.env["crm.customer"].sudo()
        cls.Event = cls.env["crm.customer.event"]
        cls.policy = cls.env["crm.value.policy"]._for_company(cls.company)
        cls.manager = cls._user("manager", "crm_value.group_manager")
        cls.seller = cls._user("seller", "crm_value.group_user")
        cls.other_seller = cls._user("other", "crm_value.group_user")

    @classmethod
    def _user(cls, login, group):
        return new_test_user(
            cls.env,
            f"decision_{login}",
            groups=f"base.group_user,{group}",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    @classmethod
    def _customer(cls, name, value=0.0, first="2022-01-01", **measures):
        partner = cls.env["res.partner"].create(
            {"name": name, "user_id": measures.pop("salesperson", cls.seller).id}
        )
        customer = cls.Customer._for_partner(partner, cls.company)
        customer.write(
            {
                "value_amount": value,
                "revenue_window": value,
                "first_purchase_date": first,
                "last_purchase_date": measures.pop("last", first),
                **measures,
            }
        )
        return customer

    @classmethod
    def _scope(cls, as_of=TODAY, customers=None):
        return RefreshScope(
            company=cls.company,
            policy=cls.env["crm.value.policy"]._for_company(cls.company),
            as_of=as_of,
            partner_ids=tuple(customers.partner_id.ids) if customers else None,
        )

    @classmethod
    def _measured_on(cls, as_of):
        cls.env.flush_all()
        cls.env["crm.value.summary"].sudo()._record_totals(cls._scope(as_of))

    @classmethod
    def _decide(cls, as_of=TODAY):
        """Run every decision of the nightly refresh on ``as_of``."""
        cls._measured_on(as_of)
        cls.env.flush_all()
        for step in (
            "_refresh_tier_decisions",
            "_refresh_account_managers",
            "_refresh_stages",
            "_refresh_treatment",
            "_refresh_contacts",
        ):
            getattr(cls.Customer, step)(cls._scope(as_of))
        cls.env.invalidate_all()

    def _events(self, customer, kind):
        return self.Event.search(
            [("customer_id", "=", customer.id), ("kind", "=", kind)], order="id"
        )
