from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL
from odoo.tools.misc import format_amount, format_date

from .. import analytics

HISTORY_MONTHS = 36


class CrmCustomer(models.Model):
    """Unusual months: found once a month, told once to the account manager."""

    _inherit = "crm.customer"

    @api.model
    def _refresh_steps(self):
        return [*super()._refresh_steps(), self._refresh_alerts]

    @api.model
    def _refresh_alerts(self, scope):
        """Judge the last full month of every customer, unless it was judged before."""
        month = (scope.as_of + timedelta(days=1)).replace(day=1) - relativedelta(
            months=1
        )
        summary = self.env["crm.value.summary"]._of(scope.company)
        judged = summary.alerted_month
        if scope.partner_ids is not None or judged and judged >= month:
            return
        scope.run(lambda: self._judge_month(scope, month))

    @api.model
    def _judge_month(self, scope, month):
        policy = scope.policy
        params = analytics.AlertParams(
            policy.alert_threshold, policy.alert_min_months, policy.alert_min_pct
        )
        rows = self._fetch_months(scope, month)
        alerts = analytics.find_unusual_months(rows, month, HISTORY_MONTHS, params)
        told = self._write_alerts(scope, month, alerts)
        self._tell_account_managers(scope, month, told)
        self.env["crm.value.summary"]._of(scope.company).alerted_month = month

    @api.model
    def _fetch_months(self, scope, month):
        """Return (partner, month, revenue, month of first purchase) of the history."""
        classes = {"a": ("a",), "ab": ("a", "b"), "all": ("a", "b", "c")}
        return self.env.execute_query(
            SQL(
                """
                SELECT
                    days.partner_id,
                    DATE_TRUNC('month', days.day)::date,
                    SUM(days.amount),
                    DATE_TRUNC('month', customer.first_purchase_date)::date
                FROM (%(days)s) days
                JOIN crm_customer customer
                    ON customer.partner_id = days.partner_id
                    AND customer.company_id = %(company)s
                WHERE days.day >= %(first)s
                    AND days.day < %(after)s
                    AND customer.abc_class IN %(classes)s
                    AND customer.first_purchase_date < %(after)s
                GROUP BY 1, 2, 4
                ORDER BY 1, 2
                """,
                days=self._days_query(scope),
                company=scope.company.id,
                first=month - relativedelta(months=HISTORY_MONTHS),
                after=month + relativedelta(months=1),
                classes=classes[scope.policy.alert_classes],
            )
        )

    @api.model
    def _write_alerts(self, scope, month, alerts):
        """Replace the alerts of the company; return the customers with a new one."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_customer
                SET alert_direction = NULL, alert_z = NULL,
                    alert_expected = NULL, alert_actual = NULL
                WHERE company_id = %s AND alert_direction IS NOT NULL
                """,
                scope.company.id,
            )
        )
        digits = scope.company.currency_id.decimal_places
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE crm_customer customer
                SET alert_direction = new.direction,
                    alert_month = %(month)s,
                    alert_z = new.z,
                    alert_expected = ROUND(new.expected, %(digits)s),
                    alert_actual = ROUND(new.actual, %(digits)s)
                FROM unnest(
                    %(partners)s::int[], %(directions)s::varchar[], %(zs)s::numeric[],
                    %(expected)s::numeric[], %(actual)s::numeric[]
                ) AS new (partner_id, direction, z, expected, actual)
                JOIN crm_customer old
                    ON old.partner_id = new.partner_id AND old.company_id = %(company)s
                WHERE customer.id = old.id
                RETURNING customer.id, old.alert_month
                """,
                month=month,
                digits=digits,
                company=scope.company.id,
                partners=[alert.customer for alert in alerts],
                directions=[alert.direction for alert in alerts],
                zs=[alert.z for alert in alerts],
                expected=[alert.expected for alert in alerts],
                actual=[alert.actual for alert in alerts],
            )
        )
        self.invalidate_model()
        return self.browse(sorted(id_ for id_, before in rows if before != month))

    @api.model
    def _tell_account_managers(self, scope, month, customers):
        """Schedule one activity for each customer that somebody looks after."""
        model_id = self.env["ir.model"]._get_id("crm.customer")
        activity_type = self.env.ref(
            "mail.mail_activity_data_todo", raise_if_not_found=False
        )
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": customer.id,
                    "user_id": customer.account_manager_id.id,
                    "activity_type_id": activity_type and activity_type.id,
                    "date_deadline": scope.as_of + timedelta(days=7),
                    "automated": True,
                    "summary": self._alert_summary(customer, month),
                }
                for customer in customers.filtered("account_manager_id")
            ]
        )

    @api.model
    def _alert_summary(self, customer, month):
        lang = customer.account_manager_id.lang or self.env.lang
        env = customer.with_context(lang=lang).env
        values = {
            "customer": customer.partner_id.display_name,
            "month": format_date(env, month, date_format="MMMM yyyy"),
            "actual": format_amount(env, customer.alert_actual, customer.currency_id),
            "expected": format_amount(
                env, customer.alert_expected, customer.currency_id
            ),
        }
        if customer.alert_direction == "down":
            return env._(
                "%(customer)s bought unusually little in %(month)s: %(actual)s instead "
                "of about %(expected)s. Find out why.",
                **values,
            )
        return env._(
            "%(customer)s bought unusually much in %(month)s: %(actual)s instead of "
            "about %(expected)s. Find out why.",
            **values,
        )
