from odoo import api, fields, models
from odoo.exceptions import ValidationError

MIN_BINS, MAX_BINS = 3, 10


class CrmValuePolicy(models.Model):
    """What the policy measures, and the terms each measure depends on."""

    _inherit = "crm.value.policy"

    measure = fields.Selection(
        [
            ("revenue", "Revenue"),
            ("contribution", "Contribution"),
            ("clv", "Lifetime value (forecast)"),
        ],
        string="Value is",
        required=True,
        default="revenue",
        tracking=True,
        help="What customers are judged by.\n"
        "Revenue: invoiced in the window, less credit notes.\n"
        "Contribution: revenue less cost of goods, cost to serve and cost of capital.\n"
        "Lifetime value: what the customer is expected to bring within the horizon.",
    )
    rfm_bins = fields.Integer(
        string="RFM Scores", required=True, default=5, tracking=True
    )
    rfm_method = fields.Selection(
        [("rank", "Compared with other customers"), ("fixed", "Fixed cut-offs")],
        string="RFM Scoring",
        required=True,
        default="rank",
        tracking=True,
        help="Compared: the best part of the buyers gets the best score; equal "
        "customers always get equal scores. Fixed: the scores follow the cut-offs.",
    )
    rfm_recency_cuts = fields.Char(
        string="Recency Cut-offs (days)",
        help="Rising numbers of days, separated by semicolons, one fewer than there "
        "are scores: 30; 90; 180; 365 gives 5 scores. A customer at a cut-off gets "
        "the better score.",
    )
    rfm_frequency_cuts = fields.Char(
        string="Frequency Cut-offs (purchases)",
        help="Rising numbers of purchases in the window, separated by semicolons.",
    )
    rfm_monetary_cuts = fields.Char(
        string="Monetary Cut-offs (revenue)",
        help="Rising amounts of revenue in the window, separated by semicolons.",
    )
    capital_pct = fields.Float(
        string="Cost of Capital (% a year)",
        default=0.0,
        tracking=True,
        help="What the money costs that customers owe you, for each day an invoice "
        "is unpaid. 0: not counted.",
    )

    history_months = fields.Integer(
        string="Months to Fill In",
        required=True,
        default=36,
        help="How many past months are filled in from posted documents when the "
        "history of customers begins.",
    )

    _history_months_range = models.Constraint(
        "CHECK (history_months BETWEEN 1 AND 120)",
        "Between 1 and 120 past months can be filled in.",
    )
    _rfm_bins_range = models.Constraint(
        "CHECK (rfm_bins BETWEEN 3 AND 10)", "Choose 3 to 10 RFM scores."
    )
    _capital_pct_range = models.Constraint(
        "CHECK (capital_pct >= 0 AND capital_pct <= 100)",
        "The cost of capital must be between 0 and 100 % a year.",
    )

    @api.constrains(
        "rfm_method",
        "rfm_bins",
        "rfm_recency_cuts",
        "rfm_frequency_cuts",
        "rfm_monetary_cuts",
    )
    def _check_rfm_cuts(self):
        for policy in self.filtered(lambda policy: policy.rfm_method == "fixed"):
            for name in ("recency", "frequency", "monetary"):
                policy._rfm_fixed_cuts(name)

    def _rfm_fixed_cuts(self, name):
        """Return the fixed cut-offs of a dimension as rising numbers.

        :raises ValidationError: if they are no rising numbers, one fewer than scores
        """
        self.ensure_one()
        field = self._fields[f"rfm_{name}_cuts"]
        parts = [part.strip() for part in (self[field.name] or "").split(";")]
        try:
            cuts = [float(part) for part in parts if part]
        except ValueError:
            cuts = []
        rising = all(low < high for low, high in zip(cuts, cuts[1:], strict=False))
        if len(cuts) != self.rfm_bins - 1 or not rising:
            raise ValidationError(
                self.env._(
                    "“%(field)s” must be %(count)s rising numbers separated by "
                    "semicolons, one fewer than there are scores.",
                    field=field.get_description(self.env, ["string"])["string"],
                    count=self.rfm_bins - 1,
                )
            )
        return cuts
