from odoo import api, models
from odoo.tools import SQL


class CrmCustomer(models.Model):
    """Prospects: whom sales works on is known before the first invoice."""

    _inherit = "crm.customer"

    @api.model
    def _prospect_queries(self, company, since=None):
        """Return queries of commercial partners that need a row without a document.

        Extend the list, never replace it. With ``since``, only what changed since
        that moment matters. An opportunity without a company belongs to the company
        of its contact or salesperson, one that nobody owns to every company.
        """
        if "crm.lead" not in self.env:
            return []
        return [
            SQL(
                """
                SELECT partner.commercial_partner_id
                FROM crm_lead lead
                JOIN res_partner partner ON partner.id = lead.partner_id
                LEFT JOIN res_users users ON users.id = lead.user_id
                WHERE lead.type = 'opportunity'
                    AND lead.active
                    AND lead.won_status = 'pending'
                    AND COALESCE(
                        lead.company_id,
                        partner.company_id,
                        users.company_id,
                        %(company)s
                    ) = %(company)s
                    %(changed)s
                """,
                company=company.id,
                changed=SQL("AND lead.write_date >= %s", since) if since else SQL(),
            )
        ]

    @api.model
    def _known_prospects(self, scope) -> SQL:
        """Return what the query of known customers unites with, maybe nothing."""
        wanted = SQL()
        if scope.partner_ids is not None:
            wanted = SQL(
                "WHERE prospect.commercial_partner_id = ANY(%s)",
                list(scope.partner_ids),
            )
        return SQL(" ").join(
            SQL(
                "UNION SELECT prospect.commercial_partner_id FROM (%s) prospect %s",
                query,
                wanted,
            )
            for query in self._prospect_queries(scope.company)
        )

    @api.model
    def _changed_partner_ids(self, company, since):
        # EXTENDS: those who became prospects since, too
        changed = super()._changed_partner_ids(company, since)
        for query in self._prospect_queries(company, since):
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT prospect.commercial_partner_id
                    FROM (%s) prospect
                    WHERE NOT EXISTS (
                        SELECT FROM crm_customer customer
                        WHERE customer.partner_id = prospect.commercial_partner_id
                            AND customer.company_id = %s
                    )
                    """,
                    query,
                    company.id,
                )
            )
            changed |= {row[0] for row in rows if row[0]}
        return changed
