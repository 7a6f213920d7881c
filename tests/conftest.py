"""Let the pure parts of the addons be imported without Odoo.

``odoo.addons.<addon>`` becomes an empty package over the addon's folder, so
``from odoo.addons.crm_value.analytics import rfm`` works, no addon ``__init__`` runs
and any import of Odoo itself fails. Where Odoo is loaded already, it is used.
"""

import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent


def _stub(name, path):
    module = ModuleType(name)
    module.__path__ = path
    sys.modules[name] = module
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, module)


if "odoo" not in sys.modules:
    _stub("odoo", [])
    _stub("odoo.addons", [])
    for manifest in ROOT.glob("*/__manifest__.py"):
        addon = manifest.parent
        _stub(f"odoo.addons.{addon.name}", [str(addon)])
