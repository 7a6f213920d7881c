from odoo import api, fields, models
from odoo.tools import SQL


class CrmServiceRate(models.Model):
    """What serving a customer once costs: a visit, an e-mail, a delivery, …"""

    _name = "crm.service.rate"
    _description = "Service Rate"
    _order = "company_id, kind, id"
    _rec_name = "kind"

    kind = fields.Selection(selection="_selection_kind", required=True)
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        ondelete="cascade",
        index="btree_not_null",
        help="Empty: all activities that have no rate of their own.",
    )
    unit_cost = fields.Monetary(
        required=True, help="Cost of one, in the currency of the company."
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
        ondelete="cascade",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    active = fields.Boolean(default=True)

    _unit_cost_positive = models.Constraint(
        "CHECK (unit_cost >= 0)", "The cost of one service cannot be negative."
    )
    _kind_uniq = models.UniqueIndex(
        "(company_id, kind, COALESCE(activity_type_id, 0)) WHERE active",
        "This company already has a rate for this service.",
    )

    @api.model
    def _selection_kind(self):
        """Return the services that can be counted with the apps installed.

        An addon that knows of another service adds it here and, under the same key,
        to :meth:`_count_queries`.
        """
        kinds = [
            ("activity", self.env._("Activity done")),
            ("email", self.env._("E-mail sent")),
            ("invoice", self.env._("Invoice")),
        ]
        if "calendar.event" in self.env:
            kinds.append(("meeting", self.env._("Meeting")))
        if "stock.picking" in self.env:
            kinds.append(("delivery", self.env._("Delivery")))
        return kinds

    @api.onchange("kind")
    def _onchange_kind(self):
        if self.kind != "activity":
            self.activity_type_id = False

    @api.model
    def _count_queries(self):
        """Return by kind the query that counts the service per customer.

        Each gives (partner_id, activity_type_id, services): any contact, the type of
        activity or NULL, and the number in the window. Parameters come from
        :meth:`_cost_query`: ``%(company)s``, ``%(start)s`` and ``%(end)s``, the day
        after the window.
        """
        queries = {
            "activity": ACTIVITY_QUERY,
            "email": EMAIL_QUERY,
            "invoice": INVOICE_QUERY,
        }
        if "calendar.event" in self.env:
            queries["meeting"] = MEETING_QUERY
        if "stock.picking" in self.env:
            queries["delivery"] = DELIVERY_QUERY
        return queries

    @api.model
    def _activity_documents(self):
        """Return the models whose activities belong to the customer of the document.

        Keys are models, values the column that holds the partner.
        """
        documents = {
            "res.partner": "id",
            "crm.customer": "partner_id",
            "account.move": "partner_id",
            "sale.order": "partner_id",
            "crm.lead": "partner_id",
        }
        return {name: col for name, col in documents.items() if name in self.env}

    @api.model
    def _cost_query(self, company, start, end):
        """Return the query of (partner_id, cost) of the window, ``None`` if no rates.

        What has no company of its own, like an e-mail to a contact, counts in the
        company of the user who did it.
        """
        rates = self.search([("company_id", "=", company.id), ("unit_cost", ">", 0)])
        queries = self._count_queries()
        counts = [
            SQL(
                "SELECT %s AS kind, counted.* FROM (%s) counted",
                kind,
                SQL(
                    queries[kind],
                    company=company.id,
                    start=start,
                    end=end,
                    documents=self._documents_sql(),
                ),
            )
            for kind in sorted(set(rates.mapped("kind")) & set(queries))
        ]
        if not counts:
            return None
        return SQL(
            """
            SELECT
                partner.commercial_partner_id AS partner_id,
                SUM(counted.services * rate.unit_cost) AS cost
            FROM (%(counts)s) counted
            JOIN res_partner partner ON partner.id = counted.partner_id
            JOIN LATERAL (
                SELECT unit_cost
                FROM crm_service_rate rate
                WHERE rate.id = ANY(%(rates)s)
                    AND rate.kind = counted.kind
                    AND (rate.activity_type_id = counted.activity_type_id
                        OR rate.activity_type_id IS NULL)
                ORDER BY rate.activity_type_id NULLS LAST
                LIMIT 1
            ) rate ON TRUE
            GROUP BY partner.commercial_partner_id
            """,
            counts=SQL(" UNION ALL ").join(counts),
            rates=rates.ids,
        )

    @api.model
    def _documents_sql(self) -> SQL:
        """Return the partner of a message's document, for each model that has one."""
        branches = [
            SQL(
                "WHEN %s THEN (SELECT %s FROM %s WHERE id = message.res_id)",
                model,
                SQL.identifier(column),
                SQL.identifier(self.env[model]._table),
            )
            for model, column in self._activity_documents().items()
        ]
        return SQL("CASE message.model %s END", SQL(" ").join(branches))


ACTIVITY_QUERY = """
    SELECT
        %(documents)s AS partner_id,
        message.mail_activity_type_id AS activity_type_id,
        COUNT(*) AS services
    FROM mail_message message
    JOIN res_users users ON users.id = message.create_uid
    WHERE message.mail_activity_type_id IS NOT NULL
        AND message.date >= %(start)s
        AND message.date < %(end)s
        AND users.company_id = %(company)s
    GROUP BY 1, 2
"""

EMAIL_QUERY = """
    SELECT
        notification.res_partner_id AS partner_id,
        NULL::int AS activity_type_id,
        COUNT(*) AS services
    FROM mail_notification notification
    JOIN mail_message message ON message.id = notification.mail_message_id
    JOIN res_users users ON users.id = message.create_uid
    WHERE notification.notification_type = 'email'
        AND notification.notification_status = 'sent'
        AND message.date >= %(start)s
        AND message.date < %(end)s
        AND users.company_id = %(company)s
    GROUP BY 1
"""

INVOICE_QUERY = """
    SELECT
        commercial_partner_id AS partner_id,
        NULL::int AS activity_type_id,
        COUNT(*) AS services
    FROM account_move
    WHERE company_id = %(company)s
        AND move_type = 'out_invoice'
        AND state = 'posted'
        AND invoice_date >= %(start)s
        AND invoice_date < %(end)s
    GROUP BY 1
"""

MEETING_QUERY = """
    SELECT
        attendee.commercial_partner_id AS partner_id,
        NULL::int AS activity_type_id,
        COUNT(DISTINCT event.id) AS services
    FROM calendar_event event
    JOIN calendar_event_res_partner_rel rel ON rel.calendar_event_id = event.id
    JOIN res_partner attendee ON attendee.id = rel.res_partner_id
    JOIN res_users users ON users.id = event.user_id
    WHERE event.active
        AND event.start >= %(start)s
        AND event.start < %(end)s
        AND users.company_id = %(company)s
        AND attendee.commercial_partner_id NOT IN (
            SELECT partner_id FROM res_company
        )
    GROUP BY 1
"""

DELIVERY_QUERY = """
    SELECT
        picking.partner_id,
        NULL::int AS activity_type_id,
        COUNT(*) AS services
    FROM stock_picking picking
    JOIN stock_picking_type picking_type ON picking_type.id = picking.picking_type_id
    WHERE picking.state = 'done'
        AND picking_type.code = 'outgoing'
        AND picking.company_id = %(company)s
        AND picking.date_done >= %(start)s
        AND picking.date_done < %(end)s
    GROUP BY 1
"""
