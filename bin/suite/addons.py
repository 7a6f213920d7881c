"""The addons of this checkout, found by their manifests."""

import ast
from dataclasses import dataclass
from pathlib import Path

from .errors import SuiteError

PREFIX = "crm_"
# Apps that our addons meet in the wild; glue addons install beside them.
COMPANIONS = (
    "contacts",
    "crm",
    "mass_mailing",
    "sale_loyalty",
    "sale_management",
    "sale_margin",
    "sale_stock",
    "survey",
)


@dataclass(frozen=True)
class Addon:
    name: str
    path: Path
    manifest: dict

    @property
    def depends(self):
        return self.manifest.get("depends", [])


def read_manifest(path):
    try:
        return ast.literal_eval(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError) as error:
        raise SuiteError(
            f"{path} is not a manifest that can be read: {error}"
        ) from error


def discover(checkout):
    """Addons by name, each after those it depends on."""
    found = {}
    for path in sorted(checkout.glob(f"{PREFIX}*/__manifest__.py")):
        manifest = read_manifest(path)
        if manifest.get("installable", True):
            found[path.parent.name] = Addon(path.parent.name, path.parent, manifest)
    ordered = {}

    def place(name):
        if name in found and name not in ordered:
            for parent in found[name].depends:
                place(parent)
            ordered[name] = found[name]

    for name in found:
        place(name)
    return ordered


def foreign_depends(addons, names):
    """Odoo's addons that these of ours need, directly or through each other."""
    needed, seen, waiting = set(), set(), list(names)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in addons:
            waiting.extend(addons[name].depends)
        else:
            needed.add(name)
    return sorted(needed)
