from odoo import fields, models
from odoo.exceptions import UserError


class CrmValuePolicy(models.Model):
    """Drafts of a policy: changed and previewed beside the one in force."""

    _inherit = "crm.value.policy"

    draft_of_id = fields.Many2one(
        "crm.value.policy",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
        help="The policy in force this draft would replace.",
    )

    def action_open_draft(self):
        """Open a copy of this policy that can be changed without effect."""
        self.ensure_one()
        self.check_access("write")
        draft = self.with_context(active_test=False).search(
            [("draft_of_id", "=", self.id)], limit=1
        )
        return (draft or self._copy_as_draft())._open()

    def _copy_as_draft(self):
        draft = self.copy(
            {
                "name": self.env._("%s (draft)", self.name),
                "active": False,
                "draft_of_id": self.id,
            }
        )
        for tier, origin in zip(
            draft.tier_ids.sorted(), self.tier_ids.sorted(), strict=True
        ):
            tier.origin_id = origin
        return draft

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def action_preview(self):
        """Show what this policy would do to today's customers."""
        self.ensure_one()
        self.check_access("write")
        if self.active:
            raise UserError(
                self.env._("“%s” is in force. Change a draft of it.", self.name)
            )
        if not self._rated_tiers():
            raise UserError(
                self.env._(
                    "Policy “%s” has no tier to sort customers into: add at least one.",
                    self.name,
                )
            )
        # sudo: the day of a refresh is no secret of the company
        measured_on = self.env["crm.value.summary"].sudo()._of(self.company_id)
        preview = self.env["crm.value.policy.preview"].create(
            {
                "policy_id": self.id,
                "as_of": measured_on.measured_on or fields.Date.context_today(self),
            }
        )
        preview._run()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What Would Change"),
            "res_model": preview._name,
            "res_id": preview.id,
            "views": [(False, "form")],
        }

    def action_discard_draft(self):
        """Delete this draft."""
        drafts = self.filtered("draft_of_id")
        if drafts.filtered("active"):
            raise UserError(self.env._("A policy in force cannot be discarded."))
        drafts.unlink()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "crm_value.crm_value_policy_action"
        )

    def _compare_tiers(self, before, outcome):
        """Return {customer: (tier, new tier, value, new value, revenue)}.

        A tier of the draft that was copied from the tier a customer has counts as
        the same tier; tiers set by hand stay where their copy exists.
        """
        same = {tier.id: tier.origin_id.id or tier.id for tier in self.tier_ids}
        known = set(same.values())
        result = {}
        for customer_id, (new_id, new_value, revenue) in outcome.items():
            tier_id, override_id, value = before.get(customer_id, (None, None, 0.0))
            target = override_id if override_id in known else same.get(new_id)
            result[customer_id] = (tier_id, target, value, new_value, revenue)
        return result

    def _put_in_force(self, as_of):
        """Replace the active policy of the company by this one and move customers."""
        self.ensure_one()
        # sudo: moves follow from the policy, which the user may change
        Customer = self.env["crm.customer"].sudo().with_company(self.company_id)
        Policy = self.env["crm.value.policy"]
        replaced = Policy.search([("company_id", "=", self.company_id.id)])
        (Policy.search([("draft_of_id", "in", replaced.ids)])).draft_of_id = False
        replaced.active = False
        self.env.flush_all()
        name = self.draft_of_id.name or self.name
        self.write({"active": True, "draft_of_id": False, "name": name})
        self.env.flush_all()
        Customer._follow_tiers(self)
        Customer._apply_policy(self, as_of)
        self.tier_ids.origin_id = False
        self.message_post(
            body=self.env._(
                "Put in force as of %(day)s after a preview; replaces “%(old)s”.",
                day=as_of,
                old=", ".join(replaced.mapped("name")),
            )
        )
