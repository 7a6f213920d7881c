"""The examples in the docstrings of pure code are true."""

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ANALYTICS = [
    f"{path.parent.parent.name}.analytics.{path.stem}"
    for path in sorted(ROOT.glob("crm_*/analytics/*.py"))
    if path.stem != "__init__"
]
BOOTSTRAP = [
    f"suite.{module}"
    for module in ("console", "database", "testing.selection", "testing.tally")
]


@pytest.mark.parametrize("name", [*ANALYTICS, *BOOTSTRAP])
def test_examples_of(name):
    module = importlib.import_module(name)
    failed, _tried = doctest.testmod(
        module, optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    )
    assert not failed
