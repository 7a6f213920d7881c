from odoo import fields, models


class CrmValueScoreWeight(models.Model):
    """How much one measure counts in the score of a policy."""

    _name = "crm.value.score.weight"
    _description = "Score Weight"
    _order = "policy_id, weight desc, id"

    policy_id = fields.Many2one(
        "crm.value.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="policy_id.company_id", store=True, precompute=True, index=True
    )
    measure = fields.Selection("_selection_measure", required=True)
    weight = fields.Float(required=True, default=1.0)

    _weight_positive = models.Constraint(
        "CHECK (weight > 0)", "The weight of a measure must be more than zero."
    )
    _unique_measure = models.Constraint(
        "UNIQUE (policy_id, measure)", "Each measure counts once in a score."
    )

    def _selection_measure(self):
        return [
            (name, label)
            for name, (label, _field) in self.env["crm.value.policy"]
            ._score_measures()
            .items()
        ]
