from odoo import api, fields, models
from odoo.exceptions import UserError

GRID = 5

# Rows: recency 1 to 5; columns: frequency and monetary score together, 1 to 5.
SHIPPED_GRID = (
    ("lost", "hibernating", "at_risk", "cannot_lose", "cannot_lose"),
    ("hibernating", "about_to_sleep", "at_risk", "at_risk", "cannot_lose"),
    ("promising", "about_to_sleep", "need_attention", "loyal", "loyal"),
    ("new", "potential_loyalist", "potential_loyalist", "champion", "champion"),
    ("new", "potential_loyalist", "potential_loyalist", "champion", "champion"),
)


class CrmValueSegment(models.Model):
    """A named group of customers with like RFM scores, and what to do for them."""

    _name = "crm.value.segment"
    _description = "RFM Segment"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    description = fields.Char(
        string="What to Do",
        translate=True,
        help="What these customers have in common, and what helps with them.",
    )
    color = fields.Integer()
    cell_ids = fields.One2many("crm.value.segment.cell", "segment_id", string="Scores")
    cell_count = fields.Integer(
        string="Combinations",
        compute="_compute_cell_count",
        help="How many of the 125 combinations of scores belong to the segment.",
    )

    @api.depends("cell_ids")
    def _compute_cell_count(self):
        for segment in self:
            segment.cell_count = len(segment.cell_ids)

    @api.model
    def _fill_grid(self):
        """Give each of the 125 combinations its shipped segment, where it has none."""
        Cell = self.env["crm.value.segment.cell"]
        taken = {cell._scores() for cell in Cell.search([])}
        Cell.create(
            [
                {
                    "recency": recency,
                    "frequency": frequency,
                    "monetary": monetary,
                    "segment_id": self._shipped(recency, frequency, monetary).id,
                }
                for recency in range(1, GRID + 1)
                for frequency in range(1, GRID + 1)
                for monetary in range(1, GRID + 1)
                if (recency, frequency, monetary) not in taken
            ]
        )

    @api.model
    def _shipped(self, recency, frequency, monetary):
        together = (frequency + monetary + 1) // 2
        name = SHIPPED_GRID[recency - 1][together - 1]
        return self.env.ref(f"crm_value.crm_value_segment_{name}")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_combinations(self):
        if self.cell_ids:
            raise UserError(
                self.env._(
                    "Each combination of scores needs a segment: choose another "
                    "segment for it instead of deleting it."
                )
            )
