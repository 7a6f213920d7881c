from odoo import api, models
from odoo.tools import SQL


class CrmCustomer(models.Model):
    """What makes up the exposure: each amount has exactly one owner."""

    _inherit = "crm.customer"

    @api.model
    def _credit_position_parts(self, companies, today) -> dict[str, SQL]:
        """Return the SQL of each part of the exposure, by name. Extend the dict.

        A part is a SELECT with one row per customer and the columns ``partner_id``
        (the commercial partner) and ``amount`` (company currency). It reads the
        customers from ``credit_target(partner_id, commercial_id)``, which has a row
        for each of them and for each of their contacts, and the tables of
        ``_credit_position_tables``. Names are those of
        ``EXPOSURE_PARTS``; a part nobody gives counts as zero. ``receivable`` has
        also ``overdue`` and ``oldest_due``.

        :param companies: the companies of the legal entity whose documents count
        :param today: the day of the position
        """
        return {
            "receivable": self._credit_receivable_sql(companies, today),
            "drafts": self._credit_drafts_sql(),
            "in_transit": self._credit_in_transit_sql(companies),
        }

    @api.model
    def _credit_receivable_sql(self, companies, today):
        """What is booked and not settled, whatever document booked it.

        Payments and refunds not yet matched lower it. ``overdue`` does not net
        them: it is what is past due, instalment by instalment.
        """
        return SQL(
            """
            SELECT target.commercial_id AS partner_id,
                   SUM(line.amount_residual) AS amount,
                   SUM(line.amount_residual) FILTER (
                       WHERE line.amount_residual > 0
                         AND COALESCE(line.date_maturity, line.date) < %(today)s
                   ) AS overdue,
                   MIN(COALESCE(line.date_maturity, line.date)) FILTER (
                       WHERE line.amount_residual > 0
                         AND COALESCE(line.date_maturity, line.date) < %(today)s
                   ) AS oldest_due
              FROM account_move_line AS line
              JOIN credit_target AS target ON target.partner_id = line.partner_id
             WHERE line.account_id = ANY(ARRAY(
                       SELECT account.id
                         FROM account_account AS account
                        WHERE account.account_type = 'asset_receivable'
                   ))
               AND line.amount_residual != 0
               AND line.parent_state = 'posted'
               AND line.company_id IN %(company_ids)s
          GROUP BY target.commercial_id
            """,
            today=today,
            company_ids=tuple(companies.ids),
        )

    @api.model
    def _credit_position_tables(self, companies, without=()) -> list[SQL]:
        """Return the tables of a WITH clause that the parts read. Extend the list.

        They come after ``credit_target``; ``without`` names the parts nobody asks for.
        """
        if "drafts" in without:
            return []
        return [
            SQL(
                """
                credit_draft AS MATERIALIZED (
                    SELECT move.id,
                           target.commercial_id,
                           move.amount_total_signed AS amount
                      FROM account_move AS move
                      JOIN credit_target AS target
                        ON target.partner_id = move.partner_id
                     WHERE move.state = 'draft'
                       AND move.move_type IN ('out_invoice', 'out_receipt')
                       AND move.company_id IN %(company_ids)s
                )
                """,
                company_ids=tuple(companies.ids),
            )
        ]

    @api.model
    def _credit_drafts_sql(self):
        """Customer invoices still in draft, without what an order already counts.

        A draft refund frees nothing, nor does a draft with a negative total.
        """
        return SQL(
            """
            SELECT draft.commercial_id AS partner_id,
                   SUM(
                       GREATEST(draft.amount - COALESCE(counted.amount, 0), 0)
                   ) AS amount
              FROM credit_draft AS draft
         LEFT JOIN (%(counted)s) AS counted ON counted.move_id = draft.id
          GROUP BY draft.commercial_id
            """,
            counted=self._credit_counted_sql(),
        )

    @api.model
    def _credit_counted_sql(self) -> SQL:
        """Return what other parts already count of the drafts of ``credit_draft``.

        One row per draft it concerns, with ``move_id`` and ``amount`` in company
        currency.
        """
        return SQL("SELECT NULL::integer AS move_id, 0 AS amount WHERE FALSE")

    @api.model
    def _credit_in_transit_sql(self, companies):
        """Customer payments registered but not yet confirmed by the bank.

        A payment with a journal entry has already lowered the receivable, one
        without has not. When the policy trusts a payment from the bank's word
        only, the first is added back; when it trusts it at once, the second is
        taken off.
        """
        if self._credit_payments_count_from(companies) == "matched":
            return self._credit_unconfirmed_sql(companies)
        return self._credit_unbooked_sql(companies)

    @api.model
    def _credit_payments_count_from(self, companies):
        """Return when a payment frees credit: ``posted`` or ``matched``."""
        return "posted"

    @api.model
    def _credit_unconfirmed_sql(self, companies):
        return SQL(
            """
            SELECT target.commercial_id AS partner_id,
                   SUM(line.amount_residual) AS amount
              FROM account_payment AS payment
              JOIN credit_target AS target ON target.partner_id = payment.partner_id
              JOIN account_move_line AS line
                ON line.move_id = payment.move_id
               AND line.account_id = payment.outstanding_account_id
             WHERE payment.state = 'in_process'
               AND payment.is_matched IS NOT TRUE
               AND payment.payment_type = 'inbound'
               AND payment.partner_type = 'customer'
               AND payment.company_id IN %(company_ids)s
               AND line.parent_state = 'posted'
               AND line.reconciled IS NOT TRUE
          GROUP BY target.commercial_id
            """,
            company_ids=tuple(companies.ids),
        )

    @api.model
    def _credit_unbooked_sql(self, companies):
        return SQL(
            """
            SELECT target.commercial_id AS partner_id,
                   -SUM(payment.amount_company_currency_signed) AS amount
              FROM account_payment AS payment
              JOIN credit_target AS target ON target.partner_id = payment.partner_id
             WHERE payment.state = 'in_process'
               AND payment.is_matched IS NOT TRUE
               AND payment.move_id IS NULL
               AND payment.payment_type = 'inbound'
               AND payment.partner_type = 'customer'
               AND payment.company_id IN %(company_ids)s
          GROUP BY target.commercial_id
            """,
            company_ids=tuple(companies.ids),
        )
