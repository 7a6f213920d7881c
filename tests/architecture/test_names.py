"""A model is found in the file of its name."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODEL_FILES = sorted(
    path
    for folder in ("models", "wizard", "report")
    for path in ROOT.glob(f"crm_*/{folder}/*.py")
    if path.stem != "__init__"
)
SIMPLE = (ast.Constant, ast.List, ast.Tuple)


def model_of(node):
    """The model a class is or extends, or None if it is no model."""
    values = {}
    for item in node.body:
        if isinstance(item, ast.Assign) and isinstance(item.value, SIMPLE):
            for target in item.targets:
                if isinstance(target, ast.Name):
                    values[target.id] = ast.literal_eval(item.value)
    inherit = values.get("_inherit")
    if isinstance(inherit, (list, tuple)):
        inherit = inherit[0] if len(inherit) == 1 else None
    return values.get("_name") or inherit


def models_in(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [model_of(node) for node in tree.body if isinstance(node, ast.ClassDef)]
    return [name for name in found if name]


@pytest.mark.parametrize(
    "path", MODEL_FILES, ids=lambda path: str(path.relative_to(ROOT))
)
def test_file_is_named_after_its_model(path):
    names = [name.replace(".", "_") for name in models_in(path)]
    for name in names:
        same = path.stem == name or path.stem.startswith(f"{name}_")
        line_of = name.startswith(f"{path.stem}_")
        assert same or line_of, f"{name} is in {path.name}"
