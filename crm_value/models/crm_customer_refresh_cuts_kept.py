from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..analytics.score_cuts import CountCuts, FixedCuts, RankCuts
from ..analytics.share_cuts import ZERO, Place, ShareCuts
from .crm_customer_rfm import DIMENSIONS, TO_DAY_NUMBER

# Rows a cut is looked for among at first, and how much further each time.
FIRST_STEP, GROWTH = 100, 4


class CrmCustomer(models.Model):
    """Cuts that are kept, and moved by the customers who changed.

    The summary of a company keeps the cuts its rows follow, with what lies ahead of
    each. A refresh of some customers corrects these sums together with the rows, then
    walks from each cut to where it belongs now. So it never reads everyone.
    """

    _inherit = "crm.customer"

    @api.model
    def _find_cuts(self, scope):
        """Note the cuts the rows of the scope are written by.

        Of some customers, these are the cuts that all others follow, if known.
        """
        kept = self._kept_cuts(scope) if scope.partner_ids is not None else None
        scope.notes["kept_cuts"] = kept
        scope.notes["cuts"] = kept or self._fetch_cuts(scope)

    # Kept in the summary

    @api.model
    def _cuts_basis(self, policy):
        """Return what cuts depend on besides the customers, as JSON."""
        return {
            "measure": policy.measure,
            "shares": [str(share) for share in self._cut_shares(policy)],
            "rfm": policy.rfm_method,
            "bins": policy.rfm_bins,
        }

    @api.model
    def _kept_cuts(self, scope):
        """Return the cuts the rows follow, or ``None`` if they are not known."""
        kept = self.env["crm.value.summary"]._of(scope.company).cuts
        if not kept or kept.get("basis") != self._cuts_basis(scope.policy):
            return None
        cuts = {"value": ShareCuts.from_json(kept["value"])}
        if scope.policy.rfm_method == "fixed":
            return cuts | {name: FixedCuts(kept[name]["cuts"]) for name in DIMENSIONS}
        return cuts | {
            "recency": CountCuts.from_json(kept["recency"]),
            "frequency": CountCuts.from_json(kept["frequency"]),
            "monetary": RankCuts.from_json(kept["monetary"]),
        }

    @api.model
    def _keep_cuts(self, scope, cuts):
        """Keep ``cuts``, which every row follows; ``None`` to find them anew."""
        summary = self.env["crm.value.summary"]._of(scope.company)
        data = cuts and {
            "basis": self._cuts_basis(scope.policy),
            **{name: found.to_json() for name, found in cuts.items()},
        }
        if (summary.cuts or None) != data:
            summary.cuts = data

    def unlink(self):
        # EXTENDS base: what is removed is missing in the sums ahead of the cuts
        counted = self.filtered(lambda row: row.revenue_total or row.value_amount)
        # sudo: the summary is no secret of the company, and written by the system only
        summaries = self.env["crm.value.summary"].sudo()._of(counted.company_id)
        summaries.filtered("cuts").cuts = None
        return super().unlink()

    @api.model
    def _move_sums(self, scope, first, last):
        """Correct sums and totals by the rows about to be written.

        In the transaction that writes them, so that both fit at any time.
        """
        cuts = self._kept_cuts(scope)
        if not cuts:
            # another refresh is about to find them anew, and so must this one
            scope.notes["kept_cuts"] = None
            return
        rows = self._fetch_changes(scope, first, last)
        cuts["value"] = cuts["value"].changed(
            (row[0], *map(_as_amount, row[1:3])) for row in rows
        )
        cuts["recency"] = cuts["recency"].changed(row[3:5] for row in rows)
        cuts["frequency"] = cuts["frequency"].changed(row[5:7] for row in rows)
        cuts["monetary"] = cuts["monetary"].changed(
            tuple(map(_as_amount, row[7:9])) for row in rows
        )
        self._keep_cuts(scope, cuts)
        self.env["crm.value.summary"]._add_totals(
            scope,
            sum((_as_amount(row[9]) for row in rows), ZERO),
            sum((_as_amount(row[10]) for row in rows), ZERO),
        )

    @api.model
    def _fetch_changes(self, scope, first, last):
        """Return what classes go by, before and after, of the rows about to change.

        Partner, then old and new: value, and of buyers recency, frequency, monetary;
        last how much revenue of the window and revenue ever change.
        """
        pairs = [
            SQL(
                "CASE WHEN %(alias)s.purchase_count_window > 0 THEN %(value)s END",
                alias=SQL.identifier(alias),
                value=SQL("%s.%s", SQL.identifier(alias), expression),
            )
            for expression in (
                SQL(TO_DAY_NUMBER),
                SQL("purchase_count_window"),
                SQL("revenue_window::text"),
            )
            for alias in ("customer", "new")
        ]
        return self.env.execute_query(
            SQL(
                """
                SELECT
                    new.partner_id,
                    customer.value_amount::text,
                    new.value_amount::text,
                    %(pairs)s,
                    (new.revenue_window - COALESCE(customer.revenue_window, 0))::text,
                    (new.revenue_total - COALESCE(customer.revenue_total, 0))::text
                FROM crm_value_new new
                JOIN res_partner partner ON partner.id = new.partner_id
                LEFT JOIN crm_customer customer
                    ON customer.partner_id = new.partner_id
                    AND customer.company_id = %(company)s
                WHERE new.partner_id BETWEEN %(first)s AND %(last)s
                """,
                pairs=SQL(", ").join(pairs),
                company=scope.company.id,
                first=first,
                last=last,
            )
        )

    # Moved by those who changed

    @api.model
    def _moved_cuts(self, scope, cuts):
        """Return the kept ``cuts`` where they belong now."""
        cuts = cuts | {
            "value": cuts["value"].moved(
                lambda place: self._walk_values(scope, place, onward=True),
                lambda place: self._walk_values(scope, place, onward=False),
            )
        }
        if scope.policy.rfm_method == "fixed":
            return cuts | self._fetch_rfm_cuts(scope)
        return cuts | {
            "recency": cuts["recency"].moved(),
            "frequency": cuts["frequency"].moved(),
            "monetary": cuts["monetary"].moved(
                lambda value: self._walk_revenue(scope, value, upward=True),
                lambda value: self._walk_revenue(scope, value, upward=False),
            ),
        }

    @api.model
    def _walk_values(self, scope, place, onward):
        """Yield the places of customers from a place on, or back from before it."""
        start = SQL("TRUE")
        if place and onward:
            start = SQL(
                "value_amount <= %(value)s"
                " AND (value_amount < %(value)s OR partner_id >= %(customer)s)",
                **place._asdict(),
            )
        elif place:
            start = SQL(
                "value_amount >= %(value)s"
                " AND (value_amount > %(value)s OR partner_id < %(customer)s)",
                **place._asdict(),
            )
        rows = self._walk(
            SQL(
                """
                SELECT value_amount::text, partner_id
                FROM crm_customer
                WHERE company_id = %s AND value_amount > 0 AND %s
                ORDER BY %s
                """,
                scope.company.id,
                start,
                SQL("crm_customer.value_amount DESC, partner_id")
                if onward
                else SQL("crm_customer.value_amount, partner_id DESC"),
            )
        )
        return (Place(Decimal(value), partner_id) for value, partner_id in rows)

    @api.model
    def _walk_revenue(self, scope, value, upward):
        """Yield the revenue of buyers, from ``value`` up or from below it down."""
        start = SQL("FALSE") if upward else SQL("TRUE")
        if value is not None:
            sign = SQL(">=") if upward else SQL("<")
            start = SQL("revenue_window %s %s", sign, value)
        rows = self._walk(
            SQL(
                """
                SELECT revenue_window::text
                FROM crm_customer
                WHERE company_id = %s AND purchase_count_window > 0 AND %s
                ORDER BY crm_customer.revenue_window %s
                """,
                scope.company.id,
                start,
                SQL("ASC") if upward else SQL("DESC"),
            )
        )
        return (Decimal(row[0]) for row in rows)

    @api.model
    def _walk(self, query):
        """Yield the rows of an ordered query, reading no more than are asked for."""
        done, size = 0, FIRST_STEP
        while True:
            rows = self.env.execute_query(
                SQL("%s LIMIT %s OFFSET %s", query, size, done)
            )
            yield from rows
            if len(rows) < size:
                return
            done, size = done + size, size * GROWTH


def _as_amount(text):
    return text if text is None else Decimal(text)
