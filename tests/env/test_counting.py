"""bin/test counts every runner and lets no warning of ours pass."""

import pytest
from suite.errors import SuiteError
from suite.testing import odoo_log
from suite.testing.selection import matcher
from suite.testing.tally import Tally

START = "2026-01-05 10:00:00,000 77 {} db {}: {}"
JUNIT = """<testsuites><testsuite tests="5" failures="1" errors="1" skipped="1"/>
</testsuites>"""


def line(level, logger, message):
    return START.format(level, logger, message)


def result(failed, errors, tests):
    level = "ERROR" if failed or errors else "INFO"
    text = f"{failed} failed, {errors} error(s) of {tests} tests when loading 'db'"
    return line(level, "odoo.tests.result", text)


def test_a_good_log_counts_its_tests():
    report = odoo_log.read(
        [
            line("INFO", "odoo.addons.crm_value.tests.test_x", "skipped T.a : why"),
            result(0, 0, 12),
        ]
    )
    assert (report.passed, report.bad_tests, report.skipped) == (11, 0, 1)
    assert report.findings == []


def test_a_failed_test_is_counted_and_shown_with_its_traceback():
    report = odoo_log.read(
        [
            line("ERROR", "odoo.addons.crm_value.tests.test_x", "FAIL: TestX.test_a"),
            "Traceback (most recent call last):",
            "AssertionError: 1 != 2",
            result(1, 0, 12),
        ]
    )
    assert (report.passed, report.bad_tests) == (11, 1)
    assert "AssertionError: 1 != 2" in report.findings[0]


@pytest.mark.parametrize("level", ["WARNING", "ERROR", "CRITICAL"])
def test_what_is_logged_above_info_is_a_finding(level):
    report = odoo_log.read([line(level, "odoo.fields", "odd"), result(0, 0, 1)])
    assert len(report.findings) == 1


def test_a_run_without_tests_is_a_finding_only_where_tests_were_asked_for():
    nothing = line(
        "WARNING",
        "odoo.service.server",
        "0 failed, 0 error(s) of 0 tests when loading database 'db'",
    )
    assert odoo_log.read([nothing]).findings
    assert not odoo_log.read([nothing], tests_expected=False).findings


def test_pytests_report_is_added(tmp_path):
    path = tmp_path / "report.xml"
    path.write_text(JUNIT)
    tally = Tally()
    assert tally.add_junit(path) == 5
    assert tally.closing_line() == "2 passed, 2 failed, 1 skipped"


def test_a_run_without_any_test_has_not_succeeded():
    tally = Tally()
    assert not tally.succeeded
    assert tally.closing_line() == "0 passed, 1 failed, 0 skipped"


def test_a_problem_fails_a_run_whose_tests_passed():
    tally = Tally(passed=3)
    tally.problem("a warning")
    assert not tally.succeeded
    assert tally.closing_line() == "3 passed, 1 failed, 0 skipped"


def test_an_expression_chooses_by_name():
    chosen = matcher("(limit or hold) and not portal")
    assert chosen("crm_credit/TestHold.test_release")
    assert not chosen("crm_credit/TestHold.test_portal")


@pytest.mark.parametrize("expression", ["and", "a b", "a(", ")", "a and"])
def test_a_wrong_expression_is_refused(expression):
    with pytest.raises(SuiteError, match="not an expression"):
        matcher(expression)
