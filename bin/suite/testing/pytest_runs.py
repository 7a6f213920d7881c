"""The runs of pytest: pure ones, those inside an Odoo process, those in a browser."""

from .stages import Stage, run_to_log

NO_TESTS_COLLECTED = 5


def run_pytest(context, stage, name, args, **variables):
    """Run pytest with a report of its own and count by it."""
    report, log = context.log(f"{name}.xml"), context.log(f"{name}.log")
    report.unlink(missing_ok=True)
    command = [str(context.odoo.python), "-m", "pytest", "-q", "-ra", "--color=no"]
    command += [f"--junitxml={report}", *(str(arg) for arg in args)]
    if context.expression:
        command += ["-k", context.expression]
    status = run_to_log(context, command, log, **variables)
    before = (context.tally.passed, context.tally.failed, context.tally.skipped)
    tests = context.tally.add_junit(report)
    after = (context.tally.passed, context.tally.failed, context.tally.skipped)
    stage.count(*(new - old for new, old in zip(after, before, strict=True)))
    if status and not (status == NO_TESTS_COLLECTED and context.expression):
        context.tally.problem(f"{stage.title}: {_telling_part(log)}\n  ({log})")
    return tests


def _telling_part(log):
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-80:])


def places(context, *names):
    """Those of these folders of tests/ that exist and hold tests."""
    folders = [context.paths.checkout / "tests" / name for name in names]
    return [folder for folder in folders if any(folder.rglob("test_*.py"))]


def run_pure(context, addon_names):
    """Tests of arithmetic, boundaries and this package: without Odoo."""
    if len(addon_names) == len(context.addons):
        folders = places(context, "analytics", "architecture", "env")
    else:
        folders = places(context, *(f"analytics/{name}" for name in addon_names))
        folders += places(context, "architecture")
    if not folders:
        return
    with Stage(context, "pure tests") as stage:
        run_pytest(
            context,
            stage,
            "pure",
            ["-p", "no:odoo", *folders],
            PYTHONPATH=str(context.paths.checkout / "bin"),
        )


def run_inside_odoo(context, database):
    """Top-level tests that cross addons, in one Odoo process."""
    folders = places(context, "real_data", "simulation", "concurrency", "scale")
    if not folders:
        return
    with Stage(context, "top-level Odoo tests") as stage:
        run_pytest(
            context,
            stage,
            "inside",
            [f"--odoo-database={database}", "--odoo-http", *folders],
        )
