from datetime import date

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

AS_OF = date(2024, 6, 30)


class CustomerValueCommon(AccountTestInvoicingCommon):
    """Two companies, two currencies, and a short way to a posted invoice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.company_2 = cls.setup_other_company()["company"]
        cls.foreign = cls.setup_other_currency("EUR", rates=[("2000-01-01", 2.0)])
        cls.policy = cls.env["crm.value.policy"]._for_company(cls.company)
        cls.Customer = cls.env["crm.customer"].sudo()

    @classmethod
    def _partner(cls, name, **values):
        return cls.env["res.partner"].create(
            {"name": name, "is_company": True, **values}
        )

    @classmethod
    def _invoice_for(
        cls,
        partner,
        amount,
        day="2024-05-15",
        move_type="out_invoice",
        company=None,
        currency=None,
        post=True,
    ):
        company = company or cls.company
        move = (
            cls.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": move_type,
                    "partner_id": partner.id,
                    "invoice_date": day,
                    "date": day,
                    "currency_id": (currency or company.currency_id).id,
                    "invoice_line_ids": [
                        (
                            0,
                            0,
                            {
                                "name": "Goods",
                                "quantity": 1,
                                "price_unit": amount,
                                "tax_ids": [],
                            },
                        )
                    ],
                }
            )
        )
        if post:
            move.action_post()
        return move

    @classmethod
    def _refresh(cls, companies=None, partners=None, as_of=AS_OF):
        cls.Customer.refresh(companies or cls.company, partners, as_of)

    @classmethod
    def _customer(cls, partner, company=None):
        return cls.Customer.search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", (company or cls.company).id),
            ]
        )

    @classmethod
    def _picture(cls, company=None):
        """Return all stored measures of a company as plain rows.

        Tiers are left out: they remember, measures do not.
        """
        names = [*cls.Customer._measure_columns(), "abc_class"]
        cls.Customer.invalidate_model()
        rows = cls.Customer.search(
            [("company_id", "=", (company or cls.company).id)], order="partner_id"
        )
        return {row.partner_id.id: tuple(row[name] for name in names) for row in rows}

    @classmethod
    def _versions(cls, company=None):
        """Return the row versions of a company: what PostgreSQL calls xmin, ctid."""
        cls.env.flush_all()
        cls.env.cr.execute(
            "SELECT id, xmin::text, ctid::text FROM crm_customer WHERE company_id = %s"
            " ORDER BY id",
            [(company or cls.company).id],
        )
        return cls.env.cr.fetchall()
