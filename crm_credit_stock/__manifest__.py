{
    "name": "Customer Credit: Deliveries",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "summary": "Check the credit of a customer again before the goods leave",
    "author": "Customer Value Suite contributors",
    "license": "LGPL-3",
    "depends": [
        "crm_credit_sale",
        "sale_stock",
    ],
    "data": [
        "views/crm_credit_policy_views.xml",
        "views/stock_picking_views.xml",
    ],
    "auto_install": True,
}
