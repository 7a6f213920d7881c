"""Addons are found in order; the server that is used is an Odoo 19."""

import pytest
from suite import source
from suite.addons import discover, foreign_depends
from suite.apt import mirror_of
from suite.errors import SuiteError


@pytest.fixture
def checkout(tmp_path):
    """A checkout with addons that depend on each other."""
    depends = {
        "crm_a": ["crm_z", "sale"],
        "crm_z": ["account"],
        "crm_off": ["account"],
        "other": ["base"],
    }
    for name, parents in depends.items():
        (tmp_path / name).mkdir()
        text = {"name": name, "depends": parents, "installable": name != "crm_off"}
        (tmp_path / name / "__manifest__.py").write_text(repr(text))
    return tmp_path


def test_addons_come_after_what_they_depend_on(checkout):
    assert list(discover(checkout)) == ["crm_z", "crm_a"]


def test_what_odoo_must_bring_is_found_through_ours(checkout):
    addons = discover(checkout)
    assert foreign_depends(addons, ["crm_a"]) == ["account", "sale"]
    assert foreign_depends(addons, ["crm_z"]) == ["account"]


def test_a_broken_manifest_is_one_sentence(checkout):
    (checkout / "crm_z" / "__manifest__.py").write_text("{")
    with pytest.raises(SuiteError, match="crm_z/__manifest__.py"):
        discover(checkout)


def server(path, series):
    (path / "odoo" / "addons").mkdir(parents=True)
    (path / "odoo" / "release.py").write_text(
        f"version_info = ({series}, 0, 0, FINAL, 0, '')\n"
    )
    return path


def test_a_named_server_is_used(tmp_path):
    path = server(tmp_path / "src", 19)
    (path / "addons").mkdir()
    found = source.named_source(str(path))
    assert found.path == path
    assert found.addons == [path / "odoo" / "addons", path / "addons"]
    assert source.named_source(str(path / "odoo")).path == path


def test_another_series_is_refused(tmp_path):
    path = server(tmp_path, 18)
    with pytest.raises(SuiteError, match="Odoo 18 .* for Odoo 19"):
        source.named_source(str(path))


def test_a_directory_without_odoo_is_refused(tmp_path):
    with pytest.raises(SuiteError, match="holds no odoo package"):
        source.named_source(str(tmp_path))


def test_another_version_of_the_package_says_what_to_do():
    newer = source._version_sentence("19.0.0", "19.0.1")
    assert "CRM_SUITE_ODOO_VERSION=19.0.1" in newer
    assert "ODOO_SOURCE" in newer
    assert "ODOO_SOURCE" in source._version_sentence("19.0.0", None)


def test_too_little_room_is_said_first(tmp_path, monkeypatch):
    usage = type("usage", (), {"free": 1_000_000_000})
    monkeypatch.setattr(source.shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(SuiteError, match="1.0 GB free .* CRM_SUITE_CACHE"):
        source._require_space(tmp_path)


def test_the_mirror_is_the_machines_own():
    targets = (
        "nodistro main packages.example/node\n"
        "bookworm-security main mirror.example/debian-security\n"
        "bookworm contrib mirror.example/other\n"
        "bookworm main mirror.example/debian\n"
    )
    assert mirror_of(targets) == "mirror.example/debian"
    assert mirror_of("noble main mirror.example/ubuntu\n") is None
