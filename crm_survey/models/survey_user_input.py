from odoo import fields, models


class SurveyUser_Input(models.Model):
    """An answer knows the programme that asked for it.

    ``crm_invitation_id`` is empty for link answers and, once answered or
    expired, for anonymous programmes.
    """

    _inherit = "survey.user_input"

    crm_program_id = fields.Many2one(
        "crm.survey.program",
        string="Programme",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    crm_invitation_id = fields.Many2one(
        "crm.survey.invitation",
        string="Invitation",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
