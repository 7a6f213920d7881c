"""Install, test, upgrade and uninstall the addons on databases of their own."""

from . import selection
from .stages import Stage, depends_of, judge, run_odoo, run_to_log, template_for

ALONE = "test_alone_{}"
ALL = "test_all"
UNINSTALL = "test_uninstall"
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
    with Stage(context, f"{addon.name} alone") as stage:
        tags = tags_of(context, [addon], stage)
        if tags is None:
            return
        database = ALONE.format(addon.name)
        template = template_for(context, depends_of(context, [addon.name]))
        context.databases.copy(template, database)
        status, log = run_odoo(
            context,
            database,
            f"alone-{addon.name}.log",
            *("-i", addon.name, "--test-tags", tags),
            http=True,
        )
        judge(context, stage, status, log, tests_expected=True)
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
    """An upgrade keeps every row and logs nothing bad."""
    with Stage(context, "upgrade of all addons") as stage:
        before = _contents(context)
        status, log = run_odoo(
            context, ALL, "upgrade.log", "-u", ",".join(context.addons)
        )
        report = judge(context, stage, status, log, tests_expected=False)
        after = _contents(context)
        changed = [
            f"{table} had {count} rows and has {after.get(table, 'none')}"
            for table, count in before.items()
            if after.get(table) != count
        ]
        for change in changed:
            context.tally.problem(f"{stage.title}: {change}")
        _count(context, not changed and not report.findings and not status)


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


def _contents(context):
    """Rows per table of ours."""
    tables = context.databases.query(
        "SELECT table_name FROM information_schema.tables "
        "WHERE table_schema = 'public' AND table_type = 'BASE TABLE' "
        "AND starts_with(table_name, 'crm_') ORDER BY 1",
        ALL,
    )
    return {
        table: context.databases.query(f'SELECT count(*) FROM "{table}"', ALL)[0][0]
        for (table,) in tables
    }


def _count(context, good):
    context.tally.add(passed=int(good), failed=int(not good))
