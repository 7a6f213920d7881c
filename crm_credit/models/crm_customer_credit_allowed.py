from odoo import api, models
from odoo.tools import SQL


class CrmCustomer(models.Model):
    """How much credit a customer is allowed, from whatever grants it."""

    _inherit = "crm.customer"

    @api.model
    def _credit_allowed_sql(self, company, today):
        """Return the limits of every customer of ``credit_entity``.

        The mode nobody chose follows Odoo: a permanent limit above zero limits,
        zero means no limit. A temporary limit that holds today replaces the
        permanent one whatever the mode. Who has no permanent limit gets that of the
        tier, or else that of the company. Guarantees raise a limit that is there,
        but grant nothing to a customer without credit.
        """
        return SQL(
            """
            SELECT term.*,
                   CASE
                       WHEN temporary_limit IS NOT NULL
                       THEN temporary_limit + guaranteed
                       WHEN mode = 'unlimited' THEN NULL
                       WHEN mode = 'none' THEN 0
                       ELSE permanent_limit + guaranteed
                   END AS own_limit
              FROM (%(terms)s) AS term
            """,
            terms=self._credit_terms_sql(company, today),
        )

    @api.model
    def _credit_terms_sql(self, company, today):
        root = company.root_id
        return SQL(
            """
            SELECT partner.id AS partner_id,
                   COALESCE(
                       partner.credit_mode_store ->> %(key)s,
                       CASE WHEN permanent.amount > 0 THEN 'limited'
                            ELSE 'unlimited' END
                   ) AS mode,
                   GREATEST(permanent.amount, 0) AS permanent_limit,
                   CASE COALESCE(partner.credit_mode_store ->> %(key)s, 'limited')
                       WHEN 'limited' THEN tiered.tier_id
                   END AS limit_tier_id,
                   (partner.credit_limit_valid_until ->> %(key)s)::date AS valid_until,
                   granted.temporary_limit,
                   COALESCE(granted.guaranteed, 0) AS guaranteed,
                   granted.group_id,
                   granted.group_limit
              FROM credit_entity
              JOIN res_partner AS partner ON partner.id = credit_entity.partner_id
         LEFT JOIN (%(tiered)s) AS tiered ON tiered.partner_id = partner.id
        CROSS JOIN LATERAL (
                       SELECT COALESCE(
                           (partner.credit_limit ->> %(key)s)::numeric,
                           tiered.amount,
                           %(fallback)s
                       ) AS amount
                   ) AS permanent
         LEFT JOIN (%(granted)s) AS granted ON granted.partner_id = partner.id
            """,
            key=str(root.id),
            fallback=self._credit_company_default(root),
            tiered=self._credit_tier_sql(root),
            granted=self._credit_granted_sql(root, today),
        )

    @api.model
    def _credit_company_default(self, root):
        """Return the limit of customers who have none of their own, 0.0 for none."""
        Partner = self.env["res.partner"].with_company(root)
        return Partner._fields["credit_limit"].get_company_dependent_fallback(Partner)

    @api.model
    def _credit_granted_sql(self, root, today):
        """Return what is granted beside the permanent limit, one row per customer.

        One list of all grants, and not a join for each kind: most of what the limits
        of one customer cost is the planning of joins.
        """
        return SQL(
            """
            SELECT partner_id,
                   MIN(temporary_limit) AS temporary_limit,
                   SUM(guaranteed) AS guaranteed,
                   MIN(group_id) AS group_id,
                   MIN(group_limit) AS group_limit
              FROM (
                       %(temporary)s
                 UNION ALL
                       %(guarantees)s
                 UNION ALL
                       %(groups)s
                   ) AS grants
             WHERE partner_id IN (SELECT partner_id FROM credit_entity)
          GROUP BY partner_id
            """,
            temporary=self._credit_temporary_sql(root, today),
            guarantees=self._credit_guarantees_sql(root, today),
            groups=self._credit_groups_sql(root),
        )

    @api.model
    def _credit_temporary_sql(self, root, today):
        return SQL(
            """
            SELECT partner_id,
                   amount AS temporary_limit,
                   NULL::numeric AS guaranteed,
                   NULL::integer AS group_id,
                   NULL::numeric AS group_limit
              FROM crm_credit_temporary_limit
             WHERE company_id = %(company_id)s
               AND active
               AND date_from <= %(today)s
               AND date_to >= %(today)s
            """,
            company_id=root.id,
            today=today,
        )

    @api.model
    def _credit_guarantees_sql(self, root, today):
        return SQL(
            """
            SELECT partner_id, NULL, amount * covered_pct / 100.0, NULL, NULL
              FROM crm_credit_guarantee
             WHERE company_id = %(company_id)s
               AND active
               AND date_from <= %(today)s
               AND (date_to IS NULL OR date_to >= %(today)s)
            """,
            company_id=root.id,
            today=today,
        )

    @api.model
    def _credit_groups_sql(self, root):
        """A customer is in one group of a company at most."""
        return SQL(
            """
            SELECT member.partner_id, NULL, NULL, grp.id, grp.amount
              FROM crm_credit_group_member AS member
              JOIN crm_credit_group AS grp ON grp.id = member.group_id
             WHERE grp.company_id = %(company_id)s
               AND grp.active
            """,
            company_id=root.id,
        )
