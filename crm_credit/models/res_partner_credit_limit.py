from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

CREDIT_MODES = [
    ("unlimited", "Unlimited"),
    ("limited", "Limited"),
    ("none", "No Credit"),
]
#: The fields that decide how much credit a customer gets.
CREDIT_TERM_FIELDS = ("credit_limit", "credit_mode_store", "credit_limit_valid_until")


class ResPartner(models.Model):
    """The permanent credit limit of a customer, guarded on every path.

    The terms are kept per legal entity: in a branch they are read from and written
    to its root company.
    """

    _inherit = "res.partner"

    credit_mode = fields.Selection(
        CREDIT_MODES,
        compute="_compute_credit_mode",
        inverse="_inverse_credit_mode",
        search="_search_credit_mode",
        help="Unlimited: never stopped by a limit. Limited: up to the limit below. "
        "No credit: pays in advance.",
    )
    credit_mode_store = fields.Selection(
        CREDIT_MODES, string="Chosen Credit Mode", company_dependent=True, copy=False
    )
    credit_limit_valid_until = fields.Date(
        company_dependent=True,
        copy=False,
        help="After this day the limit has to be decided again; empty: no end.",
    )
    credit_review_date = fields.Date(
        string="Next Credit Review",
        company_dependent=True,
        copy=False,
        help="On this day the credit team is asked to look at the limit again.",
    )

    credit_limit_origin = fields.Char(
        string="Default Limit",
        compute="_compute_credit_mode",
        help="Where the limit comes from, if the customer has none of its own.",
    )

    @api.depends("credit_limit", "credit_mode_store")
    @api.depends_context("company")
    def _compute_credit_mode(self):
        root = self.env.company.root_id
        tiered = self.env["crm.customer"]._credit_tier_limits(self._origin, root)
        # sudo: the mode is no secret, the amount is restricted to accountants
        for partner in self:
            terms = partner.sudo().with_company(root)
            tier, amount = tiered.get(partner._origin.id, (None, terms.credit_limit))
            partner.credit_mode = terms.credit_mode_store or (
                "limited" if amount > 0 else "unlimited"
            )
            partner.credit_limit_origin = (
                tier and f"{tier.sudo().name}: {self._format_credit(amount, root)}"
            )

    def _inverse_credit_mode(self):
        for partner in self:
            partner.credit_mode_store = partner.credit_mode

    def _search_credit_mode(self, operator, value):
        if operator != "in":
            return NotImplemented
        chosen = Domain("credit_mode_store", "in", [mode for mode in value if mode])
        # sudo: the mode is no secret, the amount is restricted to accountants
        Partner = self.sudo().with_company(self.env.company.root_id)
        tiered = SQL(
            "(SELECT partner_id FROM (%s) AS tiered)",
            self.env["crm.customer"]._credit_tier_sql(self.env.company.root_id),
        )
        limited = Domain("credit_limit", ">", 0) | Domain("id", "in", tiered)
        for mode, meant in (("limited", limited), ("unlimited", ~limited)):
            if mode in value:
                chosen |= Domain("credit_mode_store", "=", False) & meant
        return Domain("id", "in", Partner._search(chosen))

    def _commercial_fields(self):
        return [
            *super()._commercial_fields(),
            "credit_mode_store",
            "credit_limit_valid_until",
            "credit_review_date",
        ]
