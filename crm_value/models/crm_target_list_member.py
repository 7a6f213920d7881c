from odoo import api, fields, models
from odoo.tools import SQL


class CrmTargetListMember(models.Model):
    """A customer on a frozen list. Written when the list is frozen."""

    _name = "crm.target.list.member"
    _description = "Target List Member"
    _order = "list_id, is_holdout, id"
    _rec_name = "customer_id"
    _log_access = False

    list_id = fields.Many2one(
        "crm.target.list", required=True, readonly=True, index=True, ondelete="cascade"
    )
    customer_id = fields.Many2one(
        "crm.customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="list_id.company_id")
    tier_id = fields.Many2one(related="customer_id.tier_id")
    stage_id = fields.Many2one(related="customer_id.stage_id")
    is_holdout = fields.Boolean(string="Held Out", readonly=True)

    @api.model
    def _insert(self, target, customer_ids, holdout):
        """Write the members of a list by one statement."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_target_list_member (list_id, customer_id, is_holdout)
                SELECT %s, member.id, member.id = ANY(%s::int[])
                  FROM unnest(%s::int[]) AS member (id)
                RETURNING id
                """,
                target.id,
                sorted(holdout),
                list(customer_ids),
            )
        )
        target.invalidate_recordset()
