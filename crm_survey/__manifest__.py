{
    "name": "Customer Satisfaction",
    "version": "19.0.1.0.0",
    "category": "Marketing/Surveys",
    "summary": "Ask the right customer at the right moment, and trust the scores",
    "author": "Customer Value Suite contributors",
    "license": "LGPL-3",
    "depends": [
        "crm_value",
        "privacy_lookup",
        "survey",
    ],
    "data": [
        # Groups and access
        "security/crm_survey_groups.xml",
        "security/ir.model.access.csv",
        "security/crm_survey_security.xml",
        # Shipped mails, surveys and programmes
        "data/crm_survey_optout_data.xml",
        "data/crm_survey_mail_templates.xml",
        "data/mail_template_data.xml",
        "data/survey_survey_data.xml",
        "data/crm_survey_program_data.xml",
        "data/ir_cron_data.xml",
        # Shipped configuration
        "data/mail_activity_type_data.xml",
        "data/ir_cron_privacy_data.xml",
        # Public pages
        "views/customer_survey_templates.xml",
        # Programmes
        "views/crm_survey_program_views.xml",
        "views/crm_survey_program_answers_views.xml",
        "views/crm_survey_invitation_views.xml",
        "views/crm_survey_optout_views.xml",
        "wizard/crm_survey_program_forecast_views.xml",
        "wizard/crm_survey_program_send_views.xml",
        "views/crm_customer_views.xml",
        "views/res_partner_views.xml",
        "views/survey_views.xml",
        # Scores and reports
        "views/crm_survey_score_views.xml",
        "views/crm_survey_score_report_views.xml",
        "views/crm_survey_comment_report_views.xml",
        "views/crm_survey_refusal_views.xml",
        "views/crm_customer_satisfaction_views.xml",
        "views/res_partner_survey_data_views.xml",
        "views/crm_account_manager_report_views.xml",
        # Menus, last
        "views/crm_survey_menus.xml",
        "views/crm_survey_score_menus.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "crm_survey/static/src/dashboard/**/*",
        ],
    },
    "application": True,
}
