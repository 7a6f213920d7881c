from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..analytics.tiering import spread_over_days


class CrmCustomer(models.Model):
    """When a customer was last contacted and when it should be again."""

    _inherit = "crm.customer"

    last_contact_date = fields.Date(
        string="Last Contact",
        readonly=True,
        help="The last activity done, e-mail, message or meeting with the customer, on "
        "this record, its contacts or its documents.",
    )
    next_contact_date = fields.Date(
        string="Next Contact Due",
        readonly=True,
        index="btree_not_null",
        help="The last contact plus the days the tier allows between contacts.",
    )
    contact_overdue_days = fields.Integer(
        string="Contact Overdue (days)",
        compute="_compute_contact_overdue_days",
        aggregator="avg",
    )
    contact_activity_id = fields.Many2one(
        "mail.activity", readonly=True, index="btree_not_null", ondelete="set null"
    )
    contact_channel_id = fields.Many2one(
        related="tier_id.contact_activity_type_id", string="Contact by"
    )

    @api.depends("next_contact_date")
    def _compute_contact_overdue_days(self):
        today = fields.Date.context_today(self)
        for customer in self:
            due = customer.next_contact_date
            customer.contact_overdue_days = max((today - due).days, 0) if due else 0

    def action_schedule_contact(self):
        """Plan the next contact with this customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Schedule Contact"),
            "res_model": "mail.activity.schedule",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "active_model": self._name,
                "active_id": self.id,
                "active_ids": self.ids,
                "default_activity_type_id": self.contact_channel_id.id,
                "default_activity_user_id": self.account_manager_id.id,
            },
        }

    def _refresh_contacts(self, scope):
        """Note the last contacts, and ask for those that are overdue."""
        scope.run(lambda: self._write_contact_dates(scope))
        scope.run(lambda: self._withdraw_contact_activities(scope))
        scope.run(lambda: self._schedule_contacts(scope))

    @api.model
    def _contact_sources(self, scope):
        """Return queries of (partner_id, contacted_on) that count as contacts.

        Extend the list, never replace it. A partner may be any contact of the
        customer.
        """
        said = SQL(
            "(message.mail_activity_type_id IS NOT NULL"
            " OR message.message_type IN ('email', 'email_outgoing')"
            " OR message.message_type = 'comment' AND message.subtype_id = %s)",
            self.env.ref("mail.mt_comment").id,
        )
        sources = [
            SQL(
                "SELECT document.%(partner)s AS partner_id, message.date::date"
                " AS contacted_on FROM mail_message message"
                " JOIN %(table)s document ON document.id = message.res_id"
                " WHERE message.model = %(model)s AND %(said)s",
                partner=SQL.identifier(column),
                table=SQL.identifier(table),
                model=model,
                said=said,
            )
            for model, table, column in (
                ("crm.customer", "crm_customer", "partner_id"),
                ("res.partner", "res_partner", "id"),
            )
        ]
        sources += [
            SQL(
                "SELECT document.partner_id, message.date::date"
                " FROM mail_message message"
                " JOIN %(table)s document ON document.id = message.res_id"
                " WHERE message.model = %(model)s"
                " AND message.mail_activity_type_id IS NOT NULL",
                table=SQL.identifier(model._table),
                model=model._name,
            )
            for model in self._contact_documents()
        ]
        return sources

    @api.model
    def _planned_contact_sources(self, scope):
        """Return queries of (partner_id, planned_on) of contacts that are to come.

        Extend the list, never replace it. A partner may be any contact of the
        customer.
        """
        return []

    @api.model
    def _planned_contacts(self, scope) -> SQL:
        """Return (customer_partner_id, planned_on), the next planned of a customer."""
        sources = self._planned_contact_sources(scope) or [
            SQL("SELECT NULL::int, NULL::date WHERE FALSE")
        ]
        return SQL(
            """
            SELECT partner.commercial_partner_id AS customer_partner_id,
                   MIN(coming.planned_on) AS planned_on
              FROM (%s) coming (partner_id, planned_on)
              JOIN res_partner partner ON partner.id = coming.partner_id
             GROUP BY partner.commercial_partner_id
            """,
            SQL(" UNION ALL ").join(sources),
        )

    @api.model
    def _contact_documents(self):
        """Return the models of documents on which a done activity is a contact."""
        found = []
        for model in self.env.values():
            partner = model._fields.get("partner_id")
            if (
                model._auto
                and not model._abstract
                and not model._transient
                and model._name not in ("crm.customer", "res.partner")
                and isinstance(model, self.env.registry["mail.activity.mixin"])
                and partner
                and partner.store
                and partner.comodel_name == "res.partner"
            ):
                found.append(model)
        return found

    def _write_contact_dates(self, scope):
        self.env.flush_all()
        limits = SQL("contact.contacted_on <= %s", scope.as_of)
        if scope.partner_ids is not None:
            limits = SQL(
                "%s AND partner.commercial_partner_id IN %s",
                limits,
                scope.partner_ids or (0,),
            )
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_customer customer
                   SET last_contact_date = fresh.last_on,
                       next_contact_date = fresh.next_on
                  FROM (
                        SELECT customer.id,
                               contact.last_on,
                               CASE WHEN tier.contact_days > 0
                                    THEN COALESCE(contact.last_on, customer.tier_since)
                                         + tier.contact_days
                               END AS next_on
                          FROM crm_customer customer
                          LEFT JOIN crm_value_tier tier ON tier.id = customer.tier_id
                          LEFT JOIN (
                                SELECT partner.commercial_partner_id,
                                       MAX(contact.contacted_on) AS last_on
                                  FROM (%(sources)s) contact
                                  JOIN res_partner partner
                                    ON partner.id = contact.partner_id
                                 WHERE %(limits)s
                                 GROUP BY partner.commercial_partner_id
                               ) contact
                            ON contact.commercial_partner_id = customer.partner_id
                         WHERE %(condition)s
                       ) fresh
                 WHERE customer.id = fresh.id
                   AND (customer.last_contact_date, customer.next_contact_date)
                       IS DISTINCT FROM (fresh.last_on, fresh.next_on)
                RETURNING customer.id
                """,
                sources=SQL(" UNION ALL ").join(self._contact_sources(scope)),
                limits=limits,
                condition=self._scope_condition(scope),
            )
        )
        self.invalidate_model(["last_contact_date", "next_contact_date"])

    def _withdraw_contact_activities(self, scope):
        """Remove our open activities where a contact happened since or is planned."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT activity.id
                  FROM crm_customer customer
                  JOIN mail_activity activity
                    ON activity.id = customer.contact_activity_id
                  LEFT JOIN crm_value_tier tier ON tier.id = customer.tier_id
                  LEFT JOIN (%(planned)s) planned
                    ON planned.customer_partner_id = customer.partner_id
                 WHERE %(condition)s
                   AND activity.active
                   AND (
                        customer.last_contact_date >= activity.create_date::date
                        OR customer.next_contact_date IS NULL
                        OR planned.planned_on <= %(as_of)s + tier.contact_days
                       )
                """,
                condition=self._scope_condition(scope),
                as_of=scope.as_of,
                planned=self._planned_contacts(scope),
            )
        )
        # sudo: made by the rule for the account manager, withdrawn by the rule
        activities = self.env["mail.activity"].sudo().browse(row[0] for row in rows)
        self._withdrawable_activities(activities).unlink()

    @api.model
    def _withdrawable_activities(self, activities):
        """Return those of our activities that nobody has made into something else."""
        return activities

    def _schedule_contacts(self, scope):
        """Turn overdue contacts into activities, spread over working days."""
        due = self._fetch_due_contacts(scope)
        if not due:
            return
        policy = scope.policy
        taken = self._fetch_planned_contacts(scope, [row[1] for row in due])
        weekdays = self._working_weekdays(scope.company)
        by_manager = {}
        for customer_id, manager_id, type_id in due:
            by_manager.setdefault(manager_id, []).append((customer_id, type_id))
        planned = [
            (customer_id, manager_id, type_id, day)
            for manager_id, customers in by_manager.items()
            for (customer_id, type_id), day in zip(
                customers,
                spread_over_days(
                    len(customers),
                    scope.as_of + timedelta(days=1),
                    weekdays,
                    policy.contacts_per_day,
                    taken.get(manager_id, {}),
                    policy.contact_horizon_days,
                ),
                strict=False,
            )
        ]
        activities = self._schedule_activities(
            [
                {
                    "activity_type_id": type_id,
                    "summary": self.env._("Keep in touch"),
                    "date_deadline": day,
                    "user_id": manager_id,
                    "res_id": customer_id,
                }
                for customer_id, manager_id, type_id, day in planned
            ]
        )
        self._note_contact_activities([row[0] for row in planned], activities.ids)

    def _fetch_due_contacts(self, scope):
        """Return (customer, manager, activity type) of overdue contacts, best first."""
        return self.env.execute_query(
            SQL(
                """
                SELECT customer.id,
                       customer.account_manager_id,
                       tier.contact_activity_type_id
                  FROM crm_customer customer
                  JOIN crm_value_tier tier ON tier.id = customer.tier_id
                  LEFT JOIN (%(planned)s) planned
                    ON planned.customer_partner_id = customer.partner_id
                 WHERE %(condition)s
                   AND customer.next_contact_date <= %(as_of)s
                   AND customer.account_manager_id IS NOT NULL
                   AND tier.contact_activity_type_id IS NOT NULL
                   AND NOT EXISTS (
                        SELECT 1
                          FROM mail_activity activity
                         WHERE activity.active
                           AND activity.activity_type_id = tier.contact_activity_type_id
                           AND (
                                activity.res_model = 'crm.customer'
                                AND activity.res_id = customer.id
                                OR activity.res_model = 'res.partner'
                                AND activity.res_id = customer.partner_id
                               )
                       )
                   AND (planned.planned_on <= %(as_of)s + tier.contact_days)
                       IS NOT TRUE
                 ORDER BY customer.value_amount DESC NULLS LAST, customer.id
                """,
                condition=self._scope_condition(scope),
                as_of=scope.as_of,
                planned=self._planned_contacts(scope),
            )
        )

    def _fetch_planned_contacts(self, scope, manager_ids):
        """Return {manager: {day: open contact activities}}."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT activity.user_id, activity.date_deadline, COUNT(*)
                  FROM crm_customer customer
                  JOIN mail_activity activity
                    ON activity.id = customer.contact_activity_id
                 WHERE activity.active
                   AND activity.user_id IN %s
                   AND activity.date_deadline > %s
                 GROUP BY activity.user_id, activity.date_deadline
                """,
                tuple(set(manager_ids)),
                scope.as_of,
            )
        )
        planned = {}
        for manager_id, day, count in rows:
            planned.setdefault(manager_id, {})[day] = count
        return planned

    @api.model
    def _working_weekdays(self, company):
        """Return the days of the week ``company`` works on, 0 being Monday."""
        lines = company.sudo().resource_calendar_id.attendance_ids
        days = frozenset(int(line.dayofweek) for line in lines)
        return days or frozenset(range(5))

    def _note_contact_activities(self, customer_ids, activity_ids):
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_customer customer
                   SET contact_activity_id = planned.activity_id
                  FROM unnest(%s::int[], %s::int[]) AS planned (id, activity_id)
                 WHERE customer.id = planned.id
                RETURNING customer.id
                """,
                list(customer_ids),
                list(activity_ids),
            )
        )
        self.invalidate_model(["contact_activity_id"])
