from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..fields import OptionalInteger


class CrmCustomer(models.Model):
    """What a customer bought: revenue, purchases and their dates."""

    _inherit = "crm.customer"

    revenue_total = fields.Monetary(
        string="Revenue Ever",
        readonly=True,
        default=0,
        help="Posted customer invoices less credit notes, without tax, in the "
        "currency of the company, since the first one.",
    )
    revenue_window = fields.Monetary(
        string="Revenue",
        readonly=True,
        default=0,
        help="Posted customer invoices less credit notes, without tax, in the "
        "window of the policy.",
    )
    revenue_previous = fields.Monetary(
        string="Revenue Before",
        readonly=True,
        default=0,
        help="Revenue in the window before the window of the policy.",
    )
    purchase_count = fields.Integer(
        string="Purchases",
        readonly=True,
        default=0,
        help="Days with at least one posted customer invoice.",
    )
    purchase_count_window = fields.Integer(
        string="Purchases in Window",
        readonly=True,
        default=0,
        help="Days with at least one posted customer invoice in the window of the "
        "policy.",
    )
    first_purchase_date = fields.Date(string="First Purchase", readonly=True)
    last_purchase_date = fields.Date(string="Last Purchase", readonly=True)
    average_purchase_amount = fields.Monetary(
        string="Average Purchase",
        readonly=True,
        default=0,
        aggregator="avg",
        help="Revenue ever divided by the number of purchases.",
    )
    recency_days = OptionalInteger(
        string="Days since Last Purchase",
        compute="_compute_recency_days",
        search="_search_recency_days",
        aggregator="avg",
        help="Days from the last purchase to the day the measures look at.",
    )
    measured_on = fields.Date(
        compute="_compute_measured_on",
        search="_search_measured_on",
        help="The last day the measures of this customer look at. All customers of a "
        "company are measured on the same day.",
    )

    def _compute_measured_on(self):
        days = self.env["crm.value.summary"]._measured_on_by_company(self.company_id)
        for customer in self:
            customer.measured_on = days.get(customer.company_id.id, False)

    @api.depends("last_purchase_date")
    def _compute_recency_days(self):
        for customer in self:
            measured_on, last = customer.measured_on, customer.last_purchase_date
            customer.recency_days = (
                (measured_on - last).days if measured_on and last else False
            )

    @api.model
    def _search_measured_on(self, operator, value):
        return self._domain_on_expression("measured_on", operator, value)

    @api.model
    def _search_recency_days(self, operator, value):
        return self._domain_on_expression("recency_days", operator, value)

    def _field_to_sql(self, alias, field_expr, query=None):
        if expression := self._expression_sql(alias, field_expr, query):
            return expression
        return super()._field_to_sql(alias, field_expr, query)

    def _expression_sql(self, alias, fname, query):
        """Return the SQL of a measure that follows from others, or ``None``.

        Measures that change for everyone each day are not stored, else every night
        would rewrite every row. They still sort, group and sum like stored ones.
        """
        if fname == "measured_on":
            return SQL(
                "(SELECT summary.measured_on FROM crm_value_summary summary"
                " WHERE summary.company_id = %s)",
                self._field_to_sql(alias, "company_id", query),
            )
        if fname == "recency_days":
            return SQL(
                "(%s - %s)",
                self._expression_sql(alias, "measured_on", query),
                self._field_to_sql(alias, "last_purchase_date", query),
            )
        return None

    @api.model
    def _domain_on_expression(self, fname, operator, value):
        """Return the domain that compares a measure which is not stored."""
        if operator not in ("=", "<", "<=", ">", ">=", "in"):
            return NotImplemented
        field = self._fields[fname]

        def to_sql(model, alias, query):
            expression = model._expression_sql(alias, fname, query)
            if operator == "in":
                known = [v for v in value if v is not False and v is not None]
                wanted = {field.convert_to_cache(v, model) for v in known}
                finds_null = len(known) < len(value)
                if (zero := field.falsy_value) is not None:
                    finds_null = finds_null or zero in wanted
                    wanted |= {zero} if finds_null else set()
                conditions = [SQL("FALSE")]
                if wanted:
                    conditions.append(SQL("%s IN %s", expression, tuple(wanted)))
                if finds_null:
                    conditions.append(SQL("%s IS NULL", expression))
                return SQL("(%s)", SQL(" OR ").join(conditions))
            return SQL(
                "%s %s %s",
                expression,
                SQL(operator),
                field.convert_to_cache(value, model),
            )

        return Domain.custom(to_sql=to_sql)
