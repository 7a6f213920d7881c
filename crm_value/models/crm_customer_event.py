import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# from this many events on, one statement appends them
BULK = 50
CHUNK = 20000
COLUMNS = (
    "customer_id",
    "company_id",
    "occurred_at",
    "kind",
    "direction",
    "old_value",
    "new_value",
    "reason",
    "rule_name",
    "policy_id",
    "user_id",
)


class CrmCustomerEvent(models.Model):
    """One decision about a customer: what changed, when, why, by whom. Append-only."""

    _name = "crm.customer.event"
    _description = "Customer Event"
    _order = "occurred_at desc, id desc"
    _rec_name = "reason"
    _log_access = False

    customer_id = fields.Many2one(
        "crm.customer", required=True, readonly=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one(related="customer_id.partner_id", string="Partner")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    occurred_at = fields.Datetime(
        string="When", required=True, readonly=True, default=fields.Datetime.now
    )
    kind = fields.Selection(
        [
            ("tier", "Tier"),
            ("stage", "Lifecycle Stage"),
            ("account_manager", "Account Manager"),
            ("treatment", "Treatment"),
            ("other", "Other"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    direction = fields.Selection(
        [
            ("start", "First"),
            ("up", "Up"),
            ("down", "Down"),
            ("level", "Level"),
        ],
        readonly=True,
        help="Whether the customer moved to a better or a worse tier or stage.",
    )
    old_value = fields.Char(string="From", readonly=True)
    new_value = fields.Char(string="To", readonly=True)
    reason = fields.Char(required=True, readonly=True)
    rule_name = fields.Char(string="Rule", readonly=True)
    policy_id = fields.Many2one(
        "crm.value.policy", readonly=True, ondelete="set null", index="btree_not_null"
    )
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="Empty when a rule decided.",
    )

    @api.model
    def _log(self, vals_list):
        """Append events; each dict needs customer_id, company_id, kind and reason."""
        # sudo: nobody may write the log by hand, the code that decides appends to it
        Event = self.sudo()
        if len(vals_list) < BULK:
            return Event.create(vals_list)
        return Event.browse(
            event_id
            for start in range(0, len(vals_list), CHUNK)
            for event_id in Event._insert(vals_list[start : start + CHUNK])
        )

    def _insert(self, vals_list):
        """Append events by one statement and return their ids.

        The ORM takes minutes for the first night of a large company.
        """
        now = fields.Datetime.now()
        columns = SQL(", ").join(SQL.identifier(name) for name in COLUMNS)
        rows = [
            {"occurred_at": now, **{k: v for k, v in vals.items() if v is not False}}
            for vals in vals_list
        ]
        return [
            event_id
            for (event_id,) in self.env.execute_query(
                SQL(
                    "INSERT INTO crm_customer_event (%(columns)s)"
                    " SELECT %(columns)s FROM jsonb_populate_recordset("
                    "NULL::crm_customer_event, %(rows)s::jsonb) RETURNING id",
                    columns=columns,
                    rows=json.dumps(rows, default=fields.Datetime.to_string),
                )
            )
        ]

    # Append-only: a change never reaches the ORM.
    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("The history of a customer cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_any(self):
        raise UserError(self.env._("The history of a customer cannot be deleted."))

    def _demote_kind(self):
        """Keep events of an uninstalled addon under the neutral kind ``other``."""
        if self.ids:
            self.env.execute_query(
                SQL(
                    "UPDATE crm_customer_event SET kind = 'other' WHERE id IN %s"
                    " RETURNING id",
                    tuple(self.ids),
                )
            )
            self.invalidate_recordset(["kind"])
