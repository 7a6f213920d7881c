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
        # Menus, last
        "views/crm_survey_menus.xml",
    ],
    "application": True,
}
