-- Fill a database of crm_value with customers, posted invoices and credit notes, and
-- their payments, by set-based SQL. prepare.py comes first, verify.py proves that Odoo
-- would have written the same.
--
--   psql -d DATABASE -v n_partners=200000 -v n_invoices=1000000 -f fill.sql
--
-- n_partners      commercial partners and their contacts
-- n_invoices      posted customer invoices and credit notes, exactly so many
-- anchor          "today" of the data; documents lie in the `years` before it
-- child_share     share of the partners that are contacts of a company
-- silent_share    share of the partners that never buy
-- refund_share    share of the documents that are credit notes
-- open_share      share of the documents not fully paid on the anchor day
-- partial_share   share of the open invoices that are paid in part
-- alpha, wcap     Pareto shape of documents per customer (1.16 is 80/20) and its cap
-- seed            the same seed gives the same data
\set ON_ERROR_STOP on
\if :{?n_partners}    \else \set n_partners 12500   \endif
\if :{?n_invoices}    \else \set n_invoices 62500   \endif
\if :{?years}         \else \set years 4            \endif
\if :{?anchor}        \else \set anchor `date +%F`  \endif
\if :{?child_share}   \else \set child_share 0.10   \endif
\if :{?silent_share}  \else \set silent_share 0.05  \endif
\if :{?refund_share}  \else \set refund_share 0.06  \endif
\if :{?open_share}    \else \set open_share 0.12    \endif
\if :{?partial_share} \else \set partial_share 0.15 \endif
\if :{?alpha}         \else \set alpha 1.16         \endif
\if :{?wcap}          \else \set wcap 1000          \endif
\if :{?seed}          \else \set seed 0.42          \endif

SET client_min_messages = warning;
SET synchronous_commit = off;
SET maintenance_work_mem = '512MB';
SET work_mem = '128MB';
-- Only a superuser may skip the row-by-row checks of foreign keys: others wait longer.
DO $$
BEGIN
    PERFORM set_config('session_replication_role', 'replica', false);
EXCEPTION WHEN insufficient_privilege THEN
    NULL;
END $$;

-- 1. What the rows refer to
SELECT
    company.id AS company,
    company.currency_id AS currency,
    sale.id AS sale_journal,
    bank.id AS bank_journal,
    bank.default_account_id AS bank_account,
    (
        SELECT id FROM account_account
        WHERE account_type = 'asset_receivable' ORDER BY id LIMIT 1
    ) AS receivable,
    (
        SELECT id FROM account_account
        WHERE account_type = 'income' ORDER BY id LIMIT 1
    ) AS income,
    product.id AS product,
    template.uom_id AS uom,
    COALESCE(
        (product.standard_price ->> (company.id::text))::numeric, 0
    ) AS unit_cost,
    (SELECT COALESCE(MAX(id), 0) FROM res_partner) AS last_partner,
    (SELECT COALESCE(MAX(id), 0) FROM account_move) AS last_move,
    (SELECT COALESCE(MAX(id), 0) FROM account_move_line) AS last_line,
    (SELECT COALESCE(MAX(id), 0) FROM account_partial_reconcile) AS last_partial,
    (SELECT COALESCE(MAX(id), 0) FROM account_full_reconcile) AS last_full,
    FLOOR(:n_partners * (1 - :child_share))::int AS n_commercial,
    :'anchor'::date - (:years * 365.25)::int AS first_day
FROM res_company company
JOIN LATERAL (
    SELECT id FROM account_journal
    WHERE type = 'sale' AND company_id = company.id ORDER BY id LIMIT 1
) sale ON TRUE
JOIN LATERAL (
    SELECT id, default_account_id FROM account_journal
    WHERE type = 'bank' AND company_id = company.id ORDER BY id LIMIT 1
) bank ON TRUE
JOIN product_product product ON product.default_code = 'BENCH'
JOIN product_template template ON template.id = product.product_tmpl_id
ORDER BY company.id
LIMIT 1 \gset
\set uid 1

-- 2. Secondary indexes go, and come back at the end
CREATE TEMP TABLE bench_index AS
SELECT format('DROP INDEX %I', indexname) AS drop_it, indexdef AS make_it
FROM pg_indexes
WHERE tablename IN (
    'account_move', 'account_move_line', 'account_partial_reconcile',
    'account_full_reconcile', 'res_partner'
)
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname);
SELECT drop_it FROM bench_index \gexec

