"""What the demo database holds, in a few lines."""

CUSTOMERS = """
SELECT count(DISTINCT commercial_partner_id),
       count(*) FILTER (WHERE move_type = 'out_invoice'),
       count(*) FILTER (WHERE move_type = 'out_refund'),
       to_char(coalesce(sum(amount_untaxed_signed), 0), 'FM999,999,999,990.00'),
       to_char(min(invoice_date), 'YYYY-MM-DD'),
       to_char(max(invoice_date), 'YYYY-MM-DD')
  FROM account_move
 WHERE move_type IN ('out_invoice', 'out_refund') AND state = 'posted'
"""
TIERS = """
SELECT coalesce(tier.name->>'en_US', '(no tier yet)'), count(*)
  FROM crm_customer customer
  LEFT JOIN crm_value_tier tier ON tier.id = customer.tier_id
 GROUP BY tier.id
 ORDER BY tier.sequence, tier.id
"""
CURRENCY = """
SELECT currency.name
  FROM res_company company
  JOIN res_currency currency ON currency.id = company.currency_id
 ORDER BY company.id LIMIT 1
"""


def of(databases, database):
    """The summary as text."""
    customers, invoices, refunds, revenue, first, last = databases.query(
        CUSTOMERS, database
    )[0]
    currency = databases.query(CURRENCY, database)[0][0]
    lines = [
        f"  customers  {customers}",
        f"  invoices   {invoices} from {first or '-'} to {last or '-'}",
        f"  refunds    {refunds}",
        f"  revenue    {revenue} {currency}",
    ]
    tiers = databases.query(TIERS, database)
    width = max((len(name) for name, _count in tiers), default=0)
    lines += [f"  tier       {name:<{width}}  {count:>5}" for name, count in tiers]
    return "\n".join(lines)
