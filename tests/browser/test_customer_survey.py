"""A customer answers on a phone, in English and in Chinese; the score arrives."""

import configparser
import os
import re
import uuid

import psycopg2
import pytest
from suite.browsing import call

PHONE = {"width": 375, "height": 740}
TITLES = {"en_US": "How was it?", "zh_CN": "您对我们的服务满意吗？"}


def token_of(partner_id):
    """Return the token in the mail of a person; nobody can read it in Odoo."""
    config = configparser.ConfigParser()
    config.read(os.environ["ODOO_RC"])
    options = dict(config["options"]) if "options" in config else {}
    keys = {"db_host": "host", "db_port": "port", "db_user": "user"}
    keys["db_password"] = "password"
    arguments = {
        name: options[key]
        for key, name in keys.items()
        if options.get(key) not in (None, "", "False")
    }
    database = os.environ["CRM_SUITE_BROWSER_DATABASE"]
    connection = psycopg2.connect(dbname=database, **arguments)
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT access_token FROM survey_user_input"
                " WHERE partner_id = %s ORDER BY id DESC LIMIT 1",
                [partner_id],
            )
            return cursor.fetchone()[0]
    finally:
        connection.close()


@pytest.fixture
def admin(page_as):
    return page_as("admin")


@pytest.fixture
def program(admin):
    """A running programme whose survey speaks both languages."""
    [lang] = call(
        admin,
        "res.lang",
        "search_read",
        [["code", "=", "zh_CN"], ["active", "in", [True, False]]],
        ["active"],
    )
    if not lang["active"]:
        call(admin, "res.lang", "write", [lang["id"]], {"active": True})
    survey = call(
        admin,
        "survey.survey",
        "create",
        {
            "title": TITLES["en_US"],
            "survey_type": "satisfaction",
            "access_mode": "token",
            "lang_ids": [[5]],  # every language that is installed
            "question_and_page_ids": [
                [
                    0,
                    0,
                    {
                        "title": "Would you recommend us?",
                        "question_type": "scale",
                        "metric": "nps",
                        "scale_min": 0,
                        "scale_max": 10,
                        "constr_mandatory": True,
                    },
                ],
                [0, 0, {"title": "Why?", "question_type": "text_box", "sequence": 20}],
            ],
        },
    )
    call(
        admin,
        "survey.survey",
        "update_field_translations",
        [survey],
        "title",
        {"zh_CN": TITLES["zh_CN"]},
    )
    program = call(
        admin,
        "crm.survey.program",
        "create",
        {"name": "Browser", "survey_id": survey},
    )
    call(admin, "crm.survey.program", "action_start", [program])
    return program


def invited(admin, program, lang):
    """Return a new contact of a new account and the address of its mail."""
    name = f"Phone {uuid.uuid4().hex[:8]}"
    account = call(
        admin, "res.partner", "create", {"name": f"{name} Ltd", "is_company": True}
    )
    contact = call(
        admin,
        "res.partner",
        "create",
        {
            "name": name,
            "email": f"{name.split()[1]}@phone.example",
            "parent_id": account,
            "lang": lang,
        },
    )
    call(admin, "crm.survey.program", "invite", [program], [contact])
    return contact, f"/customer-survey/{token_of(contact)}"


def phone(running_browser, server, errors):
    context = running_browser.new_context(
        base_url=server, viewport=PHONE, is_mobile=True, has_touch=True
    )
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    return page


@pytest.mark.parametrize("lang", ["en_US", "zh_CN"])
def test_customer_answers_from_the_mail_on_a_phone(
    admin, program, running_browser, server, lang
):
    contact, url = invited(admin, program, lang)
    errors = []
    page = phone(running_browser, server, errors)
    page.goto(f"{url}?score=9")
    assert page.locator("html").get_attribute("lang") == lang.replace("_", "-")
    assert page.locator("h1").inner_text() == TITLES[lang]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.locator("input[value='9']").is_checked()
    for box in page.locator(".scale label").all():
        size = box.bounding_box()
        assert size["width"] >= 40 and size["height"] >= 44, "too small for a thumb"
    page.locator(".scale label", has_text=re.compile(r"^\s*10\s*$")).tap()
    page.locator("textarea").fill("很好 / fine")
    page.locator("button.send").tap()
    page.wait_for_selector(".tick")
    assert "change=1" in page.content()
    assert not errors
    page.context.close()
    [score] = call(
        admin,
        "crm.survey.score",
        "search_read",
        [["partner_id", "=", contact]],
        ["value", "band", "comment", "is_verified", "customer_id"],
    )
    assert (score["value"], score["band"], score["is_verified"]) == (10, "high", True)
    assert score["comment"] == "很好 / fine"
    [customer] = call(
        admin, "crm.customer", "read", [score["customer_id"][0]], ["nps_band"]
    )
    assert customer["nps_band"] == "high"


def test_a_missing_score_is_shown_at_the_question(
    admin, program, running_browser, server
):
    _contact, url = invited(admin, program, "en_US")
    page = phone(running_browser, server, [])
    page.goto(url)
    page.locator("button.send").tap()
    page.wait_for_selector(".question.wrong .message")
    assert page.locator(".tick").count() == 0
    page.context.close()


def test_manager_sees_the_dashboard_of_scores(admin):
    admin.goto("/odoo/customer-scores")
    admin.wait_for_selector(".o_crm_survey_dashboard .card")
    assert admin.locator(".o_crm_survey_dashboard").inner_text()


def test_results_of_a_programme_open_with_the_programme_chosen(admin, program):
    admin.goto(f"/odoo/survey-programmes/{program}")
    admin.locator("button[name=action_open_results]").click()
    admin.wait_for_selector(".o_crm_survey_dashboard .card")
    assert admin.locator("select[aria-label=Programme]").input_value() == str(program)
