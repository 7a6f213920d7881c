from datetime import date, timedelta

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

    @classmethod
    def _template_move(cls, company):
        """Return a draft to clone; it is gone when the test ends that made it."""
        partners = cls.env["res.partner"].search([("name", "=", "Template")])
        found = cls.env["account.move"].search(
            [("partner_id", "in", partners.ids), ("company_id", "=", company.id)]
        )
        if not found:
            partner = partners[:1] or cls._partner("Template")
            found = cls._invoice_for(partner, 1, "2000-01-01", company=company)
            found.button_draft()
        return found[:1]

    @classmethod
    def _bulk_invoices(cls, rows, company=None):
        """Clone a posted invoice for rows of (partner, day, amount), fast.

        A negative amount is a credit note. Only what the measures read is set.
        """
        company = company or cls.company
        template = cls._template_move(company)
        cls.env.flush_all()
        cls.env.cr.execute(
            "SELECT string_agg(quote_ident(column_name::text), ', ')"
            " FROM information_schema.columns WHERE table_name = 'account_move'"
            " AND column_name NOT IN ('id', 'name', 'partner_id', 'invoice_date',"
            " 'commercial_partner_id', 'amount_untaxed_signed', 'move_type',"
            " 'state', 'write_date')"
        )
        [(columns,)] = cls.env.cr.fetchall()
        # names of columns, not values
        # pylint: disable=sql-injection
        cls.env.cr.execute(
            """
            INSERT INTO account_move (
                name, partner_id, commercial_partner_id, invoice_date,
                amount_untaxed_signed, move_type, state, write_date, {columns}
            )
            SELECT
                'BULK/' || bulk.place || '/' || bulk.day || random(), partner.id,
                partner.commercial_partner_id, bulk.day, bulk.amount,
                CASE WHEN bulk.amount < 0 THEN 'out_refund' ELSE 'out_invoice' END,
                'posted', now() AT TIME ZONE 'UTC', {columns}
            FROM unnest(%s::int[], %s::date[], %s::numeric[]) WITH ORDINALITY
                AS bulk (bulk_partner, day, amount, place)
            JOIN LATERAL (
                SELECT id, commercial_partner_id
                FROM res_partner WHERE id = bulk.bulk_partner
            ) partner ON TRUE
            CROSS JOIN LATERAL (
                SELECT {columns} FROM account_move WHERE id = %s
            ) template
            """.replace("{columns}", columns),
            [
                [row[0].id for row in rows],
                [row[1] for row in rows],
                [row[2] for row in rows],
                template.id,
            ],
        )
        if cls.env.cr.rowcount != len(rows):
            raise AssertionError("Not every document was made.")
        cls.env.invalidate_all()


class RandomDocumentsCommon(CustomerValueCommon):
    """Forty customers, and random documents of theirs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"P{n}", "is_company": True} for n in range(40)]
        )

    def _random_rows(self, chance, count, days=900):
        """Return rows for ``_bulk_invoices``, of the last ``days``."""
        return [
            (
                chance.choice(self.partners),
                AS_OF - timedelta(days=chance.randrange(days)),
                chance.choice([1, 5, 5, 20, 100, 100, 333.33, 0.01, -5, -100]),
            )
            for _n in range(count)
        ]
