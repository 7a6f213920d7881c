from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from .. import analytics

FIT_FIELDS = (
    "kind",
    "buyers",
    "repeat_buyers",
    "retention",
    "gap_days",
    "margin_ratio",
    "r",
    "alpha",
    "a",
    "b",
    "log_likelihood",
    "p",
    "q",
    "v",
    "spend_log_likelihood",
    "spend_customers",
)
HOLDOUT_FIELDS = (
    "customers",
    "horizon",
    "actual_purchases",
    "model_purchases",
    "baseline_purchases",
    "model_error",
    "baseline_error",
    "model_found",
    "baseline_found",
)


class CrmValueModel(models.Model):
    """One fit of the purchase model of a company, with the proof of its worth.

    Written by the refresh, kept for ever. Predictions come from the latest fit that
    is not later than the day they look at.
    """

    _name = "crm.value.model"
    _description = "Purchase Model Fit"
    _order = "fitted_on desc, id desc"
    _rec_name = "fitted_on"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    fitted_on = fields.Date(
        required=True, readonly=True, help="The last day the fit has looked at."
    )
    kind = fields.Selection(
        [("mbg", "MBG/NBD"), ("bg", "BG/NBD")],
        string="Model",
        required=True,
        readonly=True,
    )
    is_in_force = fields.Boolean(
        string="In Force", readonly=True, help="Today's predictions come from this fit."
    )
    is_baseline = fields.Boolean(
        string="Baseline Used",
        readonly=True,
        help="Predictions carry the average of the window forward instead.",
    )
    reason = fields.Selection(
        [
            ("floor", "Too few buyers or repeat buyers for a model"),
            ("fit", "The history of the customers fits no model"),
            ("no_better", "In the hold-out test the model was worse than the baseline"),
        ],
        string="Why the Baseline",
        readonly=True,
    )
    grade = fields.Selection(
        [
            ("A", "A: clearly better than the baseline"),
            ("B", "B: as good as the baseline"),
            ("C", "C: worse than the baseline"),
        ],
        readonly=True,
        help="Share of the truly best fifth of customers that was found in the "
        "hold-out test: A at least 5 points more than the baseline and no less exact, "
        "B at least as many, C fewer.",
    )
    buyers = fields.Integer(readonly=True, aggregator=None)
    repeat_buyers = fields.Integer(readonly=True, aggregator=None)
    unit = fields.Selection(
        [("week", "Weeks")],
        string="Unit of Time",
        readonly=True,
        required=True,
        default="week",
    )
    r = fields.Float("r", readonly=True, digits=0, aggregator=None)
    alpha = fields.Float("alpha (weeks)", readonly=True, digits=0, aggregator=None)
    a = fields.Float("a", readonly=True, digits=0, aggregator=None)
    b = fields.Float("b", readonly=True, digits=0, aggregator=None)
    log_likelihood = fields.Float(readonly=True, digits=0, aggregator=None)
    p = fields.Float("p", readonly=True, digits=0, aggregator=None)
    q = fields.Float("q", readonly=True, digits=0, aggregator=None)
    v = fields.Float("v", readonly=True, digits=0, aggregator=None)
    spend_log_likelihood = fields.Float(readonly=True, digits=0, aggregator=None)
    spend_customers = fields.Integer(
        readonly=True,
        aggregator=None,
        help="Customers with a repeat purchase of positive value.",
    )
    retention = fields.Float(
        readonly=True,
        digits=(5, 4),
        aggregator=None,
        help="Share of the customers of the window before that bought in the window.",
    )
    gap_days = fields.Float(
        string="Usual Gap (days)", readonly=True, digits=(16, 1), aggregator=None
    )
    margin_ratio = fields.Float(
        readonly=True,
        digits=(5, 4),
        aggregator=None,
        help="What is left of the revenue of the window after the cost of goods. "
        "Spending is modelled as margin: revenue times this share of each customer.",
    )
    holdout_customers = fields.Integer(readonly=True, aggregator=None)
    holdout_horizon = fields.Float(
        string="Test Period (weeks)", readonly=True, digits=(16, 1), aggregator=None
    )
    holdout_actual_purchases = fields.Float(
        string="Purchases in the Test Period",
        readonly=True,
        digits=(16, 0),
        aggregator=None,
    )
    holdout_model_purchases = fields.Float(
        string="Predicted by the Model", readonly=True, digits=(16, 1), aggregator=None
    )
    holdout_baseline_purchases = fields.Float(
        string="Predicted by the Baseline",
        readonly=True,
        digits=(16, 1),
        aggregator=None,
    )
    holdout_model_error = fields.Float(
        string="Error of the Model",
        readonly=True,
        digits=(16, 4),
        aggregator=None,
        help="Mean difference between predicted and actual purchases of a customer.",
    )
    holdout_baseline_error = fields.Float(
        string="Error of the Baseline", readonly=True, digits=(16, 4), aggregator=None
    )
    holdout_model_found = fields.Float(
        string="Best Customers Found by the Model",
        readonly=True,
        digits=(5, 4),
        aggregator=None,
    )
    holdout_baseline_found = fields.Float(
        string="Best Customers Found by the Baseline",
        readonly=True,
        digits=(5, 4),
        aggregator=None,
    )

    _one_in_force = models.UniqueIndex("(company_id) WHERE is_in_force")

    @api.depends("kind", "fitted_on")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for fit in self:
            fit.display_name = f"{kinds.get(fit.kind, '')} {fit.fitted_on or ''}"

    @api.model
    def _latest(self, company, as_of):
        """Return the latest fit of a company that does not look beyond a day."""
        return self.search(
            [("company_id", "=", company.id), ("fitted_on", "<=", as_of)],
            order="fitted_on desc, id desc",
            limit=1,
        )

    def _is_due(self, policy, as_of):
        """Whether the policy wants a new fit instead of this one."""
        return (
            not self
            or self.kind != policy.purchase_model
            or self.fitted_on + relativedelta(months=policy.fit_months) <= as_of
        )

    @api.model
    def _record(self, company, as_of, fit):
        """Keep a fit and return its record."""
        judged = fit.holdout
        return self.create(
            {
                "company_id": company.id,
                "fitted_on": as_of,
                "is_baseline": not fit.is_model,
                "reason": fit.reason or False,
                "grade": judged and judged.grade,
                **{name: getattr(fit, name) for name in FIT_FIELDS},
                **{
                    f"holdout_{name}": getattr(judged, name)
                    for name in (HOLDOUT_FIELDS if judged else ())
                },
            }
        )

    def _put_in_force(self):
        """Mark this fit as the one predictions come from."""
        self.ensure_one()
        if not self.is_in_force:
            self.search(
                [("company_id", "=", self.company_id.id), ("is_in_force", "=", True)]
            ).is_in_force = False
            self.flush_model(["is_in_force"])
            self.is_in_force = True

    def _company_fit(self):
        """Return the fit as the arithmetic takes it."""
        self.ensure_one()
        return analytics.CompanyFit(
            reason=self.reason or "", **{name: self[name] for name in FIT_FIELDS}
        )