SELECT setseed(:seed) \gset
-- 3. Customers: of the commercial partners two in five are companies
CREATE TEMP TABLE bench_partner AS
SELECT
    i,
    i <= :n_commercial AS is_commercial,
    i <= :n_commercial AND i % 5 IN (1, 3) AS is_company,
    CASE
        WHEN random() < :silent_share THEN 0
        ELSE LEAST(POWER(1 - random(), -1 / :alpha), :wcap)
    END AS weight,
    EXP(5 + 0.8 * SQRT(-2 * LN(1 - random())) * COS(2 * PI() * random())) AS price,
    (ARRAY[0, 15, 30, 30, 30, 45, 60])[1 + FLOOR(random() * 7)::int] AS terms,
    -LN(1 - random()) * 10 AS days_late,
    CASE WHEN random() < 0.5 THEN 0 ELSE random() * 0.9 END AS begins,
    random() AS r_end,
    random() AS r_parent,
    NULL::int AS parent
FROM generate_series(1, :n_partners) i;
CREATE TEMP TABLE bench_company AS
SELECT i, row_number() OVER (ORDER BY i) AS k FROM bench_partner WHERE is_company;
UPDATE bench_partner partner
SET parent = company.i
FROM bench_company company
WHERE NOT partner.is_commercial
    AND company.k = 1 + FLOOR(
        POWER(partner.r_parent, 1.5) * (SELECT COUNT(*) FROM bench_company)
    )::int;
INSERT INTO res_partner (
    id, name, complete_name, type, color, email, email_normalized, active, parent_id,
    is_company, lang, partner_share, commercial_partner_id, commercial_company_name,
    customer_rank, supplier_rank, autopost_bills, message_bounce,
    create_uid, write_uid, create_date, write_date
)
SELECT
    :last_partner + i, name, COALESCE(company || ', ', '') || name, 'contact', 0,
    'c' || i || '@example.com', 'c' || i || '@example.com', TRUE,
    :last_partner + parent, is_company, 'en_US', TRUE,
    :last_partner + COALESCE(parent, i), CASE WHEN is_company THEN name ELSE company END,
    0, 0, 'ask', 0, :uid, :uid, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
FROM bench_partner,
LATERAL (
    SELECT
        CASE
            WHEN is_company THEN 'Company '
            WHEN is_commercial THEN 'Individual '
            ELSE 'Contact '
        END || i AS name,
        'Company ' || parent AS company
) named;

-- 4. Documents: customers come and go, seven in ten are still there today
CREATE UNLOGGED TABLE bench_raw AS
WITH running AS (
    SELECT *, SUM(weight) OVER (ORDER BY i) / SUM(weight) OVER () AS upto
    FROM bench_partner
),
counted AS (
    SELECT
        *,
        FLOOR(upto * :n_invoices + 1e-6)::int
        - FLOOR(LAG(upto, 1, 0) OVER (ORDER BY i) * :n_invoices + 1e-6)::int AS n
    FROM running
)
SELECT
    i AS partner,
    COALESCE(parent, i) AS commercial,
    terms,
    :'first_day'::date + FLOOR(
        (
            begins + random() * CASE
                WHEN r_end < 0.7 THEN 1 - begins
                ELSE (1 - begins) * (r_end - 0.7) / 0.3
            END
        ) * (:'anchor'::date - :'first_day'::date)
    )::int AS day,
    random() < :refund_share AS refund,
    ROUND(
        (
            price * EXP(0.5 * SQRT(-2 * LN(1 - random())) * COS(2 * PI() * random())) + 1
        )::numeric, 2
    ) AS amount,
    FLOOR(-LN(1 - random()) * days_late - 3)::int AS days_late,
    random() AS r_open, random() AS r_part, random() AS r
