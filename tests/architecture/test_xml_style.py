"""XML files are laid out alike."""

from pathlib import Path

import pytest
from suite.xml_style import findings

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(ROOT.glob("crm_*/**/*.xml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_layout_of(path):
    assert findings(path) == []
