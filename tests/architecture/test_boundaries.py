"""What may import what: STYLE is checked here, not promised."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NUMERIC = {"numpy", "pandas", "scipy"}
FORBIDDEN_IN_ANALYTICS = {"odoo", "psycopg2", "logging", "requests"}
CLOCKS = {"today", "now", "utcnow"}
PURE = sorted(ROOT.glob("crm_*/analytics/**/*.py"))
ADDON_FILES = sorted(
    path
    for path in ROOT.glob("crm_*/**/*.py")
    if not {"tests", "analytics"} & set(path.relative_to(ROOT).parts)
)
LONGEST_FILE = 400
LONGEST_FUNCTION = 60


def name_of(path):
    return str(path.relative_to(ROOT))


def parse(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(tree):
    """Top-level names of everything imported from outside the addon."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("path", PURE, ids=name_of)
def test_analytics_imports_no_odoo(path):
    assert not FORBIDDEN_IN_ANALYTICS & set(imported(parse(path)))


@pytest.mark.parametrize("path", PURE, ids=name_of)
def test_analytics_reads_no_clock(path):
    calls = [
        node.func.attr
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    assert not CLOCKS & set(calls)


@pytest.mark.parametrize("path", PURE, ids=name_of)
def test_analytics_is_fully_annotated(path):
    missing = [
        node.name
        for node in ast.walk(parse(path))
        if isinstance(node, ast.FunctionDef)
        and (
            (node.returns is None and node.name != "__init__")
            or any(
                argument.annotation is None and argument.arg not in ("self", "cls")
                for argument in (*node.args.args, *node.args.kwonlyargs)
            )
        )
    ]
    assert not missing


@pytest.mark.parametrize("path", ADDON_FILES, ids=name_of)
def test_only_analytics_imports_numeric_libraries(path):
    assert not NUMERIC & set(imported(parse(path)))


@pytest.mark.parametrize("path", [*ADDON_FILES, *PURE], ids=name_of)
def test_files_and_functions_stay_short(path):
    text = path.read_text(encoding="utf-8")
    long_functions = {
        node.name: node.end_lineno - node.lineno + 1
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
        and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    }
    assert len(text.splitlines()) <= LONGEST_FILE
    assert not long_functions
