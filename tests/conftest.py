"""Two kinds of tests live here, and each pytest run takes one kind.

- Without --odoo-database: the pure ones (analytics, architecture, env) and the browser
  ones. `odoo` is a stub then: `from odoo.addons.crm_value.analytics import …` works,
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
        stub_odoo()


def pytest_ignore_collect(collection_path, config):
    folder = collection_path.relative_to(ROOT).parts[1:2]
    if not collection_path.is_relative_to(ROOT / "tests") or not folder:
        return None
    if folder[0] in FOLDERS and (folder[0] in WITHOUT_ODOO) == has_database(config):
        return True
    return None


def stub_odoo():
    """Packages that lead to the addons' analytics and to nothing else of Odoo."""
    if "odoo" not in sys.modules:
        sys.modules["odoo"] = package("odoo", [])
        sys.modules["odoo.addons"] = package("odoo.addons", [])
    for manifest in ROOT.glob("*/__manifest__.py"):
        name = f"odoo.addons.{manifest.parent.name}"
        sys.modules[name] = package(name, [str(manifest.parent)])
        setattr(sys.modules["odoo.addons"], manifest.parent.name, sys.modules[name])


def package(name, path):
    module = types.ModuleType(name)
    module.__path__ = path
    module.__spec__ = importlib.util.spec_from_loader(
        name, loader=None, is_package=True
    )
    module.__spec__.submodule_search_locations = path
    return module
