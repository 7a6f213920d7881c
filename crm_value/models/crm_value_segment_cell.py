from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmValueSegmentCell(models.Model):
    """One combination of recency, frequency and monetary score, from 1 to 5.

    There are always all 125, and each belongs to one segment; people only choose
    to which. Policies with more or fewer scores are brought to this scale.
    """

    _name = "crm.value.segment.cell"
    _description = "RFM Combination"
    _order = "recency desc, frequency desc, monetary desc"

    recency = fields.Integer(required=True, readonly=True)
    frequency = fields.Integer(required=True, readonly=True)
    monetary = fields.Integer(required=True, readonly=True)
    segment_id = fields.Many2one(
        "crm.value.segment", required=True, index=True, ondelete="cascade"
    )

    _scores_uniq = models.Constraint(
        "UNIQUE (recency, frequency, monetary)",
        "This combination of scores already has a segment.",
    )
    _scores_range = models.Constraint(
        "CHECK (recency BETWEEN 1 AND 5 AND frequency BETWEEN 1 AND 5"
        " AND monetary BETWEEN 1 AND 5)",
        "Scores go from 1 to 5.",
    )

    @api.depends("recency", "frequency", "monetary")
    def _compute_display_name(self):
        for cell in self:
            cell.display_name = "-".join(map(str, cell._scores()))

    def _scores(self):
        self.ensure_one()
        return self.recency, self.frequency, self.monetary

    @api.ondelete(at_uninstall=False)
    def _unlink_except_any(self):
        raise UserError(
            self.env._(
                "Each combination of scores needs a segment: choose another segment "
                "for it instead of deleting it."
            )
        )
