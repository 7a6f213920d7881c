"""Make a fresh database of crm_value ready for fill.sql: accounts, goods, policy."""

import sys

from suite.inside import boot

GOODS_CODE = "BENCH"
CAPITAL_PCT = 8


def main(database):
    boot.configure(database)
    with boot.environment(database) as env:
        company = env.ref("base.main_company")
        if not company.chart_template:
            env["account.chart.template"].try_loading("generic_coa", company)
        Product = env["product.product"]
        if not Product.search_count([("default_code", "=", GOODS_CODE)]):
            Product.create(
                {
                    "name": "Bench goods",
                    "default_code": GOODS_CODE,
                    "list_price": 100,
                    "standard_price": 60,
                    "taxes_id": False,
                }
            )
        env["crm.value.policy"]._for_company(company).capital_pct = CAPITAL_PCT


if __name__ == "__main__":
    main(sys.argv[1])
