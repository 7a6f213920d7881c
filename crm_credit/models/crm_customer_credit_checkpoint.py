from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ..planned import fetch_planned
from .crm_customer_credit_position import EXPOSURE_PARTS

#: What a customer is allowed, as the checkpoint reads it.
_TERMS = (
    "partner_id",
    "mode",
    "limit_tier_id",
    "valid_until",
    "group_id",
    "first_mate_id",
    "permanent_limit",
    "temporary_limit",
    "guaranteed",
    "own_limit",
    "group_limit",
)
_TERMS_SQL = SQL(
    """
    partner_id,
    mode,
    limit_tier_id,
    valid_until,
    group_id,
    (
        SELECT MIN(mate.partner_id)
          FROM crm_credit_group_member AS mate
         WHERE mate.group_id = allowed.group_id
    ),
    permanent_limit::float8,
    temporary_limit::float8,
    guaranteed::float8,
    own_limit::float8,
    group_limit::float8
    """
)
_NOTHING_USED = {
    **dict.fromkeys((*EXPOSURE_PARTS, "overdue"), 0.0),
    "oldest_due": None,
}


class CrmCustomer(models.Model):
    """The position as a checkpoint reads it, in two short statements.

    What is allowed decides who queues up, and is read before; what is used is read
    behind the ticket. Both see the same snapshot, and who changes either of them
    takes the ticket too, so that together they are the position.
    """

    _inherit = "crm.customer"

    @api.model
    def _fetch_credit_terms(self, customers, root, today):
        """Return what commercial partners are allowed, by id.

        Beside the limits, ``first_mate_id``: of those who share a limit the one for
        whom all of them queue up; and ``has_<part>``: False if that part of the
        exposure is zero for certain.
        """
        possible = self._credit_possible_parts(self._credit_companies(root))

        def build(entities):
            return SQL(
                """
                  WITH credit_entity AS MATERIALIZED (%(entities)s)
                SELECT %(columns)s
                  FROM (%(allowed)s) AS allowed
                """,
                entities=entities,
                columns=SQL(", ").join([_TERMS_SQL, *possible.values()]),
                allowed=self._credit_allowed_sql(root, today),
            )

        rows = fetch_planned(self.env, build, customers._ids)
        names = [*_TERMS, *(f"has_{part}" for part in possible)]
        return {row[0]: dict(zip(names, row, strict=True)) for row in rows}

    @api.model
    def _credit_possible_parts(self, companies) -> dict[str, SQL]:
        """Return conditions without which a part of the exposure is zero, by name.

        Extend the dict with those that are cheaper to ask than the part is to plan.
        They are on the commercial partner ``allowed.partner_id``.
        """
        return {}

    @api.model
    def _credit_checkpoint_positions(self, terms, company, today, unused=()):
        """Return the positions of the customers of ``terms``, by id.

        :param terms: as ``_fetch_credit_terms`` returned them, in this snapshot
        :param unused: parts of the exposure that do not matter
        """
        if any(term["group_id"] for term in terms.values()):
            # the exposure of everybody who shares the limit counts
            customers = self.env["res.partner"].browse(terms)
            return self._credit_position(customers, company, today)
        without = [
            name
            for name in EXPOSURE_PARTS
            if name in unused
            or not any(term.get(f"has_{name}", True) for term in terms.values())
        ]
        used = self._fetch_credit_used(list(terms), company, today, without)
        rows = [
            {
                **_NOTHING_USED,
                **term,
                **used.get(partner_id, {}),
                "effective_limit": term["own_limit"] and max(term["own_limit"], 0.0),
                "group_exposure": 0.0,
            }
            for partner_id, term in terms.items()
        ]
        return self._prepare_credit_positions(rows, company, today)

    @api.model
    def _fetch_credit_used(self, partner_ids, company, today, without):
        """Return what customers use, by id; what is zero may not be in it."""
        tables, stacked = self._credit_stack(company, today, without)

        def build(entities):
            return SQL(
                """
                  WITH credit_entity AS MATERIALIZED (%(entities)s),
                       %(tables)s
                SELECT part, partner_id, amount::float8, overdue::float8, oldest_due
                  FROM (%(stacked)s) AS stacked
                """,
                entities=entities,
                tables=SQL(", ").join([self._credit_target_sql(), *tables]),
                stacked=stacked,
            )

        used = defaultdict(dict)
        for part, partner_id, amount, overdue, oldest_due in fetch_planned(
            self.env, build, partner_ids
        ):
            used[partner_id][part] = amount
            if part == "receivable":
                used[partner_id].update(overdue=overdue or 0.0, oldest_due=oldest_due)
        return used
