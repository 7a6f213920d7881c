import random
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..airport_survey import read_answers

#: months the generated answers reach back, and the share of people who answer
DEMO_MONTHS = 15
DEMO_RESPONSE = 0.42
#: share of the customers a programme has asked so far
DEMO_ASKED = 0.4
#: what the answers to each scale look like: value and weight
DEMO_SHAPES = {
    "nps": {0: 1, 3: 2, 5: 5, 6: 6, 7: 12, 8: 24, 9: 24, 10: 26},
    "csat": {1: 2, 2: 4, 3: 14, 4: 46, 5: 34},
    "ces": {1: 2, 2: 3, 3: 6, 4: 12, 5: 27, 6: 30, 7: 20},
    "index": {3: 2, 5: 8, 6: 14, 7: 24, 8: 30, 9: 14, 10: 8},
}


class CrmSurveyProgram(models.Model):
    """Plausible answers for a demonstration, marked as generated."""

    _inherit = "crm.survey.program"

    @api.model
    def _generate_demo_answers(self, seed=2026, airport=None, now=None):
        """Give every programme of the company invitations and answers.

        The same seed gives the same answers. They are marked as generated, on the
        score and in the comment, so that nobody takes them for what customers said.

        :param seed: of the generator
        :param airport: path of the public airport survey; its answers are used
            instead of generated ones where a programme asks the same
        :param now: moment up to which answers are made, now when empty
        :returns: the scores made
        """
        now = fields.Datetime.to_datetime(now) or fields.Datetime.now()
        found = list(read_answers(airport)) if airport else []
        scores = self.env["crm.survey.score"]
        for program in self.search([("company_id", "=", self.env.company.id)]):
            # the number of the programme keeps the answers of two apart
            lots = random.Random(f"{seed}-{program.id}")
            lots.shuffle(found)
            scores |= program._generate_answers(lots, found, now)
        scores.customer_id._refresh_satisfaction_now()
        return scores

    def _generate_answers(self, lots, found, now):
        self.ensure_one()
        contacts = self._demo_contacts()
        if not contacts:
            return self.env["crm.survey.score"]
        contacts = lots.sample(contacts, max(1, int(len(contacts) * DEMO_ASKED)))
        # people answer within five days: nobody may answer in the future
        asked = [
            (lots.choice(contacts), now - timedelta(days=lots.triangular(6, days, 6)))
            for days in [DEMO_MONTHS * 30] * min(4 * len(contacts), 1500)
        ]
        invitations = (
            self.env["crm.survey.invitation"]
            .sudo()
            .with_context(tracking_disable=True, mail_create_nolog=True)
            .create([self._prepare_demo_invitation(who, at, lots) for who, at in asked])
        )
        self._backdate_demo(invitations)
        answered = invitations.filtered(lambda item: item.state == "answered")
        rows = [
            self._prepare_demo_row(invitation, lots, found) for invitation in answered
        ]
        return self._import_answers(
            [row for row in rows if row], is_verified=True, is_generated=True
        )

    def _backdate_demo(self, invitations):
        """Let the list of invitations show the day each was sent, not today."""
        invitations.flush_recordset()
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_survey_invitation
                   SET create_date = sent_at
                 WHERE id = ANY(%s)
             RETURNING id
                """,
                invitations.ids,
            )
        )
        invitations.invalidate_recordset(["create_date"])

    def _demo_contacts(self):
        """Return one contact of each customer, the customer itself if it has none."""
        customers = self.env["crm.customer"].search(
            [("company_id", "=", self.company_id.id)], order="id"
        )
        return [
            customer.partner_id.child_ids.filtered("email")[:1] or customer.partner_id
            for customer in customers
        ]

    def _prepare_demo_invitation(self, contact, sent, lots):
        customer = self.env["crm.customer"]._for_partner(contact, self.company_id)
        state = "answered" if lots.random() < DEMO_RESPONSE else None
        state = (
            state
            or lots.choices(
                ["expired", "opened", "started", "bounced"], [70, 18, 8, 4]
            )[0]
        )
        answered = sent + timedelta(hours=lots.triangular(0.2, 120, 4))
        return {
            "program_id": self.id,
            "company_id": self.company_id.id,
            "partner_id": contact.id,
            "commercial_partner_id": contact.commercial_partner_id.id,
            "customer_id": customer.id,
            "email_normalized": contact.email_normalized,
            "state": state,
            "sent_at": sent,
            "expires_at": sent + timedelta(days=self.expiry_days),
            "answered_at": state == "answered" and not self.is_anonymous and answered,
        }

    def _prepare_demo_row(self, invitation, lots, found):
        row = {
            "at": invitation.answered_at or invitation.sent_at,
            "partner": invitation.partner_id,
            "invitation": invitation,
        }
        real = found.pop() if found else {}
        # an account leans the same way in all its answers
        lean = random.Random(invitation.customer_id.id).uniform(0.4, 2.2)
        for question in self.survey_id.question_ids.filtered("metric"):
            shape = DEMO_SHAPES[question.metric]
            weights = [
                weight * (lean if value >= max(shape) * 0.75 else 1 / lean)
                for value, weight in shape.items()
            ]
            row[question.metric] = real.get(
                question.metric, lots.choices(list(shape), weights)[0]
            )
        if lots.random() < 0.3:
            row["comment"] = lots.choice(self._demo_comments())
        return row

    @api.model
    def _demo_comments(self):
        return [
            self.env._("Generated: quick delivery, thank you."),
            self.env._("Generated: the invoice did not match our order."),
            self.env._("Generated: friendly and competent, as always."),
            self.env._("Generated: we waited too long for an answer."),
            self.env._("Generated: good products, the price could be better."),
            self.env._("Generated: ordering was very easy."),
        ]
