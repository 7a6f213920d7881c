from datetime import datetime, time, timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..analytics import cycles, next_working_day, slot, working_days

#: a document older than this is not asked about any more
LONGEST_DELAY_DAYS = 30


class Due(NamedTuple):
    """One contact to ask at ``due_at`` on one occasion."""

    due_at: datetime
    contact: int
    account: int
    occasion: str = ""
    res_model: str | None = None
    res_id: int | None = None
    is_found: bool = True


class CrmSurveyProgram(models.Model):
    """What makes a programme ask: an event on a document, or the calendar."""

    _inherit = "crm.survey.program"

    trigger = fields.Selection(
        [
            ("manual", "Only when sent by hand"),
            ("document", "Some days after an event on a document"),
            ("periodic", "Regularly, spread over working days"),
        ],
        string="Asks",
        required=True,
        default="manual",
        tracking=True,
    )
    trigger_model_id = fields.Many2one(
        "ir.model",
        string="Document",
        domain="[('transient', '=', False), ('abstract', '=', False)]",
        ondelete="cascade",
    )
    trigger_model = fields.Char(related="trigger_model_id.model")
    trigger_domain = fields.Char(
        string="Which Documents",
        default="[]",
        help="Only these documents make the programme ask.",
    )
    trigger_date_field_id = fields.Many2one(
        "ir.model.fields",
        string="Event",
        domain="[('model_id', '=', trigger_model_id), ('store', '=', True), "
        "('ttype', 'in', ('date', 'datetime'))]",
        ondelete="cascade",
        help="The date of the document that the waiting time starts at.",
    )
    trigger_delay_days = fields.Integer(
        string="Waiting Time", help="Days after the event on which to ask."
    )
    trigger_partner_field_id = fields.Many2one(
        "ir.model.fields",
        string="Contact Field",
        domain="[('model_id', '=', trigger_model_id), ('store', '=', True), "
        "('ttype', '=', 'many2one'), ('relation', '=', 'res.partner')]",
        compute="_compute_trigger_partner_field_id",
        store=True,
        readonly=False,
        ondelete="cascade",
        help="The contact of the document.",
    )
    period_months = fields.Integer(
        string="Every", default=6, help="Months between two rounds."
    )
    period_start = fields.Date(
        string="First Round",
        copy=False,
        help="First day of the first round. Empty is the day the programme is "
        "switched on.",
    )
    spread_days = fields.Integer(
        string="Spread Over",
        help="Working days at the start of a round over which the invitations are "
        "spread evenly. 0 is the whole round.",
    )

    _period_positive = models.Constraint(
        "CHECK (period_months BETWEEN 1 AND 120 AND spread_days >= 0)",
        "A round lasts 1 to 120 months, and is spread over 0 or more days.",
    )
    _trigger_delay_range = models.Constraint(
        "CHECK (trigger_delay_days BETWEEN 0 AND 3650)",
        "The waiting time is 0 to 3650 days.",
    )

    @api.depends("trigger_model_id")
    def _compute_trigger_partner_field_id(self):
        Fields = self.env["ir.model.fields"]
        for program in self:
            model = program.trigger_model_id
            if program.trigger_partner_field_id.model_id != model:
                program.trigger_partner_field_id = model and Fields.sudo().search(
                    [
                        ("model_id", "=", model.id),
                        ("relation", "=", "res.partner"),
                        ("ttype", "=", "many2one"),
                        ("store", "=", True),
                        ("name", "in", ("partner_id", "customer_id")),
                    ],
                    limit=1,
                )

    @api.onchange("trigger_model_id")
    def _onchange_trigger_model_id(self):
        self.trigger_domain = "[]"
        self.trigger_date_field_id = False

    @api.constrains("trigger", "trigger_model_id", "trigger_domain")
    def _check_trigger_domain(self):
        for program in self.filtered(lambda p: p.trigger == "document"):
            if program.trigger_model_id:
                program._check_domain(program.trigger_domain, program.trigger_model)

    @api.constrains("trigger", "is_anonymous")
    def _check_anonymous_trigger(self):
        for program in self:
            if program.is_anonymous and program.trigger == "document":
                raise ValidationError(
                    self.env._(
                        "An anonymous programme cannot ask after an event on a "
                        "document: the document would lead to the person. Ask "
                        "regularly instead."
                    )
                )

    def _check_can_start(self):
        super()._check_can_start()
        given = (
            self.trigger_model_id
            and self.trigger_date_field_id
            and self.trigger_partner_field_id
        )
        if self.trigger == "document" and not given:
            raise UserError(
                self.env._(
                    "Say on which document “%(program)s” waits, for which date, and "
                    "where its contact is.",
                    program=self.name,
                )
            )

    def action_start(self):
        for program in self.filtered(lambda p: not p.period_start):
            program.period_start = fields.Date.context_today(program)
        return super().action_start()

    def _due(self, now, until=None):
        """Return who becomes due up to ``until`` (``now`` if not given), by time.

        People who have an invitation for the occasion, even a skipped one, are not
        due again: this is what lets the scheduled action go on where it stopped.
        """
        self.ensure_one()
        self.env["crm.survey.invitation"].flush_model()
        until = until or now
        if self.trigger == "document":
            due = self._due_documents(now, until)
        elif self.trigger == "periodic":
            due = self._due_regularly(now, until)
        else:
            due = []
        return sorted(due)

    def _due_regularly(self, now, until):
        start = self.period_start or now.date()
        earliest = datetime.combine(next_working_day(now.date()), time())
        contacts = None
        due = []
        for cycle in cycles(start, self.period_months, now.date(), until.date()):
            days = working_days(cycle.start, cycle.end)
            days = days[: self.spread_days] if self.spread_days else days
            if contacts is None:
                contacts = self._fetch_contact_rows(self._accounts_sql())
            invited = self._fetch_invited(cycle.occasion) if contacts else set()
            for contact, account, is_found in contacts:
                day = days[slot(self.sampling_seed, contact, len(days))]
                due_at = max(datetime.combine(day, time()), earliest, now)
                if due_at <= until and contact not in invited:
                    due.append(
                        Due(
                            due_at,
                            contact,
                            account,
                            cycle.occasion,
                            is_found=is_found,
                        )
                    )
        return due

    def _fetch_invited(self, occasion):
        """Return the contacts that have an invitation for ``occasion``."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT invitation.partner_id
                  FROM crm_survey_invitation AS invitation
                 WHERE invitation.program_id = %s
                   AND invitation.occasion = %s
                """,
                self.id,
                occasion,
            )
        )
        return {contact for (contact,) in rows}

    def _list_size(self, now):
        """Return how many people the current round is for, asked ones included."""
        if self.trigger != "periodic":
            return 0
        return len({row[0] for row in self._fetch_contact_rows(self._accounts_sql())})

    def _due_documents(self, now, until):
        rows = self._fetch_document_rows(now, until)
        if self.contact_role == "document":
            return [
                Due(max(due_at, now), partner, account, f"{model},{doc}", model, doc)
                for doc, partner, account, due_at, model in rows
            ]
        accounts = tuple({row[2] for row in rows})
        contacts = {}
        if accounts:
            for row in self._fetch_contact_rows(SQL("%s", accounts)):
                contacts.setdefault(row[1], []).append(row)
        invited = self._fetch_invited_documents()
        return [
            Due(
                max(due_at, now),
                contact,
                account,
                f"{model},{doc}",
                model,
                doc,
                is_found=is_found,
            )
            for doc, _partner, account, due_at, model in rows
            for contact, account, is_found in contacts.get(account, ())
            if (contact, doc) not in invited
        ]

    def _fetch_invited_documents(self):
        """Return the (contact, document) pairs that have an invitation."""
        return set(
            self.env.execute_query(
                SQL(
                    """
                    SELECT invitation.partner_id, invitation.res_id
                      FROM crm_survey_invitation AS invitation
                     WHERE invitation.program_id = %s
                       AND invitation.res_model = %s
                    """,
                    self.id,
                    self.trigger_model,
                )
            )
        )

    def _fetch_document_rows(self, now, until):
        """Return (document, contact, account, due time, model) without invitation.

        SQL joins the searched documents with the audience and the invitations, so
        that one pass serves any number of them.
        """
        # sudo: the programme asks on behalf of the company, not of its reader
        Model = self.env[self.trigger_model].sudo()
        query = Model._search(self._document_domain(Model, now, until))
        date_field, partner_field = (
            query.table and Model._field_to_sql(query.table, name, query)
            for name in (
                self.trigger_date_field_id.name,
                self.trigger_partner_field_id.name,
            )
        )
        documents = query.subselect(
            SQL("%s AS id", SQL.identifier(query.table, "id")),
            SQL("%s AS partner_id", partner_field),
            SQL("%s::timestamp AS happened_at", date_field),
        )
        audience = (
            SQL("TRUE")
            if self._is_for_everyone()
            else SQL("partner.commercial_partner_id IN %s", self._accounts_sql())
        )
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        delay = timedelta(days=self.trigger_delay_days)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT document.id,
                       partner.id,
                       partner.commercial_partner_id,
                       document.happened_at + %(delay)s
                  FROM %(documents)s AS document
                  JOIN res_partner AS partner
                    ON partner.id = document.partner_id
                 WHERE %(audience)s
                   AND (NOT %(is_one_contact)s OR NOT EXISTS (
                       SELECT 1
                         FROM crm_survey_invitation AS invitation
                        WHERE invitation.program_id = %(program)s
                          AND invitation.res_model = %(model)s
                          AND invitation.res_id = document.id
                       ))
                """,
                documents=documents,
                audience=audience,
                is_one_contact=self.contact_role == "document",
                program=self.id,
                model=Model._name,
                delay=delay,
            )
        )
        return [(*row, Model._name) for row in rows]

    def _document_domain(self, Model, now, until):
        """Return the domain of the documents whose waiting time ends in time."""
        delay = timedelta(days=self.trigger_delay_days)
        first = now - timedelta(days=LONGEST_DELAY_DAYS)
        first = max(first, self.started_at or now)
        name = self.trigger_date_field_id.name
        is_date = self.trigger_date_field_id.ttype == "date"
        start, end = first - delay, until - delay
        if is_date:
            start, end = start.date(), end.date()
        domain = (
            self._domain(self.trigger_domain)
            & Domain(name, ">=", start)
            & Domain(name, "<=", end)
            & Domain(self.trigger_partner_field_id.name, "!=", False)
        )
        if "company_id" in Model._fields:
            domain &= Domain("company_id", "in", (self.company_id.id, False))
        return domain
