from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import AS_OF, CustomerValueCommon

OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}

#: What a user and an administrator of customer values may do, r(ead), w(rite),
#: c(reate), u(nlink), before any record rule. Nobody else may do anything.
RIGHTS = {
    "crm.account.manager.report": ("r", "r"),
    "crm.customer": ("rw", "rw"),
    "crm.customer.event": ("r", "r"),
    "crm.customer.pending": ("", "r"),
    "crm.customer.snapshot": ("r", "r"),
    "crm.customer.stage.history": ("r", "r"),
    "crm.customer.stage.move": ("rwc", "rwc"),
    "crm.customer.stage.report": ("r", "r"),
    "crm.customer.tier.override": ("rwc", "rwc"),
    "crm.lifecycle.stage": ("r", "rwcu"),
    "crm.service.rate": ("r", "rwcu"),
    "crm.target.list": ("rwcu", "rwcu"),
    "crm.target.list.count": ("r", "r"),
    "crm.target.list.member": ("r", "r"),
    "crm.value.model": ("r", "r"),
    "crm.value.pareto": ("r", "r"),
    "crm.value.policy": ("r", "rwcu"),
    "crm.value.policy.preview": ("", "rwc"),
    "crm.value.policy.preview.line": ("", "r"),
    "crm.value.review.date": ("r", "rwcu"),
    "crm.value.score.weight": ("r", "rwcu"),
    "crm.value.segment": ("r", "rwcu"),
    "crm.value.segment.cell": ("r", "rw"),
    "crm.value.summary": ("r", "r"),
    "crm.value.tier": ("r", "rwcu"),
}


