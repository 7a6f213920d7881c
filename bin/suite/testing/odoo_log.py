"""Read an Odoo log: how many tests ran, and every warning or error in it."""

import re
from dataclasses import dataclass, field

LINE = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?P<level>[A-Z]+) (?P<database>\S+) "
    r"(?P<logger>[^\s:]+): (?P<message>.*)"
)
RESULT = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests when loading")
SKIPPED = re.compile(r"^skipped .+ : ")
BAD_LEVELS = ("WARNING", "ERROR", "CRITICAL")
# What the platform itself says on a machine like this, whatever our addons do.
PLATFORM = (
    # Wkhtmltopdf is not part of the set-up, so reports are rendered as HTML only.
    re.compile(r"[Ww]khtmltopdf"),
)
CONTEXT_LINES = 30


@dataclass
class LogReport:
    """What one log says."""

    tests: int = 0
    bad_tests: int = 0
    skipped: int = 0
    findings: list[str] = field(default_factory=list)

    @property
    def passed(self):
        return max(self.tests - self.bad_tests - self.skipped, 0)


def read(lines, tests_expected=True):
    """Report on the lines of a log.

    :param tests_expected: whether a run without any test is a finding.
    """
    report, block = LogReport(), None
    for line in lines:
        line = line.rstrip("\n")
        match = LINE.match(line)
        if not match:
            if block is not None and len(block) < CONTEXT_LINES:
                block.append(line)
            continue
        block = None
        _count(report, match["message"])
        if match["level"] in BAD_LEVELS and not _expected(match, tests_expected):
            block = [f"{match['level']} {match['logger']}: {match['message']}"]
            report.findings.append(block)
    report.findings = ["\n".join(block).rstrip() for block in report.findings]
    return report


def _count(report, message):
    result = RESULT.search(message)
    if result:
        failed, errors, tests = (int(number) for number in result.groups())
        report.tests += tests
        report.bad_tests += min(failed + errors, tests) if tests else failed + errors
    elif SKIPPED.match(message):
        report.skipped += 1


def _expected(match, tests_expected):
    if not tests_expected and RESULT.search(match["message"]):
        return True
    return any(pattern.search(match["message"]) for pattern in PLATFORM)
