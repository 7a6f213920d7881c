"""People move customers, set tiers and preview policies on the screen."""

STAGES = "/odoo/action-crm_value.crm_customer_action_stage"
POLICIES = "/odoo/action-crm_value.crm_value_policy_action"
CUSTOMERS = "/odoo/action-crm_value.crm_customer_action"
CARD = ".o_kanban_record:not(.o_kanban_ghost)"


def drag(page, card, group):
    """Drag a card to another column as a person would: press, move, let go."""
    card.hover()
    page.mouse.down()
    box = group.bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 130, steps=12)
    page.mouse.move(box["x"] + 70, box["y"] + 140, steps=4)
    page.mouse.up()


def test_dropping_a_card_asks_for_a_reason_and_moves_it(page_as):
    page = page_as("admin")
    page.goto(STAGES)
    page.wait_for_selector(CARD)
    groups = page.locator(".o_kanban_group:not(.o_column_folded)")
    source = groups.filter(has=page.locator(CARD)).first
    name = source.locator(".o_column_title").inner_text()
    titles = [text.split("\n")[0] for text in groups.all_inner_texts()]
    free = ("Exploration", "Formation", "Stable", "Decline", "Prospect")
    goal = next(title for title in free if title in titles and title not in name)
    target = groups.nth(titles.index(goal))
    card = source.locator(CARD).first
    customer = card.locator("[name=partner_id], .fw-bold").first.inner_text()
    drag(page, card, target)
    page.wait_for_selector(".modal")
    page.fill(".modal div[name=reason] input", "Told us so")
    page.click(".modal button[name=action_move]")
    page.wait_for_selector(".modal", state="detached")
    target.locator(CARD, has_text=customer).first.wait_for()


def test_board_shows_how_many_customers_a_stage_has(page_as):
    page = page_as("salesperson")
    page.goto(STAGES)
    page.wait_for_selector(CARD)
    groups = page.locator(".o_kanban_group:not(.o_column_folded)")
    counts = [
        (int(group.locator(".crm_customer_count").inner_text().strip("()")), group)
        for group in groups.all()
    ]
    assert any(count for count, _group in counts)
    for count, group in counts:
        if count <= 20:  # a column loads its first cards only
            assert group.locator(CARD).count() == count


def test_tier_set_by_hand_shows_a_lock_beside_the_tier_by_rule(page_as):
    page = page_as("admin")
    page.goto(CUSTOMERS)
    page.click("button.o_switch_view.o_list")
    page.click(".o_data_row .o_data_cell >> nth=0")
    page.click("button[name=action_open_tier_override]")
    page.wait_for_selector(".modal")
    page.click(".modal div[name=tier_id] input")
    page.click(".o-autocomplete--dropdown-item >> nth=1")
    page.fill(".modal div[name=reason] input", "Strategic")
    page.click(".modal button[name=action_apply]")
    page.wait_for_selector(".modal", state="detached")
    page.wait_for_selector("div[name=badges] .fa-lock")


def test_draft_policy_is_previewed_and_discarded_without_effect(page_as):
    page = page_as("admin")
    page.goto(POLICIES)
    page.click(".o_data_row .o_data_cell >> nth=0")
    page.click("button[name=action_open_draft]")
    page.click("button[name=action_preview]:visible")
    page.wait_for_selector("button[name=action_apply]:visible")
    assert page.locator(".o_crm_value_matrix td").count() >= 4
    page.click("button[name=action_discard]:visible")
    page.click(".modal .btn-primary")
    page.wait_for_selector("button[name=action_open_draft]:visible")
