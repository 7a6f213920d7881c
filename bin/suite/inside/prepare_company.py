"""The company, its users and its language: prepare_company DATABASE JOB.json."""

import json
import sys
from pathlib import Path

from odoo import Command

from .boot import configure, environment

COMPANY = "Harbor Records"
USERS = {
    "accountant": {
        "name": "Anna Accountant",
        "groups": (
            "account.group_account_manager",
            "account.group_account_user",
            "base.group_partner_manager",
            "crm_value.group_user",
            "crm_credit.group_manager",
            "crm_survey.group_user",
        ),
    },
    "salesperson": {
        "name": "Sam Salesperson",
        "groups": (
            "sales_team.group_sale_salesman_all_leads",
            "base.group_partner_manager",
            "crm_value.group_user",
            "crm_credit.group_user",
            "crm_survey.group_user",
        ),
    },
}
MANAGER_GROUPS = (
    "crm_value.group_manager",
    "crm_credit.group_manager",
    "crm_survey.group_manager",
    "account.group_account_user",
)


def main(database, job):
    configure(database, f"--logfile={job['log']}")
    with environment(database) as env:
        prepare_company(env)
        prepare_users(env)
        set_language(env, job.get("lang") or "en_US")


def prepare_company(env):
    company = env.company
    company.name = COMPANY
    company.country_id = company.country_id or env.ref("base.us")
    company.email = "office@example.com"


def prepare_users(env):
    """Make or mend the users that the demo names, each with the rights of its job."""
    env.ref("base.user_admin").group_ids = groups(env, MANAGER_GROUPS)
    for login, user in USERS.items():
        found = env["res.users"].search([("login", "=", login)])
        values = {"group_ids": groups(env, (*user["groups"], "base.group_user"))}
        if not found:
            values |= {
                "name": user["name"],
                "login": login,
                "password": login,
                "email": f"{login}@example.com",
            }
            env["res.users"].with_context(no_reset_password=True).create(values)
        else:
            found.write(values)


def groups(env, names):
    """Those of these groups whose addon is installed, as commands."""
    found = (env.ref(name, raise_if_not_found=False) for name in names)
    return [Command.link(group.id) for group in found if group]


def set_language(env, code):
    """Everyone who logs in sees this language; it is installed where it is missing."""
    if not env["res.lang"].search_count([("code", "=", code)]):
        language = env["res.lang"].with_context(active_test=False)
        found = language.search([("code", "=", code)])
        env["base.language.install"].create(
            {"lang_ids": [Command.set(found.ids)], "overwrite": False}
        ).lang_install()
    env["res.users"].search([("share", "=", False)]).lang = code
    env.company.partner_id.lang = code


if __name__ == "__main__":
    main(sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
