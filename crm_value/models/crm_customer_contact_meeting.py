from datetime import datetime, time

from odoo import api, fields, models
from odoo.tools import SQL


class CrmCustomer(models.Model):
    """Meetings of the calendar are contacts: past ones count, planned ones suffice."""

    _inherit = "crm.customer"

    @api.model
    def _contact_sources(self, scope):
        # EXTENDS: a meeting that took place is a contact
        sources = super()._contact_sources(scope)
        if "calendar.event" in self.env:
            sources.append(
                SQL(
                    "SELECT meeting.partner_id, meeting.start::date"
                    " FROM (%s) meeting WHERE meeting.start <= %s",
                    self._meeting_query(scope.company),
                    self._meetings_until(scope),
                )
            )
        return sources

    @api.model
    def _planned_contact_sources(self, scope):
        # EXTENDS: a meeting that is to come is planned
        sources = super()._planned_contact_sources(scope)
        if "calendar.event" in self.env:
            sources.append(
                SQL(
                    "SELECT meeting.partner_id, meeting.start::date"
                    " FROM (%s) meeting WHERE meeting.start > %s",
                    self._meeting_query(scope.company),
                    self._meetings_until(scope),
                )
            )
        return sources

    @api.model
    def _withdrawable_activities(self, activities):
        # EXTENDS: an activity that was made into a meeting stays with its meeting
        ours = super()._withdrawable_activities(activities)
        if "calendar.event" in self.env:
            ours = ours.filtered(lambda activity: not activity.calendar_event_id)
        return ours

    @api.model
    def _meetings_until(self, scope):
        """Return the moment that parts meetings that took place from those to come."""
        if scope.as_of == self._today(scope.company):
            return fields.Datetime.now()
        return datetime.combine(scope.as_of, time.max)

    @api.model
    def _meeting_query(self, company) -> SQL:
        """Return (partner_id, start) of the meetings of a company with customers.

        A meeting belongs to the companies its organiser works for. A colleague at
        the table is no customer, and who declined was not there.
        """
        return SQL(
            """
            SELECT attendee.res_partner_id AS partner_id, event.start
              FROM calendar_event event
              JOIN calendar_event_res_partner_rel attendee
                ON attendee.calendar_event_id = event.id
             WHERE event.active
               AND (
                    event.user_id IS NULL
                    OR EXISTS (
                        SELECT
                          FROM res_company_users_rel allowed
                         WHERE allowed.user_id = event.user_id
                           AND allowed.cid = %s
                       )
                   )
               AND NOT EXISTS (
                    SELECT
                      FROM calendar_attendee answer
                     WHERE answer.event_id = event.id
                       AND answer.partner_id = attendee.res_partner_id
                       AND answer.state = 'declined'
                   )
               AND NOT EXISTS (
                    SELECT
                      FROM res_users colleague
                     WHERE colleague.partner_id = attendee.res_partner_id
                       AND NOT colleague.share
                   )
            """,
            company.id,
        )
