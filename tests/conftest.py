"""Two kinds of tests live here, and each pytest run takes one kind.

- Without --odoo-database: the pure ones (analytics, architecture, env) and the browser
  ones. An addon is its analytics then: `from crm_value.analytics import …` works,
  and importing any model fails.
- With --odoo-database: those that need an Odoo process (all other folders).
"""

import importlib.util
import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WITHOUT_ODOO = ("analytics", "architecture", "env", "browser")
FOLDERS = sorted(
    path.name for path in ROOT.joinpath("tests").iterdir() if path.is_dir()
)


def has_database(config):
    return bool(config.getoption("--odoo-database", default=None))


def pytest_configure(config):
    if not has_database(config):
        stub_addons()


def pytest_ignore_collect(collection_path, config):
    folder = collection_path.relative_to(ROOT).parts[1:2]
    if not collection_path.is_relative_to(ROOT / "tests") or not folder:
        return None
    if folder[0] in FOLDERS and (folder[0] in WITHOUT_ODOO) == has_database(config):
        return True
    return None


def stub_addons():
    """Packages that lead to the addons' analytics, and no Odoo to import."""
    sys.modules.setdefault("odoo", None)
    for manifest in ROOT.glob("*/__manifest__.py"):
        name = manifest.parent.name
        sys.modules[name] = package(name, [str(manifest.parent)])


def package(name, path):
    module = types.ModuleType(name)
    module.__path__ = path
    module.__spec__ = importlib.util.spec_from_loader(
        name, loader=None, is_package=True
    )
    module.__spec__.submodule_search_locations = path
    return module
