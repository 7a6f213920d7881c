from odoo import fields, models


class CrmSurveyScore(models.Model):
    """One score per answer and metric, with the circumstances of its time."""

    _name = "crm.survey.score"
    _description = "Satisfaction Score"
    _order = "scored_at desc, id desc"
    _check_company_auto = True

    program_id = fields.Many2one(
        "crm.survey.program",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    user_input_id = fields.Many2one(
        "survey.user_input",
        string="Answer",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_system",
    )
    question_id = fields.Many2one(
        "survey.question", readonly=True, index="btree_not_null", ondelete="set null"
    )
    metric = fields.Selection(
        [("nps", "NPS"), ("csat", "CSAT"), ("ces", "CES"), ("index", "Index")],
        required=True,
        readonly=True,
    )
    value = fields.Integer(readonly=True)
    is_verified = fields.Boolean(string="Verified", readonly=True)
    scored_at = fields.Datetime(string="Answered On", required=True, readonly=True)
    customer_id = fields.Many2one(
        "crm.customer",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    res_model = fields.Char(string="Document Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", readonly=True
    )
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    tier_id = fields.Many2one("crm.value.tier", readonly=True, ondelete="set null")
