from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, safe_eval
from odoo.tools.date_utils import parse_date


class CrmCustomer(models.Model):
    """Domains people write on customers, read as of a day."""

    _inherit = "crm.customer"

    @api.model
    def _eval_domain(self, text, as_of):
        """Return the domain written in ``text``, with “today” meaning ``as_of``.

        :raises Exception: whatever is wrong with the text
        """
        domain = Domain(
            safe_eval.safe_eval(
                text or "[]",
                {
                    "context_today": lambda: as_of,
                    "datetime": safe_eval.datetime,
                    "relativedelta": safe_eval.dateutil.relativedelta.relativedelta,
                    "time": safe_eval.time,
                },
            )
        )
        shift = as_of - fields.Date.today()
        if not shift:
            return domain
        return domain.map_conditions(
            lambda condition: self._shift_condition(condition, shift)
        )

    @api.model
    def _shift_condition(self, condition: Domain, shift: timedelta):
        """Move a relative date (“today -7d”) of a condition by ``shift``."""
        field = self._fields.get(condition.field_expr)
        value = condition.value
        if (
            field
            and field.type in ("date", "datetime")
            and isinstance(value, str)
            and not value[:1].isdigit()
        ):
            value = parse_date(value, self.env) + shift
            return Domain(condition.field_expr, condition.operator, value)
        return condition

    @api.model
    def _customer_ids_sql(self, text, company, as_of):
        """Return a sub-select of the customers of ``company`` a domain describes."""
        domain = self._eval_domain(text, as_of) & Domain("company_id", "=", company.id)
        # sudo: rules are evaluated for every customer, whoever starts the run
        customers = self.sudo().with_company(company)
        return customers._search(domain).subselect()

    @api.model
    def _condition_sql(self, text, company, as_of, partner_ids=None) -> SQL:
        """Return the condition that a row of ``crm_customer`` fits a domain.

        For queries whose only table of that name is the customers of ``company``. A
        domain over other tables becomes a sub-select, of ``partner_ids`` if given.
        """
        domain = self._eval_domain(text, as_of)
        # sudo: rules are evaluated for every customer, whoever starts the run
        customers = self.sudo().with_company(company)
        query = customers._search(domain)
        if query.from_clause.code == SQL.identifier(self._table).code:
            return query.where_clause if query.where_clause.code else SQL("TRUE")
        domain &= Domain("company_id", "=", company.id)
        if partner_ids is not None:
            domain &= Domain("partner_id", "in", partner_ids)
        return SQL(
            "%s IN %s",
            SQL.identifier(self._table, "id"),
            customers._search(domain).subselect(),
        )