FROM counted, generate_series(1, n);
-- what is open because its day of payment lies ahead counts towards the open share
SELECT GREATEST(0, (:open_share - ahead) / (1 - ahead)) AS stuck
FROM (
    SELECT AVG((GREATEST(day, day + terms + days_late) > :'anchor'::date)::int) AS ahead
    FROM bench_raw
) natural_share \gset
CREATE UNLOGGED TABLE bench_invoice AS
WITH dated AS (
    SELECT
        *,
        CASE WHEN refund THEN day ELSE day + terms END AS due,
        GREATEST(day, day + terms + days_late) AS pay_day,
        row_number() OVER (ORDER BY day, r)::int AS i,
        row_number() OVER (
            PARTITION BY refund, EXTRACT(year FROM day) ORDER BY day, r
        )::int AS number
    FROM bench_raw
),
judged AS (
    SELECT *, pay_day > :'anchor'::date OR r_open < :stuck AS is_open FROM dated
),
settled AS (
    SELECT
        *,
        CASE
            WHEN NOT is_open THEN amount
            WHEN NOT refund AND r_part < :partial_share AND amount > 2
                THEN ROUND(amount * (0.1 + 0.8 * (r_part / :partial_share))::numeric, 2)
            ELSE 0
        END AS paid
    FROM judged
)
SELECT
    i, :last_move + i AS move_id, :last_line + 2 * i - 1 AS income_id,
    :last_line + 2 * i AS receivable_id, :last_partner + partner AS partner_id,
    :last_partner + commercial AS commercial_id, refund, day, due, amount, paid,
    amount - paid AS residual, LEAST(pay_day, :'anchor'::date) AS pay_day,
    CASE WHEN refund THEN -1 ELSE 1 END AS sign,
    CASE WHEN refund THEN 'RINV/' ELSE 'INV/' END
        || EXTRACT(year FROM day) || '/' AS prefix,
    number,
    CASE
        WHEN paid > 0
            THEN row_number() OVER (PARTITION BY paid > 0 ORDER BY i)::int
    END AS k,
    CASE
        WHEN paid = amount
            THEN row_number() OVER (PARTITION BY paid = amount ORDER BY i)::int
    END AS full_k
FROM settled;
CREATE INDEX ON bench_invoice (i);
ANALYZE bench_invoice;

INSERT INTO account_move (
    id, date, name, state, checked, auto_post, move_type, amount_tax, company_id,
    journal_id, partner_id, commercial_partner_id, partner_shipping_id, currency_id,
    invoice_date, invoice_date_due, payment_state, posted_before,
    amount_untaxed, amount_total, amount_residual, amount_untaxed_signed,
    amount_total_signed, amount_residual_signed, amount_untaxed_in_currency_signed,
    amount_total_in_currency_signed, amount_tax_signed, invoice_user_id,
    sequence_number, sequence_prefix, made_sequence_gap, payment_reference,
    always_tax_exigible, is_manually_modified, invoice_currency_rate,
    invoice_partner_display_name, create_uid, write_uid, create_date, write_date
)
SELECT
    move_id, day, full_name, 'posted', TRUE, 'no',
    CASE WHEN refund THEN 'out_refund' ELSE 'out_invoice' END, 0, :company,
    :sale_journal, invoice.partner_id, commercial_id, invoice.partner_id, :currency,
    day, due,
    CASE
        WHEN residual = 0 AND refund THEN 'reversed'
        WHEN residual = 0 THEN 'paid'
        WHEN paid > 0 THEN 'partial'
        ELSE 'not_paid'
    END, TRUE,
    amount, amount, residual, sign * amount,
    sign * amount, sign * residual, sign * amount,
    sign * amount, 0, :uid,
    number, prefix, FALSE, CASE WHEN NOT refund THEN full_name END,
    FALSE, paid > 0, 1.0,
    partner.complete_name, :uid, :uid, day + time '09:00', day + time '09:00'
FROM bench_invoice invoice
JOIN res_partner partner ON partner.id = invoice.partner_id,
LATERAL (
    SELECT prefix || LPAD(number::text, GREATEST(5, LENGTH(number::text)), '0')
        AS full_name
) named
ORDER BY i;

INSERT INTO account_full_reconcile (id, create_uid, write_uid, create_date, write_date)
SELECT :last_full + full_k, :uid, :uid, pay_day + time '09:00', pay_day + time '09:00'
FROM bench_invoice
WHERE full_k IS NOT NULL
ORDER BY full_k;
INSERT INTO account_move_line (
    id, date, name, debit, credit, balance, move_id, discount, quantity, sequence,
    is_storno, move_name, account_id, company_id, journal_id, partner_id, product_id,
    product_uom_id, crm_value_unit_cost, price_unit, price_subtotal, price_total,
    reconciled, currency_id, company_currency_id, no_followup, display_type,
    invoice_date, parent_state, amount_currency, amount_residual,
    amount_residual_currency, deductible_amount, date_maturity, discount_balance,
    discount_amount_currency, matching_number, full_reconcile_id,
    create_uid, write_uid, create_date, write_date
)
SELECT
    line.id, day, line.name, GREATEST(line.balance, 0), GREATEST(-line.balance, 0),
    line.balance, move_id, 0, line.quantity, line.sequence,
    FALSE, move.name, line.account, :company, :sale_journal, commercial_id,
    line.product, line.uom, line.cost, line.price, line.price, line.price,
    line.reconciled, :currency, :currency, FALSE, line.display_type,
    day, 'posted', line.balance, line.residual,
    line.residual, 100, line.maturity, line.zero,
    line.zero, line.matching, line.full_id,
    :uid, :uid, move.create_date, move.create_date
