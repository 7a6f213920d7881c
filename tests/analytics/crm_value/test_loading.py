"""What importing the package loads, seen from a fresh process."""

import subprocess
import sys
from pathlib import Path

ADDON = Path(__file__).resolve().parents[3] / "crm_value"


def loaded_with_the_package():
    program = "import sys, analytics; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ADDON,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_pandas_is_there_before_a_test_can_hold_the_clock():
    assert "pandas" in loaded_with_the_package()


def test_scipy_waits_until_a_model_is_fitted():
    assert "scipy" not in loaded_with_the_package()
