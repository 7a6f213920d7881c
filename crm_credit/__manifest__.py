{
    "name": "Customer Credit",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "summary": "Credit limits that hold: position, checkpoints, decisions",
    "author": "Customer Value Suite contributors",
    "license": "LGPL-3",
    "depends": [
        "crm_value",
    ],
    "data": [
        # Groups and access
        "security/crm_credit_groups.xml",
        "security/ir.model.access.csv",
        "security/crm_credit_security.xml",
        "security/crm_credit_hold_security.xml",
        # Shipped configuration
        "data/mail_activity_type_data.xml",
        "data/crm_credit_authority_data.xml",
        "data/crm_credit_review_rule_data.xml",
        "data/ir_cron_data.xml",
        "data/crm_credit_hold_data.xml",
        # Holds, policies and rules
        "wizard/crm_credit_hold_decide_views.xml",
        "views/crm_credit_hold_views.xml",
        "views/crm_credit_policy_views.xml",
        "views/crm_credit_rule_views.xml",
        "views/account_move_credit_check_views.xml",
        # Limits and the position
        "views/account_move_views.xml",
        "views/crm_credit_authority_views.xml",
        "views/crm_credit_group_views.xml",
        "views/crm_credit_guarantee_views.xml",
        "views/crm_credit_limit_request_views.xml",
        "views/crm_credit_review_rule_views.xml",
        "views/crm_credit_temporary_limit_views.xml",
        "views/crm_customer_views.xml",
        "views/crm_value_tier_views.xml",
        "views/res_partner_views.xml",
        "views/crm_account_manager_report_views.xml",
        # Menus, last
        "views/crm_credit_menus.xml",
        "views/crm_credit_hold_menus.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "crm_credit/static/src/**/*",
        ],
    },
    "application": True,
}
