from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .decision_common import TODAY, DecisionCommon


@tagged("post_install", "-at_install")
class TestCrmLifecycleStage(DecisionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for kind in (
            "prospect",
            "exploration",
            "formation",
            "stable",
            "decline",
            "lost",
            "won_back",
        ):
            setattr(cls, kind, cls.env.ref(f"crm_value.crm_lifecycle_stage_{kind}"))

    def _regular(self, name="Regular", **values):
        """Return a customer who buys steadily and is in the stable stage."""
        customer = self._customer(
            name,
            100,
            **{"revenue_previous": 100, "purchase_count": 9, "last": TODAY, **values},
        )
        self._decide()
        return customer

    def _day(self, days):
        return TODAY + timedelta(days=days)

    def test_first_decision_places_customers_by_rule(self):
        cases = {
            self.prospect: {"purchase_count": 0, "first": False},
            self.exploration: {"purchase_count": 1, "last": TODAY},
            self.formation: {
                "purchase_count": 5,
                "last": TODAY,
                "value": 200,
                "revenue_previous": 100,
            },
            self.stable: {
                "purchase_count": 5,
                "last": TODAY,
                "value": 100,
                "revenue_previous": 100,
            },
            self.decline: {
                "purchase_count": 5,
                "last": TODAY,
                "value": 50,
                "revenue_previous": 100,
            },
            self.lost: {"purchase_count": 5, "last": "2023-01-01"},
        }
        customers = {
            stage: self._customer(stage.name, **measures)
            for stage, measures in cases.items()
        }
        self._decide()
        for stage, customer in customers.items():
            self.assertEqual(customer.stage_id, stage)
            self.assertEqual(customer.stage_entered_on, TODAY)

    def test_move_waits_until_the_rule_has_held_long_enough(self):
        customer = self._regular()
        self.assertEqual(customer.stage_id, self.stable)
        customer.revenue_window = 10
        self._decide(self._day(20))
        self.assertEqual(customer.stage_candidate_id, self.decline)
        self._decide(self._day(33))
        self.assertEqual(customer.stage_id, self.stable)
        self._decide(self._day(34))
        self.assertEqual(customer.stage_id, self.decline)
        self.assertFalse(customer.stage_candidate_id)
        self.assertEqual(self._events(customer, "stage")[-1].direction, "down")

    def test_candidate_is_dropped_when_the_rule_stops_holding(self):
        customer = self._regular()
        customer.revenue_window = 10
        self._decide(self._day(1))
        customer.revenue_window = 100
        self._decide(self._day(2))
        self.assertFalse(customer.stage_candidate_id)

    def test_lost_customer_who_buys_again_is_won_back_and_then_moves_on(self):
        customer = self._regular(last="2023-01-01")
        self.assertEqual(customer.stage_id, self.lost)
        customer.last_purchase_date = self._day(5)
        self._decide(self._day(5))
        self.assertEqual(customer.stage_id, self.won_back)
        customer.last_purchase_date = self._day(180)
        self._decide(self._day(180))
        self.assertEqual(customer.stage_id, self.won_back)
        self._decide(self._day(186))
        self._decide(self._day(200))
        self.assertEqual(customer.stage_id, self.stable)

    def test_history_keeps_a_row_for_each_stay(self):
        customer = self._regular(last="2023-01-01")
        customer.last_purchase_date = self._day(5)
        self._decide(self._day(5))
        now, before = customer.stage_history_ids
        self.assertEqual(
            (before.stage_id, before.left_on, before.days),
            (self.lost, self._day(5), 5),
        )
        self.assertEqual((now.stage_id, now.from_stage_id), (self.won_back, self.lost))
        self.assertFalse(now.left_on)

    def test_move_by_hand_keeps_until_the_day_given(self):
        customer = self._regular()
        customer.with_user(self.seller)._move_stage_by_hand(
            self.decline, "Told us so", self._day(20), self.stable, today=TODAY
        )
        self._decide(self._day(1))
        self._decide(self._day(20))
        self.assertEqual(customer.stage_id, self.decline)
        event = self._events(customer, "stage")[-1]
        self.assertEqual((event.user_id, event.reason), (self.seller, "Told us so"))
        self._decide(self._day(21))
        self.assertEqual(customer.stage_id, self.stable)

    def test_move_by_hand_needs_a_reason_and_an_own_customer(self):
        customer = self._regular()
        with self.assertRaisesRegex(UserError, "reason"):
            customer.with_user(self.seller)._move_stage_by_hand(self.decline, "")
        with self.assertRaisesRegex(AccessError, "decision_seller"):
            customer.with_user(self.other_seller)._move_stage_by_hand(
                self.decline, "Mine"
            )
        with self.assertRaisesRegex(UserError, "needs a reason"):
            customer.with_user(self.seller).write({"stage_id": self.decline.id})
        customer.with_user(self.manager)._move_stage_by_hand(self.decline, "Allowed")
        self.assertEqual(customer.stage_id, self.decline)

    def test_rules_forbid_a_move_in_one_clear_sentence(self):
        customer = self._regular()
        with self.assertRaisesRegex(UserError, "only from Lost, not from Stable"):
            customer.with_user(self.seller)._move_stage_by_hand(self.won_back, "No")
        self.decline.is_manual_allowed = False
        with self.assertRaisesRegex(UserError, "by rule only"):
            customer.with_user(self.seller)._move_stage_by_hand(self.decline, "No")

    def test_second_person_moving_the_same_card_is_told_who_came_first(self):
        customer = self._regular()
        customer.with_user(self.manager)._move_stage_by_hand(self.decline, "First")
        with self.assertRaisesRegex(
            UserError, "moved to “Decline” by decision_manager"
        ):
            customer.with_user(self.seller)._move_stage_by_hand(
                self.formation, "Second", seen_stage=self.stable
            )

    def test_dialog_remembers_the_stage_it_was_opened_on(self):
        customer = self._regular()
        values = {"stage_id": self.decline.id, "reason": "Seen"}
        Move = self.env["crm.customer.stage.move"].with_user(self.seller)
        move = Move.with_context(default_customer_ids=customer.ids).create(values)
        customer.with_user(self.manager)._move_stage_by_hand(self.formation, "First")
        with self.assertRaisesRegex(UserError, "meantime"):
            move.action_move()

    def test_entry_actions_happen_once_and_are_logged(self):
        template = self.env["mail.template"].create(
            {
                "name": "Come back",
                "model_id": self.env["ir.model"]._get_id("crm.customer"),
                "subject": "We miss you",
                "email_to": "{{ object.partner_id.email }}",
                "body_html": "<p>Hello</p>",
            }
        )
        action = self.env["ir.actions.server"].create(
            {
                "name": "Mark",
                "model_id": self.env["ir.model"]._get_id("crm.customer"),
                "state": "code",
                "code": "record.partner_id.write({'comment': 'left'})",
            }
        )
        self.lost.write(
            {
                "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                "activity_summary": "Ask why",
                "activity_days": 3,
                "mail_template_id": template.id,
                "server_action_id": action.id,
            }
        )
        customer = self._customer("Gone", 100, last="2023-01-01", purchase_count=4)
        customer.partner_id.email = "gone@example.com"
        self._decide()
        self._decide()
        self.assertEqual(customer.activity_ids.summary, "Ask why")
        self.assertEqual(customer.activity_ids.date_deadline, self._day(3))
        self.assertEqual(customer.activity_ids.user_id, self.seller)
        self.assertIn("left", customer.partner_id.comment)
        mails = self.env["mail.mail"].search([("subject", "=", "We miss you")])
        self.assertEqual(len(mails), 1)
        self.assertEqual(len(self._events(customer, "treatment")), 3)

    def test_failing_entry_action_stops_nobody_and_is_logged(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Broken",
                "model_id": self.env["ir.model"]._get_id("crm.customer"),
                "state": "code",
                "code": "raise UserError('no such thing')",
            }
        )
        self.lost.server_action_id = action
        customer = self._customer("Gone", 100, last="2023-01-01", purchase_count=4)
        self._decide()
        self.assertEqual(customer.stage_id, self.lost)
        self.assertIn("no such thing", self._events(customer, "treatment").reason)

    def test_role_shares_out_the_activities(self):
        role = self.env["res.role"].create(
            {"name": "Rescue", "user_ids": [(6, 0, (self.seller | self.manager).ids)]}
        )
        self.lost.write(
            {
                "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                "activity_responsible": "role",
                "activity_role_id": role.id,
            }
        )
        gone = [
            self._customer(f"Gone {i}", 9, last="2023-01-01", purchase_count=4)
            for i in range(2)
        ]
        self._decide()
        people = {customer.activity_ids.user_id for customer in gone}
        self.assertEqual(people, {self.seller, self.manager})

    def test_longest_stay_alerts_once(self):
        self.stable.max_days = 30
        customer = self._regular()
        self._decide(self._day(30))
        self.assertFalse(customer.activity_ids)
        self._decide(self._day(31))
        self._decide(self._day(32))
        self.assertEqual(len(customer.activity_ids), 1)
        self.assertIn("30 days", customer.activity_ids.summary)

    def test_invalid_rule_is_refused_naming_the_stage(self):
        with self.assertRaisesRegex(ValidationError, "Stable"):
            self.stable.domain = "[('no_such_field', '=', 1)]"
        with self.assertRaisesRegex(ValidationError, "Stable"):
            self.stable.domain = "[("

    def test_circle_of_from_stages_nobody_can_enter_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "can ever reach"):
            self.lost.from_stage_ids = [Command.link(self.won_back.id)]

    def test_relative_dates_of_a_rule_follow_the_day_looked_at(self):
        self.exploration.domain = "[('first_purchase_date', '>=', 'today -30d')]"
        customer = self._customer(
            "Fresh", 10, first="2024-06-15", last="2024-06-15", purchase_count=1
        )
        self._decide()
        self.assertEqual(customer.stage_id, self.exploration)

    def test_stage_of_another_company_is_not_used(self):
        other = self.env["res.company"].create({"name": "Other"})
        stage = self.env["crm.lifecycle.stage"].create(
            {"name": "Theirs", "company_id": other.id, "evaluation_order": 1}
        )
        customer = self._regular()
        self.assertEqual(customer.stage_id, self.stable)
        with self.assertRaisesRegex(UserError, "belongs to Other"):
            customer.with_user(self.manager)._move_stage_by_hand(stage, "No")
