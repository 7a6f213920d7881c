from datetime import datetime, timedelta
from unittest import SkipTest

from odoo.tests import tagged

from .decision_common import TODAY, DecisionCommon


@tagged("post_install", "-at_install")
class TestCrmCustomerContactMeeting(DecisionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "calendar.event" not in cls.env:
            raise SkipTest("the calendar app is not installed")
        call = cls.env.ref("mail.mail_activity_data_call")
        cls.policy.tier_ids.write(
            {"contact_days": 30, "contact_activity_type_id": call.id}
        )
        cls.customer = cls._customer("Met", 1000)
        cls.contact = cls.env["res.partner"].create(
            {"name": "Contact", "parent_id": cls.customer.partner_id.id}
        )
        cls._decide(TODAY)
        cls.due = TODAY + timedelta(days=30)

    def _meet(self, day, organiser=None, partner=None):
        start = datetime.combine(day, datetime.min.time()).replace(hour=9)
        organiser = organiser or self.seller
        return (
            self.env["calendar.event"]
            .with_context(no_mail_to_attendees=True, dont_notify=True)
            .create(
                {
                    "name": "Meeting",
                    "start": start,
                    "stop": start + timedelta(hours=1),
                    "user_id": organiser.id,
                    "partner_ids": [
                        (6, 0, (organiser.partner_id | (partner or self.contact)).ids)
                    ],
                }
            )
        )

    def test_meeting_with_a_contact_of_the_customer_is_a_contact(self):
        day = TODAY + timedelta(days=10)
        self._meet(day)
        self._decide(self.due)
        self.assertEqual(self.customer.last_contact_date, day)
        self.assertEqual(self.customer.next_contact_date, day + timedelta(days=30))
        self.assertFalse(self.customer.contact_activity_id)

    def test_meeting_that_did_not_happen_is_no_contact(self):
        day = TODAY + timedelta(days=10)
        self._meet(day).active = False
        declined = self._meet(day)
        declined.attendee_ids.filtered(
            lambda attendee: attendee.partner_id == self.contact
        ).state = "declined"
        self._decide(self.due)
        self.assertFalse(self.customer.last_contact_date)
        self.assertTrue(self.customer.contact_activity_id)

    def test_meeting_of_another_company_is_no_contact(self):
        stranger = self.env.ref("base.user_admin").copy(
            {
                "login": "meeting_stranger",
                "company_id": self.env.ref("base.main_company").id,
                "company_ids": [(6, 0, self.env.ref("base.main_company").ids)],
            }
        )
        self._meet(TODAY + timedelta(days=10), organiser=stranger)
        self._decide(self.due)
        self.assertFalse(self.customer.last_contact_date)

    def test_colleague_at_the_table_is_no_customer(self):
        colleague = self.other_seller.partner_id
        customer = self.Customer._for_partner(colleague, self.company)
        self._meet(TODAY + timedelta(days=10), partner=colleague)
        self._decide(self.due)
        self.assertFalse(customer.last_contact_date)

    def test_planned_meeting_stands_for_the_activity(self):
        meeting = self._meet(self.due + timedelta(days=5))
        self._decide(self.due)
        self.assertFalse(self.customer.contact_activity_id)
        self.assertFalse(self.customer.last_contact_date, "it has not happened yet")
        meeting.active = False
        self._decide(self.due + timedelta(days=1))
        self.assertTrue(self.customer.contact_activity_id, "cancelled: call instead")

    def test_meeting_planned_too_late_does_not_stand_for_the_activity(self):
        self._meet(self.due + timedelta(days=31))
        self._decide(self.due)
        self.assertTrue(self.customer.contact_activity_id)

    def test_meeting_planned_later_withdraws_our_open_activity(self):
        self._decide(self.due)
        self.assertTrue(self.customer.contact_activity_id)
        self._meet(self.due + timedelta(days=5))
        self._decide(self.due + timedelta(days=1))
        self.assertFalse(self.customer.activity_ids)

    def test_activity_made_into_a_meeting_stays(self):
        self._decide(self.due)
        activity = self.customer.contact_activity_id
        activity.calendar_event_id = self._meet(self.due + timedelta(days=5))
        self._decide(self.due + timedelta(days=1))
        self.assertEqual(self.customer.activity_ids, activity)

    def test_meeting_of_today_counts_once_it_has_begun(self):
        today = self.Customer._today(self.company)
        until = self.Customer._meetings_until(self._scope(today))
        self.assertLessEqual(until, datetime.now())
        yesterday = today - timedelta(days=1)
        until = self.Customer._meetings_until(self._scope(yesterday))
        self.assertEqual(until.date(), yesterday)
        self.assertEqual(until.hour, 23)
