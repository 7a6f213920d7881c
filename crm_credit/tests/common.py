from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.crm_value import analytics

#: The day all tests look from, so that nothing depends on the calendar.
TODAY = fields.Date.to_date("2026-06-30")


class CreditCommon(AccountTestInvoicingCommon):
    """A customer with a contact, and short ways to book what it owes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.sudo().group_ids |= cls.env.ref("crm_credit.group_manager")
        Partner = cls.env["res.partner"]
        cls.company = cls.env.company
        cls.customer = Partner.create({"name": "Lumber Inc", "is_company": True})
        cls.contact = Partner.create(
            {"name": "Jane at Lumber", "parent_id": cls.customer.id}
        )
        cls.other = Partner.create({"name": "Timber Ltd", "is_company": True})
        cls.receivable = cls.company_data["default_account_receivable"]
        cls.income = cls.company_data["default_account_revenue"]

    @classmethod
    def _freeze_today(cls):
        """Let every day of the class be the same, also for what reads the clock.

        Freezing looks at every attribute of every module; analytics load pandas and
        scipy when one is looked at, which must not happen on a frozen clock.
        """
        for name in analytics.__all__:
            getattr(analytics, name)
        freezer = freeze_time(TODAY)
        freezer.start()
        cls.addClassCleanup(freezer.stop)

    @classmethod
    def _new_user(cls, login, *groups, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            login,
            groups=",".join(("base.group_user", *groups)),
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    @classmethod
    def _invoice(cls, amount, partner=None, post=True, **vals):
        """Return a customer invoice of one line, tax free unless told otherwise."""
        taxes = vals.pop("taxes", cls.env["account.tax"])
        company = vals.pop("company", cls.company)
        move = (
            cls.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "out_invoice",
                    "company_id": company.id,
                    "partner_id": (partner or cls.customer).id,
                    "invoice_date": TODAY,
                    "date": TODAY,
                    "invoice_date_due": TODAY,
                    "invoice_payment_term_id": False,
                    **vals,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "Planks",
                                "quantity": 1,
                                "price_unit": amount,
                                "tax_ids": [Command.set(taxes.ids)],
                            }
                        )
                    ],
                }
            )
        )
        if post:
            move.action_post()
        return move

    @classmethod
    def _payment(cls, amount, partner=None, **vals):
        """Return a posted customer payment that is matched with nothing."""
        payment = cls.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": (partner or cls.customer).id,
                "amount": amount,
                "date": TODAY,
                "journal_id": cls.company_data["default_journal_bank"].id,
                **vals,
            }
        )
        payment.action_post()
        return payment

    @classmethod
    def _entry(cls, amount, partner):
        """Return a posted journal entry that books a receivable without invoice."""
        move = cls.env["account.move"].create(
            {
                "move_type": "entry",
                "date": TODAY,
                "journal_id": cls.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": partner.id,
                            "balance": balance,
                        }
                    )
                    for account, balance in (
                        (cls.receivable, amount),
                        (cls.income, -amount),
                    )
                ],
            }
        )
        move.action_post()
        return move

    def _position(self, partner=None, company=None, user=None):
        partner = partner or self.customer
        Customer = self.env["crm.customer"].with_user(user or self.env.user)
        return Customer.credit_position(partner, company or self.company, TODAY)[
            partner.id
        ]

    def assertPosition(self, partner=None, company=None, **expected):
        position = self._position(partner, company)
        self.assertEqual({name: position[name] for name in expected}, expected)
        self.assertCheckpointAgrees(partner or self.customer, company)

    def assertCheckpointAgrees(self, partners, company=None):
        """A checkpoint, which reads in two statements, sees the same position."""
        Customer = self.env["crm.customer"].sudo()
        root = (company or self.company).root_id
        customers = partners.commercial_partner_id
        expected = Customer._credit_position(customers, root, TODAY)
        self.env.flush_all()
        terms = Customer._fetch_credit_terms(customers, root, TODAY)
        seen = Customer._credit_checkpoint_positions(terms, root, TODAY)
        for customer in customers:
            self.assertEqual(seen[customer.id], expected[customer.id])
