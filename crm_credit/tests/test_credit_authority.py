from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestCreditAuthority(CreditCommon):
    """Who may change a limit, on every path, and who has to ask."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Authority = cls.env["crm.credit.authority"].sudo()
        Authority.search([]).unlink()
        user_group = cls.env.ref("crm_credit.group_user")
        manager_group = cls.env.ref("crm_credit.group_manager")
        Authority.create(
            [
                {"group_id": user_group.id, "amount": 1000},
                {"group_id": manager_group.id, "is_unlimited": True},
            ]
        )
        cls.biller = cls._new_user(
            "biller", "account.group_account_invoice", "base.group_partner_manager"
        )
        cls.controller = cls._new_user(
            "controller",
            "account.group_account_invoice",
            "base.group_partner_manager",
            "crm_credit.group_user",
        )
        cls.manager = cls._new_user("credit_manager", "crm_credit.group_manager")

    def _request(self, user, **vals):
        return (
            self.env["crm.credit.limit.request"]
            .with_user(user)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "reason": "Growing",
                    **vals,
                }
            )
        )

    def _as(self, user, record):
        return record.with_user(user)

    # direct changes

    def test_accountant_without_authority_is_told_how_to_ask(self):
        with self.assertRaisesRegex(UserError, "You may not decide credit limits"):
            self._as(self.biller, self.customer).credit_limit = 500
        with self.assertRaisesRegex(UserError, "You may not decide credit limits"):
            self._as(self.biller, self.customer).credit_mode = "unlimited"
        with self.assertRaisesRegex(UserError, "You may not decide credit limits"):
            self.env["res.partner"].with_user(self.biller).create(
                {"name": "Fresh", "credit_limit": 5000}
            )

    def test_import_is_guarded_too(self):
        result = (
            self.env["res.partner"]
            .with_user(self.biller)
            .load(["name", "credit_limit"], [["Imported", "5000"]])
        )
        self.assertIn("may not decide", result["messages"][0]["message"])

    def test_no_context_key_opens_the_guard(self):
        partner = self._as(self.biller, self.customer).with_context(
            credit_change_reason="trust me", install_mode=True, import_file=True
        )
        with self.assertRaises(UserError):
            partner.credit_limit = 500

    def test_saving_the_same_limit_needs_no_authority(self):
        self.customer.sudo().credit_limit = 500
        self._as(self.biller, self.customer).write({"credit_limit": 500, "ref": "A1"})
        self.assertEqual(self.customer.ref, "A1")

    def test_authority_ends_at_its_amount(self):
        customer = self._as(self.controller, self.customer)
        customer.credit_limit = 1000
        with self.assertRaisesRegex(UserError, "up to .*1,000.00"):
            customer.credit_limit = 1000.01
        with self.assertRaisesRegex(UserError, "up to .*1,000.00"):
            customer.credit_mode = "unlimited"

    def test_line_of_the_company_goes_before_the_general_one(self):
        self.env["crm.credit.authority"].sudo().create(
            {
                "group_id": self.env.ref("crm_credit.group_user").id,
                "company_id": self.company.id,
                "amount": 10,
            }
        )
        with self.assertRaisesRegex(UserError, "up to .*10.00"):
            self._as(self.controller, self.customer).credit_limit = 11

    def test_lowering_below_what_is_used_has_to_be_confirmed(self):
        self._invoice(800)
        self.customer.sudo().credit_limit = 1000
        with self.assertRaisesRegex(UserError, "already uses .*800.00"):
            self._as(self.controller, self.customer).credit_limit = 500
        request = self._request(self.controller, amount=500)
        with self.assertRaisesRegex(UserError, "Tick"):
            request.action_submit()
        request.is_reduction_confirmed = True
        request.action_submit()
        self.assertPosition(limit=500.0, available=-300.0)

    def test_temporary_limits_and_guarantees_need_authority(self):
        Authority = self.env["crm.credit.authority"].sudo()
        group = self.env.ref("crm_credit.group_manager")
        Authority.search([("group_id", "=", group.id)]).write(
            {"is_unlimited": False, "amount": 2000}
        )
        vals = {
            "partner_id": self.contact.id,
            "date_from": "2026-06-01",
            "date_to": "2026-12-31",
        }
        Temporary = self.env["crm.credit.temporary.limit"].with_user(self.manager)
        Guarantee = self.env["crm.credit.guarantee"].with_user(self.manager)
        limit = Temporary.create({**vals, "amount": 2000, "reason": "Season"})
        self.assertEqual(limit.partner_id, self.customer)
        with self.assertRaisesRegex(UserError, "up to .*2,000.00"):
            limit.amount = 2001
        with self.assertRaisesRegex(UserError, "up to .*2,000.00"):
            Guarantee.create({**vals, "amount": 9000, "reference": "P1"})

    def test_default_limit_of_the_company_needs_authority_when_it_changes(self):
        clerk = self._new_user("clerk", "base.group_system")
        Settings = self.env["res.config.settings"].with_user(clerk)
        Settings.create({"account_default_credit_limit": 0})
        with self.assertRaisesRegex(UserError, "may not decide"):
            Settings.create({"account_default_credit_limit": 5000})

    # requests

    def test_change_within_authority_applies_at_once(self):
        request = self._request(self.controller, amount=900)
        self.assertFalse(request.needs_approval)
        request.action_submit()
        self.assertEqual(request.state, "approved")
        self.assertEqual(request.decider_id, self.controller)
        self.assertPosition(limit=900.0)

    def test_change_above_authority_waits_for_another_person(self):
        request = self._request(self.controller, amount=5000)
        self.assertTrue(request.needs_approval)
        request.action_submit()
        self.assertEqual(request.state, "waiting")
        self.assertIn(request.activity_user_id, self.manager | self.env.user)
        self.assertPosition(limit=None)
        self._as(self.manager, request).action_approve("Solid accounts")
        self.assertEqual(request.state, "approved")
        self.assertFalse(request.activity_ids)
        self.assertPosition(limit=5000.0)
        event = self.env["crm.customer.event"].search(
            [("partner_id", "=", self.customer.id), ("kind", "=", "limit")]
        )
        self.assertEqual(event.reason, "Growing")
        self.assertEqual(event.user_id, self.manager)

    def test_nobody_approves_the_own_request(self):
        request = self._request(self.controller, amount=5000)
        request.action_submit()
        self.env["crm.credit.authority"].sudo().search([]).is_unlimited = True
        with self.assertRaisesRegex(UserError, "another person has to decide"):
            request.action_approve()

    def test_approver_needs_the_authority(self):
        request = self._request(self.controller, amount=5000)
        request.action_submit()
        colleague = self._new_user("colleague", "crm_credit.group_user")
        with self.assertRaisesRegex(UserError, "up to"):
            self._as(colleague, request).action_approve()

    def test_rejection_needs_a_reason_and_is_told(self):
        request = self._request(self.controller, amount=5000)
        request.action_submit()
        with self.assertRaisesRegex(UserError, "Say why"):
            self._as(self.manager, request).action_reject()
        self._as(self.manager, request).action_reject("Too late payments")
        self.assertEqual(request.state, "rejected")
        self.assertPosition(limit=None)
        told = request.message_ids.filtered(
            lambda message: self.controller.partner_id in message.partner_ids
        )
        self.assertIn("Too late payments", told[:1].body)

    def test_state_of_a_request_cannot_be_typed_in(self):
        request = self._request(self.controller, amount=5000)
        with self.assertRaises(AccessError):
            request.state = "approved"
        with self.assertRaises(AccessError):
            self._request(self.controller, amount=5, requester_id=self.manager.id)
        request.action_submit()
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            request.amount = 1

    def test_request_nobody_could_grant_says_so(self):
        self.env["crm.credit.authority"].sudo().search([]).write(
            {"is_unlimited": False, "amount": 100}
        )
        with self.assertRaisesRegex(UserError, "Nobody else has the authority"):
            self._request(self.controller, amount=5000).action_submit()

    def test_temporary_request_makes_a_temporary_limit(self):
        self.customer.sudo().credit_limit = 100
        request = self._request(
            self.controller,
            kind="temporary",
            amount=700,
            date_from="2026-06-01",
            date_to="2026-07-31",
        )
        request.action_submit()
        self.assertPosition(limit=700.0, permanent_limit=100.0)

    def test_value_user_may_ask_but_not_decide(self):
        seller = self._new_user("seller", "crm_value.group_user")
        request = self._request(seller, amount=1)
        request.action_submit()
        self.assertEqual(request.state, "waiting")
        with self.assertRaises(AccessError):
            self.env["crm.credit.temporary.limit"].with_user(seller).search([])
        with self.assertRaises(AccessError):
            self.env["crm.credit.authority"].with_user(self.manager).create(
                {"group_id": self.env.ref("base.group_user").id, "amount": 1}
            )
