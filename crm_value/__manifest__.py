{
    "name": "Customer Value",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Know what each customer is worth: value tiers, measures and lifecycle",
    "author": "Customer Value Suite contributors",
    "license": "LGPL-3",
    "depends": [
        "account",
        "contacts",
        "mail",
    ],
    "external_dependencies": {
        "python": [
            "numpy",
            "pandas",
            "scipy",
        ],
    },
    "data": [
        # Groups and access
        "security/crm_value_groups.xml",
        "security/ir.model.access.csv",
        "security/crm_value_security.xml",
        "security/crm_lifecycle_security.xml",
        # Shipped configuration
        "data/crm_value_policy_data.xml",
        "data/crm_value_segment_data.xml",
        "data/crm_lifecycle_stage_data.xml",
        "data/ir_cron_data.xml",
        # Views
        "views/crm_customer_views.xml",
        "views/crm_customer_event_views.xml",
        "views/crm_value_tier_views.xml",
        "views/crm_customer_snapshot_views.xml",
        "views/crm_value_summary_views.xml",
        "views/crm_value_model_views.xml",
        "views/crm_value_segment_views.xml",
        "views/crm_service_rate_views.xml",
        "views/crm_value_policy_views.xml",
        "views/res_partner_views.xml",
        "views/res_config_settings_views.xml",
        "report/crm_value_pareto_views.xml",
        # Dialogs
        "wizard/crm_customer_stage_move_views.xml",
        "wizard/crm_customer_tier_override_views.xml",
        "wizard/crm_value_policy_preview_views.xml",
        # Menus
        "views/crm_value_menus.xml",
        "views/crm_value_measure_menus.xml",
        "views/crm_lifecycle_stage_views.xml",
        "views/crm_customer_stage_history_views.xml",
        "views/crm_customer_decision_views.xml",
        "views/crm_value_policy_decision_views.xml",
        "views/crm_target_list_views.xml",
        "report/crm_customer_stage_report_views.xml",
        "report/crm_account_manager_report_views.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "crm_value/static/src/**/*",
        ],
    },
    "post_init_hook": "post_init_hook",
    "application": True,
}
