from odoo import fields, models


class CrmValuePolicy(models.Model):
    """What of the treatment is carried out by itself."""

    _inherit = "crm.value.policy"

    writes_pricelist = fields.Boolean(
        string="Set Price Lists",
        tracking=True,
        help="Write the price list of the tier on the contact, if it has none or has "
        "the one written last time. A price list chosen by hand is never replaced.",
    )
    writes_payment_term = fields.Boolean(
        string="Set Payment Terms",
        tracking=True,
        help="Write the payment term of the tier on the contact, if it has none or has "
        "the one written last time. A term chosen by hand is never replaced.",
    )
    contacts_per_day = fields.Integer(
        string="Contacts a Day",
        default=5,
        required=True,
        help="How many contacts an account manager is asked to make on a working day.",
    )
    contact_horizon_days = fields.Integer(
        string="Planned Ahead (working days)",
        default=10,
        required=True,
        help="Overdue contacts are spread over this many working days, the most "
        "valuable customers first; the others wait for a free day.",
    )
    holdout_pct = fields.Float(
        string="Held Out of Target Lists (%)",
        default=10.0,
        required=True,
        help="Share of a target list left alone at random, to see whether contacting "
        "the others made a difference.",
    )

    _contacts_per_day_positive = models.Constraint(
        "CHECK (contacts_per_day > 0)", "Ask for at least one contact a day."
    )
    _contact_horizon_positive = models.Constraint(
        "CHECK (contact_horizon_days > 0)", "Plan at least one working day ahead."
    )
    _holdout_pct_range = models.Constraint(
        "CHECK (holdout_pct >= 0 AND holdout_pct < 100)",
        "The held-out share must be from 0 to less than 100 %.",
    )

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"writes_pricelist", "writes_payment_term"}:
            # sudo: whoever may change the policy changes what follows from it
            self.env["crm.customer"].sudo()._forget_treatment(self.tier_ids)
        return result