@tagged("post_install", "-at_install")
class TestAccess(CustomerValueCommon):
    """Who may do what, and that companies do not see each other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee = cls._user("employee")
        cls.seller = cls._user("seller", "crm_value.group_user")
        cls.colleague = cls._user("colleague", "crm_value.group_user")
        cls.manager = cls._user("manager", "crm_value.group_manager")
        cls.neighbour = cls._user(
            "neighbour", "crm_value.group_manager", company=cls.company_2
        )
        cls.own = cls._partner("Own", user_id=cls.seller.id)
        cls.others = cls._partner("Others", user_id=cls.colleague.id)
        for company in (cls.company, cls.company_2):
            cls._fill(company)
        cls.customer = cls._customer(cls.own)
        cls.foreign_customer = cls._customer(cls.others)
        cls.env.invalidate_all()

    @classmethod
    def _user(cls, login, *groups, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            f"access_{login}",
            groups=",".join(("base.group_user", *groups)),
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )

    @classmethod
    def _fill(cls, company):
        """Let every model that belongs to a company have a row of it."""
        for partner in (cls.own, cls.others):
            for day in ("2024-04-03", "2024-05-15"):
                cls._invoice_for(partner, 100, day, company=company)
        cls._refresh(company)
        cls.Customer.with_company(company)._take_snapshots(company, AS_OF)
        env = cls.env(su=True)
        policy = env["crm.value.policy"]._for_company(company)
        env["crm.value.review.date"].create({"policy_id": policy.id, "day": 2})
        env["crm.value.score.weight"].create(
            {"policy_id": policy.id, "measure": "revenue"}
        )
        env["crm.value.model"].create(
            {"company_id": company.id, "fitted_on": AS_OF, "kind": "mbg"}
        )
        env["crm.service.rate"].create(
            {"company_id": company.id, "kind": "invoice", "unit_cost": 1}
        )
        env["crm.lifecycle.stage"].create(
            {
                "name": f"Only {company.name}",
                "company_id": company.id,
                "is_automatic": False,
            }
        )
        target = env["crm.target.list"].create(
            {"name": "Everyone", "company_id": company.id, "user_id": env.uid}
        )
        env["crm.target.list.count"]._record(target, AS_OF)
        target.with_company(company).action_freeze()

    def _models(self):
        """Return the names of the models this addon brings."""
        return {
            model._name
            for model in self.env.values()
            if model._original_module == "crm_value" and not model._abstract
        }

    def _company_models(self):
        """Return the names of the lasting models whose rows belong to a company."""
        return sorted(
            name
            for name in self._models()
            if "company_id" in self.env[name]._fields and not self.env[name]._transient
        )

    def _allowed(self, model, user):
        """Return the letters of what ``user`` may do with ``model``."""
        records = self.env[model].with_user(user)
        return "".join(
            letter
            for letter, operation in OPERATIONS.items()
            if records.has_access(operation)
        )

    def test_every_model_is_in_the_table(self):
        self.assertEqual(self._models(), set(RIGHTS))

    def test_plain_employee_may_do_nothing(self):
        for model in RIGHTS:
            with self.subTest(model=model):
                self.assertEqual(self._allowed(model, self.employee), "")

    def test_user_may_do_what_the_table_says(self):
        for model, (user, _manager) in RIGHTS.items():
            with self.subTest(model=model):
                self.assertEqual(self._allowed(model, self.seller), user)

    def test_manager_may_do_what_the_table_says(self):
        for model, (_user, manager) in RIGHTS.items():
            with self.subTest(model=model):
                self.assertEqual(self._allowed(model, self.manager), manager)

    def test_account_manager_changes_own_customers_only(self):
        for customer, may in ((self.customer, True), (self.foreign_customer, False)):
            seen = customer.with_user(self.seller)
            self.assertTrue(seen.has_access("read"))
            self.assertEqual(seen.has_access("write"), may)
            self.assertTrue(customer.with_user(self.manager).has_access("write"))

    def test_account_manager_decides_about_own_customers_only(self):
        stage = self.customer.stage_id.search(
            [("is_manual_allowed", "=", True), ("id", "!=", self.customer.stage_id.id)],
            limit=1,
        )
        self.customer.with_user(self.seller)._move_stage_by_hand(stage, "I know them")
        with self.assertRaisesRegex(AccessError, "looked after by"):
            self.foreign_customer.with_user(self.seller)._move_stage_by_hand(
                stage, "I do not know them"
            )
        self.foreign_customer.with_user(self.manager)._move_stage_by_hand(
            stage, "I know all"
        )

    def test_nobody_is_asked_for_a_decision_that_would_be_refused(self):
        for method in ("action_open_stage_move", "action_open_tier_override"):
            getattr(self.customer.with_user(self.seller), method)()
            getattr(self.foreign_customer.with_user(self.manager), method)()
            with self.assertRaisesRegex(AccessError, "looked after by"):
                getattr(self.foreign_customer.with_user(self.seller), method)()

    def test_user_changes_own_target_lists_only(self):
        lists = self.env["crm.target.list"]
        own = lists.with_user(self.seller).create({"name": "Mine"})
        for operation in ("write", "unlink"):
            self.assertTrue(own.has_access(operation))
            self.assertFalse(own.with_user(self.colleague).has_access(operation))
            self.assertTrue(own.with_user(self.manager).has_access(operation))
        self.assertTrue(own.with_user(self.colleague).has_access("read"))

    def test_history_is_changed_by_nobody(self):
        event = self.env["crm.customer.event"].sudo().search([], limit=1)
        with self.assertRaises(UserError):
            event.reason = "Another reason"
        with self.assertRaises(UserError):
            event.unlink()

    def test_every_company_model_has_rows_of_both_companies(self):
        for model in self._company_models():
            for company in (self.company, self.company_2):
                with self.subTest(model=model, company=company.name):
                    self.assertTrue(self._rows(model, company))

    def _rows(self, model, company):
        return (
            self.env[model]
            .sudo()
            .search([])
            .filtered_domain([("company_id", "=", company.id)])
        )

    def test_companies_do_not_see_each_other(self):
        for model in self._company_models():
            with self.subTest(model=model):
                visible = self.env[model].with_user(self.neighbour).search([])
                self.assertLessEqual(visible.sudo().company_id, self.company_2)
                rows = self._rows(model, self.company).with_user(self.neighbour)
                for operation in ("read", "write", "unlink"):
                    self.assertFalse(rows[:1].has_access(operation), operation)
                with self.assertRaises(AccessError):
                    rows.read(["company_id"])

    def test_nobody_creates_in_another_company(self):
        policy = self.policy
        for model, values in (
            ("crm.lifecycle.stage", {"name": "Spy", "is_automatic": False}),
            ("crm.service.rate", {"kind": "email", "unit_cost": 1}),
            ("crm.target.list", {"name": "Spy"}),
            ("crm.value.review.date", {"policy_id": policy.id, "day": 9}),
            ("crm.value.score.weight", {"policy_id": policy.id, "measure": "clv"}),
        ):
            if "policy_id" not in values:
                values["company_id"] = self.company.id
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(self.neighbour).create(values)