FROM bench_invoice invoice
JOIN account_move move ON move.id = invoice.move_id,
LATERAL (
    VALUES
    (
        income_id, 'Bench goods', -sign * amount, 1, 100, :income, :product, :uom,
        ROUND(:unit_cost * amount / 100, 2), amount, FALSE, 'product', 0::numeric,
        NULL::date, NULL::numeric, NULL, NULL::int
    ),
    (
        receivable_id, move.payment_reference, sign * amount, 0, 12000, :receivable,
        NULL, NULL, NULL, 0, residual = 0, 'payment_term', sign * residual,
        due, 0,
        CASE
            WHEN full_k IS NOT NULL THEN (:last_full + full_k)::text
            WHEN k IS NOT NULL THEN 'P' || (:last_partial + k)
        END, :last_full + full_k
    )
) line (
    id, name, balance, quantity, sequence, account, product, uom, cost, price,
    reconciled, display_type, residual, maturity, zero, matching, full_id
)
ORDER BY invoice.i;

-- 5. Payments: a bank entry for each document paid in full or in part
SELECT :last_move + :n_invoices AS bank_move, :last_line + 2 * :n_invoices AS bank_line \gset
CREATE UNLOGGED TABLE bench_payment AS
SELECT
    *,
    'BNK1/' || EXTRACT(year FROM pay_day) || '/' AS bank_prefix,
    row_number() OVER (
        PARTITION BY EXTRACT(year FROM pay_day) ORDER BY pay_day, k
    )::int AS bank_number
FROM bench_invoice
WHERE k IS NOT NULL;
INSERT INTO account_move (
    id, date, name, state, checked, auto_post, move_type, amount_tax, company_id,
    journal_id, currency_id, invoice_date_due, payment_state, posted_before,
    amount_untaxed, amount_total, amount_residual, amount_untaxed_signed,
    amount_total_signed, amount_residual_signed, amount_untaxed_in_currency_signed,
    amount_total_in_currency_signed, amount_tax_signed, sequence_number,
    sequence_prefix, made_sequence_gap, always_tax_exigible, is_manually_modified,
    invoice_currency_rate, invoice_partner_display_name,
    create_uid, write_uid, create_date, write_date
)
SELECT
    :bank_move + k, pay_day,
    bank_prefix || LPAD(bank_number::text, GREATEST(5, LENGTH(bank_number::text)), '0'),
    'posted', TRUE, 'no', 'entry', 0, :company, :bank_journal, :currency, pay_day,
    'not_paid', TRUE, 0, paid, 0, 0, paid, 0, 0, paid, 0, bank_number, bank_prefix,
    FALSE, TRUE, FALSE, 0.0, '#Created by: OdooBot',
    :uid, :uid, pay_day + time '09:00', pay_day + time '09:00'
FROM bench_payment
ORDER BY k;
INSERT INTO account_move_line (
    id, date, name, debit, credit, balance, move_id, discount, quantity, sequence,
    is_storno, move_name, account_id, company_id, journal_id, partner_id, price_unit,
    price_subtotal, price_total, reconciled, currency_id, company_currency_id,
    no_followup, display_type, parent_state, amount_currency, amount_residual,
    amount_residual_currency, deductible_amount, matching_number, full_reconcile_id,
    create_uid, write_uid, create_date, write_date
)
SELECT
    line.id, pay_day, 'Payment', GREATEST(line.balance, 0), GREATEST(-line.balance, 0),
    line.balance, move.id, 0, 1, 100, FALSE, move.name, line.account, :company,
    :bank_journal, commercial_id, 0, line.balance, line.balance, line.reconciled,
    :currency, :currency, FALSE, 'product', 'posted', line.balance, line.residual,
    line.residual, 100, line.matching, line.full_id, :uid, :uid, move.create_date, move.create_date
