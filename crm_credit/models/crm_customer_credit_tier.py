from odoo import api, models, tools
from odoo.tools import SQL


class CrmCustomer(models.Model):
    """The default limit of the tier, for customers without one of their own."""

    _inherit = "crm.customer"

    @tools.ormcache("root_id")
    def _credit_tiers_limit(self, root_id):
        """Tell whether a tier of a legal entity has a default limit at all."""
        Tier = self.env["crm.value.tier"].sudo()
        domain = [("company_id", "=", root_id), ("credit_limit", ">", 0)]
        return bool(Tier.search_count(domain, limit=1))

    @api.model
    def _credit_tier_sql(self, root):
        """Return the customers whose limit is that of their tier.

        Columns ``partner_id`` (contacts included, with the tier of their commercial
        partner), ``tier_id`` and ``amount``.
        """
        if not self._credit_tiers_limit(root.id):
            return SQL(
                "SELECT NULL::integer AS partner_id, NULL::integer AS tier_id,"
                " NULL::numeric AS amount WHERE FALSE"
            )
        return SQL(
            """
            SELECT member.id AS partner_id,
                   tier.id AS tier_id,
                   tier.credit_limit AS amount
              FROM crm_value_tier AS tier
              JOIN crm_customer AS customer ON customer.tier_id = tier.id
              JOIN res_partner AS member
                ON member.commercial_partner_id = customer.partner_id
             WHERE tier.credit_limit > 0
               AND customer.company_id = %(root_id)s
               AND member.credit_limit ->> %(key)s IS NULL
            """,
            root_id=root.id,
            key=str(root.id),
        )

    @api.model
    def _credit_tier_limits(self, partners, root):
        """Return the tier and its limit by partner id, where the tier decides."""
        if not partners.ids or not self._credit_tiers_limit(root.id):
            return {}
        self.env["res.partner"].flush_model(["credit_limit", "commercial_partner_id"])
        self.env["crm.customer"].flush_model(["tier_id"])
        self.env["crm.value.tier"].flush_model(["credit_limit"])
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id, tier_id, amount FROM (%s) AS tiered"
                " WHERE partner_id = ANY(%s)",
                self._credit_tier_sql(root),
                partners.ids,
            )
        )
        Tier = self.env["crm.value.tier"]
        return {
            partner_id: (Tier.browse(tier_id), float(amount))
            for partner_id, tier_id, amount in rows
        }

    @api.model
    def _credit_own_limits(self, customers, root):
        """Return the ids of the partners with a limit or a mode of their own."""
        self.env["res.partner"].flush_model(["credit_limit", "credit_mode_store"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id
                  FROM res_partner
                 WHERE id = ANY(%(ids)s)
                   AND (
                       credit_limit ->> %(key)s IS NOT NULL
                       OR credit_mode_store ->> %(key)s IN ('unlimited', 'none')
                   )
                """,
                ids=customers.partner_id.ids,
                key=str(root.id),
            )
        )
        return {partner_id for (partner_id,) in rows}
