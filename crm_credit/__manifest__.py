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
        # Shipped configuration
        "data/mail_activity_type_data.xml",
        "data/crm_credit_authority_data.xml",
        # Menus, last
        "views/crm_credit_menus.xml",
    ],
    "application": True,
}
