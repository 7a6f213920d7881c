"""Counts of all runners together, and what went wrong."""

import threading
from dataclasses import dataclass, field
from xml.etree import ElementTree


@dataclass
class Tally:
    """Filled by several stages at once."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _guard: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, passed=0, failed=0, skipped=0):
        with self._guard:
            self.passed += passed
            self.failed += failed
            self.skipped += skipped

    def problem(self, text):
        """Something that makes the run fail."""
        with self._guard:
            self.problems.append(text)

    def note(self, text):
        """Something to know that does not make it fail."""
        with self._guard:
            self.notes.append(text)

    def add_junit(self, path):
        """Count a pytest run by its report; the number of tests it held."""
        if not path.exists():
            return 0
        total = 0
        for suite in ElementTree.parse(path).getroot().iter("testsuite"):
            tests, bad, skipped = (
                int(suite.get("tests", 0)),
                int(suite.get("failures", 0)) + int(suite.get("errors", 0)),
                int(suite.get("skipped", 0)),
            )
            bad = min(bad, tests)
            self.add(tests - bad - skipped, bad, skipped)
            total += tests
        return total

    @property
    def succeeded(self):
        return not self.failed and not self.problems and bool(self.passed)

    def closing_line(self):
        """
        >>> Tally(passed=2, skipped=1).closing_line()
        '2 passed, 0 failed, 1 skipped'
        """
        failed = self.failed or (0 if self.succeeded else len(self.problems) or 1)
        return f"{self.passed} passed, {failed} failed, {self.skipped} skipped"
