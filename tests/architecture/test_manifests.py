"""Manifests name what is there, and what is there is named."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ADDONS = sorted(path.parent for path in ROOT.glob("crm_*/__manifest__.py"))
REQUIRED = ("name", "version", "summary", "category", "author", "license", "depends")
FOLDERS = ("data", "security", "views", "wizard", "report")
README = ("DESCRIPTION.md", "CONFIGURE.md", "USAGE.md")


def manifest_of(addon):
    return ast.literal_eval((addon / "__manifest__.py").read_text(encoding="utf-8"))


def by_name(path):
    return path.name


@pytest.mark.parametrize("addon", ADDONS, ids=by_name)
def test_manifest_is_complete(addon):
    manifest = manifest_of(addon)
    assert not [key for key in REQUIRED if not manifest.get(key)]
    assert manifest["license"] == "LGPL-3"
    assert manifest["version"].startswith("19.0.")


@pytest.mark.parametrize("addon", ADDONS, ids=by_name)
def test_every_file_that_the_manifest_names_exists(addon):
    manifest = manifest_of(addon)
    named = [*manifest.get("data", []), *manifest.get("demo", [])]
    assert not [name for name in named if not (addon / name).is_file()]
    assert len(named) == len(set(named))


@pytest.mark.parametrize("addon", ADDONS, ids=by_name)
def test_every_data_file_is_named_by_the_manifest(addon):
    named = set(manifest_of(addon).get("data", []))
    present = {
        str(path.relative_to(addon))
        for folder in FOLDERS
        for pattern in ("*.xml", "*.csv")
        for path in (addon / folder).glob(pattern)
    }
    assert not present - named


@pytest.mark.parametrize("addon", ADDONS, ids=by_name)
def test_asset_files_exist(addon):
    for paths in manifest_of(addon).get("assets", {}).values():
        for path in paths:
            entry = path[-1] if isinstance(path, tuple) else path
            if entry.startswith(f"{addon.name}/"):
                assert list(ROOT.glob(entry)), f"{entry} matches no file"


@pytest.mark.parametrize("addon", ADDONS, ids=by_name)
def test_addon_has_tests_and_imports_them_all(addon):
    files = {path.stem for path in (addon / "tests").glob("test_*.py")}
    assert files
    tree = ast.parse((addon / "tests" / "__init__.py").read_text(encoding="utf-8"))
    imported = {
        alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert not files - imported


@pytest.mark.parametrize("addon", ADDONS, ids=by_name)
def test_addon_has_its_readme(addon):
    missing = [
        name
        for name in README
        if not (addon / "readme" / name).is_file()
        or not (addon / "readme" / name).read_text(encoding="utf-8").strip()
    ]
    assert not missing
