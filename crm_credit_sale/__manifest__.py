{
    "name": "Customer Credit: Orders",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "summary": "Orders use credit: exposure, checkpoint at confirmation and growth",
    "author": "Customer Value Suite contributors",
    "license": "LGPL-3",
    "depends": [
        "crm_credit",
        "sale",
    ],
    "data": [
        "views/crm_credit_policy_views.xml",
        "views/sale_order_views.xml",
        "views/sale_order_credit_panel_views.xml",
        "views/sale_portal_templates.xml",
    ],
    "auto_install": True,
}
