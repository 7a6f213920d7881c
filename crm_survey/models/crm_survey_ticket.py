from odoo import api, fields, models
from odoo.tools import SQL


class CrmSurveyTicket(models.Model):
    """The row two workers must both change before they ask the same people.

    One row per account and one per person of a company. Written by SQL only,
    read by nobody: what counts is that the change of one worker makes the other
    one fail and look again.
    """

    _name = "crm.survey.ticket"
    _description = "Survey Ticket"
    _log_access = False

    name = fields.Char(required=True, readonly=True)
    turn = fields.Integer(readonly=True)

    _name_uniq = models.UniqueIndex("(name)")

    @api.model
    def _take(self, names):
        """Hold the tickets ``names`` until the transaction ends.

        Transactions run under REPEATABLE READ. Whoever changed one of these rows
        after our snapshot makes this statement fail with a serialization error, so
        what was counted before it is still true after it. The order of the names
        keeps two workers from waiting for each other. The ORM can neither upsert
        nor fix the order.
        """
        if names:
            self.env.execute_query(
                SQL(
                    """
                    INSERT INTO crm_survey_ticket AS ticket (name, turn)
                    SELECT wanted.name, 1
                      FROM unnest(%(names)s) AS wanted (name)
                     ORDER BY wanted.name
                        ON CONFLICT (name) DO UPDATE SET turn = ticket.turn + 1
                 RETURNING ticket.id
                    """,
                    names=sorted(names),
                )
            )