FROM bench_payment payment
JOIN account_move move ON move.id = :bank_move + payment.k,
LATERAL (
    VALUES
    (
        :bank_line + 2 * k - 1, sign * paid, :bank_account, FALSE, sign * paid,
        NULL, NULL::int
    ),
    (
        :bank_line + 2 * k, -sign * paid, :receivable, TRUE, 0,
        CASE
            WHEN full_k IS NOT NULL THEN (:last_full + full_k)::text
            ELSE 'P' || (:last_partial + k)
        END, :last_full + full_k
    )
) line (id, balance, account, reconciled, residual, matching, full_id)
ORDER BY payment.k;
INSERT INTO account_partial_reconcile (
    id, debit_move_id, credit_move_id, full_reconcile_id, debit_currency_id,
    credit_currency_id, company_id, max_date, amount, debit_amount_currency,
    credit_amount_currency, create_uid, write_uid, create_date, write_date
)
SELECT
    :last_partial + k,
    CASE WHEN refund THEN :bank_line + 2 * k ELSE receivable_id END,
    CASE WHEN refund THEN receivable_id ELSE :bank_line + 2 * k END,
    :last_full + full_k, :currency, :currency, :company, GREATEST(day, pay_day), paid,
    paid, paid, :uid, :uid, pay_day + time '09:00', pay_day + time '09:00'
FROM bench_payment
ORDER BY k;

-- 6. The customer rank counts documents, on the contact and on its company
UPDATE res_partner partner
SET customer_rank = counted.n
FROM (
    SELECT id, SUM(n)::int AS n
    FROM (
        SELECT partner_id AS id, COUNT(*) AS n FROM bench_invoice GROUP BY 1
        UNION ALL
        SELECT commercial_id, COUNT(*)
        FROM bench_invoice
        WHERE commercial_id <> partner_id
        GROUP BY 1
    ) documents
    GROUP BY id
) counted
WHERE partner.id = counted.id;

-- 7. Indexes, sequences, statistics
SELECT make_it FROM bench_index \gexec
CREATE TEMP TABLE bench_table (name text);
INSERT INTO bench_table VALUES
    ('res_partner'), ('account_move'), ('account_move_line'),
    ('account_partial_reconcile'), ('account_full_reconcile');
\o /dev/null
SELECT format(
    'SELECT setval(pg_get_serial_sequence(%L, ''id''), MAX(id)) FROM %I', name, name
) FROM bench_table \gexec
\o
DO $$
BEGIN
    PERFORM set_config('session_replication_role', 'origin', false);
EXCEPTION WHEN insufficient_privilege THEN
    NULL;
END $$;
SELECT format('VACUUM (ANALYZE) %I', name) FROM bench_table \gexec

-- 8. Every count must be 0: the client stops at the first that is not
CREATE TEMP TABLE bench_check AS
SELECT 'moves do not balance' AS problem, COUNT(*) AS n
FROM (SELECT FROM account_move_line GROUP BY move_id HAVING SUM(balance) <> 0) t
UNION ALL
SELECT 'open amount of a move is not that of its lines', COUNT(*)
FROM account_move move
JOIN (
    SELECT move_id, SUM(amount_residual) AS residual
    FROM account_move_line
    WHERE display_type = 'payment_term'
    GROUP BY move_id
) line ON line.move_id = move.id
WHERE move.amount_residual_signed <> line.residual
UNION ALL
SELECT 'open amount of a line is not balance less payments', COUNT(*)
FROM account_move_line line
JOIN account_account account ON account.id = line.account_id AND account.reconcile
LEFT JOIN (
    SELECT id, SUM(amount) AS amount
    FROM (
        SELECT debit_move_id AS id, amount FROM account_partial_reconcile
        UNION ALL
        SELECT credit_move_id, -amount FROM account_partial_reconcile
    ) both_sides
    GROUP BY id
) paid ON paid.id = line.id
WHERE line.amount_residual <> line.balance - COALESCE(paid.amount, 0)
    OR line.reconciled <> (line.amount_residual = 0)
UNION ALL
SELECT 'documents are missing', :n_invoices - COUNT(*) FROM bench_invoice
UNION ALL
SELECT 'payments before their document', COUNT(*)
FROM bench_invoice WHERE paid > 0 AND pay_day < day;
SELECT format('DO $x$ BEGIN RAISE EXCEPTION %L; END $x$', problem || ': ' || n)
FROM bench_check WHERE n <> 0 \gexec
DROP TABLE bench_raw, bench_invoice, bench_payment;
