from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmValuePolicyPreview(models.TransientModel):
    """What a changed policy would do to today's customers, before it does it."""

    _name = "crm.value.policy.preview"
    _description = "Policy Preview"
    _rec_name = "policy_id"

    policy_id = fields.Many2one(
        "crm.value.policy",
        string="Draft Policy",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="policy_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    as_of = fields.Date(string="As of", readonly=True)
    customer_count = fields.Integer(string="Customers", readonly=True)
    moved_count = fields.Integer(string="Would Move", readonly=True)
    up_count = fields.Integer(string="Up", readonly=True)
    down_count = fields.Integer(string="Down", readonly=True)
    moved_value = fields.Monetary(
        string="Revenue Moved",
        readonly=True,
        help="Revenue in the window of the customers that would change tier.",
    )
    matrix = fields.Html(readonly=True, sanitize=False)
    line_ids = fields.One2many(
        "crm.value.policy.preview.line", "preview_id", readonly=True
    )

    def _run(self):
        """Compute the draft against today's customers; nothing of it is kept."""
        self.ensure_one()
        policy = self.policy_id
        # sudo: the preview looks at every customer of the company, as the run does
        Customer = self.env["crm.customer"].sudo().with_company(self.company_id)
        before = Customer._fetch_tier_picture(self.company_id)
        outcome = Customer._judge_by(policy, self.as_of)
        cells = defaultdict(lambda: [0, 0.0])
        lines = []
        for customer_id, (tier_id, new_id, value, new_value, revenue) in (
            policy._compare_tiers(before, outcome)
        ).items():
            cell = cells[tier_id, new_id]
            cell[0] += 1
            cell[1] += revenue
            if tier_id != new_id:
                lines.append((customer_id, tier_id, new_id, value, new_value, revenue))
        self._write_lines(lines)
        self._write_figures(cells, lines, len(outcome))

    def _write_lines(self, lines):
        columns = list(zip(*lines, strict=True)) or [()] * 6
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_value_policy_preview_line (
                            preview_id, customer_id, from_tier_id, to_tier_id,
                            value_before, value_after, revenue,
                            create_uid, create_date
                       )
                SELECT %s, line.*, %s, NOW() AT TIME ZONE 'UTC'
                  FROM unnest(
                       %s::int[], %s::int[], %s::int[],
                       %s::numeric[], %s::numeric[], %s::numeric[]
                       ) AS line
                RETURNING id
                """,
                self.id,
                self.env.uid,
                *(list(column) for column in columns),
            )
        )
        self.invalidate_recordset(["line_ids"])

    def _write_figures(self, cells, lines, customer_count):
        tiers = self.env["crm.value.tier"].sudo()
        rank = {
            tier_id: tiers.browse(tier_id)._rank()
            for line in lines
            for tier_id in line[1:3]
        }
        moves = [
            (rank[old], rank[new])
            for _id, old, new, *_rest in lines
            if rank[old] is not None and rank[new] is not None
        ]
        self.write(
            {
                "customer_count": customer_count,
                "moved_count": len(lines),
                "up_count": sum(new > old for old, new in moves),
                "down_count": sum(new < old for old, new in moves),
                "moved_value": sum(line[5] for line in lines),
                "matrix": self._render_matrix(cells),
            }
        )

    def _render_matrix(self, cells):
        tiers = self.env["crm.value.tier"].sudo()
        rows = tiers.browse({old for old, _new in cells if old}).sorted()
        columns = self.policy_id.tier_ids.sorted()
        from_none = any(not old for old, _new in cells)
        return self.env["ir.qweb"]._render(
            "crm_value.crm_value_policy_preview_matrix",
            {
                "rows": [*rows, *([tiers] if from_none else [])],
                "columns": [(tier, tier.origin_id or tier) for tier in columns],
                "cells": cells,
                "format": self.currency_id.format,
            },
        )

    def action_apply(self):
        """Put the draft in force and move the customers."""
        self.ensure_one()
        self.env["crm.value.policy"].check_access("write")
        policy = self.policy_id
        if policy.active:
            raise UserError(self.env._("Policy “%s” is already in force.", policy.name))
        policy._put_in_force(self.as_of)
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.value.policy",
            "res_id": policy.id,
            "views": [(False, "form")],
            "target": "main",
        }

    def action_discard(self):
        """Throw the draft away; nothing has changed."""
        self.ensure_one()
        origin = self.policy_id.draft_of_id
        self.policy_id.action_discard_draft()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.value.policy",
            "res_id": origin.id,
            "views": [(False, "form" if origin else "list")],
            "target": "main",
        }

    def action_back(self):
        """Go back to the draft and change it further."""
        self.ensure_one()
        return self.policy_id._open()


class CrmValuePolicyPreviewLine(models.TransientModel):
    """A customer that would change tier."""

    _name = "crm.value.policy.preview.line"
    _description = "Policy Preview Line"
    _order = "revenue desc, id"

    preview_id = fields.Many2one(
        "crm.value.policy.preview", required=True, index=True, ondelete="cascade"
    )
    customer_id = fields.Many2one("crm.customer", readonly=True, ondelete="cascade")
    from_tier_id = fields.Many2one(
        "crm.value.tier", string="From", readonly=True, ondelete="cascade"
    )
    to_tier_id = fields.Many2one(
        "crm.value.tier", string="To", readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="preview_id.currency_id")
    value_before = fields.Monetary(string="Value Now", readonly=True)
    value_after = fields.Monetary(string="Value Then", readonly=True)
    revenue = fields.Monetary(readonly=True)
    account_manager_id = fields.Many2one(related="customer_id.account_manager_id")
