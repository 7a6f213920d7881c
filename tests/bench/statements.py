"""SQL of the benchmark: the floor to compare with, and what happens between runs."""

# What any refresh has to read, with nothing computed from it: revenue and purchase
# days, cost of goods, and how long money was owed. The terms are those of the policy.
FLOOR = {
    "revenue": """
        SELECT
            partner_id,
            SUM(amount),
            SUM(amount) FILTER (WHERE day >= %(start)s),
            SUM(amount) FILTER (WHERE day >= %(previous)s AND day < %(start)s),
            COUNT(*),
            MIN(day),
            MAX(day)
        FROM (
            SELECT
                commercial_partner_id AS partner_id,
                invoice_date AS day,
                SUM(amount_untaxed_signed) AS amount
            FROM account_move
            WHERE company_id = %(company)s
                AND move_type IN ('out_invoice', 'out_refund')
                AND state = 'posted'
                AND invoice_date <= %(as_of)s
            GROUP BY commercial_partner_id, invoice_date
        ) days
        GROUP BY partner_id
    """,
    "goods": """
        SELECT
            move.commercial_partner_id,
            SUM(
                line.quantity * line.crm_value_unit_cost
                * CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END
            )
        FROM account_move move
        JOIN account_move_line line ON line.move_id = move.id
        WHERE move.company_id = %(company)s
            AND move.move_type IN ('out_invoice', 'out_refund')
            AND move.state = 'posted'
            AND move.invoice_date BETWEEN %(start)s AND %(as_of)s
            AND line.display_type = 'product'
        GROUP BY move.commercial_partner_id
    """,
    "money_owed": """
        SELECT
            line.partner_id,
            SUM(line.balance * (%(as_of)s - GREATEST(move.invoice_date, %(start)s))),
            SUM(
                partial.amount
                * (%(as_of)s - GREATEST(partial.max_date, %(start)s))
            ) * %(rate)s
        FROM account_move move
        JOIN account_move_line line ON line.move_id = move.id
        LEFT JOIN account_partial_reconcile partial
            ON partial.debit_move_id = line.id AND partial.max_date <= %(as_of)s
        WHERE move.company_id = %(company)s
            AND move.move_type IN ('out_invoice', 'out_refund')
            AND move.state = 'posted'
            AND move.invoice_date <= %(as_of)s
            AND line.display_type = 'payment_term'
        GROUP BY line.partner_id
    """,
}

TOTALS = """
    SELECT
        (
            SELECT SUM(amount_untaxed_signed)
            FROM account_move
            WHERE move_type IN ('out_invoice', 'out_refund') AND state = 'posted'
        ),
        (SELECT SUM(revenue_total) FROM crm_customer)
"""

NOW = "SELECT date_trunc('second', now() AT TIME ZONE 'UTC')"

# Copies of the last invoices, dated today: documents, their lines, nothing else
NEW_INVOICES = """
    WITH chosen AS (
        SELECT move.*, row_number() OVER (ORDER BY id) AS k
        FROM account_move move
        WHERE id IN (
            SELECT MAX(id)
            FROM account_move
            WHERE move_type = 'out_invoice' AND state = 'posted'
            GROUP BY commercial_partner_id
            ORDER BY md5(MAX(id)::text)
            LIMIT %(number)s
        )
    ),
    made AS (
        INSERT INTO account_move (
            date, name, state, checked, auto_post, move_type, amount_tax, company_id,
            journal_id, partner_id, commercial_partner_id, partner_shipping_id,
            currency_id, invoice_date, invoice_date_due, payment_state, posted_before,
            amount_untaxed, amount_total, amount_residual, amount_untaxed_signed,
            amount_total_signed, amount_residual_signed, invoice_user_id,
            sequence_number, sequence_prefix, invoice_currency_rate, create_uid,
            write_uid, create_date, write_date
        )
        SELECT
            %(day)s, 'BENCH/' || k, state, checked, auto_post, move_type, amount_tax,
            company_id, journal_id, partner_id, commercial_partner_id,
            partner_shipping_id, currency_id, %(day)s, %(day)s, 'not_paid', TRUE,
            amount_untaxed, amount_total, amount_total, amount_untaxed_signed,
            amount_total_signed, amount_total_signed, invoice_user_id,
            k, 'BENCH/', invoice_currency_rate, create_uid,
            write_uid, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
        FROM chosen
        RETURNING id, sequence_number
    )
    INSERT INTO account_move_line (
        date, name, debit, credit, balance, move_id, quantity, sequence, account_id,
        company_id, journal_id, partner_id, product_id, product_uom_id,
        crm_value_unit_cost, price_unit, price_subtotal, price_total, reconciled,
        currency_id, company_currency_id, display_type, invoice_date, parent_state,
        amount_currency, amount_residual, date_maturity
    )
    SELECT
        %(day)s, line.name, line.debit, line.credit, line.balance, made.id,
        line.quantity, line.sequence, line.account_id, line.company_id,
        line.journal_id, line.partner_id, line.product_id, line.product_uom_id,
        line.crm_value_unit_cost, line.price_unit, line.price_subtotal,
        line.price_total, FALSE, line.currency_id, line.company_currency_id,
        line.display_type, %(day)s, 'posted', line.amount_currency,
        CASE line.display_type WHEN 'payment_term' THEN line.balance ELSE 0 END,
        CASE line.display_type WHEN 'payment_term' THEN %(day)s END
    FROM chosen
    JOIN made ON made.sequence_number = chosen.k
    JOIN account_move_line line ON line.move_id = chosen.id
"""

# x, t_x, T in weeks and the mean value of the repeat purchases
HISTORIES = """
    SELECT
        COUNT(*) - 1,
        (MAX(day) - MIN(day)) / 7.0,
        (%(as_of)s - MIN(day)) / 7.0,
        COALESCE(AVG(amount) FILTER (WHERE number > 1), 0)
    FROM (
        SELECT
            commercial_partner_id,
            invoice_date AS day,
            SUM(amount_untaxed_signed) AS amount,
            row_number() OVER (
                PARTITION BY commercial_partner_id ORDER BY invoice_date
            ) AS number
        FROM account_move
        WHERE company_id = %(company)s
            AND move_type IN ('out_invoice', 'out_refund')
            AND state = 'posted'
            AND invoice_date <= %(as_of)s
        GROUP BY commercial_partner_id, invoice_date
        HAVING SUM(amount_untaxed_signed) > 0
    ) days
    GROUP BY commercial_partner_id
"""
