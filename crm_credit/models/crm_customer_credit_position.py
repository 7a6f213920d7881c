from odoo import api, fields, models, tools
from odoo.exceptions import AccessError
from odoo.tools import SQL, float_round

#: The parts of the exposure, in the order in which they are shown.
EXPOSURE_PARTS = ("receivable", "drafts", "orders", "in_transit")
#: The columns of the query that are money, and those that are told as they are.
_AMOUNTS = (
    *EXPOSURE_PARTS,
    "overdue",
    "effective_limit",
    "own_limit",
    "permanent_limit",
    "temporary_limit",
    "guaranteed",
    "group_limit",
    "group_exposure",
)
_AS_READ = ("mode", "group_id", "limit_tier_id", "valid_until")
# as floats: reading numerics takes longer than computing them
_READ = SQL(", ").join(
    [
        *(SQL.identifier(name) for name in ("partner_id", "oldest_due", *_AS_READ)),
        *(SQL("%s::float8", SQL.identifier(name)) for name in _AMOUNTS),
    ]
)


class CrmCustomer(models.Model):
    """The credit position: what a customer owes or will owe, and what is allowed.

    A position belongs to a commercial partner and a legal entity: the root
    company with all its branches, which share one set of books and one currency.
    It is computed when asked for, never stored, so it cannot be stale.
    """

    _inherit = "crm.customer"

    @api.model
    def credit_position(self, partners, company=None, today=None):
        """Return the credit position of partners in a company, by partner id.

        The answer holds every partner given and its commercial partner; contacts
        have the position of their commercial partner. Amounts are in the currency
        of the company. ``limit`` is None when there is none, 0.0 when the customer
        gets no credit; ``available`` is None when ``limit`` is.

        :param partners: partners, or their ids
        :param company: the company or its id, the current one when empty
        :param today: the day that decides what is overdue and which limits hold
        :raises AccessError: if the user may not see the partners or the company
        """
        # the rights of the caller count, whoever read the records before
        partners = self._records("res.partner", partners).with_env(self.env)
        company = self._records("res.company", company) or self.env.company
        company = company.with_env(self.env)
        today = fields.Date.to_date(today) or fields.Date.context_today(self)
        partners.check_access("read")
        if not self.env.su and company not in self.env.user.company_ids:
            raise AccessError(
                self.env._(
                    "You do not work for %(company)s, so you cannot see what its "
                    "customers owe.",
                    company=company.sudo().name,
                )
            )
        # sudo: whoever may see a customer may see how far it can be trusted; the
        # ledger lines behind the totals stay closed
        return self.sudo()._credit_position(partners.sudo(), company.sudo(), today)

    @api.model
    def _credit_position(self, partners, company, today):
        commercial_ids = partners.commercial_partner_id._ids
        if not commercial_ids:
            return {}
        self.env.flush_all()
        asked = SQL("SELECT UNNEST(%s) AS partner_id", list(commercial_ids))
        query = self._credit_position_query(company, asked, today)
        rows = self.env.execute_query_dict(
            SQL("SELECT %s FROM (%s) AS position", _READ, query)
        )
        positions = self._prepare_credit_positions(rows, company, today)
        contacts = (pid for pid in partners._ids if pid not in positions)
        for contact in partners.browse(contacts):
            position = positions[contact.commercial_partner_id.id]
            positions[contact.id] = dict(position)
        return positions

    @api.model
    def _prepare_credit_positions(self, rows, company, today):
        currency = company.currency_id
        positions = {}
        for row in rows:
            position = self._prepare_credit_position(row, currency.rounding, today)
            position["currency_id"] = currency.id
            positions[row["partner_id"]] = position
        return positions

    @api.model
    def _prepare_credit_position(self, row, rounding, today):
        """Round the figures of one row of the query, here and only here."""
        position = {name: row[name] for name in _AS_READ}
        for name in _AMOUNTS:
            amount = row[name]
            position[name] = float_round(amount, None, rounding) if amount else amount
        used = [position[name] for name in EXPOSURE_PARTS]
        exposure = float_round(sum(used), None, rounding) if any(used) else 0.0
        left = [
            most - spent
            for most, spent in (
                (position["own_limit"], exposure),
                (position["group_limit"], position["group_exposure"]),
            )
            if most is not None
        ]
        oldest_due, valid_until = row["oldest_due"], row["valid_until"]
        position.update(
            exposure=exposure,
            limit=position.pop("effective_limit"),
            available=float_round(min(left), None, rounding) if left else None,
            oldest_overdue_days=(today - oldest_due).days if oldest_due else 0,
            is_expired=bool(valid_until and valid_until < today),
        )
        return position

    @api.model
    def _credit_companies(self, company):
        """Return the companies whose documents count: the tree of one root."""
        ids = self._credit_company_ids(company.root_id.id)
        return self.env["res.company"].browse(ids)

    @tools.ormcache("root_id")
    def _credit_company_ids(self, root_id):
        Company = self.env["res.company"].sudo().with_context(active_test=False)
        return Company.search([("id", "child_of", root_id)])._ids

    # SQL

    @api.model
    def _credit_position_query(self, company, asked, today) -> SQL:
        """Return the one statement that computes positions and limits.

        :param asked: a SELECT of the ``partner_id`` of commercial partners
        """
        return SQL(
            """
            WITH %(scope)s,
                 %(used)s,
                 allowed AS MATERIALIZED (%(allowed)s),
                 joined AS (
                     SELECT allowed.*,
                            COALESCE(used.receivable, 0) AS receivable,
                            COALESCE(used.drafts, 0) AS drafts,
                            COALESCE(used.orders, 0) AS orders,
                            COALESCE(used.in_transit, 0) AS in_transit,
                            COALESCE(used.exposure, 0) AS exposure,
                            COALESCE(used.overdue, 0) AS overdue,
                            used.oldest_due
                       FROM allowed
                  LEFT JOIN credit_used AS used USING (partner_id)
                 ),
                 shared AS (
                     SELECT group_id, SUM(exposure) AS exposure
                       FROM joined
                      WHERE group_id IS NOT NULL
                   GROUP BY group_id
                 )
            SELECT joined.*,
                   COALESCE(shared.exposure, 0) AS group_exposure,
                   CASE
                       WHEN own_limit IS NULL AND group_limit IS NULL THEN NULL
                       ELSE GREATEST(
                           LEAST(
                               own_limit,
                               group_limit - shared.exposure + joined.exposure
                           ),
                           0
                       )
                   END AS effective_limit
              FROM joined
         LEFT JOIN shared USING (group_id)
             WHERE partner_id IN (SELECT partner_id FROM credit_asked)
            """,
            scope=self._credit_scope_sql(company, asked),
            used=self._credit_used_sql(company, today),
            allowed=self._credit_allowed_sql(company, today),
        )

    @api.model
    def _credit_used_sql(self, company, today):
        """Return the tables up to ``credit_used``: what each customer uses, by part.

        It has no row for who uses nothing. The parts are stacked and not joined: most
        of what the position of one customer costs is the planning of joins.
        """
        tables, stacked = self._credit_stack(company, today)
        sums = (
            SQL(
                "SUM(amount) FILTER (WHERE part = %s) AS %s", name, SQL.identifier(name)
            )
            for name in EXPOSURE_PARTS
        )
        return SQL(", ").join(
            [
                *tables,
                SQL(
                    """
                    credit_used AS MATERIALIZED (
                        SELECT partner_id,
                               %s,
                               SUM(amount) AS exposure,
                               SUM(overdue) AS overdue,
                               MIN(oldest_due) AS oldest_due
                          FROM (%s) AS stacked
                      GROUP BY partner_id
                    )
                    """,
                    SQL(", ").join(sums),
                    stacked,
                ),
            ]
        )

    @api.model
    def _credit_stack(self, company, today, without=()):
        """Return the tables of a WITH clause, and a SELECT of all parts beneath.

        It has one row per customer and part: ``part`` (its name), ``partner_id``,
        ``amount``, ``overdue`` and ``oldest_due``. ``without`` names parts left out.
        """
        companies = self._credit_companies(company)
        parts = self._credit_position_parts(companies, today)
        stacked = SQL(" UNION ALL ").join(
            self._credit_stacked_sql(name, part)
            for name, part in parts.items()
            if name not in without
        )
        return self._credit_position_tables(companies, without), stacked

    @api.model
    def _credit_stacked_sql(self, name, part):
        """Return a part with its name, and with what only the receivable has."""
        due = SQL("overdue, oldest_due")
        if name != "receivable":
            due = SQL("NULL::numeric AS overdue, NULL::date AS oldest_due")
        return SQL(
            "SELECT %s AS part, partner_id, amount, %s FROM (%s) AS part",
            name,
            due,
            part,
        )

    @api.model
    def _credit_scope_sql(self, company, asked):
        """Return the tables ``credit_asked``, ``credit_entity``, ``credit_target``.

        ``credit_entity(partner_id)``: the customers asked for, and those who share
        a limit with them. ``credit_target(partner_id, commercial_id)``: these and
        their contacts, archived ones included, since documents are booked on both.
        """
        return SQL(
            """
            credit_asked AS MATERIALIZED (%(asked)s),
            credit_entity AS MATERIALIZED (
                SELECT partner_id FROM credit_asked
                 UNION
                SELECT mate.partner_id
                  FROM crm_credit_group_member AS mine
                  JOIN crm_credit_group AS grp ON grp.id = mine.group_id AND grp.active
                  JOIN crm_credit_group_member AS mate ON mate.group_id = grp.id
                 WHERE mine.partner_id IN (SELECT partner_id FROM credit_asked)
                   AND grp.company_id = %(root_id)s
            ),
            %(target)s
            """,
            asked=asked,
            root_id=company.root_id.id,
            target=self._credit_target_sql(),
        )

    @api.model
    def _credit_target_sql(self):
        return SQL(
            """
            credit_target AS MATERIALIZED (
                SELECT partner.id AS partner_id,
                       partner.commercial_partner_id AS commercial_id
                  FROM res_partner AS partner
                  JOIN credit_entity
                    ON credit_entity.partner_id = partner.commercial_partner_id
            )
            """
        )
