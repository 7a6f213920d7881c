"""Which tests a name expression (`-k`) chooses among an addon's Odoo tests."""

import ast
import re

from ..errors import SuiteError

WORD = re.compile(r"[\w.\[\]-]+")
KEYWORDS = {"and", "or", "not"}


def matcher(expression):
    """A predicate of names for an expression such as "limit and not portal".

    >>> chosen = matcher("limit and not portal")
    >>> chosen("TestLimit.test_equal"), chosen("TestPortal.test_limit")
    (True, False)
    """
    source = WORD.sub(
        lambda found: (
            found[0] if found[0] in KEYWORDS else f"({found[0].lower()!r} in name)"
        ),
        expression,
    )
    try:
        tree = ast.parse(source, mode="eval")
    except SyntaxError:
        tree = None
    if tree is None or not _only_names(tree.body):
        raise SuiteError(
            f"-k {expression!r} is not an expression of names with and, or, not and "
            "parentheses."
        )
    code = compile(tree, "-k", "eval")
    return lambda name: bool(eval(code, {"__builtins__": {}}, {"name": name.lower()}))


def _only_names(node):
    """Nothing but `'word' in name` joined by and, or, not."""
    if isinstance(node, ast.BoolOp):
        return all(_only_names(value) for value in node.values)
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Not) and _only_names(node.operand)
    return (
        isinstance(node, ast.Compare)
        and isinstance(node.left, ast.Constant)
        and len(node.ops) == 1
        and isinstance(node.ops[0], ast.In)
    )


def tests_of(addon):
    """Every (class, method) that an addon's test files write down."""
    found = []
    for path in sorted((addon.path / "tests").glob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                found += [
                    (node.name, item.name)
                    for item in node.body
                    if isinstance(item, ast.FunctionDef)
                    and item.name.startswith("test_")
                ]
    return found


def functions_of(path):
    """Every test function of a file of pytest, with the name of the file."""
    nodes = ast.parse(path.read_text(encoding="utf-8")).body
    return [
        f"{path.stem}::{node.name}"
        for node in nodes
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


def test_tags(addons, expression=None):
    """Odoo's --test-tags for these addons, narrowed by the expression; maybe empty."""
    if not expression:
        return ",".join(f"/{addon.name}" for addon in addons)
    chosen = matcher(expression)
    return ",".join(
        f"/{addon.name}:{class_name}.{method}"
        for addon in addons
        for class_name, method in tests_of(addon)
        if chosen(f"{addon.name}/{class_name}.{method}")
    )
