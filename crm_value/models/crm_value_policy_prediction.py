from odoo import fields, models
from odoo.exceptions import AccessError

from .. import analytics


class CrmValuePolicy(models.Model):
    """How far and by which model the policy looks ahead."""

    _inherit = "crm.value.policy"

    purchase_model = fields.Selection(
        [
            ("mbg", "MBG/NBD: a one-time buyer can be gone"),
            ("bg", "BG/NBD: a customer can leave after a repeat purchase only"),
        ],
        required=True,
        default="mbg",
        tracking=True,
    )
    horizon_months = fields.Integer(
        string="Horizon (months)",
        required=True,
        default=12,
        tracking=True,
        help="How far expected purchases and lifetime value look ahead.",
    )
    discount_pct = fields.Float(
        string="Discount Rate (% a year)",
        required=True,
        default=10.0,
        tracking=True,
        help="By how much money that comes a year later is worth less today.",
    )
    fit_months = fields.Integer(
        string="Fit the Model every (months)", required=True, default=1
    )
    min_buyers = fields.Integer(
        string="Buyers Needed",
        required=True,
        default=100,
        tracking=True,
        help="With fewer buyers the plain baseline is used instead of a model.",
    )
    min_repeat_buyers = fields.Integer(
        string="Repeat Buyers Needed",
        required=True,
        default=30,
        tracking=True,
        help="With fewer customers that bought again the plain baseline is used.",
    )
    churn_low_pct = fields.Float(
        string="Low Risk from (%)",
        required=True,
        default=70.0,
        tracking=True,
        help="Probability alive from which the risk to lose the customer is low.",
    )
    churn_medium_pct = fields.Float(
        string="Medium Risk from (%)", required=True, default=40.0, tracking=True
    )
    churn_high_pct = fields.Float(
        string="High Risk from (%)",
        required=True,
        default=10.0,
        tracking=True,
        help="Below this probability alive the customer counts as lost.",
    )

    _horizon_range = models.Constraint(
        "CHECK (horizon_months BETWEEN 1 AND 120)",
        "The horizon must be between 1 and 120 months.",
    )
    _discount_range = models.Constraint(
        "CHECK (discount_pct >= 0 AND discount_pct <= 100)",
        "The discount rate must be between 0 and 100 % a year.",
    )
    _fit_months_positive = models.Constraint(
        "CHECK (fit_months > 0)", "The model must be fitted every month or more."
    )
    _floor_range = models.Constraint(
        "CHECK (min_repeat_buyers >= 10 AND min_buyers >= min_repeat_buyers)",
        "A model needs at least 10 repeat buyers, and no more repeat buyers than "
        "buyers.",
    )
    _churn_range = models.Constraint(
        "CHECK (0 < churn_high_pct AND churn_high_pct < churn_medium_pct"
        " AND churn_medium_pct < churn_low_pct AND churn_low_pct < 100)",
        "The bounds of the churn risk must fall from low to high, within 100 to 0 %.",
    )

    def _prediction_terms(self, as_of):
        """Return what a prediction on the day ``as_of`` is asked for."""
        self.ensure_one()
        return analytics.PredictionTerms(
            as_of=as_of,
            window_months=self.window_months,
            horizon_months=self.horizon_months,
            discount_rate=self.discount_pct / 100,
            bands=analytics.ChurnBands(
                self.churn_low_pct / 100,
                self.churn_medium_pct / 100,
                self.churn_high_pct / 100,
            ),
            kind=self.purchase_model,
            min_buyers=self.min_buyers,
            min_repeat_buyers=self.min_repeat_buyers,
        )

    def action_fit_model(self):
        """Fit the purchase model to today's customers and predict anew."""
        self.ensure_one()
        if not self.env.user.has_group("crm_value.group_manager"):
            raise AccessError(
                self.env._("Only value administrators can fit the purchase model.")
            )
        self.check_access("write")
        # sudo: measures come from documents the administrator may not read
        customers = self.env["crm.customer"].sudo().with_company(self.company_id)
        customers._refresh_company(
            self.company_id,
            None,
            customers._today(self.company_id),
            notes={"fit": True},
        )
        return self.env["ir.actions.act_window"]._for_xml_id(
            "crm_value.crm_value_model_action"
        )
