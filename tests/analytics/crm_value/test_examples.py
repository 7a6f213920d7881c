"""The examples in the docstrings are right."""

import doctest
import pkgutil
from importlib import import_module

import pytest
from odoo.addons.crm_value import analytics

MODULES = [module.name for module in pkgutil.iter_modules(analytics.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples_hold(name):
    module = import_module(f"{analytics.__name__}.{name}")
    assert doctest.testmod(module).failed == 0
