from odoo import api, fields, models
from odoo.tools.misc import format_amount, format_date


class CrmCustomer(models.Model):
    """Each figure in plain words: what it is made of, and why this class."""

    _inherit = "crm.customer"

    value_explanation = fields.Text(
        string="Why this Value", compute="_compute_value_explanation"
    )
    contribution_explanation = fields.Text(
        string="Why this Contribution", compute="_compute_contribution_explanation"
    )
    rfm_explanation = fields.Text(
        string="Why these Scores", compute="_compute_rfm_explanation"
    )
    prediction_explanation = fields.Text(
        string="Why this Prediction", compute="_compute_prediction_explanation"
    )
    alert_explanation = fields.Text(
        string="Why this Alert", compute="_compute_alert_explanation"
    )

    def _policies(self):
        """Return the active policy of each company of the customers."""
        # sudo: a policy is read to explain its own figures
        policies = (
            self.env["crm.value.policy"]
            .sudo()
            .search([("company_id", "in", self.company_id.ids)])
        )
        return {policy.company_id: policy for policy in policies}

    def _money(self, amount):
        self.ensure_one()
        return format_amount(self.env, amount, self.currency_id)

    @api.depends("value_amount", "abc_class", "revenue_window")
    @api.depends_context("lang")
    def _compute_value_explanation(self):
        policies = self._policies()
        for customer in self:
            policy = policies.get(customer.company_id)
            if not policy or not customer.measured_on:
                customer.value_explanation = self.env._("Not measured yet.")
                continue
            customer.value_explanation = "\n".join(
                [customer._explain_value(policy), customer._explain_class(policy)]
            )

    def _explain_value(self, policy):
        start = policy._window_start(self.measured_on)
        values = {
            "value": self._money(self.value_amount),
            "start": format_date(self.env, start),
            "end": format_date(self.env, self.measured_on),
            "months": policy.horizon_months,
            "share": f"{100 * self.revenue_share:.2f}",
        }
        if policy.measure == "clv":
            return self.env._(
                "Value is what the customer is expected to bring in the next "
                "%(months)s months, as of today's money: %(value)s.",
                **values,
            )
        if policy.measure == "contribution":
            return self.env._(
                "Value is the contribution from %(start)s to %(end)s: revenue less "
                "cost of goods, cost to serve and cost of capital, %(value)s.",
                **values,
            )
        return self.env._(
            "Value is the revenue from %(start)s to %(end)s: posted invoices less "
            "credit notes, without tax, %(value)s. That is %(share)s %% of the "
            "company's revenue.",
            **values,
        )

    def _explain_class(self, policy):
        values = {
            "rank": self.value_rank,
            "a": f"{policy.abc_a_share:g}",
            "b": f"{policy.abc_b_share:g}",
        }
        if self.value_amount <= 0:
            return self.env._("Class C: without any value a customer is always C.")
        if self.abc_class == "a":
            return self.env._(
                "Class A: on place %(rank)s, the customers before it make up less than "
                "%(a)s %% of the total value.",
                **values,
            )
        if self.abc_class == "b":
            return self.env._(
                "Class B: on place %(rank)s, the customers before it make up %(a)s %% "
                "or more, but less than %(b)s %% of the total value.",
                **values,
            )
        return self.env._(
            "Class C: on place %(rank)s, the customers before it already make up "
            "%(b)s %% or more of the total value.",
            **values,
        )

    @api.depends("contribution_window", "contribution_is_estimated", "revenue_window")
    @api.depends_context("lang")
    def _compute_contribution_explanation(self):
        for customer in self:
            text = self.env._(
                "%(revenue)s revenue, less %(goods)s cost of goods, %(service)s cost "
                "to serve and %(capital)s cost of capital, leaves %(left)s.",
                revenue=customer._money(customer.revenue_window),
                goods=customer._money(customer.goods_cost),
                service=customer._money(customer.service_cost),
                capital=customer._money(customer.capital_cost),
                left=customer._money(customer.contribution_window),
            )
            if customer.contribution_is_estimated:
                estimate = self.env._(
                    "This is an estimate: some goods had no cost recorded when they "
                    "were invoiced, so today's cost of the product was taken."
                )
                text = f"{text}\n{estimate}"
            customer.contribution_explanation = text

    @api.depends("rfm_recency", "rfm_frequency", "rfm_monetary", "rfm_segment_id")
    @api.depends_context("lang")
    def _compute_rfm_explanation(self):
        policies = self._policies()
        for customer in self:
            policy = policies.get(customer.company_id)
            if not policy or not customer.rfm_recency:
                customer.rfm_explanation = self.env._(
                    "No scores: the customer bought nothing in the window."
                )
                continue
            customer.rfm_explanation = customer._explain_scores(policy)

    def _explain_scores(self, policy):
        scores = self.env._(
            "Recency %(recency)s of %(bins)s: last purchase %(days)s days ago. "
            "Frequency %(frequency)s: %(purchases)s purchases in the window. "
            "Monetary %(monetary)s: %(revenue)s.",
            recency=self.rfm_recency,
            bins=policy.rfm_bins,
            days=self.recency_days,
            frequency=self.rfm_frequency,
            purchases=self.purchase_count_window,
            monetary=self.rfm_monetary,
            revenue=self._money(self.revenue_window),
        )
        if policy.rfm_method == "fixed":
            basis = self.env._("The scores follow the cut-offs of the policy.")
        else:
            basis = self.env._(
                "A score says how many of the buyers are worse: the best of %(bins)s "
                "equal parts scores %(bins)s. Equal customers have equal scores.",
                bins=policy.rfm_bins,
            )
        lines = [scores, basis]
        if self.rfm_segment_id.description:
            lines.append(
                self.env._(
                    "%(segment)s: %(advice)s",
                    segment=self.rfm_segment_id.name,
                    advice=self.rfm_segment_id.description,
                )
            )
        return "\n".join(lines)

    @api.depends("prediction_basis", "p_alive", "clv", "expected_purchases")
    @api.depends_context("lang")
    def _compute_prediction_explanation(self):
        policies = self._policies()
        # sudo: the fit is read to explain the figures that come from it
        fits = (
            self.env["crm.value.model"]
            .sudo()
            .search(
                [
                    ("company_id", "in", self.company_id.ids),
                    ("is_in_force", "=", True),
                ]
            )
        )
        by_company = {fit.company_id: fit for fit in fits}
        for customer in self:
            policy = policies.get(customer.company_id)
            fit = by_company.get(customer.company_id)
            customer.prediction_explanation = (
                customer._explain_prediction(policy, fit)
                if policy and fit and customer.prediction_basis
                else self.env._("No prediction: the customer has not bought yet.")
            )

    def _explain_prediction(self, policy, fit):
        values = {
            "months": policy.horizon_months,
            "purchases": f"{self.expected_purchases:g}",
            "clv": self._money(self.clv),
            "alive": f"{100 * self.p_alive:.0f}",
            "buyers": fit.buyers,
            "repeat": fit.repeat_buyers,
            "date": format_date(self.env, fit.fitted_on),
            "retention": f"{100 * fit.retention:.0f}",
            "rate": f"{policy.discount_pct:g}",
        }
        if self.prediction_basis == "baseline":
            reasons = dict(fit._fields["reason"]._description_selection(self.env))
            return "\n".join(
                [
                    self.env._(
                        "Plain baseline: the average month of the window, carried over "
                        "%(months)s months, times the %(retention)s %% of customers "
                        "that go on buying, gives %(purchases)s purchases and %(clv)s.",
                        **values,
                    ),
                    self.env._(
                        "No model is used: %(reason)s (%(buyers)s buyers, %(repeat)s "
                        "of them repeat buyers).",
                        reason=reasons.get(fit.reason, ""),
                        **values,
                    ),
                ]
            )
        return self.env._(
            "With %(alive)s %% the customer is still one. In the next %(months)s "
            "months %(purchases)s purchases are expected, worth %(clv)s today "
            "(discounted at %(rate)s %% a year). The model was fitted on %(date)s to "
            "%(buyers)s buyers, %(repeat)s of them repeat buyers.",
            **values,
        )

    @api.depends("alert_direction", "alert_month", "alert_actual", "alert_expected")
    @api.depends_context("lang")
    def _compute_alert_explanation(self):
        for customer in self:
            if not customer.alert_direction:
                customer.alert_explanation = False
                continue
            customer.alert_explanation = self.env._(
                "In %(month)s the customer bought for %(actual)s; its own history lets "
                "expect about %(expected)s. That is %(z)s usual deviations away.",
                month=format_date(
                    self.env, customer.alert_month, date_format="MMMM yyyy"
                ),
                actual=customer._money(customer.alert_actual),
                expected=customer._money(customer.alert_expected),
                z=f"{abs(customer.alert_z):.1f}",
            )
