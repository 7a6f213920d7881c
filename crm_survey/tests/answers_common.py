from datetime import timedelta

from odoo import fields
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.crm_survey.controllers import rate_limit


class AnswersCommon(TransactionCase):
    """A named programme with one survey, two accounts and their owners."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.survey = cls._survey("How did we do?")
        cls.nps, cls.csat, cls.comment = cls.survey.question_ids
        cls.program = cls._program()
        cls.sales = cls._user("svw_sales", "crm_survey.group_user")
        cls.other_sales = cls._user("svw_other", "crm_survey.group_user")
        cls.manager = cls._user("svw_manager", "crm_survey.group_manager")
        cls.customer = cls._customer("Azure Trading", cls.sales)
        cls.contact = cls.env["res.partner"].create(
            {
                "name": "Ada Azure",
                "email": "ada@azure.example",
                "parent_id": cls.customer.partner_id.id,
            }
        )

    def setUp(self):
        super().setUp()
        rate_limit.reads.clear()
        rate_limit.writes.clear()

    @classmethod
    def _user(cls, login, group):
        return new_test_user(
            cls.env,
            login,
            groups=f"base.group_user,base.group_allow_export,{group}",
            email=f"{login}@example.com",
        )

    @classmethod
    def _survey(cls, title):
        scale = {"question_type": "scale", "constr_mandatory": True}
        return cls.env["survey.survey"].create(
            {
                "title": title,
                "survey_type": "satisfaction",
                "access_mode": "token",
                "question_and_page_ids": [
                    fields.Command.create(vals)
                    for vals in (
                        {
                            "title": "How likely are you to recommend us?",
                            "metric": "nps",
                            "scale_min": 0,
                            "scale_max": 10,
                            "scale_min_label": "Not at all likely",
                            "scale_max_label": "Extremely likely",
                            "sequence": 1,
                            **scale,
                        },
                        {
                            "title": "How satisfied are you?",
                            "metric": "csat",
                            "scale_min": 1,
                            "scale_max": 5,
                            "sequence": 2,
                            **scale,
                        },
                        {
                            "title": "What should we do better?",
                            "question_type": "text_box",
                            "sequence": 3,
                        },
                    )
                ],
            }
        )

    @classmethod
    def _program(cls, **vals):
        return cls.env["crm.survey.program"].create(
            {
                "name": "Relationship",
                "survey_id": cls.survey.id,
                "company_id": cls.company.id,
                "state": "running",
                **vals,
            }
        )

    @classmethod
    def _customer(cls, name, manager):
        partner = cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "country_id": cls.env.ref("base.be").id,
            }
        )
        customer = cls.env["crm.customer"]._for_partner(partner, cls.company)
        customer.sudo().account_manager_id = manager
        return customer

    @classmethod
    def _invite(cls, contact=None, program=None, customer=None, **vals):
        """Return the answer row that an invitation sent today leads to."""
        contact = contact or cls.contact
        program = program or cls.program
        customer = customer or cls.customer
        now = fields.Datetime.now()
        invitation = cls.env["crm.survey.invitation"].create(
            {
                "program_id": program.id,
                "company_id": program.company_id.id,
                "partner_id": contact.id,
                "commercial_partner_id": contact.commercial_partner_id.id,
                "customer_id": customer.id,
                "email_normalized": contact.email_normalized,
                "state": "sent",
                "sent_at": now,
                "expires_at": now + timedelta(days=30),
                **vals,
            }
        )
        answer = cls.env["survey.user_input"].create(
            {
                "survey_id": program.survey_id.id,
                "crm_program_id": program.id,
                "crm_invitation_id": invitation.id,
                "partner_id": not program.is_anonymous and contact.id,
                "deadline": invitation.expires_at,
            }
        )
        invitation.user_input_id = answer
        return answer

    @classmethod
    def _fill(cls, nps=9, csat=5, comment=""):
        """Return the form a browser would post."""
        return {
            f"q{cls.nps.id}": [str(nps)],
            f"q{cls.csat.id}": [str(csat)],
            f"q{cls.comment.id}": [comment],
        }

    @classmethod
    def _answer(cls, nps=9, csat=5, comment="", **invite):
        """Answer a new invitation and return its scores."""
        answer = cls._invite(**invite)
        outcome = answer._crm_submit(cls._fill(nps, csat, comment))
        assert outcome.is_saved, outcome
        return cls.env["crm.survey.score"].search(
            [("program_id", "=", answer.crm_program_id.id)], order="id desc", limit=2
        )
