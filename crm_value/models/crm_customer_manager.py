from odoo import api, fields, models
from odoo.tools import SQL


class CrmCustomer(models.Model):
    """Who looks after a customer: the salesperson, the tier's person, or by hand."""

    _inherit = "crm.customer"

    account_manager_id = fields.Many2one(
        readonly=False,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="The salesperson of the contact, else the person named on the tier. "
        "Chosen by hand it stays; emptied by hand it follows the rules again.",
    )
    is_manager_by_hand = fields.Boolean(
        string="Account Manager Chosen by Hand", readonly=True
    )

    @api.model
    def _user_fields(self):
        return super()._user_fields() | {"account_manager_id"}

    def write(self, vals):
        if "account_manager_id" not in vals:
            return super().write(vals)
        if not self.env.su:
            self._check_may_decide()
        manager = self.env["res.users"].browse(vals["account_manager_id"])
        events = [
            customer._prepare_manager_event(customer.account_manager_id, manager)
            for customer in self
            if customer.account_manager_id != manager
        ]
        result = super().write(vals)
        # sudo: goes with the choice the user was allowed to make
        self.sudo().filtered(
            lambda customer: customer.is_manager_by_hand != bool(manager)
        ).is_manager_by_hand = bool(manager)
        self.env["crm.customer.event"]._log(events)
        return result

    def _prepare_manager_event(self, old, new):
        self.ensure_one()
        return {
            "customer_id": self.id,
            "company_id": self.company_id.id,
            "kind": "account_manager",
            "old_value": old.name,
            "new_value": new.name,
            "reason": self.env._("Chosen by hand.")
            if new
            else self.env._("Emptied by hand: the rules choose again."),
            "user_id": self.env.uid,
        }

    def _refresh_account_managers(self, scope):
        """Give customers whose manager nobody chose the one the rules say."""
        scope.run(lambda: self._decide_account_managers(scope))

    def _decide_account_managers(self, scope):
        self.flush_model()
        self.env["crm.value.tier"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH wanted AS (
                    SELECT customer.id,
                           customer.account_manager_id AS old_id,
                           COALESCE(salesperson.id, tier.account_manager_id) AS new_id,
                           salesperson.id IS NOT NULL AS is_salesperson
                      FROM crm_customer customer
                      JOIN res_partner partner ON partner.id = customer.partner_id
                      LEFT JOIN res_users salesperson
                        ON salesperson.id = partner.user_id AND salesperson.active
                      LEFT JOIN crm_value_tier tier ON tier.id = customer.tier_id
                     WHERE %s
                       AND customer.is_manager_by_hand IS NOT TRUE
                )
                UPDATE crm_customer customer
                   SET account_manager_id = wanted.new_id
                  FROM wanted
                 WHERE customer.id = wanted.id
                   AND wanted.old_id IS DISTINCT FROM wanted.new_id
                RETURNING customer.id, wanted.old_id, wanted.new_id,
                          wanted.is_salesperson
                """,
                self._scope_condition(scope),
            )
        )
        if not rows:
            return
        self.invalidate_model(["account_manager_id"])
        # sudo: names of colleagues for the log
        users = self.env["res.users"].sudo()
        name = {
            user.id: user.name
            for user in users.browse({u for row in rows for u in row[1:3] if u})
        }
        reasons = {
            True: self.env._("The salesperson of the contact."),
            False: self.env._("The account manager of the tier."),
        }
        gone = self.env._("Neither a salesperson nor an account manager of the tier.")
        self.env["crm.customer.event"]._log(
            [
                {
                    "customer_id": customer_id,
                    "company_id": scope.company.id,
                    "occurred_at": self._moment(scope.as_of),
                    "kind": "account_manager",
                    "old_value": name.get(old, False),
                    "new_value": name.get(new, False),
                    "reason": reasons[is_salesperson] if new else gone,
                }
                for customer_id, old, new, is_salesperson in rows
            ]
        )
