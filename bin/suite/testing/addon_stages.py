"""Install, test, upgrade and uninstall the addons on databases of their own."""

from . import browser, selection
from .stages import Stage, depends_of, judge, run_odoo, run_to_log, template_for

ALONE = "test_alone_{}"
ALL = "test_all"
UPGRADE = "test_upgrade"
UNINSTALL = "test_uninstall"
# What must come through an upgrade as it was, beside the number of rows.
KEPT = {
    "credit holds": "SELECT id, res_model, res_id, state, amount, reason_summary "
    "FROM crm_credit_hold ORDER BY id",
    "held invoices": "SELECT id, state, credit_state FROM account_move "
    "WHERE credit_state <> 'clear' ORDER BY id",
    "held orders": "SELECT id, state, credit_state FROM sale_order "
    "WHERE credit_state <> 'clear' ORDER BY id",
}
# Classes of Odoo's own test_lint that judge the addons of a checkout.
LINT_CLASSES = (
    "ManifestLinter",
    "RoutesLinter",
    "TestDunderinit",
    "TestIndex",
    "TestLintOverrideSignatures",
    "TestNaming",
    "TestOnchangeDomains",
    "TestTestHoles",
)


def tags_of(context, addons, stage):
    """--test-tags of these addons; None if -k leaves nothing of them."""
    for addon in addons:
        if not selection.tests_of(addon):
            context.tally.problem(f"{stage.title}: {addon.name} has no tests")
    return selection.test_tags(addons, context.expression) or None


def test_alone(context, addon):
    """The addon in a database that has what it depends on and nothing else."""
    database = ALONE.format(addon.name)
    with Stage(context, f"{addon.name} alone") as stage:
        tags = tags_of(context, [addon], stage)
        if tags is None and not browser.tests_alone(context, addon):
            return
        template = template_for(context, depends_of(context, [addon.name]))
        context.databases.copy(template, database)
        test_options = ("--test-tags", tags) if tags else ()
        status, log = run_odoo(
            context,
            database,
            f"alone-{addon.name}.log",
            *("-i", addon.name, *test_options),
            http=True,
        )
        judge(context, stage, status, log, tests_expected=bool(tags))
    browser.run_alone(context, addon, database)
    context.databases.drop(database)


def test_together(context, modules):
    """All addons in a database that has every app they know of."""
    addons = list(context.addons.values())
    with Stage(context, "all addons together") as stage:
        tags = tags_of(context, addons, stage)
        context.databases.copy(template_for(context, modules), ALL)
        test_options = ("--test-tags", tags) if tags else ()
        status, log = run_odoo(
            context,
            ALL,
            "together.log",
            *("-i", ",".join(context.addons), *test_options),
            http=True,
        )
        judge(context, stage, status, log, tests_expected=bool(tags))


def test_upgrade(context):
    """An upgrade keeps every row, among them open holds, and logs nothing bad."""
    with Stage(context, "upgrade of all addons") as stage:
        context.databases.copy(ALL, UPGRADE)
        command = context.odoo.inside("hold_documents", UPGRADE)
        if run_to_log(context, command, context.log("hold-documents.log")):
            context.tally.problem(f"{stage.title}: documents could not be put on hold")
        before, kept_before = _contents(context), _kept(context)
        status, log = run_odoo(
            context, UPGRADE, "upgrade.log", "-u", ",".join(context.addons)
        )
        report = judge(context, stage, status, log, tests_expected=False)
        after, kept_after = _contents(context), _kept(context)
        changed = [
            f"{table} had {count} rows and has {after.get(table, 'none')}"
            for table, count in before.items()
            if after.get(table) != count
        ]
        changed += [
            f"{name} were {rows} and are {kept_after[name]}"
            for name, rows in kept_before.items()
            if not rows or kept_after[name] != rows
        ]
        for change in changed:
            context.tally.problem(f"{stage.title}: {change}")
        _count(context, not changed and not report.findings and not status)
        context.databases.drop(UPGRADE)


def test_uninstall(context):
    """Each addon leaves without an error and leaves no table behind."""
    with Stage(context, "uninstall of all addons") as stage:
        context.databases.copy(ALL, UNINSTALL)
        log = context.log("uninstall.log")
        names = list(reversed(context.addons))
        command = context.odoo.inside("uninstall", UNINSTALL, *names)
        status = run_to_log(context, command, log)
        report = judge(context, stage, status, log, tests_expected=False)
        _count(context, not status and not report.findings)
        context.databases.drop(UNINSTALL)


def test_odoo_lint(context):
    """Odoo's own linters, on a copy where they are installed."""
    with Stage(context, "Odoo's test_lint") as stage:
        database = "test_lint"
        context.databases.copy(ALL, database)
        status, log = run_odoo(
            context,
            database,
            "test_lint.log",
            *("-i", "test_lint", "--test-tags"),
            ",".join(f"/test_lint:{name}" for name in LINT_CLASSES),
        )
        judge(context, stage, status, log, tests_expected=True)
        context.databases.drop(database)


def _kept(context):
    return {name: context.databases.query(sql, UPGRADE) for name, sql in KEPT.items()}


def _contents(context):
    """Rows per table of ours."""
    tables = context.databases.query(
        "SELECT table_name FROM information_schema.tables "
        "WHERE table_schema = 'public' AND table_type = 'BASE TABLE' "
        "AND starts_with(table_name, 'crm_') ORDER BY 1",
        UPGRADE,
    )
    return {
        table: context.databases.query(f'SELECT count(*) FROM "{table}"', UPGRADE)[0][0]
        for (table,) in tables
    }


def _count(context, good):
    context.tally.add(passed=int(good), failed=int(not good))
