"""What the repository itself promises."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)\)")
HOSTED = re.compile(r"https?://(?!localhost|127\.0\.0\.1)[\w.-]+")


def test_links_of_the_readmes_lead_somewhere():
    lost = [
        f"{name}: {target}"
        for name in ("README.md", "README.zh_CN.md", "CONTRIBUTING.md")
        for target in LINK.findall((ROOT / name).read_text(encoding="utf-8"))
        if not (ROOT / target).exists()
    ]
    assert not lost


def test_set_up_names_no_host():
    places = [*ROOT.glob("bin/**/*.py"), ROOT / "requirements.txt", ROOT / ".ci/run"]
    named = [
        f"{path.relative_to(ROOT)}: {found}"
        for path in places
        for found in HOSTED.findall(path.read_text(encoding="utf-8"))
    ]
    assert not named


def test_lock_has_a_hash_for_every_package():
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    packages = re.split(r"\n(?=[a-z0-9])", text)
    assert len(packages) > 50
    assert not [package for package in packages if "--hash=sha256:" not in package]


def test_commands_can_be_executed():
    listed = subprocess.run(
        ["git", "ls-files", "--stage", "bin/demo", "bin/odoo", "bin/test", ".ci/run"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.splitlines()
    assert all(line.startswith("100755") for line in listed)
