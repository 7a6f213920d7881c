{
    "name": "Customer Satisfaction",
    "version": "19.0.1.0.0",
    "category": "Marketing/Surveys",
    "summary": "Ask the right customer at the right moment, and trust the scores",
    "author": "Customer Value Suite contributors",
    "license": "LGPL-3",
    "depends": [
        "crm_value",
        "survey",
    ],
    "data": [
        # Groups and access
        "security/crm_survey_groups.xml",
        "security/ir.model.access.csv",
        "security/crm_survey_security.xml",
        # Shipped mails, surveys and programmes
        "data/crm_survey_mail_templates.xml",
        "data/mail_template_data.xml",
        "data/survey_survey_data.xml",
        "data/crm_survey_program_data.xml",
        "data/ir_cron_data.xml",
        # Menus, last
        "views/crm_survey_menus.xml",
    ],
    "application": True,
}
