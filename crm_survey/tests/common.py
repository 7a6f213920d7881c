from datetime import datetime, timedelta

from odoo.tests import new_test_user, tagged

from odoo.addons.base.tests.common import BaseCommon

#: a Monday
NOW = datetime(2026, 3, 2, 9, 0, 0)


@tagged("post_install", "-at_install")
class SurveyProgramCommon(BaseCommon):
    """A programme that asks for an NPS, and people to ask."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.email = "office@example.com"
        cls.other_company = cls.env["res.company"].create({"name": "Sister Ltd"})
        cls.manager = new_test_user(
            cls.env, "survey_manager", groups="crm_survey.group_manager"
        )
        cls.user = new_test_user(cls.env, "survey_user", groups="crm_survey.group_user")
        cls.survey = cls._survey("Relationship", "nps", 0, 10)
        cls.program = cls._program("Relationship")
        cls.account = cls._account("Azure", "azure@example.com")
        cls.contact = cls._contact("Ann", "ann@example.com")

    @classmethod
    def _survey(cls, title, metric, low, high):
        return cls.env["survey.survey"].create(
            {
                "title": title,
                "survey_type": "satisfaction",
                "access_mode": "token",
                # every installed language, else the first one of the database
                "lang_ids": [],
                "question_and_page_ids": [
                    (
                        0,
                        0,
                        {
                            "title": f"{title}: how much?",
                            "question_type": "scale",
                            "metric": metric,
                            "scale_min": low,
                            "scale_max": high,
                            "constr_mandatory": True,
                        },
                    )
                ],
            }
        )

    @classmethod
    def _program(cls, name, **vals):
        """Return a programme without any limit, unless given."""
        return cls.env["crm.survey.program"].create(
            {
                "name": name,
                "survey_id": cls.survey.id,
                "quarantine_days": 0,
                "quarantine_any_days": 0,
                "account_cap": 0,
                "reminder_max": 0,
                **vals,
            }
        )

    @classmethod
    def _account(cls, name, email=False, **vals):
        return cls.env["res.partner"].create(
            {"name": name, "email": email, "is_company": True, **vals}
        )

    @classmethod
    def _contact(cls, name, email=False, account=None, **vals):
        parent = (account or cls.account).id
        return cls.env["res.partner"].create(
            {"name": name, "email": email, "parent_id": parent, **vals}
        )

    def _invite(self, contacts, program=None, record=None, days=0, **delta):
        """Return the invitations of ``contacts`` asked some time after NOW."""
        return (program or self.program).invite(
            contacts, record=record, now=NOW + timedelta(days=days, **delta)
        )

    def _results(self, contacts, program=None, record=None, days=0, **delta):
        """Return "sent" or the skip reason of each of ``contacts``."""
        return [
            invitation.skip_reason or invitation.state
            for invitation in self._invite(contacts, program, record, days, **delta)
        ]
